"""Openings for a pair by plain datetime code: slow, and right at a glance. What the scheduler is measured against.

Every start on the grid is asked every question, one after the other. Nothing is remembered between questions except a
person's working spans.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from mentoring.hours import local, zone
from mentoring.intervals import Interval

if TYPE_CHECKING:
    from scheduler.participants import Participant

Span = tuple[datetime, datetime]


@dataclass(frozen=True)
class Question:
    """Can a session of that length begin there? now: for notice."""

    window: Interval
    step_minutes: int
    session_minutes: int
    now: datetime


def openings_plain(a: Participant, b: Participant, question: Question) -> Iterator[datetime]:
    """Every start, in order, at which both can meet for the whole session inside the window."""
    session = timedelta(minutes=question.session_minutes)
    hours_a, hours_b = working_spans(a, question.window), working_spans(b, question.window)
    for start in starts_on_the_grid(question.window, question.step_minutes):
        end = start + session
        if (
            end <= question.window.end
            and can_meet(a, hours_a, start, end, question.now)
            and can_meet(b, hours_b, start, end, question.now)
        ):
            yield start


def starts_on_the_grid(window: Interval, step_minutes: int) -> Iterator[datetime]:
    """Every moment of the window that is a whole number of steps after 00:00 UTC of its own day."""
    midnight = window.start.replace(hour=0, minute=0, second=0, microsecond=0)
    while midnight < window.end:
        for minute in range(0, 24 * 60, step_minutes):
            moment = midnight + timedelta(minutes=minute)
            if window.start <= moment < window.end:
                yield moment
        midnight += timedelta(days=1)


def working_spans(person: Participant, window: Interval) -> list[Span]:
    """Each day's hours as UTC spans, not merged, from a day or two before the window until a day or two after."""
    tz = zone(person.limits.zone)
    day = window.start.astimezone(tz).date() - timedelta(days=2)
    spans = []
    while day <= window.end.astimezone(tz).date() + timedelta(days=2):
        for hours in person.limits.hours.days[day.weekday()]:
            crosses_midnight = hours.end <= hours.start
            ends = local(day, hours.end + (24 * 60 if crosses_midnight else 0), tz)
            spans.append((local(day, hours.start, tz), ends))
        day += timedelta(days=1)
    return spans


def can_meet(person: Participant, hours: list[Span], start: datetime, end: datetime, now: datetime) -> bool:
    return (
        late_enough(person, start, now)
        and works_throughout(hours, start, end)
        and is_left_in_peace_by(person, start, end)
        and is_known_throughout(person, start, end)
        and is_free(person, start, end)
        and is_below_the_caps(person, start)
    )


def late_enough(person: Participant, start: datetime, now: datetime) -> bool:
    """After the notice they want, and not while they pause."""
    earliest = now + timedelta(hours=person.limits.notice_hours)
    return start >= max(earliest, person.limits.paused_until or earliest)


def works_throughout(hours: list[Span], start: datetime, end: datetime) -> bool:
    """From start, walk from span to span that holds the moment reached; the end must be reached without a gap."""
    reached = start
    while reached < end:
        further = [until for since, until in hours if since <= reached < until]
        if not further:
            return False
        reached = max(further)
    return True


def is_left_in_peace_by(person: Participant, start: datetime, end: datetime) -> bool:
    """No holiday and no quiet day of theirs, from its midnight to the next, holds any of it."""
    tz = zone(person.limits.zone)
    days = person.closed.holidays | person.closed.quiet
    return not any(local(day, 0, tz) < end and start < local(day + timedelta(days=1), 0, tz) for day in days)


def is_known_throughout(person: Participant, start: datetime, end: datetime) -> bool:
    """The calendar was read for the session and for the buffers around it."""
    buffer = timedelta(minutes=person.limits.buffer_minutes)
    return person.covers.start <= start - buffer and end + buffer <= person.covers.end


def is_free(person: Participant, start: datetime, end: datetime) -> bool:
    """Nothing lies in the session or nearer to it than the buffer."""
    buffer = timedelta(minutes=person.limits.buffer_minutes)
    return not any(
        event.start - buffer < end and start < event.end + buffer for event in (*person.busy, *person.booked)
    )


def is_below_the_caps(person: Participant, start: datetime) -> bool:
    """One more on that local day, in that ISO week and in that month is still allowed."""
    if not person.booked and min(person.limits.per_day, person.limits.per_week, person.limits.per_month) > 0:
        return True
    tz = zone(person.limits.zone)
    day = start.astimezone(tz).date()
    days = [booked.start.astimezone(tz).date() for booked in person.booked]
    return (
        sum(each == day for each in days) < person.limits.per_day
        and sum(each.isocalendar()[:2] == day.isocalendar()[:2] for each in days) < person.limits.per_week
        and sum((each.year, each.month) == (day.year, day.month) for each in days) < person.limits.per_month
    )
