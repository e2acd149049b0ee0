"""Google and Microsoft tell of changes: believed by a secret, read soon, and once for many words."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event

from mentoring.ports import Channel
from store import calendars, watches
from store.watches import Watch, WatchState
from tests.integrations.backends import EMPTY
from tests.wires.web import Told
from tests.workflows.streets import Street
from webapp.app import create_app
from webapp.limits import limiter
from workflows import syncing

SECRET = "channel-1.a-secret-of-this-channel"
GOOGLE, MICROSOFT, LIFECYCLE = "/hooks/google", "/hooks/microsoft", "/hooks/microsoft/lifecycle"
WEEK = timedelta(days=7)
PLANTED = "Plantedsubject"


@pytest.fixture
def client(street: Street) -> FlaskClient:
    app = create_app(replace(street.house.parts.settings, redis_url="memory://"), street.house.parts)
    limiter.reset()
    return app.test_client()


def watch(street: Street, name: str, channel: str = "channel-1", secret: str = SECRET, live: bool = True) -> int:
    """That somebody's calendar is watched, or is being asked for."""
    person = street.somebody(name)
    calendar, now = street.calendar(person), street.house.clock()
    with street.house.parts.database.writing(person.organisation_id) as memory:
        new = Channel(channel, "", secret, now + WEEK)
        watch_id = watches.ask(memory, new, (), now, now + timedelta(minutes=2), calendar_id=calendar.id)
        assert watch_id is not None
        if live:
            watches.live(memory, watch_id, replace(new, resource="resource-1"), now, now + timedelta(days=6))
    return calendar.id


def watches_now(street: Street) -> tuple[Watch, ...]:
    with street.house.parts.database.reading(street.house.organisation_id) as memory:
        return watches.all(memory)


def next_read(street: Street, calendar_id: int) -> datetime | None:
    with street.house.parts.database.reading(street.house.organisation_id) as memory:
        return calendars.calendar(memory, calendar_id).next_read_at


def google(client: FlaskClient, state: str = "exists", **changes: str) -> int:
    headers = {"X-Goog-Channel-ID": "channel-1", "X-Goog-Channel-Token": SECRET, "X-Goog-Resource-State": state}
    headers |= {"X-Goog-Resource-ID": "resource-1", "X-Goog-Message-Number": "7"}
    headers |= {name.replace("_", "-"): value for name, value in changes.items()}
    return client.post(GOOGLE, headers=headers).status_code


def microsoft(client: FlaskClient, path: str = MICROSOFT, **changes: str) -> int:
    notice = {"subscriptionId": "channel-1", "clientState": SECRET, "changeType": "updated", "tenantId": "t"}
    return client.post(path, json={"value": [notice | changes]}).status_code


def test_what_is_told_is_read_within_a_tick(street: Street, client: FlaskClient) -> None:
    for name, channel, told in (("ann", "channel-1", google), ("bob", "channel-2", microsoft)):
        secret = f"{channel}.secret"
        watch(street, name, channel, secret)
        street.later(minutes=3)
        before = street.asked(name)
        names = {"X_Goog_Channel_ID": channel, "X_Goog_Channel_Token": secret}
        graph = {"subscriptionId": channel, "clientState": secret}
        assert told(client, **(names if told is google else graph)) in {202, 204}  # type: ignore[operator]
        assert street.house.nudges == [("sync_due", ())]
        street.house.work()
        assert street.asked(name) == before + 1


def test_a_storm_of_a_thousand_words_is_one_nudge_and_a_handful_of_readings(
    street: Street, client: FlaskClient
) -> None:
    watch(street, "ann")
    street.later(minutes=3)
    before = street.asked("ann")
    nudges = 0
    for second in range(50):
        assert {google(client) for _ in range(20)} == {204}
        nudges += len(street.house.nudges)
        street.house.work()
        street.later(seconds=1)
        if second % 30 == 29:
            syncing.sync_due(street.house.parts)
    syncing.sync_due(street.house.parts)
    assert nudges <= 4
    assert 2 <= street.asked("ann") - before <= 4


def test_a_word_that_comes_while_a_reading_runs_has_the_calendar_read_once_more(
    street: Street, client: FlaskClient
) -> None:
    calendar_id = watch(street, "ann")
    street.later(minutes=70)

    def told_meanwhile() -> Told:
        street.later(seconds=1)
        assert google(client) == 204
        assert syncing.sync_due(street.house.parts) == 0, "no two read it at once"
        return Told(200, EMPTY)

    street.tells["ann"] = told_meanwhile
    began = street.house.clock()
    assert syncing.sync_due(street.house.parts) == 1
    street.tells.clear()
    assert next_read(street, calendar_id) == began + timedelta(seconds=15)


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"X_Goog_Channel_Token": "channel-1.another-secret"}, 404),
        ({"X_Goog_Channel_Token": ""}, 404),
        ({"X_Goog_Channel_ID": "channel-9", "X_Goog_Channel_Token": "channel-9.x"}, 404),
        ({"X_Goog_Channel_Token": "x" * 5000}, 400),
    ],
    ids=["another secret", "no secret", "a channel that is not ours", "too long"],
)
def test_nothing_is_believed_without_the_secret(
    street: Street, client: FlaskClient, changes: dict[str, str], status: int
) -> None:
    calendar_id = watch(street, "ann")
    street.later(minutes=3)
    before = next_read(street, calendar_id)
    assert google(client, **changes) == status
    assert (next_read(street, calendar_id), street.house.nudges) == (before, [])


def test_microsoft_is_told_the_same_whether_we_know_the_subscription_or_not(
    street: Street, client: FlaskClient
) -> None:
    calendar_id = watch(street, "ann")
    street.later(minutes=3)
    before = next_read(street, calendar_id)
    assert microsoft(client, clientState="channel-1.another-secret") == 202
    assert microsoft(client, subscriptionId="unknown", clientState="") == 202
    assert (next_read(street, calendar_id), street.house.nudges) == (before, [])
    assert microsoft(client) == 202
    assert next_read(street, calendar_id) == street.house.clock()


def test_googles_word_that_a_channel_has_begun_is_not_taken_for_a_change(street: Street, client: FlaskClient) -> None:
    calendar_id = watch(street, "ann")
    street.later(minutes=3)
    before = next_read(street, calendar_id)
    assert google(client, state="sync") == 204
    assert (next_read(street, calendar_id), street.house.nudges) == (before, [])


def test_a_channel_whose_maker_died_before_the_answer_came_is_known_by_what_it_tells(
    street: Street, client: FlaskClient
) -> None:
    watch(street, "ann", live=False)
    assert google(client, state="sync", X_Goog_Channel_Expiration="Tue, 01 Dec 2026 12:00:00 GMT") == 204
    (made,) = watches_now(street)
    assert (made.state, made.channel, made.resource) == (WatchState.LIVE, "channel-1", "resource-1")
    assert made.expires_at.isoformat() == "2026-12-01T12:00:00+00:00"
    watch(street, "bob", "channel-2", "channel-2.secret", live=False)
    assert microsoft(client, subscriptionId="given-by-them", clientState="channel-2.secret") == 202
    assert [(each.state, each.channel) for each in watches_now(street)][1] == (WatchState.LIVE, "given-by-them")


@pytest.mark.parametrize("path", [MICROSOFT, LIFECYCLE])
def test_microsofts_handshake_is_answered_with_its_token_as_plain_text(
    street: Street, client: FlaskClient, path: str
) -> None:
    answer = client.post(path, query_string={"validationToken": "<script>alert('x')</script> & more"})
    assert (answer.status_code, answer.text) == (200, "<script>alert('x')</script> & more")
    assert answer.content_type == "text/plain; charset=utf-8"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert client.post(path, query_string={"validationToken": "x" * 5000}).status_code == 400
    assert client.get(path, query_string={"validationToken": "x"}).status_code == 405


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{", b'{"value": {}}', b"\xff", b"[" * 200_000],
    ids=["nothing", "a list", "half", "an object", "no text", "deep"],
)
def test_what_is_no_list_of_notifications_is_refused(street: Street, client: FlaskClient, body: bytes) -> None:
    assert client.post(MICROSOFT, data=body, content_type="application/json").status_code == 400


@pytest.mark.parametrize(
    "bad",
    [
        "x",
        {"subscriptionId": 1},
        {"subscriptionId": "x" * 5000},
        {"subscriptionId": "x", "subscriptionExpirationDateTime": "0001-01-01T00:00:00+14:00"},
        {"subscriptionId": "channel-1", "clientState": "\ud800"},
        {"subscriptionId": "\ud800"},
        {"subscriptionId": "\0"},
        {"subscriptionId": "x", "clientState": "\0.x"},
    ],
    ids=["text", "number", "long", "before all time", "half a secret", "half a sign", "nul", "nul in a secret"],
)
def test_what_is_no_notification_takes_no_other_of_its_bundle_with_it(
    street: Street, client: FlaskClient, bad: object
) -> None:
    watch(street, "ann")
    street.later(minutes=3)
    good = {"subscriptionId": "channel-1", "clientState": SECRET}
    assert client.post(MICROSOFT, json={"value": [bad, good]}).status_code == 202
    assert street.house.nudges == [("sync_due", ())]


def test_a_thousand_invented_notifications_cost_one_look_together(street: Street, client: FlaskClient) -> None:
    watch(street, "ann")
    invented = [{"subscriptionId": f"s{each}", "clientState": f"c{each}"} for each in range(1000)]
    said: list[str] = []
    event.listen(street.house.parts.database._engine, "before_cursor_execute", lambda *some: said.append(some[2]))
    assert client.post(MICROSOFT, json={"value": invented}).status_code == 202
    assert len([each for each in said if each.startswith("SELECT")]) == 1


def test_bundles_count_by_their_length(street: Street, client: FlaskClient) -> None:
    codes = [client.post(MICROSOFT, json={"value": ["x" * 200_000]}).status_code for _ in range(31)]
    assert codes.index(429) == 6000 // 196


def test_what_is_too_much_is_refused_before_it_is_read(street: Street, client: FlaskClient) -> None:
    many = {"value": [{"subscriptionId": "x"}] * 1001}
    assert client.post(MICROSOFT, json=many).status_code == 400
    assert client.post(MICROSOFT, data=b"x" * 300_000, content_type="application/json").status_code == 413


def test_what_microsoft_says_of_a_subscriptions_life_is_acted_on(street: Street, client: FlaskClient) -> None:
    calendar_id = watch(street, "ann")
    street.later(minutes=3)
    assert microsoft(client, LIFECYCLE, lifecycleEvent="reauthorizationRequired") == 202
    assert watches_now(street)[0].renew_at == street.house.clock()
    assert microsoft(client, LIFECYCLE, lifecycleEvent="subscriptionRemoved") == 202
    assert watches_now(street)[0].state is WatchState.LOST
    assert street.house.nudges == [("keep_watches", ())] * 2
    assert microsoft(client, LIFECYCLE, lifecycleEvent="missed") == 202
    assert next_read(street, calendar_id) == street.house.clock()
    assert microsoft(client, LIFECYCLE, lifecycleEvent="somethingNew") == 202


def test_what_a_notification_says_besides_is_neither_kept_nor_logged(
    street: Street, client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    watch(street, "ann")
    more: dict[str, Any] = {"resource": PLANTED, "resourceData": {"subject": PLANTED}, "changeType": PLANTED}
    with caplog.at_level(logging.DEBUG):
        assert microsoft(client, **more) == 202
        assert microsoft(client, clientState=PLANTED, **more) == 202
        assert google(client, X_Goog_Resource_URI=PLANTED) == 204
        assert client.post(MICROSOFT, data=PLANTED).status_code == 400
    assert PLANTED not in caplog.text
    assert PLANTED not in str(watches_now(street))
    assert "a-secret-of-this" not in f"{caplog.text} {watches_now(street)}"
