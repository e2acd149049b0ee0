"""What a mailbox on the wire holds, and how Graph tells it: stored calendar objects and meetings with answers.

Objects are expanded by recurring_ical_events, which nothing of the product uses. Their UID serves as iCalUId.
https://learn.microsoft.com/graph/api/resources/event
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import recurring_ical_events
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from mentoring.intervals import Interval

NO_TIME = "0001-01-01T00:00:00Z"
_SHOW_AS = {"OOF": "oof", "WORKINGELSEWHERE": "workingElsewhere", "FREE": "free", "TENTATIVE": "tentative"}
_ANSWERS = {
    "ACCEPTED": "accepted",
    "TENTATIVE": "tentativelyAccepted",
    "DECLINED": "declined",
    "NEEDS-ACTION": "notResponded",
}


def zone_of(name: str) -> ZoneInfo:
    """A zone by the name that Windows or IANA gives it."""
    return ZoneInfo(WINDOWS_TO_OLSON.get(name, name))


def said(moment: datetime, zone: str) -> dict[str, str]:
    """A dateTimeTimeZone, with the seven digits of a second that Graph writes."""
    wall = moment.astimezone(zone_of(zone)).replace(tzinfo=None)
    return {"dateTime": wall.isoformat(timespec="microseconds") + "0", "timeZone": zone}


def moment_of(stated: dict[str, str]) -> datetime:
    return datetime.fromisoformat(stated["dateTime"]).replace(tzinfo=zone_of(stated["timeZone"])).astimezone(UTC)


def stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def address(text: object) -> str:
    return str(text).lower().removeprefix("mailto:")


@dataclass
class Item:
    """One calendar object, as its owner's app stored it."""

    text: bytes
    zone_unknown: str = ""
    vcalendar: icalendar.Calendar = None  # type: ignore[assignment]

    def __post_init__(self) -> None:
        self.vcalendar = icalendar.Calendar.from_ical(self.text)  # type: ignore[assignment]
        for vevent in self.vcalendar.walk("VEVENT"):
            if vevent.errors or "DTSTART" not in vevent:
                raise ValueError("this is no event")
            for stated in (vevent[name] for name in ("DTSTART", "DTEND") if name in vevent):
                if isinstance(stated.dt, datetime) and stated.dt.tzinfo is None and "TZID" in stated.params:
                    self.zone_unknown = stated.params["TZID"]

    def instances(self, window: Interval) -> list[icalendar.Event]:
        query = recurring_ical_events.of(self.vcalendar, keep_recurrence_attributes=True, skip_bad_series=False)
        return list(query.between(window.start - timedelta(days=1), window.end + timedelta(days=1)))

    def recurs(self, uid: str) -> bool:
        return any(
            vevent["UID"] == uid and {"RRULE", "RDATE", "RECURRENCE-ID"} & set(vevent)
            for vevent in self.vcalendar.walk("VEVENT")
        )


@dataclass
class Guest:
    """An attendee of a meeting. A copy lies in their calendar if they have a mailbox on the wire."""

    address: str
    name: str
    type: str = "required"
    response: str = "none"
    time: str = NO_TIME
    proposed: Interval | None = None

    def as_told(self) -> dict[str, Any]:
        body: dict[str, Any] = {
            "type": self.type,
            "status": {"response": self.response, "time": self.time},
            "emailAddress": {"name": self.name, "address": self.address},
        }
        if self.proposed is not None:
            body["proposedNewTime"] = {
                "start": said(self.proposed.start, "UTC"),
                "end": said(self.proposed.end, "UTC"),
            }
        return body


@dataclass
class Meeting:
    """An event that an organiser made. given: its properties as they were sent, attendees aside."""

    id: str
    uid: str
    organiser: str
    calendar: str
    created: datetime
    given: dict[str, Any]
    guests: list[Guest] = field(default_factory=list)
    properties: dict[str, str] = field(default_factory=dict)
    cancelled: bool = False
    version: int = 1
    changed: datetime = datetime(2026, 1, 1, tzinfo=UTC)

    @property
    def interval(self) -> Interval:
        return Interval(moment_of(self.given["start"]), moment_of(self.given["end"]))

    @property
    def etag(self) -> str:
        return f'W/"{self.change_key}"'

    @property
    def change_key(self) -> str:
        return sha256(f"{self.id} {self.version}".encode()).hexdigest()[:24]

    def guest(self, email: str) -> Guest | None:
        return next((each for each in self.guests if each.address == email), None)

    def as_told(self, owner: str, zone: str) -> dict[str, Any]:
        """The event in its organiser's calendar, or a guest's copy in theirs."""
        guest, given = self.guest(owner), self.given
        organises = owner == self.organiser
        response = "organizer" if organises else {"none": "notResponded"}.get(guest.response, guest.response)  # type: ignore[union-attr]
        show_as = given.get("showAs", "busy")
        content = given.get("body", {}).get("content", "")
        return {
            "@odata.etag": self.etag,
            "id": self.id if organises else f"{self.id}-{sha256(owner.encode()).hexdigest()[:6]}",
            "iCalUId": self.uid,
            "changeKey": self.change_key,
            "createdDateTime": stamp(self.created),
            "lastModifiedDateTime": stamp(self.changed),
            "subject": ("Canceled: " if self.cancelled else "") + given.get("subject", ""),
            "body": {"contentType": "html", "content": f"<html><body>{content}</body></html>"},
            "bodyPreview": content[:255],
            "start": said(self.interval.start, zone),
            "end": said(self.interval.end, zone),
            "isAllDay": given.get("isAllDay", False),
            "isCancelled": self.cancelled,
            "isOrganizer": organises,
            "showAs": "tentative" if response in {"notResponded", "tentativelyAccepted"} else show_as,
            "type": "singleInstance",
            "sensitivity": given.get("sensitivity", "normal"),
            "responseRequested": given.get("responseRequested", True),
            "allowNewTimeProposals": given.get("allowNewTimeProposals", True),
            "isReminderOn": given.get("isReminderOn", True),
            "transactionId": given.get("transactionId") if organises else None,
            "responseStatus": {"response": response, "time": guest.time if guest else NO_TIME},
            "organizer": {"emailAddress": {"name": self.organiser, "address": self.organiser}},
            "attendees": [each.as_told() for each in self.guests],
            "location": {"displayName": given.get("location", {}).get("displayName", "")},
        }


@dataclass
class WireCalendar:
    id: str
    name: str
    owner: str
    is_default: bool = False
    can_edit: bool = True
    items: dict[str, Item] = field(default_factory=dict)

    def as_told(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "name": self.name,
            "color": "auto",
            "isDefaultCalendar": self.is_default,
            "canEdit": self.can_edit,
            "canShare": self.is_default,
            "canViewPrivateItems": self.can_edit,
            "isRemovable": not self.is_default,
            "owner": {"name": self.owner, "address": self.owner},
        }


@dataclass
class Mailbox:
    """zone: as mailboxSettings tells it, a Windows or IANA name, or one that is neither."""

    email: str
    zone: str
    calendars: dict[str, WireCalendar] = field(default_factory=dict)

    @property
    def default(self) -> WireCalendar:
        return next(each for each in self.calendars.values() if each.is_default)

    def wall(self) -> ZoneInfo:
        try:
            return zone_of(self.zone)
        except (KeyError, ValueError):
            return ZoneInfo("UTC")


def told(item: Item, mailbox: Mailbox, window: Interval, zone: str, one_uid: bool) -> Iterator[dict[str, Any]]:
    """The instances of an object inside the window, those of a series each with an id of its own.

    one_uid: all instances of a series have the iCalUId that is their UID; Graph gives each its own.
    """
    for vevent in item.instances(window):
        body = _instance(item, vevent, mailbox, zone)
        if not _overlaps(body, window, mailbox):
            continue
        if body["type"] != "singleInstance" and not one_uid:
            body["iCalUId"] += f"-{vevent['DTSTART'].dt:%Y%m%d}"
        yield body


def _overlaps(body: dict[str, Any], window: Interval, mailbox: Mailbox) -> bool:
    if body["isAllDay"]:
        start, end = (datetime.fromisoformat(body[each]["dateTime"]) for each in ("start", "end"))
        start, end = start.replace(tzinfo=mailbox.wall()), end.replace(tzinfo=mailbox.wall())
    else:
        try:
            start, end = moment_of(body["start"]), moment_of(body["end"])
        except (KeyError, ValueError):
            return True
    return start < window.end and (window.start < end or window.start <= start)


def _instance(item: Item, vevent: icalendar.Event, mailbox: Mailbox, zone: str) -> dict[str, Any]:
    uid, start, end = str(vevent["UID"]), vevent["DTSTART"].dt, vevent["DTEND"].dt
    attendees = vevent.get("ATTENDEE", [])
    answers = {
        address(each): str(each.params.get("PARTSTAT", "NEEDS-ACTION"))
        for each in (attendees if isinstance(attendees, list) else [attendees])
    }
    organiser = address(vevent.get("ORGANIZER", f"mailto:{mailbox.email}"))
    response = _ANSWERS.get(answers.get(mailbox.email, ""), "none")
    series = item.recurs(uid)
    version = sha256(item.text).hexdigest()[:24]
    return {
        "@odata.etag": f'W/"{version}"',
        "id": sha256(f"{uid} {start}".encode()).hexdigest()[:32],
        "iCalUId": uid,
        "changeKey": version,
        "subject": str(vevent.get("SUMMARY", "")),
        "body": {"contentType": "text", "content": str(vevent.get("DESCRIPTION", ""))},
        "bodyPreview": str(vevent.get("DESCRIPTION", ""))[:255],
        **_times(item, start, end, mailbox, zone),
        "isCancelled": str(vevent.get("STATUS", "")) == "CANCELLED",
        "isOrganizer": organiser == mailbox.email,
        "showAs": _show_as(vevent, response),
        "type": "occurrence" if series else "singleInstance",
        "sensitivity": "normal",
        "responseStatus": {"response": response, "time": NO_TIME},
        "organizer": {"emailAddress": {"name": organiser, "address": organiser}},
        "attendees": [
            {
                "type": "required",
                "status": {"response": _ANSWERS.get(answer, "none"), "time": NO_TIME},
                "emailAddress": {"name": who, "address": who},
            }
            for who, answer in answers.items()
        ],
        "location": {"displayName": str(vevent.get("LOCATION", ""))},
    }


def _show_as(vevent: icalendar.Event, response: str) -> str:
    if str(vevent.get("TRANSP", "")) == "TRANSPARENT":
        return "free"
    stated = str(vevent.get("X-MICROSOFT-CDO-BUSYSTATUS", ""))
    if stated in _SHOW_AS:
        return _SHOW_AS[stated]
    tentative = str(vevent.get("STATUS", "")) == "TENTATIVE" or response in {"notResponded", "tentativelyAccepted"}
    return "tentative" if tentative else "busy"


def _times(item: Item, start: date, end: date, mailbox: Mailbox, zone: str) -> dict[str, Any]:
    """All-day is midnight to midnight whatever zone is asked; a zone that nobody knows is passed on as it is."""
    if not isinstance(start, datetime) or not isinstance(end, datetime):
        midnights = (datetime.combine(each, time(), UTC) for each in (start, end))
        first, last = (said(each, "UTC") | {"timeZone": zone} for each in midnights)
        return {"start": first, "end": last, "isAllDay": True}
    if item.zone_unknown:
        first, last = (said(each.replace(tzinfo=UTC), "UTC") | {"timeZone": item.zone_unknown} for each in (start, end))
        return {"start": first, "end": last, "isAllDay": False}
    moments = [each if each.tzinfo else each.replace(tzinfo=mailbox.wall()) for each in (start, end)]
    return {"start": said(moments[0], zone), "end": said(moments[1], zone), "isAllDay": False}
