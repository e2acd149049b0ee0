"""Signing in with Google or Microsoft: whom they vouch for, known by their account or by its address."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from mentoring.domains import domain_of
from mentoring.doors import Granted
from mentoring.errors import ConnectedBySomebody, NotLetIn
from mentoring.outbox import Letter, Transition
from mentoring.people import Person
from store import identities, mailboxes, organisations, outbox, people
from store.memory import Memory
from workflows import outgoing, signing_in
from workflows.bootstrap import Parts
from workflows.connecting_accounts import check_no_organiser
from workflows.door_views import CameIn
from workflows.views import Who

log = logging.getLogger("interlude.signing_in")


@dataclass(frozen=True)
class _Known:
    """Somebody whom the account opens a door to. memory: inside their organisation. by_account: it is theirs there
    already, and not only its address."""

    memory: Memory
    person: Person
    by_account: bool


def come_in(parts: Parts, provider: str, granted: Granted) -> CameIn:
    """Who that is. The account is theirs from now on, so that they are known by it though its address changes.

    Raises NotLetIn, with words for the person, who has proven who they are.
    """
    now = parts.clock()
    with parts.database.writing_all() as memory:
        found = _let_in(memory, provider, granted)
        known = _the_one(found)
        who = Who(known.memory.scope, known.person.id)
        identities.keep(known.memory, who.person_id, provider, granted.subject, now)
        signing_in.came_in(known.memory, who.person_id, now)
    log.info("let in by %s: person %s of organisation %s", provider, who.person_id, who.organisation_id)
    return CameIn(who, invited=known.person.joined_at is None, elsewhere=len(found) > 1)


def add(parts: Parts, who: Who, provider: str, granted: Granted) -> None:
    """The account of somebody who is signed in already lets them in from now on, whatever its address.

    So it does for those whose address nobody can vouch for. They are told by mail, since it may not have been them who
    added it. Raises ConnectedBySomebody for a colleague's or
    the organisation's, NotLetIn for one that could not let them in, since the organisation has named its domains.
    """
    with parts.database.writing(who.organisation_id) as memory:
        check_no_organiser(memory, provider, granted)
        if why := _why_not(memory, granted):
            raise NotLetIn(f"{why}, so it would not sign you in")
        people.hold(memory, [who.person_id])
        before, now = identities.whose(memory, provider, granted.subject), parts.clock()
        if not identities.keep(memory, who.person_id, provider, granted.subject, now):
            raise ConnectedBySomebody("somebody else here signs in with this account already")
        told = () if before is not None else _told(parts, memory, who.person_id)
    outgoing.nudge(parts, who.organisation_id, told)
    log.info("person %s of organisation %s signs in with %s too", who.person_id, who.organisation_id, provider)


def _told(parts: Parts, memory: Memory, person_id: int) -> tuple[int, ...]:
    """The letter by which somebody hears of an account that another may have added as them, if any can be sent."""
    if mailboxes.kept(memory) is None or outbox.letter_waits(memory, person_id, Letter.ACCOUNT):
        return ()
    message_id = outbox.write_letter(memory, person_id, Letter.ACCOUNT, parts.clock(), parts.clock())
    parts.observer(Transition.WRITTEN, message_id)
    return (message_id,)


def remove(parts: Parts, who: Who, identity_id: int) -> None:
    """Raises Missing for another person's."""
    with parts.database.writing(who.organisation_id) as memory:
        identities.forget(memory, who.person_id, identity_id)


def _let_in(memory: Memory, provider: str, granted: Granted) -> list[_Known]:
    """Who that is in each organisation that lets them in. Raises NotLetIn where none does."""
    everywhere = [memory.inside(each.id) for each in organisations.all(memory)]
    known = [found for each in everywhere if (found := _known(each, provider, granted)) is not None]
    here = [each for each in known if each.person.leaving_at is None]
    if not here:
        raise NotLetIn(_unknown(granted))
    why_not = [_why_not(each.memory, granted) for each in here]
    if all(why_not):
        raise NotLetIn(f"{why_not[0]}; use your account at work, or a link by mail")
    return [each for each, why in zip(here, why_not, strict=True) if not why]


def _known(memory: Memory, provider: str, granted: Granted) -> _Known | None:
    """By the account, else by an address, and only by one that the provider vouches for: anybody may call themselves
    anything."""
    person_id = identities.whose(memory, provider, granted.subject)
    if person_id is not None:
        return _Known(memory, people.get(memory, person_id), by_account=True)
    found = (people.by_email(memory, each) for each in granted.vouched)
    person = next((each for each in found if each is not None), None)
    return None if person is None else _Known(memory, person, by_account=False)


def _the_one(found: list[_Known]) -> _Known:
    """An organisation that merely adds an address keeps nobody out of the one where the account is theirs."""
    by_account = [each for each in found if each.by_account]
    for those in (found, by_account):
        if len(those) == 1:
            return those[0]
    raise NotLetIn("you are in more than one organisation here; ask for a link by mail, which comes from each")


def _why_not(memory: Memory, granted: Granted) -> str:
    """Why accounts like this let nobody in there; nothing where they do. Of no domain is whoever has no organisation
    that runs the account: it stays theirs when they leave."""
    domains = organisations.sign_in_domains(memory)
    if not domains:
        return ""
    if not granted.vouched:
        return "your organisation lets in its own domains only, and nobody vouches for this account’s address"
    if not granted.domain:
        return "your organisation lets in its own domains only, and this is a private account"
    if {domain_of(each) for each in granted.vouched}.isdisjoint(domains):
        return f"your organisation lets in only {', '.join(domains)}, and this account is of another domain"
    return ""


def _unknown(granted: Granted) -> str:
    if granted.vouched:
        return f"nobody here has the address {granted.address}; whoever runs Interlude where you work can add you"
    return "nobody can vouch that the account’s address is yours, so use your account at work, or a link by mail"
