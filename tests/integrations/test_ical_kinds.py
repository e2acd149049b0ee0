"""DESIGN rule 3: what an event means for its owner."""

from __future__ import annotations

import pytest

from mentoring.availability import BusyEvent, Busyness
from tests.integrations.ical_tables import ANN, busy, calendar, times, told

ATTENDEE = f"ATTENDEE;PARTSTAT={{}}:mailto:{ANN}"
BUSY, TENTATIVE, UNANSWERED = Busyness.BUSY, Busyness.TENTATIVE, Busyness.UNANSWERED
AWAY, ELSEWHERE = Busyness.OUT_OF_OFFICE, Busyness.WORKING_ELSEWHERE
OUTLOOK = "X-MICROSOFT-CDO-BUSYSTATUS:"

KINDS: list[tuple[str, Busyness | None]] = [
    ("TRANSP:OPAQUE", BUSY),
    ("TRANSP:transparent", None),
    ("TRANSP:SOMETHING", BUSY),
    ("STATUS:CONFIRMED", BUSY),
    ("STATUS:CANCELLED", None),
    ("STATUS:tentative", TENTATIVE),
    ("STATUS:TENTATIVE|TRANSP:TRANSPARENT", None),
    ("CLASS:PRIVATE", BUSY),
    (ATTENDEE.format("ACCEPTED"), BUSY),
    (ATTENDEE.format("declined"), None),
    (ATTENDEE.format("TENTATIVE"), TENTATIVE),
    (ATTENDEE.format("NEEDS-ACTION"), UNANSWERED),
    (ATTENDEE.format("DELEGATED"), BUSY),
    (ATTENDEE.format("X-UNKNOWN"), BUSY),
    (f"ATTENDEE:mailto:{ANN}", UNANSWERED),
    (f"ATTENDEE;PARTSTAT=DECLINED:MAILTO:{ANN.upper()}", None),
    (f"ATTENDEE;PARTSTAT=DECLINED:{ANN}", None),
    (f"ATTENDEE;PARTSTAT=DECLINED;EMAIL={ANN}:urn:uuid:1", None),
    ("ATTENDEE;PARTSTAT=DECLINED:mailto:ann%40example.org", None),
    ("ATTENDEE;PARTSTAT=DECLINED:mailto:bob@example.org", BUSY),
    ("ATTENDEE;PARTSTAT=DECLINED:mailto:xann@example.org", BUSY),
    (f'ATTENDEE;CN="A; B: C, D";PARTSTAT=DECLINED:mailto:{ANN}', None),
    (f"ATTENDEE;CN=A\\, B;PARTSTAT=DECLI|\tNED:mailto:{ANN}", None),
    (f"ORGANIZER:mailto:{ANN}", BUSY),
    (f"ORGANIZER:mailto:{ANN}|{ATTENDEE.format('DECLINED')}", None),
    (f"{ATTENDEE.format('DECLINED')}|ATTENDEE;PARTSTAT=ACCEPTED:mailto:bob@example.org", None),
    (f"{ATTENDEE.format('DECLINED')}|ATTENDEE;PARTSTAT=ACCEPTED:mailto:{ANN}", BUSY),
    (f"{ATTENDEE.format('DECLINED')}|ATTENDEE;PARTSTAT=TENTATIVE:mailto:ann@other.example", TENTATIVE),
    (OUTLOOK + "FREE", None),
    (OUTLOOK + "BUSY", BUSY),
    (OUTLOOK + "TENTATIVE", TENTATIVE),
    (OUTLOOK + "OOF", AWAY),
    (OUTLOOK + "WORKINGELSEWHERE", ELSEWHERE),
    (f"{OUTLOOK}OOF|{ATTENDEE.format('DECLINED')}", None),
    (f"{OUTLOOK}OOF|STATUS:CANCELLED", None),
    (f"{OUTLOOK}OOF|STATUS:TENTATIVE", AWAY),
    (f"{OUTLOOK}TENTATIVE|{ATTENDEE.format('NEEDS-ACTION')}", UNANSWERED),
    (f"{OUTLOOK}TENTATIVE|{ATTENDEE.format('ACCEPTED')}", TENTATIVE),
    (f"STATUS:TENTATIVE|{ATTENDEE.format('ACCEPTED')}", TENTATIVE),
]


@pytest.mark.parametrize(("lines", "kind"), KINDS, ids=[each[0] for each in KINDS])
def test_rule_3_kind(lines: str, kind: Busyness | None) -> None:
    text = calendar(f"UID:a|DTSTART:20261020T090000Z|DTEND:20261020T100000Z|{lines}")
    found = busy(text, owners=frozenset({ANN, "ann@other.example"}))
    assert [each.kind for each in found] == ([kind] if kind else [])


def test_rule_3_nobody_declines_where_no_owner_is_known() -> None:
    text = calendar(f"UID:a|DTSTART:20261020T090000Z|DURATION:PT1H|{ATTENDEE.format('DECLINED')}")
    assert len(busy(text, owners=frozenset())) == 1
    assert busy(text, owners=frozenset({f"MAILTO:{ANN.upper()}"})) == ()


def test_rule_5_only_times_a_kind_and_a_key_of_the_uid_come_out() -> None:
    text = calendar(
        "UID:a|SUMMARY:Plantedtitle|DTSTART:20261020T090000Z|DURATION:PT1H|RRULE:FREQ=DAILY;COUNT=2",
        "UID:b|DTSTART:20261020T090000Z|DURATION:PT1H",
    )
    assert {each.key for each in busy(text)} == {"key of a", "key of b"}
    assert len(busy(text)) == 3
    assert set(BusyEvent.__dataclass_fields__) == {"interval", "kind", "key"}


def test_published_busy_time_counts_by_its_kind() -> None:
    lines = (
        "BEGIN:VFREEBUSY|UID:a|DTSTART:20261001T000000Z|DTEND:20261201T000000Z"
        "|FREEBUSY:20261020T090000Z/PT1H,20261020T110000Z/20261020T120000Z"
        "|FREEBUSY;FBTYPE=FREE:20261020T130000Z/PT1H"
        "|FREEBUSY;FBTYPE=BUSY-TENTATIVE:20261020T150000Z/PT1H"
        "|FREEBUSY;FBTYPE=BUSY-UNAVAILABLE:20261020T170000Z/PT1H"
        "|FREEBUSY;FBTYPE=X-OTHER:20261020T190000Z/PT1H|END:VFREEBUSY"
    )
    assert [(told(each.interval), each.kind) for each in busy(calendar(lines))] == [
        ("10-20 09:00/10:00", BUSY),
        ("10-20 11:00/12:00", BUSY),
        ("10-20 15:00/16:00", TENTATIVE),
        ("10-20 17:00/18:00", AWAY),
        ("10-20 19:00/20:00", BUSY),
    ]


EDGES = [
    ("no end takes no time", "DTSTART:20261020T090000Z", []),
    ("an end at its start takes no time", "DTSTART:20261020T090000Z|DTEND:20261020T090000Z", []),
    ("a DURATION of nothing takes no time", "DTSTART:20261020T090000Z|DURATION:PT0S", []),
    ("one second is busy", "DTSTART:20261020T090000Z|DURATION:PT1S", ["10-20 09:00/09:00"]),
    ("up to the window's start is outside", "DTSTART:20261018T230000Z|DTEND:20261019T000000Z", []),
    ("from the window's end on is outside", "DTSTART:20261116T000000Z|DURATION:PT1H", []),
    ("over the window's start is clipped", "DTSTART:20261018T230000Z|DURATION:PT2H", ["10-19 00:00/01:00"]),
    ("over the window's end is clipped", "DTSTART:20261115T230000Z|DURATION:PT2H", ["11-15 23:00/11-16 00:00"]),
    ("weeks and a sign", "DTSTART:20261101T000000Z|DURATION:+P1W", ["11-01 00:00/11-08 00:00"]),
    ("a leap second is the next minute", "DTSTART:20261020T085960Z|DURATION:PT1H", ["10-20 09:00/10:00"]),
]


@pytest.mark.parametrize(("what", "lines", "expected"), EDGES, ids=[each[0] for each in EDGES])
def test_half_open_and_clipped(what: str, lines: str, expected: list[str]) -> None:
    assert times(calendar(f"UID:a|{lines}")) == expected
