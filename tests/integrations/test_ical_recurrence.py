"""DESIGN rule 4: recurrence comes out as a person's calendar shows it."""

# ruff: noqa: E501 -- a table reads best with a case on a line

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from mentoring.errors import Refused
from mentoring.intervals import Interval
from tests.integrations.ical_tables import calendar, times

B = "TZID=Europe/Berlin"
NINE = f"UID:a|DTSTART;{B}:20261020T090000|DTEND;{B}:20261020T100000"

SERIES: list[tuple[str, bytes, list[str]]] = [
    (
        "weekly keeps its wall time over the autumn change",
        calendar(f"{NINE}|RRULE:FREQ=WEEKLY;COUNT=3"),
        ["10-20 07:00/08:00", "10-27 08:00/09:00", "11-03 08:00/09:00"],
    ),
    (
        "a series in UTC does not move with the clocks",
        calendar("UID:a|DTSTART:20261020T090000Z|DURATION:PT1H|RRULE:FREQ=WEEKLY;COUNT=2"),
        ["10-20 09:00/10:00", "10-27 09:00/10:00"],
    ),
    (
        "UNTIL is inclusive, in UTC",
        calendar(f"{NINE}|RRULE:FREQ=DAILY;UNTIL=20261022T070000Z"),
        ["10-20 07:00/08:00", "10-21 07:00/08:00", "10-22 07:00/08:00"],
    ),
    ("UNTIL a second before an instance leaves it out", calendar(f"{NINE}|RRULE:FREQ=DAILY;UNTIL=20261021T065959Z"), ["10-20 07:00/08:00"]),
    (
        "UNTIL as a date ends with that day",
        calendar(f"{NINE}|RRULE:FREQ=DAILY;UNTIL=20261021"),
        ["10-20 07:00/08:00", "10-21 07:00/08:00"],
    ),
    (
        "UNTIL without a zone is in the event's own",
        calendar(f"{NINE}|RRULE:FREQ=DAILY;UNTIL=20261021T090000"),
        ["10-20 07:00/08:00", "10-21 07:00/08:00"],
    ),
    (
        "COUNT counts instances before the window",
        calendar(f"UID:a|DTSTART;{B}:20261001T090000|DURATION:PT1H|RRULE:FREQ=WEEKLY;COUNT=4"),
        ["10-22 07:00/08:00"],
    ),
    (
        "COUNT counts instances that EXDATE takes out",
        calendar(f"{NINE}|RRULE:FREQ=DAILY;COUNT=3|EXDATE;{B}:20261021T090000"),
        ["10-20 07:00/08:00", "10-22 07:00/08:00"],
    ),
    ("DTSTART is an instance though its rule does not give it", calendar(f"{NINE}|RRULE:FREQ=WEEKLY;BYDAY=FR;COUNT=1"), ["10-20 07:00/08:00", "10-23 07:00/08:00"]),
    ("EXDATE can take out DTSTART itself", calendar(f"{NINE}|RRULE:FREQ=DAILY;COUNT=2|EXDATE;{B}:20261020T090000"), ["10-21 07:00/08:00"]),
    ("EXDATE in another zone", calendar(f"{NINE}|RRULE:FREQ=DAILY;COUNT=2|EXDATE:20261021T070000Z"), ["10-20 07:00/08:00"]),
    ("EXDATE as a list over folded lines", calendar(f"{NINE}|RRULE:FREQ=DAILY;COUNT=3|EXDATE;{B}:20261021T09|\t0000,202610| 22T090000"), ["10-20 07:00/08:00"]),
    ("EXDATE as a date takes out that day", calendar(f"{NINE}|RRULE:FREQ=DAILY;COUNT=2|EXDATE;VALUE=DATE:20261021"), ["10-20 07:00/08:00"]),
    ("an empty EXDATE takes out nothing", calendar(f"{NINE}|EXDATE:"), ["10-20 07:00/08:00"]),
    (
        "EXDATE of another time takes out nothing",
        calendar(f"{NINE}|RRULE:FREQ=DAILY;COUNT=2|EXDATE;{B}:20261021T090100"),
        ["10-20 07:00/08:00", "10-21 07:00/08:00"],
    ),
    (
        "RDATE with and without a rule",
        calendar(f"{NINE}|RRULE:FREQ=DAILY;COUNT=2|RDATE;{B}:20261021T090000,20261023T140000"),
        ["10-20 07:00/08:00", "10-21 07:00/08:00", "10-23 12:00/13:00"],
    ),
    (
        "RDATE as a period has its own length",
        calendar(f"{NINE}|RDATE;VALUE=PERIOD;{B}:20261021T140000/PT3H,20261022T140000/20261022T143000"),
        ["10-20 07:00/08:00", "10-21 12:00/15:00", "10-22 12:00/12:30"],
    ),
    ("an old EXRULE", calendar(f"{NINE}|RRULE:FREQ=DAILY;COUNT=4|EXRULE:FREQ=DAILY;INTERVAL=2"), ["10-21 07:00/08:00", "10-23 07:00/08:00"]),
    ("two rules", calendar(f"{NINE}|RRULE:FREQ=DAILY;COUNT=2|RRULE:FREQ=WEEKLY;COUNT=2"), ["10-20 07:00/08:00", "10-21 07:00/08:00", "10-27 08:00/09:00"]),
    (
        "a moved instance",
        calendar(f"{NINE}|RRULE:FREQ=DAILY;COUNT=2", f"UID:a|RECURRENCE-ID;{B}:20261021T090000|DTSTART;{B}:20261021T150000|DURATION:PT30M"),
        ["10-20 07:00/08:00", "10-21 13:00/13:30"],
    ),
    (
        "a moved instance named in UTC",
        calendar(f"{NINE}|RRULE:FREQ=DAILY;COUNT=2", "UID:a|RECURRENCE-ID:20261021T070000Z|DTSTART:20261021T130000Z|DURATION:PT30M"),
        ["10-20 07:00/08:00", "10-21 13:00/13:30"],
    ),
    (
        "an override that comes before its master in the file",
        calendar(f"UID:a|RECURRENCE-ID;{B}:20261021T090000|DTSTART;{B}:20261021T150000|DURATION:PT30M", f"{NINE}|RRULE:FREQ=DAILY;COUNT=2"),
        ["10-20 07:00/08:00", "10-21 13:00/13:30"],
    ),
    (
        "a cancelled, a declined and a transparent instance",
        calendar(
            f"{NINE}|RRULE:FREQ=DAILY;COUNT=4",
            f"UID:a|RECURRENCE-ID;{B}:20261020T090000|DTSTART;{B}:20261020T090000|DURATION:PT1H|STATUS:CANCELLED",
            f"UID:a|RECURRENCE-ID;{B}:20261021T090000|DTSTART;{B}:20261021T090000|DURATION:PT1H|ATTENDEE;PARTSTAT=DECLINED:mailto:ANN@example.org",
            f"UID:a|RECURRENCE-ID;{B}:20261022T090000|DTSTART;{B}:20261022T090000|DURATION:PT1H|TRANSP:TRANSPARENT",
        ),
        ["10-23 07:00/08:00"],
    ),
    (
        "a declined series with one instance accepted",
        calendar(
            f"{NINE}|RRULE:FREQ=DAILY;COUNT=3|ATTENDEE;PARTSTAT=DECLINED:mailto:ann@example.org",
            f"UID:a|RECURRENCE-ID;{B}:20261021T090000|DTSTART;{B}:20261021T090000|DURATION:PT1H|ATTENDEE;PARTSTAT=ACCEPTED:mailto:ann@example.org",
        ),
        ["10-21 07:00/08:00"],
    ),
    (
        "an override moved into the window of a series that never touches it",
        calendar(
            f"UID:a|DTSTART;{B}:20260101T090000|DURATION:PT1H|RRULE:FREQ=DAILY;COUNT=3",
            f"UID:a|RECURRENCE-ID;{B}:20260102T090000|DTSTART;{B}:20261021T090000|DURATION:PT1H",
        ),
        ["10-21 07:00/08:00"],
    ),
    ("an override whose master nobody sent", calendar("UID:a|RECURRENCE-ID:20260101T090000Z|DTSTART:20261021T090000Z|DURATION:PT1H"), ["10-21 09:00/10:00"]),
    (
        "an override of an instance that EXDATE took out is still a meeting",
        calendar(f"{NINE}|RRULE:FREQ=DAILY;COUNT=2|EXDATE;{B}:20261021T090000", f"UID:a|RECURRENCE-ID;{B}:20261021T090000|DTSTART;{B}:20261021T150000|DURATION:PT1H"),
        ["10-20 07:00/08:00", "10-21 13:00/14:00"],
    ),
    (
        "of two overrides of one instance the higher SEQUENCE counts",
        calendar(
            f"{NINE}|RRULE:FREQ=DAILY;COUNT=1",
            f"UID:a|SEQUENCE:2|RECURRENCE-ID;{B}:20261020T090000|DTSTART;{B}:20261020T110000|DURATION:PT1H",
            f"UID:a|SEQUENCE:1|RECURRENCE-ID;{B}:20261020T090000|DTSTART;{B}:20261020T170000|DURATION:PT1H",
        ),
        ["10-20 09:00/10:00"],
    ),
    ("of two versions of one event the higher SEQUENCE counts", calendar(f"{NINE}|SEQUENCE:1", f"UID:a|SEQUENCE:2|DTSTART;{B}:20261021T090000|DURATION:PT1H"), ["10-21 07:00/08:00"]),
    ("two events that share a UID by mistake are both busy", calendar(NINE, f"UID:a|DTSTART;{B}:20261021T090000|DURATION:PT1H"), ["10-20 07:00/08:00", "10-21 07:00/08:00"]),
    (
        "THISANDFUTURE moves that instance and all after it, over the change of clocks",
        calendar(
            f"{NINE}|RRULE:FREQ=WEEKLY;COUNT=3",
            f"UID:a|RECURRENCE-ID;RANGE=THISANDFUTURE;{B}:20261027T090000|DTSTART;{B}:20261028T110000|DTEND;{B}:20261028T113000",
        ),
        ["10-20 07:00/08:00", "10-28 10:00/10:30", "11-04 10:00/10:30"],
    ),
    (
        "THISANDFUTURE and a single override after it",
        calendar(
            f"{NINE}|RRULE:FREQ=WEEKLY;COUNT=3",
            f"UID:a|RECURRENCE-ID;RANGE=THISANDFUTURE;{B}:20261027T090000|DTSTART;{B}:20261027T110000|DURATION:PT1H",
            f"UID:a|RECURRENCE-ID;{B}:20261103T090000|DTSTART;{B}:20261103T080000|DURATION:PT1H",
        ),
        ["10-20 07:00/08:00", "10-27 10:00/11:00", "11-03 07:00/08:00"],
    ),
    (
        "THISANDFUTURE cancelled ends the series",
        calendar(f"{NINE}|RRULE:FREQ=WEEKLY;COUNT=3", f"UID:a|RECURRENCE-ID;RANGE=THISANDFUTURE;{B}:20261027T090000|DTSTART;{B}:20261027T090000|STATUS:CANCELLED"),
        ["10-20 07:00/08:00"],
    ),
    (
        "a range that moves instances back into the window",
        calendar(
            f"UID:a|DTSTART;{B}:20270101T090000|DURATION:PT1H|RRULE:FREQ=DAILY;COUNT=2",
            f"UID:a|RECURRENCE-ID;RANGE=THISANDFUTURE;{B}:20270101T090000|DTSTART;{B}:20261020T090000|DURATION:PT1H",
        ),
        ["10-20 07:00/08:00", "10-21 07:00/08:00"],
    ),
    ("all-day weekly, two days long, over the change", calendar("UID:a|DTSTART;VALUE=DATE:20261024|DTEND;VALUE=DATE:20261026|RRULE:FREQ=WEEKLY;COUNT=2"), ["10-23 22:00/10-25 23:00", "10-30 23:00/11-01 23:00"]),
    ("all-day with EXDATE as a date, and as its midnight", calendar("UID:a|DTSTART;VALUE=DATE:20261020|RRULE:FREQ=DAILY;COUNT=4|EXDATE;VALUE=DATE:20261021|EXDATE:20261022T000000"), ["10-19 22:00/10-20 22:00", "10-22 22:00/10-23 22:00"]),
    ("all-day with an UNTIL in UTC", calendar("UID:a|DTSTART;VALUE=DATE:20261020|RRULE:FREQ=DAILY;UNTIL=20261021T000000Z"), ["10-19 22:00/10-20 22:00", "10-20 22:00/10-21 22:00"]),
    ("all-day ignores times of day in its rule", calendar("UID:a|DTSTART;VALUE=DATE:20261020|RRULE:FREQ=DAILY;COUNT=1;BYHOUR=9;BYMINUTE=30"), ["10-19 22:00/10-20 22:00"]),
    ("the last weekday of the month", calendar(f"UID:a|DTSTART;{B}:20260130T160000|DURATION:PT1H|RRULE:FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1"), ["10-30 15:00/16:00"]),
    ("the 31st skips months without one", calendar("UID:a|DTSTART:20260831T090000Z|DURATION:PT1H|RRULE:FREQ=MONTHLY"), ["10-31 09:00/10:00"]),
    ("29 February is not 1 March", calendar("UID:a|DTSTART:20240229T090000Z|DURATION:PT1H|RRULE:FREQ=YEARLY"), []),
    ("week starts matter to every second week", calendar("UID:a|DTSTART:20261020T090000Z|DURATION:PT1H|RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;WKST=SU;COUNT=3"), ["10-20 09:00/10:00", "11-01 09:00/10:00", "11-03 09:00/10:00"]),
    ("an instance from before the window that reaches into it", calendar("UID:a|DTSTART:20260918T220000Z|DTEND:20260919T030000Z|RRULE:FREQ=MONTHLY"), ["10-19 00:00/03:00"]),
    ("several times a day", calendar("UID:a|DTSTART:20261020T090000Z|DURATION:PT10M|RRULE:FREQ=DAILY;COUNT=4;BYHOUR=9,15;BYMINUTE=0,30"), ["10-20 09:00/09:10", "10-20 09:30/09:40", "10-20 15:00/15:10", "10-20 15:30/15:40"]),
    ("every four hours", calendar("UID:a|DTSTART:20261020T090000Z|DURATION:PT10M|RRULE:FREQ=HOURLY;INTERVAL=4;COUNT=3"), ["10-20 09:00/09:10", "10-20 13:00/13:10", "10-20 17:00/17:10"]),
    ("a trailing semicolon and lower case", calendar("UID:a|DTSTART:20261020T090000Z|DURATION:PT10M|rrule:freq=daily;count=1;"), ["10-20 09:00/09:10"]),
]  # fmt: skip


@pytest.mark.parametrize(("what", "text", "expected"), SERIES, ids=[each[0] for each in SERIES])
def test_rule_4_series(what: str, text: bytes, expected: list[str]) -> None:
    assert times(text) == expected


NIGHT = Interval(datetime(2026, 10, 24, tzinfo=UTC), datetime(2026, 10, 26, tzinfo=UTC))
SPRING = Interval(datetime(2027, 3, 27, tzinfo=UTC), datetime(2027, 3, 29, tzinfo=UTC))

DST: list[tuple[str, Interval, bytes, list[str]]] = [
    (
        "DTEND fixes the exact length: a night shift stays eight hours long",
        NIGHT,
        calendar(f"UID:a|DTSTART;{B}:20261001T220000|DTEND;{B}:20261002T060000|RRULE:FREQ=DAILY"),
        ["10-24 00:00/04:00", "10-24 20:00/10-25 04:00", "10-25 21:00/10-26 00:00"],
    ),
    (
        "DURATION of a day is a day by the wall clock",
        NIGHT,
        calendar(f"UID:a|DTSTART;{B}:20261024T120000|DURATION:P1D"),
        ["10-24 10:00/10-25 11:00"],
    ),
    ("DURATION of 24 hours is 24 hours", NIGHT, calendar(f"UID:a|DTSTART;{B}:20261024T120000|DURATION:PT24H"), ["10-24 10:00/10-25 10:00"]),
    ("a doubled wall time is its first", NIGHT, calendar(f"UID:a|DTSTART;{B}:20261025T023000|DURATION:PT15M"), ["10-25 00:30/00:45"]),
    ("a meeting over the doubled hour", NIGHT, calendar(f"UID:a|DTSTART;{B}:20261025T013000|DTEND;{B}:20261025T033000"), ["10-24 23:30/10-25 02:30"]),
    ("a skipped wall time has the offset before the change", SPRING, calendar(f"UID:a|DTSTART;{B}:20270328T023000|DURATION:PT15M"), ["03-28 01:30/01:45"]),
    (
        "a daily meeting at the skipped time is shown that day as well",
        SPRING,
        calendar(f"UID:a|DTSTART;{B}:20270326T023000|DURATION:PT15M|RRULE:FREQ=DAILY;COUNT=4"),
        ["03-27 01:30/01:45", "03-28 01:30/01:45"],
    ),
    ("an all-day event is 25 hours long in autumn", NIGHT, calendar("UID:a|DTSTART;VALUE=DATE:20261025"), ["10-24 22:00/10-25 23:00"]),
    ("an all-day event is 23 hours long in spring", SPRING, calendar("UID:a|DTSTART;VALUE=DATE:20270328"), ["03-27 23:00/03-28 22:00"]),
]  # fmt: skip


@pytest.mark.parametrize(("what", "window", "text", "expected"), DST, ids=[each[0] for each in DST])
def test_rule_4_changes_of_clocks(what: str, window: Interval, text: bytes, expected: list[str]) -> None:
    assert times(text, window=window) == expected


def test_rule_4_the_spring_change_of_a_weekly_meeting_in_new_york() -> None:
    text = calendar("UID:a|DTSTART;TZID=America/New_York:20270307T120000|DURATION:PT1H|RRULE:FREQ=WEEKLY;COUNT=2")
    window = Interval(datetime(2027, 3, 1, tzinfo=UTC), datetime(2027, 3, 20, tzinfo=UTC))
    assert times(text, window=window) == ["03-07 17:00/18:00", "03-14 16:00/17:00"]


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=SECONDLY",
        "FREQ=SECONDLY;BYHOUR=9;BYMINUTE=0;BYSECOND=0",
        "FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;BYHOUR=" + ",".join(map(str, range(24))) + ";BYMINUTE=" + ",".join(map(str, range(60)))
        + ";BYSECOND=" + ",".join(map(str, range(60))),
        "FREQ=MINUTELY;COUNT=99999999",
    ],
)  # fmt: skip
def test_a_rule_that_repeats_too_often_is_refused_quickly(rule: str) -> None:
    with pytest.raises(Refused, match="too often"):
        times(calendar(f"UID:a|DTSTART:20260101T000000Z|DURATION:PT1S|RRULE:{rule}"))


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=31",
        "FREQ=HOURLY;BYMONTH=6;BYMONTHDAY=31",
        "FREQ=MONTHLY;BYSETPOS=300",
    ],
)
def test_a_rule_that_never_comes_true_ends(rule: str) -> None:
    assert times(calendar(f"UID:a|DTSTART:20261020T090000Z|DURATION:PT1H|RRULE:{rule}")) == ["10-20 09:00/10:00"]


def test_an_old_endless_series_costs_no_more_than_a_new_one() -> None:
    text = calendar(*(f"UID:{n}|DTSTART:19700101T090000Z|DURATION:PT1H|RRULE:FREQ=DAILY" for n in range(200)))
    assert len(times(text)) == 200 * 28


def test_a_long_series_far_in_the_future_costs_nothing() -> None:
    text = calendar("UID:a|DTSTART:99981231T090000Z|DTEND:99991231T235959Z|RRULE:FREQ=DAILY")
    assert times(text) == []


def test_an_event_without_end_in_sight_is_clipped() -> None:
    window = Interval(datetime(2026, 10, 20, tzinfo=UTC), datetime(2026, 10, 20, tzinfo=UTC) + timedelta(hours=1))
    text = calendar("UID:a|DTSTART;TZID=America/New_York:00010101T000000|DTEND;TZID=America/New_York:99991231T235959")
    assert times(text, window=window) == ["10-20 00:00/01:00"]
