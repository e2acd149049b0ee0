"""People with a calendar on a real CalDAV server, and what they do in it with an app of their own."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from xml.etree import ElementTree as ET

from icalendar import Calendar

from mentoring.people import Person
from tests.servers import DavServer
from tests.workflows.house import House

USERS = {f"user{number}@example.org": f"word-{number}" for number in range(400)}
_numbers = itertools.count()


@dataclass
class Neighbour:
    """Somebody of the house, with their calendar."""

    person: Person
    dav: DavServer
    calendar: str

    @property
    def user(self) -> str:
        return self.person.email

    def events(self) -> list[Any]:
        """Every VEVENT in the calendar."""
        return [event for href in self.hrefs() for event in self.object(href).walk("VEVENT")]

    def invites(self) -> list[Any]:
        return [event for event in self.events() if "ORGANIZER" in event]

    def invite(self) -> Any:
        """The one invite there is."""
        (found,) = self.invites()
        return found

    def partstat(self, of: str = "") -> str:
        guests = self.invite()["ATTENDEE"]
        return next(str(g.params["PARTSTAT"]) for g in guests if g.lower() == f"mailto:{of or self.user}")

    def object(self, href: str) -> Calendar:
        status, text, _ = self.dav.ask("GET", self.dav.url + href, self.user)
        assert status == 200, text
        return Calendar.from_ical(text)

    def href_of(self, uid: str) -> str:
        return next(
            href for href in self.hrefs() if any(str(e["UID"]) == uid for e in self.object(href).walk("VEVENT"))
        )

    def hrefs(self) -> list[str]:
        _, answer, _ = self.dav.ask("PROPFIND", self.calendar, self.user, headers={"Depth": "1"})
        return [href for href in _hrefs(answer) if href.endswith(".ics")]

    def answer(self, partstat: str) -> None:
        """Sets the own PARTSTAT on the one invite."""

        def change(event: Any) -> None:
            for guest in event["ATTENDEE"]:
                if guest.lower() == f"mailto:{self.user}":
                    guest.params["PARTSTAT"] = partstat

        self._edit(change)

    def move(self, start: datetime, minutes: int = 20) -> None:
        """Drags the one invite to another time."""

        def change(event: Any) -> None:
            for name, at in (("DTSTART", start), ("DTEND", start + timedelta(minutes=minutes))):
                event.pop(name)
                event.add(name, at)

        self._edit(change)

    def delete(self) -> None:
        href = self.href_of(str(self.invite()["UID"]))
        status, said, _ = self.dav.ask("DELETE", self.dav.url + href, self.user)
        assert status in {200, 204}, said

    def is_busy(self, start: datetime, minutes: int = 60) -> None:
        """Puts something else into the calendar."""
        text = (
            "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\nBEGIN:VEVENT\r\n"
            f"UID:own-{next(_numbers)}\r\nDTSTAMP:20261101T000000Z\r\nSUMMARY:Planted dentist words\r\n"
            f"DTSTART:{start:%Y%m%dT%H%M%SZ}\r\nDURATION:PT{minutes}M\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
        )
        self.dav.put(self.user, f"{self.calendar}own-{next(_numbers)}.ics", text.encode())

    def _edit(self, change: Any) -> None:
        href = self.href_of(str(self.invite()["UID"]))
        vcalendar = self.object(href)
        for event in vcalendar.walk("VEVENT"):
            change(event)
        self.dav.put(self.user, self.dav.url + href, vcalendar.to_ical())


def _hrefs(answer: bytes) -> list[str]:
    found = ET.fromstring(answer).iterfind("{DAV:}response/{DAV:}href")
    return [href.text for href in found if href.text]


def neighbour(house: House, dav: DavServer, name: str, url: str = "", **changes: object) -> Neighbour:
    """Somebody new of the house, whose calendar is connected and read. url: where the house reaches the server."""
    user, word = next(iter(itertools.islice(USERS.items(), next(_numbers), None)))
    person = house.add(name, email=user, **changes)
    calendar = dav.make_calendar(user, "Work")
    house.connect(person, url or dav.url, user, word)
    return Neighbour(person, dav, calendar)
