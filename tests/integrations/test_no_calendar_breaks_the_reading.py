"""DESIGN rule 1: whatever a server sends, a reading comes out or an error that says what to do, never a foreign one."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace

import pytest

from integrations.caldav import CalDav
from integrations.guarded_http import GuardedHttp
from integrations.ics import IcsFeed
from integrations.itip import copy_seen
from integrations.webdav import link
from integrations.webdav_xml import multistatus as parsed
from mentoring.errors import InterludeError, Refused, TryLater
from mentoring.ports import Account, FoundCalendar
from tests.integrations.backends import EMPTY, QUICK, Feed, wired
from tests.integrations.contract import meeting, read, text
from tests.integrations.ical_tables import busy, calendar, times
from tests.wires.caldav import CALENDAR, gone, multistatus
from tests.wires.web import Asked, Told, web_server

MANY = "9" * 5000
START, END = "DTSTART:20261020T090000Z", "DTEND:20261020T100000Z"
ZONE = (
    "BEGIN:VTIMEZONE|TZID:Own|BEGIN:STANDARD|DTSTART:{first}|TZOFFSETFROM:+0100|TZOFFSETTO:+0200|{rule}END:STANDARD"
    "|BEGIN:DAYLIGHT|DTSTART:20260329T020000|TZOFFSETFROM:+0200|TZOFFSETTO:+0100|END:DAYLIGHT|END:VTIMEZONE"
)
IN_IT = "UID:a|DTSTART;TZID=Own:20261020T090000|DURATION:PT1H"

LINES = [
    f"SEQUENCE:{MANY}", f"DURATION:P{MANY}D", f"DURATION:P{MANY}W", f"DURATION:PT{MANY}S", "DURATION:P999999999D",
    "DURATION:P999999999DT86399S", "DURATION:PT86399999999999S", f"RRULE:FREQ=DAILY;COUNT={MANY}",
    f"RRULE:FREQ=DAILY;INTERVAL={MANY}", f"RRULE:FREQ=DAILY;BYHOUR={MANY}", f"RRULE:FREQ=DAILY;UNTIL={MANY}",
    f"RRULE:FREQ=YEARLY;INTERVAL={'9' * 4000}", f"EXDATE:{MANY}", f"RDATE:{MANY}",
    f"RDATE;VALUE=PERIOD:20261021T090000Z/P{MANY}D",
    "RDATE;VALUE=PERIOD:20261021T090000Z/PT86399999999999S", f"RECURRENCE-ID:{MANY}",
    f"RECURRENCE-ID;TZID={MANY}:20261020T090000", "RECURRENCE-ID;TZID=../../etc/passwd:20261020T090000",
    "RECURRENCE-ID;TZID=America:20261020T090000", "RECURRENCE-ID;TZID=a\0b:20261020T090000",
]  # fmt: skip


@pytest.mark.parametrize("line", LINES, ids=[each[:40] for each in LINES])
def test_rule_1_numbers_beyond_all_measure_are_refused_or_read(line: str) -> None:
    for others in (START, f"{START}|{END}", f"{START}|RRULE:FREQ=DAILY"):
        with suppress(Refused):
            times(calendar(f"UID:a|{others}|{line}"))


def test_rule_1_a_number_of_five_thousand_digits_is_refused_by_the_name_of_its_property() -> None:
    for line in (f"SEQUENCE:{MANY}", f"DURATION:P{MANY}D", f"DURATION:PT{MANY}H"):
        with pytest.raises(Refused, match=line.partition(":")[0]):
            times(calendar(f"UID:a|{START}|{line}"))


def test_rule_4_a_length_of_millennia_beside_a_rule_is_refused() -> None:
    with pytest.raises(Refused, match="DURATION"):
        times(calendar(f"UID:a|{START}|DURATION:PT86399999999999S|RRULE:FREQ=DAILY"))


def test_rule_4_a_zone_that_begins_in_year_1_or_never_ends_is_read() -> None:
    for first, rule in (
        ("00010101T000000", ""),
        ("20251026T030000", "RRULE:FREQ=YEARLY;UNTIL=99991231T235959Z;BYMONTH=10;BYDAY=-1SU|"),
    ):
        zone = ZONE.format(first=first, rule=rule)
        assert len(times(calendar(zone, IN_IT))) == 1, first


def test_rule_4_an_override_that_moves_all_that_follows_past_the_end_of_the_calendar_is_no_foreign_error() -> None:
    ranged = "UID:a|RECURRENCE-ID;RANGE=THISANDFUTURE:00010101T000000Z|DTSTART:99991231T000000Z|DURATION:PT1H"
    with suppress(Refused):
        times(calendar(f"UID:a|{START}|{END}|RRULE:FREQ=DAILY", ranged))


@contextmanager
def feed_that_tells(told: Told) -> Iterator[Feed]:
    with web_server(lambda _: told) as server:
        ics = IcsFeed(GuardedHttp(frozenset({server.host_port}), limits=QUICK))
        yield Feed(ics, Account("ics", f"{server.url}/secretpath.ics"), FoundCalendar("feed", "Feed"), {})


@pytest.mark.parametrize("location", ["http://[bad", "//[", "http://a:99999999/", f"http://a:{MANY}/", "http://\xe9[/"])
def test_rule_18_a_redirect_to_what_is_no_address_is_refused(location: str) -> None:
    with feed_that_tells(Told(302, headers={"Location": location})) as feed:
        with pytest.raises(Refused) as caught:
            read(feed)
        assert "secretpath" not in str(caught.value)


def test_rule_18_a_redirect_is_as_bounded_in_size_as_any_other_answer() -> None:
    with feed_that_tells(Told(302, b"x" * 4096, {"Location": "/again"})) as feed:
        feed.provider._http.limits = replace(QUICK, body_bytes=1024)
        with pytest.raises(Refused, match="larger"):
            read(feed)


def test_rule_18_a_redirect_with_letters_outside_of_ascii_is_followed_like_any_other() -> None:
    def answer(asked: Asked) -> Told:
        return Told(302, headers={"Location": "/caf\xe9.ics"}) if "caf" not in asked.path else Told(200, EMPTY)

    with web_server(answer) as server:
        ics = IcsFeed(GuardedHttp(frozenset({server.host_port}), limits=QUICK))
        assert ics.discover(Account("ics", f"{server.url}/a.ics"))


@pytest.mark.parametrize("after", [MANY, f"Mon, 19 Oct {MANY} 08:00:00 GMT", "Mon, 99 Oct 2026", "-1", "", "\xb2"])
def test_rule_7_a_retry_after_that_is_none_is_still_later(after: str) -> None:
    with feed_that_tells(Told(429, headers={"Retry-After": after, "Date": "x"})) as feed, pytest.raises(TryLater):
        read(feed)


@pytest.mark.parametrize("href", ["http://[", "//[bad", "http://[::1", "http://a\u2100b/"])
def test_rule_1_an_entry_at_what_is_no_address_fails_the_reading_of_that_calendar_only(href: str) -> None:
    with pytest.raises(Refused):
        link("https://a.example/b/", href)
    with wired() as dav:
        dav.keep("m1.ics", text(meeting()))
        for holding in (b"getetag", b"multiget"):
            dav.wire.hook = lambda asked, holding=holding: (  # type: ignore[attr-defined]
                multistatus(gone(href, "200 OK")) if holding in asked.body else None
            )
            with pytest.raises(InterludeError):
                read(dav)


def test_rule_1_a_status_of_five_thousand_digits_is_a_fault_of_the_server() -> None:
    (resource,) = parsed(multistatus(gone(CALENDAR, MANY)).body).resources
    assert resource.status == 500


@pytest.mark.parametrize("address", ["http://[", "https://[bad/dav", "http://a:99999999/", "[", "ann@["])
def test_rule_19_an_address_that_is_none_is_refused_when_connecting(address: str) -> None:
    with pytest.raises(Refused):
        CalDav(GuardedHttp()).discover(Account("caldav", address, "ann", "secret"))


PIECES = [
    b"9" * 5000, b"-1", b"0", b"00010101T000000", b"99991231T235959Z", b"P999999999D", b"\0", b"\xff\xfe", b"[", b"://[",
    b";", b":", b"=", b"\r\n", b"BEGIN:VEVENT\r\n", b"+9959", b"RANGE=THISANDFUTURE", b"\xd9\xa3", b"TZID=/x/", b"%5B",
    b"T",
    b"FREQ=SECONDLY", b"COUNT=", b"<", b">", b"&#0;", b"&a;", b"2026", b"Z", b"20261020",
]  # fmt: skip
WHOLE = calendar(
    ZONE.format(first="20251026T030000", rule="RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU|"),
    f"{IN_IT}|SEQUENCE:2|RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,WE;COUNT=9|EXDATE;TZID=Own:20261103T090000",
    "UID:a|RECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Own:20261021T090000|DTSTART;TZID=Own:20261022T110000|DURATION:PT30M",
    "UID:b|DTSTART;VALUE=DATE:20261027|RRULE:FREQ=MONTHLY;BYMONTHDAY=-1;UNTIL=20270101|RDATE;VALUE=DATE:20261028",
    "UID:c|DTSTART:20261029T090000Z|DTEND:20261029T100000Z|ATTENDEE;PARTSTAT=DECLINED:mailto:ann@example.org",
    "UID:d|DTSTART:20261020T120000Z|DURATION:P1DT2H|RDATE;VALUE=PERIOD:20261030T090000Z/PT2H,20261031T090000Z/20261031T100000Z",
    "BEGIN:VFREEBUSY|UID:e|FREEBUSY;FBTYPE=BUSY:20261020T150000Z/PT1H|END:VFREEBUSY",
    head="X-WR-TIMEZONE:Europe/Berlin",
)


def mutations(whole: bytes, count: int, seed: int) -> Iterator[bytes]:
    """The document with a few places cut, doubled or overwritten: the same ones on each run."""
    chance = random.Random(seed)
    for _ in range(count):
        spoiled = whole
        for _ in range(chance.randint(1, 4)):
            at, length = chance.randrange(len(spoiled)), chance.choice([0, 0, 1, 2, 8, 15])
            piece = chance.choice([*PIECES, spoiled[at : at + 40]])
            spoiled = spoiled[:at] + piece + spoiled[at + length :]
        yield spoiled


@pytest.mark.parametrize("seed", range(4))
def test_rule_1_a_spoiled_calendar_is_read_or_says_what_to_do(seed: int) -> None:
    assert busy(WHOLE)
    for spoiled in mutations(WHOLE, 1000, seed):
        with suppress(InterludeError):
            busy(spoiled)
        with suppress(InterludeError):
            copy_seen(spoiled, "d", frozenset({"ann@example.org"}), "Europe/Berlin", "/d.ics", "1")


@pytest.mark.parametrize("holding", [b"sync-token", b"getetag", b"multiget"])
def test_rule_1_a_spoiled_multistatus_is_read_or_says_what_to_do(holding: bytes) -> None:
    with wired() as dav:
        dav.keep("m1.ics", text(meeting()))
        dav.provider._http.limits = replace(QUICK, tries=1)
        whole: list[bytes] = []
        dav.wire.spoil = lambda asked, told: (  # type: ignore[attr-defined]
            whole.append(told.body) or told if holding in asked.body else told
        )
        assert read(dav)
        for spoiled in mutations(whole[0], 50, seed=len(holding)):
            dav.wire.spoil = lambda asked, told, body=spoiled: (  # type: ignore[attr-defined]
                replace(told, body=body) if holding in asked.body else told
            )
            with suppress(InterludeError):
                read(dav)
