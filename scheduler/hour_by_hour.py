"""Hour by hour, what of people's time was taken by what, and what was left to all of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from mentoring.intervals import Interval, Intervals
from scheduler.grid import Frame
from scheduler.openings import Timetable
from scheduler.participants import Participant
from scheduler.refusals import FORBIDDEN, Cause

Taken = Mapping[Cause, Intervals]


@dataclass(frozen=True)
class Stretch:
    """A time during which the same holds all along.

    taken_by: by person id, the first cause that forbids it to them; who is not named was free. starts: how many
    sessions of a pair may begin in it: none where what is free is shorter than a session.
    """

    interval: Interval
    taken_by: Mapping[int, Cause]
    starts: int = 0

    @property
    def free(self) -> bool:
        return not self.taken_by


def hour_by_hour(people: Sequence[Participant], frame: Frame, now: datetime) -> tuple[Stretch, ...]:
    """The frame of one person or of a pair, in order, without what lies outside the hours of all of them.

    The causes are those of why_not(), each moment given to the first of them, so that the minutes add up to the same.
    """
    taken = {each.person_id: _taken(each, frame.window, now) for each in people}
    starts = _starts(people, frame, now)
    found = []
    for interval in _pieces(frame.window, taken.values()):
        causes = {who: cause for who, theirs in taken.items() if (cause := _cause(theirs, interval)) is not None}
        if [*causes.values()] != [Cause.HOURS] * len(people):
            begin = sum(interval.start <= start < interval.end for start in starts)
            found.append(Stretch(interval, causes, begin))
    return tuple(found)


def _starts(people: Sequence[Participant], frame: Frame, now: datetime) -> list[datetime]:
    if len(people) < 2:
        return []
    one, other = people
    return [each.start for each in Timetable(people, frame, now).times(one.person_id, other.person_id)]


def _taken(person: Participant, window: Interval, now: datetime) -> dict[Cause, Intervals]:
    """Every cause with what it took of what earlier ones had left."""
    left, taken = Intervals((window,)), {}
    for cause, forbidden in FORBIDDEN.items():
        taken[cause] = left & forbidden(person, window, now)
        left = left - taken[cause]
    return taken


def _pieces(window: Interval, taken: Iterable[Taken]) -> Iterator[Interval]:
    """Between any two moments at which something changes for one of them."""
    edges = {window.start, window.end}
    for theirs in taken:
        edges.update(edge for spans in theirs.values() for span in spans for edge in (span.start, span.end))
    yield from (Interval(start, end) for start, end in pairwise(sorted(edges)))


def _cause(taken: Taken, piece: Interval) -> Cause | None:
    return next((cause for cause, spans in taken.items() if spans.contains(piece)), None)
