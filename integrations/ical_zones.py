"""What a TZID in a calendar means: an IANA zone, a Windows name, or the calendar's own VTIMEZONE. Never a guess at UTC.

Each calendar has zones of its own: two calendars that define one name differently do not touch each other.
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from integrations.ical_rules import Budget, Rule, starts
from integrations.ical_text import Component
from integrations.ical_values import EARLIEST, LATEST, Zone, date_time, moment, offset, shifted, wall_times
from mentoring.errors import Refused

_OF_THIS_MACHINE = frozenset({"localtime", "posixrules", "Factory"})
_WINDOWS = {name.casefold(): olson for name, olson in WINDOWS_TO_OLSON.items()}


class IanaZone:
    """A zone of the IANA database."""

    def __init__(self, info: ZoneInfo) -> None:
        self.info = info

    def utc(self, wall: datetime) -> datetime:
        """A skipped wall time has the offset before the change, a doubled one is its first (RFC 5545 section 3.3.5)."""
        try:
            return wall.replace(tzinfo=self.info).astimezone(UTC)
        except OverflowError:
            return EARLIEST if wall.year < 2000 else LATEST


class WrittenZone:
    """A zone written out in the calendar as a VTIMEZONE (RFC 5545 section 3.6.5)."""

    def __init__(self, component: Component, until: datetime, budget: Budget) -> None:
        changes = sorted(change for part in component.components for change in _changes(part, until, budget))
        if not changes:
            raise Refused("the calendar has a time zone (VTIMEZONE) without STANDARD or DAYLIGHT")
        self.at = [at for at, _, _ in changes]
        self.offsets = [changes[0][1], *(to for _, _, to in changes)]
        self.spread = sorted(set(self.offsets), reverse=True)

    def _offset(self, at: datetime) -> timedelta:
        return self.offsets[bisect_right(self.at, at)]

    def utc(self, wall: datetime) -> datetime:
        """The same reading of skipped and doubled wall times as for an IANA zone."""
        try:
            fixed = wall.replace(tzinfo=UTC)
            for each in self.spread:
                if self._offset(fixed - each) == each:
                    return fixed - each
            return fixed - self._offset(fixed - self.spread[0])
        except OverflowError:
            return EARLIEST if wall.year < 2000 else LATEST


def _changes(part: Component, until: datetime, budget: Budget) -> list[tuple[datetime, timedelta, timedelta]]:
    """(when in UTC, offset before, offset after) of each onset of a STANDARD or DAYLIGHT part."""
    if part.name not in {"STANDARD", "DAYLIGHT"}:
        return []
    begins, before, after = (part.one(name) for name in ("DTSTART", "TZOFFSETFROM", "TZOFFSETTO"))
    if part.unreadable or begins is None or before is None or after is None:
        raise Refused("the calendar has a time zone (VTIMEZONE) that cannot be read")
    first, was, becomes = date_time(begins), offset(before.value), offset(after.value)
    walls = {first, *(wall for each in part.all("RDATE") for wall in wall_times(each))}
    walls.update(wall for each in part.all("RRULE") for wall in _onsets(each.value, first, was, until, budget))
    return [(shifted(wall.replace(tzinfo=UTC), -was), was, becomes) for wall in walls]


def _onsets(text: str, first: datetime, was: timedelta, until: datetime, budget: Budget) -> list[datetime]:
    try:
        rule = Rule.parse(text)
    except ValueError as problem:
        raise Refused("the calendar has a time zone (VTIMEZONE) with an RRULE that cannot be read") from problem
    onsets = list(starts(rule, first, first, until, budget))
    if not rule.until:
        return onsets
    last = moment(rule.until, "RRULE")
    local = shifted(last.wall, was) if last.is_utc else last.wall
    return [wall for wall in onsets if wall <= local or (last.is_date and wall.date() == local.date())]


class Zones:
    """The zones of one calendar. own: the calendar's own zone, in which floating times and all-day events lie."""

    def __init__(self, vcalendar: Component, otherwise: str, until: datetime, budget: Budget) -> None:
        self._until, self._budget = until.replace(tzinfo=None) + timedelta(days=800), budget
        self._written = {
            name.value.strip(): part for part in vcalendar.parts("VTIMEZONE") if (name := part.one("TZID")) is not None
        }
        self._known: dict[str, Zone] = {}
        declared = vcalendar.one("X-WR-TIMEZONE")
        self.own = self.named(declared.value if declared and declared.value.strip() else otherwise)

    def named(self, tzid: str) -> Zone:
        """The zone that a TZID names. Raises Refused for one that neither the world nor the calendar knows."""
        name = tzid.strip()
        if name not in self._known:
            self._known[name] = self._found(name)
        return self._known[name]

    def _found(self, name: str) -> Zone:
        info = iana(name.strip("/"))
        if info is None and name in self._written:
            return WrittenZone(self._written[name], self._until, self._budget)
        if info is None and name.startswith("/"):
            info = _behind_a_vendor(name)
        if info is None:
            raise Refused("the calendar uses a time zone that is neither known nor described in it (TZID)")
        return IanaZone(info)


def iana(name: str) -> ZoneInfo | None:
    """The zone by its own name, or by a Windows one as CLDR maps it; None for one that nobody knows."""
    known = _WINDOWS.get(name.casefold(), name)
    if known in _OF_THIS_MACHINE or known.startswith("right/"):
        return None
    try:
        return ZoneInfo(known)
    except (KeyError, ValueError, OSError):
        return None


def _behind_a_vendor(name: str) -> ZoneInfo | None:
    """A globally unique name such as /freeassociation.sourceforge.net/Europe/Berlin (RFC 5545 section 3.2.19)."""
    words = name.strip("/").split("/")
    return next((info for at in range(1, len(words)) if (info := iana("/".join(words[at:])))), None)
