"""Microsoft tells of changes as Google does, and both of answers to what the organisation's own account invites to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from mentoring.intervals import Interval
from mentoring.people import Person
from mentoring.proposals import Partstat, State
from store import calendars, watches
from store.watches import Watch, WatchState
from tests.integrations.ical_tables import calendar
from tests.servers import DavServer
from tests.workflows.cloud import served
from tests.workflows.neighbours_of_all_kinds import OUTLOOKS, Meeting, World, a_world
from webapp.app import create_app
from webapp.limits import limiter
from workflows import hearing, organiser_answers, syncing, watching

BOTH = pytest.mark.parametrize("kind", ["google", "outlook"])


@pytest.fixture
def world(tmp_path: Path, dav: DavServer) -> Iterator[World]:
    with a_world(tmp_path, dav) as made:
        app = create_app(replace(made.house.parts.settings, redis_url="memory://"), made.house.parts)
        limiter.reset()
        with served(app) as url:
            made.house.parts = replace(made.house.parts, settings=replace(made.house.parts.settings, push_url=url))
            yield made


def all_watches(world: World) -> tuple[Watch, ...]:
    with world.house.parts.database.reading(world.house.organisation_id) as memory:
        return watches.all(memory)


def told(world: World) -> None:
    world.google.push.settle()
    world.graph.hooks.settle()
    world.house.work()


def watched(world: World, kind: str) -> Person:
    """Somebody whose calendar is watched, and was read once more after that began."""
    ann = world.member(kind, "Ann")
    world.house.clock.turn(seconds=20)
    syncing.sync_due(world.house.parts)
    assert [each.state for each in all_watches(world)] == [WatchState.LIVE]
    return ann


def is_known(world: World, person: Person, interval: Interval) -> bool:
    with world.house.parts.database.reading(person.organisation_id) as memory:
        return bool(calendars.busy_events(memory, [person.id], interval)[person.id])


def puts(world: World, kind: str, person: Person) -> Interval:
    start = world.house.clock() + timedelta(days=2)
    if kind == "google":
        world.google.put(person.email, start, start + timedelta(hours=1))
    else:
        span = f"DTSTART:{start:%Y%m%dT%H%M%SZ}|DTEND:{start + timedelta(hours=1):%Y%m%dT%H%M%SZ}"
        world.graph.put(person.email, "one", calendar(f"UID:one|DTSTAMP:20261101T000000Z|{span}"))
    return Interval.lasting(start.replace(microsecond=0), 60)


@BOTH
def test_what_somebody_puts_into_their_calendar_is_known_within_a_tick(world: World, kind: str) -> None:
    ann = watched(world, kind)
    world.house.clock.turn(minutes=5)
    taken = puts(world, kind, ann)
    told(world)
    assert is_known(world, ann, taken)


@BOTH
def test_an_answer_to_the_organisers_event_is_taken_in_when_its_account_tells_of_it(world: World, kind: str) -> None:
    pair = Meeting.of(world, kind, "ics", "ics")
    watching.keep_watches(world.house.parts)
    assert [each.organiser_id is not None for each in all_watches(world)] == [True]
    pair.asked_mentee()
    told(world)
    world.house.clock.turn(minutes=2)
    if kind == "google":
        world.google.answer(pair.mentee.email, pair.now.uid, "accepted")
    else:
        world.graph.answer(pair.mentee.email, pair.now.uid, OUTLOOKS[Partstat.ACCEPTED.value])
    told(world)
    assert pair.now.mentee_answer.partstat is Partstat.ACCEPTED
    assert pair.now.state in {State.ASKED_MENTEE, State.ASKED_MENTOR}


def test_words_about_the_organisers_calendar_are_acted_on_though_they_keep_coming(world: World) -> None:
    """And what falls between two nudges is read with the next tick, though it is about what is agreed."""
    pair = Meeting.of(world, "google", "ics", "ics").confirmed()
    watching.keep_watches(world.house.parts)
    (watch,) = all_watches(world)
    with world.house.parts.database.reading(world.house.organisation_id) as memory:
        secret = watches.opened(memory, watch).secret
    nudged = 0
    for _ in range(20):
        world.house.clock.turn(seconds=6)
        hearing.hear(world.house.parts, [hearing.Notice(watch.channel, secret)])
        nudged += sum(job == "read_organiser" for job, _ in world.house.nudges)
        world.house.nudges.clear()
    assert nudged == 10
    world.google.answer(pair.mentee.email, pair.now.uid, "declined")
    organiser_answers.read_everywhere(world.house.parts)
    assert pair.now.state is State.DECLINED


def test_a_subscription_that_went_without_a_word_is_found_out_and_replaced(world: World) -> None:
    ann = watched(world, "outlook")
    (before,) = all_watches(world)
    world.graph.lose_subscriptions()
    world.house.clock.turn(minutes=10)
    taken = puts(world, "outlook", ann)
    world.house.clock.turn(minutes=60)
    syncing.sync_due(world.house.parts)
    assert is_known(world, ann, taken), "it is polled all the same"
    world.house.clock.turn(minutes=6)
    watching.keep_watches(world.house.parts)
    (after,) = all_watches(world)
    assert after.channel != before.channel
    assert list(world.graph.hooks.subscriptions) == [after.channel]
