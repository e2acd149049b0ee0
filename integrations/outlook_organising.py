"""The organiser's event in Outlook: made once, changed where it differs, taken away; Outlook tells the guests itself.

A repeated POST with the same transactionId gives the event that is there already, and with status 201
(https://blog.rykoma.net/2020/10/05/1559 saw it; https://learn.microsoft.com/graph/api/resources/event says no more, nor
for how long, nor what becomes of it when the event is deleted). So the key is also written into a property of the
event that can be searched for, and is searched for before anything is made.

Ids are Outlook's ordinary ones, not immutable ones: those would still find what lies in the deleted items.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from integrations.outlook_graph import IN_UTC, Body, Denied, Graph, NotThere, path
from integrations.outlook_times import between, stamp, stated
from mentoring.errors import ChangedMeanwhile, Refused, TryLater
from mentoring.ports import Attendee, EventSeen, EventText, GuestSeen
from mentoring.proposals import Partstat

KEY = "String {cebc2020-68d6-4c8a-8d21-8d73bafc3e0b} Name InterludeKey"
"""Where the key is written (https://learn.microsoft.com/graph/api/resources/extended-properties-overview)."""

FIELDS = "id,iCalUId,start,end,isCancelled,attendees,lastModifiedDateTime"
WITH_WORDS = f"{FIELDS},subject,body"
_AS_TEXT = f'{IN_UTC}, outlook.body-content-type="text"'

_ANSWERS = {
    "accepted": Partstat.ACCEPTED,
    "declined": Partstat.DECLINED,
    "tentativelyAccepted": Partstat.TENTATIVE,
}


def create(graph: Graph, event: EventText) -> EventSeen:
    """See Organises.create."""
    key = hashlib.sha256(event.key.encode()).hexdigest()
    known = _found(graph, key)
    if known is not None:
        return known
    body = {
        **_words(event),
        **_time(event),
        "attendees": _guests(event),
        "sensitivity": "private",
        "showAs": "busy",
        "allowNewTimeProposals": True,
        "responseRequested": True,
        "transactionId": key,
        "singleValueExtendedProperties": [{"id": KEY, "value": key}],
    }
    return _seen(graph.send("POST", path("me", "events"), body))


def _found(graph: Graph, key: str) -> EventSeen | None:
    wanted = f"singleValueExtendedProperties/any(ep: ep/id eq '{KEY}' and ep/value eq '{key}')"
    found = graph.pages(path("me", "events"), {"$filter": wanted, "$select": FIELDS}, IN_UTC)
    return next(map(_seen, found), None)


def event(graph: Graph, event_id: str) -> EventSeen | None:
    """See Organises.event."""
    try:
        return _seen(graph.get(path("me", "events", event_id), {"$select": FIELDS}))
    except NotThere:
        return None


def change(graph: Graph, seen: EventSeen, event: EventText) -> EventSeen:
    """See Organises.change. Only what differs is sent: Outlook mails a change of the guests to those whom it concerns,
    and any other to all (https://learn.microsoft.com/graph/api/event-update)."""
    there = path("me", "events", seen.id)
    try:
        body = graph.get(there, {"$select": WITH_WORDS}, _AS_TEXT)
        now = _seen(body)
        if now.version != seen.version:
            raise ChangedMeanwhile("the event in Outlook is not the one that was seen last")
        differs = dict(_difference(now, _says(body, event), event))
        if not differs:
            return now
        with _one_event():
            return _seen(graph.send("PATCH", there, differs, {"If-Match": seen.version}))
    except NotThere as problem:
        raise Refused("the event is no longer there in Outlook") from problem


def cancel(graph: Graph, event_id: str) -> None:
    """See Organises.cancel. An organiser who deletes an event has its guests told
    (https://learn.microsoft.com/graph/api/event-delete)."""
    try:
        with _one_event():
            graph.send("DELETE", path("me", "events", event_id))
    except NotThere:
        return


@contextmanager
def _one_event() -> Iterator[None]:
    """What is refused of one event only, the account itself is let in for: the others go on."""
    try:
        yield
    except Denied as problem:
        refused = Refused("Microsoft does not let the organiser's account change this event")
        refused.without_effect = problem.without_effect
        raise refused from problem


def _difference(now: EventSeen, says_it: bool, event: EventText) -> Iterator[tuple[str, Any]]:
    if not says_it:
        yield from _words(event).items()
    if now.interval != event.interval:
        yield from _time(event).items()
    if {each.address for each in now.guests} != {each.address.lower() for each in event.guests}:
        yield "attendees", _guests(event)


def _words(event: EventText) -> dict[str, Any]:
    return {"subject": event.summary, "body": {"contentType": "text", "content": event.description}}


def _says(body: Body, event: EventText) -> bool:
    """Whether the event has those words. Outlook keeps a text as HTML and gives it back with other line ends, and with
    a link's address once more in angle brackets: only the words count."""
    there = f"{body.get('subject')} {_of(body, 'body').get('content')}"
    return _plain(there) == _plain(f"{event.summary} {event.description}")


def _plain(text: str) -> list[str]:
    return re.findall(r"\w+", re.sub(r"<[^<>]*>", " ", text))


def _time(event: EventText) -> dict[str, Any]:
    return {"start": stated(event.interval.start), "end": stated(event.interval.end)}


def _guests(event: EventText) -> list[dict[str, Any]]:
    """Without their answers, which are Outlook's to keep."""
    return [_guest(each) for each in event.guests]


def _guest(attendee: Attendee) -> dict[str, Any]:
    return {"emailAddress": {"address": attendee.address, "name": attendee.name}, "type": "required"}


def _seen(body: Body) -> EventSeen:
    interval = between(body.get("start"), body.get("end"))
    told = tuple(body.get(each) for each in ("id", "iCalUId", "@odata.etag"))
    attendees = body.get("attendees")
    if interval is None or not all(isinstance(each, str) and each for each in told) or not isinstance(attendees, list):
        raise TryLater("Microsoft's answer lacks something of the event")
    event_id, uid, version = map(str, told)
    return EventSeen(
        id=event_id,
        uid=uid,
        version=version,
        interval=interval,
        guests=tuple(_guest_seen(each) for each in attendees if not _organises(each)),
        cancelled=body.get("isCancelled") is True,
        changed_at=stamp(body.get("lastModifiedDateTime")),
    )


def _organises(attendee: Any) -> bool:
    return _of(attendee, "status").get("response") == "organizer"


def _guest_seen(attendee: Any) -> GuestSeen:
    address, status = _of(attendee, "emailAddress").get("address"), _of(attendee, "status")
    if not isinstance(address, str):
        raise TryLater("Microsoft's answer lacks the address of a guest")
    proposed = _of(attendee, "proposedNewTime")
    return GuestSeen(
        address=address.lower(),
        partstat=_ANSWERS.get(str(status.get("response")), Partstat.NEEDS_ACTION),
        answered_at=stamp(status.get("time")),
        counter=between(proposed.get("start"), proposed.get("end")) if proposed else None,
    )


def _of(body: Any, name: str) -> Mapping[str, Any]:
    found = body.get(name) if isinstance(body, dict) else None
    return found if isinstance(found, dict) else {}
