"""How often a theme comes up for a person, and whether it is over: what is learned from everybody's histories.

From the first day on which a theme came up, it comes up again on each watched day with a chance p, and each day it may
be over for good with a chance q (the "beta-geometric / beta-Bernoulli" idea: Fader, Hardie and Shang, "Customer-Base
Analysis in a Discrete-Time Noncontractual Setting", Marketing Science 29, 2010). With x repeats, the last of them after
t watched days of n, a history is as likely as

    p^x (1 − p)^(n − x) (1 − q)^n                                                           not over yet, or
    p^x (1 − p)^(t − x) (1 − q)^t · q (1 − r^(n − t)) / (1 − r),  r = (1 − p)(1 − q)         over some time after t.

How p and q are spread over (person, theme) is not assumed but learned: they are taken from a grid, and the share of
each point is what makes all the organisation's histories likeliest (expectation maximisation; Kiefer and Wolfowitz
1956), together with a few histories that are thought up. All the histories means those of a single day too: what
becomes a need came up often, partly by chance, and whoever looks at needs alone expects too much of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from suggestions.watching import Lengths, Watch

Shares = NDArray[np.float64]

CHANCES = np.geomspace(1 / 2000, 0.7, 15)
ENDINGS = np.array([1e-4, 1 / 365, 1 / 120, 1 / 60, 1 / 30, 1 / 12, 1 / 4])

P, Q = (each.ravel() for each in np.meshgrid(CHANCES, ENDINGS, indexing="ij"))
R = (1 - P) * (1 - Q)
LOG_R = np.log(R)

TYPICAL, WIDE = 1 / 30, 1.2
GOING_OVER = np.array([0.3, 0.2, 0.2, 0.15, 0.1, 0.04, 0.01])
"""What is thought of a theme before anything is seen: it comes up about once a month, within a factor e^1.2 two times
in three, and is seldom over within a fortnight."""

THOUGHT_UP = 10.0
"""Histories of that kind that are counted with the organisation's own."""

MOST_HISTORIES = 4000
"""Of a large organisation not all are learned from, but so many evenly chosen ones: more would teach nothing new."""

STEPS = 60

_comes = np.exp(-0.5 * (np.log(CHANCES / TYPICAL) / WIDE) ** 2)
BEFORE = np.outer(_comes / _comes.sum(), GOING_OVER).ravel()
"""The share of each point of the grid before anything is seen."""

MOST_SLOPE = np.log(2) / 56
"""A day: before anything is seen, a rate is thought to double or halve in eight weeks at most, two times in three."""


@dataclass(frozen=True, eq=False)
class Histories:
    """Of some (person, theme). repeats: days on which it came up after the first. last, length: watched days from the
    first to the last day on which it came up, and to today. Shape (n,) each."""

    repeats: Lengths
    last: Lengths
    length: Lengths

    def __len__(self) -> int:
        return len(self.repeats)


@dataclass(frozen=True, eq=False)
class Belief:
    """What is thought of some histories. going_on: the share of each point of the grid, not over yet; shape (n,
    points). What is missing to 1 is over."""

    going_on: Shares

    def again(self, ahead: Lengths) -> Lengths:
        """The probability that it comes up within so many watched days. ahead: shape (n, k); gives the same shape."""
        ever = self.going_on * (P * (1 - Q) / (1 - R))
        return np.asarray(ever.sum(axis=1)[:, None] - np.einsum("np,nkp->nk", ever, np.exp(ahead[:, :, None] * LOG_R)))

    def rate(self) -> Lengths:
        """Days on which it comes up in a watched day, while it is not over. Shape (n,)."""
        share = self.going_on.sum(axis=1)
        return np.asarray((self.going_on @ P) / np.maximum(share, 1e-12))


def history(moments: Lengths, length: float) -> tuple[float, float, float]:
    """Repeats, last and length of one history, from the watched moments at which it came up, counted from the first."""
    return len(moments) - 1.0, float(moments[-1]), max(length, float(moments[-1]))


def stacked(rows: Sequence[tuple[float, float, float]]) -> Histories:
    columns = np.asarray(rows, np.float64).reshape(-1, 3).T
    return Histories(columns[0], columns[1], columns[2])


def learned(histories: Histories) -> Shares:
    """The share of each point of the grid among the organisation's histories. O(histories × points)."""
    if not len(histories):
        return BEFORE
    rows = np.round(np.stack([histories.repeats, histories.last, histories.length], axis=1))
    some = rows[np.arange(MOST_HISTORIES) * len(rows) // MOST_HISTORIES] if len(rows) > MOST_HISTORIES else rows
    distinct, counts = np.unique(some, axis=0, return_counts=True)
    going_on, over = _likelihoods(stacked([tuple(row) for row in distinct]))
    likely, shares = going_on + over, BEFORE
    for _ in range(STEPS):
        each = likely * shares
        counted = (each * (counts / each.sum(axis=1))[:, None]).sum(axis=0)
        shares = (THOUGHT_UP * BEFORE + counted) / (THOUGHT_UP + counts.sum())
    return shares


def believed(histories: Histories, shares: Shares) -> Belief:
    """Bayes' rule, with the shares of the organisation as what is thought before."""
    going_on, over = _likelihoods(histories)
    total = ((going_on + over) @ shares)[:, None]
    return Belief(going_on * shares / total)


def _likelihoods(histories: Histories) -> tuple[Shares, Shares]:
    """(not over yet, over), each (n, points), up to a factor for each history."""
    x, t, n = (each[:, None] for each in (histories.repeats, histories.last, histories.length))
    up_to_last = x * np.log(P) + np.maximum(t - x, 0) * np.log1p(-P) + t * np.log1p(-Q)
    up_to_last -= up_to_last.max(axis=1, keepdims=True)
    silent = R ** (n - t)
    base = np.exp(up_to_last)
    return base * silent, base * Q * (1 - silent) / (1 - R)


def slope(moments: Lengths, length: float) -> float:
    """How the logarithm of the rate changes in a watched day, drawn towards 0.

    moments: as for history(). Given their number n, the repeats of a rate that grows as exp(b u) lie about b n L² / 12
    beyond the middle of the length L, all together; against that stands a normal prior on b.
    """
    repeats = moments[1:]
    if not len(repeats) or length <= 0:
        return 0.0
    return float((repeats - length / 2).sum() / (len(repeats) * length**2 / 12 + MOST_SLOPE**-2))


def moments_of(days: Sequence[int], watch: Watch, shape: Lengths | None = None) -> tuple[Lengths, float]:
    """(watched moments of those days counted from the first, watched time from then to today).

    shape: how much faster each of the watch's days runs, where a season is known.
    """
    passed = watch.passed if shape is None else np.cumsum(watch.runs * shape)
    at = passed[np.asarray(days) - watch.first]
    return at - at[0], float(passed[-1] - at[0])
