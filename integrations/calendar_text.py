"""Writes ordinary calendars: the sample organisation's, and those that tests are made of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, vCalAddress, vRecur

from integrations.vtimezone import vtimezone

PRODID = "-//Interlude//Calendar//EN"
Moment = date | datetime


@dataclass(frozen=True)
class EventText:
    """One event, or a series with its exceptions.

    start, end: datetimes with a ZoneInfo, or dates for all-day (end exclusive). rrule: as in RFC 5545.
    moved: from an instance's own start to where it is instead. cancelled: the starts of instances called off, each
    kept as an override with STATUS:CANCELLED. status, busystatus: STATUS and X-MICROSOFT-CDO-BUSYSTATUS.
    owner_partstat: the answer of `owner`, an attendee; `organiser` is an address.
    """

    uid: str
    summary: str
    start: Moment
    end: Moment
    rrule: str = ""
    exdates: tuple[Moment, ...] = ()
    moved: Mapping[Moment, tuple[Moment, Moment]] = field(default_factory=dict)
    cancelled: tuple[Moment, ...] = ()
    transparent: bool = False
    status: str = ""
    busystatus: str = ""
    owner_partstat: str = ""
    owner: str = ""
    organiser: str = ""


def calendar_text(events: Iterable[EventText], zone: str, name: str = "") -> bytes:
    """The calendar as a file, with the zone as X-WR-TIMEZONE and a VTIMEZONE for each TZID it uses."""
    vcalendar = _vcalendar(events)
    vcalendar.add("X-WR-TIMEZONE", zone)
    if name:
        vcalendar.add("X-WR-CALNAME", name)
    return bytes(vcalendar.to_ical())


def one_object(event: EventText, zone: str) -> bytes:
    """One event with all its exceptions, as a CalDAV server stores it (RFC 4791 section 4.1).

    zone: unused by timed events; kept with all-day ones, so that a reader knows which midnight is meant.
    """
    vcalendar = _vcalendar([event])
    if not isinstance(event.start, datetime):
        vcalendar.add("X-WR-TIMEZONE", zone)
    return bytes(vcalendar.to_ical())


def _vcalendar(events: Iterable[EventText]) -> Calendar:
    vcalendar = Calendar()
    vcalendar.add("PRODID", PRODID)
    vcalendar.add("VERSION", "2.0")
    vevents = [vevent for event in events for vevent in _vevents(event)]
    for zone, year in sorted(_zones(vevents).items()):
        vcalendar.add_component(vtimezone(zone, year))
    for vevent in vevents:
        vcalendar.add_component(vevent)
    return vcalendar


def _vevents(event: EventText) -> list[Event]:
    master = _vevent(event, event.start, event.end)
    if event.rrule:
        master.add("RRULE", vRecur.from_ical(event.rrule))
    for exdate in event.exdates:
        master.add("EXDATE", exdate)
    moved = [_override(event, at, start, end) for at, (start, end) in event.moved.items()]
    # What is called off takes no time, so that its end need not be worked out.
    cancelled = [_override(event, at, at, None, status="CANCELLED") for at in event.cancelled]
    return [master, *moved, *cancelled]


def _override(event: EventText, instance: Moment, start: Moment, end: Moment | None, status: str = "") -> Event:
    vevent = _vevent(event, start, end, status)
    vevent.add("RECURRENCE-ID", instance)
    return vevent


def _vevent(event: EventText, start: Moment, end: Moment | None, status: str = "") -> Event:
    vevent = Event()
    vevent.add("UID", event.uid)
    # The same text on each run: a writer that stamped the current time would change every ETag.
    vevent.add("DTSTAMP", datetime(2026, 1, 1, tzinfo=UTC))
    vevent.add("SUMMARY", event.summary)
    vevent.add("DTSTART", start)
    if end is not None:
        vevent.add("DTEND", end)
    if event.transparent:
        vevent.add("TRANSP", "TRANSPARENT")
    if status or event.status:
        vevent.add("STATUS", status or event.status)
    if event.busystatus:
        vevent.add("X-MICROSOFT-CDO-BUSYSTATUS", event.busystatus)
    if event.organiser:
        vevent.add("ORGANIZER", vCalAddress(f"mailto:{event.organiser}"))
    if event.owner:
        attendee = vCalAddress(f"mailto:{event.owner}")
        attendee.params["PARTSTAT"] = event.owner_partstat or "NEEDS-ACTION"
        vevent.add("ATTENDEE", attendee, encode=False)
    return vevent


def _zones(vevents: Iterable[Event]) -> dict[str, int]:
    """The named zones in use, each with the first year that it is used in."""
    found: dict[str, int] = {}
    for vevent in vevents:
        for name in ("DTSTART", "DTEND", "RECURRENCE-ID", "EXDATE"):
            stated = vevent.get(name, [])
            for each in stated if isinstance(stated, list) else [stated]:
                for moment in each.dts:
                    zone = moment.dt.tzinfo if isinstance(moment.dt, datetime) else None
                    if isinstance(zone, ZoneInfo) and zone.key != "UTC":
                        found[zone.key] = min(found.get(zone.key, 9999), moment.dt.year)
    return found
