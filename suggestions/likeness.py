"""By which of their differences texts are told apart, learnt from the organisation's own corpus without any answers.

Two texts that are each other's nearest neighbours most likely say the same. How such pairs differ is therefore how one
thing is put in different words: the form of the question, a politeness, a name. A direction in which they differ much
says little about what is meant, and is shrunk by as much (within-class covariance normalisation, Hatch et al.,
Interspeech 2006, with mutual neighbours standing in for the classes that nobody has told us).

That and drawing neighbours together err on different texts. So they stand side by side, and a cosine is the mean of the
two, in which what was learnt from a few pairs counts less.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from suggestions.neighbours import centre_of, drawn_together, how_many, nearest
from suggestions.vectors import Vectors, centred, unit

CLOSEST = 5
"""Among so many nearest of both must each other be, to pass for saying the same."""
HELD_BACK = 0.5
"""How much of the mean spread every direction has besides its own: no direction is stretched by more than what this
allows, however little is known of it."""
FEW = 200
"""Learnt from so many pairs, what is measured counts half as much as what is drawn together."""
BLOCK = 4096

Spread = NDArray[np.float64]
"""Shape (d, d): of the differences between pairs that say the same."""


def compared(vectors: Vectors) -> Vectors:
    """Where the distinct texts lie for grouping, unit, shape (n, 2d): drawn together, and measured by what tells.

    O(n² d + d³) time, O(n d) memory. Rows of zeros stay zeros.
    """
    drawn = drawn_together(vectors)
    around = centred(vectors, centre_of(vectors))
    pairs = saying_the_same(drawn)
    trust = np.float32((len(pairs) / (len(pairs) + FEW)) ** 0.5)
    return unit(np.concatenate([drawn, trust * measured(around, pairs)], axis=1))


def saying_the_same(placed: Vectors) -> NDArray[np.int64]:
    """The pairs of rows that are among each other's five nearest, shape (pairs, 2), left < right."""
    number = how_many(len(placed), CLOSEST)
    if number < 1:
        return np.zeros((0, 2), np.int64)
    found = np.concatenate([block for _, block, _ in nearest(placed, number)])
    left, right = np.repeat(np.arange(len(found)), number), found.ravel()
    back = (found[right] == left[:, None]).any(axis=1)
    kept = back & (left < right)
    return np.stack([left[kept], right[kept]], axis=1)


def measured(around: Vectors, pairs: NDArray[np.int64]) -> Vectors:
    """The vectors with each direction shrunk by how much the pairs differ in it, unit and centred again."""
    spread = _spread(around, pairs)
    width, directions = np.linalg.eigh(spread)
    mean = float(width.mean())
    if mean <= 0:
        return around
    scale = (width.clip(0) + HELD_BACK * mean) ** -0.5
    turned = unit(np.asarray(around @ (directions * scale), dtype=np.float32))
    return centred(turned, centre_of(turned))


def _spread(around: Vectors, pairs: NDArray[np.int64]) -> Spread:
    total = np.zeros((around.shape[1], around.shape[1]))
    for start in range(0, len(pairs), BLOCK):
        left, right = pairs[start : start + BLOCK].T
        difference = (around[left] - around[right]).astype(np.float64)
        total += difference.T @ difference
    return total / max(len(pairs), 1)
