"""Where to cut a person's tree of notes, found from the corpus itself rather than tuned.

At each height, count the recurrences: clusters of one person that span enough days. Then deal the same notes out at
random among the same people and dates, and count again. What the dealt corpus shows is chance, and the notes' general
likeness; the cut that finds the most recurrences beyond it is right for this corpus, whatever its domain and model.
Counts are noisy, so heights that do about as well are averaged, with a weak preference for a mean cosine distance of
one half, which alone decides where there is too little to count (one person; a handful of notes).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from suggestions.dealing import MOST_NOTES, counted_together
from suggestions.linkage import Tree, average_linkage
from suggestions.vectors import Vectors

HEIGHTS = np.linspace(0.02, 0.98, 97)
MIDDLE, SPREAD = 0.5, 0.2
NOISE = 0.25
"""How many of a count's standard deviations (its square root) still pass for equal."""

NOTES_TO_DEAL = 20_000
LEAST_DEALS, MOST_DEALS = 3, 20
SEED = 20

Counts = NDArray[np.float64]
"""Shape (97,): recurrences at each of HEIGHTS."""


def chosen_cut(
    vectors: Vectors, trees: Sequence[tuple[Sequence[int], Tree]], days: Sequence[int], least_days: int
) -> float:
    """The height, in mean cosine distance, at which to cut.

    vectors: unit, shape (n, d). trees: for each person the rows of their notes, and the tree over these. days: each
    row's day. Deterministic for the same rows in the same order. O(deals × work of the trees); deals × n is about
    20,000.
    """
    found = _recurrences([(tree, [days[row] for row in rows]) for rows, tree in trees], least_days)
    deals = int(np.clip(NOTES_TO_DEAL // max(len(vectors), 1), LEAST_DEALS, MOST_DEALS))
    chance = _by_chance(vectors, [rows for rows, _ in trees], days, least_days, deals)
    return _best(found, found - chance)


def _by_chance(
    vectors: Vectors, people: Sequence[Sequence[int]], days: Sequence[int], least_days: int, deals: int
) -> Counts:
    """The mean number of recurrences over so many deals."""
    shuffler = np.random.default_rng(SEED)
    total = np.zeros(len(HEIGHTS))
    few = [rows for rows in people if len(rows) <= MOST_NOTES]
    many = [rows for rows in people if len(rows) > MOST_NOTES]
    for _ in range(deals):
        dealt = vectors[shuffler.permutation(len(vectors))]
        hands, when = [dealt[rows] for rows in few], [[days[row] for row in rows] for rows in few]
        total += counted_together(hands, when, least_days, HEIGHTS)
        total += _recurrences(
            [(average_linkage(dealt[rows]), [days[row] for row in rows]) for rows in many], least_days
        )
    return total / deals


def _best(found: Counts, beyond_chance: Counts) -> float:
    noise = NOISE * np.sqrt(max(float(found[beyond_chance.argmax()]), 1.0))
    merit = beyond_chance / noise - ((HEIGHTS - MIDDLE) / SPREAD) ** 2 / 2
    weights = np.exp(merit - merit.max())
    return float((weights * HEIGHTS).sum() / weights.sum())


def _recurrences(trees: Sequence[tuple[Tree, Sequence[int]]], least_days: int) -> Counts:
    """How many clusters span that many days, at each height, over all people."""
    total = np.zeros(len(HEIGHTS))
    for tree, days in trees:
        heights, changes = _changes(tree, days, least_days)
        running = [0, *np.cumsum(changes).tolist()]
        total += [running[bisect_right(heights, height)] for height in HEIGHTS]
    return total


def _changes(tree: Tree, days: Sequence[int], least_days: int) -> tuple[list[float], list[int]]:
    """The heights of the joins in order, and what each adds to the number of recurrences: 1, 0 or -1."""
    spans = {leaf: frozenset([day]) for leaf, day in enumerate(days)}
    changes: list[tuple[float, int]] = []
    for join in tree.joins:
        left, right = spans.pop(join.left), spans.pop(join.right)
        spans[join.made] = left | right
        before = (len(left) >= least_days) + (len(right) >= least_days)
        changes.append((join.height, (len(left | right) >= least_days) - before))
    changes.sort()
    return [height for height, _ in changes], [change for _, change in changes]
