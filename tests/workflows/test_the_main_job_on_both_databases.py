"""The main job on SQLite and on PostgreSQL, on real CalDAV copies: the databases differ, what people see does not."""

from __future__ import annotations

import multiprocessing
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from integrations.guarded_http import GuardedHttp
from mentoring.proposals import Partstat, State
from mentoring.settings import Settings
from store import organisers, outbox
from store.database import Database
from store.keyring import Keyring
from tests.databases import PostgresServer
from tests.servers import DavServer
from tests.workflows.house import House, a_house
from tests.workflows.neighbours import neighbour
from tests.workflows.neighbours_of_all_kinds import Meeting, World, a_world
from tests.workflows.test_a_proposal_from_asking_to_meeting import THURSDAY, Pair
from workflows import answering, asking, sending
from workflows import organisers as organising
from workflows.bootstrap import Parts

pytestmark = pytest.mark.slow


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def house(request: pytest.FixtureRequest, tmp_path: Path, dav: DavServer) -> Iterator[House]:
    url = "" if request.param == "sqlite" else _new_database(request)
    made = a_house(tmp_path, frozenset({dav.host_port}), url=url)
    assert made.parts.database.kind == request.param
    yield made
    made.parts.database.dispose()


def _new_database(request: pytest.FixtureRequest) -> str:
    server: PostgresServer = request.getfixturevalue("postgres_server")
    return server.new_database()


def test_reserved_asked_confirmed_and_held(house: House, dav: DavServer) -> None:
    pair = Pair(house, dav)
    assert pair.now.state is State.RESERVED
    pair.asked_mentee()
    assert pair.mentor.events() == []
    pair.says(pair.mentee, "ACCEPTED")
    assert pair.now.state is State.ASKED_MENTOR
    pair.says(pair.mentor, "ACCEPTED")
    assert pair.now.state is State.CONFIRMED
    assert pair.uids() == {pair.now.uid}
    house.clock.now = THURSDAY + timedelta(minutes=20)
    house.sweep()
    assert pair.now.state is State.MET


def test_after_the_mentors_no_the_next_best_is_asked(house: House, dav: DavServer) -> None:
    pair = Pair(house, dav)
    spare = neighbour(house, dav, "Cora Cedar")
    pair.asked_mentor().says(pair.mentor, "DECLINED")
    assert pair.now.state is State.DECLINED
    (following,) = pair.others()
    assert (following.pair.mentor_id, following.state) == (spare.person.id, State.ASKED_MENTEE)
    assert [str(each["UID"]) for each in pair.mentee.invites()] == [following.uid]
    assert pair.mentor.invites() == []


def test_a_moved_copy_is_put_to_the_other_with_the_same_uid(house: House, dav: DavServer) -> None:
    pair = Pair(house, dav).asked_mentor()
    pair.mentor.move(THURSDAY + timedelta(hours=2))
    pair.reads()
    assert (pair.now.sequence, pair.now.interval.start) == (1, THURSDAY + timedelta(hours=2))
    pair.says(pair.mentee, "ACCEPTED")
    assert pair.now.state is State.CONFIRMED
    both = (pair.mentee.invite(), pair.mentor.invite())
    assert {(str(each["UID"]), int(each["SEQUENCE"])) for each in both} == {(pair.now.uid, 1)}


def waiting_message(house: House, dav: DavServer) -> tuple[Pair, int]:
    """A pair whose mentee is asked, with the invite still in the outbox."""
    pair = Pair(house, dav)
    proposal = pair.now
    house.nudges.clear()
    asking.ask(house.parts, house.organisation_id, proposal.id)
    house.nudges.clear()
    with house.parts.database.reading(house.organisation_id) as memory:
        (message,) = outbox.unsent(memory, proposal.id)
    return pair, message.id


def placed_once(pair: Pair, outcomes: list[str]) -> None:
    assert sorted(outcomes) == ["not due"] * (len(outcomes) - 1) + ["place"]
    assert [str(each["UID"]) for each in pair.mentee.invites()] == [pair.now.uid]
    with pair.house.parts.database.reading(pair.house.organisation_id) as memory:
        assert outbox.unsent(memory) == ()


def test_threads_that_deliver_one_message_at_once_place_one_event(house: House, dav: DavServer) -> None:
    pair, message_id = waiting_message(house, dav)
    together = threading.Barrier(4)

    def deliver(_: int) -> str:
        together.wait(20)
        return sending.deliver(house.parts, house.organisation_id, message_id)

    with ThreadPoolExecutor(4) as pool:
        placed_once(pair, list(pool.map(deliver, range(4))))


def _deliver_elsewhere(settings: Settings, now: datetime, organisation_id: int, message_id: int) -> str:
    """In a process that shares nothing with the test but the database and the calendar server."""
    database = Database(settings.database_url, Keyring(settings.token_keys, settings.secret_key))
    parts = Parts(settings, database, GuardedHttp(settings.allow_hosts), clock=lambda: now)
    try:
        return sending.deliver(parts, organisation_id, message_id)
    finally:
        database.dispose()


def test_processes_that_deliver_one_message_at_once_place_one_event(house: House, dav: DavServer) -> None:
    pair, message_id = waiting_message(house, dav)
    one = (house.parts.settings, house.clock(), house.organisation_id, message_id)
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        placed_once(pair, pool.starmap(_deliver_elsewhere, [one, one]))


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def world(request: pytest.FixtureRequest, tmp_path: Path, dav: DavServer) -> Iterator[World]:
    url = "" if request.param == "sqlite" else _new_database(request)
    with a_world(tmp_path, dav, url) as made:
        assert made.house.parts.database.kind == request.param
        yield made


@pytest.mark.parametrize("organiser", ["google", "outlook"])
def test_an_account_invites_both_answer_and_it_is_taken_back(world: World, organiser: str) -> None:
    meeting = Meeting.of(world, organiser, "google", "outlook").confirmed()
    assert meeting.now.state is State.CONFIRMED
    asking.withdraw(world.house.parts, meeting.now, "a test")
    meeting.settle()
    assert meeting.organisers_events() == 0
    with world.house.parts.database.writing(world.house.organisation_id) as memory:
        organisers.put_aside(memory, world.house.clock())
    assert organising.finish(world.house.parts, world.house.organisation_id) == 1


@pytest.mark.parametrize("organiser", ["google", "outlook"])
def test_threads_that_tell_both_at_once_change_one_event_once(world: World, organiser: str) -> None:
    meeting = Meeting.of(world, organiser, "ics", "ics").confirmed()
    updates = [meeting.holds(each).updates for each in meeting.both]
    later = meeting.first.start + timedelta(hours=2)
    house = world.house
    answering.move(house.parts, house.who(meeting.mentee), meeting.id, later)
    ids = [each.id for each in meeting.unsent()] * 3
    assert len(ids) == 6
    with ThreadPoolExecutor(max_workers=6) as pool:
        for done in [pool.submit(sending.deliver, house.parts, house.organisation_id, each) for each in ids]:
            done.result()
    house.clock.turn(minutes=31)
    meeting.settle()
    assert meeting.unsent() == ()
    assert [meeting.holds(each).updates for each in meeting.both] == [each + 1 for each in updates]
    assert {each.start for each in meeting.times()} == {later}
    meeting.says(meeting.mentor, Partstat.ACCEPTED)
    assert meeting.now.state is State.CONFIRMED
