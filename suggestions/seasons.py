"""Seasons: whether what comes up for a person does so every week, fortnight, month, quarter or year.

Days that cluster around one place of a cycle speak for a season, days that lie anywhere against it. For each candidate
the likelihood of the days is compared with that of days spread as the watched time is: a bump (von Mises, exp(κ cos))
at each of PHASES places in turn and with each of SHARPNESS, all equally likely beforehand. The mean of those ratios is
a Bayes factor. Without a season its mean over the candidates is 1 on average, however many there are, so that it
reaches 8 in one case out of eight at the very most (Markov's inequality), in truth in about one out of a hundred: there
a season is believed.

A quarterly review hurts for some days in a row. Days nearer to each other than an eighth of the cycle are one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

import numpy as np
from numpy.typing import NDArray

from suggestions.watching import Lengths, Watch

CANDIDATES = (7.0, 14.0, 365.25 / 12, 365.25 / 4, 365.25)
CYCLES = 2.0
"""So many must lie between the first and the last time at least."""

FEWEST = 3
"""Times that it must have come up: two always lie in some cycle."""

PHASES = 48
SHARPNESS = np.array([1.0, 4.0, 16.0, 64.0])
CONVINCING = 8.0
BEYOND_DOUBT = 300.0
"""A larger logarithm of a ratio says no more, and would not fit a number."""

AS_GOOD = 10.0
"""Of candidates nearly as convincing as the best the longest counts: what comes every quarter also comes only in some
months, never the other way round."""

TOGETHER = 1 / 8
OFF_SEASON = 0.1
"""The part of its rate that does not follow the season."""

Bins = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Season:
    """days: the length of a cycle. shape: how much likelier than on average it comes up in each of PHASES equal parts
    of a cycle, the first of which begins at day 0; shape (PHASES,). convincing: the Bayes factor."""

    days: float
    shape: Lengths = field(repr=False)
    convincing: float

    def of(self, days: NDArray[np.int64]) -> Lengths:
        """How much faster time runs on each of those days (ordinals)."""
        return self.shape[_bins(days, self.days)]


@dataclass(frozen=True, eq=False)
class Cycle:
    """A candidate, as the days lie in it for one person. relative: how much likelier than for days spread as the
    watched time is each part of the cycle is, for each bump; logs of it. Shape (SHARPNESS, places of the bump, PHASES).
    """

    days: float
    relative: NDArray[np.float64] = field(repr=False)
    logs: NDArray[np.float64] = field(repr=False)


class Cycles:
    """The candidates in one person's watched time, each looked at once and only if asked for."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch
        self._known: dict[float, Cycle] = {}

    def of(self, length: float) -> Cycle:
        if length not in self._known:
            every = np.arange(self._watch.first, self._watch.today + 1)
            watched = np.bincount(_bins(every, length), self._watch.runs, PHASES)
            relative = _bumps() / (_bumps() @ (watched / max(watched.sum(), 1e-9)))[:, :, None]
            self._known[length] = Cycle(length, relative, np.log(relative))
        return self._known[length]


def season_of(days: Sequence[int], cycles: Cycles) -> Season | None:
    """The season in which those distinct days (ordinals, ascending) lie, or None. Cost: SHARPNESS × PHASES² a
    candidate."""
    found = [each for each in (_tried(days, cycles, length) for length in CANDIDATES) if each]
    if not found or sum(each.convincing for each in found) < CONVINCING * len(found):
        return None
    best = max(each.convincing for each in found)
    return max((each for each in found if each.convincing * AS_GOOD >= best), key=lambda each: each.cycle.days).season


@dataclass(frozen=True, eq=False)
class _Tried:
    """ratios: of each bump, up to a factor; shape (SHARPNESS, places of the bump)."""

    cycle: Cycle
    ratios: NDArray[np.float64]
    convincing: float

    @property
    def season(self) -> Season:
        shape = np.einsum("sbp,sb->p", self.cycle.relative, self.ratios) / self.ratios.sum()
        return Season(self.cycle.days, OFF_SEASON + (1 - OFF_SEASON) * shape, self.convincing)


def _tried(days: Sequence[int], cycles: Cycles, length: float) -> _Tried | None:
    if days[-1] - days[0] < CYCLES * length:
        return None
    times = _gathered(days, length * TOGETHER)
    if len(times) < FEWEST:
        return None
    cycle = cycles.of(length)
    logs = cycle.logs @ np.bincount(_bins(times, length), minlength=PHASES)
    most = float(logs.max())
    ratios = np.exp(logs - most)
    return _Tried(cycle, ratios, float(np.exp(min(most, BEYOND_DOUBT))) * float(ratios.mean()))


@cache
def _bumps() -> NDArray[np.float64]:
    """Shape (SHARPNESS, places of the bump, PHASES)."""
    angle = 2 * np.pi * np.arange(PHASES) / PHASES
    away = np.cos(angle[:, None] - angle[None, :])
    return np.asarray(np.exp(SHARPNESS[:, None, None] * (away - 1)), np.float64)


def _bins(days: NDArray[np.int64], length: float) -> Bins:
    return np.asarray(np.floor(days % length / length * PHASES), np.int64) % PHASES


def _gathered(days: Sequence[int], near: float) -> NDArray[np.int64]:
    """The middle of each group of days that lie no further than that from its first."""
    groups: list[list[int]] = []
    for day in days:
        if groups and day - groups[-1][0] <= near:
            groups[-1].append(day)
        else:
            groups.append([day])
    return np.asarray([round(sum(group) / len(group)) for group in groups])
