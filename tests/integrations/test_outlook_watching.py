"""Being told of changes by Microsoft: subscriptions that really call back."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from integrations.outlook import Outlook
from mentoring.doors import Errand
from mentoring.errors import Reconnect, Refused, TryLater
from mentoring.ports import MAIN_CALENDAR, Account, Capability, FoundCalendar, Watches
from tests.integrations.backends import ANN
from tests.integrations.contract import NOW, WINDOW, key_of, meeting, text
from tests.integrations.organising_contract import HOST, event
from tests.integrations.outlook_backend import connected, outside
from tests.wires.graph import GraphWire, graph_wire
from tests.wires.web import Asked, Told, web_server


@dataclass
class Hook:
    """Our side of it, as small as it can be. echo: what it answers to a validation token."""

    url: str = ""
    heard: list[tuple[str, dict[str, object]]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)
    status: int = 200
    kind: str = "text/plain"

    def answer(self, asked: Asked) -> Told:
        parts = urlsplit(asked.path)
        token = parse_qs(parts.query).get("validationToken")
        if token:
            return Told(self.status, token[0].encode(), {"Content-Type": self.kind})
        with self.lock:
            self.heard += [(parts.path, each) for each in json.loads(asked.body)["value"]]
        return Told(202)


@pytest.fixture
def hook() -> Iterator[Hook]:
    hook = Hook()
    with web_server(hook.answer) as server:
        hook.url = server.url + "/hooks/microsoft"
        yield hook


@pytest.fixture
def wire() -> Iterator[GraphWire]:
    with graph_wire(clock=lambda: NOW) as wire:
        wire.account(ANN, calendars=("Calendar", "Work"))
        yield wire


@pytest.fixture
def outlook(wire: GraphWire) -> Outlook:
    return Outlook(outside(wire))


@pytest.fixture
def account(wire: GraphWire) -> Account:
    return connected(wire).account


@pytest.fixture
def work(wire: GraphWire) -> FoundCalendar:
    return FoundCalendar(wire.calendar_id(ANN, "Work"), "Work")


def test_what_is_declared_is_there(outlook: Outlook) -> None:
    assert isinstance(outlook, Watches)
    assert Capability.PUSH in outlook.capabilities


def test_a_change_in_that_calendar_is_told_with_the_secret_and_without_what_it_was(
    wire: GraphWire, outlook: Outlook, account: Account, work: FoundCalendar, hook: Hook
) -> None:
    channel = outlook.watch(account, work, hook.url, "ignored", "s3cret", NOW)
    wire.put(ANN, "m1", text(meeting(summary="Plantedtitle")), work.href)
    wire.put(ANN, "m2", text(meeting("m2")))
    ((path, said),) = hook.heard
    assert path == "/hooks/microsoft"
    assert (said["subscriptionId"], said["clientState"]) == (channel.id, "s3cret")
    assert "Plantedtitle" not in str(hook.heard)


def test_it_lasts_as_long_as_it_may_and_no_longer(
    outlook: Outlook, account: Account, work: FoundCalendar, hook: Hook
) -> None:
    channel = outlook.watch(account, work, hook.url, "", "s3cret", NOW)
    assert timedelta(days=6) < channel.expires_at - NOW <= timedelta(minutes=10_080)
    assert "s3cret" not in repr(channel)


def test_it_is_prolonged_before_it_ends(
    wire: GraphWire, outlook: Outlook, account: Account, work: FoundCalendar, hook: Hook
) -> None:
    channel = outlook.watch(account, work, hook.url, "", "s3cret", NOW)
    wire.clock = lambda: NOW + timedelta(days=6)
    longer = outlook.prolong(account, channel, NOW + timedelta(days=6))
    assert longer is not None
    assert (longer.id, longer.resource, longer.secret) == (channel.id, channel.resource, channel.secret)
    assert longer.expires_at == channel.expires_at + timedelta(days=6)


def test_one_that_is_not_known_there_any_more_needs_a_new_one(
    wire: GraphWire, outlook: Outlook, account: Account, work: FoundCalendar, hook: Hook
) -> None:
    channel = outlook.watch(account, work, hook.url, "", "s3cret", NOW)
    wire.lose_subscriptions()
    assert outlook.prolong(account, channel, NOW) is None


def test_stopping_it_stops_it_and_what_is_gone_is_success(
    wire: GraphWire, outlook: Outlook, account: Account, work: FoundCalendar, hook: Hook
) -> None:
    channel = outlook.watch(account, work, hook.url, "", "s3cret", NOW)
    outlook.unwatch(account, channel)
    wire.put(ANN, "m1", text(meeting()), work.href)
    outlook.unwatch(account, channel)
    assert hook.heard == []


@pytest.mark.parametrize("event_name", ["reauthorizationRequired", "missed", "subscriptionRemoved"])
def test_what_becomes_of_it_is_told_at_an_address_of_its_own(
    wire: GraphWire, outlook: Outlook, account: Account, work: FoundCalendar, hook: Hook, event_name: str
) -> None:
    channel = outlook.watch(account, work, hook.url, "", "s3cret", NOW)
    wire.hooks.lifecycle(channel.id, event_name)
    ((path, said),) = hook.heard
    assert path == "/hooks/microsoft/lifecycle"
    assert (said["lifecycleEvent"], said["clientState"]) == (event_name, "s3cret")
    assert (outlook.prolong(account, channel, NOW) is None) is (event_name == "subscriptionRemoved")


@pytest.mark.parametrize(("status", "kind"), [(404, "text/plain"), (200, "text/html")])
def test_an_address_that_does_not_answer_as_it_should_is_tried_later(
    outlook: Outlook, account: Account, work: FoundCalendar, hook: Hook, status: int, kind: str
) -> None:
    hook.status, hook.kind = status, kind
    with pytest.raises(TryLater, match="did not reach"):
        outlook.watch(account, work, hook.url, "", "s3cret", NOW)


def test_where_the_permission_does_not_suffice_the_calendar_cannot_be_watched(
    wire: GraphWire, outlook: Outlook, account: Account, work: FoundCalendar, hook: Hook
) -> None:
    wire.basic_may_watch = False
    with pytest.raises(Refused, match="permission"):
        outlook.watch(account, work, hook.url, "", "s3cret", NOW)


def test_the_organiser_is_told_of_answers_to_the_events_in_its_main_calendar(
    wire: GraphWire, outlook: Outlook, hook: Hook
) -> None:
    wire.account(HOST)
    organiser = connected(wire, HOST, Errand.ORGANISER).account
    channel = outlook.watch(organiser, MAIN_CALENDAR, hook.url, "", "s3cret", NOW)
    assert channel.resource == "/me/events"
    seen = outlook.create(organiser, event(outlook))
    wire.hooks.settle()
    hook.heard.clear()
    wire.answer(ANN, seen.uid, "accepted")
    assert [(path, said["changeType"]) for path, said in hook.heard] == [("/hooks/microsoft", "updated")]
    reading = outlook.read(organiser, MAIN_CALENDAR, WINDOW, key_of, "", NOW)
    assert reading is not None
    assert [each.interval for each in reading.events] == [seen.interval]


def test_a_calendar_that_is_gone_asks_for_the_person(outlook: Outlook, account: Account, hook: Hook) -> None:
    with pytest.raises(Reconnect):
        outlook.watch(account, FoundCalendar("gone", "Gone"), hook.url, "", "s3cret", NOW)
