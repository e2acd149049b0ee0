"""When, in words, for what leaves by mail: in its reader's zone and habit, and saying which zone."""

from __future__ import annotations

from datetime import datetime

from mentoring.intervals import Interval
from mentoring.people import Person
from mentoring.times_in_words import city, clock, day, offset, short_day, span


def when(interval: Interval, reader: Person) -> str:
    """ "Thursday 26 November, 11:00–11:20, Berlin time (UTC+1)"."""
    zone = reader.limits.zone
    clocks = span(interval, zone, reader.twelve_hour)
    return f"{day(interval.start, zone)}, {clocks}, {city(zone)} time ({offset(interval.start, zone)})"


def moment(at: datetime, reader: Person) -> str:
    """ "Wednesday 25 November, 08:00, Berlin time"."""
    zone = reader.limits.zone
    return f"{day(at, zone)}, {clock(at, zone, reader.twelve_hour)}, {city(zone)} time"


def short(at: datetime, reader: Person) -> str:
    """ "Thu 26 Nov, 11:00", for a subject line."""
    zone = reader.limits.zone
    return f"{short_day(at, zone)}, {clock(at, zone, reader.twelve_hour)}"
