"""Which notes mean the same: first within each person, then across people, so that a need is always part of one
theme."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from suggestions.cutting import chosen_cut
from suggestions.linkage import average_linkage
from suggestions.vectors import Vectors
from suggestions.wishes import NONE, Bonds, honoured, separated

ACROSS = 0.75
"""Clusters of several people meet under a stricter cut than one person's notes: that a thing recurs for somebody makes
it likelier that two notes of theirs mean it; nothing of the kind holds between people."""


def grouped(
    vectors: Vectors, people: Sequence[int], days: Sequence[int], least_days: int, bonds: Bonds = NONE
) -> tuple[list[list[int]], float]:
    """(groups, cut): rows that mean the same, each row in exactly one group, and the height found for one person's
    notes.

    vectors: unit and drawn together, shape (n, d); people and days: whose each row is, and of which local day. Two
    groups of one person that their theme brings together become one, so that themes and recurrences agree. bonds: what
    people say of the grouping of their own rows, which holds. Average linkage per person, then over the persons'
    clusters: O(Σ nᵢ² d + k² d) for k clusters, k < n.
    """
    mine: dict[int, list[int]] = defaultdict(list)
    for row, person in enumerate(people):
        mine[person].append(row)
    trees = [(rows, average_linkage(vectors[rows])) for rows in mine.values()]
    cut = chosen_cut(vectors, trees, days, least_days)
    found = [[[rows[leaf] for leaf in leaves] for leaves in tree.cut(cut)] for rows, tree in trees]
    clusters = [rows for theirs in found for rows in honoured(theirs, vectors, bonds)]
    return separated(_across(vectors, clusters, cut * ACROSS), clusters, bonds), cut


def _across(vectors: Vectors, clusters: list[list[int]], cut: float) -> list[list[int]]:
    if not clusters:
        return []
    sums = np.stack([vectors[rows].sum(axis=0) for rows in clusters])
    sizes: NDArray[np.int64] = np.array([len(rows) for rows in clusters], dtype=np.int64)
    tree = average_linkage(sums, sizes, highest=cut)
    return [sorted(row for each in leaves for row in clusters[each]) for leaves in tree.cut(cut)]
