"""The instances of one UID: rules, extra and excepted dates, moved instances (RFC 5545 sections 3.8.4.4 and 3.8.5)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

from integrations.ical_events import Event, Stamp, stamp
from integrations.ical_rules import FREQUENCIES, Budget, Rule, starts
from integrations.ical_text import Component
from integrations.ical_values import Duration, moment, periods, shifted, unreadable, written_list
from integrations.ical_zones import Zones
from mentoring.availability import Busyness
from mentoring.intervals import Interval

_WITHIN_A_DAY = frozenset(FREQUENCIES[4:])
_TIMES_OF_DAY = frozenset({"BYHOUR", "BYMINUTE", "BYSECOND"})
# A wall clock is never further from UTC than this, and a moved instance is looked for beside it.
_BESIDE = timedelta(days=2)


@dataclass(frozen=True)
class Instance:
    """One time that an event takes up; kind is None where it leaves its owner free."""

    start: datetime
    end: datetime
    kind: Busyness | None


class _Named:
    """The instances that EXDATEs or RECURRENCE-IDs name: by moment, or by day where the kinds of value differ."""

    def __init__(self, stamps: Iterable[Stamp]) -> None:
        self.moments: set[datetime] = set()
        self.days: set[datetime] = set()
        self.midnights: set[datetime] = set()
        for each in stamps:
            if each.is_date:
                self.days.add(each.wall)
            else:
                self.moments.add(each.utc)
                if each.wall.time() == time():
                    self.midnights.add(each.wall)

    def __contains__(self, start: Stamp) -> bool:
        day = datetime.combine(start.wall, time())
        return start.utc in self.moments or day in self.days or (start.is_date and day in self.midnights)


def instances(events: list[Event], window: Interval, zones: Zones, budget: Budget) -> Iterator[Instance]:
    """The instances of the events of one UID, all those that touch the window.

    A higher SEQUENCE of the same thing replaces the lower one. An override stands on its own: it counts whether or not
    there is a master, and whether or not the master's rule gives the instance that it names.
    """
    masters = _latest(each for each in events if each.recurrence_id is None)
    overrides = _latest_overrides(events)
    replaced = _Named(each.recurrence_id for each in overrides if each.recurrence_id)
    ranges = sorted((each for each in overrides if each.ranged), key=_begins)
    for override in overrides:
        yield Instance(override.start.utc, override.start.ends(override.length), override.kind)
    for master in masters:
        series = _Series(master, ranges, zones, budget)
        yield from (series.instance(*each) for each in series.starts(window) if each[0] not in replaced)


def _latest(events: Iterable[Event]) -> list[Event]:
    found = list(events)
    highest = max((each.sequence for each in found), default=0)
    return [each for each in found if each.sequence == highest]


def _latest_overrides(events: list[Event]) -> list[Event]:
    by_moment: dict[datetime, list[Event]] = {}
    for each in events:
        if each.recurrence_id is not None:
            by_moment.setdefault(each.recurrence_id.utc, []).append(each)
    return [each for same in by_moment.values() for each in _latest(same)]


def _begins(override: Event) -> datetime:
    return override.recurrence_id.utc if override.recurrence_id else override.start.utc


class _Series:
    """A master with the overrides that count for all later instances."""

    def __init__(self, master: Event, ranges: list[Event], zones: Zones, budget: Budget) -> None:
        self.master, self.ranges, self.zones, self.budget = master, ranges, zones, budget
        self.component: Component = master.component

    def starts(self, window: Interval) -> Iterator[tuple[Stamp, Duration | None]]:
        """The starts as the rules give them, before any range moves them; a length where an RDATE has its own."""
        without = _Named(self._exdates())
        found = {self.master.start.utc: (self.master.start, None), **self._rdates()}
        reach = self._reach()
        after, before = _wall(window.start, -reach), _wall(window.end, reach)
        for start in self._ruled("RRULE", after, before):
            found.setdefault(start.utc, (start, None))
        excepted = {start.utc for start in self._ruled("EXRULE", after, before)}
        return (each for at, each in found.items() if each[0] not in without and at not in excepted)

    def instance(self, start: Stamp, length: Duration | None) -> Instance:
        """The instance that begins there, moved by the last range override that begins before it."""
        ranged = next((each for each in reversed(self.ranges) if _begins(each) <= start.utc), None)
        if ranged is None:
            return Instance(start.utc, start.ends(length or self.master.length), self.master.kind)
        moved = start.moved(_shift(ranged))
        return Instance(moved.utc, moved.ends(ranged.length), ranged.kind)

    def _reach(self) -> timedelta:
        """How far outside of the window an instance may begin that still touches it."""
        lengths = [self.master.length, *(each.length for each in self.ranges)]
        longest = max(timedelta(days=min(each.days, 3_000_000)) + each.exact for each in lengths)
        furthest = max((abs(_shift(each)) for each in self.ranges), default=timedelta())
        return longest + furthest + _BESIDE

    def _exdates(self) -> Iterator[Stamp]:
        for stated in self.component.all("EXDATE"):
            yield from (stamp(value, stated, self.zones) for value in written_list(stated))

    def _rdates(self) -> dict[datetime, tuple[Stamp, Duration | None]]:
        found: dict[datetime, tuple[Stamp, Duration | None]] = {}
        for stated in self.component.all("RDATE"):
            for value, until in periods(stated):
                start = stamp(value, stated, self.zones)
                if start.is_date and not self.master.start.is_date:
                    raise unreadable("RDATE")
                length = until
                if until is not None and not isinstance(until, Duration):
                    length = Duration(exact=stamp(until, stated, self.zones).utc - start.utc)
                if isinstance(length, Duration) and length.negative:
                    raise unreadable("RDATE")
                found[start.utc] = (start, length if isinstance(length, Duration) else None)
        return found

    def _ruled(self, name: str, after: datetime, before: datetime) -> Iterator[Stamp]:
        first = self.master.start
        for stated in self.component.all(name):
            try:
                rule = _for_dates(Rule.parse(stated.value)) if first.is_date else Rule.parse(stated.value)
            except ValueError as problem:
                raise unreadable(name) from problem
            until = _Until(rule, first, name, self.zones)
            for wall in starts(rule, first.wall, after, before, self.budget):
                start = Stamp(wall, first.zone, first.is_date)
                if not until.includes(start):
                    break
                yield start


def _for_dates(rule: Rule) -> Rule:
    """The rule beside a DATE: times of day are to be ignored (RFC 5545 section 3.3.10). Raises ValueError."""
    if rule.freq in _WITHIN_A_DAY:
        raise ValueError(rule.freq)
    return replace(rule, by={name: values for name, values in rule.by.items() if name not in _TIMES_OF_DAY})


class _Until:
    """A rule's UNTIL, which is inclusive.

    A date ends with its day, also beside a DTSTART with a time; beside an all-day DTSTART the day counts either way.
    """

    def __init__(self, rule: Rule, first: Stamp, name: str, zones: Zones) -> None:
        self.last: Stamp | None = None
        if rule.until:
            value = moment(rule.until, name)
            zone = zones.named("UTC") if value.is_utc else first.zone
            self.last = Stamp(value.wall, zone, value.is_date)

    def includes(self, start: Stamp) -> bool:
        if self.last is None:
            return True
        if self.last.is_date or start.is_date:
            return start.wall.date() <= self.last.wall.date() or (not self.last.is_date and start.utc <= self.last.utc)
        return start.utc <= self.last.utc


def _shift(ranged: Event) -> timedelta:
    """How far a THISANDFUTURE override moves the instances after it (RFC 5545 section 3.2.13)."""
    named = ranged.recurrence_id or ranged.start
    if named.zone is ranged.start.zone:
        return ranged.start.wall - named.wall
    return ranged.start.utc - named.utc


def _wall(moment_in_utc: datetime, by: timedelta) -> datetime:
    """That moment on some wall clock, moved outward."""
    return shifted(moment_in_utc.replace(tzinfo=None), by)
