"""Interlude's own events in a person's Google calendar, told apart from the rest of their busy time.

Free/busy merges, and names nothing. Where a block holds the time of one of ours, the events of just that time are
listed: if ours is among them, at that very time, it becomes an event of its own, and what else is busy then stays so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from integrations.google_api import GoogleApi
from integrations.google_freebusy import Busy, moment, read_moment
from mentoring.availability import BusyEvent
from mentoring.intervals import Interval, Intervals
from mentoring.ports import KeyOf, Own

TIMES_ONLY = "items(id,iCalUID,status,transparency,start,end,attendees(self,responseStatus)),nextPageToken"
OWNER_ONLY = 1
"""Of an event with more attendees than this, Google names only the one whose calendar it is (maxAttendees)."""


def told_apart(api: GoogleApi, href: str, busy: Busy, own: Own, key_of: KeyOf) -> tuple[BusyEvent, ...]:
    """The busy blocks, and each event of ours that lies in them under a key of its own.

    Where it cannot be told for certain, the block stays whole: rather too busy than booked twice.
    """
    rest, ours = busy, []
    for uid, interval in sorted(own.items()):
        if not busy.contains(interval):
            continue
        others = _others(api, href, uid, interval)
        if others is not None:
            rest -= Intervals.of([interval]) - others
            ours.append(BusyEvent(interval, key=key_of(uid)))
    return tuple(sorted([*map(BusyEvent, rest), *ours]))


def _others(api: GoogleApi, href: str, uid: str, interval: Interval) -> Intervals | None:
    """What else is busy at the time of ours; None when ours is not there, or not at that time."""
    time = {"timeMin": moment(interval.start), "timeMax": moment(interval.end), "singleEvents": True}
    asked = time | {"maxAttendees": OWNER_ONLY}
    found = [
        each
        for page in api.pages(api.calendar.events().list, calendarId=href, fields=TIMES_ONLY, **asked)
        for each in page.get("items", ())
    ]
    at_that_time = [each for each in found if _taken(each, interval) == interval]
    ours = [each for each in at_that_time if _is_named(each, uid)]
    if not ours and len(found) == 1 and "iCalUID" not in found[0]:
        # Nothing else is there, and Google names no event to who sees availability only: it would be a strange chance.
        ours = at_that_time
    if not ours:
        return None
    return Intervals.of(_taken(each, interval) for each in found if each is not ours[0] and _is_busy(each))


def _is_named(event: Mapping[str, Any], uid: str) -> bool:
    """By its UID, or by the id that Google's own UIDs are made from and that all its guests' calendars share."""
    return uid in {event.get("iCalUID"), f"{event.get('id')}@google.com"}


def _is_busy(event: Mapping[str, Any]) -> bool:
    declined = any(each.get("self") and each.get("responseStatus") == "declined" for each in _attendees(event))
    return event.get("transparency") != "transparent" and event.get("status") != "cancelled" and not declined


def _attendees(event: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    said = event.get("attendees")
    return [each for each in said if isinstance(each, dict)] if isinstance(said, list) else []


def _taken(event: Mapping[str, Any], interval: Interval) -> Interval:
    """The event's time; for one whose time is not told to the minute, a day more than all of what was asked about."""
    try:
        return Interval(read_moment(event["start"]["dateTime"]), read_moment(event["end"]["dateTime"]))
    except (KeyError, TypeError, ValueError):
        return interval.padded(24 * 60)
