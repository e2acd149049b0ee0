"""The first few starts of very many pairs."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from scheduler.grid import Whole, Words

Starts = NDArray[np.int32]

WORDS_AT_ONCE = 8
"""Eight words are one cache line of a person's row: the least that memory gives, and two days at five minutes."""

PAIRS_AT_ONCE = 16_384
"""So many that numpy has few calls to make, so few that what is in hand stays in the processor's cache."""

NONE = -1


def in_blocks(bits: Words) -> tuple[Words, ...]:
    """Rows of (people, words) cut into contiguous blocks of (people, up to 8), earliest first."""
    cuts = range(0, bits.shape[1], WORDS_AT_ONCE)
    return tuple(np.ascontiguousarray(bits[:, cut : cut + WORDS_AT_ONCE]) for cut in cuts)


def first_starts(blocks: tuple[Words, ...], left: Whole, right: Whole, most: int) -> Starts:
    """The first starts common to the rows left[i] and right[i], as bits of the frame, ascending, then -1.

    blocks: from in_blocks. left, right: row numbers, shape (pairs,). Gives shape (pairs, most).
    """
    found = np.full((len(left), most), NONE, dtype=np.int32)
    for since in range(0, len(left), PAIRS_AT_ONCE):
        some = slice(since, since + PAIRS_AT_ONCE)
        _first_of_some(blocks, left[some], right[some], found[some])
    return found


def _first_of_some(blocks: tuple[Words, ...], left: Whole, right: Whole, found: Starts) -> None:
    """Goes through the blocks with the pairs that still want starts, which are soon few."""
    have = np.zeros(len(left), dtype=np.int64)
    alive = np.arange(len(left))
    for number, block in enumerate(blocks):
        common = np.take(block, left[alive], axis=0)
        common &= np.take(block, right[alive], axis=0)
        for pairs, words, at in _words_with_starts(common, alive, have, found.shape[1]):
            _take_bits(words, at + number * WORDS_AT_ONCE, pairs, have, found)
        alive = alive[have[alive] < found.shape[1]]
        if not len(alive):
            return


def _words_with_starts(common: Words, pairs: Whole, have: Whole, most: int) -> Iterator[tuple[Whole, Words, Whole]]:
    """The first word with a start of each pair, then the next one of those still wanting, until there are none."""
    rows = np.arange(len(pairs))
    while len(rows):
        at = (common[rows] != 0).argmax(axis=1)
        words = common[rows, at]
        some = words != 0
        rows, at, words = rows[some], at[some], words[some]
        yield pairs[rows], words, at
        common[rows, at] = 0
        rows = rows[have[pairs[rows]] < most]


def _take_bits(words: Words, at: Whole, pairs: Whole, have: Whole, found: Starts) -> None:
    """Moves the lowest bits of each word into found, until the word or the wish is exhausted."""
    while len(pairs):
        lowest = words & (~words + np.uint64(1))
        found[pairs, have[pairs]] = at * 64 + np.bitwise_count(lowest - np.uint64(1))
        have[pairs] += 1
        words = words ^ lowest
        on = (words != 0) & (have[pairs] < found.shape[1])
        words, at, pairs = words[on], at[on], pairs[on]
