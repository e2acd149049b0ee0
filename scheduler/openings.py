"""Times that pairs can meet: everybody is folded once, then any number of pairs are asked about."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

import numpy as np

from mentoring.intervals import Interval
from mentoring.openings import Opening
from scheduler.folding import fold
from scheduler.grid import Frame, Whole, microseconds, unpack
from scheduler.pairs import Starts, first_starts, in_blocks
from scheduler.participants import Participant
from scheduler.ranking import (
    IN_TIME,
    IN_TIME_WEIGHT,
    TASTES,
    Points,
    Weight,
    as_listed,
    comes_in_time,
    points,
    reasons,
    together,
)


class Timetable:
    """The openings of every pair among some people, as of `now`, inside one frame.

    weight: how much each taste of scheduler.ranking counts. People are named by their ids; an id that was not among
    them raises KeyError: about somebody whose time is unknown nothing can be said.
    """

    def __init__(self, people: Iterable[Participant], frame: Frame, now: datetime, weight: Weight = as_listed) -> None:
        self.frame = frame
        self.people = {person.person_id: person for person in people}
        self.row = {person_id: row for row, person_id in enumerate(self.people)}
        self.bits = fold(tuple(self.people.values()), frame, now)
        self._blocks = in_blocks(self.bits)
        self._weight = weight
        self._seen: dict[int, tuple[Whole, Points]] = {}

    def times(self, one: int, other: int) -> tuple[Interval, ...]:
        """Every time these two can meet, earliest first."""
        return tuple(self.frame.interval(int(bit)) for bit in self._common(one, other))

    def openings(
        self,
        one: int,
        other: int,
        most: int | None = None,
        without: Collection[str] = (),
        before: datetime | None = None,
    ) -> tuple[Opening, ...]:
        """The times these two can meet, best first, each with its score and reasons; equally good ones by time.

        without: tastes that do not count for these two. before: when they had better have met.
        """

        def weight(name: str, listed: float) -> float:
            return 0.0 if name in without else self._weight(name, listed)

        common = self._common(one, other)
        weighted = together(self._points(one, common), self._points(other, common), weight)
        in_time = self._in_time(common, before) * weight(IN_TIME, IN_TIME_WEIGHT)
        scores = (weighted.sum(axis=0) + in_time).round(2)
        best = np.argsort(-scores, kind="stable")[:most]
        return tuple(
            Opening(
                self.frame.interval(int(common[at])), float(scores[at]), reasons(weighted[:, at], float(in_time[at]))
            )
            for at in best
        )

    def _in_time(self, bits: Whole, before: datetime | None) -> Points:
        if before is None:
            return np.zeros(len(bits))
        ends = self.frame.moments[bits].astype(np.float64) + self.frame.session
        return comes_in_time(ends, float(microseconds(before)))

    def first(self, pairs: Sequence[tuple[int, int]], most: int = 5) -> list[tuple[Interval, ...]]:
        """The earliest few times of each pair, for very many pairs at once. Unranked."""
        left = self.rows(one for one, _ in pairs)
        right = self.rows(other for _, other in pairs)
        return [
            tuple(self.frame.interval(bit) for bit in row if bit >= 0)
            for row in self.first_bits(left, right, most).tolist()
        ]

    def first_bits(self, left: Whole, right: Whole, most: int = 5) -> Starts:
        """The same for row numbers of shape (pairs,), as bits of the frame, shape (pairs, most), padded with -1."""
        return first_starts(self._blocks, left, right, most)

    def rows(self, person_ids: Iterable[int]) -> Whole:
        """The row number of each of those people."""
        return np.fromiter((self.row[person_id] for person_id in person_ids), dtype=np.int64)

    def _common(self, one: int, other: int) -> Whole:
        return unpack(self.bits[self.row[one]] & self.bits[self.row[other]])

    def _points(self, person_id: int, bits: Whole) -> Points:
        """Each person is looked at once, at all starts possible for them; a pair's are among these."""
        if person_id not in self._seen:
            own = unpack(self.bits[self.row[person_id]])
            self._seen[person_id] = own, points(self.people[person_id], self.frame, own)
        own, judged = self._seen[person_id]
        return judged[:, np.searchsorted(own, bits)].reshape(len(TASTES), len(bits))


def openings(
    a: Participant, b: Participant, frame: Frame, now: datetime, most: int | None = None, weight: Weight = as_listed
) -> tuple[Opening, ...]:
    """The times these two can meet, best first. For one pair; a Timetable serves many."""
    return Timetable((a, b), frame, now, weight).openings(a.person_id, b.person_id, most)
