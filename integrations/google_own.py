"""Interlude's own events in a person's Google calendar, told apart from the rest of their busy time.

Free/busy merges, and names nothing. Where something is busy at the time of one of ours or near it, the events there
are listed: if ours is among them it becomes an event of its own, at the time that it has there, and what else is busy
then stays so. It may have another time than it should: we have moved it, and the calendar does not show that yet.
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
NEAR_MINUTES = 120.0
"""The longest buffer that somebody can ask for. What of ours lies further from its new time is in nobody's way there,
and stays busy."""

OWNER_ONLY = 1
"""Of an event with more attendees than this, Google names only the one whose calendar it is (maxAttendees)."""


def told_apart(api: GoogleApi, href: str, busy: Busy, own: Own, key_of: KeyOf) -> tuple[BusyEvent, ...]:
    """The busy blocks, and each event of ours that lies in them under a key of its own.

    Where it cannot be told for certain, the block stays whole: rather too busy than booked twice.
    """
    rest, ours = busy, []
    for uid, interval in sorted(own.items()):
        near = interval.padded(NEAR_MINUTES)
        if not busy.overlaps(near):
            continue
        there = _listed(api, href, near)
        event = _ours(there, uid, interval)
        at = event and _taken(event, near).clipped(near)
        if at and busy.contains(at):
            rest -= Intervals.of([at]) - Intervals.of(_taken(each, near) for each in there if each is not event)
            ours.append(BusyEvent(at, key=key_of(uid)))
    return tuple(sorted([*map(BusyEvent, rest), *ours]))


def _listed(api: GoogleApi, href: str, near: Interval) -> list[Mapping[str, Any]]:
    """The events there that take time. What is free is in nobody's way, though it lies there all day."""
    time = {"timeMin": moment(near.start), "timeMax": moment(near.end), "singleEvents": True}
    asked = time | {"maxAttendees": OWNER_ONLY}
    pages = api.pages(api.calendar.events().list, calendarId=href, fields=TIMES_ONLY, **asked)
    return [each for page in pages for each in page.get("items", ()) if _is_busy(each)]


def _ours(there: list[Mapping[str, Any]], uid: str, interval: Interval) -> Mapping[str, Any] | None:
    """The one of that UID; where Google tells none, the only one at the time of ours, if that is its very time.

    Google names no event to who sees availability only, perhaps: then anything else would be a strange chance.
    """
    named = [each for each in there if _is_named(each, uid) and _timed(each)]
    if named:
        return named[0]
    then = [each for each in there if _taken(each, interval).overlaps(interval)]
    alone = len(then) == 1 and "iCalUID" not in then[0] and _taken(then[0], interval) == interval
    return then[0] if alone else None


def _is_named(event: Mapping[str, Any], uid: str) -> bool:
    """By its UID, or by the id that Google's own UIDs are made from and that all its guests' calendars share."""
    return uid in {event.get("iCalUID"), f"{event.get('id')}@google.com"}


def _is_busy(event: Mapping[str, Any]) -> bool:
    declined = any(each.get("self") and each.get("responseStatus") == "declined" for each in _attendees(event))
    return event.get("transparency") != "transparent" and event.get("status") != "cancelled" and not declined


def _attendees(event: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    said = event.get("attendees")
    return [each for each in said if isinstance(each, dict)] if isinstance(said, list) else []


def _taken(event: Mapping[str, Any], asked: Interval) -> Interval:
    """The event's time; for one whose time is not told to the minute, a day more than all of what was asked about."""
    return _timed(event) or asked.padded(24 * 60)


def _timed(event: Mapping[str, Any]) -> Interval | None:
    try:
        return Interval(read_moment(event["start"]["dateTime"]), read_moment(event["end"]["dateTime"]))
    except (KeyError, TypeError, ValueError):
        return None
