"""`interlude openings`: times at which two calendars are both free, straight from two files."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import IO, Any

import click

from integrations.ical import busy_events
from mentoring.availability import busy_time
from mentoring.errors import BadInput, Refused
from mentoring.hours import DayHours, WeeklyHours, local, parse_weekdays, zone
from mentoring.intervals import Interval
from mentoring.policy import Policy
from scheduler.grid import Frame
from scheduler.openings import Timetable
from scheduler.participants import Participant, only_hours

YEARS = range(1970, 2900)
"""Beyond these, calendars and zones mean little."""


class CannotAnswer(click.ClickException):
    """One sentence on stderr and exit code 2: what was given cannot be used."""

    exit_code = 2

    def show(self, file: IO[Any] | None = None) -> None:
        click.echo(f"interlude: {self.format_message()}", file=file, err=file is None)


class OneSentence(click.Command):
    """Says what is wrong with an option in a sentence, without the usage around it."""

    def make_context(self, *args: Any, **extra: Any) -> click.Context:
        try:
            return super().make_context(*args, **extra)
        except click.UsageError as problem:
            raise CannotAnswer(problem.format_message()) from problem


@dataclass(frozen=True)
class Side:
    """One of the two: the file, and what is said about its owner."""

    person_id: int
    path: Path
    hours: WeeklyHours
    owners: frozenset[str]


@click.command(cls=OneSentence)
@click.argument("a", metavar="A.ics", type=click.Path(path_type=Path))
@click.argument("b", metavar="B.ics", type=click.Path(path_type=Path))
@click.option("--from", "first_day", required=True, metavar="DATE", help="First day, in A's zone, as 2026-11-30.")
@click.option("--days", type=click.IntRange(1, 1000), default=14, show_default=True, help="Local days in A's zone.")
@click.option("--minutes", type=click.IntRange(1), default=20, show_default=True, help="Length of the meeting.")
@click.option("--step", type=click.IntRange(1, 1440), default=5, show_default=True, help="Minutes; 0:00 UTC is on it.")
@click.option("--hours", default="09:00-17:00", show_default=True, help="Of both; 22:00-06:00 crosses midnight.")
@click.option("--hours-b", default=None, help="Of B, where they differ.")
@click.option("--weekdays", default="mon,tue,wed,thu,fri", show_default=True, help="On which the hours begin.")
@click.option("--zone-a", required=True, help="Where A works, as Europe/Berlin.")
@click.option("--zone-b", required=True, help="Where B works.")
@click.option("--owner-a", multiple=True, metavar="MAILTO", help="A's address: what it declined is free.")
@click.option("--owner-b", multiple=True, metavar="MAILTO", help="B's address.")
@click.option("--json", "as_json", is_flag=True, help="For a program.")
def openings(
    a: Path,
    b: Path,
    first_day: str,
    days: int,
    minutes: int,
    step: int,
    hours: str,
    hours_b: str | None,
    weekdays: str,
    zone_a: str,
    zone_b: str,
    owner_a: tuple[str, ...],
    owner_b: tuple[str, ...],
    as_json: bool,
) -> None:
    """Times at which the owners of two iCalendar files are both free.

    The whole meeting lies inside both people's hours, as their own clocks show them, and inside the days asked about.
    Tentative and unanswered events are busy. A file that cannot be read completely gives no answer (exit code 2).
    """
    try:
        one = Side(1, a, _weekly(zone_a, "--zone-a", hours, "--hours", weekdays), _addresses(owner_a))
        hours_of_b, flag = (hours, "--hours") if hours_b is None else (hours_b, "--hours-b")
        other = Side(2, b, _weekly(zone_b, "--zone-b", hours_of_b, flag, weekdays), _addresses(owner_b))
        frame = Frame(_window(first_day, days, zone_a), step, minutes)
        times = _times(one, other, frame)
    except BadInput as problem:
        raise CannotAnswer(str(problem)) from problem
    if as_json:
        click.echo(json.dumps([{"start": _z(each.start), "end": _z(each.end)} for each in times]))
    else:
        click.echo("\n".join(_table(times, step, zone_a, zone_b)))


def _times(one: Side, other: Side, frame: Frame) -> tuple[Interval, ...]:
    people = [_participant(side, frame.window) for side in (one, other)]
    return Timetable(people, frame, now=frame.window.start).times(one.person_id, other.person_id)


def _participant(side: Side, window: Interval) -> Participant:
    """Raises BadInput naming the file."""
    try:
        text = side.path.read_bytes()
        events = busy_events(text, window, zone=side.hours.zone, owners=side.owners, key_of=str)
    except OSError as problem:
        raise BadInput.of(str(side.path), f"cannot be opened: {problem.strerror}") from problem
    except Refused as problem:
        raise BadInput.of(str(side.path), str(problem)) from problem
    busy = busy_time(events, Policy().free_kinds)
    return Participant(side.person_id, only_hours(side.hours), busy, booked=(), covers=window)


def _weekly(zone_name: str, zone_flag: str, hours: str, hours_flag: str, weekdays: str) -> WeeklyHours:
    zone(zone_name, zone_flag)
    spans = [DayHours.parse(each, hours_flag) for each in hours.split(",")]
    return WeeklyHours.every(zone_name, spans, parse_weekdays(weekdays, "--weekdays"))


def _addresses(owners: tuple[str, ...]) -> frozenset[str]:
    return frozenset(owner.strip().lower().removeprefix("mailto:") for owner in owners)


def _window(first_day: str, days: int, zone_name: str) -> Interval:
    """From local midnight of the first day to local midnight after the last."""
    try:
        day = date.fromisoformat(first_day)
    except ValueError as problem:
        raise BadInput.of("--from", f"write a day like 2026-11-30, not {first_day!r}") from problem
    if day.year not in YEARS:
        raise BadInput.of("--from", f"must lie between {YEARS.start} and {YEARS.stop}")
    tz = zone(zone_name, "--zone-a")
    return Interval(local(day, 0, tz), local(day + timedelta(days=days), 0, tz))


def _table(times: tuple[Interval, ...], step: int, zone_a: str, zone_b: str) -> list[str]:
    """Starts that follow each other step by step are one line, from the first start to the last end."""
    if not times:
        return ["They are never both free then."]
    shown = [f"{'':17}{zone_a:24}{zone_b}"]
    for first, last, starts in _stretches(times, timedelta(minutes=step)):
        whole = Interval(first.start, last.end)
        many = "1 start" if starts == 1 else f"{starts} starts"
        day = whole.start.astimezone(zone(zone_a))
        shown.append(f"{day:%a %d %b %Y}  {_clock(whole, zone_a):24}{_clock(whole, zone_b):24}{many}")
    return shown


def _stretches(times: tuple[Interval, ...], step: timedelta) -> list[tuple[Interval, Interval, int]]:
    stretches = [(times[0], times[0], 1)]
    for time in times[1:]:
        first, last, starts = stretches[-1]
        if time.start - last.start <= step:
            stretches[-1] = first, time, starts + 1
        else:
            stretches.append((time, time, 1))
    return stretches


def _clock(whole: Interval, zone_name: str) -> str:
    tz = zone(zone_name)
    return f"{whole.start.astimezone(tz):%H:%M}–{whole.end.astimezone(tz):%H:%M}"


def _z(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
