"""How often notes dealt out at random seem to recur: many small trees grown at once.

The same average linkage as suggestions.linkage, for people with few notes each: whoever has hundreds gets a tree of
their own there. What is counted are clusters that span enough days, at each of a list of heights.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from suggestions.vectors import Vectors

MOST_NOTES = 48
"""Of one person, for growing their tree together with others: each join looks at all pairs of clusters."""

NUMBERS_AT_ONCE = 1 << 20

Flags = NDArray[np.bool_]
Counts = NDArray[np.float64]


def counted_together(dealt: Sequence[Vectors], days: Sequence[Sequence[int]], least_days: int, at: Counts) -> Counts:
    """Clusters that span that many days at each height, over all trees together, shape of `at` (ascending).

    dealt: for each tree its unit vectors, shape (n, d); days: of each tree's rows. O(n³ + n² d) a tree.
    """
    total = np.zeros(len(at) + 1)
    order = sorted(range(len(dealt)), key=lambda tree: len(days[tree]))
    for batch in _batches(order, [len(each) for each in days]):
        heights, changes = _grown([dealt[each] for each in batch], [days[each] for each in batch], least_days)
        np.add.at(total, np.searchsorted(at, heights.ravel(), side="left"), changes.ravel())
    return np.asarray(total[:-1].cumsum(), dtype=np.float64)


def _batches(order: Sequence[int], sizes: Sequence[int]) -> list[list[int]]:
    batches: list[list[int]] = []
    for tree in order:
        if not batches or (len(batches[-1]) + 1) * sizes[tree] ** 2 > NUMBERS_AT_ONCE:
            batches.append([])
        batches[-1].append(tree)
    return batches


def _grown(
    dealt: Sequence[Vectors], days: Sequence[Sequence[int]], least_days: int
) -> tuple[Counts, NDArray[np.int64]]:
    """The heights of all joins, and what each adds to the number of clusters that span enough days; both (joins,
    trees), infinite heights for joins that a smaller tree does not have."""
    trees, most = len(dealt), max(len(each) for each in days)
    between, sizes, spans = _leaves(dealt, days, most)
    heights = np.full((max(most - 1, 0), trees), np.inf)
    changes = np.zeros(heights.shape, np.int64)
    every = np.arange(trees)
    for join in range(len(heights)):
        best = between.reshape(trees, -1).argmax(axis=1)
        left, right = np.minimum(best // most, best % most), np.maximum(best // most, best % most)
        cosine = between[every, left, right]
        there = np.isfinite(cosine)
        heights[join, there] = 1 - cosine[there]
        _join(between, sizes, every[there], left[there], right[there])
        changes[join, there] = _spanned(spans, every[there], left[there], right[there], least_days)
    return heights, changes


def _leaves(
    dealt: Sequence[Vectors], days: Sequence[Sequence[int]], most: int
) -> tuple[NDArray[np.float32], NDArray[np.float32], Flags]:
    """(mean cosines between the clusters, −inf where there is none; their sizes; the days of each), for all trees."""
    between = np.full((len(dealt), most, most), -np.inf, np.float32)
    sizes = np.ones((len(dealt), most), np.float32)
    spans = np.zeros((len(dealt), most, most), np.bool_)
    for tree, (vectors, mine) in enumerate(zip(dealt, days, strict=True)):
        number = len(mine)
        between[tree, :number, :number] = vectors @ vectors.T
        place = {day: at for at, day in enumerate(dict.fromkeys(mine))}
        spans[tree, np.arange(number), [place[day] for day in mine]] = True
    between[:, np.arange(most), np.arange(most)] = -np.inf
    return between, sizes, spans


def _join(
    between: NDArray[np.float32],
    sizes: NDArray[np.float32],
    tree: NDArray[np.int64],
    left: NDArray[np.int64],
    right: NDArray[np.int64],
) -> None:
    """Left takes in right, whose place is empty from then on."""
    one, other = sizes[tree, left][:, None], sizes[tree, right][:, None]
    mean = (between[tree, left] * one + between[tree, right] * other) / (one + other)
    mean[np.arange(len(tree)), left] = -np.inf
    between[tree, left] = between[tree, :, left] = mean
    between[tree, right] = between[tree, :, right] = -np.inf
    sizes[tree, left] += sizes[tree, right]


def _spanned(
    spans: Flags, tree: NDArray[np.int64], left: NDArray[np.int64], right: NDArray[np.int64], least_days: int
) -> NDArray[np.int64]:
    one, other = spans[tree, left], spans[tree, right]
    spans[tree, left] = one | other
    before = (one.sum(axis=1) >= least_days).astype(np.int64) + (other.sum(axis=1) >= least_days)
    return np.asarray(((one | other).sum(axis=1) >= least_days) - before, dtype=np.int64)
