"""Hour by hour, in words and by the reader's days: whose time it was not, and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import groupby

from mentoring.hours import local, zone
from mentoring.intervals import Interval
from mentoring.people import Person
from mentoring.times_in_words import local_day
from scheduler.hour_by_hour import Stretch
from scheduler.refusals import WORDS
from workflows.views import HourLine

Days = tuple[tuple[datetime, tuple[HourLine, ...]], ...]
"""A moment of each day, with its lines in order."""

FREE, FREE_ALONE, TOO_SHORT = "Free for both", "Free", "Free for both, but too short"


def days(stretches: Sequence[Stretch], people: Sequence[Person], zone_name: str) -> Days:
    """By the days of that zone; what crosses midnight there is told on both days. people: one, or a pair."""
    names = {each.id: each.first_name for each in people}
    cut = [
        HourLine(interval, words(each, names), each.free, each.starts if interval.start == each.interval.start else 0)
        for each in stretches
        for interval in _by_day(each.interval, zone_name)
    ]
    by_day = groupby(cut, key=lambda line: local_day(line.interval.start, zone_name))
    return tuple((lines[0].interval.start, lines) for lines in (tuple(group) for _, group in by_day))


def words(stretch: Stretch, names: dict[int, str]) -> str:
    """ "Ann: they are busy; Ben: outside their hours", or that it is free."""
    if stretch.free:
        return FREE_ALONE if len(names) == 1 else FREE if stretch.starts else TOO_SHORT
    return "; ".join(
        f"{name}: {WORDS[stretch.taken_by[who]]}" for who, name in names.items() if who in stretch.taken_by
    )


def _by_day(interval: Interval, zone_name: str) -> Iterator[Interval]:
    start = interval.start
    while start < interval.end:
        midnight = local(local_day(start, zone_name) + timedelta(days=1), 0, zone(zone_name))
        yield Interval(start, min(midnight, interval.end))
        start = midnight
