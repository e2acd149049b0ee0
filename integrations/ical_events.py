"""One VEVENT as its times and what they mean for its owner. Its title, place and guests stay behind here."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from urllib.parse import unquote
from zoneinfo import ZoneInfo

from integrations.ical_text import Component, Property
from integrations.ical_values import LATEST, Duration, Written, Zone, duration, moment, shifted, unreadable, written
from integrations.ical_zones import IanaZone, Zones
from mentoring.availability import Busyness
from mentoring.errors import Refused

# An INTEGER has up to ten digits (RFC 5545 section 3.3.8), the number of milliseconds that some count in has more.
_SEQUENCE = re.compile("[0-9]{1,18}")
_UTC = IanaZone(ZoneInfo("UTC"))
_ONE_DAY = Duration(days=1)
_OUTLOOK = {"OOF": Busyness.OUT_OF_OFFICE, "WORKINGELSEWHERE": Busyness.WORKING_ELSEWHERE}
_LEAST_FREE = ("ACCEPTED", "TENTATIVE", "NEEDS-ACTION", "DECLINED")
_ANSWERS = {"TENTATIVE": Busyness.TENTATIVE, "NEEDS-ACTION": Busyness.UNANSWERED}


@dataclass(frozen=True)
class Stamp:
    """A point on a wall clock in its zone; a date is its midnight."""

    wall: datetime
    zone: Zone
    is_date: bool = False

    @cached_property
    def utc(self) -> datetime:
        return self.zone.utc(self.wall)

    def ends(self, length: Duration) -> datetime:
        """When something of that length ends that begins here: days by the wall clock, the rest by the stop watch."""
        try:
            return self.zone.utc(self.wall + timedelta(days=length.days)) + length.exact
        except OverflowError:
            return LATEST

    def moved(self, by: timedelta) -> Stamp:
        """Ends at the ends of the calendar."""
        return Stamp(shifted(self.wall, by), self.zone, self.is_date)


@dataclass(frozen=True)
class Event:
    """One VEVENT: a single event, the master of a series, or the override of one instance (RFC 5545 section 3.8.4.4).

    kind: None when it leaves its owner free. ranged: the override counts for the instances after it as well.
    """

    uid: str
    start: Stamp
    length: Duration
    kind: Busyness | None
    sequence: int
    recurrence_id: Stamp | None
    ranged: bool
    component: Component


def event(component: Component, zones: Zones, owners: frozenset[str]) -> Event:
    """Raises Refused when anything that tells its time is missing, contradictory or cannot be read."""
    if component.unreadable:
        raise Refused("the calendar has an event with a line that cannot be read")
    start = _start(component, zones)
    recurrence_id = component.one("RECURRENCE-ID")
    return Event(
        uid=uid_of(component),
        start=start,
        length=_length(component, start, zones),
        kind=busyness(component, owners),
        sequence=sequence_of(component),
        recurrence_id=stamp(written(recurrence_id), recurrence_id, zones) if recurrence_id else None,
        ranged=_ranged(recurrence_id),
        component=component,
    )


def stamp(value: Written, stated: Property, zones: Zones) -> Stamp:
    """A written date or time in the zone that it is meant in: UTC, its TZID's, or the calendar's own when it floats."""
    if value.is_utc:
        return Stamp(value.wall, _UTC)
    # A date floats whatever TZID stands beside it: TZID goes with DATE-TIME only (RFC 5545 section 3.2.19).
    tzid = "" if value.is_date else stated.params.get("TZID", "")
    return Stamp(value.wall, zones.named(tzid) if tzid else zones.own, value.is_date)


def _start(component: Component, zones: Zones) -> Stamp:
    stated = component.one("DTSTART")
    if stated is None:
        raise Refused("the calendar has an event without DTSTART")
    return stamp(written(stated), stated, zones)


def uid_of(component: Component) -> str:
    """Raises Refused where there is none."""
    stated = component.one("UID")
    if stated is None or not stated.value.strip():
        raise Refused("the calendar has an event without UID")
    return stated.value.strip()


def sequence_of(component: Component) -> int:
    """0 where none is stated. Raises Refused."""
    text = component.text("SEQUENCE") or "0"
    if not _SEQUENCE.fullmatch(text):
        raise unreadable("SEQUENCE")
    return int(text)


def _ranged(recurrence_id: Property | None) -> bool:
    wanted = recurrence_id.params.get("RANGE", "").upper() if recurrence_id else ""
    if wanted not in {"", "THISANDFUTURE"}:
        raise unreadable("RECURRENCE-ID")
    return bool(wanted)


def _length(component: Component, start: Stamp, zones: Zones) -> Duration:
    end, lasting = component.one("DTEND"), component.one("DURATION")
    if end and lasting:
        raise Refused("the calendar has an event with both DTEND and DURATION")
    if end:
        return _until(stamp(written(end), end, zones), start)
    if lasting:
        length = duration(lasting.value, "DURATION")
        if length.negative:
            raise Refused("the calendar has an event whose DURATION is negative")
        return length
    return _ONE_DAY if start.is_date else Duration()


def _until(end: Stamp, start: Stamp) -> Duration:
    if end.is_date is not start.is_date:
        raise Refused("the calendar has an event whose DTEND is not of the kind of its DTSTART")
    if end.is_date:
        days = (end.wall - start.wall).days
        if days < 0:
            raise Refused("the calendar has an event whose DTEND is before its DTSTART")
        # DTEND on DTSTART's own day is not allowed (RFC 5545 section 3.8.2.2), and every calendar shows that day.
        return Duration(days=max(1, days))
    # A DTEND fixes the exact length of every instance (RFC 5545 section 3.8.5.3).
    exact = end.utc - start.utc
    if exact < timedelta():
        raise Refused("the calendar has an event whose DTEND is before its DTSTART")
    return Duration(exact=exact)


def busyness(component: Component, owners: frozenset[str]) -> Busyness | None:
    """What the event means for its owner; None for free (DESIGN rule 3)."""
    status, outlook = component.text("STATUS"), component.text("X-MICROSOFT-CDO-BUSYSTATUS")
    if component.text("TRANSP") == "TRANSPARENT" or status == "CANCELLED" or outlook == "FREE":
        return None
    answer = answer_of(component, owners)
    if answer == "DECLINED":
        return None
    if outlook in _OUTLOOK:
        return _OUTLOOK[outlook]
    if answer in _ANSWERS:
        return _ANSWERS[answer]
    return Busyness.TENTATIVE if "TENTATIVE" in {status, outlook} else Busyness.BUSY


def answer_of(component: Component, owners: frozenset[str]) -> str:
    """The owner's PARTSTAT, or the empty string when they are not among the attendees.

    Somebody invited at two addresses has declined only when both have; an answer of another kind counts as a yes.
    """
    answers = {
        each.params.get("PARTSTAT", "NEEDS-ACTION").upper()
        for each in component.all("ATTENDEE")
        if addresses(each) & owners
    }
    if answers - set(_LEAST_FREE):
        return "ACCEPTED"
    return next((answer for answer in _LEAST_FREE if answer in answers), "")


def address(text: str) -> str:
    """A mailto: URI or plain address as it is compared: lower case, without the scheme."""
    return unquote(text.strip()).lower().removeprefix("mailto:").strip()


def addresses(attendee: Property) -> set[str]:
    """An attendee's address, and the one beside it where they are named by something else."""
    return {address(attendee.value), address(attendee.params.get("EMAIL", ""))} - {""}


def moment_of(component: Component, name: str) -> datetime | None:
    """The moment of DTSTAMP and its like, which are in UTC (RFC 5545 section 3.8.7). Raises Refused."""
    stated = component.one(name)
    return moment(stated.value, name).wall.replace(tzinfo=UTC) if stated else None
