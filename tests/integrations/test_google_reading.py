"""Reading Google when it does not do what one hopes: errors inside a 200, failing pages, quotas, lost permissions."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest

from integrations.google import Google
from mentoring.availability import BusyEvent, Reading, busy_time
from mentoring.doors import Errand
from mentoring.errors import InterludeError, Reconnect, Refused, TryLater, Unreachable
from mentoring.intervals import Interval
from mentoring.ports import Account, FoundCalendar, Wanted
from tests.integrations.backends import ANN, BOB, outside_of
from tests.integrations.contract import NOW, PLANTED, WINDOW, key_of, raw, utc, vevent
from tests.wires.google import GoogleWire, google_wire
from tests.wires.google_contract import FieldMask
from tests.wires.google_methods import Call
from tests.wires.web import Told

WORK, HOME = "work@group.calendar.google.com", "home@group.calendar.google.com"
NAMING = frozenset({"summary", "description", "location", "email", "displayName", "organizer", "creator", "htmlLink"})


@dataclass
class Brakes:
    """A throttle that counts, and may say that it is enough."""

    taken: list[tuple[str, str]] = field(default_factory=list)
    rested: list[tuple[str, str, timedelta]] = field(default_factory=list)
    enough: bool = False

    def take(self, provider: str, account: str) -> None:
        if self.enough:
            raise TryLater("enough for now", timedelta(seconds=7))
        self.taken.append((provider, account))

    def rest(self, provider: str, account: str, after: timedelta) -> None:
        self.rested.append((provider, account, after))


@dataclass
class Ann:
    """Her account, with three calendars, and what happened to its secret."""

    wire: GoogleWire
    brakes: Brakes
    provider: Google
    account: Account
    secrets: list[str]

    def read(self, *hrefs: str, cursors: dict[str, str] | None = None, **asked: object) -> dict[str, object]:
        wanted = [Wanted(FoundCalendar(each, each), (cursors or {}).get(each, "")) for each in hrefs or (ANN,)]
        window = asked.pop("window", WINDOW)
        return dict(self.provider.read_together(self.account, wanted, window, key_of, NOW, **asked))  # type: ignore[arg-type]

    def one(self, cursor: str = "", **asked: object) -> Reading | None:
        found = self.read(ANN, cursors={ANN: cursor}, **asked)[ANN]
        assert found is None or isinstance(found, Reading), found
        return found

    def asked_for_tokens(self) -> int:
        return sum(each.path == "/token" for each in self.wire.server.asked)


@pytest.fixture
def ann() -> Iterator[Ann]:
    with google_wire() as wire:
        wire.account(ANN, calendars=("work", "home"))
        wire.account(BOB)
        wire.put(ANN, utc(20, 7), utc(20, 8))
        wire.put(ANN, utc(21, 7), utc(21, 8), calendar=WORK)
        brakes, secrets = Brakes(), list[str]()
        provider = Google(outside_of(wire, brakes))
        account = Account("google", "", ANN, wire.secret(ANN), frozenset({ANN}), renewed=secrets.append)
        yield Ann(wire, brakes, provider, account, secrets)


def spans(found: object) -> list[Interval]:
    assert isinstance(found, Reading), found
    return [each.interval for each in found.events]


MORNING = [Interval(utc(20, 7), utc(20, 8))]


# Rule 1: what is not known is not free


def test_rule_1_an_error_inside_a_200_is_that_calendars_and_no_others(ann: Ann) -> None:
    ann.wire.calendars.calendars[WORK].error = "internalError"
    found = ann.read(ANN, WORK, "nobody@group.calendar.google.com")
    assert spans(found[ANN]) == MORNING
    assert isinstance(found[WORK], TryLater)
    assert isinstance(found["nobody@group.calendar.google.com"], Reconnect)


@pytest.mark.parametrize("reason", ["somethingNew", "backendError", "groupTooBig"])
def test_rule_1_a_reason_that_nobody_has_heard_of_is_an_error_too(ann: Ann, reason: str) -> None:
    ann.wire.calendars.calendars[ANN].error = reason
    assert isinstance(ann.read()[ANN], TryLater)


def test_rule_1_a_calendar_that_is_shared_with_us_no_more_is_for_its_owner_to_mend(ann: Ann) -> None:
    del ann.wire.calendars.calendars[WORK].roles[ANN]
    assert isinstance(ann.read(WORK)[WORK], Reconnect)


def spoilt(method: str, body: bytes, status: int = 200) -> Callable[[Call, Told], Told]:
    def spoil(call: Call, told: Told) -> Told:
        return Told(status, body, {"Content-Type": "application/json"}) if call.method.id == method else told

    return spoil


def block(start: str, end: str) -> bytes:
    return json.dumps({"calendars": {ANN: {"busy": [{"start": start, "end": end}]}}}).encode()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"{}",
        b'{"calendars": {}}',
        b'{"calendars": []}',
        b'{"calendars": {"ann@example.org": {}}}',
        b'{"calendars": {"ann@example.org": []}}',
        b'{"calendars": {"ann@example.org": {"busy": [{"start": "2026-10-20T07:00:00Z"}]}}}',
        block("2026-10-20T07:00:00", "2026-10-20T08:00:00"),
        block("2026-10-20T09:00:00Z", "2026-10-20T08:00:00Z"),
        b'{"calendars": {"ann@example.org": {"busy": 1}}}',
        b'{"calendars": {"ann@example.org": {"busy": [], "errors": [{"reason": "internalError"}]}}}',
    ],
)
def test_rule_1_an_answer_that_cannot_be_read_is_never_an_empty_one(ann: Ann, body: bytes) -> None:
    ann.wire.spoil = spoilt("freebusy.query", body)
    try:
        found = ann.read()[ANN]
    except TryLater as problem:
        found = problem
    assert isinstance(found, TryLater)


@pytest.mark.parametrize("cut", [0, 30])
def test_rule_1_an_answer_that_breaks_off_is_asked_for_again(ann: Ann, cut: int) -> None:
    ann.wire.fail("freebusy.query", cut=cut, committed=True)
    assert spans(ann.read()[ANN]) == MORNING
    ann.wire.fail("freebusy.query", cut=cut, committed=True, times=3)
    with pytest.raises(Unreachable):
        ann.read()


def test_rule_1_a_fault_that_passes_is_waited_for_and_one_that_stays_is_said(ann: Ann) -> None:
    ann.wire.fail("freebusy.query", 503, times=2)
    assert spans(ann.read()[ANN]) == MORNING
    ann.wire.fail("freebusy.query", 503, times=3)
    with pytest.raises(TryLater):
        ann.read()


def test_rule_2_a_page_of_the_feed_that_fails_later_is_that_calendars_fault(ann: Ann) -> None:
    for hour in range(5):
        ann.wire.put(ANN, utc(22, hour), utc(22, hour, 30), calendar=WORK)
    ann.wire.page_size = 2

    def second_page(call: Call) -> Told | None:
        failing = call.path.get("calendarId") == WORK and "pageToken" in call.query
        return Told(500, b"", {}) if failing else None

    ann.wire.hook = second_page
    found = ann.read(ANN, WORK)
    assert spans(found[ANN]) == MORNING
    assert isinstance(found[WORK], TryLater)


def test_rule_2_a_list_that_gives_the_same_page_again_and_again_is_left(ann: Ann) -> None:
    ann.wire.spoil = spoilt("calendarList.list", b'{"items": [], "nextPageToken": "2"}')
    with pytest.raises(TryLater):
        ann.provider.discover(ann.account)


# Rule 2: the feed is the signal, free/busy the truth


def test_rule_2_more_than_fifty_calendars_are_asked_for_fifty_at_a_time(ann: Ann) -> None:
    names = [f"c{number}@group.calendar.google.com" for number in range(120)]
    for number, each in enumerate(names):
        ann.wire.calendar(each, ANN)
        ann.wire.put(ANN, utc(20, 9) + timedelta(minutes=number), utc(20, 12), calendar=each)
    found = ann.read(*names)
    assert [spans(found[each])[0].start for each in names] == [
        utc(20, 9) + timedelta(minutes=number) for number in range(120)
    ]
    assert [len(call.body["items"]) for call in ann.wire.called("freebusy.query")] == [50, 50, 20]


def test_rule_2_a_long_window_is_asked_for_in_parts_that_join_without_a_seam(ann: Ann) -> None:
    ann.wire.put(ANN, NOW + timedelta(days=50), NOW + timedelta(days=70))
    found = ann.one(window=Interval(NOW, NOW + timedelta(days=200)))
    assert spans(found)[1:] == [Interval(NOW + timedelta(days=50), NOW + timedelta(days=70))]
    assert len(ann.wire.called("freebusy.query")) == 4


def test_rule_2_only_the_calendars_that_changed_are_asked_for(ann: Ann) -> None:
    first = ann.read(ANN, WORK, HOME)
    cursors = {href: each.cursor for href, each in first.items() if isinstance(each, Reading)}
    ann.wire.put(ANN, utc(22, 7), utc(22, 8), calendar=WORK)
    second = ann.read(ANN, WORK, HOME, cursors=cursors)
    assert (second[ANN], second[HOME]) == (None, None)
    assert len(spans(second[WORK])) == 2
    assert [each["id"] for each in ann.wire.called("freebusy.query")[-1].body["items"]] == [WORK]


def test_rule_2_an_expired_sync_token_is_a_full_reading_with_a_new_one(ann: Ann) -> None:
    first = ann.one()
    ann.wire.expire_sync_tokens()
    ann.wire.put(ANN, utc(22, 7), utc(22, 8))
    second = ann.one(first.cursor)  # type: ignore[union-attr]
    assert len(spans(second)) == 2
    assert ann.one(second.cursor) is None  # type: ignore[union-attr]


def test_rule_2_what_changes_while_it_is_read_is_read_again_the_next_time(ann: Ann) -> None:
    def meanwhile(call: Call) -> None:
        if call.method.id == "freebusy.query" and len(ann.wire.called("freebusy.query")) == 1:
            ann.wire.put(ANN, utc(22, 7), utc(22, 8))

    ann.wire.hook = meanwhile
    first = ann.one()
    assert ann.one(first.cursor) is not None  # type: ignore[union-attr]


def test_rule_2_news_are_what_the_feed_is_certain_of(ann: Ann) -> None:
    first = ann.one()
    assert first is not None
    assert not first.news
    later = Interval(WINDOW.start, WINDOW.end + timedelta(days=30))
    rolled_on = ann.one(first.cursor, window=later)
    assert rolled_on is not None
    assert not rolled_on.news
    ann.wire.put(ANN, utc(22, 7), utc(22, 8))
    assert ann.one(rolled_on.cursor).news  # type: ignore[union-attr]


def test_rule_2_a_window_that_was_not_read_needs_no_full_listing_of_the_feed(ann: Ann) -> None:
    first = ann.one()
    ann.one(first.cursor, window=Interval(WINDOW.start, WINDOW.end + timedelta(days=30)))  # type: ignore[union-attr]
    assert ["syncToken" in call.query for call in ann.wire.called("events.list")] == [False, True]


def test_rule_2_a_calendar_that_moves_to_another_zone_is_read_though_no_event_changed(ann: Ann) -> None:
    first = ann.one()
    ann.wire.calendars.calendars[ANN].zone = "Asia/Tokyo"
    second = ann.one(first.cursor)  # type: ignore[union-attr]
    assert second is not None
    assert second.news


@pytest.mark.parametrize(("status", "reason"), [(403, b"forbidden"), (404, b"notFound"), (400, b"badRequest")])
def test_rule_2_a_calendar_without_a_feed_is_asked_for_each_time(ann: Ann, status: int, reason: bytes) -> None:
    refusal = b'{"error": {"code": %d, "errors": [{"reason": "%s"}]}}' % (status, reason)
    ann.wire.spoil = spoilt("events.list", refusal, status)
    for _ in range(2):
        found = ann.one()
        assert spans(found) == MORNING
        assert found.cursor == ""  # type: ignore[union-attr]


# Rule 5: as little as Google can give


def test_rule_5_no_title_place_or_guest_is_asked_for_or_comes(ann: Ann, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    title, place, guest, note = PLANTED
    came = []

    def listened(call: Call, told: Told) -> Told:
        came.append(told.body.decode())
        return told

    ann.wire.spoil = listened
    ann.wire.put(
        ANN, utc(22, 7), utc(22, 8), summary=title, location=place, description=note,
        attendees=[{"email": f"{guest}@x.example", "displayName": guest}],
    )  # fmt: skip
    ours = {"wire0000000003@google.com": Interval(utc(22, 7), utc(22, 8))}
    first = ann.one(own=ours)
    ann.wire.put(ANN, utc(23, 7), utc(23, 8), summary=title)
    said = f"{first!r}{ann.one(first.cursor, own=ours)!r}"  # type: ignore[union-attr]
    assert key_of("wire0000000003@google.com") in said
    for word in PLANTED:
        assert word.lower() not in ("".join(came) + said + caplog.text).lower()
    for call in ann.wire.called("events.list"):
        assert not FieldMask(call.fields, "Events").names() & NAMING
    assert "items" not in ann.wire.called("events.list")[0].fields


def test_rule_5_a_members_token_shows_availability_only_whatever_is_asked(ann: Ann) -> None:
    api = ann.provider._api(ann.account)
    items = api.read(api.calendar.events().list(calendarId=ANN))["items"]
    assert items
    assert not any(NAMING & each.keys() for each in items)


def test_rule_5_tokens_come_out_nowhere(ann: Ann, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    ann.read()
    said = [repr(ann.account), repr(ann.provider)]
    for status, reason in ((500, "backendError"), (429, "rateLimitExceeded")):
        ann.wire.failures.clear()
        ann.wire.fail("freebusy.query", status, reason, times=9)
        with pytest.raises(InterludeError) as caught:
            ann.read()
        said.append(f"{caught.value!r} {caught.value.__cause__!r} {caught.value.__context__!r}")
    ann.wire.withdraw(ANN)
    with pytest.raises(Reconnect) as lost:
        ann.read()
    said.append(f"{lost.value!r} {lost.value.__cause__!r} {lost.value.__context__!r}")
    held = json.loads(ann.secrets[0])
    for secret in (held["refresh_token"], held["access_token"], "wire-client-secret"):
        assert secret not in "".join(said) + caplog.text


# Rule 7: quotas


@pytest.mark.parametrize(
    ("status", "reason", "whose"),
    [
        (403, "rateLimitExceeded", ANN),
        (403, "userRateLimitExceeded", ANN),
        (429, "rateLimitExceeded", ANN),
        (403, "dailyLimitExceeded", ""),
        (403, "quotaExceeded", ANN),
    ],
)
def test_rule_7_a_quota_is_for_later_and_everybody_rests_for_as_long_as_google_says(
    ann: Ann, status: int, reason: str, whose: str
) -> None:
    ann.wire.fail("freebusy.query", status, reason, retry_after="33", times=5)
    with pytest.raises(TryLater) as caught:
        ann.read()
    assert caught.value.after == timedelta(seconds=33)
    assert ann.brakes.rested == [("google", whose, timedelta(seconds=33))]
    assert len(ann.wire.called("freebusy.query")) == 1


def test_rule_7_a_quota_met_at_one_feed_stops_the_whole_account(ann: Ann) -> None:
    ann.wire.fail("events.list", 429, "rateLimitExceeded")
    with pytest.raises(TryLater):
        ann.read(ANN, WORK)
    assert len(ann.wire.calls) == 1


def test_rule_7_each_request_is_taken_from_the_accounts_share(ann: Ann) -> None:
    ann.read(ANN, WORK)
    assert ann.brakes.taken == [("google", ANN)] * 3
    assert len(ann.wire.calls) == 3


def test_rule_7_where_the_share_is_used_up_nothing_is_sent(ann: Ann) -> None:
    ann.brakes.enough = True
    with pytest.raises(TryLater) as caught:
        ann.read()
    assert caught.value.without_effect
    assert ann.wire.calls == []


# The permission


def test_a_withdrawn_permission_is_for_the_person_to_mend_and_asked_for_once(ann: Ann) -> None:
    ann.wire.withdraw(ANN)
    with pytest.raises(Reconnect, match="no longer lets Interlude read this calendar"):
        ann.read(ANN, WORK, HOME)
    assert ann.asked_for_tokens() == 1
    assert ann.wire.calls == []


def test_a_permission_withdrawn_under_a_token_that_looked_good_is_noticed(ann: Ann) -> None:
    ann.read()
    ann.account = replace(ann.account, secret=ann.secrets[-1])
    ann.wire.withdraw(ANN)
    with pytest.raises(Reconnect):
        ann.read()


def test_an_access_token_is_kept_and_used_until_it_runs_out(ann: Ann) -> None:
    ann.read()
    assert len(ann.secrets) == 1
    ann.account = replace(ann.account, secret=ann.secrets[-1])
    ann.read()
    assert ann.asked_for_tokens() == 1
    later = replace(outside_of(ann.wire), clock=lambda: datetime.now(UTC) + timedelta(minutes=59))
    ann.provider = Google(later)
    ann.read()
    assert ann.asked_for_tokens() == 2
    assert json.loads(ann.secrets[-1])["scopes"] == json.loads(ann.account.secret)["scopes"]


def test_an_access_token_that_google_takes_back_early_is_renewed_once(ann: Ann) -> None:
    ann.read()
    ann.account = replace(ann.account, secret=ann.secrets[-1])
    ann.wire.expire(ANN)
    assert spans(ann.read()[ANN]) == MORNING
    assert ann.asked_for_tokens() == 2


def test_google_not_knowing_us_is_not_for_the_person_to_mend(ann: Ann) -> None:
    ann.wire.sign_in.client_secret = "another"
    with pytest.raises(Refused, match="client id and secret"):
        ann.read()


def test_a_token_endpoint_that_is_down_is_for_later_and_not_asked_again_at_once(ann: Ann) -> None:
    ann.wire.down = frozenset({"/token"})
    with pytest.raises(TryLater) as caught:
        ann.read()
    assert caught.value.without_effect
    assert ann.asked_for_tokens() == 1


@pytest.mark.parametrize("secret", ["", "x", "{}", "[]", "null", '{"refresh_token": ""}'])
def test_a_secret_that_holds_no_permission_is_for_the_person_to_mend(ann: Ann, secret: str) -> None:
    ann.account = replace(ann.account, secret=secret)
    with pytest.raises(Reconnect):
        ann.read()


def test_a_permission_for_something_else_is_named(ann: Ann) -> None:
    ann.account = replace(ann.account, secret=ann.wire.secret(ANN, scopes=frozenset({"openid"})))
    with pytest.raises(Reconnect, match="permission"):
        ann.read()
    with pytest.raises(Reconnect, match="permission"):
        ann.provider.discover(ann.account)


def test_giving_the_permission_back_ends_it_at_google_and_twice_is_success(ann: Ann) -> None:
    for _ in range(2):
        ann.provider.revoke(ann.account)
    with pytest.raises(Reconnect):
        ann.read()
    ann.provider.revoke(replace(ann.account, secret=""))


def test_a_permission_that_cannot_be_given_back_now_is_given_back_later(ann: Ann) -> None:
    ann.wire.down = frozenset({"/revoke"})
    with pytest.raises(TryLater):
        ann.provider.revoke(ann.account)


# The way to Google


def test_a_google_that_cannot_be_reached_is_unreachable_and_nothing_was_done() -> None:
    with google_wire() as wire:
        wire.account(ANN)
        provider, secret = Google(outside_of(wire)), wire.secret(ANN)
    with pytest.raises(Unreachable) as caught:
        provider.discover(Account("google", "", ANN, secret))
    assert caught.value.without_effect


def test_google_is_not_followed_elsewhere_with_the_token(ann: Ann) -> None:
    elsewhere = Told(302, b"", {"Location": ann.wire.server.url + "/elsewhere"})
    ann.wire.hook = lambda call: elsewhere if call.method.id == "freebusy.query" else None
    with pytest.raises(Unreachable):
        ann.read()
    assert not any(each.path == "/elsewhere" for each in ann.wire.server.asked)


def test_no_proxy_is_taken_from_the_environment(ann: Ann, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert spans(ann.read()[ANN]) == MORNING


def test_an_api_that_is_not_switched_on_is_said_to_whoever_runs_interlude(ann: Ann) -> None:
    ann.wire.fail("calendarList.list", 403, "accessNotConfigured")
    with pytest.raises(Refused, match="switched on"):
        ann.provider.discover(ann.account)


# Which calendars there are


def test_the_primary_calendar_comes_first_and_what_says_nothing_of_the_person_does_not_count(ann: Ann) -> None:
    ann.wire.calendar("de.german#holiday@group.v.calendar.google.com", ANN, role="reader", summary="Feiertage")
    ann.wire.calendar("hidden@group.calendar.google.com", ANN, selected=False)
    ann.wire.calendar("boss@example.org", ANN, role="freeBusyReader")
    ann.wire.calendars.calendars = dict(reversed(ann.wire.calendars.calendars.items()))
    ann.wire.page_size = 2
    found = ann.provider.discover(ann.account)
    assert found[0] == FoundCalendar(ANN, ANN, "Europe/Berlin")
    assert {each.href for each in found if each.counts_as_busy} == {ANN, WORK, HOME}
    assert len(found) == 6
    assert not any(each.writable for each in found)


# Our own events


NINE = {"start": {"dateTime": "2026-10-20T07:00:00Z"}, "end": {"dateTime": "2026-10-20T08:00:00Z"}}
AFTER = {"start": {"dateTime": "2026-10-20T08:00:00Z"}, "end": {"dateTime": "2026-10-20T09:00:00Z"}}
ALL_DAY = {"start": {"date": "2026-10-20"}, "end": {"date": "2026-10-21"}}
AT_HOME = ALL_DAY | {"transparency": "transparent"}
HALF_PAST = {"start": {"dateTime": "2026-10-20T07:30:00Z"}, "end": {"dateTime": "2026-10-20T08:00:00Z"}}


@pytest.mark.parametrize(
    ("uid", "listed", "told"),
    [
        ("ours@google.com", [NINE | {"id": "ours"}, HALF_PAST], True),
        ("ours@mail.example", [NINE], True),
        ("ours@mail.example", [NINE, HALF_PAST], False),
        ("ours@mail.example", [HALF_PAST], False),
        ("ours@mail.example", [NINE | {"iCalUID": "another"}], False),
        ("ours@mail.example", [NINE, AT_HOME], True),
        ("ours@mail.example", [NINE, AFTER], True),
        ("ours@mail.example", [NINE, ALL_DAY], False),
    ],
    ids=[
        "by its id",
        "as the only one",
        "not beside another",
        "not at another time",
        "not where UIDs are told",
        "beside what is free all day",
        "before another",
        "not within a whole day that is busy",
    ],
)
def test_rule_9_an_event_of_ours_is_known_though_google_does_not_tell_its_uid(
    ann: Ann, uid: str, listed: list[dict[str, object]], told: bool
) -> None:
    ann.wire.spoil = spoilt("events.list", json.dumps({"items": listed}).encode())
    found = ann.one(own={uid: MORNING[0]})
    assert (key_of(uid) in {each.key for each in found.events}) is told  # type: ignore[union-attr]


def closer_look_fails(status: int) -> Callable[[Call], Told | None]:
    return lambda call: Told(status, b"", {}) if "timeMin" in call.query else None


def test_rule_9_while_the_events_cannot_be_looked_at_the_calendar_is_unknown(ann: Ann) -> None:
    event = ann.wire.put(ANN, utc(22, 9), utc(22, 10))
    ann.wire.hook = closer_look_fails(503)
    found = ann.read(ANN, own={event.uid: Interval(utc(22, 9), utc(22, 10))})
    assert isinstance(found[ANN], TryLater)


def test_rule_9_where_the_events_may_not_be_looked_at_the_block_stays_whole(ann: Ann) -> None:
    event = ann.wire.put(ANN, utc(22, 9), utc(22, 10))
    ann.wire.hook = closer_look_fails(403)
    found = ann.one(own={event.uid: Interval(utc(22, 9), utc(22, 10))})
    assert [each.key for each in found.events] == ["", ""]  # type: ignore[union-attr]


def test_rule_9_an_invite_of_ours_is_told_apart_in_a_guests_calendar(ann: Ann) -> None:
    event = ann.wire.put(BOB, utc(22, 9), utc(22, 10), attendees=[{"email": ANN}])
    ann.wire.put(ANN, utc(22, 10), utc(22, 11))
    found = ann.one(own={event.uid: Interval(utc(22, 9), utc(22, 10))})
    without = busy_time(found.events, excluding_key=key_of(event.uid))  # type: ignore[union-attr]
    assert without.spans == (*MORNING, Interval(utc(22, 10), utc(22, 11)))


@pytest.mark.parametrize("minutes", [-30, -10, 10, 60])
def test_rule_9_an_event_of_ours_is_told_apart_at_the_time_that_it_still_has(ann: Ann, minutes: int) -> None:
    stands = Interval.lasting(utc(22, 9), 20)
    event = ann.wire.put(ANN, stands.start, stands.end)
    ann.wire.put(ANN, utc(22, 9) + timedelta(minutes=20), utc(22, 10))
    found = ann.one(own={event.uid: Interval.lasting(stands.start + timedelta(minutes=minutes), 20)})
    assert BusyEvent(stands, key=key_of(event.uid)) in found.events  # type: ignore[union-attr]
    without = busy_time(found.events, excluding_key=key_of(event.uid))  # type: ignore[union-attr]
    assert without.spans == (*MORNING, Interval(stands.end, utc(22, 10)))


def test_rule_9_what_else_is_at_the_time_that_an_event_of_ours_still_has_stays_busy(ann: Ann) -> None:
    event = ann.wire.put(ANN, utc(22, 9), utc(22, 10))
    ann.wire.put(ANN, utc(22, 9, 30), utc(22, 11))
    found = ann.one(own={event.uid: Interval(utc(22, 9, 15), utc(22, 10, 15))})
    without = busy_time(found.events, excluding_key=key_of(event.uid))  # type: ignore[union-attr]
    assert without.spans == (*MORNING, Interval(utc(22, 9, 30), utc(22, 11)))


def test_rule_9_an_event_of_ours_that_somebody_made_long_frees_no_more_than_was_looked_at(ann: Ann) -> None:
    event = ann.wire.put(ANN, utc(22, 9), utc(22, 18))
    found = ann.one(own={event.uid: Interval(utc(22, 9), utc(22, 10))})
    without = busy_time(found.events, excluding_key=key_of(event.uid))  # type: ignore[union-attr]
    assert without.spans == (*MORNING, Interval(utc(22, 12), utc(22, 18)))


def test_rule_9_an_invite_whose_uid_google_does_not_tell_is_known_at_its_time_only(ann: Ann) -> None:
    ann.wire.tells_uids = False
    ann.wire.keep(
        ANN, "x.ics", raw(*vevent("DTSTART:20261022T090000Z", "DTEND:20261022T092000Z", uid="m@mail.example"))
    )
    ann.wire.keep(ANN, "home.ics", raw(*vevent("DTSTART;VALUE=DATE:20261022", "TRANSP:TRANSPARENT", uid="home")))
    stands = Interval.lasting(utc(22, 9), 20)
    then = ann.one(own={"m@mail.example": stands})
    assert BusyEvent(stands, key=key_of("m@mail.example")) in then.events  # type: ignore[union-attr]
    moved = ann.one(own={"m@mail.example": Interval.lasting(utc(22, 9, 10), 20)})
    assert BusyEvent(stands) in moved.events  # type: ignore[union-attr]


def test_rule_9_a_whole_day_of_something_else_stays_busy_at_the_time_of_ours(ann: Ann) -> None:
    event = ann.wire.put(ANN, utc(22, 9), utc(22, 10))
    ann.wire.keep(ANN, "day.ics", raw(*vevent("DTSTART;VALUE=DATE:20261022")))
    found = ann.one(own={event.uid: Interval(utc(22, 9), utc(22, 10))})
    without = busy_time(found.events, excluding_key=key_of(event.uid))  # type: ignore[union-attr]
    assert without.contains(Interval(utc(22, 0), utc(22, 20)))


def test_an_account_of_an_organiser_reads_the_answers_and_not_the_calendars(ann: Ann) -> None:
    ann.account = replace(ann.account, secret=ann.wire.secret(ANN, Errand.ORGANISER))
    with pytest.raises(Reconnect):
        ann.provider.discover(ann.account)
