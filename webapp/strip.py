"""The time strip: the hours around a meeting on both people's clocks, drawn as one ruler with two scales."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from mentoring.hours import zone as tz
from mentoring.intervals import Interval
from mentoring.times_in_words import full_hour

HOURS = 5


@dataclass(frozen=True)
class Tick:
    """at: percent of the width. theirs is empty where both clocks show the same."""

    at: float
    mine: str
    theirs: str


@dataclass(frozen=True)
class Strip:
    """start and width of the meeting, in percent of the strip; a tick at each of the reader's full hours."""

    start: float
    width: float
    ticks: tuple[Tick, ...]
    two_clocks: bool


def strip(interval: Interval, mine: str, theirs: str, twelve_hour: bool = False) -> Strip:
    """The meeting in the middle of HOURS hours."""
    around = timedelta(hours=HOURS)
    begins = interval.start - (around - (interval.end - interval.start)) / 2
    two_clocks = _differ(interval, mine, theirs)
    hour = begins.astimezone(tz(mine)).replace(minute=0, second=0, microsecond=0).astimezone(tz("UTC"))
    ticks = []
    while (hour := hour + timedelta(hours=1)) < begins + around:
        other = full_hour(hour, theirs, twelve_hour) if two_clocks else ""
        ticks.append(Tick(_percent(hour - begins), full_hour(hour, mine, twelve_hour), other))
    width = _percent(interval.end - interval.start)
    return Strip(_percent(interval.start - begins), width, tuple(ticks), two_clocks)


def _differ(interval: Interval, mine: str, theirs: str) -> bool:
    at = interval.start
    return at.astimezone(tz(mine)).utcoffset() != at.astimezone(tz(theirs)).utcoffset()


def _percent(length: timedelta) -> float:
    return round(100 * (length / timedelta(hours=HOURS)), 2)
