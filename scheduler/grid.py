"""The grid of starts: one bit for each moment at which a session might begin, 64 to a word.

A bit stands for a start, not for a stretch of time. A busy event forbids every start whose session would touch it, so
one range of bits says all that the event means, whatever its length, its seconds, or the session's. Two people can meet
where both their bits are set.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from math import gcd

import numpy as np
from numpy.typing import NDArray

from mentoring.hours import MINUTES_A_DAY
from mentoring.intervals import Interval

Words = NDArray[np.uint64]
Whole = NDArray[np.int64]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MINUTE = 60_000_000
EVERY_BIT = np.uint64(0xFFFF_FFFF_FFFF_FFFF)


def microseconds(moment: datetime) -> int:
    """Since 1970 in UTC, exactly."""
    since = moment - EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def bounds(intervals: Iterable[Interval]) -> tuple[Whole, Whole]:
    """Starts and ends in microseconds since 1970, each of shape (intervals,)."""
    moments = [microseconds(moment) for each in intervals for moment in (each.start, each.end)]
    both = np.array(moments, dtype=np.int64).reshape(-1, 2)
    return both[:, 0], both[:, 1]


@dataclass(frozen=True)
class Frame:
    """Which starts are asked about: those on the step's grid at which the whole session lies inside the window.

    The grid begins anew at each 00:00 UTC, which matters only for a step that does not divide the day.
    Raises ValueError for a step outside 1..1440 minutes or a session shorter than a minute.
    """

    window: Interval
    step_minutes: int = 5
    session_minutes: int = 20

    def __post_init__(self) -> None:
        if not 1 <= self.step_minutes <= MINUTES_A_DAY:
            raise ValueError(f"a step must be between 1 and {MINUTES_A_DAY} minutes, not {self.step_minutes}")
        if self.session_minutes < 1:
            raise ValueError(f"a session must last a minute or more, not {self.session_minutes}")

    @cached_property
    def spacing(self) -> int:
        """Microseconds from one bit to the next: the step, or for one that does not divide a day, what divides both."""
        return gcd(self.step_minutes, MINUTES_A_DAY) * MINUTE

    @cached_property
    def session(self) -> int:
        """Length of a session in microseconds."""
        return self.session_minutes * MINUTE

    @cached_property
    def first(self) -> int:
        """The moment of bit 0 in microseconds since 1970: the first on the grid that lies in the window."""
        return -(-microseconds(self.window.start) // self.spacing) * self.spacing

    @cached_property
    def count(self) -> int:
        """How many bits there are."""
        return max(0, (microseconds(self.window.end) - self.session - self.first) // self.spacing + 1)

    @cached_property
    def words(self) -> int:
        """How many 64-bit words hold them, at least one."""
        return max(1, -(-self.count // 64))

    @cached_property
    def moments(self) -> Whole:
        """Every bit's moment in microseconds since 1970, shape (count,)."""
        return self.first + self.spacing * np.arange(self.count, dtype=np.int64)

    @cached_property
    def on_step(self) -> Words:
        """The bits that are starts: all of them, unless the step does not divide a day. Shape (words,)."""
        chosen = self.moments % (MINUTES_A_DAY * MINUTE) % (self.step_minutes * MINUTE) == 0
        return pack(chosen, self.words)

    def touching(self, begins: Whole, ends: Whole) -> tuple[Whole, Whole]:
        """For each busy stretch the half-open range of bits whose sessions would overlap it. In microseconds."""
        after_it_began = (begins - self.session - self.first) // self.spacing + 1
        before_it_ends = -((self.first - ends) // self.spacing)
        return self._clipped(after_it_began), self._clipped(before_it_ends)

    def inside(self, begins: Whole, ends: Whole) -> tuple[Whole, Whole]:
        """For each open stretch the half-open range of bits whose sessions lie in it whole. In microseconds."""
        from_its_start = -((self.first - begins) // self.spacing)
        until_its_end = (ends - self.session - self.first) // self.spacing + 1
        return self._clipped(from_its_start), self._clipped(until_its_end)

    def interval(self, bit: int) -> Interval:
        """The session that begins at that bit."""
        start = EPOCH + timedelta(microseconds=self.first + self.spacing * bit)
        return Interval.lasting(start, self.session_minutes)

    def _clipped(self, bits: Whole) -> Whole:
        return np.clip(bits, 0, self.count)


def pack(chosen: NDArray[np.bool_], words: int) -> Words:
    """One bit for each element, the first in the lowest bit of the first word, padded with zeros. Shape (words,)."""
    padded = np.zeros(words * 64, dtype=np.bool_)
    padded[: len(chosen)] = chosen
    return np.packbits(padded, bitorder="little").view("<u8").astype(np.uint64)


def unpack(words: Words) -> Whole:
    """The positions of the bits that are set, ascending."""
    return np.flatnonzero(np.unpackbits(words.astype("<u8").view(np.uint8), bitorder="little"))


def mark(bits: Words, rows: Whole, since: Whole, until: Whole) -> None:
    """Sets the bits since <= bit < until of each row, in place; an empty range sets none.

    bits: contiguous, shape (people, words). rows, since, until: shape (ranges,).
    Straight into the words: the first and the last of each range by bitwise or, those between filled.
    """
    some = since < until
    rows, since, last = rows[some], since[some], until[some] - 1
    flat = bits.reshape(-1)
    from_word, to_word = rows * bits.shape[1] + (since >> 6), rows * bits.shape[1] + (last >> 6)
    head = EVERY_BIT << (since & 63).astype(np.uint64)
    tail = EVERY_BIT >> (63 - (last & 63)).astype(np.uint64)
    longer = from_word < to_word
    np.bitwise_or.at(flat, from_word, np.where(longer, head, head & tail))
    np.bitwise_or.at(flat, to_word[longer], tail[longer])
    flat[_between(from_word[longer], to_word[longer])] = EVERY_BIT


def _between(after: Whole, before: Whole) -> Whole:
    """Every whole number strictly between each pair."""
    lengths = before - after - 1
    starts_of_runs = np.cumsum(lengths) - lengths
    return np.repeat(after + 1 - starts_of_runs, lengths) + np.arange(lengths.sum())
