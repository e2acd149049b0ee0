"""An attendee's answer as a calendar part says it: METHOD:REPLY, or COUNTER with another time (RFC 5546)."""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import sha256

from integrations.ical_events import addresses, event, moment_of, sequence_of, uid_of
from integrations.ical_rules import Budget
from integrations.ical_text import Component, Property, calendars
from integrations.ical_values import unreadable, written
from integrations.ical_zones import Zones
from integrations.mail_headers import as_address
from mentoring.errors import Refused
from mentoring.intervals import Interval
from mentoring.mail import Reply, SetAside
from mentoring.proposals import Partstat

HIGHEST_SEQUENCE = 2**31 - 1
"""RFC 5545 section 3.3.8."""

LONGEST_UID = 500
_LAST = datetime(2100, 1, 1, tzinfo=UTC)


def answer(text: bytes, sender: str) -> Reply | SetAside:
    """The answer, or why there is none. sender: who sent the mail that it came in."""
    try:
        return _answer(text, sender)
    except (Refused, ValueError):
        return SetAside.UNREADABLE


def _answer(text: bytes, sender: str) -> Reply | SetAside:
    vcalendar, *others = calendars(text)
    method, vevents = vcalendar.text("METHOD"), vcalendar.parts("VEVENT")
    if others or method not in {"REPLY", "COUNTER"} or len(vevents) != 1 or vevents[0].all("RECURRENCE-ID"):
        return SetAside.NOT_AN_ANSWER
    (vevent,) = vevents
    attendee = _attendee(vevent, method, sender)
    if attendee is None or attendee.params.get("PARTSTAT", "").upper() == "DELEGATED":
        return SetAside.NOT_AN_ANSWER
    return _reply(vcalendar, vevent, method, attendee, sender)


def _attendee(vevent: Component, method: str, sender: str) -> Property | None:
    """Whose answer it is. A REPLY names nobody else; a COUNTER may list all the guests (RFC 5546 section 3.2.7)."""
    named = vevent.all("ATTENDEE")
    if method == "COUNTER" and len(named) > 1:
        named = [each for each in named if sender in addresses(each)]
    return named[0] if len(named) == 1 else None


def _reply(vcalendar: Component, vevent: Component, method: str, attendee: Property, sender: str) -> Reply:
    uid, sequence, stamp = uid_of(vevent), sequence_of(vevent), moment_of(vevent, "DTSTAMP")
    if stamp is None or sequence > HIGHEST_SEQUENCE or len(uid) > LONGEST_UID or not uid.isprintable():
        raise unreadable("DTSTAMP, SEQUENCE or UID")
    partstat = Partstat(attendee.params.get("PARTSTAT", "NEEDS-ACTION").upper())
    whose = _address(attendee, sender)
    counter = _offered(vcalendar, vevent) if method == "COUNTER" else None
    said = (method, uid, whose, sender, sequence, stamp, partstat, counter)
    trace = sha256("\0".join(map(str, said)).encode()).hexdigest()
    return Reply(uid, sender, whose, partstat, sequence, stamp, trace, counter)


def _address(attendee: Property, sender: str) -> str:
    """Some calendars name people by a path, or a number, with their address beside it (EMAIL)."""
    known = sorted(filter(None, map(as_address, addresses(attendee))))
    if not known:
        raise unreadable("ATTENDEE")
    return sender if sender in known else known[0]


def _offered(vcalendar: Component, vevent: Component) -> Interval:
    """The other time. One that floats, or a whole day, would have to be guessed at.

    Outlook adds the time as it was (X-MS-OLK-ORIGINALSTART), which is of no use here.
    """
    for name in ("DTSTART", "DTEND"):
        stated = vevent.one(name)
        if stated is not None and not written(stated).is_utc and not stated.params.get("TZID"):
            raise unreadable(name)
    read = event(vevent, Zones(vcalendar, "UTC", _LAST, Budget()), frozenset())
    return Interval(read.start.utc, read.start.ends(read.length))
