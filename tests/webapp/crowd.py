"""An organisation of any size in a real database, with somebody who takes part in everything that is in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

from mentoring.availability import BusyEvent, Reading
from mentoring.intervals import Interval
from mentoring.needs import Challenge, Need, Theme
from mentoring.openings import Pair
from mentoring.outbox import Act
from mentoring.people import Person, Role
from mentoring.ports import Account, FoundCalendar
from mentoring.proposals import Answer, Partstat, Proposal, Reason, State
from store import audit, calendars, challenges, copies, outbox, people, proposals, rounds, settled, themes
from store.memory import Memory
from tests.workflows.house import House, a_house, a_person, nine_to_five

STATES = (State.CONFIRMED, State.ASKED_MENTEE, State.MET, State.ASKED_MENTOR, State.DECLINED, State.WITHDRAWN)
A_BIT = timedelta(minutes=30)
BEHIND = {State.MET, State.DECLINED, State.WITHDRAWN}


def a_crowd(folder: Path, number: int, mine: int | None = None) -> tuple[House, Person]:
    """The house, and an admin who is mentee and mentor among so many others, and has something with each of them.

    mine: with how many of them at most.
    """
    house = a_house(folder)
    with house.parts.database.writing(house.organisation_id) as memory:
        now = house.clock()
        zofia = people.add(memory, a_person("Zofia Zeder", roles=frozenset(Role), limits=nine_to_five(confirmed=True)))
        others = [people.add(memory, _other(each)) for each in range(number)]
        found = _wrote(memory, [zofia, *others], now)
        round_id = _round(memory, [zofia, *others], found, now)
        for each in (zofia, *others):
            _connected(memory, each, now)
        of_zofia = [(zofia, other) for other in others[:mine]]
        made = [*_between(of_zofia, found, round_id, now)]
        made += _between(list(pairwise(others)), found, round_id, now + A_BIT)
        for each in made:
            _told(memory, proposals.add(memory, each), now)
        for each in others:
            audit.note(memory, each.name, "connected a calendar", each.name, now)
    return house, zofia


def _other(number: int) -> Person:
    person = a_person(f"Otto {number}", email=f"otto{number}@example.org")
    return replace(person, department=f"Department {number % 7}", title="Engineer")


def _wrote(memory: Memory, everybody: list[Person], now: datetime) -> list[int]:
    """Everybody wrote about two things on three days. Returns the themes' ids."""
    written = [[_note(memory, person, day, now) for day in range(6)] for person in everybody]
    found = [Theme(at, f"theme {at}", tuple(ids[half] for ids in written for half in range(at, 6, 2))) for at in (0, 1)]
    needs = [
        Need(person.id, at, f"theme {at}", tuple(ids[at::2]), 3, now - timedelta(days=1), 0.5)
        for person, ids in zip(everybody, written, strict=True)
        for at in (0, 1)
    ]
    kept = themes.replace(memory, found, needs, now)
    for person in everybody:
        settled.add(memory, person.id, kept[1], now)
    return [kept[0], kept[1]]


def _note(memory: Memory, person: Person, day: int, now: datetime) -> int:
    text = f"Number {day} of {person.name}"
    return challenges.add(memory, Challenge(0, person.id, text, now - timedelta(days=day + 1))).id


def _round(memory: Memory, everybody: list[Person], theme_ids: list[int], now: datetime) -> int:
    round_id = rounds.start(memory, 1, now)
    row = {"theme_id": theme_ids[0], "suitability": 0.5, "score": 0.25, "points": {"suits": 0.5}, "in_the_way": []}
    pairs = [(mentee.id, mentor.id) for mentee in everybody for mentor in everybody[:20]]
    record = {
        "counted": {"taking_part": len(everybody), "needs": len(everybody), "pairs": len(pairs)},
        "candidates": [{"mentee_id": mentee, "mentor_id": mentor, "openings": [], **row} for mentee, mentor in pairs],
        "in_the_way": {"no_opening": len(pairs)},
        "absences": {str(each.id): [{"rule": "no_opening", "words": "No time suits both."}] for each in everybody},
    }
    rounds.finish(memory, round_id, record, now)
    return round_id


def _connected(memory: Memory, person: Person, now: datetime) -> None:
    account = Account("caldav", "https://calendar.example.org/", person.email, "secret")
    found = [FoundCalendar(f"/{name}/", name, "Europe/Berlin", writable=True) for name in ("work", "home")]
    connection = calendars.connect(memory, person.id, account, found, now)
    work, home = calendars.calendars(memory, person.id)
    busy = BusyEvent(Interval.lasting(now + timedelta(days=3), 60), key=f"busy {person.id}")
    covers = Interval(now - timedelta(days=1), now + timedelta(days=30))
    for calendar in (work, home):
        calendars.save_reading(memory, calendar.id, Reading((busy,), covers, "cursor"), now, now)
    calendars.choose(memory, connection.id, [work.id, home.id], work.id)


def _between(
    pairs: list[tuple[Person, Person]], theme_ids: list[int], round_id: int, now: datetime
) -> Iterator[Proposal]:
    """One proposal for each, in turn in either role and in every state, each at a time of its own."""
    yes = Answer(Partstat.ACCEPTED, now)
    for number, (one, other) in enumerate(pairs):
        state = STATES[number % len(STATES)]
        ids = (one.id, other.id) if number % 4 < 2 else (other.id, one.id)
        away = timedelta(hours=number + 1)
        yield Proposal(
            id=0,
            organisation_id=0,
            uid=f"{one.id}-{other.id}@interlude.test",
            pair=Pair(*ids),
            theme_id=theme_ids[0],
            topic="query plans",
            interval=Interval.lasting(now - away if state in BEHIND else now + away, 20),
            reasons=(Reason("topic", "recurs", "You wrote about this on 3 days."),),
            state=state,
            mentee_answer=yes,
            mentor_answer=yes if state in (State.CONFIRMED, State.MET) else Answer(),
            created_at=now,
            mentee_asked_at=now,
            mentor_asked_at=now,
            expires_at=now + timedelta(days=90),
            round_id=round_id,
        )


def _told(memory: Memory, made: Proposal, now: datetime) -> None:
    """Each of the two has a copy, and a message that waits or did not get through."""
    for person_id in (made.pair.mentee_id, made.pair.mentor_id):
        work, _ = calendars.calendars(memory, person_id)
        copies.save(memory, copies.Copy(made.id, person_id, work.id, f"/{made.id}.ics", "etag", 0, Partstat.ACCEPTED))
        message_id = outbox.write(memory, made.id, person_id, Act.UPDATE, 0, now, now)
        message = outbox.lease(memory, message_id, now, 60)
        if message and made.id % 2:
            outbox.give_up(memory, message, "this calendar can only be read")
