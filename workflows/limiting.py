"""Setting one's limits, and what they mean for what is still open."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from mentoring.days import QuietDays
from mentoring.errors import BadInput, Missing
from mentoring.intervals import Interval, Intervals
from mentoring.people import Person
from mentoring.proposals import Proposal, State
from scheduler.participants import Participant
from scheduler.refusals import Cause, refusals
from store import people, policies
from workflows import asking, limits_form
from workflows.bootstrap import Parts
from workflows.days_off import closed
from workflows.knowing import time_of
from workflows.member_views import LimitsForm, Saved
from workflows.taking_back import of_person, take_back
from workflows.views import Who

EVER = Interval(datetime(1970, 1, 1, tzinfo=UTC), datetime(2900, 1, 1, tzinfo=UTC))
BY_LIMITS_ALONE = frozenset({Cause.HOURS, Cause.HOLIDAY, Cause.QUIET})
"""What can be said of somebody whose calendar is unknown."""


def save(parts: Parts, who: Who, form: LimitsForm) -> Saved:
    """From now on these are the person's limits. Open suggestions that only the new ones forbid are taken back.

    Raises BadInput with every problem of the form; then nothing is saved.
    """
    return _saved(parts, who, limits_form.read(form).of)


def change(parts: Parts, who: Who, quiet: Callable[[Person], QuietDays]) -> Saved:
    """The same for quiet days, from the ones before. Raises what it raises, and nothing is saved."""
    return _saved(parts, who, lambda person: replace(person, limits=replace(person.limits, quiet=quiet(person))))


def _saved(parts: Parts, who: Who, changed: Callable[[Person], Person]) -> Saved:
    with parts.database.writing(who.organisation_id) as memory:
        people.hold(memory, [who.person_id])
        before = people.get(memory, who.person_id)
        after = people.save(memory, changed(before))

    def forbidden_now(proposal: Proposal) -> bool:
        return bool(_forbids(parts, after, proposal) - _forbids(parts, before, proposal))

    gone = take_back(parts, who.organisation_id, who.person_id, forbidden_now, asking.TAKEN, still_wants=True)
    return Saved(gone, len(of_person(parts, who.organisation_id, who.person_id, {State.CONFIRMED})))


def _forbids(parts: Parts, person: Person, proposal: Proposal) -> set[Cause]:
    """What on that person's side stands in its way, as far as their calendar is known."""
    key = parts.database.keyring.key_of(proposal.organisation_id)(proposal.uid)
    now = parts.clock()
    with parts.database.reading(proposal.organisation_id) as memory:
        time = time_of(memory, (person,), policies.current(memory), now, excluding_key=key)
    participant = time.participant(person, proposal.id)
    known = participant or Participant(person.id, person.limits, Intervals(), (), EVER, closed(person.limits, now))
    found = {each.cause for each in refusals(known, proposal.interval, now)}
    return found if participant else found & BY_LIMITS_ALONE


def never_with(parts: Parts, who: Who, other_id: int) -> int:
    """The two are never suggested to one another, whichever of them said so. Nobody is told.

    Returns how many open suggestions were taken back. Raises BadInput for oneself and for nobody.
    """
    with parts.database.writing(who.organisation_id) as memory:
        people.hold(memory, [who.person_id])
        person = people.get(memory, who.person_id)
        if other_id == who.person_id or other_id not in people.those(memory, [other_id]):
            raise BadInput.of("person", "choose somebody of the list")
        people.save(memory, replace(person, never_with=person.never_with | {other_id}))

    def of_the_two(proposal: Proposal) -> bool:
        return other_id in (proposal.pair.mentee_id, proposal.pair.mentor_id)

    return take_back(parts, who.organisation_id, who.person_id, of_the_two, still_wants=True)


def after_all(parts: Parts, who: Who, other_id: int) -> None:
    """They may be suggested to one another again. Raises Missing for somebody who was not on the list."""
    with parts.database.writing(who.organisation_id) as memory:
        people.hold(memory, [who.person_id])
        person = people.get(memory, who.person_id)
        if other_id not in person.never_with:
            raise Missing(other_id)
        people.save(memory, replace(person, never_with=person.never_with - {other_id}))
