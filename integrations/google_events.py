"""The organiser's events in its own Google calendar: https://developers.google.com/workspace/calendar/api/v3/reference/events

Nobody is sent anything by Interlude for these: Google's own invites go to the guests, and their answers come back to
the event.
"""

from __future__ import annotations

import hashlib
from base64 import b32hexencode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

from integrations.google_api import GoogleApi
from integrations.google_freebusy import moment, read_moment
from integrations.google_problems import AlreadyThere, Gone, NotForUs
from mentoring.errors import ChangedMeanwhile, Refused, TryLater
from mentoring.intervals import Interval
from mentoring.ports import EventSeen, EventText, GuestSeen
from mentoring.proposals import Partstat

OWN_CALENDAR = "primary"
ALL_GUESTS = "all"
ANSWERS_ONLY = "id,iCalUID,etag,status,updated,start,end,attendees(email,responseStatus)"
ANSWERS = {
    "needsAction": Partstat.NEEDS_ACTION,
    "accepted": Partstat.ACCEPTED,
    "declined": Partstat.DECLINED,
    "tentative": Partstat.TENTATIVE,
}
_SAID = {partstat: answer for answer, partstat in ANSWERS.items()}


def event_id(key: str) -> str:
    """An id of ours: base32hex in lower case, as Google wants them, and the same for the same key."""
    return b32hexencode(hashlib.sha256(key.encode()).digest()).decode().rstrip("=").lower()


def promised_uid(key: str) -> str:
    return f"{event_id(key)}@google.com"


def create(api: GoogleApi, event: EventText) -> EventSeen:
    """Creates it; where that id is taken, it was created before, and is told as it is now."""
    chosen = event_id(event.key)
    body = _body(event) | {"id": chosen}
    try:
        request = api.calendar.events().insert(
            calendarId=OWN_CALENDAR, sendUpdates=ALL_GUESTS, body=body, fields=ANSWERS_ONLY
        )
        return _seen(api.write(request))
    except AlreadyThere:
        return seen(api, chosen) or EventSeen(chosen, promised_uid(event.key), "", event.interval, (), cancelled=True)


def seen(api: GoogleApi, event_id: str) -> EventSeen | None:
    """As it is now. A deleted event stays known to Google for a while, as a cancelled one."""
    try:
        said = api.read(api.calendar.events().get(calendarId=OWN_CALENDAR, eventId=event_id, fields=ANSWERS_ONLY))
    except Gone:
        return None
    # "Deleted events are only guaranteed to have the id field populated."
    return _seen(said) if "start" in said else None


def change(api: GoogleApi, seen_before: EventSeen, event: EventText) -> EventSeen:
    """Rewrites the version that was seen, and no other."""
    request = api.calendar.events().patch(
        calendarId=OWN_CALENDAR,
        eventId=seen_before.id,
        sendUpdates=ALL_GUESTS,
        body=_body(event),
        fields=ANSWERS_ONLY,
    )
    try:
        with _one_event():
            return _seen(api.write(request, if_match=seen_before.version))
    except Gone as problem:
        raise Refused("the event is no longer there in the organiser's calendar") from problem
    except ChangedMeanwhile:
        # To be deleted is a change as well, and one after which there is nothing to decide.
        now = seen(api, seen_before.id)
        if now is None or now.cancelled:
            raise Refused("the event was deleted from the organiser's calendar") from None
        raise


def cancel(api: GoogleApi, event_id: str) -> None:
    """Deletes it, whatever its version; Google tells the guests."""
    with suppress(Gone), _one_event():
        api.write(api.calendar.events().delete(calendarId=OWN_CALENDAR, eventId=event_id, sendUpdates=ALL_GUESTS))


@contextmanager
def _one_event() -> Iterator[None]:
    """What is refused of one event only, the account itself is let in for: the others go on."""
    try:
        yield
    except NotForUs as problem:
        refused = Refused("Google does not let the organiser's account change this event")
        refused.without_effect = problem.without_effect
        raise refused from problem


def _body(event: EventText) -> dict[str, Any]:
    """All that the event says. Nobody but the two reads it, and only the organiser changes it."""
    return {
        "summary": event.summary,
        # Google shows a description as HTML: what somebody wrote is not to be taken for a tag.
        "description": event.description.replace("<", "&lt;"),
        "start": {"dateTime": moment(event.interval.start)},
        "end": {"dateTime": moment(event.interval.end)},
        "attendees": [
            {"email": each.address, "displayName": each.name, "responseStatus": _SAID[each.partstat]}
            for each in event.guests
        ],
        "visibility": "private",
        "guestsCanInviteOthers": False,
        "guestsCanModify": False,
        "reminders": {"useDefault": True},
    }


def _seen(said: Mapping[str, Any]) -> EventSeen:
    if "date" in said.get("start", {}):
        raise Refused("the event was made one of whole days in the organiser's calendar")
    try:
        start, end = (read_moment(said[name]["dateTime"]) for name in ("start", "end"))
        return EventSeen(
            id=said["id"],
            uid=said["iCalUID"],
            version=said["etag"],
            interval=Interval(start, end),
            guests=tuple(_guest(each) for each in said.get("attendees", ())),
            cancelled=said.get("status") == "cancelled",
            changed_at=read_moment(said["updated"]) if "updated" in said else None,
        )
    except (KeyError, TypeError, ValueError) as problem:
        raise TryLater("Google's answer about the event could not be read") from ValueError(type(problem).__name__)


def _guest(said: Mapping[str, Any]) -> GuestSeen:
    return GuestSeen(said["email"].lower(), ANSWERS.get(said.get("responseStatus", ""), Partstat.NEEDS_ACTION))
