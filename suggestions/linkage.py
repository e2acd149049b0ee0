"""Average linkage, exactly, from unit vectors alone.

The mean cosine between the members of two clusters is the dot product of the clusters' mean vectors, so no matrix of
all pairs is ever kept. Average linkage is reducible: all pairs of mutual nearest neighbours can be joined at once, and
the tree is that of joining the closest pair each time (Murtagh, The Computer Journal 26:4, 1983). Rounds number about
ten to forty; each costs O(k² d) in blocked matrix products for k clusters left, memory is O(n d).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from suggestions.vectors import Vectors

BLOCK = 1024

Pairs = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float32]]
"""(left, right, cosine): clusters left < right, by place."""


@dataclass(frozen=True)
class Join:
    """Clusters left and right become cluster made, at that mean cosine distance (0..2). Leaves are 0..n-1."""

    left: int
    right: int
    made: int
    height: float


@dataclass(frozen=True)
class Tree:
    """joins: children before their parents."""

    leaves: int
    joins: tuple[Join, ...]

    def cut(self, height: float) -> list[list[int]]:
        """The clusters when only joins up to that height are made, each sorted, by their first leaf."""
        clusters = {leaf: [leaf] for leaf in range(self.leaves)}
        for join in self.joins:
            if join.height <= height and join.left in clusters and join.right in clusters:
                clusters[join.made] = clusters.pop(join.left) + clusters.pop(join.right)
        return sorted(sorted(cluster) for cluster in clusters.values())


def average_linkage(sums: Vectors, sizes: NDArray[np.int64] | None = None, highest: float = 1.0) -> Tree:
    """The tree over n clusters given by the sums of their members' unit vectors, shape (n, d), and their sizes (default
    1).

    highest: joins above this mean cosine distance are left out.
    """
    total = np.array(sums, dtype=np.float32)
    weight = np.ones(len(total), np.float32) if sizes is None else sizes.astype(np.float32)
    names = np.arange(len(total))
    joins: list[Join] = []
    while len(total) > 1:
        left, right, cosine = _mutual_nearest(total / weight[:, None])
        close = 1 - cosine <= highest
        left, right, cosine = left[close], right[close], cosine[close]
        if not len(left):
            break
        made = len(sums) + len(joins) + np.arange(len(left))
        joins += map(Join, names[left].tolist(), names[right].tolist(), made.tolist(), (1 - cosine).tolist())
        names[left] = made
        total[left] += total[right]
        weight[left] += weight[right]
        total, weight, names = np.delete(total, right, axis=0), np.delete(weight, right), np.delete(names, right)
    return Tree(len(sums), tuple(joins))


def _mutual_nearest(means: Vectors) -> Pairs:
    """(left, right, cosine) of the pairs that are each other's nearest, left < right."""
    nearest = np.empty(len(means), np.int64)
    cosine = np.empty(len(means), np.float32)
    for start in range(0, len(means), BLOCK):
        block = means[start : start + BLOCK] @ means.T
        rows = np.arange(len(block))
        block[rows, rows + start] = -np.inf
        nearest[start : start + BLOCK] = block.argmax(axis=1)
        cosine[start : start + BLOCK] = block.max(axis=1)
    places = np.arange(len(means))
    left = np.flatnonzero((nearest[nearest] == places) & (places < nearest))
    if not len(left):  # rounding alone can make a ring of equals in which nobody's nearest points back
        return _closest(nearest, cosine)
    return left, nearest[left], cosine[left]


def _closest(nearest: NDArray[np.int64], cosine: NDArray[np.float32]) -> Pairs:
    best = int(cosine.argmax())
    left, right = sorted((best, int(nearest[best])))
    return np.array([left]), np.array([right]), cosine[[best]]
