"""A zone written out as a VTIMEZONE (RFC 5545 section 3.6.5), for calendars that name it in a TZID."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard, vDDDLists

YEARS = 12


@lru_cache(maxsize=512)
def vtimezone(name: str, year: int) -> Timezone:
    """The zone from the beginning of that year on, for so many years."""
    zone = ZoneInfo(name)
    written = Timezone()
    written.add("TZID", name)
    first = datetime(year, 1, 1, tzinfo=zone)
    written.add_component(_part(zone, [(first, first.utcoffset() or timedelta())]))
    onsets: dict[tuple[timedelta, timedelta, str], list[tuple[datetime, timedelta]]] = {}
    for at in changes(zone, year, YEARS):
        before = (at.astimezone(UTC) - timedelta(minutes=1)).astimezone(zone).utcoffset() or timedelta()
        onsets.setdefault((before, at.utcoffset() or timedelta(), at.tzname() or name), []).append((at, before))
    for group in onsets.values():
        written.add_component(_part(zone, group))
    return written


def _part(zone: ZoneInfo, onsets: list[tuple[datetime, timedelta]]) -> TimezoneStandard | TimezoneDaylight:
    """One STANDARD or DAYLIGHT part; onsets are told in the wall time of the offset before."""
    at, before = onsets[0]
    part = TimezoneDaylight() if at.dst() else TimezoneStandard()
    walls = [each.astimezone(UTC).replace(tzinfo=None) + was for each, was in onsets]
    part.add("DTSTART", walls[0])
    part.add("TZOFFSETFROM", before)
    part.add("TZOFFSETTO", at.utcoffset() or timedelta())
    part.add("TZNAME", at.tzname() or zone.key)
    if walls[1:]:
        part.add("RDATE", vDDDLists(walls[1:]))
    return part


def changes(zone: ZoneInfo, year: int, years: int) -> Iterator[datetime]:
    """The moments at which the offset changes, to the minute, in so many years from the beginning of that one."""
    at = datetime(year, 1, 1, tzinfo=UTC)
    last = datetime(year + years, 1, 1, tzinfo=UTC)
    while at < last:
        later = at + timedelta(days=7)
        if at.astimezone(zone).utcoffset() != later.astimezone(zone).utcoffset():
            yield _between(at, later, zone)
        at = later


def _between(low: datetime, high: datetime, zone: ZoneInfo) -> datetime:
    before = low.astimezone(zone).utcoffset()
    while high - low > timedelta(minutes=1):
        middle = low + timedelta(minutes=(high - low) // timedelta(minutes=2))
        low, high = (middle, high) if middle.astimezone(zone).utcoffset() == before else (low, middle)
    return high.astimezone(zone)
