"""DESIGN rule 1: a calendar that cannot be read completely is refused, saying what is wrong and nothing that it holds."""

# ruff: noqa: E501 -- a table reads best with a case on a line

from __future__ import annotations

import pytest

from mentoring.errors import Refused
from tests.integrations.ical_tables import calendar, times

PLANTED = "SUMMARY:Plantedtitle|LOCATION:Plantedplace|ATTENDEE;CN=Plantedguest:mailto:plantedguest@x.example"
WHOLE = calendar(f"UID:a|{PLANTED}|DTSTART:20261020T090000Z|DTEND:20261020T100000Z")


def event(lines: str) -> bytes:
    return calendar(f"UID:plantedid|{PLANTED}|{lines}")


START, END = "DTSTART:20261020T090000Z", "DTEND:20261020T100000Z"

REFUSED: list[tuple[str, bytes, str]] = [
    ("nothing", b"", "empty"),
    ("white space", b"\r\n \r\n", "not a calendar|cannot|empty"),
    ("a page", b"<!DOCTYPE html><html>Plantedtitle</html>", "not a calendar"),
    ("JSON", b'{"Plantedtitle": 1}', "not a calendar"),
    ("UTF-16", WHOLE.decode().encode("utf-16"), "not a calendar"),
    ("a vCard", b"BEGIN:VCARD\r\nEND:VCARD\r\n", "not a calendar"),
    ("no END:VCALENDAR", WHOLE.replace(b"END:VCALENDAR\r\n", b""), "cut off"),
    ("cut in an event", WHOLE[: WHOLE.index(b"DTEND")], "cut off"),
    ("cut in the last line", WHOLE[:-6], "damaged|cut off"),
    ("an END without its BEGIN", WHOLE.replace(b"BEGIN:VEVENT\r\n", b""), "damaged"),
    ("crossed ENDs", b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nEND:VCALENDAR\r\nEND:VEVENT\r\n", "damaged"),
    ("an event in an event", calendar("BEGIN:VEVENT|BEGIN:VEVENT|END:VEVENT|END:VEVENT"), "damaged"),
    ("a calendar in a calendar", calendar("BEGIN:VCALENDAR|END:VCALENDAR"), "damaged"),
    ("something after the end", WHOLE + b"<html>Plantedtitle</html>", "outside"),
    ("a line that is none", event(f"{START}|{END}|Plantedtitle without a colon"), "line"),
    ("a start without its colon", event(f"DTSTART20261020T090000Z|{END}"), "line"),
    ("a garbled line of the calendar itself", calendar(head="X-WR-TIMEZONE"), "line"),
    ("no DTSTART", event(END), "DTSTART"),
    ("no UID", calendar(f"{PLANTED}|{START}|{END}"), "UID"),
    ("an empty UID", calendar(f"UID:|{PLANTED}|{START}|{END}"), "UID"),
    ("two DTSTARTs", event(f"{START}|{START}|{END}"), "DTSTART"),
    ("two DTENDs", event(f"{START}|{END}|{END}"), "DTEND"),
    ("two UIDs", event(f"UID:b|{START}|{END}"), "UID"),
    ("DTEND and DURATION", event(f"{START}|{END}|DURATION:PT1H"), "DURATION"),
    ("DTEND before DTSTART", event(f"{START}|DTEND:20261020T085959Z"), "DTEND"),
    ("DTEND before DTSTART in days", event("DTSTART;VALUE=DATE:20261020|DTEND;VALUE=DATE:20261019"), "DTEND"),
    ("DTEND before DTSTART by their zones", event("DTSTART;TZID=America/New_York:20261020T090000|DTEND;TZID=Europe/Berlin:20261020T100000"), "DTEND"),
    ("DTEND of another kind", event("DTSTART;VALUE=DATE:20261020|DTEND:20261021T000000Z"), "DTEND"),
    ("a negative DURATION", event(f"{START}|DURATION:-PT1H"), "DURATION"),
    ("an empty DURATION", event(f"{START}|DURATION:P"), "DURATION"),
    ("a DURATION in words", event(f"{START}|DURATION:one hour"), "DURATION"),
    ("a DURATION with rubbish after it", event(f"{START}|DURATION:PT1Hx"), "DURATION"),
    ("an impossible date", event("DTSTART:20261320T090000Z"), "DTSTART"),
    ("an impossible time", event("DTSTART:20261020T250000Z"), "DTSTART"),
    ("a time cut short", event("DTSTART:20261020T0900"), "DTSTART"),
    ("a time with rubbish after it", event("DTSTART:20261020T090000ZZ"), "DTSTART"),
    ("an extended ISO time", event("DTSTART:2026-10-20T09:00:00Z"), "DTSTART"),
    ("year 0", event("DTSTART:00001020T090000Z"), "DTSTART"),
    ("a date that says it is a time", event("DTSTART;VALUE=DATE-TIME:20261020"), "DTSTART"),
    ("a time that says it is a date", event("DTSTART;VALUE=DATE:20261020T090000Z"), "DTSTART"),
    ("an empty DTSTART", event("DTSTART:"), "DTSTART"),
    ("a rule that is none", event(f"{START}|{END}|RRULE:every day"), "RRULE"),
    ("a rule without FREQ", event(f"{START}|{END}|RRULE:COUNT=2"), "RRULE"),
    ("a rule with an unknown part", event(f"{START}|{END}|RRULE:FREQ=DAILY;BYEASTER=1"), "RRULE"),
    ("a rule in another calendar's months", event(f"{START}|{END}|RRULE:RSCALE=HEBREW;FREQ=YEARLY"), "RRULE"),
    ("a rule with a bad number", event(f"{START}|{END}|RRULE:FREQ=DAILY;INTERVAL=x"), "RRULE"),
    ("a rule with INTERVAL=0", event(f"{START}|{END}|RRULE:FREQ=DAILY;INTERVAL=0"), "RRULE"),
    ("a rule out of range", event(f"{START}|{END}|RRULE:FREQ=DAILY;BYHOUR=24"), "RRULE"),
    ("a rule with a bad weekday", event(f"{START}|{END}|RRULE:FREQ=WEEKLY;BYDAY=XX"), "RRULE"),
    ("a rule with a bad UNTIL", event(f"{START}|{END}|RRULE:FREQ=DAILY;UNTIL=soon"), "RRULE"),
    ("a rule with COUNT and UNTIL", event(f"{START}|{END}|RRULE:FREQ=DAILY;COUNT=2;UNTIL=20261101"), "RRULE"),
    ("an hourly rule for days", event("DTSTART;VALUE=DATE:20261020|RRULE:FREQ=HOURLY"), "RRULE"),
    ("a bad EXDATE", event(f"{START}|{END}|RRULE:FREQ=DAILY|EXDATE:20261021T090000Z,x"), "EXDATE"),
    ("a bad RDATE", event(f"{START}|{END}|RDATE:x"), "RDATE"),
    ("an RDATE period that ends before it starts", event(f"{START}|{END}|RDATE;VALUE=PERIOD:20261021T090000Z/20261021T080000Z"), "RDATE"),
    ("a bad EXRULE", event(f"{START}|{END}|EXRULE:x"), "EXRULE"),
    ("a bad RECURRENCE-ID", event(f"RECURRENCE-ID:x|{START}|{END}"), "RECURRENCE-ID"),
    ("an unknown RANGE", event(f"RECURRENCE-ID;RANGE=THISANDPRIOR:20261020T090000Z|{START}|{END}"), "RECURRENCE-ID"),
    ("a bad SEQUENCE", event(f"SEQUENCE:x|{START}|{END}"), "SEQUENCE"),
    ("published time without its end", calendar("BEGIN:VFREEBUSY|UID:a|FREEBUSY:20261020T090000Z|END:VFREEBUSY"), "FREEBUSY"),
    ("published time that cannot be read", calendar("BEGIN:VFREEBUSY|UID:a|FREEBUSY:Plantedtitle|END:VFREEBUSY"), "FREEBUSY"),
]  # fmt: skip


@pytest.mark.parametrize(("what", "text", "named"), REFUSED, ids=[each[0] for each in REFUSED])
def test_rule_1_refused(what: str, text: bytes, named: str) -> None:
    with pytest.raises(Refused, match=named) as caught:
        times(text)
    assert "planted" not in f"{caught.value!r} {caught.value.__cause__!r}".lower()


def test_rule_1_every_cut_of_a_file_is_refused() -> None:
    for length in range(len(WHOLE) - len("\r\n")):
        with pytest.raises(Refused):
            times(WHOLE[:length])


FORGIVEN: list[tuple[str, bytes]] = [
    ("LF alone", WHOLE.replace(b"\r\n", b"\n")),
    ("CR alone", WHOLE.replace(b"\r\n", b"\r")),
    ("a byte order mark", b"\xef\xbb\xbf" + WHOLE),
    ("empty lines", WHOLE.replace(b"\r\n", b"\r\n\r\n")),
    ("no line break at the end", WHOLE[:-2]),
    ("lower case", WHOLE.replace(b"BEGIN:VEVENT", b"begin:vevent").replace(b"DTSTART", b"dtstart")),
    ("a title in Latin-1", WHOLE.replace(b"Plantedtitle", "Größe".encode("latin-1"))),
    ("a title with a line separator in it", WHOLE.replace(b"Plantedtitle", "a\u2028b\x0bc\x85d".encode())),
    ("a folded start", WHOLE.replace(b"DTSTART:20261020", b"DTST\r\n ART:2026\r\n\t1020")),
    ("a guest that cannot be read", WHOLE.replace(b"CN=Plantedguest", b'CN="Planted')),
    ("an alarm with nonsense in it", calendar(f"UID:a|{START}|{END}|BEGIN:VALARM|TRIGGER:x|nonsense|END:VALARM")),
    ("tasks and journals with nonsense", calendar("BEGIN:VTODO|DUE:x|nonsense|END:VTODO", "BEGIN:VJOURNAL|END:VJOURNAL", f"UID:a|{START}|{END}")),
    ("unknown properties", event(f"{START}|{END}|X-WHAT;A=B:c|NEW-THING:1|COLOR:red")),
    ("an empty CATEGORIES and RDATE", event(f"{START}|{END}|CATEGORIES:|RDATE:")),
    ("X-COMMENT lines", event(f"{START}|{END}|X-COMMENT:;=,")),
]  # fmt: skip


@pytest.mark.parametrize(("what", "text"), FORGIVEN, ids=[each[0] for each in FORGIVEN])
def test_what_does_not_touch_a_time_is_forgiven(what: str, text: bytes) -> None:
    assert times(text) == ["10-20 09:00/10:00"]


def test_a_calendar_without_events_is_free() -> None:
    assert times(calendar()) == []
