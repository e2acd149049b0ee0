"""A zone as two rules that hold every year: all that Outlook understands of a VTIMEZONE.

It reads DTSTART, RRULE and the offsets of one STANDARD and one DAYLIGHT part, a rule only as the n-th weekday of a
month, and passes over RDATE ([MS-STANOICAL] 2.2.47, [MS-OXCICAL] 2.1.3.1.1.19). A zone written in any other way is an
hour off there for half of the year.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard, vRecur

from integrations.vtimezone import changes

YEARS = 4
"""From the year before: so that January is covered, and that the fourth Sunday is told from the last."""

_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_MINUTE, _WEEK = timedelta(minutes=1), timedelta(days=7)


@dataclass(frozen=True)
class _Onset:
    """A change of offset. wall: what the clock of before shows then."""

    wall: datetime
    before: timedelta
    after: timedelta
    name: str


@lru_cache(maxsize=512)
def yearly_zone(name: str, year: int) -> Timezone | None:
    """The zone as it is in that year. None where it is UTC, or changes in a way that no such rules tell."""
    zone = ZoneInfo(name)
    onsets = [_onset(at, zone) for at in changes(zone, year - 1, YEARS)]
    if not onsets:
        return _fixed(zone, year)
    parts = [[each for each in onsets if each.after == after] for after in sorted({each.after for each in onsets})]
    rules = [_rule(part, year - 1) for part in parts]
    if len(parts) != 2 or not all(rules):
        return None
    written = Timezone()
    written.add("TZID", name)
    written.add_component(_part(TimezoneStandard(), parts[0][0], rules[0]))
    written.add_component(_part(TimezoneDaylight(), parts[1][0], rules[1]))
    return written


def _onset(at: datetime, zone: ZoneInfo) -> _Onset:
    before = (at.astimezone(UTC) - _MINUTE).astimezone(zone).utcoffset() or timedelta()
    wall = at.astimezone(UTC).replace(tzinfo=None) + before
    return _Onset(wall, before, at.utcoffset() or timedelta(), at.tzname() or zone.key)


def _fixed(zone: ZoneInfo, year: int) -> Timezone | None:
    begin = datetime(year - 1, 1, 1, tzinfo=zone)
    offset = begin.utcoffset()
    if not offset:
        return None
    written = Timezone()
    written.add("TZID", zone.key)
    onset = _Onset(begin.replace(tzinfo=None), offset, offset, begin.tzname() or zone.key)
    written.add_component(_part(TimezoneStandard(), onset, ""))
    return written


def _part(kind: TimezoneStandard | TimezoneDaylight, onset: _Onset, rule: str) -> TimezoneStandard | TimezoneDaylight:
    kind.add("DTSTART", onset.wall)
    kind.add("TZOFFSETFROM", onset.before)
    kind.add("TZOFFSETTO", onset.after)
    kind.add("TZNAME", onset.name)
    if rule:
        kind.add("RRULE", vRecur.from_ical(rule))
    return kind


def _rule(onsets: Sequence[_Onset], first: int) -> str:
    """The rule that gives these, once in each of the years; empty where there is none."""
    walls = [each.wall for each in onsets]
    alike = {(wall.month, wall.weekday(), wall.time()) for wall in walls}
    if [wall.year for wall in walls] != list(range(first, first + YEARS)) or len(alike) != 1:
        return ""
    numbers = {(wall.day - 1) // 7 + 1 for wall in walls}
    last = all((wall + _WEEK).month != wall.month for wall in walls)
    if len(numbers) != 1 and not last:
        return ""
    nth = -1 if last else numbers.pop()
    return f"FREQ=YEARLY;BYMONTH={walls[0].month};BYDAY={nth}{_WEEKDAYS[walls[0].weekday()]}"
