"""An attendee's copy as a stored calendar object, and what is read back from it (RFC 5545, RFC 5546, RFC 6638)."""

from __future__ import annotations

from datetime import UTC, datetime

from integrations import itip_event
from integrations.ical_events import address, answer_of, event, moment_of
from integrations.ical_rules import Budget
from integrations.ical_text import Component, calendars
from integrations.ical_zones import Zones
from mentoring.errors import Refused
from mentoring.intervals import Interval
from mentoring.ports import CopySeen, CopyText
from mentoring.proposals import Partstat


def stored(copy: CopyText) -> bytes:
    """The copy as a CalDAV server stores it: the same letters for the same copy.

    No METHOD (RFC 4791 section 4.1). SCHEDULE-AGENT=CLIENT, so that the server mails nobody (RFC 6638 section 7.1).
    Times are in UTC, so no VTIMEZONE is needed.
    """
    vevent = itip_event.vevent(copy, copy.interval.start, copy.interval.end, agent="CLIENT")
    return bytes(itip_event.vcalendar(vevent).to_ical())


def uids(text: bytes) -> frozenset[str]:
    """The UIDs of the events of a stored object. Raises Refused when it cannot be read."""
    return frozenset(
        stated.value.strip()
        for vcalendar in calendars(text)
        for vevent in vcalendar.parts("VEVENT")
        if (stated := vevent.one("UID")) is not None
    )


def copy_seen(text: bytes, uid: str, owners: frozenset[str], zone: str, href: str, etag: str) -> CopySeen:
    """What a person's calendar says of the copy now. Raises Refused when its times or its sequence cannot be read.

    A copy that the person's calendar marks as cancelled counts as declined. changed_at: the later of
    LAST-MODIFIED and DTSTAMP; clients keep one or the other.
    """
    vcalendar, vevent = _master(text, uid)
    read = event(vevent, Zones(vcalendar, zone, datetime(2100, 1, 1, tzinfo=UTC), Budget()), frozenset())
    end = read.start.ends(read.length)
    if end <= read.start.utc:
        raise Refused("the copy in the calendar was changed to last no time at all")
    return CopySeen(
        href=href,
        etag=etag,
        sequence=read.sequence,
        interval=Interval(read.start.utc, end),
        partstat=_partstat(vevent, frozenset(map(address, owners))),
        changed_at=max((at for name in ("LAST-MODIFIED", "DTSTAMP") if (at := moment_of(vevent, name))), default=None),
    )


def _master(text: bytes, uid: str) -> tuple[Component, Component]:
    for vcalendar in calendars(text):
        for vevent in vcalendar.parts("VEVENT"):
            stated = vevent.one("UID")
            if stated is not None and stated.value.strip() == uid and not vevent.all("RECURRENCE-ID"):
                return vcalendar, vevent
    raise Refused("the calendar holds another event where the copy was")


def _partstat(vevent: Component, owners: frozenset[str]) -> Partstat:
    if vevent.text("STATUS") == "CANCELLED":
        return Partstat.DECLINED
    return Partstat(answer_of(vevent, owners) or "NEEDS-ACTION")
