"""What is known of a person's time. Unknown is never free."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from mentoring.intervals import Interval, Intervals


class Busyness(StrEnum):
    """The kind of busy, all that is kept of an event beside its times."""

    BUSY = "busy"
    TENTATIVE = "tentative"
    UNANSWERED = "unanswered"
    OUT_OF_OFFICE = "out_of_office"
    WORKING_ELSEWHERE = "working_elsewhere"


@dataclass(frozen=True, order=True)
class BusyEvent:
    """One busy stretch. key: a keyed hash of the provider's event id, by which our own copies are told apart."""

    interval: Interval
    kind: Busyness = Busyness.BUSY
    key: str = ""


@dataclass(frozen=True)
class Reading:
    """What one full look at one calendar gave: the busy events inside `covers`, and the cursor for the next look.

    Complete by construction: a provider that cannot read everything raises instead. news: since the last look somebody
    changed the calendar, for certain; False also where that cannot be told.
    """

    events: tuple[BusyEvent, ...]
    covers: Interval
    cursor: str = ""
    news: bool = False


@dataclass(frozen=True)
class Known:
    """The busy time of a person within `covers`, as read at `read_at` (the oldest of their calendars)."""

    busy: Intervals
    covers: Interval
    read_at: datetime


@dataclass(frozen=True)
class Unknown:
    """Why nothing can be said of a person's time, in words they understand, and which calendar it is about."""

    why: str
    calendar: str = ""


Availability = Known | Unknown


def busy_time(
    events: Iterable[BusyEvent],
    free_kinds: frozenset[Busyness] = frozenset(),
    excluding_key: str | None = None,
) -> Intervals:
    """The union of the events' times, less the kinds that the policy counts as free.

    excluding_key: one event's key left out, for a proposal that asks whether its own time is still free.
    """
    return Intervals.of(
        event.interval
        for event in events
        if event.kind not in free_kinds and (excluding_key is None or event.key != excluding_key)
    )
