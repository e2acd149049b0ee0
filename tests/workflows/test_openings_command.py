"""`interlude openings A.ics B.ics` gives exactly the starts that plain code finds, or a sentence and exit code 2."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mentoring.hours import DayHours, WeeklyHours, local
from mentoring.intervals import Interval, Intervals
from scheduler.participants import Participant, only_hours
from tests.reference.openings_plain import Question, openings_plain
from workflows.commands.openings import openings

BERLIN_AND_NEW_YORK = ("--zone-a", "Europe/Berlin", "--zone-b", "America/New_York")
MONDAY = ("--from", "2026-11-30", "--days", "1")


def calendar(*events: str, head: str = "") -> str:
    """An iCalendar file of those events, each given by its property lines."""
    bodies = [f"BEGIN:VEVENT\nUID:{number}@example.org\n{lines}\nEND:VEVENT" for number, lines in enumerate(events)]
    parts = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Example//EN", *([head] if head else []), *bodies]
    return "\r\n".join("\n".join([*parts, "END:VCALENDAR", ""]).split("\n"))


def event(start: str, end: str, *more: str) -> str:
    return "\n".join([f"DTSTART{start}", f"DTEND{end}", "DTSTAMP:20261101T000000Z", *more])


def ask(folder: Path, a: str, b: str, *options: str) -> Result:
    paths = folder / "a.ics", folder / "b.ics"
    for path, text in zip(paths, (a, b), strict=True):
        path.write_bytes(text.encode())
    return CliRunner().invoke(openings, [*map(str, paths), *options])


def starts(folder: Path, a: str, b: str, *options: str) -> list[str]:
    """The wall times in UTC at which meetings may begin."""
    result = ask(folder, a, b, *options, "--json")
    assert result.exit_code == 0, result.stderr
    return [each["start"][11:16] for each in json.loads(result.stdout)]


def test_the_answer_has_the_promised_form(tmp_path: Path) -> None:
    result = ask(tmp_path, calendar(), calendar(), *MONDAY, *BERLIN_AND_NEW_YORK, "--step", "60", "--json")
    expected = [
        {"start": "2026-11-30T14:00:00Z", "end": "2026-11-30T14:20:00Z"},
        {"start": "2026-11-30T15:00:00Z", "end": "2026-11-30T15:20:00Z"},
    ]
    assert json.loads(result.stdout) == expected


TWO_TO_FOUR = "14:00 14:15 14:30 14:45 15:00 15:15 15:30"


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (event(":20261130T143000Z", ":20261130T150000Z"), "14:00 15:00 15:15 15:30"),
        (event(";TZID=Europe/Berlin:20261130T153000", ";TZID=Europe/Berlin:20261130T160000"),
         "14:00 15:00 15:15 15:30"),
        (event(";TZID=Eastern Standard Time:20261130T093000", ";TZID=Eastern Standard Time:20261130T100000"),
         "14:00 15:00 15:15 15:30"),
        (event(":20261130T143000Z", ":20261130T150000Z", "TRANSP:TRANSPARENT"), TWO_TO_FOUR),
        (event(":20261130T143000Z", ":20261130T150000Z", "STATUS:CANCELLED"), TWO_TO_FOUR),
        (event(":20261130T143000Z", ":20261130T150000Z", "STATUS:TENTATIVE"), "14:00 15:00 15:15 15:30"),
        (event(":20261130T143000Z", ":20261130T143000Z"), TWO_TO_FOUR),
        (event(":20261130T143500Z", ":20261130T143501Z"), "14:00 14:15 14:45 15:00 15:15 15:30"),
        (event(";VALUE=DATE:20261130", ";VALUE=DATE:20261201"), ""),
        (event(";VALUE=DATE:20261128", ";VALUE=DATE:20261130"), TWO_TO_FOUR),
        (event(":20261127T100000Z", ":20261130T151000Z"), "15:15 15:30"),
        (event(":20261126T150000Z", ":20261126T151000Z", "RRULE:FREQ=DAILY;COUNT=5"), "14:00 14:15 14:30 15:15 15:30"),
    ],
)  # fmt: skip
def test_what_is_busy_blocks(tmp_path: Path, lines: str, expected: str) -> None:
    asked = (*MONDAY, *BERLIN_AND_NEW_YORK, "--step", "15")
    assert starts(tmp_path, calendar(lines), calendar(), *asked) == expected.split()


def test_declined_events_are_free_for_the_owner_who_is_named(tmp_path: Path) -> None:
    declined = event(":20261130T143000Z", ":20261130T150000Z", "ATTENDEE;PARTSTAT=DECLINED:mailto:ada@example.org")
    asked = (*MONDAY, *BERLIN_AND_NEW_YORK, "--step", "15")
    assert "14:30" not in starts(tmp_path, calendar(declined), calendar(), *asked)
    assert "14:30" in starts(tmp_path, calendar(declined), calendar(), *asked, "--owner-a", "MAILTO:Ada@example.org")
    assert "14:30" in starts(tmp_path, calendar(), calendar(declined), *asked, "--owner-b", "ada@example.org")
    assert "14:30" not in starts(tmp_path, calendar(), calendar(declined), *asked, "--owner-a", "ada@example.org")


def test_all_day_lies_in_the_calendars_zone_else_in_its_owners(tmp_path: Path) -> None:
    """Monday in Auckland is over at 11:00 UTC; Monday in New York lasts as long as its hours."""
    all_day = event(";VALUE=DATE:20261130", ";VALUE=DATE:20261201")
    asked = (*MONDAY, *BERLIN_AND_NEW_YORK, "--step", "60")
    assert starts(tmp_path, calendar(), calendar(all_day), *asked) == []
    in_auckland = calendar(all_day, head="X-WR-TIMEZONE:Pacific/Auckland")
    assert starts(tmp_path, calendar(), in_auckland, *asked) == ["14:00", "15:00"]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (("--minutes", "25", "--step", "10", "--hours", "15:00-16:00"), "14:00 14:10 14:20 14:30"),
        (("--minutes", "60", "--hours", "15:00-16:00"), "14:00"),
        (("--minutes", "61", "--hours", "15:00-16:00"), ""),
        (("--step", "1440", "--hours", "00:00-24:00"), "00:00"),
        (("--step", "720", "--hours", "22:00-06:00", "--weekdays", "sun"), "00:00"),
        (("--step", "720", "--hours", "22:00-06:00", "--weekdays", "mon"), ""),
        (("--step", "60", "--hours", "09:00-11:00", "--hours-b", "03:00-12:00"), "08:00 09:00"),
        (("--step", "30", "--hours", "09:00-09:30,09:30-10:00", "--minutes", "60"), "08:00"),
        (("--weekdays", "tue", "--hours", "00:00-24:00"), ""),
    ],
)  # fmt: skip
def test_hours_weekdays_step_and_length(tmp_path: Path, options: tuple[str, ...], expected: str) -> None:
    zones = ("--zone-a", "Europe/Berlin", "--zone-b", "Europe/Berlin")
    assert starts(tmp_path, calendar(), calendar(), *MONDAY, *zones, *options) == expected.split()


@pytest.mark.parametrize(
    ("day", "zone", "hours_of_that_day"),
    [
        ("2026-03-29", "Europe/Berlin", 23),
        ("2026-10-25", "Europe/Berlin", 25),
        ("2026-04-05", "Australia/Lord_Howe", 24),  # half an hour longer
        ("2018-11-04", "America/Sao_Paulo", 23),  # it begins at 01:00
        ("2018-02-17", "America/Sao_Paulo", 25),  # its last hour comes twice
    ],
)
def test_a_day_of_changing_clocks_is_as_long_as_it_is(
    tmp_path: Path, day: str, zone: str, hours_of_that_day: int
) -> None:
    options = ("--from", day, "--days", "1", "--zone-a", zone, "--zone-b", zone, "--minutes", "60", "--step", "60")
    every_day = ("--weekdays", "mon,tue,wed,thu,fri,sat,sun", "--hours", "00:00-24:00")
    assert len(starts(tmp_path, calendar(), calendar(), *options, *every_day)) == hours_of_that_day


@pytest.mark.parametrize(
    ("a", "options", "word"),
    [
        ("not a calendar", MONDAY, "a.ics"),
        (calendar(event(";TZID=Mars/Base:20261130T100000", ";TZID=Mars/Base:20261130T110000")), MONDAY, "a.ics"),
        (calendar(event(":20261130T250000Z", ":20261130T260000Z")), MONDAY, "a.ics"),
        (calendar(), ("--from", "2026-02-30"), "--from"),
        (calendar(), (*MONDAY, "--hours", "nine to five"), "--hours"),
        (calendar(), (*MONDAY, "--hours-b", "17:00-25:00"), "--hours-b"),
        (calendar(), (*MONDAY, "--weekdays", "mon,someday"), "--weekdays"),
        (calendar(), (*MONDAY, "--step", "0"), "--step"),
        (calendar(), (*MONDAY, "--minutes", "x"), "--minutes"),
        (calendar(), (*MONDAY, "--zone-b", "Berlin"), "--zone-b"),
        (calendar(), (), "--from"),
    ],
)
def test_what_cannot_be_used_is_one_sentence_and_exit_code_2(
    tmp_path: Path, a: str, options: tuple[str, ...], word: str
) -> None:
    result = ask(tmp_path, a, calendar(), *BERLIN_AND_NEW_YORK, *options, "--json")
    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (2, "", 1)
    assert word in result.stderr


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    missing = str(tmp_path / "gone.ics")
    result = CliRunner().invoke(openings, [missing, missing, *MONDAY, *BERLIN_AND_NEW_YORK])
    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)
    assert "gone.ics" in result.stderr


def test_for_a_reader_starts_in_a_row_are_one_line(tmp_path: Path) -> None:
    coffee = event(":20261130T143000Z", ":20261130T150000Z")
    result = ask(tmp_path, calendar(coffee), calendar(), *MONDAY, *BERLIN_AND_NEW_YORK)
    assert result.stdout.splitlines()[1:] == [
        "Mon 30 Nov 2026  15:00–15:30             09:00–09:30             3 starts",
        "Mon 30 Nov 2026  16:00–17:00             10:00–11:00             9 starts",
    ]


@dataclass(frozen=True)
class Told:
    """Two people as the command is told of them, and the same as the reference takes them."""

    files: tuple[str, str]
    options: tuple[str, ...]
    people: tuple[Participant, Participant]
    question: Question


ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Chatham",
         "Europe/London", "America/Sao_Paulo")  # fmt: skip
DAYS = (
    date(2026, 3, 27),
    date(2026, 10, 23),
    date(2026, 10, 30),
    date(2026, 4, 3),
    date(2018, 11, 2),
    date(2026, 7, 6),
)


@st.composite
def written_events(draw: st.DrawFn, first: date, zone: str) -> tuple[str, Interval | None]:
    """An event as an iCalendar file has it, and when it is busy."""
    tz = ZoneInfo(zone)
    day = first + timedelta(days=draw(st.integers(-1, 5)))
    if draw(st.integers(0, 5)) == 0:
        until = day + timedelta(days=draw(st.integers(1, 3)))
        lines = event(f";VALUE=DATE:{day:%Y%m%d}", f";VALUE=DATE:{until:%Y%m%d}")
        return lines, Interval(local(day, 0, tz), local(until, 0, tz))
    start = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(seconds=draw(st.integers(0, 288)) * 300)
    start += timedelta(seconds=draw(st.sampled_from((0, 0, 0, 1, 59, 150))))
    end = start + timedelta(seconds=draw(st.sampled_from((0, 1, 300, 1500, 1800, 3600, 5400, 40_000, 100_000))))
    lines = event(f":{start:%Y%m%dT%H%M%SZ}", f":{end:%Y%m%dT%H%M%SZ}")
    if draw(st.integers(0, 4)) == 0:
        return lines + "\nTRANSP:TRANSPARENT", None
    return lines, Interval(start, end) if start < end else None


@st.composite
def told(draw: st.DrawFn) -> Told:
    first, days = draw(st.sampled_from(DAYS)), draw(st.integers(1, 5))
    zones = draw(st.sampled_from(ZONES)), draw(st.sampled_from(ZONES))
    written = [draw(st.lists(written_events(first, zone), max_size=8)) for zone in zones]
    spans = st.sampled_from(("09:00-17:00", "00:00-24:00", "22:00-06:00", "17:30-09:15", "01:30-02:45", "00:00-12:00"))
    hours, weekdays = (
        (draw(spans), draw(spans)),
        draw(st.sampled_from(("mon,tue,wed,thu,fri,sat,sun", "fri,sun", "mon,sat"))),
    )
    minutes, step = draw(st.sampled_from((20, 25, 5, 60, 7, 240))), draw(st.sampled_from((5, 10, 15, 30, 60, 7)))
    window = Interval(*(local(first + timedelta(days=each), 0, ZoneInfo(zones[0])) for each in (0, days)))
    chosen = [("mon", "tue", "wed", "thu", "fri", "sat", "sun").index(word) for word in weekdays.split(",")]
    people = [
        Participant(
            number,
            only_hours(WeeklyHours.every(zones[number], (DayHours.parse(hours[number]),), chosen)),
            Intervals.of(busy for _, busy in written[number] if busy),
            (),
            window,
        )
        for number in (0, 1)
    ]
    options = ("--from", str(first), "--days", str(days), "--minutes", str(minutes), "--step", str(step))
    options += (
        "--hours",
        hours[0],
        "--hours-b",
        hours[1],
        "--weekdays",
        weekdays,
        "--zone-a",
        zones[0],
        "--zone-b",
        zones[1],
    )
    a, b = (calendar(*(lines for lines, _ in each)) for each in written)
    return Told((a, b), options, (people[0], people[1]), Question(window, step, minutes, window.start))


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(told())
def test_the_answer_is_what_plain_code_finds(tmp_path_factory: pytest.TempPathFactory, asked: Told) -> None:
    result = ask(tmp_path_factory.mktemp("calendars"), *asked.files, *asked.options, "--json")
    assert result.exit_code == 0, result.stderr
    session = timedelta(minutes=asked.question.session_minutes)
    assert json.loads(result.stdout) == [
        {"start": f"{start:%Y-%m-%dT%H:%M:%SZ}", "end": f"{start + session:%Y-%m-%dT%H:%M:%SZ}"}
        for start in openings_plain(*asked.people, asked.question)
    ]
