"""People folded into start bits: where a bit is set, nothing about that person forbids a session to begin.

Whatever holds for a pair holds for each of the two alone, so all of it (busy, hours, buffers, notice, caps, the length
of the session) is folded once for each person, and a pair costs one bitwise AND.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache

import numpy as np

from mentoring.days import Closed
from mentoring.hours import WeeklyHours
from scheduler.caps import starts_beyond_caps
from scheduler.grid import MINUTE, Frame, Whole, Words, bounds, mark, microseconds, pack
from scheduler.participants import Participant


def fold(people: Sequence[Participant], frame: Frame, now: datetime) -> Words:
    """The start bits of each person, shape (people, frame.words). Raises BadInput for an unknown zone."""
    forbidden = np.zeros((len(people), frame.words), dtype=np.uint64)
    _forbid_closed(forbidden, people, frame)
    _forbid_taken(forbidden, people, frame)
    _forbid_too_soon_or_unknown(forbidden, people, frame, now)
    _forbid_beyond_caps(forbidden, people, frame)
    return np.bitwise_and(_working(people, frame), ~forbidden)


@lru_cache(maxsize=4096)
def starts_within_hours(hours: WeeklyHours, frame: Frame) -> Words:
    """The bits whose sessions lie inside the hours whole, shape (words,). Shared by all who share these hours."""
    allowed = np.zeros((1, frame.words), dtype=np.uint64)
    since, until = frame.inside(*bounds(hours.within(frame.window)))
    mark(allowed, np.zeros_like(since), since, until)
    within: Words = allowed[0] & frame.on_step
    within.setflags(write=False)
    return within


def _working(people: Sequence[Participant], frame: Frame) -> Words:
    rows: dict[WeeklyHours, int] = {}
    chosen = [rows.setdefault(person.limits.hours, len(rows)) for person in people]
    distinct = np.zeros((len(rows), frame.words), dtype=np.uint64)
    for hours, row in rows.items():
        distinct[row] = starts_within_hours(hours, frame)
    return distinct[np.array(chosen, dtype=np.int64)]


def _forbid_closed(forbidden: Words, people: Sequence[Participant], frame: Frame) -> None:
    """No session touches a day on which somebody is left in peace."""
    for row, person in enumerate(people):
        if person.closed:
            forbidden[row] |= starts_on_closed_days(person.closed, person.limits.zone, frame)


@lru_cache(maxsize=4096)
def starts_on_closed_days(closed: Closed, zone_name: str, frame: Frame) -> Words:
    """The bits whose sessions touch such a day, shape (words,). Shared by all who keep the same ones."""
    touching = np.zeros((1, frame.words), dtype=np.uint64)
    since, until = frame.touching(*bounds(closed.time(zone_name, frame.window)))
    mark(touching, np.zeros_like(since), since, until)
    found: Words = touching[0]
    found.setflags(write=False)
    return found


def _forbid_taken(forbidden: Words, people: Sequence[Participant], frame: Frame) -> None:
    """No session overlaps a busy event or a booked meeting, nor comes nearer to it than the buffer."""
    taken = [(*person.busy.spans, *person.booked) for person in people]
    rows = np.repeat(np.arange(len(people)), _whole([len(each) for each in taken]))
    buffers = _whole([person.limits.buffer_minutes for person in people])[rows] * MINUTE
    begins, ends = bounds(event for each in taken for event in each)
    mark(forbidden, rows, *frame.touching(begins - buffers, ends + buffers))


def _forbid_too_soon_or_unknown(forbidden: Words, people: Sequence[Participant], frame: Frame, now: datetime) -> None:
    rows = np.arange(len(people))
    known = [known_and_late_enough(person, now) for person in people]
    since, until = frame.inside(_whole([each[0] for each in known]), _whole([each[1] for each in known]))
    mark(forbidden, rows, np.zeros_like(since), since)
    mark(forbidden, rows, until, np.full_like(until, frame.count))


def known_and_late_enough(person: Participant, now: datetime) -> tuple[int, int]:
    """From when, and until when, a session may last, in microseconds: notice, pause, and what the calendars cover.

    An event just outside what was read would be inside the buffer, so the buffers must have been read too.
    """
    limits = person.limits
    earliest = now + timedelta(hours=limits.notice_hours)
    buffer = timedelta(minutes=limits.buffer_minutes)
    since = max(earliest, limits.paused_until or earliest, person.covers.start + buffer)
    return microseconds(since), microseconds(person.covers.end - buffer)


def _forbid_beyond_caps(forbidden: Words, people: Sequence[Participant], frame: Frame) -> None:
    for row, person in enumerate(people):
        beyond = starts_beyond_caps(person, frame)
        if beyond is not None:
            forbidden[row] |= pack(beyond, frame.words)


def _whole(numbers: Sequence[int]) -> Whole:
    return np.array(numbers, dtype=np.int64)
