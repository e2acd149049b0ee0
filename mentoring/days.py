"""Days on which somebody is left in peace, and the working time that is left between them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from mentoring.hours import MINUTES_A_DAY, WeeklyHours, local, zone
from mentoring.intervals import Interval, Intervals

A_DAY = timedelta(days=1)
A_LOOK = 14
"""How many days are looked through at a time for the next working moment."""

LONGEST_LOOK = 400
"""In days: longer than any pause or vacation."""


@dataclass(frozen=True, order=True)
class Days:
    """From the first day to the last, both included. Raises ValueError where it ends before it begins."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError(f"it ends before it begins: {self.first} – {self.last}")


@dataclass(frozen=True)
class QuietDays:
    """What a person set themselves: days, stretches of days such as a vacation, and weekdays (Monday is 0)."""

    stretches: tuple[Days, ...] = ()
    weekdays: frozenset[int] = frozenset()

    def between(self, first: date, last: date) -> frozenset[date]:
        """Those of the days from first to last, both included."""
        weekly = {day for day in _each(first, last) if day.weekday() in self.weekdays} if self.weekdays else set()
        return frozenset(weekly).union(
            *(_each(max(each.first, first), min(each.last, last)) for each in self.stretches)
        )


NO_QUIET_DAYS = QuietDays()


@dataclass(frozen=True)
class Closed:
    """A person's own local dates on which no meeting is placed and no message leaves: as far as anybody asks."""

    holidays: frozenset[date] = frozenset()
    quiet: frozenset[date] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.holidays or self.quiet)

    def time(self, zone_name: str, window: Interval) -> Intervals:
        """What these days take of the window, by the wall clock of that zone."""
        return whole_days(self.holidays | self.quiet, zone_name, window)


OPEN_ALWAYS = Closed()


def whole_days(days: frozenset[date], zone_name: str, window: Interval) -> Intervals:
    """Those days' part of the window: each from its midnight to the next, be it 23 hours, 24 or 25."""
    if not days:
        return Intervals()
    tz = zone(zone_name)
    first, last = window.start.astimezone(tz).date() - A_DAY, window.end.astimezone(tz).date() + A_DAY
    spans = []
    for day in _each(first, last):
        begins, ends = local(day, 0, tz), local(day + A_DAY, 0, tz)
        if day in days and begins < ends:
            spans.append(Interval(begins, ends))
    return Intervals.of(spans).clipped(window)


@dataclass(frozen=True)
class WorkingTime:
    """Somebody's hours, less the days on which they are left in peace."""

    hours: WeeklyHours
    closed: Closed = OPEN_ALWAYS

    def within(self, window: Interval) -> Intervals:
        """The working time inside the window."""
        return self.hours.within(window) - self.closed.time(self.hours.zone, window)

    def open_at(self, moment: datetime) -> bool:
        """Whether the person works at that moment."""
        return bool(self.within(Interval.lasting(moment, 1)))

    def next_open(self, moment: datetime, days: int = LONGEST_LOOK) -> datetime | None:
        """The first working moment at or after that one, or None within so many days."""
        for looked in range(0, days, A_LOOK):
            since = moment + timedelta(days=looked)
            working = self.within(Interval.lasting(since, min(A_LOOK, days - looked) * MINUTES_A_DAY))
            if working:
                return working.spans[0].start
        return None

    def hours_later(self, moment: datetime, working_hours: float, days: int = 60) -> datetime:
        """The moment after which that many of this person's working hours have passed since the given one."""
        left = timedelta(hours=working_hours)
        for span in self.within(Interval.lasting(moment, days * MINUTES_A_DAY)):
            if span.end - span.start >= left:
                return span.start + left
            left -= span.end - span.start
        return moment + timedelta(days=days)


def _each(first: date, last: date) -> list[date]:
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]
