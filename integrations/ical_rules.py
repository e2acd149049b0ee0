"""Recurrence rules (RFC 5545 section 3.3.10), on wall-clock time, bounded.

Each period of the rule's frequency gives a set of candidates; BYSETPOS picks from it. A rule without COUNT starts near
the window instead of at its own beginning, and every step draws on a budget, so that no rule keeps a worker busy.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import product

from mentoring.errors import Refused

FREQUENCIES = ("YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY", "MINUTELY", "SECONDLY")
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_STEP = {
    "WEEKLY": timedelta(weeks=1),
    "DAILY": timedelta(days=1),
    "HOURLY": timedelta(hours=1),
    "MINUTELY": timedelta(minutes=1),
    "SECONDLY": timedelta(seconds=1),
}
_RANGES = {
    "BYSECOND": (0, 60),
    "BYMINUTE": (0, 59),
    "BYHOUR": (0, 23),
    "BYMONTH": (1, 12),
    "BYMONTHDAY": (-31, 31),
    "BYYEARDAY": (-366, 366),
    "BYWEEKNO": (-53, 53),
    "BYSETPOS": (-366, 366),
}
_SIGNED = frozenset({"BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYSETPOS"})
_BYDAY = re.compile(r"([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)")
_KNOWN = frozenset({*_RANGES, "FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYDAY", "RSCALE", "SKIP"})


@dataclass
class Budget:
    """How many steps one calendar's recurrences may take in all."""

    steps: int = 100_000

    @classmethod
    def for_events(cls, events: int) -> Budget:
        return cls(100_000 + 500 * events)

    def spend(self, steps: int = 1) -> None:
        """Raises Refused when it is used up."""
        self.steps -= steps
        if self.steps < 0:
            raise Refused("the calendar repeats an event too often to be read (RRULE)")


@dataclass(frozen=True)
class Rule:
    """A parsed RRULE. until is left as text: what it means depends on the DTSTART it stands beside."""

    freq: str
    interval: int = 1
    count: int | None = None
    until: str = ""
    week_start: int = 0
    by: dict[str, frozenset[int]] = field(default_factory=dict)
    weekdays: tuple[tuple[int, int], ...] = ()
    """(n, weekday): the n-th of its month or year, or any of them for n = 0."""

    @classmethod
    def parse(cls, text: str) -> Rule:
        """Raises ValueError for a part that is unknown or out of range."""
        parts = _parts(text)
        freq = parts["FREQ"]
        if freq not in FREQUENCIES or ("COUNT" in parts and "UNTIL" in parts):
            raise ValueError("FREQ or COUNT")
        return cls(
            freq=freq,
            interval=_positive(parts.get("INTERVAL", "1")),
            count=_positive(parts["COUNT"]) if "COUNT" in parts else None,
            until=parts.get("UNTIL", ""),
            week_start=WEEKDAYS.index(parts.get("WKST", "MO")),
            by={name: _numbers(name, parts[name]) for name in _RANGES if name in parts},
            weekdays=_weekdays(parts.get("BYDAY", "")),
        )


def _parts(text: str) -> dict[str, str]:
    parts: dict[str, str] = {}
    for part in text.strip().upper().rstrip(";").split(";"):
        key, equals, value = (piece.strip() for piece in part.partition("="))
        if not equals or not value or key in parts or (key not in _KNOWN and not key.startswith("X-")):
            raise ValueError(key)
        parts[key] = value
    if "FREQ" not in parts or parts.get("RSCALE", "GREGORIAN") != "GREGORIAN" or parts.get("SKIP", "OMIT") != "OMIT":
        raise ValueError("FREQ, RSCALE or SKIP")
    return parts


def _positive(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or int(text) < 1:
        raise ValueError(text)
    return int(text)


def _numbers(name: str, text: str) -> frozenset[int]:
    least, most = _RANGES[name]
    numbers = frozenset(int(word) for word in text.split(","))
    if any(not least <= number <= most or (number == 0 and name in _SIGNED) for number in numbers):
        raise ValueError(name)
    return numbers


def _weekdays(text: str) -> tuple[tuple[int, int], ...]:
    found = []
    for word in filter(None, text.split(",")):
        match = _BYDAY.fullmatch(word.strip())
        if match is None:
            raise ValueError("BYDAY")
        found.append((int(match.group(1) or 0), WEEKDAYS.index(match.group(2))))
    return tuple(found)


def starts(rule: Rule, first: datetime, after: datetime, before: datetime, budget: Budget) -> Iterator[datetime]:
    """The wall-clock starts that the rule gives from `first` on, ascending, at least all those in [after, before).

    first: DTSTART's wall time, naive. UNTIL is left to the caller. Raises Refused when the budget is used up.
    """
    given = 0
    for candidates in _periods(_Series(rule, first), after, before, budget):
        for candidate in candidates:
            if candidate >= before:
                return
            if candidate < first:
                continue
            given += 1
            if rule.count is not None and given > rule.count:
                return
            yield candidate


def _periods(series: _Series, after: datetime, before: datetime, budget: Budget) -> Iterator[list[datetime]]:
    number = series.number_before(after) if series.rule.count is None else 0
    while True:
        begins = series.begins(number)
        # A week's period may begin before the window ends though its first candidate does not: compare its beginning.
        if begins is None or begins >= before:
            return
        candidates = series.candidates(begins)
        budget.spend(series.effort + len(candidates))
        yield candidates
        number += 1


class _Series:
    """A rule at its DTSTART: what the rule leaves unsaid is taken from there."""

    def __init__(self, rule: Rule, first: datetime) -> None:
        self.rule, self.first = rule, first
        self.weekdays, self.by = rule.weekdays, dict(rule.by)
        self._day_defaults()
        self.times = self._times()
        self.effort = 4 * len(self.by.get("BYMONTH", range(12))) if rule.freq == "YEARLY" else 1
        """What looking at one period costs, in steps: a year has many days."""
        self.nth_in_year = rule.freq == "YEARLY" and "BYMONTH" not in rule.by

    def _day_defaults(self) -> None:
        if self.weekdays or self.by.keys() & {"BYMONTHDAY", "BYYEARDAY"}:
            return
        if "BYWEEKNO" in self.by or self.rule.freq == "WEEKLY":
            self.weekdays = ((0, self.first.weekday()),)
        elif self.rule.freq in {"YEARLY", "MONTHLY"}:
            self.by["BYMONTHDAY"] = frozenset({self.first.day})
            if self.rule.freq == "YEARLY":
                self.by.setdefault("BYMONTH", frozenset({self.first.month}))

    def _times(self) -> list[time]:
        """The times of day of one period, for frequencies of a day and more."""
        hours, minutes, seconds = (
            sorted(self.by.get(name, {default}))
            for name, default in (
                ("BYHOUR", self.first.hour),
                ("BYMINUTE", self.first.minute),
                ("BYSECOND", self.first.second),
            )
        )
        return [time(hour, minute, min(second, 59)) for hour, minute, second in product(hours, minutes, seconds)]

    def number_before(self, after: datetime) -> int:
        """A period's number that begins at or before that moment, close to it, and is not negative."""
        rule, first = self.rule, self.first
        if rule.freq == "YEARLY":
            passed = after.year - first.year
        elif rule.freq == "MONTHLY":
            passed = (after.year - first.year) * 12 + after.month - first.month
        else:
            passed = (after - first) // _STEP[rule.freq]
        return max(0, passed // rule.interval - 1)

    def begins(self, number: int) -> datetime | None:
        """When the period of that number begins, or None past the end of the calendar."""
        rule, steps = self.rule, number * self.rule.interval
        midnight = datetime.combine(self.first, time())
        try:
            if rule.freq == "YEARLY":
                return datetime(self.first.year + steps, 1, 1)  # noqa: DTZ001 -- wall time, its zone is applied later
            if rule.freq == "MONTHLY":
                year, month = divmod(self.first.year * 12 + self.first.month - 1 + steps, 12)
                return datetime(year, month + 1, 1)  # noqa: DTZ001 -- the same
            if rule.freq == "WEEKLY":
                return midnight - timedelta(days=(self.first.weekday() - rule.week_start) % 7) + steps * _STEP["WEEKLY"]
            return (midnight if rule.freq == "DAILY" else self.first) + steps * _STEP[rule.freq]
        except (ValueError, OverflowError):
            return None

    def candidates(self, begins: datetime) -> list[datetime]:
        if self.rule.freq in {"HOURLY", "MINUTELY", "SECONDLY"}:
            found = self._within_a_day(begins)
        else:
            days = [day for day in self._days(begins.date()) if self._suits(day)]
            found = [datetime.combine(day, at) for day in days for at in self.times]
        return self._picked(found)

    def _days(self, begins: date) -> Iterator[date]:
        if self.rule.freq == "YEARLY":
            for month in sorted(self.by.get("BYMONTH", range(1, 13))):
                yield from _days_of(begins.year, month)
        elif self.rule.freq == "MONTHLY":
            yield from _days_of(begins.year, begins.month)
        else:
            for number in range(7 if self.rule.freq == "WEEKLY" else 1):
                if begins.toordinal() + number <= date.max.toordinal():
                    yield begins + timedelta(days=number)

    def _within_a_day(self, at: datetime) -> list[datetime]:
        freq, by = self.rule.freq, self.by
        if not self._suits(at.date()) or at.hour not in by.get("BYHOUR", {at.hour}):
            return []
        if freq == "HOURLY":
            minutes, seconds = by.get("BYMINUTE", {at.minute}), by.get("BYSECOND", {at.second})
            return sorted(at.replace(minute=m, second=min(s, 59)) for m in minutes for s in seconds)
        if at.minute not in by.get("BYMINUTE", {at.minute}):
            return []
        if freq == "MINUTELY":
            return sorted(at.replace(second=min(second, 59)) for second in by.get("BYSECOND", {at.second}))
        return [at] if at.second in by.get("BYSECOND", {at.second}) else []

    def _picked(self, found: list[datetime]) -> list[datetime]:
        positions = self.by.get("BYSETPOS")
        if positions is None:
            return found
        last = len(found)
        indices = {position - 1 if position > 0 else last + position for position in positions}
        return [found[index] for index in sorted(indices) if 0 <= index < last]

    def _suits(self, day: date) -> bool:
        by = self.by
        return (
            ("BYMONTH" not in by or day.month in by["BYMONTH"])
            and ("BYMONTHDAY" not in by or _either_end(by["BYMONTHDAY"], day.day, _month_length(day)))
            and (not self.weekdays or self._weekday_suits(day))
            and ("BYYEARDAY" not in by or _either_end(by["BYYEARDAY"], day.timetuple().tm_yday, _year_length(day)))
            and ("BYWEEKNO" not in by or _either_end(by["BYWEEKNO"], *_week_number(day, self.rule.week_start)))
        )

    def _weekday_suits(self, day: date) -> bool:
        weekday = day.weekday()
        for n, wanted in self.weekdays:
            if wanted == weekday and (n == 0 or self.rule.freq not in {"YEARLY", "MONTHLY"} or self._is_nth(n, day)):
                return True
        return False

    def _is_nth(self, n: int, day: date) -> bool:
        at, length = (day.timetuple().tm_yday, _year_length(day)) if self.nth_in_year else (day.day, _month_length(day))
        return (at - 1) // 7 + 1 == n if n > 0 else (length - at) // 7 + 1 == -n


def _days_of(year: int, month: int) -> Iterator[date]:
    for day in range(1, calendar.monthrange(year, month)[1] + 1):
        yield date(year, month, day)


def _month_length(day: date) -> int:
    return calendar.monthrange(day.year, day.month)[1]


def _year_length(day: date) -> int:
    return 366 if calendar.isleap(day.year) else 365


def _either_end(numbers: frozenset[int], at: int, length: int) -> bool:
    """Whether the set names that place, counted from the beginning or, negative, from the end."""
    return at in numbers or at - length - 1 in numbers


def _week_number(day: date, week_start: int) -> tuple[int, int]:
    """The week's number in its year, and how many weeks that year has; week 1 is the first with four days in it."""
    week = day.toordinal() - (day.weekday() - week_start) % 7
    year = date.fromordinal(min(max(week + 3, 1), date.max.toordinal())).year
    first, following = _first_week(year, week_start), _first_week(year + 1, week_start)
    return (week - first) // 7 + 1, (following - first) // 7


def _first_week(year: int, week_start: int) -> int:
    fourth = date(min(year, 9999), 1, 4)
    return fourth.toordinal() - (fourth.weekday() - week_start) % 7
