"""What the wall clocks of a zone show at every start of a frame, worked out once for each zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np

from mentoring.hours import zone
from scheduler.grid import EPOCH, Frame, Whole


@dataclass(frozen=True)
class Clock:
    """For every bit of a frame, in one zone. Each of shape (count,).

    day: the proleptic ordinal of the local date. week and month: numbers that differ between ISO weeks and between
    months. minute: whole minutes after local midnight, as the clock shows them.
    """

    day: Whole
    week: Whole
    month: Whole
    minute: Whole


@lru_cache(maxsize=64)
def clock(zone_name: str, frame: Frame) -> Clock:
    """The wall clock of that zone at every start. Raises BadInput for an unknown zone."""
    tz = zone(zone_name)
    local = [(EPOCH + timedelta(microseconds=int(moment))).astimezone(tz) for moment in frame.moments]
    return Clock(
        day=_whole([each.toordinal() for each in local]),
        week=_whole([week_of(each) for each in local]),
        month=_whole([month_of(each) for each in local]),
        minute=_whole([each.hour * 60 + each.minute for each in local]),
    )


def local_day(moment: datetime, tz: ZoneInfo) -> date:
    return moment.astimezone(tz).date()


def week_of(day: date) -> int:
    """A number for the ISO week: day 1 of the proleptic calendar was a Monday."""
    return (day.toordinal() - 1) // 7


def month_of(day: date) -> int:
    return day.year * 12 + day.month


def _whole(numbers: list[int]) -> Whole:
    return np.array(numbers, dtype=np.int64)
