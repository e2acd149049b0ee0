"""Reading calendars: what is wrong with one stays with that one, a server is asked no more often than it likes."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from integrations.guarded_http import Answer, GuardedHttp
from mentoring.errors import TryLater
from mentoring.people import Person
from store import calendars, organisations, people, tables
from tests.integrations.backends import EMPTY
from tests.integrations.ical_tables import calendar
from tests.servers import DavServer
from tests.wires.web import Told
from tests.workflows.house import House, a_person
from tests.workflows.streets import QUICK, Street
from workflows import connecting, syncing
from workflows.asking import still_fits
from workflows.syncing import LEASE, Patience

PLANTED = "Plantedtitle"


class Buggy(GuardedHttp):
    """With a bug that comes to light over one feed, and says what stands in it."""

    def request(self, method: str, url: str, **more: Any) -> Answer:
        if url.endswith("/ann"):
            try:
                int(PLANTED)
            except ValueError as problem:
                raise ZeroDivisionError(PLANTED) from problem
        return super().request(method, url, **more)


def buggy(house: House) -> None:
    hosts = house.parts.settings.allow_hosts
    house.parts = replace(house.parts, http=Buggy(hosts, limits=QUICK))


def test_rule_1_a_secret_that_no_key_opens_is_that_calendars_problem_only(street: Street) -> None:
    ann, bob = street.somebody("ann"), street.somebody("bob")
    with street.house.parts.database.writing(ann.organisation_id) as memory:
        mine = tables.connections.c.person_id == ann.id
        memory.changed(memory.update(tables.connections).where(mine).values(secret="of another key"))
    street.later(minutes=20)
    assert syncing.sync_due(street.house.parts) == 2
    assert "connect the calendar again" in street.calendar(ann).problem
    assert street.calendar(bob).read_at == street.house.clock()
    with street.house.parts.database.reading(ann.organisation_id) as memory:
        assert calendars.connections(memory, ann.id)[0].state == "reconnect"
    assert syncing.sync_due(street.house.parts) == 0


@pytest.mark.parametrize(
    "told",
    [
        Told(302, headers={"Location": "http://[bad"}),
        Told(200, calendar(f"UID:a|DTSTART:20261020T090000Z|SEQUENCE:{'9' * 5000}")),
    ],
    ids=["a redirect to nowhere", "a number of 5,000 digits"],
)
def test_rule_1_one_calendar_that_is_damaged_stops_no_other(street: Street, told: Told) -> None:
    ann, bob = street.somebody("ann"), street.somebody("bob")
    street.tells["ann"] = lambda: told
    street.later(minutes=20)
    syncing.sync_due(street.house.parts)
    assert street.calendar(ann).problem
    assert "fault of ours" not in street.calendar(ann).problem
    assert street.calendar(bob).read_at == street.house.clock()


def test_a_bug_over_one_calendar_is_noted_there_logged_loudly_and_stops_no_other(
    street: Street, caplog: pytest.LogCaptureFixture
) -> None:
    ann, bob = street.somebody("ann"), street.somebody("bob")
    buggy(street.house)
    street.later(minutes=20)
    with caplog.at_level(logging.DEBUG):
        assert syncing.sync_due(street.house.parts) == 2
    failed = street.calendar(ann)
    assert failed.problem.startswith("it could not be read because of a fault of ours; reference ")
    assert failed.next_read_at is not None
    assert failed.next_read_at > street.house.clock()
    assert street.calendar(bob).read_at == street.house.clock()
    (record,) = [each for each in caplog.records if each.levelno >= logging.ERROR]
    said = record.getMessage()
    assert failed.problem.rpartition(" ")[2] in said
    for named in ("ZeroDivisionError", "ValueError", "test_syncing.py", "in request"):
        assert named in said
    assert PLANTED not in caplog.text


def test_a_bug_reaches_whoever_asks_for_one_calendar_as_words(street: Street) -> None:
    ann = street.somebody("ann")
    buggy(street.house)
    problem = connecting.read_now(street.house.parts, street.house.who(ann), street.calendar(ann).id)
    assert "fault of ours" in problem


def test_an_organisation_that_something_is_wrong_with_stops_no_other(
    street: Street, caplog: pytest.LogCaptureFixture
) -> None:
    ann = street.somebody("ann")
    with street.house.parts.database.writing(ann.organisation_id) as memory:
        memory.changed(memory.update(tables.policies).values(body={"stale_minutes": "soon"}))
    with street.house.parts.database.writing_all() as memory:
        other = organisations.add(memory, "Other", "Europe/Berlin").id
    with street.house.parts.database.writing(other) as memory:
        cara = people.add(memory, a_person("Cara", other))
    street.house.organisation_id = other
    connecting.connect(street.house.parts, street.house.who(cara), "ics", f"{street.server.url}/cara")
    street.later(minutes=20)
    assert syncing.sync_due(street.house.parts) == 1
    assert street.calendar(cara).read_at == street.house.clock()
    assert f"organisation {ann.organisation_id}" in caplog.text


def test_rule_7_a_server_that_said_come_back_in_an_hour_is_left_alone_for_an_hour(street: Street) -> None:
    ann, bob = street.somebody("ann"), street.somebody("bob")
    street.tells["ann"] = lambda: Told(429, headers={"Retry-After": "3600"})
    both = (ann.id, bob.id)
    street.later(minutes=20)
    syncing.read_again(street.house.parts, ann.organisation_id, both)
    before = street.asked("ann"), street.asked("bob")
    for _ in range(5):
        street.later(seconds=10)
        syncing.read_again(street.house.parts, ann.organisation_id, both)
    assert (street.asked("ann"), street.asked("bob")) == (before[0], before[1] + 5)
    assert street.calendar(ann).problem
    street.later(minutes=60)
    street.tells.clear()
    syncing.read_again(street.house.parts, ann.organisation_id, both)
    assert not street.calendar(ann).problem


def test_rule_7_while_a_server_wants_to_be_left_alone_a_waiting_proposal_waits_and_asks_it_nothing(
    street: Street,
) -> None:
    ann, bob = street.somebody("ann"), street.somebody("bob")
    proposal = street.house.reserve(ann, bob, street.house.clock() + timedelta(days=1), _theme(street, ann))
    street.tells["ann"] = lambda: Told(429, headers={"Retry-After": "3600"})
    for _ in range(3):
        street.later(seconds=10)
        with pytest.raises(TryLater):
            still_fits(street.house.parts, proposal)
    assert street.asked("ann") == 2 + 1, "connecting reads it twice"


def _theme(street: Street, person: Person) -> int:
    return street.house.theme("query plans", person)


def test_rule_7_a_connection_that_only_its_owner_can_mend_is_left_alone(street: Street) -> None:
    ann = street.somebody("ann")
    street.tells["ann"] = lambda: Told(401)
    street.later(minutes=20)
    syncing.sync_due(street.house.parts)
    before = street.asked("ann")
    for _ in range(3):
        street.later(seconds=10)
        syncing.read_again(street.house.parts, ann.organisation_id, [ann.id])
    assert street.asked("ann") == before


def test_somebody_who_presses_read_now_or_chooses_anew_is_not_made_to_wait(street: Street) -> None:
    ann = street.somebody("ann")
    street.tells["ann"] = lambda: Told(503, headers={"Retry-After": "3600"})
    syncing.read_again(street.house.parts, ann.organisation_id, [ann.id])
    failed = street.calendar(ann)
    assert failed.problem
    connecting.choose(street.house.parts, street.house.who(ann), failed.connection_id, [failed.id], None)
    before = street.asked("ann")
    street.house.work()
    assert street.asked("ann") == before + 1
    street.tells.clear()
    assert connecting.read_now(street.house.parts, street.house.who(ann), failed.id) == ""


def eventually(holds: Callable[[], bool]) -> None:
    ends = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < ends
        time.sleep(0.01)


def test_a_slow_server_holds_up_nobody_and_no_calendar_is_read_by_two_runs_at_once(street: Street) -> None:
    ann, others = street.somebody("ann"), [street.somebody(f"p{number}") for number in range(20)]
    answers = threading.Event()
    street.tells["ann"] = lambda: Told(200, EMPTY) if answers.wait(20) else Told(500)
    street.later(minutes=20)
    now, before = street.house.clock(), street.asked("ann")
    with ThreadPoolExecutor() as pool:
        first = pool.submit(syncing.sync_due, street.house.parts)
        try:
            eventually(lambda: all(street.calendar(each).read_at == now for each in others))
            assert not first.done()
            street.later(minutes=4)
            assert syncing.sync_due(street.house.parts) == 0
        finally:
            answers.set()
        assert first.result() == 21
    assert street.asked("ann") == before + 1
    assert street.calendar(ann).read_at == now


def test_what_a_run_has_no_time_to_begin_is_left_for_the_next_one(street: Street) -> None:
    people = [street.somebody(f"p{number}") for number in range(3)]
    street.later(minutes=20)
    assert syncing.sync_due(street.house.parts, Patience(begin_seconds=0)) == 0
    assert syncing.sync_due(street.house.parts) == len(people)


def test_rule_1_a_server_that_answers_after_all_patience_is_unknown_and_left_for_later(street: Street) -> None:
    ann = street.somebody("ann")
    answers = threading.Event()
    street.tells["ann"] = lambda: Told(200, EMPTY) if answers.wait(20) else Told(500)
    street.later(minutes=20)
    began = time.monotonic()
    try:
        assert syncing.sync_due(street.house.parts, Patience(wait_seconds=0.2)) == 1
        assert time.monotonic() - began < 10
        assert "too long" in street.calendar(ann).problem
        assert syncing.sync_due(street.house.parts) == 0
    finally:
        answers.set()


def test_a_calendar_whose_reader_died_is_read_when_its_lease_ends(street: Street) -> None:
    ann = street.somebody("ann")
    street.later(minutes=20)
    now = street.house.clock()
    with street.house.parts.database.writing_all() as memory:
        calendars.claim_due(memory, now, now + LEASE, 10)
    assert syncing.sync_due(street.house.parts) == 0
    street.later(minutes=6)
    assert syncing.sync_due(street.house.parts) == 1
    assert street.calendar(ann).read_at == street.house.clock()


def test_an_account_that_only_its_owner_can_mend_is_asked_once_in_an_hour_however_many_calendars_it_has(
    house: House, dav: DavServer
) -> None:
    user = "user399@example.org"
    for name in ("work", "home", "choir"):
        dav.make_calendar(user, f"{name}{uuid4().hex[:6]}")
    ann = house.add("Ann")
    house.connect(ann, dav.home(user), user, dav.users[user])
    with house.parts.database.writing(house.organisation_id) as memory:
        number = len([each for each in calendars.calendars(memory, ann.id) if each.counts_as_busy])
        wrong = memory.keyring.encrypt("of another account")
        memory.changed(memory.update(tables.connections).values(secret=wrong))
    house.clock.turn(minutes=20)
    looked = []
    for minutes in (0, 1, 30, 40, 1):
        house.clock.turn(minutes=minutes)
        looked.append(syncing.sync_due(house.parts))
    assert number == 3
    assert looked == [number, 0, 0, 1, 0]
    assert len(syncing.read_again(house.parts, house.organisation_id, [ann.id])) == 0
