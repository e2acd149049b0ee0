"""Deleting everything about a person: first whom they were to meet hears that it is off, then every row goes."""

from __future__ import annotations

from datetime import datetime, timedelta

from mentoring.errors import BadInput, Refused
from mentoring.people import Person, Role
from mentoring.proposals import BLOCKING
from store import audit, calendars, directory, links, outbox, people, proposals
from store.memory import Memory
from workflows import asking, giving_back
from workflows.answering import again_if_changed
from workflows.bootstrap import Parts
from workflows.door_views import GivenBack
from workflows.keeping_on import each_by_itself
from workflows.taking_back import of_person
from workflows.views import Who

PATIENCE = timedelta(days=7)
"""How long invites that cannot be taken back keep the rest: longer than a weekend, or than most servers are down."""

SOMEBODY = "somebody who left"
ONLY_ADMIN = "you are the only admin; make somebody else one first"


def leave(parts: Parts, who: Who, typed_address: str) -> int:
    """Ends all that they take part in and deletes everything about them. typed_address: their own, to make sure.

    Returns how many messages about it still have to leave, and permissions to be given back: 0 when all is deleted.
    Else workers send them and the sweep ends it, a week later at the latest; until then nobody can sign in as them.
    Raises BadInput for another address, Refused for the last admin.
    """
    now = parts.clock()
    with parts.database.writing(who.organisation_id) as memory:
        _hold_admins(memory, who)
        person = people.get(memory, who.person_id)
        _check(memory, person, typed_address)
        people.stop(memory, person.id)
        people.set_roles(memory, person.id, ())
        people.note(memory, person.id, leaving_at=person.leaving_at or now, signed_out_at=now)
        links.void(memory, person.id)
    return finish(parts, who)


def _hold_admins(memory: Memory, who: Who) -> None:
    """Two admins who leave at once would leave none: the second waits here, and is the last by then."""
    admins = [each.id for each in directory.everyone(memory) if Role.ADMIN in each.roles]
    people.hold(memory, {who.person_id, *admins})


def _check(memory: Memory, person: Person, typed_address: str) -> None:
    if typed_address.strip().lower() != person.email:
        raise BadInput.of("address", f"type {person.email} to delete everything about you")
    others = any(Role.ADMIN in each.roles and each.id != person.id for each in directory.everyone(memory))
    if Role.ADMIN in person.roles and not others:
        raise Refused(ONLY_ADMIN)


@again_if_changed
def _call_off(parts: Parts, who: Who) -> None:
    """All that they were to be met for. No next best is owed for it: what is owed hangs on a proposal, and these go.
    The next round looks at everybody."""
    for each in of_person(parts, who.organisation_id, who.person_id, BLOCKING):
        asking.withdraw(parts, each, asking.NOT_WANTED)


def finish(parts: Parts, who: Who) -> int:
    """Deletes somebody who is leaving, once all whom it concerns have been told, and what they allowed us elsewhere has
    been given back. Returns how much of that is still to be done.

    Whoever began may have died before the first was told, so it begins there. Does nothing to who is not leaving.
    """
    since = _leaving_since(parts, who)
    if since is None:
        return 0
    _call_off(parts, who)
    patient = parts.clock() < since + PATIENCE
    if patient and (waiting := len(_unsent(parts, who)) or _not_given_back(parts, who)):
        return waiting
    if not patient:
        _not_given_back(parts, who)
    now = parts.clock()
    with parts.database.writing(who.organisation_id) as memory:
        people.hold(memory, [who.person_id])
        person = people.those(memory, [who.person_id]).get(who.person_id)
        if person is None or person.leaving_at is None:
            return 0
        people.forget(memory, person.id)
        audit.note(memory, SOMEBODY, "had everything about them deleted", "themselves", now)
    return 0


def _leaving_since(parts: Parts, who: Who) -> datetime | None:
    with parts.database.reading(who.organisation_id) as memory:
        person = people.those(memory, [who.person_id]).get(who.person_id)
    return person.leaving_at if person is not None else None


def _not_given_back(parts: Parts, who: Who) -> int:
    """Gives back what they allowed us at Google and Microsoft, while there are still tokens to end it with. Returns how
    often nobody answered there, so that it can be tried again; the other connections are gone."""
    with parts.database.reading(who.organisation_id) as memory:
        theirs = [each.id for each in calendars.connections(memory, who.person_id)]
    done = [each for each in theirs if _is_over(giving_back.give_back(parts, who.organisation_id, each))]
    with parts.database.writing(who.organisation_id) as memory:
        for each in done:
            calendars.disconnect(memory, each)
    return len(theirs) - len(done)


def _is_over(given_back: GivenBack) -> bool:
    return given_back is not GivenBack.UNANSWERED


def finish_everywhere(parts: Parts) -> int:
    """The same for everybody who is leaving. Returns how many were looked at."""
    with parts.database.reading_all() as memory:
        leaving = people.leaving_anywhere(memory)
    each_by_itself(leaving, lambda each: finish(parts, Who(*each)))
    return len(leaving)


def _unsent(parts: Parts, who: Who) -> tuple[int, ...]:
    """What still has to be told to either of the two about any of their proposals, the oldest first."""
    with parts.database.reading(who.organisation_id) as memory:
        mine = {each.id for each in proposals.of_person(memory, who.person_id)}
        return tuple(each.id for each in outbox.unsent(memory) if each.proposal_id in mine)
