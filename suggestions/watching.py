"""Watched time: the days on which a person might have written, had something come up.

Calendars mislead: nobody writes on a Sunday, and who is away for three weeks is not cured of everything. So each day
counts as much as the organisation writes on that day of the week, 1 on average, and a silence counts no longer than
this person's silences usually last. Everything that is learned of how often a theme comes up is learned in this time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import log

import numpy as np
from numpy.typing import NDArray

Days = NDArray[np.int64]
Lengths = NDArray[np.float64]

AHEAD_DAYS = 28
EVENLY = (1.0,) * 7

WEEKS_OF_NOTHING = 5
"""How many notes on each day of the week are thought up before the real ones are counted."""

USUAL_GAPS = 3.0
SHORTEST_PAUSE = 7
"""A silence longer than three of a person's usual gaps is a pause: one gap in twenty is, where gaps are random."""

BACK_SHAPE, BACK_SUM = 4.0, 4.0 / 1.5
"""As if four pauses had been seen, whose length has a tail of exponent 1.5."""


@dataclass(frozen=True)
class Habits:
    """How an organisation writes. week: the weight of each day from Monday, 1 on average.

    back: how pauses end. One that has lasted s days ends within d more with probability 1 − (s / (s + d))^back.
    """

    week: tuple[float, ...] = EVENLY
    back: float = BACK_SHAPE / BACK_SUM

    def weights(self, days: Days) -> Lengths:
        """Of each of those days (ordinals)."""
        return np.asarray(self.week)[(days - 1) % 7]


@dataclass(frozen=True, eq=False)
class Watch:
    """One person's watched time. runs: how much each day counts, from the first one on which they wrote to today.

    Shape (days,). back: the chance that they write anything within four weeks; 1 unless they are in a pause.
    """

    first: int
    runs: Lengths
    back: float

    @property
    def today(self) -> int:
        return self.first + len(self.runs) - 1

    @cached_property
    def passed(self) -> Lengths:
        """Watched time up to the end of each of its days."""
        return np.cumsum(self.runs)


def habits(written: Mapping[int, Sequence[int]], today: Mapping[int, int]) -> Habits:
    """written: person → distinct days (ordinals) on which they wrote anything, ascending. today: of each person."""
    counts = Counter((day - 1) % 7 for days in written.values() for day in days)
    notes = [counts[day] + WEEKS_OF_NOTHING for day in range(7)]
    ended, logs = BACK_SHAPE, BACK_SUM
    for person, days in written.items():
        usual = usual_gap(days)
        for gap in np.diff([*days, today[person]]):
            if gap > usual:
                logs += log(gap / usual)
                ended += 1
        if today[person] - days[-1] > usual:
            ended -= 1  # the last one goes on
    return Habits(tuple(7 * each / sum(notes) for each in notes), ended / logs)


def watch(days: Sequence[int], today: int, habit: Habits) -> Watch:
    """The watched time of somebody who wrote on those days (ordinals, ascending, at least one, none after today).

    A day on which they wrote counts as a whole one, be it a Sunday.
    """
    first, usual = days[0], usual_gap(days)
    every = np.arange(first, today + 1)
    wrote = np.zeros(len(every), bool)
    wrote[np.asarray(days) - first] = True
    runs = np.where(wrote, np.maximum(habit.weights(every), 1.0), habit.weights(every))
    since = every - np.maximum.accumulate(np.where(wrote, every, 0))
    runs[since > usual] = 0.0
    silent = today - days[-1]
    back = 1.0 if silent <= usual else 1 - (silent / (silent + AHEAD_DAYS)) ** habit.back
    return Watch(first, runs, back)


def usual_gap(days: Sequence[int]) -> float:
    """How many days somebody who wrote on those may be silent without having paused. With few days a week is taken for
    the gap between two."""
    gap = (days[-1] - days[0] + 2 * SHORTEST_PAUSE) / (len(days) - 1 + 2)
    return max(USUAL_GAPS * gap, float(SHORTEST_PAUSE))


def distinct(days: Iterable[int]) -> tuple[int, ...]:
    """Ascending."""
    return tuple(sorted(set(days)))
