"""DESIGN rule 4: each time is in the zone that its calendar means; an unknown zone is an error, never UTC."""

# ruff: noqa: E501 -- a table reads best with a case on a line

from __future__ import annotations

import pytest

from mentoring.errors import Refused
from tests.integrations.ical_tables import calendar, times

CUSTOM = (
    "BEGIN:VTIMEZONE|TZID:{tzid}"
    "|BEGIN:STANDARD|DTSTART:16010101T030000|TZOFFSETFROM:{summer}|TZOFFSETTO:{winter}|RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10|END:STANDARD"
    "|BEGIN:DAYLIGHT|DTSTART:16010101T020000|TZOFFSETFROM:{winter}|TZOFFSETTO:{summer}|RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3|END:DAYLIGHT"
    "|END:VTIMEZONE"
)


def vtimezone(tzid: str, winter: str = "+0100", summer: str = "+0200") -> str:
    return CUSTOM.format(tzid=tzid, winter=winter, summer=summer)


def at_nine(tzid: str) -> str:
    return f"UID:a|DTSTART;TZID={tzid}:20261020T090000|DURATION:PT1H"


ZONES: list[tuple[str, bytes, list[str]]] = [
    ("an IANA name", calendar(at_nine("Asia/Tokyo")), ["10-20 00:00/01:00"]),
    ("an IANA name that its VTIMEZONE tells otherwise", calendar(vtimezone("Asia/Tokyo"), at_nine("Asia/Tokyo")), ["10-20 00:00/01:00"]),
    ("a Windows name without VTIMEZONE", calendar(at_nine("Eastern Standard Time")), ["10-20 13:00/14:00"]),
    ("a Windows name in quotes", calendar(at_nine('"W. Europe Standard Time"')), ["10-20 07:00/08:00"]),
    ("a Windows name with VTIMEZONE", calendar(vtimezone("India Standard Time"), at_nine("India Standard Time")), ["10-20 03:30/04:30"]),
    ("a name of its own with VTIMEZONE", calendar(vtimezone("Customized Time Zone", "-0330", "-0230"), at_nine("Customized Time Zone")), ["10-20 11:30/12:30"]),
    (
        "a name of its own, over the change of clocks",
        calendar(vtimezone("Office"), "UID:a|DTSTART;TZID=Office:20261020T090000|DURATION:PT1H|RRULE:FREQ=WEEKLY;COUNT=2"),
        ["10-20 07:00/08:00", "10-27 08:00/09:00"],
    ),
    ("a VTIMEZONE that stands after the event", calendar(at_nine("Office"), vtimezone("Office")), ["10-20 07:00/08:00"]),
    (
        "a VTIMEZONE with one fixed offset and seconds",
        calendar("BEGIN:VTIMEZONE|TZID:Fixed|BEGIN:STANDARD|DTSTART:19700101T000000|TZOFFSETFROM:+001944|TZOFFSETTO:+053000|END:STANDARD|END:VTIMEZONE", at_nine("Fixed")),
        ["10-20 03:30/04:30"],
    ),
    (
        "a VTIMEZONE with RDATEs and old rules that ended",
        calendar(
            "BEGIN:VTIMEZONE|TZID:Old"
            "|BEGIN:DAYLIGHT|DTSTART:20000326T020000|TZOFFSETFROM:+0100|TZOFFSETTO:+0200|RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU;UNTIL=20160327T010000Z|END:DAYLIGHT"
            "|BEGIN:STANDARD|DTSTART:20001029T030000|TZOFFSETFROM:+0200|TZOFFSETTO:+0100|RDATE:20011028T030000|END:STANDARD"
            "|BEGIN:STANDARD|DTSTART:20160901T000000|TZOFFSETFROM:+0200|TZOFFSETTO:+0300|TZNAME:+03|END:STANDARD|END:VTIMEZONE",
            at_nine("Old"),
        ),
        ["10-20 06:00/07:00"],
    ),
    ("a globally unique name", calendar(at_nine("/freeassociation.sourceforge.net/Europe/Berlin")), ["10-20 07:00/08:00"]),
    ("a globally unique name of three parts", calendar(at_nine("/x.org/y/America/Argentina/Buenos_Aires")), ["10-20 12:00/13:00"]),
    ("UTC by Z, whatever TZID stands beside it", calendar("UID:a|DTSTART;TZID=Asia/Tokyo:20261020T090000Z|DURATION:PT1H"), ["10-20 09:00/10:00"]),
    ("start and end in different zones", calendar("UID:a|DTSTART;TZID=Europe/Berlin:20261020T090000|DTEND;TZID=America/New_York:20261020T050000"), ["10-20 07:00/09:00"]),
    ("a floating time", calendar("UID:a|DTSTART:20261020T090000|DURATION:PT1H"), ["10-20 07:00/08:00"]),
    ("a floating time under X-WR-TIMEZONE", calendar("UID:a|DTSTART:20261020T090000|DURATION:PT1H", head="X-WR-TIMEZONE:Asia/Tokyo"), ["10-20 00:00/01:00"]),
    ("all-day under X-WR-TIMEZONE", calendar("UID:a|DTSTART;VALUE=DATE:20261020", head="X-WR-TIMEZONE:America/New_York"), ["10-20 04:00/10-21 04:00"]),
    ("all-day under a Windows X-WR-TIMEZONE", calendar("UID:a|DTSTART;VALUE=DATE:20261020", head="X-WR-TIMEZONE:Tokyo Standard Time"), ["10-19 15:00/10-20 15:00"]),
    ("all-day under an X-WR-TIMEZONE of its own", calendar(vtimezone("Office", "+0400", "+0500"), "UID:a|DTSTART;VALUE=DATE:20261020", head="X-WR-TIMEZONE:Office"), ["10-19 19:00/10-20 19:00"]),
    ("all-day beside a TZID floats all the same", calendar("UID:a|DTSTART;VALUE=DATE;TZID=Asia/Tokyo:20261020"), ["10-19 22:00/10-20 22:00"]),
    ("a date without VALUE is a date", calendar("UID:a|DTSTART:20261020"), ["10-19 22:00/10-20 22:00"]),
    ("all-day over several days", calendar("UID:a|DTSTART;VALUE=DATE:20261020|DTEND;VALUE=DATE:20261023"), ["10-19 22:00/10-22 22:00"]),
    ("all-day for a DURATION of days", calendar("UID:a|DTSTART;VALUE=DATE:20261020|DURATION:P2D"), ["10-19 22:00/10-21 22:00"]),
    ("all-day that ends on its own day is that day", calendar("UID:a|DTSTART;VALUE=DATE:20261020|DTEND;VALUE=DATE:20261020"), ["10-19 22:00/10-20 22:00"]),
    ("a UTC series under X-WR-TIMEZONE stays in UTC", calendar("UID:a|DTSTART:20261020T090000Z|DURATION:PT1H|RRULE:FREQ=WEEKLY;COUNT=2", head="X-WR-TIMEZONE:Europe/Berlin"), ["10-20 09:00/10:00", "10-27 09:00/10:00"]),
    ("two calendars in one file, each with its own zones", calendar(vtimezone("Office"), at_nine("Office")) + calendar(vtimezone("Office", "+0300", "+0400"), at_nine("Office").replace("UID:a", "UID:b")), ["10-20 05:00/06:00", "10-20 07:00/08:00"]),
]  # fmt: skip


@pytest.mark.parametrize(("what", "text", "expected"), ZONES, ids=[each[0] for each in ZONES])
def test_rule_4_zone(what: str, text: bytes, expected: list[str]) -> None:
    assert times(text) == expected


def test_a_zone_that_one_calendar_describes_is_unknown_to_the_next() -> None:
    assert times(calendar(vtimezone("Ours"), at_nine("Ours"))) == ["10-20 07:00/08:00"]
    with pytest.raises(Refused, match="time zone"):
        times(calendar(at_nine("Ours")))
    assert times(calendar(vtimezone("Ours", "+0800", "+0900"), at_nine("Ours"))) == ["10-20 00:00/01:00"]


UNKNOWN = [
    calendar(at_nine("Nowhere/Land")),
    calendar(at_nine("europe/nowhere")),
    calendar(at_nine("localtime")),
    calendar(at_nine("../../etc/passwd")),
    calendar(at_nine("Europe")),
    calendar(at_nine("/x.org/Nowhere/Land")),
    calendar("UID:a|DTSTART:20261020T090000Z|DTEND;TZID=Nowhere:20261020T100000"),
    calendar("UID:a|DTSTART:20261020T090000Z|DURATION:PT1H|RRULE:FREQ=DAILY|EXDATE;TZID=Nowhere:20261020T100000"),
    calendar("UID:a|DTSTART:20261020T090000Z|DURATION:PT1H|RDATE;TZID=Nowhere:20261020T100000"),
    calendar("UID:a|RECURRENCE-ID;TZID=Nowhere:20261020T100000|DTSTART:20261020T090000Z|DURATION:PT1H"),
    calendar("UID:a|DTSTART;VALUE=DATE:20261020", head="X-WR-TIMEZONE:Nowhere/Land"),
]


@pytest.mark.parametrize("text", UNKNOWN)
def test_rule_4_an_unknown_zone_is_refused(text: bytes) -> None:
    with pytest.raises(Refused, match="time zone"):
        times(text)


def test_rule_4_an_unknown_zone_of_the_person_is_refused() -> None:
    with pytest.raises(Refused, match="time zone"):
        times(calendar("UID:a|DTSTART;VALUE=DATE:20261020"), zone="Nowhere/Land")


BROKEN = [
    "BEGIN:VTIMEZONE|TZID:Office|END:VTIMEZONE",
    "BEGIN:VTIMEZONE|TZID:Office|BEGIN:STANDARD|DTSTART:19700101T000000|TZOFFSETTO:+0100|END:STANDARD|END:VTIMEZONE",
    "BEGIN:VTIMEZONE|TZID:Office|BEGIN:STANDARD|TZOFFSETFROM:+0100|TZOFFSETTO:+0100|END:STANDARD|END:VTIMEZONE",
    "BEGIN:VTIMEZONE|TZID:Office|BEGIN:STANDARD|DTSTART:19700101T000000|TZOFFSETFROM:1|TZOFFSETTO:+0100|END:STANDARD|END:VTIMEZONE",
    "BEGIN:VTIMEZONE|TZID:Office|BEGIN:STANDARD|DTSTART:x|TZOFFSETFROM:+0100|TZOFFSETTO:+0100|END:STANDARD|END:VTIMEZONE",
    "BEGIN:VTIMEZONE|TZID:Office|BEGIN:STANDARD|DTSTART:19700101T000000|TZOFFSETFROM:+0100|TZOFFSETTO:+0100|RRULE:x|END:STANDARD|END:VTIMEZONE",
    "BEGIN:VTIMEZONE|TZID:Office|BEGIN:STANDARD|DTSTART:19700101T000000|TZOFFSETFROM:+0100|TZOFFSETTO:+0100|RRULE:FREQ=SECONDLY|END:STANDARD|END:VTIMEZONE",
]


@pytest.mark.parametrize("zone", BROKEN)
def test_rule_4_a_zone_whose_description_cannot_be_read_is_refused(zone: str) -> None:
    with pytest.raises(Refused):
        times(calendar(zone, at_nine("Office")))
