"""The sample people of the demo, by what one will see when signed in as them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from mentoring.availability import Availability, Unknown
from mentoring.people import Person, Role
from mentoring.proposals import Partstat, State
from store import organisations, people, policies, proposals
from workflows.bootstrap import Parts
from workflows.knowing import time_of
from workflows.views import SampleGroup, SamplePerson


def sample_people(parts: Parts) -> tuple[SampleGroup, ...]:
    """Everybody once, in the first group that fits. Empty outside the demo."""
    if not parts.settings.demo:
        return ()
    now = parts.clock()
    with parts.database.reading_all() as memory:
        known = organisations.all(memory)
    if not known:
        return ()
    with parts.database.reading(known[0].id) as memory:
        everyone = {each.id: each for each in people.everyone(memory)}
        open_now = proposals.open_proposals(memory)
        availability = time_of(memory, tuple(everyone.values()), policies.current(memory), now).availability
    waiting = [each for each in open_now if each.state is State.ASKED_MENTEE]
    unanswered = [each for each in waiting if each.mentee_answer.partstat is Partstat.NEEDS_ACTION]
    mentors = [each for each in open_now if each.state is State.ASKED_MENTOR]
    confirmed = [each for each in open_now if each.state is State.CONFIRMED]
    groups = (
        ("Admins", "The health of all calendars, and what the last round decided.", _ids(everyone, Role.ADMIN)),
        ("Asked as a mentee", "A suggestion that is open, with its reasons.", [e.pair.mentee_id for e in unanswered]),
        ("Asked as a mentor", "Somebody would like their help.", [each.pair.mentor_id for each in mentors]),
        ("Meeting soon", "A confirmed meeting.", [i for e in confirmed for i in (e.pair.mentee_id, e.pair.mentor_id)]),
        ("A calendar in trouble", "Why nothing is proposed to them, and what to do about it.", _unknown(availability)),
        ("Everybody else", "An ordinary day.", sorted(everyone)),
    )
    return _without_repeats(groups, everyone)


def _ids(everyone: dict[int, Person], role: Role) -> list[int]:
    return [each.id for each in everyone.values() if role in each.roles]


def _unknown(availability: Mapping[int, Availability]) -> list[int]:
    return [person for person, known in availability.items() if isinstance(known, Unknown) and known.calendar]


def _without_repeats(
    groups: Iterable[tuple[str, str, Iterable[int]]], everyone: dict[int, Person]
) -> tuple[SampleGroup, ...]:
    seen: set[int] = set()
    shown = []
    for title, sees, ids in groups:
        fresh = [each for each in dict.fromkeys(ids) if each not in seen]
        seen.update(fresh)
        if fresh:
            shown.append(SampleGroup(title, sees, tuple(_sample(everyone[each]) for each in fresh)))
    return tuple(shown)


def _sample(person: Person) -> SamplePerson:
    return SamplePerson(person.id, person.name, person.department, person.limits.zone)
