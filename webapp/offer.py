"""Which of all the openings to lay before a person: enough to choose from, few enough to read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from mentoring.intervals import Interval
from mentoring.openings import Opening
from mentoring.times_in_words import by_day, local_day

BEST = 3


@dataclass(frozen=True)
class Offer:
    """best: the best time of each of the best days. days: the others, in order, each day with a moment of it."""

    best: tuple[Opening, ...]
    days: tuple[tuple[datetime, tuple[Opening, ...]], ...]


def offer(openings: Iterable[Opening], zone: str, now_at: Interval) -> Offer:
    """Openings lie on a fine grid and mostly overlap; of those that do, the one with the best score stays.

    now_at: when the meeting lies now; moving it by five minutes is not another time.
    """
    apart: list[Opening] = []
    for opening in sorted(openings, key=lambda each: -each.score):
        if not any(opening.interval.overlaps(taken) for taken in (now_at, *(kept.interval for kept in apart))):
            apart.append(opening)
    first_of_day: dict[date, Opening] = {}
    for opening in apart:
        first_of_day.setdefault(local_day(opening.interval.start, zone), opening)
    best = tuple(first_of_day.values())[:BEST]
    return Offer(best, by_day((each for each in apart if each not in best), zone))
