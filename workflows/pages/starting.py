"""What somebody who is new has still to do."""

from __future__ import annotations

from mentoring.people import Person, Role
from store import calendars, challenges
from store.memory import Memory
from workflows.views import Start, Step


def starts(memory: Memory, person: Person) -> tuple[Start, ...]:
    """All the steps while one of them is missing, else none. Who stopped everything is not asked to begin.

    A mentor need not write anything down.
    """
    if person.stopped:
        return ()
    mentee, mentor = person.opted_in(Role.MENTEE), person.opted_in(Role.MENTOR)
    steps = [
        Start(Step.TAKING_PART, mentee or mentor),
        Start(Step.CALENDAR, any(each.counts_as_busy for each in calendars.calendars(memory, person.id))),
        Start(Step.LIMITS, person.limits.confirmed),
    ]
    if mentee or not mentor:
        steps.append(Start(Step.NOTE, challenges.has_written(memory, person.id)))
    return () if all(each.done for each in steps) else tuple(steps)
