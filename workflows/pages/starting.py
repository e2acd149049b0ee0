"""What somebody who is new has still to do."""

from __future__ import annotations

from mentoring.people import Person, Role
from store import calendars, challenges, proposals
from store.memory import Memory
from workflows.views import Start, Step


def starts(memory: Memory, person: Person) -> tuple[Start, ...]:
    """All the steps while one of them is missing, else none.

    Who stopped everything is not asked to begin, nor who has begun before and left their roles. A mentor need not write
    anything down.
    """
    if person.stopped:
        return ()
    mentee, mentor = person.opted_in(Role.MENTEE), person.opted_in(Role.MENTOR)
    if not (mentee or mentor) and _has_begun(memory, person):
        return ()
    steps = [
        Start(Step.TAKING_PART, mentee or mentor),
        Start(Step.CALENDAR, _is_connected(memory, person)),
        Start(Step.LIMITS, person.limits.confirmed),
    ]
    if mentee or not mentor:
        steps.append(Start(Step.NOTE, challenges.has_written(memory, person.id)))
    return () if all(each.done for each in steps) else tuple(steps)


def _is_connected(memory: Memory, person: Person) -> bool:
    return any(each.counts_as_busy for each in calendars.calendars(memory, person.id))


def _has_begun(memory: Memory, person: Person) -> bool:
    """Something was suggested to them once, or they have set up all that a member sets up."""
    set_up = person.limits.confirmed and _is_connected(memory, person)
    return set_up or bool(proposals.of_person(memory, person.id))
