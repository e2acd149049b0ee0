"""What lies in the calendars of the Google wire: events of its own, and iCalendar objects of another program.

Objects are expanded by recurring-ical-events, which shares no code with us.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import recurring_ical_events
from icalendar.error import BrokenCalendarProperty

MARGIN = timedelta(days=2)
ANSWERS = ("needsAction", "declined", "tentative", "accepted")
WHEN_TOLD_LITTLE = frozenset(
    {"kind", "etag", "id", "status", "updated", "start", "end", "iCalUID", "transparency", "eventType", "visibility"}
)
"""What of an event somebody sees who may see availability only."""


class NotStored(ValueError):
    """Google does not take that object."""


def utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(frozen=True)
class Instance:
    """One occurrence, as it takes time in somebody's calendar."""

    start: datetime
    end: datetime
    resource: Mapping[str, Any]
    declined: bool = False

    @property
    def busy(self) -> bool:
        free = self.resource.get("transparency") == "transparent" or self.resource["status"] == "cancelled"
        return self.start < self.end and not free and not self.declined


@dataclass
class Event:
    """An event as Google keeps it, shared by everybody's calendar that it lies in.

    home: the calendar that its organiser keeps it in. stated: what the organiser wrote.
    """

    id: str
    organiser: str
    home: str
    stated: dict[str, Any]
    version: int
    updated: datetime
    sequence: int = 0
    cancelled: bool = False

    @property
    def uid(self) -> str:
        return f"{self.id}@google.com"

    @property
    def etag(self) -> str:
        return f'"{self.version}"'

    @property
    def guests(self) -> list[dict[str, Any]]:
        guests: list[dict[str, Any]] = self.stated.get("attendees", [])
        return guests

    def guest(self, email: str) -> dict[str, Any] | None:
        return next((each for each in self.guests if each["email"].lower() == email.lower()), None)

    def concerns(self, viewer: str) -> bool:
        """Whether it is in their calendar: a guest who was taken off finds it gone."""
        return not self.cancelled and (viewer == self.organiser or self.guest(viewer) is not None)

    def times(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        return _moment(self.stated["start"], zone), _moment(self.stated["end"], zone)

    def resource(self, viewer: str, zone: ZoneInfo) -> dict[str, Any]:
        if viewer != self.organiser and not self.concerns(viewer):
            return {"kind": "calendar#event", "etag": self.etag, "id": self.id, "status": "cancelled"}
        guests = [each | ({"self": True} if each["email"].lower() == viewer else {}) for each in self.guests]
        person = {"email": self.organiser} | ({"self": True} if viewer == self.organiser else {})
        return (
            {"status": "confirmed", "eventType": "default"}
            | {name: value for name, value in self.stated.items() if name != "attendees"}
            | ({"attendees": guests} if guests else {})
            | {
                "kind": "calendar#event",
                "etag": self.etag,
                "id": self.id,
                "iCalUID": self.uid,
                "sequence": self.sequence,
                "updated": self.updated.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z",
                "organizer": person,
                "creator": person,
            }
            | ({"status": "cancelled"} if self.cancelled else {})
        )

    def instances(self, start: datetime, end: datetime, viewer: str, zone: ZoneInfo) -> Iterator[Instance]:
        begins, ends = self.times(zone)
        if self.concerns(viewer) and begins < end and ends > start:
            guest = self.guest(viewer)
            declined = guest is not None and guest["responseStatus"] == "declined"
            yield Instance(begins, ends, self.resource(viewer, zone), declined)


@dataclass
class Kept:
    """An iCalendar object, as somebody imported it or another program keeps it in their Google calendar."""

    name: str
    ics: bytes
    version: int
    cancelled: bool = False
    calendar: Any = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.calendar = icalendar.Calendar.from_ical(self.ics)
        for component in self._events():
            _check_zones(component)

    def _events(self) -> list[Any]:
        return list(self.calendar.walk("VEVENT"))

    @property
    def id(self) -> str:
        return hashlib.sha256(self.name.encode()).hexdigest()[:26]

    @property
    def etag(self) -> str:
        return f'"{self.version}"'

    def resource(self, viewer: str, zone: ZoneInfo) -> dict[str, Any]:
        if self.cancelled:
            return {"kind": "calendar#event", "etag": self.etag, "id": self.id, "status": "cancelled"}
        first = self._events()[0]
        return self._instance(first, viewer, zone).resource  # type: ignore[return-value]

    def instances(self, start: datetime, end: datetime, viewer: str, zone: ZoneInfo) -> Iterator[Instance]:
        # recurring-ical-events takes X-WR-TIMEZONE for the zone of UTC times as well, so it is given none.
        self.calendar.pop("X-WR-TIMEZONE", None)
        for component in recurring_ical_events.of(self.calendar).between(start - MARGIN, end + MARGIN):
            found = self._instance(component, viewer, zone)
            if found.start < end and found.end > start:
                yield found

    def _instance(self, component: Any, viewer: str, zone: ZoneInfo) -> Instance:
        begins = component["DTSTART"].dt
        ends = component["DTEND"].dt if "DTEND" in component else begins + _length(component)
        kind = str(component.get("X-MICROSOFT-CDO-BUSYSTATUS", ""))
        free = component.get("TRANSP") == "TRANSPARENT" or kind in {"FREE", "WORKINGELSEWHERE"}
        kinds = {"OOF": "outOfOffice", "WORKINGELSEWHERE": "workingLocation"}
        status = str(component.get("STATUS", "CONFIRMED")).lower()
        resource: dict[str, Any] = {
            "kind": "calendar#event",
            "etag": self.etag,
            "id": self.id,
            "iCalUID": str(component["UID"]),
            "status": status if status in {"confirmed", "tentative", "cancelled"} else "confirmed",
            "eventType": kinds.get(kind, "default"),
            "start": _said(begins, zone),
            "end": _said(ends, zone),
        }
        for name, field_name in (("SUMMARY", "summary"), ("LOCATION", "location"), ("DESCRIPTION", "description")):
            if name in component:
                resource[field_name] = str(component[name])
        if free:
            resource["transparency"] = "transparent"
        attendees = list(_attendees(component, viewer))
        if attendees:
            resource["attendees"] = attendees
        declined = any(each.get("self") and each["responseStatus"] == "declined" for each in attendees)
        return Instance(_laid(begins, zone), _laid(ends, zone), resource, declined)


def _attendees(component: Any, viewer: str) -> Iterator[dict[str, Any]]:
    said = component.get("ATTENDEE", [])
    for each in said if isinstance(said, list) else [said]:
        email = re.sub(r"(?i)^mailto:", "", str(each))
        answers = {"NEEDS-ACTION": "needsAction", "DECLINED": "declined", "TENTATIVE": "tentative"}
        answer = answers.get(str(each.params.get("PARTSTAT", "NEEDS-ACTION")), "accepted")
        yield {"email": email, "responseStatus": answer} | ({"self": True} if email.lower() == viewer else {})


def _check_zones(component: Any) -> None:
    """Google refuses a zone that it does not know; icalendar leaves its times without one."""
    for name in ("DTSTART", "DTEND", "RECURRENCE-ID"):
        stated = component.get(name)
        try:
            unknown = stated is not None and "TZID" in stated.params and getattr(stated.dt, "tzinfo", None) is None
        except BrokenCalendarProperty as problem:
            raise NotStored("Invalid value") from problem
        if unknown:
            raise NotStored("Invalid time zone definition")


def _length(component: Any) -> timedelta:
    if "DURATION" in component:
        length: timedelta = component["DURATION"].dt
        return length
    return timedelta() if isinstance(component["DTSTART"].dt, datetime) else timedelta(days=1)


def _said(at: date | datetime, zone: ZoneInfo) -> dict[str, str]:
    if not isinstance(at, datetime):
        return {"date": at.isoformat()}
    return {"dateTime": (at if at.tzinfo else at.replace(tzinfo=zone)).isoformat()}


def _laid(at: date | datetime, zone: ZoneInfo) -> datetime:
    if isinstance(at, datetime):
        return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)
    return datetime.combine(at, time(), zone).astimezone(UTC)


def _moment(said: Mapping[str, str], zone: ZoneInfo) -> datetime:
    if "date" in said:
        return _laid(date.fromisoformat(said["date"]), zone)
    at = datetime.fromisoformat(said["dateTime"])
    return _laid(at if at.tzinfo else at.replace(tzinfo=ZoneInfo(said["timeZone"])), zone)
