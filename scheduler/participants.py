"""Somebody whose time is asked about, with all that limits it."""

from __future__ import annotations

from dataclasses import dataclass

from mentoring.days import OPEN_ALWAYS, Closed
from mentoring.hours import WeeklyHours
from mentoring.intervals import Interval, Intervals
from mentoring.people import Limits

UNCAPPED = 1_000_000


@dataclass(frozen=True)
class Participant:
    """One side of a pair. All times are UTC.

    busy: from their calendars, as far as it is known. booked: every meeting Interlude holds for them, in either role;
    it blocks time as busy does, and counts for the caps, so meetings earlier in the same month belong to it too.
    covers: what the calendars were read for. Outside it nothing is known, so nothing is free. closed: local dates,
    at least those of the window that is asked about, on which they are left in peace.
    """

    person_id: int
    limits: Limits
    busy: Intervals
    booked: tuple[Interval, ...]
    covers: Interval
    closed: Closed = OPEN_ALWAYS

    @property
    def taken(self) -> Intervals:
        """All that blocks this person's time, merged."""
        return self.busy | Intervals(self.booked) if self.booked else self.busy


def only_hours(hours: WeeklyHours) -> Limits:
    """Limits that ask for nothing but the hours: no buffers, no notice, caps that never bite."""
    return Limits(hours, buffer_minutes=0, notice_hours=0, per_day=UNCAPPED, per_week=UNCAPPED, per_month=UNCAPPED)
