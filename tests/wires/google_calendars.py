"""The state of the Google wire: calendars, what lies in them, who sees it, and what Google tells whom by mail."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from tests.wires.google_events import ANSWERS, Event, Instance, Kept

NO_CHANGE_TO_GUESTS = frozenset({"reminders", "colorId", "transparency", "visibility"})


@dataclass(frozen=True)
class Mail:
    """A mail that Google sent to a guest. kind: invite, update or cancel."""

    to: str
    kind: str
    uid: str
    sequence: int
    organiser: str
    event: dict[str, Any] = field(repr=False)


@dataclass
class Calendar:
    """One calendar. roles: who may do what with it. changed: by event, the state of the wire when it last was.

    oldest_token: sync tokens of before that state have expired. error: what a free/busy query says instead of it.
    """

    id: str
    owner: str
    summary: str
    zone: str
    roles: dict[str, str]
    primary: bool = False
    selected: bool = True
    watchable: bool = True
    listed: bool = True
    error: str = ""
    oldest_token: int = 0
    events: dict[str, Event | Kept] = field(default_factory=dict)
    changed: dict[str, int] = field(default_factory=dict)

    @property
    def zone_info(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    def instances(self, start: datetime, end: datetime) -> Iterator[Instance]:
        """Each occurrence that overlaps [start, end), cancelled ones left out."""
        for each in self.events.values():
            if not each.cancelled:
                yield from each.instances(start, end, self.owner, self.zone_info)

    def entry(self, viewer: str) -> dict[str, Any]:
        said = {
            "kind": "calendar#calendarListEntry",
            "etag": f'"{self.id}"',
            "id": self.id,
            "summary": self.summary,
            "timeZone": self.zone,
            "accessRole": self.roles[viewer],
        }
        flags = {"primary": self.primary and viewer == self.owner, "selected": self.selected}
        return said | {name: True for name, on in flags.items() if on}


@dataclass
class Calendars:
    """All of them. state rises with each change and is what sync tokens are made of."""

    clock: Callable[[], datetime]
    told: Callable[[Calendar], None]
    calendars: dict[str, Calendar] = field(default_factory=dict)
    mails: list[Mail] = field(default_factory=list)
    state: int = 1
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def seen_by(self, viewer: str, calendar_id: str) -> Calendar | None:
        found = self.calendars.get(viewer if calendar_id == "primary" else calendar_id)
        return found if found is not None and viewer in found.roles else None

    def touched(self, event: Event | Kept, *homes: Calendar) -> None:
        """The event changed, in each calendar that it lies in, and in these."""
        self.state += 1
        event.version = self.state
        for calendar in self.calendars.values():
            if event.id in calendar.events or calendar in homes:
                calendar.events[event.id] = event
                calendar.changed[event.id] = self.state
                self.told(calendar)

    def keep(self, calendar: Calendar, kept: Kept) -> None:
        self.touched(kept, calendar)

    def drop(self, calendar: Calendar, kept: Kept) -> None:
        kept.cancelled = True
        self.touched(kept, calendar)

    def insert(self, calendar: Calendar, event_id: str, stated: dict[str, Any], send: str) -> Event:
        event = Event(
            event_id or f"wire{next(self._numbers):010d}", calendar.owner, calendar.id, {}, self.state, self.clock()
        )
        calendar.events[event.id] = event
        self.write(event, stated, send, first=True)
        return event

    def write(self, event: Event, stated: dict[str, Any], send: str, first: bool = False) -> None:
        """What the organiser says it is now; its guests are told."""
        before = {each["email"].lower() for each in event.guests}
        seen = {name: value for name, value in event.stated.items() if name not in NO_CHANGE_TO_GUESTS}
        event.stated = {**stated, "attendees": [_guest(each) for each in stated.get("attendees", [])]}
        now = {name: value for name, value in event.stated.items() if name not in NO_CHANGE_TO_GUESTS}
        if not first and seen != now:
            event.sequence += 1
        event.updated = self.clock()
        self._lay(event)
        after = {each["email"].lower() for each in event.guests}
        for email in sorted(before | after):
            if email not in after:
                self._mail(event, email, "cancel", send)
            elif email not in before:
                self._mail(event, email, "invite", send)
            elif seen != now:
                self._mail(event, email, "update", send)

    def cancel(self, event: Event, send: str) -> None:
        event.cancelled, event.sequence, event.updated = True, event.sequence + 1, self.clock()
        self._lay(event)
        for each in event.guests:
            self._mail(event, each["email"].lower(), "cancel", send)

    def answer(self, event: Event, email: str, answer: str) -> None:
        guest = event.guest(email)
        assert guest is not None, f"{email} is no guest"
        assert answer in ANSWERS
        guest["responseStatus"] = answer
        event.updated = self.clock()
        self._lay(event)

    def _lay(self, event: Event) -> None:
        """Into the organiser's calendar and the primary one of each guest who has an account here."""
        guests = [each["email"].lower() for each in event.guests]
        homes = [self.calendars[email] for email in (event.home, *guests) if email in self.calendars]
        self.touched(event, *homes)

    def _mail(self, event: Event, to: str, kind: str, send: str) -> None:
        if send == "all" or (send == "externalOnly" and to not in self.calendars):
            self.mails.append(Mail(to, kind, event.uid, event.sequence, event.organiser, dict(event.stated)))


def _guest(said: dict[str, Any]) -> dict[str, Any]:
    return {"responseStatus": "needsAction"} | said
