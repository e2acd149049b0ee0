"""An event as invites word it, whether it is stored in a calendar or sent by mail (RFC 5545, RFC 5546)."""

from __future__ import annotations

from datetime import UTC, datetime

from icalendar import Calendar, Event, Timezone, vCalAddress

from mentoring.ports import Attendee, CopyText
from mentoring.proposals import Partstat

PRODID = "-//Interlude//Invites//EN"


def vevent(
    copy: CopyText, start: datetime, end: datetime, *, status: str = "CONFIRMED", asks: bool = True, agent: str = ""
) -> Event:
    """The event of that copy. asks: whoever has not answered is asked to. agent: who is to tell the others of it
    (SCHEDULE-AGENT), where a server might."""
    written = Event()
    written.add("UID", copy.uid)
    written.add("SEQUENCE", copy.sequence)
    written.add("DTSTAMP", copy.stamp.astimezone(UTC))
    written.add("LAST-MODIFIED", copy.stamp.astimezone(UTC))
    written.add("DTSTART", start)
    written.add("DTEND", end)
    written.add("SUMMARY", copy.summary)
    written.add("DESCRIPTION", copy.description)
    written.add("CLASS", "PRIVATE")
    written.add("STATUS", status)
    written.add("TRANSP", "OPAQUE")
    if copy.url:
        written.add("URL", copy.url)
    written.add("ORGANIZER", _party(copy.organiser_name, copy.organiser_address, agent), encode=False)
    for attendee in copy.attendees:
        written.add("ATTENDEE", _attendee(attendee, asks, agent), encode=False)
    return written


def vcalendar(event: Event, zone: Timezone | None = None) -> Calendar:
    """A calendar of that one event, with the zone that its times are in unless they are in UTC."""
    written = Calendar()
    written.add("PRODID", PRODID)
    written.add("VERSION", "2.0")
    if zone is not None:
        written.add_component(zone)
    written.add_component(event)
    return written


def _party(name: str, mailbox: str, agent: str) -> vCalAddress:
    party = vCalAddress(f"mailto:{mailbox}")
    # A parameter's value cannot hold a double quote or a line break (RFC 5545 section 3.2).
    party.params["CN"] = " ".join(name.replace('"', "'").split())
    if agent:
        party.params["SCHEDULE-AGENT"] = agent
    return party


def _attendee(attendee: Attendee, asks: bool, agent: str) -> vCalAddress:
    party = _party(attendee.name, attendee.address, agent)
    party.params["CUTYPE"] = "INDIVIDUAL"
    party.params["ROLE"] = "REQ-PARTICIPANT"
    party.params["PARTSTAT"] = attendee.partstat.value
    party.params["RSVP"] = "TRUE" if asks and attendee.partstat is Partstat.NEEDS_ACTION else "FALSE"
    return party
