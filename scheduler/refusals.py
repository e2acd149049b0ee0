"""Why there is no opening, and what forbids one exact time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial

from mentoring.days import whole_days
from mentoring.hours import local, zone
from mentoring.intervals import Interval, Intervals
from scheduler.caps import Tally
from scheduler.clocks import local_day
from scheduler.grid import Frame
from scheduler.openings import Timetable
from scheduler.participants import Participant


class Cause(StrEnum):
    """What of a person can forbid a time."""

    HOURS = "hours"
    HOLIDAY = "holiday"
    QUIET = "quiet"
    UNKNOWN = "unknown"
    PAUSED = "paused"
    NOTICE = "notice"
    BUSY = "busy"
    BUFFERS = "buffers"
    CAPS = "caps"


WORDS = {
    Cause.HOURS: "outside their hours",
    Cause.HOLIDAY: "it is a public holiday where they are",
    Cause.QUIET: "it is one of their quiet days",
    Cause.UNKNOWN: "their calendar is not known then",
    Cause.PAUSED: "they have paused",
    Cause.NOTICE: "sooner than the notice they want",
    Cause.BUSY: "they are busy",
    Cause.BUFFERS: "too close to something else",
    Cause.CAPS: "they have as many meetings as they want",
}
"""Each cause for a reader, about "them"."""


@dataclass(frozen=True)
class Removed:
    """What of the frame was left to one person. minutes: removed by each cause, of what earlier causes had left."""

    person_id: int
    minutes: dict[Cause, float]
    left: Intervals


@dataclass(frozen=True)
class WhyNot:
    """How a frame came to hold as many openings as it does.

    shared: the minutes left to both at once; openings: the starts at which a whole session fits into them.
    """

    frame_minutes: float
    people: tuple[Removed, Removed]
    shared_minutes: float
    openings: int


@dataclass(frozen=True)
class Refusal:
    """One cause why a person cannot meet at an exact time."""

    person_id: int
    cause: Cause

    @property
    def words(self) -> str:
        return WORDS[self.cause]


def why_not(a: Participant, b: Participant, frame: Frame, now: datetime) -> WhyNot:
    """How many minutes of the frame each cause removed for each of the two, in the order of Cause."""
    people = removed(a, frame.window, now), removed(b, frame.window, now)
    shared = people[0].left & people[1].left
    times = Timetable((a, b), frame, now).times(a.person_id, b.person_id)
    return WhyNot(frame.window.minutes, people, _minutes(shared), len(times))


def removed(person: Participant, window: Interval, now: datetime) -> Removed:
    """One person's side of why_not()."""
    left, minutes = Intervals((window,)), {}
    for cause, forbidden in FORBIDDEN.items():
        kept = left - forbidden(person, window, now)
        minutes[cause] = _minutes(left) - _minutes(kept)
        left = kept
    return Removed(person.person_id, minutes, left)


def stands_in_the_way(a: Participant, b: Participant, interval: Interval, now: datetime) -> tuple[Refusal, ...]:
    """All that forbids the two to meet exactly then, on the grid or off it; empty when nothing does.

    A meeting that overlaps something is refused as busy, one that only comes too near as buffers.
    """
    return (*refusals(a, interval, now), *refusals(b, interval, now))


def refusals(person: Participant, interval: Interval, now: datetime) -> tuple[Refusal, ...]:
    """One person's side of stands_in_the_way()."""
    limits = person.limits
    with_buffers = interval.padded(limits.buffer_minutes)
    busy = person.taken.overlaps(interval)
    forbids = {
        Cause.HOURS: not limits.hours.within(interval).contains(interval),
        Cause.HOLIDAY: bool(_on_holidays(person, interval, now)),
        Cause.QUIET: bool(_on_quiet_days(person, interval, now)),
        Cause.UNKNOWN: not person.covers.contains(with_buffers),
        Cause.PAUSED: limits.paused_until is not None and interval.start < limits.paused_until,
        Cause.NOTICE: interval.start < now + timedelta(hours=limits.notice_hours),
        Cause.BUSY: busy,
        Cause.BUFFERS: not busy and person.taken.overlaps(with_buffers),
        Cause.CAPS: bool(Tally(limits, person.booked).reached(interval)),
    }
    return tuple(Refusal(person.person_id, cause) for cause, forbidden in forbids.items() if forbidden)


def _outside_hours(person: Participant, window: Interval, _now: datetime) -> Intervals:
    return Intervals((window,)) - person.limits.hours.within(window)


def _on_holidays(person: Participant, window: Interval, _now: datetime) -> Intervals:
    return whole_days(person.closed.holidays, person.limits.zone, window)


def _on_quiet_days(person: Participant, window: Interval, _now: datetime) -> Intervals:
    return whole_days(person.closed.quiet, person.limits.zone, window)


def _unknown(person: Participant, window: Interval, _now: datetime) -> Intervals:
    return Intervals((window,)) - Intervals((person.covers,))


def _paused(person: Participant, window: Interval, _now: datetime) -> Intervals:
    return _until(person.limits.paused_until or window.start, window)


def _too_soon(person: Participant, window: Interval, now: datetime) -> Intervals:
    return _until(now + timedelta(hours=person.limits.notice_hours), window)


def _busy(person: Participant, window: Interval, _now: datetime, padding: bool = False) -> Intervals:
    by = person.limits.buffer_minutes if padding else 0
    return Intervals.of(event.padded(by) for event in person.taken).clipped(window)


def _beyond_caps(person: Participant, window: Interval, _now: datetime) -> Intervals:
    tz, tally = zone(person.limits.zone), Tally(person.limits, person.booked)
    day, last = local_day(window.start, tz), local_day(window.end, tz)
    full = []
    while day <= last:
        midnight, next_midnight = local(day, 0, tz), local(day + timedelta(days=1), 0, tz)
        if midnight < next_midnight and tally.reached_on(day):
            full.append(Interval(midnight, next_midnight))
        day += timedelta(days=1)
    return Intervals.of(full).clipped(window)


def _until(moment: datetime, window: Interval) -> Intervals:
    return Intervals((Interval(window.start, min(moment, window.end)),)) if moment > window.start else Intervals()


def _minutes(intervals: Intervals) -> float:
    return sum(span.minutes for span in intervals)


FORBIDDEN: dict[Cause, Callable[[Participant, Interval, datetime], Intervals]] = {
    Cause.HOURS: _outside_hours,
    Cause.HOLIDAY: _on_holidays,
    Cause.QUIET: _on_quiet_days,
    Cause.UNKNOWN: _unknown,
    Cause.PAUSED: _paused,
    Cause.NOTICE: _too_soon,
    Cause.BUSY: _busy,
    Cause.BUFFERS: partial(_busy, padding=True),
    Cause.CAPS: _beyond_caps,
}
"""What each cause takes out of a window."""
