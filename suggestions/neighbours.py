"""Drawing texts that say the same in other words together, by what lies around them in the organisation's corpus."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from suggestions.vectors import Vector, Vectors, centred, unit

NEIGHBOURS = 7
"""Fewer than there are notes about one topic in a corpus that has many, so that near topics are not drawn into one."""
PULL = 2.0
PASSES = 2
FEW = 20
"""With so many texts, half of their mean is taken for what all texts share."""
STRANGERS = 0.05
"""Weight of staying: a text whose neighbours are all far (cosines under a third) is hardly drawn to them."""
BLOCK = 1024

Nearest = NDArray[np.int64]
"""Shape (rows, number): the places of each row's nearest others, ascending."""


def centre_of(vectors: Vectors) -> Vector:
    """What the texts have in common, shape (d,): their mean, held back towards zero as long as there are few of them.

    The mean of a handful of texts is mostly what these happen to be about, and taking that away would lose it.
    """
    return np.asarray(vectors.sum(axis=0) / (len(vectors) + FEW), dtype=np.float32)


def drawn_together(vectors: Vectors) -> Vectors:
    """The distinct texts' vectors, centred, each moved twice towards the mean of its nearest neighbours.

    Seven neighbours, fewer in a small corpus; weights are cosine cubed, little for strangers, the pull is double the
    vector's own length, and what results is centred again. O(n² d) time in blocked products, O(n d + 1024 n) memory.
    """
    placed = centred(vectors, centre_of(vectors))
    number = how_many(len(placed), NEIGHBOURS)
    for _ in range(PASSES if number > 0 else 0):
        pulled = unit(placed + PULL * _mean_of_nearest(placed, number))
        placed = centred(pulled, centre_of(pulled))
    return placed


def how_many(texts: int, most: int) -> int:
    """Neighbours to look at among so many texts: a tenth of a small corpus, and never the text itself."""
    return min(most, 1 + texts // 10, texts - 1)


def nearest(placed: Vectors, number: int) -> Iterator[tuple[int, Nearest, Vectors]]:
    """(first row, nearest, cosines) of each block of rows; number: at least 1, under the number of rows."""
    for start in range(0, len(placed), BLOCK):
        cosines = placed[start : start + BLOCK] @ placed.T
        rows = np.arange(len(cosines))
        cosines[rows, rows + start] = -1
        found = np.sort(np.argpartition(-cosines, number - 1, axis=1)[:, :number], axis=1)
        yield start, found, np.take_along_axis(cosines, found, axis=1)


def _mean_of_nearest(placed: Vectors, number: int) -> Vectors:
    means = np.empty_like(placed)
    for start, found, cosines in nearest(placed, number):
        weights = cosines.clip(0) ** 3
        weights /= weights.sum(axis=1, keepdims=True) + STRANGERS
        means[start : start + BLOCK] = np.einsum("nk,nkd->nd", weights, placed[found])
    return means


def distinct(texts: Sequence[str]) -> tuple[list[int], list[int]]:
    """(first, place): where each distinct text stands first, and for every text which of the distinct ones it is.

    Case and spacing do not make a text another one. Sorted by the text, so that the order of the list plays no part.
    """
    keys = [" ".join(text.casefold().split()) for text in texts]
    order = {each: at for at, each in enumerate(sorted(set(keys)))}
    first: dict[str, int] = {}
    for at, each in enumerate(keys):
        if each not in first or texts[at] < texts[first[each]]:
            first[each] = at
    return [first[each] for each in order], [order[each] for each in keys]
