"""A small organisation in a real database, with a clock to turn and nudges that run when told to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography.fernet import Fernet

from integrations.guarded_http import GuardedHttp
from mentoring.hours import DayHours, WeeklyHours
from mentoring.intervals import Interval
from mentoring.needs import Challenge, Need, Theme
from mentoring.openings import Pair
from mentoring.outbox import Observer, silent
from mentoring.people import Expertise, Limits, Person, Role
from mentoring.policy import Policy, Sending
from mentoring.ports import Account
from mentoring.proposals import Proposal, Reason, State
from mentoring.settings import Settings
from store import calendars, challenges, organisations, people, policies, proposals, themes
from store.database import Database
from store.keyring import Keyring
from tests.databases import new_sqlite
from workflows import (
    asking,
    connecting,
    organiser_answers,
    proposing,
    reading_back,
    receiving,
    sending,
    signing_in_by_mail,
    sorting,
    sweeping,
    syncing,
    trials,
    watching,
)
from workflows.bootstrap import Parts
from workflows.views import Who

MONDAY_NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
BOTH = frozenset({Role.MENTEE, Role.MENTOR})
SECRET = "a secret that is long enough for anybody"
TOKEN_KEY = Fernet.generate_key().decode()


def _sync_person(parts: Parts, organisation_id: int, person_id: int) -> None:
    syncing.read_again(parts, organisation_id, (person_id,))
    watching.keep_persons(parts, organisation_id, person_id)


RUNS: dict[str, Callable[..., object]] = {
    "answer_sign_in_requests": signing_in_by_mail.answer_requests,
    "deliver": sending.deliver,
    "ask": asking.ask,
    "count_reply": receiving.count,
    "read_organiser": organiser_answers.read_organiser,
    "next_best": proposing.next_best,
    "run_owed": proposing.run_owed,
    "sort_notes": sorting.sort_person,
    "run_trial": trials.run,
    "sync_due": syncing.sync_due,
    "sync_person": _sync_person,
    "keep_watches": watching.keep_watches,
}


@dataclass
class Clock:
    """The time, as the test turns it."""

    now: datetime = MONDAY_NOON

    def __call__(self) -> datetime:
        return self.now

    def turn(self, **by: float) -> None:
        self.now += timedelta(**by)


@dataclass
class House:
    """One organisation. nudges: what workers have been asked to do and have not done yet."""

    parts: Parts
    clock: Clock
    organisation_id: int
    nudges: list[tuple[str, tuple[int, ...]]] = field(default_factory=list)

    def work(self) -> None:
        """Does everything that was nudged, and what that nudges in turn."""
        while self.nudges:
            job, ids = self.nudges.pop(0)
            RUNS[job](self.parts, *ids)

    def sweep(self) -> None:
        """One tick of the timetable, with the jobs it leads to."""
        sweeping.sweep(self.parts)
        self.work()
        sending.deliver_due(self.parts)
        self.work()

    def read_answers(self) -> int:
        count = reading_back.read_answers_everywhere(self.parts)
        count += organiser_answers.read_organiser(self.parts, self.organisation_id)
        self.work()
        return count

    def add(self, name: str, **changes: object) -> Person:
        with self.parts.database.writing(self.organisation_id) as memory:
            return people.add(memory, a_person(name, self.organisation_id, **changes))

    def who(self, person: Person) -> Who:
        return Who(self.organisation_id, person.id)

    def connect(
        self, person: Person, address: str, username: str = "", secret: str = "", provider: str = "caldav"
    ) -> int:
        connection = connecting.connect(self.parts, self.who(person), provider, address, username, secret)
        self.work()
        return connection

    def theme(self, label: str, person: Person) -> int:
        """A theme with one need of that person, written down on three days."""
        with self.parts.database.writing(self.organisation_id) as memory:
            notes = [
                challenges.add(memory, Challenge(0, person.id, f"{label} again", self.clock() - timedelta(days=day)))
                for day in (2, 5, 9)
            ]
            ids = tuple(note.id for note in notes)
            need = Need(person.id, 0, label, ids, 3, self.clock() - timedelta(days=2), 0.8)
            return themes.replace(memory, [Theme(0, label, ids)], [need], self.clock())[0]

    def reserve(self, mentee: Person, mentor: Person, start: datetime, theme_id: int, minutes: int = 20) -> Proposal:
        """A proposal that holds its time and has not been asked yet."""
        drafted = Proposal(
            id=0,
            organisation_id=self.organisation_id,
            uid=f"{mentee.id}-{mentor.id}-{int(start.timestamp())}@interlude.test",
            pair=Pair(mentee.id, mentor.id),
            theme_id=theme_id,
            topic="query plans",
            interval=Interval.lasting(start, minutes),
            reasons=(Reason("topic", "recurs", "You wrote about this on 3 days."),),
            state=State.RESERVED,
            created_at=self.clock(),
        )
        with self.parts.database.writing(self.organisation_id) as memory:
            return proposals.add(memory, drafted)

    def proposal(self, proposal_id: int) -> Proposal:
        with self.parts.database.reading(self.organisation_id) as memory:
            return proposals.get(memory, proposal_id)

    def policy(self, **changes: object) -> Policy:
        with self.parts.database.writing(self.organisation_id) as memory:
            return policies.publish(memory, replace(policies.current(memory), **changes))  # type: ignore[arg-type]

    def account(self, person: Person) -> Account:
        with self.parts.database.reading(self.organisation_id) as memory:
            (connection,) = calendars.connections(memory, person.id)
            return calendars.account(memory, connection.id)


def a_person(name: str, organisation_id: int = 0, **changes: object) -> Person:
    """Somebody in Berlin who works nine to five on weekdays and opted in to both roles."""
    person = Person(
        id=0,
        organisation_id=organisation_id,
        email=f"{name.split(maxsplit=1)[0].lower()}@example.org",
        name=name,
        limits=nine_to_five("Europe/Berlin"),
        roles=BOTH,
        expertise=(Expertise("query plans and indexes"),),
    )
    return replace(person, **changes)  # type: ignore[arg-type]


def nine_to_five(zone: str = "UTC", **changes: object) -> Limits:
    return replace(Limits(WeeklyHours.every(zone, [DayHours(540, 1020)])), **changes)  # type: ignore[arg-type]


def a_house(
    folder: Path, allow_hosts: frozenset[str] = frozenset(), url: str = "", observer: Observer = silent
) -> House:
    """An organisation that may send, in a new SQLite database or at that address."""
    address = url or new_sqlite(folder / "interlude.db")
    settings = Settings(address, "redis://127.0.0.1:1/0", SECRET, (TOKEN_KEY,), var=folder, allow_hosts=allow_hosts)
    database = Database(address, Keyring(settings.token_keys, settings.secret_key))
    if url:
        database.upgrade()
    nudges: list[tuple[str, tuple[int, ...]]] = []
    clock = Clock()

    def nudge(job: str, *ids: int) -> None:
        nudges.append((job, ids))

    parts = Parts(settings, database, GuardedHttp(allow_hosts), clock, nudge, observer)
    with database.writing_all() as memory:
        organisation = organisations.add(memory, "Test", "Europe/Berlin")
    with database.writing(organisation.id) as memory:
        policies.publish(memory, replace(policies.current(memory), sending=Sending.ON))
    return House(parts, clock, organisation.id, nudges)


__all__ = ["House", "a_house", "a_person", "nine_to_five"]
