"""An organisation with people, and proposals between them, in one line each."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

from mentoring.availability import BusyEvent, Reading
from mentoring.hours import DayHours, WeeklyHours
from mentoring.intervals import Interval
from mentoring.needs import Challenge, Need, Theme
from mentoring.openings import Pair
from mentoring.people import Limits, Person
from mentoring.ports import Account, FoundCalendar
from mentoring.proposals import Proposal, State
from store import calendars, challenges, organisations, people, themes
from store.calendars import Connection
from store.database import Database
from store.memory import Memory

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
_numbers = itertools.count(1)


def nine_to_five(zone: str = "Europe/Berlin") -> Limits:
    return Limits(WeeklyHours.every(zone, [DayHours(540, 1020)]))


def somebody(name: str = "Amira Haddad", **more: Any) -> Person:
    """A person who is not kept yet."""
    number = next(_numbers)
    return Person(
        0, 0, more.pop("email", f"person{number}@example.org"), name, more.pop("limits", nine_to_five()), **more
    )


def organisation(database: Database, name: str = "Harbour") -> int:
    with database.writing_all() as memory:
        return organisations.add(memory, name, "Europe/Berlin").id


def kept(database: Database, organisation_id: int, number: int = 2, **more: Any) -> list[Person]:
    """So many people of the organisation."""
    with database.writing(organisation_id) as memory:
        return [people.add(memory, somebody(f"Person {each}", **more)) for each in range(number)]


def at(minutes: float, lasting: float = 20) -> Interval:
    """An interval so many minutes after NOW."""
    return Interval.lasting(NOW + timedelta(minutes=minutes), lasting)


def theme(memory: Memory, person_id: int, label: str = "slow builds") -> int:
    """A theme of one challenge of that person, in place of the themes there were; its id."""
    challenge = challenges.add(memory, Challenge(0, person_id, f"{label} again", NOW))
    need = Need(person_id, 0, label, (challenge.id,), 1, NOW, 0.5)
    return themes.replace(memory, [Theme(0, label, (challenge.id,))], [need], NOW)[0]


def proposal(theme_id: int, mentee_id: int, mentor_id: int, when: Interval, **more: Any) -> Proposal:
    """A reserved one, not kept yet."""
    more = {"uid": f"uid-{next(_numbers)}@example.org", "topic": "Slow builds", "state": State.RESERVED, **more}
    return Proposal(0, 0, pair=Pair(mentee_id, mentor_id), theme_id=theme_id, interval=when, **more)


def caldav(username: str = "amira", secret: str = "correct horse battery") -> Account:
    return Account("caldav", "https://calendar.example.org/", username, secret)


def connected(memory: Memory, person_id: int, *names: str, **more: Any) -> Connection:
    """A CalDAV account with calendars of those names, or one."""
    found = [FoundCalendar(f"/{name}/", name, "Europe/Berlin", writable=True) for name in names or ("work",)]
    return calendars.connect(memory, person_id, more.get("account", caldav()), found, more.get("now", NOW))


def reading(*events: BusyEvent) -> Reading:
    return Reading(events, at(-60, 14 * 24 * 60), "cursor-1")
