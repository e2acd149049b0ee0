"""A connection that only its owner can mend: they are told once, in a person's words, while it is still broken."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from integrations.guarded_http import GuardedHttp
from mentoring.ports import Account
from store import calendars, outbox, people
from tests.wires.google import Answered, refusal
from tests.wires.google_methods import Call
from tests.wires.post import Arrived, PostOffice
from tests.wires.web import Told
from tests.workflows.by_mail import sends_by
from tests.workflows.cloud import Cloud, a_cloud
from tests.workflows.streets import QUICK, Street
from workflows import syncing


@pytest.fixture
def told(street: Street, office: PostOffice) -> PostOffice:
    """Where the street's organisation sends its mail."""
    hosts = frozenset({street.server.host_port, office.host_port})
    settings = replace(street.house.parts.settings, allow_hosts=hosts)
    street.house.parts = replace(street.house.parts, settings=settings, http=GuardedHttp(hosts, limits=QUICK))
    sends_by(street.house, office)
    return office


def passes(street: Street, hours: int = 1) -> None:
    for _ in range(hours):
        street.later(hours=1)
        syncing.sync_due(street.house.parts)
        street.house.sweep()


def about(arrived: Arrived) -> str:
    return f"{arrived.mail['Subject']} {arrived.text}"


def test_its_owner_is_told_once_by_mail_what_is_wrong_and_where_to_mend_it(street: Street, told: PostOffice) -> None:
    street.somebody("ann")
    street.tells["ann"] = lambda: Told(401)
    passes(street, hours=3)
    (letter,) = told.to("ann@example.org")
    said = about(letter)
    assert "can no longer read your calendar" in said
    assert f"Calendar feed, {street.server.host_port}: " in said
    assert "/calendars" in said
    assert f"{street.server.url}/ann" not in said, "a feed's address is its password"
    assert "/stop/" in letter.mail["List-Unsubscribe"]
    passes(street, hours=24)
    assert len(told.to("ann@example.org")) == 1


def test_when_it_breaks_again_after_it_worked_they_are_told_again(street: Street, told: PostOffice) -> None:
    street.somebody("ann")
    for number in (1, 2):
        street.tells["ann"] = lambda: Told(401)
        passes(street)
        assert len(told.to("ann@example.org")) == number
        street.tells.clear()
        passes(street)


def test_the_letter_waits_for_their_hours_and_is_not_sent_when_it_works_again_by_then(
    street: Street, told: PostOffice
) -> None:
    street.somebody("ann")
    street.somebody("bob")
    street.later(hours=8)
    street.tells["ann"] = street.tells["bob"] = lambda: Told(401)
    passes(street, hours=2)
    assert told.arrived == []
    del street.tells["ann"]
    passes(street, hours=16)
    assert [len(told.to(f"{name}@example.org")) for name in ("ann", "bob")] == [0, 1]


def test_two_that_break_are_told_of_in_one_letter_while_it_waits_and_none_twice(
    street: Street, told: PostOffice
) -> None:
    ann = street.somebody("ann")
    street.house.connect(ann, f"{street.server.url}/second", provider="ics")
    street.house.connect(ann, f"{street.server.url}/third", provider="ics")
    street.later(hours=8)
    street.tells["ann"] = street.tells["second"] = lambda: Told(401)
    passes(street, hours=14)
    (letter,) = told.to("ann@example.org")
    assert about(letter).count("Calendar feed, ") == 2
    street.tells["third"] = lambda: Told(401)
    passes(street, hours=2)
    (_, second) = told.to("ann@example.org")
    assert about(second).count("Calendar feed, ") == 1


def test_whoever_wants_no_mail_gets_none(street: Street, told: PostOffice) -> None:
    ann = street.somebody("ann")
    with street.house.parts.database.writing(ann.organisation_id) as memory:
        people.stop(memory, ann.id)
    street.tells["ann"] = lambda: Told(401)
    passes(street, hours=2)
    assert told.arrived == []


def test_where_no_mail_leaves_yet_they_are_told_as_soon_as_it_does(street: Street, office: PostOffice) -> None:
    street.somebody("ann")
    street.tells["ann"] = lambda: Told(401)
    passes(street)
    with street.house.parts.database.reading(street.house.organisation_id) as memory:
        assert outbox.unsent(memory) == ()
    hosts = frozenset({street.server.host_port, office.host_port})
    settings = replace(street.house.parts.settings, allow_hosts=hosts)
    street.house.parts = replace(street.house.parts, settings=settings)
    sends_by(street.house, office)
    passes(street, hours=2)
    assert len(office.to("ann@example.org")) == 1


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[Cloud]:
    with a_cloud(tmp_path) as opened:
        yield opened


def test_a_permission_that_was_taken_back_at_google_is_one_letter_and_no_storm(
    cloud: Cloud, office: PostOffice
) -> None:
    settings = replace(cloud.house.parts.settings, allow_hosts=frozenset({office.host_port}))
    cloud.house.parts = replace(cloud.house.parts, settings=settings)
    sends_by(cloud.house, office)
    ann = cloud.somebody("Ann", "choir", "family")
    cloud.wire.withdraw(ann.email)
    before = len(cloud.wire.server.asked)
    for _ in range(24 * 4):
        cloud.later(minutes=15)
        syncing.sync_due(cloud.house.parts)
        cloud.house.sweep()
        syncing.read_again(cloud.house.parts, ann.organisation_id, [ann.id])
    assert len(cloud.wire.server.asked) - before <= 24 * 2 + 1, "once in an hour, and its tokens"
    assert len(office.to(ann.email)) == 1
    cloud.connect(ann)
    cloud.later(minutes=1)
    syncing.sync_due(cloud.house.parts)
    with cloud.house.parts.database.reading(ann.organisation_id) as memory:
        (connection,) = calendars.connections(memory, ann.id)
        assert (connection.state, connection.told_at) == ("ok", None)
        assert all(each.read_at == cloud.house.clock() for each in calendars.calendars(memory, ann.id))


def test_what_its_owner_mends_while_it_is_looked_at_is_not_said_to_be_broken(cloud: Cloud) -> None:
    ann = cloud.somebody("Ann", "choir")
    connection, found = cloud.calendars(ann)[0].connection_id, [each.found for each in cloud.calendars(ann)]

    def connects_anew(call: Call) -> Told:
        account = Account("google", ann.email, ann.email, cloud.wire.secret(ann.email))
        with cloud.house.parts.database.writing(ann.organisation_id) as memory:
            calendars.connect(memory, ann.id, account, found, cloud.house.clock(), subject=ann.email)
        return refusal(Answered(401, reason="authError"))

    cloud.wire.hook = connects_anew
    cloud.later(hours=2)
    syncing.sync_due(cloud.house.parts)
    with cloud.house.parts.database.reading(ann.organisation_id) as memory:
        assert calendars.connection(memory, connection).state == "ok"
    assert all(each.problem for each in cloud.calendars(ann)), "what could not be read is not known"
    cloud.wire.hook = lambda call: None
    cloud.later(minutes=1)
    syncing.sync_due(cloud.house.parts)
    assert not any(each.problem for each in cloud.calendars(ann))
