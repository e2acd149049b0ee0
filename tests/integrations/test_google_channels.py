"""Google tells of changes: channels that really call back, their end, and calendars that nobody is told of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from integrations.google import Google
from mentoring.doors import Errand
from mentoring.errors import Reconnect, Refused, TryLater
from mentoring.ports import Account, Channel, FoundCalendar
from tests.integrations.backends import ANN, BOB, outside_of
from tests.integrations.contract import utc
from tests.wires.google import GoogleWire, google_wire
from tests.wires.web import Asked, Told, web_server

STATE = "x-goog-resource-state"


@dataclass
class Listening:
    """Ann's primary calendar, and a server of ours that Google calls."""

    wire: GoogleWire
    provider: Google
    account: Account
    hook: str
    heard: list[Asked]

    def watch(self, channel_id: str = "channel-1", calendar: str = ANN, account: Account | None = None) -> Channel:
        now = datetime.now(UTC)
        found = FoundCalendar(calendar, calendar)
        return self.provider.watch(account or self.account, found, self.hook, channel_id, "s3cret", now)

    def states(self) -> list[str]:
        self.wire.push.settle()
        return [value for each in self.heard for name, value in each.headers.items() if name.lower() == STATE]


@pytest.fixture
def listening() -> Iterator[Listening]:
    with web_server(lambda asked: Told(204)) as server, google_wire() as wire:
        wire.account(ANN, calendars=("work",))
        wire.account(BOB)
        account = Account("google", "", ANN, wire.secret(ANN))
        yield Listening(wire, Google(outside_of(wire)), account, f"{server.url}/hooks/google", server.asked)


def test_a_channel_says_hello_and_then_tells_of_each_change(listening: Listening) -> None:
    channel = listening.watch()
    listening.wire.put(ANN, utc(20, 7), utc(20, 8))
    assert listening.states() == ["sync", "exists"]
    heard = listening.heard[-1]
    said = {name.lower(): value for name, value in heard.headers.items()}
    assert heard.path == "/hooks/google"
    assert said["x-goog-channel-id"] == channel.id == "channel-1"
    assert said["x-goog-channel-token"] == channel.secret == "s3cret"
    assert said["x-goog-resource-id"] == channel.resource
    assert heard.body == b""


def test_a_channel_lasts_a_week_and_a_new_one_takes_its_place(listening: Listening) -> None:
    channel = listening.watch()
    assert abs(channel.expires_at - datetime.now(UTC) - timedelta(days=7)) < timedelta(minutes=1)
    assert listening.provider.prolong(listening.account, channel, datetime.now(UTC)) is None
    listening.watch("channel-2")


def test_changes_elsewhere_are_not_told(listening: Listening) -> None:
    listening.watch()
    listening.wire.put(BOB, utc(20, 7), utc(20, 8))
    listening.wire.put(ANN, utc(20, 7), utc(20, 8), calendar="work@group.calendar.google.com")
    assert listening.states() == ["sync"]


def test_an_answer_of_a_guest_is_told_to_whoever_watches_the_organisers_calendar(listening: Listening) -> None:
    event = listening.wire.put(ANN, utc(20, 7), utc(20, 8), attendees=[{"email": BOB}])
    organiser = Account("google", "", ANN, listening.wire.secret(ANN, Errand.ORGANISER))
    listening.watch(account=organiser)
    listening.wire.answer(BOB, event.uid, "accepted")
    assert listening.states() == ["sync", "exists"]


def test_a_channel_that_was_stopped_is_silent_and_stopping_it_twice_is_success(listening: Listening) -> None:
    channel = listening.watch()
    for _ in range(2):
        listening.provider.unwatch(listening.account, channel)
    listening.wire.put(ANN, utc(20, 7), utc(20, 8))
    assert listening.states() == ["sync"]


def test_a_calendar_that_cannot_be_watched_is_refused(listening: Listening) -> None:
    listening.wire.calendar("holidays@group.v.calendar.google.com", ANN, role="reader", watchable=False)
    with pytest.raises(Refused):
        listening.watch(calendar="holidays@group.v.calendar.google.com")


def test_a_calendar_that_is_not_ours_to_look_at_is_not_watched(listening: Listening) -> None:
    listening.wire.spoil = lambda call, told: Told(403, b'{"error": {"errors": [{"reason": "forbidden"}]}}')
    with pytest.raises(Refused):
        listening.watch()


def test_an_address_that_google_will_not_call_is_refused(listening: Listening) -> None:
    listening.hook = "http://interlude.example/hooks/google"
    with pytest.raises(Refused):
        listening.watch()


@pytest.mark.parametrize("status", [400, 401])
def test_an_address_that_google_does_not_accept_is_refused_and_nobodys_permission_is_doubted(
    listening: Listening, status: int
) -> None:
    listening.wire.fail("events.watch", status, "push.webhookUrlUnauthorized", times=2)
    with pytest.raises(Refused, match="does not accept the address"):
        listening.watch()
    assert len(listening.wire.called("events.watch")) == 1


def test_a_withdrawn_permission_watches_nothing(listening: Listening) -> None:
    listening.wire.withdraw(ANN)
    with pytest.raises(Reconnect):
        listening.watch()


def test_what_passes_is_for_later_and_watching_is_not_tried_twice(listening: Listening) -> None:
    listening.wire.fail("events.watch", 503, times=5)
    with pytest.raises(TryLater):
        listening.watch()
    assert len(listening.wire.called("events.watch")) == 1


@pytest.mark.parametrize("said", [b"{}", b'{"id": "channel-1"}', b'{"id": "1", "resourceId": "r", "expiration": "x"}'])
def test_an_answer_that_is_no_channel_is_for_later(listening: Listening, said: bytes) -> None:
    listening.wire.spoil = lambda call, told: Told(200, said, {"Content-Type": "application/json"})
    with pytest.raises(TryLater):
        listening.watch()
