"""What must not be kept is planted, the whole main job runs over it, and then it is looked for everywhere."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import rq
from flask.testing import FlaskClient

from mentoring.intervals import Interval
from mentoring.needs import Challenge
from mentoring.people import Expertise, Person, Role
from mentoring.proposals import Proposal, State
from store import calendars, challenges, proposals
from tests.killing.stage import valkey
from tests.servers import DavServer, radicale
from tests.webapp.seated import sign_in
from tests.wires.web import Told, WebServer, web_server
from tests.workflows.house import House, a_house
from tests.workflows.neighbours import Neighbour
from webapp.app import create_app
from workflows.commands import running
from workflows.queue import Queue

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("planted")]

TITLE, PLACE, GUEST, DESCRIPTION, EVENT_ID = "Zwetschgenmus", "Birnengelee", "quittenbrot", "Mirabellen", "Hagebutten"
EVENT_WORDS = (TITLE, PLACE, GUEST, DESCRIPTION, EVENT_ID)
PASSWORDS = {"ann@example.org": "Holunder-4711", "ben@example.org": "Schlehen-0815"}
WRONG_PASSWORD = "Ebereschen-1234"
FEED_SECRET = "private-Sanddorn99"
NOTE = "Kornelkirsche"


def event(number: int, day: int, hour: int, *more: str) -> str:
    lines = (
        "BEGIN:VEVENT",
        f"UID:{EVENT_ID}-{number}",
        "DTSTAMP:20261101T000000Z",
        f"DTSTART:202611{day}T{hour:02}0000Z",
        "DURATION:PT1H",
        f"SUMMARY:{TITLE}",
        f"LOCATION:{PLACE}",
        f"DESCRIPTION:{DESCRIPTION}",
        f"COMMENT:{DESCRIPTION}",
        f"CATEGORIES:{TITLE}",
        f"ORGANIZER;CN={GUEST}:mailto:{GUEST}@example.net",
        f"ATTENDEE;CN={GUEST};PARTSTAT=ACCEPTED:mailto:{GUEST}@example.net",
        *more,
        "END:VEVENT",
    )
    return "\r\n".join(lines)


def calendar(*events: str) -> bytes:
    head = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\n"
    return (head + "\r\n".join(events) + "\r\nEND:VCALENDAR\r\n").encode()


SERIES = calendar(
    event(1, 24, 9, "RRULE:FREQ=DAILY;COUNT=9"), event(1, 25, 13, "RECURRENCE-ID:20261125T090000Z", "SEQUENCE:1")
)
"""Every day at nine, once moved: nothing of it may show but that the time is taken."""


class Planted(Neighbour):
    """Somebody whose own events have organisers too."""

    def invites(self) -> list[Any]:
        return [each for each in super().invites() if EVENT_ID not in each["UID"]]


@dataclass
class Garden:
    """The house after the whole main job, and everything that it left behind."""

    house: House
    folder: Path
    queue: Queue
    ann: Neighbour
    ben: Neighbour
    cora: Person
    zofia: Person
    feed: Told
    feeds: WebServer
    proposal: Proposal | None = None
    states: list[State] = field(default_factory=list)

    def work(self, *names: str) -> None:
        """Those jobs, put on the real queue, and what they lead to."""
        for name in names:
            self.queue.enqueue(name)
        worker = rq.SimpleWorker([self.queue.rq], connection=self.queue.connection)
        worker.work(burst=True, logging_level="DEBUG")

    def minute(self) -> None:
        self.house.clock.turn(minutes=1)
        self.work("sync_due", "read_answers", "sweep", "deliver_due")
        with self.house.parts.database.reading(self.house.organisation_id) as memory:
            self.states += [each.state for each in proposals.open_proposals(memory)]

    def client(self, person: Person) -> FlaskClient:
        app = create_app(self.house.parts.settings, self.house.parts)
        app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
        client = app.test_client()
        sign_in(client, self.house, person)
        return client

    def pages(self, person: Person) -> dict[str, str]:
        """Every page that there is, as that person sees it."""
        client = self.client(person)
        with self.house.parts.database.reading(self.house.organisation_id) as memory:
            connections = [each.id for each in calendars.connections(memory)]
        assert self.proposal is not None
        suggestion, everybody = f"/suggestions/{self.proposal.id}", (self.ann.person, self.ben.person, self.cora)
        paths = ["/", "/calendars", "/challenges", "/admin", "/healthz", "/calendars/connect/caldav"]
        paths += ["/calendars/connect/ics", suggestion, f"{suggestion}/times", f"{suggestion}/event.ics"]
        paths += [f"/calendars/{each}{part}" for each in connections for part in ("", "/status")]
        paths += [f"/admin/why?mentee={each.id}&mentor={self.ben.person.id}" for each in everybody]
        paths += [f"/admin/{page}" for page in ("people", "people/import", "people/invite", "rounds", "review")]
        paths += ["/admin/mail", "/admin/audit", *(f"/admin/people/{each.id}" for each in everybody)]
        paths += [f"/admin/rounds/{self.proposal.round_id}"] if self.proposal.round_id else []
        return {path: client.get(path).get_data(as_text=True) for path in paths}


@dataclass
class Harvest:
    """All that was left behind, as text or bytes."""

    garden: Garden
    logged: list[str]
    pages: dict[str, dict[str, str]]

    @property
    def tables(self) -> dict[str, str]:
        """Every table's rows, as Python writes them."""
        with sqlite3.connect(self.garden.folder / "interlude.db") as opened:
            names = [row[0] for row in opened.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            return {name: repr(opened.execute(f'SELECT * FROM "{name}"').fetchall()) for name in names}

    @property
    def database_files(self) -> bytes:
        return b"".join(file.read_bytes() for file in self.garden.folder.glob("interlude.db*"))

    @property
    def queued(self) -> bytes:
        """All keys as they are now, and the append-only file: every command there ever was."""
        connection = self.garden.queue.connection
        keys = list(connection.scan_iter())
        now = b"".join(bytes(key) + (connection.dump(key) or b"") for key in keys)
        ever = b"".join(file.read_bytes() for file in (self.garden.folder / "valkey").rglob("*") if file.is_file())
        assert b"workflows.jobs.deliver" in ever, "the queue was used"
        return now + ever

    def where(self, word: str) -> list[str]:
        """Every place but the tables in which the word stands, in whatever case."""
        low = word.lower()
        found = [f"log: {line}" for line in self.logged if low in line.lower()]
        found += ["the queue"] if low.encode() in self.queued.lower() else []
        for person, pages in self.pages.items():
            found += [f"{path} as {person}" for path, text in pages.items() if low in text.lower()]
        return found


@pytest.fixture(scope="module")
def harvest(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Harvest]:
    folder = tmp_path_factory.mktemp("planted")
    (folder / "valkey").mkdir()
    feed = Told(200, SERIES)
    with (
        radicale(PASSWORDS, folder / "radicale") as dav,
        web_server(lambda asked: feed) as feeds,
        valkey(folder / "valkey") as redis_url,
        listening() as logged,
    ):
        garden = planted(folder, dav, feeds, feed, redis_url)
        main_job(garden)
        failing_reads(garden)
        people = {"Ann": garden.ann.person, "Ben": garden.ben.person, "Cora": garden.cora, "Zofia": garden.zofia}
        yield Harvest(garden, logged, {name: garden.pages(person) for name, person in people.items()})
        garden.house.parts.database.dispose()


class listening:  # noqa: N801
    """Everything that is logged, set up as a worker at DEBUG sets it up."""

    def __enter__(self) -> list[str]:
        self.lines: list[str] = []
        self.root = logging.getLogger()
        self.before = self.root.level
        self.handler = logging.Handler(logging.DEBUG)
        formatter = logging.Formatter("%(name)s %(message)s")
        self.handler.emit = lambda record: self.lines.append(formatter.format(record))  # type: ignore[method-assign]
        self.root.addHandler(self.handler)
        self.root.setLevel(logging.DEBUG)
        return self.lines

    def __exit__(self, *_: object) -> None:
        self.root.removeHandler(self.handler)
        self.root.setLevel(self.before)


def planted(folder: Path, dav: DavServer, feeds: WebServer, feed: Told, redis_url: str) -> Garden:
    """Ann keeps struggling with what Ben, and Cora by her feed, can help with; Zofia is an admin."""
    house = a_house(folder, frozenset({dav.host_port, feeds.host_port}))
    queue = Queue(redis_url)
    settings = replace(house.parts.settings, redis_url=redis_url, log_level="DEBUG")
    house.parts = replace(house.parts, settings=settings, nudge=queue.nudge)
    running.log_to_stderr(settings)
    running.parts_of_jobs(house.parts)
    helps = (Expertise("reading the query plan of a slow query, and indexes"),)
    ann = house.add("Ann Ash", roles=frozenset({Role.MENTEE}), expertise=())
    ben = house.add("Ben Birch", roles=frozenset({Role.MENTOR}), expertise=helps)
    cora = house.add("Cora Cedar", roles=frozenset({Role.MENTOR}), expertise=(Expertise("reading slow reports"),))
    zofia = house.add("Zofia Zeder", roles=frozenset({Role.ADMIN}), expertise=())
    neighbours = []
    for person in (ann, ben):
        address = dav.make_calendar(person.email, "Work")
        dav.put(person.email, f"{address}{EVENT_ID}.ics", SERIES)
        house.connect(person, dav.url, person.email, PASSWORDS[person.email])
        neighbours.append(Planted(person, dav, address))
    house.connect(cora, f"{feeds.url}/{FEED_SECRET}/basic.ics", provider="ics")
    with house.parts.database.writing(house.organisation_id) as memory:
        for day, text in enumerate(
            (
                f"The query plan of the slow report makes no sense to me, as {NOTE} said",
                "Again a query plan that ignores the index, no idea why",
                "Another slow query whose plan I could not read",
            ),
            start=2,
        ):
            challenges.add(memory, Challenge(0, ann.id, text, house.clock() - timedelta(days=day)))
    house.policy(minimum_suitability=0.1)
    return Garden(house, folder, queue, *neighbours, cora, zofia, feed, feeds)


def main_job(garden: Garden) -> None:
    """Read, suggested, asked, answered; through jobs on the real queue."""
    garden.minute()
    garden.queue.enqueue("run_round", garden.house.organisation_id)
    garden.work()
    with garden.house.parts.database.reading(garden.house.organisation_id) as memory:
        (made,) = proposals.open_proposals(memory)
    garden.proposal = made
    garden.minute()
    garden.ann.answer("ACCEPTED")
    garden.minute()
    garden.ben.answer("ACCEPTED")
    garden.minute()


def failing_reads(garden: Garden) -> None:
    """A feed that is cut off, one that fails, one that cannot be understood; a password that no longer lets in."""
    good = garden.feed.body
    for told in (Told(200, good[:400]), Told(200, good, cut=300), Told(500, good), Told(200, good + good[:90])):
        garden.feed.status, garden.feed.body, garden.feed.cut = told.status, told.body, told.cut
        garden.house.clock.turn(hours=2)
        garden.work("sync_due")
    garden.feed.status, garden.feed.body, garden.feed.cut = 302, b"", None
    garden.feed.headers = {"Location": f"/{FEED_SECRET}/elsewhere"}
    garden.house.clock.turn(hours=2)
    garden.work("sync_due")
    users = garden.folder / "radicale" / "users"
    users.write_text("".join(f"{name}:changed\n" for name in PASSWORDS))
    garden.house.clock.turn(hours=2)
    garden.work("sync_due", "read_answers", "sweep")
    form = {"address": garden.ann.dav.url, "username": "ann@example.org", "secret": WRONG_PASSWORD}
    shown = garden.client(garden.ann.person).post("/calendars/connect/caldav", data=form)
    assert shown.status_code >= 400
    assert WRONG_PASSWORD not in shown.get_data(as_text=True)
    feed = {"address": f"{garden.feeds.url}/{FEED_SECRET}/other.ics"}
    assert garden.client(garden.cora).post("/calendars/connect/ics", data=feed).status_code >= 400


def test_the_main_job_ran_and_the_readings_failed(harvest: Harvest) -> None:
    garden = harvest.garden
    assert {State.ASKED_MENTEE, State.ASKED_MENTOR, State.CONFIRMED} <= set(garden.states)
    with garden.house.parts.database.reading(garden.house.organisation_id) as memory:
        assert all(each.problem for each in calendars.calendars(memory))
        window = Interval.lasting(garden.house.clock(), 7 * 24 * 60)
        assert calendars.busy_events(memory, [garden.ann.person.id], window), "what was read before is kept"
    assert any("could not be read" in line for line in harvest.logged)


@pytest.mark.parametrize("word", EVENT_WORDS)
def test_what_stands_in_an_event_is_nowhere(harvest: Harvest, word: str) -> None:
    assert [name for name, rows in harvest.tables.items() if word.lower() in rows.lower()] == []
    assert word.lower().encode() not in harvest.database_files.lower()
    assert harvest.where(word) == []


@pytest.mark.parametrize("word", [*PASSWORDS.values(), WRONG_PASSWORD])
def test_a_password_is_nowhere_in_clear(harvest: Harvest, word: str) -> None:
    assert word.encode() not in harvest.database_files
    assert harvest.where(word) == []


def test_a_feeds_secret_address_is_in_no_log_no_queue_and_on_no_page(harvest: Harvest) -> None:
    assert harvest.where(FEED_SECRET) == []


def test_a_feeds_secret_address_is_not_in_the_database_in_clear(harvest: Harvest) -> None:
    assert [name for name, rows in harvest.tables.items() if FEED_SECRET in rows] == []
    assert FEED_SECRET.encode() not in harvest.database_files


def test_a_note_is_with_the_notes_only_and_seen_by_its_owner_only(harvest: Harvest) -> None:
    assert [name for name, rows in harvest.tables.items() if NOTE in rows] == ["challenges"]
    seen = harvest.where(NOTE)
    assert "/challenges as Ann" in seen
    assert [place for place in seen if not place.endswith(" as Ann")] == []


def test_of_a_feed_a_page_says_the_host_only(harvest: Harvest) -> None:
    assert harvest.garden.feeds.host_port in harvest.pages["Cora"]["/calendars"]
