"""When a person works, in their own zone's wall time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from mentoring.errors import BadInput
from mentoring.intervals import Interval, Intervals

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MINUTES_A_DAY = 24 * 60


def zone(name: str, name_of_field: str = "zone") -> ZoneInfo:
    """The IANA zone of that name. Raises BadInput naming the field for an unknown one: it is never taken as UTC."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as problem:
        raise BadInput.of(name_of_field, f"there is no time zone called {name!r}") from problem


@dataclass(frozen=True, order=True)
class DayHours:
    """Minutes after local midnight, half-open. end <= start means the hours cross midnight into the next day.

    The weekday they belong to is the one they start on. (0, 1440) is the whole day. Raises ValueError out of range.
    """

    start: int
    end: int

    def __post_init__(self) -> None:
        if not (0 <= self.start < MINUTES_A_DAY and 0 <= self.end <= MINUTES_A_DAY):
            raise ValueError(f"hours must lie between 00:00 and 24:00, not {self.start}–{self.end} minutes")

    @classmethod
    def parse(cls, text: str, name_of_field: str = "hours") -> DayHours:
        """Reads "09:00-17:30"; "22:00-06:00" crosses midnight. Raises BadInput."""
        try:
            start, end = (_minute(part) for part in text.split("-"))
            if start == end:
                raise ValueError
            return cls(start, end)
        except ValueError as problem:
            message = f"write hours like 09:00-17:00, not {text!r}"
            raise BadInput.of(name_of_field, message) from problem

    def __str__(self) -> str:
        return f"{self.start // 60:02}:{self.start % 60:02}-{self.end // 60:02}:{self.end % 60:02}"


def _minute(text: str) -> int:
    hour, minute = (int(part) for part in text.strip().split(":"))
    if not (0 <= minute < 60 and 0 <= hour <= 24 and hour * 60 + minute <= MINUTES_A_DAY):
        raise ValueError(text)
    return hour * 60 + minute


def parse_weekdays(text: str, name_of_field: str = "weekdays") -> frozenset[int]:
    """Reads "mon,tue,fri" as {0, 1, 4} (Monday is 0). Raises BadInput naming the word it does not know."""
    days = set()
    for word in text.lower().split(","):
        if word.strip() not in WEEKDAYS:
            message = f"{word.strip()!r} is not a weekday; use {','.join(WEEKDAYS)}"
            raise BadInput.of(name_of_field, message)
        days.add(WEEKDAYS.index(word.strip()))
    return frozenset(days)


def local(day: date, minute: int, tz: ZoneInfo) -> datetime:
    """The UTC moment at which the wall clock of tz shows that minute of that day.

    A wall time that a DST change skips is read with the offset before the change; one that happens twice is its
    first (PEP 495, fold=0).
    """
    naive = datetime.combine(day, time()) + timedelta(minutes=minute)
    return naive.replace(tzinfo=tz).astimezone(UTC)


@dataclass(frozen=True)
class WeeklyHours:
    """Hours for each weekday (Monday is 0); a day left out has none. Hashable: people who share hours share work."""

    zone: str
    days: tuple[tuple[DayHours, ...], ...] = field(default=((),) * 7)

    def __post_init__(self) -> None:
        zone(self.zone)
        if len(self.days) != 7:
            raise ValueError("weekly hours have seven days")

    @classmethod
    def every(cls, zone_name: str, hours: Iterable[DayHours], weekdays: Iterable[int] = range(5)) -> WeeklyHours:
        """The same hours on each of those weekdays."""
        same, chosen = tuple(hours), frozenset(weekdays)
        return cls(zone_name, tuple(same if day in chosen else () for day in range(7)))

    def within(self, window: Interval) -> Intervals:
        """The working time inside the window, as a person's wall clock shows it across DST changes."""
        tz = zone(self.zone)
        day = window.start.astimezone(tz).date() - timedelta(days=2)
        last = window.end.astimezone(tz).date() + timedelta(days=1)
        spans: list[Interval] = []
        while day <= last:
            for hours in self.days[day.weekday()]:
                end = hours.end if hours.end > hours.start else hours.end + MINUTES_A_DAY
                begins, ends = local(day, hours.start, tz), local(day, end, tz)
                if begins < ends:
                    spans.append(Interval(begins, ends))
            day += timedelta(days=1)
        return Intervals.of(spans).clipped(window)

    def open_at(self, moment: datetime) -> bool:
        """Whether the person works at that moment."""
        return bool(self.within(Interval.lasting(moment, 1)))
