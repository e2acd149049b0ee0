"""The account at Google or Microsoft that an organisation invites with: connected, put aside, and given back."""

from __future__ import annotations

import logging

from mentoring import proposals as words
from mentoring.doors import Granted
from mentoring.errors import InterludeError, Missing, NotGiven, Refused, TryLater
from mentoring.ports import Revokes
from mentoring.proposals import Proposal
from store import audit, calendars, identities, organisations, organisers, people, proposals
from store.memory import Memory
from store.organisers import Kept
from workflows import accounts, asking, watching
from workflows.answering import again_if_changed
from workflows.bootstrap import Parts
from workflows.keeping_on import each_by_itself
from workflows.steering import admin
from workflows.views import Who

log = logging.getLogger("interlude.organisers")

CALLED_OFF = "an admin changed what invites come from"


def connected(parts: Parts, who: Who, provider: str, granted: Granted) -> None:
    """From now on that account invites to what is new; what others began, they go on with.

    The same account again mends it. Raises NotAllowed for anybody but an admin, NotGiven where permissions are missing,
    and Refused for one without an address and for a member's own: who invites is the organisation, never a member.
    """
    if granted.missing:
        raise NotGiven("without this nobody can be invited from there", granted.missing)
    if not granted.address:
        raise Refused("that account has no mail address that is known, so nobody could see who invites them")
    parts.organises(provider)
    now = parts.clock()
    with parts.database.writing(who.organisation_id) as memory:
        organisations.hold(memory)
        person = admin(memory, who)
        _check_nobodys(memory, provider, granted)
        name = granted.name or organisations.get(memory).name
        organisers.save(memory, provider, granted, name, now)
        audit.note(memory, person.name, "connected the account that invites come from", granted.address, now)


def _check_nobodys(memory: Memory, provider: str, granted: Granted) -> None:
    """By each name that it goes by: an account may sign in under another name than mail reaches it at."""
    named = (granted.address, *granted.also)
    theirs = (
        *(people.by_email(memory, each) for each in named),
        *(calendars.connected_by(memory, provider, granted.subject, each) for each in named),
    )
    if any(theirs) or identities.whose(memory, provider, granted.subject) is not None:
        raise Refused(
            "that account is a member's own; invites come from an account of the organisation, so that nobody's own"
            " calendar fills with other people's meetings"
        )


def put_aside(parts: Parts, who: Who) -> None:
    """The mailbox invites to what is new. The account goes on with what it began, and is then forgotten.

    Raises Missing where none is in force.
    """
    now = parts.clock()
    with parts.database.writing(who.organisation_id) as memory:
        person, kept = admin(memory, who), organisers.kept(memory)
        if kept is None:
            raise Missing("organiser")
        organisers.put_aside(memory, now)
        audit.note(memory, person.name, "no longer invites from the account", kept.address, now)
    finish(parts, who.organisation_id)


def take_back(parts: Parts, who: Who, organiser_id: int) -> int:
    """Takes back all that a put-aside account is in the middle of, so that it can be forgotten. Returns how many.

    Both people are told, by the provider while it can still be reached. Raises Missing for one that is in force.
    """
    with parts.database.reading(who.organisation_id) as memory:
        person, kept = admin(memory, who), organisers.get(memory, organiser_id)
        if kept.put_aside_at is None:
            raise Missing(organiser_id)
        doomed = [each for each in proposals.open_proposals(memory, parts.clock()) if each.organiser_id == kept.id]
    for each in doomed:
        _call_off(parts, each)
    with parts.database.writing(who.organisation_id) as memory:
        audit.note(memory, person.name, f"took back {len(doomed)} meetings of", kept.address, parts.clock())
    finish(parts, who.organisation_id)
    return len(doomed)


@again_if_changed
def _call_off(parts: Parts, known: Proposal) -> None:
    with parts.database.reading(known.organisation_id) as memory:
        proposal = proposals.get(memory, known.id)
    if proposal.state in words.BLOCKING:
        asking.withdraw(parts, proposal, CALLED_OFF)


def finish_everywhere(parts: Parts) -> int:
    """Forgets the accounts that nothing is left to do with. Returns how many."""
    with parts.database.reading_all() as memory:
        known = organisations.all(memory)
    done: list[int] = []
    each_by_itself(known, lambda each: done.append(finish(parts, each.id)))
    return sum(done)


def finish(parts: Parts, organisation_id: int) -> int:
    """The same for one organisation: the permission is given back at the provider, then the tokens are deleted."""
    with parts.database.reading(organisation_id) as memory:
        done = organisers.done_with(memory, parts.clock())
    return sum(_forgotten(parts, organisation_id, each) for each in done)


def _forgotten(parts: Parts, organisation_id: int, kept: Kept) -> bool:
    """Judged again right before each step: an admin may have connected it anew meanwhile."""
    with parts.database.reading(organisation_id) as memory:
        if not organisers.is_done_with(memory, kept, parts.clock()):
            return False
    try:
        _give_back(parts, organisation_id, kept)
    except TryLater as problem:
        log.info("the permission of organiser %s could not be given back yet: %s", kept.id, problem)
        return False
    with parts.database.writing(organisation_id) as memory:
        return organisers.forget(memory, kept, parts.clock())


def _give_back(parts: Parts, organisation_id: int, kept: Kept) -> None:
    """One that lets us in no more has nothing to give back. Raises TryLater.

    Giving back ends all that the account has given Interlude, so not where somebody else here still needs it.
    """
    watching.stop_organisers(parts, organisation_id, kept.id)
    with parts.database.reading_all() as memory:
        shared = organisers.shared_anywhere(memory, kept.id)
    try:
        provider = parts.provider(kept.provider)
        if isinstance(provider, Revokes) and not shared:
            provider.revoke(accounts.organiser(parts, organisation_id, kept.id))
    except TryLater:
        raise
    except InterludeError as problem:
        log.info("organiser %s had nothing to give back: %s", kept.id, type(problem).__name__)
