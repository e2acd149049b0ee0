"""Being told of changes by Google: watched while it counts, renewed in time, replaced when silent, polled otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from mentoring.intervals import Interval
from mentoring.people import Person
from store import calendars, organisations
from store.watches import WatchState
from tests.workflows.cloud import Cloud, a_cloud, an_hour
from workflows import connecting, doctor_abroad, syncing, watching


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[Cloud]:
    with a_cloud(tmp_path) as opened:
        yield opened


def put(cloud: Cloud, person: Person, interval: Interval) -> None:
    cloud.wire.put(person.email, interval.start, interval.end)


def next_read(cloud: Cloud, person: Person) -> datetime:
    found = cloud.calendars(person)[0].next_read_at
    assert found is not None
    return found


def test_what_somebody_puts_into_their_calendar_is_known_within_a_tick(cloud: Cloud) -> None:
    ann = cloud.somebody("Ann")
    meeting = an_hour(cloud)
    cloud.later(minutes=5)
    put(cloud, ann, meeting)
    cloud.told()
    assert cloud.busy(ann, meeting)


def test_each_calendar_that_counts_is_watched_once_however_often_that_is_looked_at(cloud: Cloud) -> None:
    ann = cloud.somebody("Ann", "choir")
    for _ in range(3):
        watching.keep_watches(cloud.house.parts)
    assert len(cloud.channels) == len(cloud.watches()) == len(cloud.calendars(ann)) == 2
    with cloud.house.parts.database.reading_all() as memory:
        (organisation,) = organisations.all(memory)
    assert not list(doctor_abroad.untold(cloud.house.parts, organisation)), "nothing is amiss"
    assert {each.state for each in cloud.watches()} == {WatchState.LIVE}


def test_a_calendar_that_no_longer_counts_is_not_watched_any_more(cloud: Cloud) -> None:
    ann = cloud.somebody("Ann", "choir")
    primary, _ = cloud.calendars(ann)
    with cloud.house.parts.database.writing(ann.organisation_id) as memory:
        calendars.choose(memory, primary.connection_id, [primary.id], None)
    watching.keep_watches(cloud.house.parts)
    assert [each.calendar_id for each in cloud.watches()] == [primary.id]
    assert len(cloud.channels) == 1
    watching.stop(cloud.house.parts, ann.organisation_id, primary.connection_id)
    assert not cloud.channels
    assert not cloud.watches()


def test_disconnecting_stops_the_watches_though_one_of_the_calendars_is_gone(cloud: Cloud) -> None:
    ann = cloud.somebody("Ann", "choir")
    primary, choir = cloud.calendars(ann)
    del cloud.wire.calendars.calendars[choir.href]
    for _ in range(3):
        cloud.later(minutes=70)
        syncing.sync_due(cloud.house.parts)
    connecting.disconnect(cloud.house.parts, cloud.house.who(ann), primary.connection_id)
    assert not cloud.channels


def test_a_watch_is_renewed_well_before_it_ends_and_the_old_one_stopped_after(cloud: Cloud) -> None:
    cloud.somebody("Ann")
    (first,) = cloud.watches()
    assert timedelta(days=5) < first.renew_at - first.created_at < timedelta(days=6, hours=1)
    cloud.later(days=5)
    watching.keep_watches(cloud.house.parts)
    assert [each.channel for each in cloud.watches()] == [first.channel]
    for _ in range(3):
        cloud.later(hours=8)
        watching.keep_watches(cloud.house.parts)
    (second,) = cloud.watches()
    assert second.channel != first.channel
    assert list(cloud.channels) == [second.channel]


def test_watches_made_at_once_are_not_renewed_all_at_once(cloud: Cloud) -> None:
    ann = cloud.somebody("Ann", *(f"calendar{number}" for number in range(9)))
    assert len({each.renew_at for each in cloud.watches()}) == len(cloud.calendars(ann)) == 10


def test_while_no_new_watch_is_to_be_had_the_old_one_stays(cloud: Cloud) -> None:
    cloud.somebody("Ann")
    (first,) = cloud.watches()
    cloud.later(days=6, hours=2)
    cloud.wire.fail("events.watch", 503, times=1)
    watching.keep_watches(cloud.house.parts)
    assert first.channel in cloud.channels
    watching.keep_watches(cloud.house.parts)
    assert len(cloud.wire.called("events.watch")) == 2, "it is not asked again at once"
    cloud.later(minutes=31)
    watching.keep_watches(cloud.house.parts)
    assert first.channel not in cloud.channels
    assert WatchState.LIVE in {each.state for each in cloud.watches()}


def test_a_watch_that_is_lost_without_notice_is_found_out_and_replaced(cloud: Cloud) -> None:
    ann = cloud.somebody("Ann")
    (first,) = cloud.watches()
    cloud.wire.push.loses = True
    meeting = an_hour(cloud)
    cloud.later(minutes=10)
    put(cloud, ann, meeting)
    cloud.told()
    assert not cloud.busy(ann, meeting)
    while not cloud.busy(ann, meeting):
        cloud.later(minutes=1)
        syncing.sync_due(cloud.house.parts)
    watching.keep_watches(cloud.house.parts)
    assert [each.channel for each in cloud.watches()] == [first.channel], "it may still be on its way"
    cloud.wire.push.loses = False
    cloud.later(minutes=6)
    watching.keep_watches(cloud.house.parts)
    (second,) = cloud.watches()
    assert second.channel != first.channel
    assert list(cloud.channels) == [second.channel]
    cloud.later(minutes=1)
    again = an_hour(cloud, days=3)
    put(cloud, ann, again)
    cloud.told()
    assert cloud.busy(ann, again)


def test_a_watch_that_tells_late_is_not_lost(cloud: Cloud) -> None:
    ann = cloud.somebody("Ann")
    (first,) = cloud.watches()
    cloud.wire.push.loses = True
    cloud.later(minutes=10)
    put(cloud, ann, an_hour(cloud))
    cloud.later(minutes=55)
    syncing.sync_due(cloud.house.parts)
    assert cloud.watches()[0].doubted_at is not None
    cloud.wire.push.loses = False
    put(cloud, ann, an_hour(cloud, days=3))
    cloud.told()
    cloud.later(minutes=6)
    watching.keep_watches(cloud.house.parts)
    assert [each.channel for each in cloud.watches()] == [first.channel]


def test_a_calendar_that_cannot_be_watched_is_polled_and_not_tried_again_for_a_day(cloud: Cloud) -> None:
    ann = cloud.somebody("Ann")
    cloud.never_watched()
    cloud.wire.calendars.calendars[ann.email].watchable = False
    for _ in range(3):
        watching.keep_watches(cloud.house.parts)
        cloud.later(hours=7)
    assert [each.state for each in cloud.watches()] == [WatchState.RESTING]
    assert len(cloud.wire.called("events.watch")) == 1 + 1
    syncing.sync_due(cloud.house.parts)
    assert next_read(cloud, ann) == cloud.house.clock() + timedelta(minutes=15)
    cloud.wire.calendars.calendars[ann.email].watchable = True
    cloud.later(hours=4)
    watching.keep_watches(cloud.house.parts)
    assert [each.state for each in cloud.watches()] == [WatchState.LIVE]


@pytest.mark.parametrize(
    ("status", "reason", "tries"), [(401, "push.webhookUrlUnauthorized", 1), (401, "authError", 2)]
)
def test_where_google_lets_nobody_be_told_it_is_not_asked_again_and_again(
    cloud: Cloud, caplog: pytest.LogCaptureFixture, status: int, reason: str, tries: int
) -> None:
    cloud.somebody("Ann")
    cloud.never_watched()
    cloud.wire.fail("events.watch", status, reason, times=1000)
    before = len(cloud.wire.server.asked)
    with caplog.at_level("WARNING"):
        for _ in range(12):
            cloud.later(minutes=4)
            watching.keep_watches(cloud.house.parts)
    assert [each.state for each in cloud.watches()] == [WatchState.RESTING]
    assert sum("/watch" in each.path for each in cloud.wire.server.asked[before:]) == tries
    assert ("does not accept the address" in caplog.text) is (tries == 1)
    with cloud.house.parts.database.reading_all() as memory:
        (organisation,) = organisations.all(memory)
    (check,) = doctor_abroad.untold(cloud.house.parts, organisation)
    assert not check.well
    assert check.name.endswith("told of changes by Google")


def test_what_is_watched_is_asked_more_rarely_and_each_minute_while_somebody_waits_for_an_answer(cloud: Cloud) -> None:
    ann, bob = cloud.somebody("Ann"), cloud.somebody("Bob")
    cloud.later(minutes=90)
    syncing.sync_due(cloud.house.parts)
    assert next_read(cloud, ann) == cloud.house.clock() + timedelta(minutes=60)
    theme = cloud.house.theme("query plans", ann)
    cloud.house.reserve(ann, bob, cloud.house.clock() + timedelta(days=1), theme)
    syncing.read_again(cloud.house.parts, ann.organisation_id, [ann.id])
    assert next_read(cloud, ann) == cloud.house.clock() + timedelta(minutes=1)


def test_without_a_public_address_nothing_is_watched_and_all_is_polled(tmp_path: Path) -> None:
    with a_cloud(tmp_path, push=False) as cloud:
        ann = cloud.somebody("Ann")
        watching.keep_watches(cloud.house.parts)
        assert not cloud.watches()
        assert not cloud.channels
        cloud.later(minutes=15)
        syncing.sync_due(cloud.house.parts)
        assert next_read(cloud, ann) == cloud.house.clock() + timedelta(minutes=15)


def test_when_the_public_address_is_taken_away_the_watches_are_stopped(cloud: Cloud) -> None:
    cloud.somebody("Ann")
    settings = replace(cloud.house.parts.settings, push_url="")
    watching.keep_watches(replace(cloud.house.parts, settings=settings))
    assert not cloud.watches()
    assert not cloud.channels


def test_a_worker_that_dies_between_asking_and_hearing_leaves_no_channel_that_nobody_knows(cloud: Cloud) -> None:
    cloud.somebody("Ann")
    cloud.never_watched()
    cloud.wire.fail("events.watch", 503, committed=True)
    watching.keep_watches(cloud.house.parts)
    assert len(cloud.channels) == 1
    cloud.told()
    (known,) = cloud.watches()
    assert (known.state, [known.channel]) == (WatchState.LIVE, list(cloud.channels))
    cloud.later(hours=1)
    watching.keep_watches(cloud.house.parts)
    assert len(cloud.channels) == len(cloud.watches()) == 1


def test_an_account_that_its_owner_has_withdrawn_is_not_asked_for_watches(cloud: Cloud) -> None:
    ann = cloud.somebody("Ann")
    cloud.wire.withdraw(ann.email)
    cloud.later(minutes=90)
    syncing.sync_due(cloud.house.parts)
    cloud.later(days=6)
    before = len(cloud.wire.calls)
    watching.keep_watches(cloud.house.parts)
    assert len(cloud.wire.calls) == before
