"""When an iCalendar file says that its owner is busy (DESIGN rules 1, 3, 4)."""

from __future__ import annotations

from collections.abc import Iterator

from integrations.ical_events import Event, address, event, stamp
from integrations.ical_rules import Budget
from integrations.ical_series import instances
from integrations.ical_text import Component, calendars
from integrations.ical_values import Duration, periods, unreadable
from integrations.ical_zones import Zones
from mentoring.availability import BusyEvent, Busyness
from mentoring.errors import Refused
from mentoring.intervals import Interval
from mentoring.ports import KeyOf

_FREE_BUSY = {
    "FREE": None,
    "BUSY-TENTATIVE": Busyness.TENTATIVE,
    "BUSY-UNAVAILABLE": Busyness.OUT_OF_OFFICE,
}


def busy_events(
    text: bytes, window: Interval, *, zone: str, owners: frozenset[str], key_of: KeyOf
) -> tuple[BusyEvent, ...]:
    """The busy stretches inside the window, clipped to it, in UTC, by start.

    zone: where floating times and all-day events lie unless the calendar says so itself (X-WR-TIMEZONE). owners: the
    addresses whose declined events are free. key_of is given the event's UID, the same for all instances of a series.
    Raises Refused, naming what is wrong but no title, place or guest, for anything that cannot be read completely.
    """
    read, known = calendars(text), frozenset(address(owner) for owner in owners)
    budget = Budget.for_events(sum(len(vcalendar.parts("VEVENT")) for vcalendar in read))
    found = {
        busy
        for vcalendar in read
        for busy in _busy(vcalendar, window, Zones(vcalendar, zone, window.end, budget), known, key_of, budget)
    }
    return tuple(sorted(found))


def _busy(
    vcalendar: Component, window: Interval, zones: Zones, owners: frozenset[str], key_of: KeyOf, budget: Budget
) -> Iterator[BusyEvent]:
    if vcalendar.unreadable:
        raise Refused("the calendar has a line that cannot be read")
    by_uid: dict[str, list[Event]] = {}
    for component in vcalendar.parts("VEVENT"):
        read = event(component, zones, owners)
        by_uid.setdefault(read.uid, []).append(read)
    for uid, events in by_uid.items():
        key = ""
        for each in instances(events, window, zones, budget):
            if each.kind is not None and each.start < each.end:
                part = Interval(each.start, each.end).clipped(window)
                if part is not None:
                    key = key or key_of(uid)
                    yield BusyEvent(part, each.kind, key)
    for component in vcalendar.parts("VFREEBUSY"):
        yield from _published(component, window, zones, key_of)


def _published(component: Component, window: Interval, zones: Zones, key_of: KeyOf) -> Iterator[BusyEvent]:
    """The busy periods of a VFREEBUSY (RFC 5545 section 3.6.4)."""
    if component.unreadable:
        raise Refused("the calendar has free/busy time with a line that cannot be read")
    uid = component.one("UID")
    for stated in component.all("FREEBUSY"):
        kind = _FREE_BUSY.get(stated.params.get("FBTYPE", "BUSY").upper(), Busyness.BUSY)
        for value, until in periods(stated):
            start = stamp(value, stated, zones)
            if until is None:
                raise unreadable("FREEBUSY")
            end = start.ends(until) if isinstance(until, Duration) else stamp(until, stated, zones).utc
            if end < start.utc:
                raise unreadable("FREEBUSY")
            part = Interval(start.utc, end).clipped(window) if start.utc < end else None
            if kind is not None and part is not None:
                yield BusyEvent(part, kind, key_of(uid.value.strip() if uid else ""))
