"""What a mail asks of a calendar: an iTIP message as iMIP carries it (RFC 5546, RFC 6047)."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from icalendar import Timezone

from integrations import itip_event
from integrations.yearly_zone import yearly_zone
from mentoring.intervals import Interval
from mentoring.mail import Method
from mentoring.ports import CopyText

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def message(copy: CopyText, method: Method, zone: str) -> bytes:
    """The message to one attendee, with times in that zone: the same letters for the same copy.

    For a CANCEL the copy's sequence is the raised one. Where Outlook would misread the zone, the times are in UTC,
    which every program shows in its reader's own.
    """
    start, end, vtimezone = _times(copy.interval, zone)
    status = "CANCELLED" if method is Method.CANCEL else "CONFIRMED"
    vevent = itip_event.vevent(_plain(copy), start, end, status=status, asks=method is Method.REQUEST)
    vcalendar = itip_event.vcalendar(vevent, vtimezone)
    vcalendar.add("CALSCALE", "GREGORIAN")
    vcalendar.add("METHOD", method.value)
    return bytes(vcalendar.to_ical())


def _times(interval: Interval, zone: str) -> tuple[datetime, datetime, Timezone | None]:
    info = ZoneInfo(zone)
    start, end = interval.start.astimezone(info), interval.end.astimezone(info)
    vtimezone = yearly_zone(zone, start.year)
    return (interval.start, interval.end, None) if vtimezone is None else (start, end, vtimezone)


def _plain(copy: CopyText) -> CopyText:
    """Without control characters, at which some programs stop reading."""
    return replace(
        copy,
        summary=_CONTROL.sub("", copy.summary),
        description=_CONTROL.sub("", copy.description),
        organiser_name=_CONTROL.sub("", copy.organiser_name),
        attendees=tuple(replace(each, name=_CONTROL.sub("", each.name)) for each in copy.attendees),
    )
