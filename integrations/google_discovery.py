"""Which calendars a Google account has: https://developers.google.com/workspace/calendar/api/v3/reference/calendarList"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from integrations.google_api import GoogleApi
from integrations.ical_zones import iana
from mentoring.errors import TryLater
from mentoring.ports import FoundCalendar

NAMES_ONLY = "items(id,summary,summaryOverride,timeZone,accessRole,primary,selected),nextPageToken"
OWN_ROLES = frozenset({"owner", "writer", "writerWithoutPrivateAccess"})
OF_GOOGLES_OWN = ("@group.v.calendar.google.com", "@import.calendar.google.com")
"""How the names end of holidays, birthdays, phases of the moon, and of feeds that somebody subscribed to."""


def discovered(api: GoogleApi) -> tuple[FoundCalendar, ...]:
    """Every calendar in the person's list, the primary one first."""
    entries = [
        each
        for page in api.pages(api.calendar.calendarList().list, fields=NAMES_ONLY, maxResults=250)
        for each in page.get("items", ())
    ]
    try:
        return tuple(_found(each) for each in sorted(entries, key=lambda each: not each.get("primary")))
    except KeyError as problem:
        raise TryLater("Google's list of calendars could not be read") from problem


def _found(entry: Mapping[str, Any]) -> FoundCalendar:
    zone = iana(entry.get("timeZone", ""))
    return FoundCalendar(
        href=entry["id"],
        name=entry.get("summaryOverride") or entry.get("summary") or entry["id"],
        zone=zone.key if zone else "",
        # What the person may write is not for Interlude to write.
        writable=False,
        counts_as_busy=_counts(entry),
    )


def _counts(entry: Mapping[str, Any]) -> bool:
    """Whether it is likely to say where this person is: their own, and shown in their calendar."""
    if entry.get("primary"):
        return True
    own = entry.get("accessRole") in OWN_ROLES and not entry["id"].endswith(OF_GOOGLES_OWN)
    return own and bool(entry.get("selected"))
