"""Microsoft really calls our web application: what is told there is read, renewed, and replaced when it is lost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from mentoring.doors import Errand, Granted
from mentoring.intervals import Interval
from mentoring.people import Person
from mentoring.ports import Account
from store import calendars, organisers, watches
from store.watches import Watch
from tests.integrations.contract import meeting, text
from tests.wires.graph import GraphWire, graph_wire
from tests.wires.graph_hooks import Subscription
from tests.workflows.cloud import served
from tests.workflows.house import House, a_house
from webapp.app import create_app
from webapp.limits import limiter
from workflows import connecting, syncing, watching

HOST = "desk@house.example"


@dataclass
class Cloud:
    """A house whose people have their calendars at Microsoft."""

    house: House
    wire: GraphWire

    def somebody(self, name: str, *others: str) -> Person:
        """Whose calendars all count: the first, and others of theirs."""
        person = self.house.add(name)
        self.wire.account(person.email)
        for each in others:
            self.wire.calendar(person.email, each)
        account = Account("outlook", "", person.email, self.wire.secret(person.email), frozenset({person.email}))
        found = self.house.parts.provider("outlook").discover(account)
        with self.house.parts.database.writing(person.organisation_id) as memory:
            made = calendars.connect(memory, person.id, account, found, self.house.clock(), subject=person.email)
            calendars.choose(memory, made.id, [each.id for each in calendars.calendars(memory, person.id)], None)
        self.house.nudges.append(("sync_person", (person.organisation_id, person.id)))
        self.house.work()
        self.tick()
        return person

    def calendars(self, person: Person) -> tuple[calendars.Calendar, ...]:
        with self.house.parts.database.reading(person.organisation_id) as memory:
            return calendars.calendars(memory, person.id)

    def tick(self) -> None:
        """It is read once more, for what happened before the watch began."""
        self.house.clock.turn(seconds=20)
        syncing.sync_due(self.house.parts)

    def busy(self, person: Person, interval: Interval) -> bool:
        """What is remembered of them."""
        with self.house.parts.database.reading(person.organisation_id) as memory:
            return bool(calendars.busy_events(memory, [person.id], interval)[person.id])

    def put(self, person: Person, number: int) -> Interval:
        """A new hour in their calendar, by their own app, some minutes later; and what came of it is done."""
        self.house.clock.turn(minutes=5)
        start = self.house.clock() + timedelta(days=2, hours=number)
        self.wire.put(person.email, f"m{number}", text(meeting(f"m{number}", start=start, end=start + HOUR)))
        self.house.work()
        return Interval(start, start + HOUR)

    def watches(self) -> tuple[Watch, ...]:
        with self.house.parts.database.reading(self.house.organisation_id) as memory:
            return watches.all(memory)

    @property
    def subscription(self) -> Subscription:
        (only,) = self.wire.hooks.subscriptions.values()
        return only

    def keep(self, **later: float) -> None:
        self.house.clock.turn(**later)
        watching.keep_watches(self.house.parts)


HOUR = timedelta(hours=1)


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[Cloud]:
    house = a_house(tmp_path)
    with graph_wire(clock=house.clock) as wire:
        settings = replace(house.parts.settings, **wire.settings())  # type: ignore[arg-type]
        house.parts = replace(house.parts, settings=settings)
        app = create_app(replace(settings, redis_url="memory://"), house.parts)
        limiter.reset()
        with served(app) as url:
            house.parts = replace(house.parts, settings=replace(settings, push_url=url))
            yield Cloud(house, wire)


def test_a_change_in_outlook_is_known_without_waiting_for_the_next_poll(cloud: Cloud) -> None:
    ann = cloud.somebody("Ann")
    assert len(cloud.watches()) == 1
    assert cloud.busy(ann, cloud.put(ann, 1))


def test_disconnecting_ends_the_subscriptions_though_one_of_the_calendars_is_gone(cloud: Cloud) -> None:
    ann = cloud.somebody("Ann", "choir")
    choir = next(each for each in cloud.calendars(ann) if each.name == "choir")
    assert len(cloud.wire.hooks.subscriptions) == 2
    del cloud.wire.mailboxes[ann.email].calendars[choir.href]
    for _ in range(3):
        cloud.house.clock.turn(minutes=70)
        syncing.sync_due(cloud.house.parts)
    connecting.disconnect(cloud.house.parts, cloud.house.who(ann), choir.connection_id)
    assert not cloud.wire.hooks.subscriptions


def test_a_subscription_is_renewed_long_before_it_ends(cloud: Cloud) -> None:
    cloud.somebody("Ann")
    before, name = cloud.subscription.expires_at, cloud.subscription.id
    for _ in range(7):
        cloud.keep(days=1)
    assert cloud.subscription.id == name
    assert cloud.subscription.expires_at > before


def test_one_that_was_removed_is_replaced_as_soon_as_that_is_told(cloud: Cloud) -> None:
    ann = cloud.somebody("Ann")
    name = cloud.subscription.id
    cloud.wire.hooks.lifecycle(name, "subscriptionRemoved")
    cloud.house.work()
    assert cloud.subscription.id != name
    cloud.tick()
    assert cloud.busy(ann, cloud.put(ann, 1))


def test_one_that_needs_to_be_allowed_again_is(cloud: Cloud) -> None:
    cloud.somebody("Ann")
    before, name = cloud.subscription.expires_at, cloud.subscription.id
    cloud.house.clock.turn(hours=1)
    cloud.wire.hooks.lifecycle(name, "reauthorizationRequired")
    cloud.house.work()
    assert cloud.subscription.id == name
    assert cloud.subscription.expires_at > before


def test_words_that_were_missed_are_made_up_for(cloud: Cloud) -> None:
    ann = cloud.somebody("Ann")
    cloud.wire.hooks.silent = True
    hour = cloud.put(ann, 1)
    assert not cloud.busy(ann, hour)
    cloud.house.clock.turn(minutes=5)
    cloud.wire.hooks.lifecycle(cloud.subscription.id, "missed")
    cloud.house.work()
    assert cloud.busy(ann, hour)


def test_where_microsoft_refuses_to_tell_calendars_are_read_all_the_same(cloud: Cloud) -> None:
    cloud.wire.basic_may_watch = False
    ann = cloud.somebody("Ann")
    assert cloud.wire.hooks.subscriptions == {}
    hour = cloud.put(ann, 1)
    cloud.house.clock.turn(hours=1)
    syncing.sync_due(cloud.house.parts)
    assert cloud.busy(ann, hour)


def test_the_organisers_calendar_is_watched_too(cloud: Cloud) -> None:
    cloud.wire.account(HOST)
    secret = cloud.wire.secret(HOST, Errand.ORGANISER)
    with cloud.house.parts.database.writing(cloud.house.organisation_id) as memory:
        organisers.save(
            memory, "outlook", Granted(cloud.wire.subject(HOST), HOST, secret=secret), "Desk", cloud.house.clock()
        )
    cloud.keep()
    assert cloud.subscription.body["resource"] == "/me/events"
    cloud.wire.hooks.changed(HOST, cloud.subscription.calendar, "e", 'W/"1"', "updated", cloud.house.clock())
    cloud.wire.hooks.settle()
    assert ("read_organiser", (cloud.house.organisation_id,)) in cloud.house.nudges
