"""Caps on what Interlude books for a person: by local date of the start, ISO week and month, in their own zone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from mentoring.hours import zone
from mentoring.intervals import Interval
from mentoring.people import Limits
from scheduler.clocks import clock, local_day, month_of, week_of
from scheduler.grid import Frame
from scheduler.participants import Participant

CAPS = ("day", "week", "month")

Periods = tuple[tuple[str, int], ...]
"""The day, the ISO week and the month that a moment lies in, each as a number."""


class Tally:
    """How many meetings a person has on each local day, in each ISO week and in each month."""

    def __init__(self, limits: Limits, booked: Iterable[Interval] = ()) -> None:
        self.zone = zone(limits.zone)
        self.most = {"day": limits.per_day, "week": limits.per_week, "month": limits.per_month}
        self.held: Counter[tuple[str, int]] = Counter()
        for interval in booked:
            self.add(interval)

    def add(self, interval: Interval, by: int = 1) -> None:
        """Counts one more, or with by=-1 one less."""
        for period in self.periods(interval):
            self.held[period] += by

    def periods(self, interval: Interval) -> Periods:
        """The day, the week and the month that a meeting then would count for."""
        return _periods_at(interval.start, self.zone)

    def reached(self, interval: Interval) -> tuple[str, ...]:
        """Which caps forbid one more meeting then: "day", "week", "month"."""
        return self._reached(self.periods(interval))

    def reached_on(self, day: date) -> tuple[str, ...]:
        """Which caps forbid one more meeting that begins on that local day."""
        return self._reached(_periods(day))

    def room(self, intervals: Iterable[Interval]) -> int:
        """How many more meetings the caps allow at most, if each is at one of these times."""
        open_periods = {period for interval in intervals for period in self.periods(interval)}
        left = Counter(dict.fromkeys(CAPS, 0))
        for cap, number in open_periods:
            left[cap] += max(0, self.most[cap] - self.held[cap, number])
        return min(left.values())

    def full(self, cap: str) -> list[int]:
        """The days, weeks or months in which no further meeting is allowed, among those that hold any."""
        return [number for (each, number), held in self.held.items() if each == cap and held >= self.most[cap]]

    def _reached(self, periods: Periods) -> tuple[str, ...]:
        return tuple(cap for cap, number in periods if self.held.get((cap, number), 0) >= self.most[cap])


def starts_beyond_caps(person: Participant, frame: Frame) -> NDArray[np.bool_] | None:
    """For every bit whether a cap forbids a meeting then, shape (count,); None where no cap can bite."""
    tally = Tally(person.limits, person.booked)
    if min(tally.most.values()) <= 0:
        return np.ones(frame.count, dtype=np.bool_)
    full = [(cap, number) for cap in CAPS for number in tally.full(cap)]
    if not full:
        return None
    shown = clock(person.limits.zone, frame)
    numbers = {"day": shown.day, "week": shown.week, "month": shown.month}
    beyond = np.zeros(frame.count, dtype=np.bool_)
    for cap, number in full:
        beyond |= numbers[cap] == number
    return beyond


@lru_cache(maxsize=100_000)
def _periods_at(moment: datetime, tz: ZoneInfo) -> Periods:
    return _periods(local_day(moment, tz))


def _periods(day: date) -> Periods:
    return (("day", day.toordinal()), ("week", week_of(day)), ("month", month_of(day)))
