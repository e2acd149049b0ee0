"""Reading from Outlook where things go wrong, and what it asks for: what no server does on demand."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest

from integrations.outlook import Outlook
from integrations.outlook_reading import FIELDS
from mentoring.availability import Busyness
from mentoring.doors import Errand
from mentoring.errors import InterludeError, NotYet, Reconnect, Refused, TryLater
from mentoring.ports import Account, FoundCalendar
from tests.integrations.backends import ANN
from tests.integrations.contract import NOW, PLANTED, WINDOW, at, key_of, meeting, raw, text, utc, vevent
from tests.integrations.outlook_backend import Renewed, connected, outside
from tests.wires.graph import GraphWire, graph_wire
from tests.wires.graph_entra import Refusal


@pytest.fixture
def wire() -> Iterator[GraphWire]:
    with graph_wire() as wire:
        wire.account(ANN, name="Ann")
        yield wire


class Reader:
    """Ann's account, read as a worker reads it: what was renewed is used from then on."""

    def __init__(self, wire: GraphWire, **kept: object) -> None:
        self.wire, self.outlook = wire, Outlook(outside(wire))
        self.renewed: Renewed = connected(wire)
        self.calendar = FoundCalendar(wire.calendar_id(ANN), "Calendar")

    def read(self, cursor: str = "", account: Account | None = None):  # type: ignore[no-untyped-def]
        return self.outlook.read(account or self.renewed.newest, self.calendar, WINDOW, key_of, cursor, NOW)


@pytest.fixture
def reader(wire: GraphWire) -> Reader:
    return Reader(wire)


def many(wire: GraphWire, number: int) -> None:
    for each in range(number):
        start = WINDOW.start + timedelta(minutes=30 * each)
        wire.put(ANN, f"e{each}", text(meeting(f"e{each}", start=start, end=start + timedelta(minutes=20))))


# What is asked for


def test_no_title_place_guest_or_text_is_ever_asked_for(wire: GraphWire, reader: Reader) -> None:
    wire.put(ANN, "m1", text(meeting()))
    reader.outlook.discover(reader.renewed.newest)
    reader.read()
    asked = {path.rpartition("/")[2]: fields for path, fields in wire.selects}
    assert asked["calendarView"] == set(FIELDS.split(","))
    everything = frozenset().union(*asked.values())
    assert not everything & {"subject", "body", "bodyPreview", "location", "locations", "attendees", "organizer"}
    assert all("$select" in each.path for each in wire.asked if "calendarView" in each.path)


def test_only_the_permissions_that_were_given_are_needed(wire: GraphWire, reader: Reader) -> None:
    wire.put(ANN, "m1", text(meeting(start=date(2026, 10, 20), end=date(2026, 10, 21))))
    reader.read()
    scopes = {scope for token in wire.entra.access.values() for scope in token.scopes}
    assert {each for each in scopes if "." in each} == {"Calendars.ReadBasic", "MailboxSettings.Read"}


def test_every_page_is_read(wire: GraphWire, reader: Reader) -> None:
    many(wire, 230)
    assert len(reader.read().events) == 230
    assert sum("calendarView" in each.path for each in wire.asked) == 3


def test_recurring_events_which_come_on_the_last_page_are_there(wire: GraphWire, reader: Reader) -> None:
    many(wire, 120)
    wire.put(ANN, "weekly", text(meeting("weekly", rrule="FREQ=DAILY;COUNT=3")))
    assert sum(each.key.startswith("key of weekly") for each in reader.read().events) == 3


def test_each_instance_of_a_series_has_a_key_and_a_single_event_the_one_of_its_uid(
    wire: GraphWire, reader: Reader
) -> None:
    wire.put(ANN, "m1", text(meeting("m1")))
    wire.put(ANN, "m2", text(meeting("m2", start=at(21, 9), end=at(21, 10), rrule="FREQ=DAILY;COUNT=2")))
    keys = [each.key for each in reader.read().events]
    assert keys[0] == key_of("m1")
    assert len(set(keys)) == 3


@pytest.mark.parametrize("uid", ["p1@interlude.example", "ü@x", "0400000"])
def test_an_invite_from_elsewhere_is_known_by_the_uid_that_it_was_sent_with(
    wire: GraphWire, reader: Reader, uid: str
) -> None:
    body = b"vCal-Uid\1\0\0\0" + uid.encode() + b"\0"
    wrapped = f"040000008200E00074C5B7101A82E008{'00' * 20}{len(body):02X}000000{body.hex()}"
    wire.put(ANN, "m1", text(meeting(wrapped)))
    wire.put(ANN, "m2", text(meeting(uid, start=at(21, 9), end=at(21, 10))))
    assert [each.key for each in reader.read().events] == [key_of(uid)] * 2


def test_an_id_that_only_looks_like_one_of_exchanges_is_taken_as_it_is(wire: GraphWire, reader: Reader) -> None:
    odd = "040000008200E00074C5B7101A82E008-and-so-on"
    wire.put(ANN, "m1", text(meeting(odd)))
    assert [each.key for each in reader.read().events] == [key_of(odd)]


# Rule 1: never free by mistake


@pytest.mark.parametrize(
    "how",
    [
        {"status": 500},
        {"status": 503},
        {"status": 504, "after": True},
        {"cut": "before", "times": 9},
        {"cut": "during", "times": 9},
        {"status": 200, "body": b"<html>"},
        {"status": 200, "body": b"{}"},
        {"status": 200, "body": b'{"value": {}}'},
        {"status": 200, "body": b'{"value": [1]}'},
        {"status": 200, "body": b'{"value": [{"id": "x"}]}'},
        {"status": 200, "body": b'{"error": {"code": "x", "message": "y"}, "value": []}'},
    ],
    ids=str,
)
def test_an_answer_that_failed_or_cannot_be_read_raises(
    wire: GraphWire, reader: Reader, how: dict[str, object]
) -> None:
    wire.put(ANN, "m1", text(meeting()))
    wire.fail(**{"status": 0, **how}, path="calendarView")  # type: ignore[arg-type]
    with pytest.raises(TryLater):
        reader.read()


def test_a_later_page_that_fails_is_no_shorter_calendar(wire: GraphWire, reader: Reader) -> None:
    many(wire, 120)
    wire.fail(503, path="skip=100")
    with pytest.raises(TryLater):
        reader.read()


def test_a_network_fault_is_tried_again_at_once(wire: GraphWire, reader: Reader) -> None:
    wire.put(ANN, "m1", text(meeting()))
    wire.fail(cut="before", path="calendarView", times=2)
    assert len(reader.read().events) == 1


def test_a_read_that_outlook_answers_with_412_is_asked_again_and_is_nobodys_to_mend(
    wire: GraphWire, reader: Reader
) -> None:
    wire.put(ANN, "m1", text(meeting()))
    wire.fail(412, path="calendarView", times=2)
    assert len(reader.read().events) == 1
    wire.fail(412, path="calendarView", times=3)
    with pytest.raises(TryLater) as caught:
        reader.read()
    assert "event" not in str(caught.value)
    assert caught.value.after < timedelta(minutes=1)


def test_a_404_that_names_no_calendar_passes_and_breaks_no_connection(wire: GraphWire, reader: Reader) -> None:
    wire.fail(404, path="calendarView")
    with pytest.raises(TryLater):
        reader.read()
    reader.calendar = FoundCalendar("gone", "Gone")
    with pytest.raises(Reconnect, match="no longer there"):
        reader.read()


def test_a_page_that_lies_at_another_host_is_refused_and_the_token_stays_here(wire: GraphWire, reader: Reader) -> None:
    many(wire, 120)
    with graph_wire() as stranger:
        wire.leads_to = stranger.url
        with pytest.raises(Refused, match="another server"):
            reader.read()
        assert stranger.server.asked == []


def test_a_redirect_is_not_followed_wherever_it_leads(wire: GraphWire, reader: Reader) -> None:
    wire.put(ANN, "m1", text(meeting()))
    elsewhere = "/v1.0/me/calendars/elsewhere"
    wire.fail(302, headers={"Location": wire.url + elsewhere}, path="calendarView")
    with pytest.raises(Refused):
        reader.read()
    assert elsewhere not in {each.path for each in wire.asked}


def test_an_unknown_kind_of_busy_is_busy(wire: GraphWire, reader: Reader) -> None:
    start, end = ({"dateTime": f"2026-10-20T{hour}:00:00.0000000", "timeZone": "UTC"} for hour in ("07", "08"))
    told = f'{{"value": [{{"id": "x", "iCalUId": "u", "start": {start}, "end": {end}, "showAs": "%s"}}]}}'
    for shown in ("unknown", "somethingNew"):
        wire.fail(200, body=(told % shown).replace("'", '"').encode(), path="calendarView")
        (event,) = reader.read().events
        assert (event.kind, event.interval.start) == (Busyness.BUSY, utc(20, 7))


def test_an_invite_not_answered_yet_takes_time_and_a_declined_one_does_not(wire: GraphWire, reader: Reader) -> None:
    for partstat, kinds in (("NEEDS-ACTION", [Busyness.UNANSWERED]), ("DECLINED", [])):
        wire.put(ANN, "m1", text(meeting(owner=ANN, owner_partstat=partstat, organiser="bob@example.org")))
        assert [each.kind for each in reader.read().events] == kinds


# Zones


@pytest.mark.parametrize("zone", ["tzone://Microsoft/Custom", "Customized Time Zone", "", "Nowhere/Land"])
def test_an_all_day_event_in_a_mailbox_of_no_known_zone_is_an_error(wire: GraphWire, zone: str) -> None:
    wire.account(ANN, zone=zone)
    reader = Reader(wire)
    wire.put(ANN, "m1", text(meeting(start=date(2026, 10, 20), end=date(2026, 10, 21))))
    with pytest.raises(Refused, match="time zone"):
        reader.read()


@pytest.mark.parametrize(
    ("zone", "start"),
    [
        ("W. Europe Standard Time", utc(19, 22)),
        ("Europe/Berlin", utc(19, 22)),
        ("Pacific Standard Time", utc(20, 7)),
        ("Tokyo Standard Time", utc(19, 15)),
    ],
)
def test_an_all_day_event_begins_at_midnight_of_the_mailboxs_zone(wire: GraphWire, zone: str, start: object) -> None:
    wire.account(ANN, zone=zone)
    reader = Reader(wire)
    wire.put(ANN, "m1", text(meeting(start=date(2026, 10, 20), end=date(2026, 10, 21))))
    (event,) = reader.read().events
    assert event.interval.start == start
    assert event.interval.minutes == 24 * 60


# Changes


def test_time_that_only_goes_by_is_no_change(wire: GraphWire, reader: Reader) -> None:
    wire.put(ANN, "m1", text(meeting(start=WINDOW.start + timedelta(minutes=5), end=WINDOW.start + timedelta(hours=1))))
    first = reader.read()
    later = replace(WINDOW, start=WINDOW.start + timedelta(hours=2), end=WINDOW.end + timedelta(hours=2))
    assert reader.outlook.read(reader.renewed.newest, reader.calendar, later, key_of, first.cursor, NOW) is None


def test_a_change_is_news_and_the_first_reading_is_not(wire: GraphWire, reader: Reader) -> None:
    wire.put(ANN, "m1", text(meeting()))
    first = reader.read()
    wire.put(ANN, "m1", text(meeting(end=at(20, 11))))
    second = reader.read(first.cursor)
    assert (first.news, second.news) == (False, True)


def test_a_title_that_changed_is_no_change_of_ours(wire: GraphWire, reader: Reader) -> None:
    wire.put(ANN, "m1", text(meeting()))
    first = reader.read()
    wire.put(ANN, "m1", text(meeting(summary="Another title")))
    assert reader.read(first.cursor) is None


# Permission


def test_a_token_that_ran_out_is_renewed_and_the_rotated_one_is_kept(wire: GraphWire, reader: Reader) -> None:
    wire.entra.strict_rotation = True
    reader.read()
    assert reader.renewed.secrets == []
    wire.entra.expire(ANN)
    reader.read()
    assert len(reader.renewed.secrets) == 1
    assert reader.renewed.newest.secret != reader.renewed.account.secret
    wire.entra.expire(ANN)
    reader.read()
    assert len(reader.renewed.secrets) == 2


def test_a_token_near_its_end_is_renewed_before_it_is_used(wire: GraphWire) -> None:
    wire.entra.lifetime = 60
    reader = Reader(wire)
    reader.read()
    assert len(reader.renewed.secrets) == 1
    assert all(each.headers["Authorization"] for each in wire.asked)


@pytest.mark.parametrize(
    ("error", "number", "words"),
    [
        ("invalid_grant", 50173, "password"),
        ("invalid_grant", 700082, "not used for long"),
        ("invalid_grant", 65001, "taken back"),
        ("interaction_required", 50076, "second proof"),
        ("invalid_grant", 999999, "has ended"),
    ],
)
def test_a_permission_that_ended_asks_for_the_person_in_plain_words(
    wire: GraphWire, reader: Reader, error: str, number: int, words: str
) -> None:
    wire.entra.revoke(ANN, error, number)
    with pytest.raises(Reconnect, match=words):
        reader.read()


def test_a_token_refused_twice_asks_for_the_person_and_not_a_third_time(wire: GraphWire, reader: Reader) -> None:
    wire.fail(401, times=99, path="calendarView")
    with pytest.raises(Reconnect):
        reader.read()
    assert sum("calendarView" in each.path for each in wire.asked) == 2


def test_a_permission_that_is_lacking_is_named(wire: GraphWire) -> None:
    wire.entra.identities[ANN].withheld = frozenset({"MailboxSettings.Read"})
    reader = Reader(wire)
    with pytest.raises(Reconnect, match=r"MailboxSettings\.Read"):
        reader.outlook.discover(reader.renewed.newest)
    assert reader.read().events == ()


def test_a_refresh_asks_for_no_permission_that_was_not_given(wire: GraphWire) -> None:
    wire.entra.identities[ANN].withheld = frozenset({"MailboxSettings.Read"})
    reader = Reader(wire)
    wire.entra.expire(ANN)
    reader.read()
    assert len(reader.renewed.secrets) == 1


@pytest.mark.parametrize("secret", ["", "nonsense", "[]", "{}", "1"])
def test_an_account_without_tokens_asks_for_the_person(wire: GraphWire, reader: Reader, secret: str) -> None:
    with pytest.raises(Reconnect):
        reader.read(account=replace(reader.renewed.account, secret=secret))


def test_a_wrong_secret_of_interludes_own_is_nobodys_fault_who_connected(wire: GraphWire, reader: Reader) -> None:
    outlook = Outlook(outside(wire, microsoft_client_secret="expired"))
    wire.entra.expire(ANN)
    with pytest.raises(TryLater, match="whoever runs Interlude"):
        outlook.read(reader.renewed.account, reader.calendar, WINDOW, key_of, "", NOW)


@pytest.mark.parametrize("how", [{"status": 503}, {"status": 429, "headers": {"Retry-After": "7"}}, {"cut": "before"}])
def test_a_fault_of_the_sign_in_passes_and_costs_nobody_their_connection(
    wire: GraphWire, reader: Reader, how: dict[str, object]
) -> None:
    wire.entra.expire(ANN)
    wire.fail(**{"status": 0, **how}, path="/token")  # type: ignore[arg-type]
    with pytest.raises(TryLater):
        reader.read()
    assert reader.read().events == ()


# Quotas


class Brakes:
    def __init__(self) -> None:
        self.taken: list[tuple[str, str]] = []
        self.rested: list[tuple[str, str, timedelta]] = []
        self.left = 99

    def take(self, provider: str, account: str) -> None:
        if not self.left:
            raise NotYet("used up")
        self.left -= 1
        self.taken.append((provider, account))

    def rest(self, provider: str, account: str, after: timedelta) -> None:
        self.rested.append((provider, account, after))


def test_being_asked_to_wait_is_kept_to_and_told_to_all(wire: GraphWire, reader: Reader) -> None:
    brakes = Brakes()
    outlook = Outlook(outside(wire, brakes))
    wire.fail(429, headers={"Retry-After": "42"}, path="calendarView")
    with pytest.raises(TryLater) as caught:
        outlook.read(reader.renewed.account, reader.calendar, WINDOW, key_of, "", NOW)
    assert caught.value.after == timedelta(seconds=42)
    assert brakes.rested == [("outlook", ANN, timedelta(seconds=42))]


def test_each_request_takes_its_share_and_none_is_made_without(wire: GraphWire, reader: Reader) -> None:
    brakes = Brakes()
    many(wire, 230)
    outlook = Outlook(outside(wire, brakes))
    outlook.read(reader.renewed.account, reader.calendar, WINDOW, key_of, "", NOW)
    assert brakes.taken == [("outlook", ANN)] * 3
    brakes.left = 1
    with pytest.raises(NotYet):
        outlook.read(reader.renewed.account, reader.calendar, WINDOW, key_of, "", NOW)


# Discovery


def test_the_default_calendar_comes_first_and_only_ones_own_count(wire: GraphWire, reader: Reader) -> None:
    wire.calendar(ANN, "Bob's", owner="bob@example.org", can_edit=False)
    wire.calendar(ANN, "Sport")
    for number in range(120):
        wire.calendar(ANN, f"More {number}")
    found = reader.outlook.discover(reader.renewed.newest)
    assert len(found) == 123
    assert (found[0].name, found[0].zone, found[0].writable) == ("Calendar", "Europe/Berlin", False)
    assert {each.name: each.counts_as_busy for each in found[:3]} == {"Calendar": True, "Bob's": False, "Sport": True}


# Nothing comes out


def test_no_token_and_nothing_planted_is_in_any_error_log_or_repr(
    wire: GraphWire, reader: Reader, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    title, place, guest, note = PLANTED
    planted = (
        f"SUMMARY:{title}", f"LOCATION:{place}", f"DESCRIPTION:{note}", "DTSTART:20261021T090000Z",
        f"ATTENDEE;CN={guest}:mailto:{guest}@x.example", "DTEND:20261021T100000Z",
    )  # fmt: skip
    wire.put(ANN, "n1", raw(*vevent(*planted)).replace(b"SUMMARY:x\r\n", b""))
    said = [repr(reader.renewed.account), repr(reader.read()), repr(reader.outlook)]
    wire.entra.expire(ANN)
    for how in ({"status": 500}, {"status": 403}, {"status": 200, "body": f"{title} at-1".encode()}, {"cut": "during"}):
        wire.fail(**{"status": 0, **how}, path="calendarView", times=3)  # type: ignore[arg-type]
        with pytest.raises(InterludeError) as caught:
            reader.read()
        said.append(_all_of(caught.value))
        wire.faults.clear()
    wire.entra.refused[ANN] = Refusal("invalid_grant", 50173)
    wire.entra.expire(ANN)
    with pytest.raises(Reconnect) as caught:
        reader.read()
    text_of_all = ("".join(said) + _all_of(caught.value) + caplog.text).lower()
    tokens = [*wire.entra.access, *wire.entra.refresh, reader.renewed.account.secret]
    for word in (*PLANTED, *tokens, "a secret of interlude", "said in many words", "said by a test"):
        assert word.lower() not in text_of_all


def _all_of(problem: BaseException | None) -> str:
    if problem is None:
        return ""
    hidden = problem.__context__ if not problem.__suppress_context__ else None
    return f"{problem!r} {problem} {_all_of(problem.__cause__)} {_all_of(hidden)}"


def test_the_organisers_account_is_read_with_its_own_permission(wire: GraphWire, reader: Reader) -> None:
    wire.put(ANN, "m1", text(meeting()))
    account = connected(wire, ANN, Errand.ORGANISER).account
    assert len(reader.read(account=account).events) == 1
