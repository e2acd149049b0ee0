"""What an invite by mail tells a calendar: RFC 5546 property by property, and a zone that every program reads alike."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from integrations.ical_events import event
from integrations.ical_rules import Budget
from integrations.ical_text import Component, calendars
from integrations.ical_zones import Zones
from integrations.imip import message
from integrations.yearly_zone import yearly_zone
from mentoring.intervals import Interval
from mentoring.mail import Method
from mentoring.ports import Attendee
from mentoring.proposals import Partstat
from tests.integrations.backends import ANN, BOB
from tests.integrations.contract import copy, utc

BERLIN = "Europe/Berlin"
ALWAYS = {
    "UID": "p1@interlude.example",
    "DTSTAMP": "20261019T080000Z",
    "LAST-MODIFIED": "20261019T080000Z",
    "SUMMARY": "Twenty minutes: Ann and Bob",
    "CLASS": "PRIVATE",
    "TRANSP": "OPAQUE",
    "URL": "https://interlude.example/p/1",
    "ORGANIZER": "mailto:interlude@organisation.example",
}
# What RFC 5546 asks of each method, sections 3.2.2, 3.2.5 and 3.2.8.
METHODS: list[tuple[Method, int, dict[str, str], str]] = [
    (Method.REQUEST, 0, {"SEQUENCE": "0", "STATUS": "CONFIRMED"}, "TRUE"),
    (Method.REQUEST, 2, {"SEQUENCE": "2", "STATUS": "CONFIRMED"}, "TRUE"),
    (Method.CANCEL, 3, {"SEQUENCE": "3", "STATUS": "CANCELLED"}, "FALSE"),
    (Method.DECLINECOUNTER, 1, {"SEQUENCE": "1", "STATUS": "CONFIRMED"}, "FALSE"),
]
ZONES = sorted(available_timezones() - {"localtime", "Factory"})
WINTER, SUMMER = utc(13, 9, month=1), utc(13, 9, month=7)


def lines(text: bytes) -> list[str]:
    """Unfolded."""
    return text.decode().replace("\r\n ", "").split("\r\n")


def vevent(text: bytes) -> Component:
    (vcalendar,) = calendars(text)
    (found,) = vcalendar.parts("VEVENT")
    return found


def at(start: datetime, zone: str = BERLIN) -> bytes:
    return message(copy(interval=Interval.lasting(start, 20)), Method.REQUEST, zone)


def times(text: bytes) -> tuple[datetime, datetime]:
    """As a reader sees them that goes by what is written out, and knows no zone by its name."""
    unknown = re.sub(rb"(TZID[=:])([A-Za-z0-9_+/-]+)", rb"\1Written out \2", text.replace(b"\r\n ", b""))
    (vcalendar,) = calendars(unknown)
    (found,) = vcalendar.parts("VEVENT")
    read = event(found, Zones(vcalendar, "UTC", datetime(2100, 1, 1, tzinfo=UTC), Budget()), frozenset())
    return read.start.utc, read.start.ends(read.length)


@pytest.mark.parametrize(("method", "sequence", "own", "rsvp"), METHODS)
def test_each_method_has_the_properties_that_itip_asks_for(
    method: Method, sequence: int, own: dict[str, str], rsvp: str
) -> None:
    found = vevent(message(copy(sequence=sequence), method, BERLIN))
    stated = {name: found.one(name).value for name in ALWAYS | own}  # type: ignore[union-attr]
    assert stated == ALWAYS | own
    assert [each.params["RSVP"] for each in found.all("ATTENDEE")] == [rsvp, rsvp]


@pytest.mark.parametrize("method", Method)
def test_the_calendar_says_once_what_it_is_and_what_it_asks(method: Method) -> None:
    (vcalendar,) = calendars(message(copy(), method, BERLIN))
    stated = {each.name: each.value for each in vcalendar.properties}
    assert len(vcalendar.properties) == len(stated)
    assert stated == {
        "METHOD": method.value,
        "VERSION": "2.0",
        "CALSCALE": "GREGORIAN",
        "PRODID": "-//Interlude//Invites//EN",
    }


def test_both_guests_are_named_with_what_they_answered() -> None:
    asked = (Attendee("Ann", ANN, Partstat.ACCEPTED), Attendee('Bob "B"\r\nBauer', BOB))
    ann, bob = vevent(message(copy(attendees=asked), Method.REQUEST, BERLIN)).all("ATTENDEE")
    alike = {"CUTYPE": "INDIVIDUAL", "ROLE": "REQ-PARTICIPANT"}
    assert ann.value == f"mailto:{ANN}"
    assert ann.params == alike | {"CN": "Ann", "PARTSTAT": "ACCEPTED", "RSVP": "FALSE"}
    assert bob.params == alike | {"CN": "Bob 'B' Bauer", "PARTSTAT": "NEEDS-ACTION", "RSVP": "TRUE"}


def test_only_who_has_been_asked_is_named() -> None:
    alone = copy(attendees=(Attendee("Ann", ANN),))
    assert BOB.encode() not in message(alone, Method.REQUEST, BERLIN)


def test_mail_says_nothing_to_calendar_servers() -> None:
    assert b"SCHEDULE-AGENT" not in message(copy(), Method.REQUEST, BERLIN)


@pytest.mark.parametrize("method", Method)
def test_every_line_ends_in_crlf_and_has_75_octets_at_most(method: Method) -> None:
    long = copy(summary="Zwanzig Minuten über 漢字 und 🦉 " * 9, description="ß" * 400, organiser_name="Ö" * 90)
    text = message(long, method, BERLIN)
    assert text.endswith(b"END:VCALENDAR\r\n")
    for line in text.split(b"\r\n"):
        assert len(line) <= 75
        assert b"\n" not in line
        assert b"\r" not in line
        line.decode()  # a fold never stands inside a letter
    assert f"SUMMARY:{long.summary}" in lines(text)


@settings(deadline=None, max_examples=60)
@given(st.text(), st.text(), st.text(min_size=1))
def test_no_name_and_no_words_make_a_line_of_their_own(summary: str, description: str, name: str) -> None:
    usual = copy(attendees=(Attendee("Ann", ANN),))
    odd = replace(
        usual, summary=summary, description=description, organiser_name=name, attendees=(Attendee(name, ANN),)
    )
    text = message(odd, Method.REQUEST, BERLIN)
    assert vevent(text).unreadable == 0
    assert [each.name for each in vevent(text).properties] == [
        each.name for each in vevent(message(usual, Method.REQUEST, BERLIN)).properties
    ]
    assert not re.search(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", text)


def test_the_same_copy_gives_the_same_bytes() -> None:
    assert message(copy(), Method.REQUEST, BERLIN) == message(copy(), Method.REQUEST, BERLIN)


def test_another_reader_sees_the_same() -> None:
    """icalendar, by the names of the zones."""
    read: Any = Calendar.from_ical(at(SUMMER))
    (found,) = read.walk("VEVENT")
    assert (found.decoded("DTSTART"), found.decoded("DTEND")) == (SUMMER, SUMMER + timedelta(minutes=20))
    assert found.decoded("DTSTART").tzinfo.key == BERLIN
    assert str(found["DESCRIPTION"]) == copy().description


@pytest.mark.parametrize(
    "start",
    [WINTER, SUMMER, utc(25, 12, month=3), utc(29, 1, month=3), utc(25, 0, 30, month=10), utc(31, 23, 50, month=12)],
)
@pytest.mark.parametrize(
    "zone", [BERLIN, "America/New_York", "Australia/Sydney", "Europe/Dublin", "Asia/Kolkata", "UTC"]
)
def test_the_times_are_right_by_the_zone_that_is_written_out(zone: str, start: datetime) -> None:
    assert times(at(start, zone)) == (start, start + timedelta(minutes=20))


@pytest.mark.parametrize("start", [WINTER, SUMMER])
def test_the_times_are_right_in_every_zone_of_the_world(start: datetime) -> None:
    wrong = [zone for zone in ZONES if times(at(start, zone))[0] != start]
    assert wrong == []


def test_each_zone_that_a_time_names_is_written_out_once() -> None:
    (vcalendar,) = calendars(at(SUMMER))
    assert [part.one("TZID").value for part in vcalendar.parts("VTIMEZONE")] == [BERLIN]  # type: ignore[union-attr]
    assert {vevent(at(SUMMER)).one(name).params["TZID"] for name in ("DTSTART", "DTEND")} == {BERLIN}  # type: ignore[union-attr]


@pytest.mark.parametrize("zone", ["UTC", "Etc/UTC", "GMT", "Africa/Abidjan", "Africa/Casablanca"])
def test_utc_and_what_no_rule_tells_is_in_utc_without_a_zone(zone: str) -> None:
    text = at(SUMMER, zone)
    assert b"VTIMEZONE" not in text
    assert b"TZID" not in text
    assert "DTSTART:20260713T090000Z" in lines(text)


def test_outlook_understands_every_zone_that_is_written_out() -> None:
    """One STANDARD, one DAYLIGHT at most; the n-th weekday of a month; no RDATE ([MS-STANOICAL] 2.2.47)."""
    for name in ZONES:
        written = yearly_zone(name, 2026)
        parts = [] if written is None else written.subcomponents
        assert [part.name for part in parts] in ([], ["STANDARD"], ["STANDARD", "DAYLIGHT"]), name
        for part in parts:
            assert "RDATE" not in part
            rule = part["RRULE"].to_ical().decode() if "RRULE" in part else ""
            assert re.fullmatch(r"FREQ=YEARLY;BYDAY=(-1|[1-4])[A-Z]{2};BYMONTH=\d+", rule) or len(parts) == 1, name


def test_most_people_see_the_invite_in_their_own_zone() -> None:
    unwritten = {name for name in ZONES if yearly_zone(name, 2026) is None}
    assert unwritten >= {"Africa/Casablanca", "UTC"}
    assert {name for name in unwritten if name.startswith(("America/", "Europe/", "Asia/", "Australia/"))} <= {
        "America/Danmarkshavn", "Asia/Gaza", "Asia/Hebron",
    }  # fmt: skip
