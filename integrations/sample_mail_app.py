"""What a mail program does for one of the sample's people: shows an invite, and answers it by mail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from hashlib import sha256
from typing import cast

from icalendar import Calendar, Event, vCalAddress

from integrations.ical_events import address
from integrations.mail_blocks import one_line
from integrations.mail_parts import calendar_texts, parsed
from mentoring.errors import Refused
from mentoring.intervals import Interval
from mentoring.proposals import Partstat

PRODID = "-//Interlude//Sample mail program//EN"


@dataclass(frozen=True)
class Invite:
    """An invite as the program shows it. partstat: the owner's, as the invite has it; None where they are no guest."""

    method: str
    uid: str
    sequence: int
    summary: str
    interval: Interval
    organiser: str
    partstat: Partstat | None


def read_invite(raw: bytes, owner: str = "") -> Invite:
    """The invite that the mail carries. Raises Refused where there is none."""
    vcalendar, vevent = _event(raw)
    mine = _guest(vevent, owner)
    return Invite(
        method=str(vcalendar.get("METHOD", "")),
        uid=str(vevent["UID"]),
        sequence=int(vevent.get("SEQUENCE", 0)),
        summary=str(vevent.get("SUMMARY", "")),
        interval=_interval(vevent),
        organiser=address(str(vevent["ORGANIZER"])),
        partstat=Partstat(mine.params.get("PARTSTAT", "NEEDS-ACTION")) if mine is not None else None,
    )


def reply(raw_invite: bytes, owner: str, partstat: Partstat, now: datetime, at: Interval | None = None) -> EmailMessage:
    """The answer that the owner's program mails to the organiser; with `at`, the offer of another time.

    Raises Refused where the mail is no invite, or the owner not among its guests.
    """
    _, vevent = _event(raw_invite)
    mine = _guest(vevent, owner)
    if mine is None:
        raise Refused("the owner is not among the guests of the invite")
    method = "COUNTER" if at else "REPLY"
    text = _answer(vevent, mine, method, partstat, now, at)
    written = EmailMessage(policy=SMTP)
    written["From"] = Address(str(mine.params.get("CN", "")), addr_spec=owner)
    written["To"] = Address(addr_spec=address(str(vevent["ORGANIZER"])))
    written["Subject"] = one_line(f"{'New time' if at else partstat.value.capitalize()}: {vevent.get('SUMMARY', '')}")
    written["Date"] = now
    written["Message-ID"] = f"<{sha256(text).hexdigest()[:32]}@{owner.rpartition('@')[2]}>"
    written.set_content(f"{owner} has answered: {partstat.value.lower()}.\n")
    written.add_alternative(text.decode(), subtype="calendar", params={"method": method})
    return written


def _answer(
    vevent: Event, mine: vCalAddress, method: str, partstat: Partstat, now: datetime, at: Interval | None
) -> bytes:
    """UID, SEQUENCE and ORGANIZER are the invite's own (RFC 5546 section 3.2.3)."""
    answer = Event()
    for name in ("UID", "SEQUENCE", "SUMMARY", "ORGANIZER"):
        if name in vevent:
            answer[name] = vevent[name]
    interval = at or _interval(vevent)
    answer.add("DTSTART", interval.start)
    answer.add("DTEND", interval.end)
    answer.add("DTSTAMP", now.astimezone(UTC))
    guest = vCalAddress(mine)
    guest.params.update({**mine.params, "PARTSTAT": partstat.value})
    guest.params.pop("RSVP", None)
    answer.add("ATTENDEE", guest, encode=False)
    calendar = Calendar()
    calendar.add("PRODID", PRODID)
    calendar.add("VERSION", "2.0")
    calendar.add("METHOD", method)
    calendar.add_component(answer)
    return bytes(calendar.to_ical())


def _event(raw: bytes) -> tuple[Calendar, Event]:
    message = parsed(raw)
    for text in calendar_texts(message) if message is not None else []:
        vcalendar = Calendar.from_ical(text)
        vevents = cast("list[Event]", vcalendar.walk("VEVENT"))
        if vevents:
            return vcalendar, vevents[0]
    raise Refused("this mail carries no invite")


def _interval(vevent: Event) -> Interval:
    return Interval(vevent.decoded("DTSTART"), vevent.decoded("DTEND"))


def _guest(vevent: Event, owner: str) -> vCalAddress | None:
    guests = vevent.get("ATTENDEE", [])
    named = guests if isinstance(guests, list) else [guests]
    return next((guest for guest in named if address(str(guest)) == owner.lower()), None)
