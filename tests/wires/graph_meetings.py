"""The wire's meetings: what their organiser may do with them, and what is mailed to whom for it."""

from __future__ import annotations

import re
from hashlib import sha256
from typing import Any

from tests.wires.graph_call import Call, Stop, json_told
from tests.wires.graph_contract import check
from tests.wires.graph_events import NO_TIME, Guest, Meeting, moment_of
from tests.wires.graph_state import State
from tests.wires.web import Told

_ENDS = ("start", "end")


def create(wire: State, call: Call) -> Told:
    call.needs("Calendars.ReadWrite")
    check("event-create", call.body)
    mine = (each for each in wire.meetings.values() if each.organiser == call.email)
    transaction = call.body.get("transactionId")
    known = next((each for each in mine if transaction and each.given.get("transactionId") == transaction), None)
    if known is not None and wire.transactions:
        if wire.transaction_conflicts:
            raise Stop(409, "ErrorDuplicateTransactionId")
        return _event(wire, call, known, 201)
    made = _made(wire, call)
    wire.meetings[made.id] = made
    wire.mail("invite", made, made.guests)
    wire.touch(made, "created")
    return _event(wire, call, made, 201)


def _made(wire: State, call: Call) -> Meeting:
    number, body = next(wire.numbers), call.body
    return Meeting(
        id=f"AAMk-{number}-event=",
        uid=f"040000008200E00074C5B7101A82E008{sha256(f'{wire.url} {number}'.encode()).hexdigest().upper()}",
        organiser=call.email,
        calendar=wire.calendar_of(call.email, call.calendar).id,
        created=wire.clock(),
        given={key: value for key, value in body.items() if key != "attendees"},
        guests=[_guest(each) for each in body.get("attendees", [])],
        properties={each["id"]: each["value"] for each in body.get("singleValueExtendedProperties", [])},
        changed=wire.clock(),
    )


def search(wire: State, call: Call) -> Told:
    """Only by a single-value extended property (https://learn.microsoft.com/graph/api/singlevaluelegacyextendedproperty-get)."""
    call.needs("Calendars.Read", "Calendars.ReadWrite")
    wanted = re.fullmatch(
        r"singleValueExtendedProperties/any\((\w+): ?\1/id eq '(.+)' and \1/value eq '(.+)'\)",
        call.query.get("$filter", ""),
        re.IGNORECASE,
    )
    if wanted is None:
        raise Stop(400, "ErrorInvalidUrlQueryFilter")
    zone = wire.zone_for(call, wire.mailboxes[call.email])
    found = [
        each.as_told(call.email, zone)
        for each in wire.meetings.values()
        if each.organiser == call.email and not each.cancelled and each.properties.get(wanted[2]) == wanted[3]
    ]
    return wire.page(call, "event", found)


def get(wire: State, call: Call) -> Told:
    call.needs("Calendars.Read", "Calendars.ReadWrite", "Calendars.ReadBasic")
    return _event(wire, call, _meeting(wire, call))


def update(wire: State, call: Call) -> Told:
    """What each change is mailed to whom (https://learn.microsoft.com/graph/api/event-update)."""
    call.needs("Calendars.ReadWrite")
    check("event-update", call.body)
    meeting, body = _meeting(wire, call), dict(call.body)
    if call.asked.headers.get("If-Match", meeting.etag) not in {meeting.etag, "*"}:
        raise Stop(412, "ErrorIrresolvableConflict")
    guests = [_guest(each) for each in body["attendees"]] if "attendees" in body else meeting.guests
    body.pop("attendees", None)
    before = {each.address: each for each in meeting.guests}
    after = {each.address: before.get(each.address, each) for each in guests}
    moved = any(name in body and moment_of(body[name]) != moment_of(meeting.given[name]) for name in _ENDS)
    meeting.given |= body
    meeting.guests = list(after.values())
    kept = [each for each in meeting.guests if each.address in before]
    if moved:
        for guest in kept:
            guest.response, guest.time, guest.proposed = "none", NO_TIME, None
    wire.mail("invite", meeting, [each for each in meeting.guests if each.address not in before])
    wire.mail("cancel", meeting, [each for each in before.values() if each.address not in after])
    if body:
        wire.mail("update", meeting, kept)
    wire.touch(meeting, "updated")
    return _event(wire, call, meeting)


def remove(wire: State, call: Call) -> Told:
    """The organiser's deletion tells the guests (https://learn.microsoft.com/graph/api/event-delete)."""
    call.needs("Calendars.ReadWrite")
    wire.take_away(_meeting(wire, call))
    return Told(202 if call.asked.path.endswith("/cancel") else 204)


def _event(wire: State, call: Call, meeting: Meeting, status: int = 200) -> Told:
    body = meeting.as_told(call.email, wire.zone_for(call, wire.mailboxes[call.email]))
    if call.prefers.get("outlook.body-content-type") == "text":
        body["body"] = {
            "contentType": "text",
            "content": _as_text(meeting.given.get("body", {}).get("content", "")),
        }
    told_fields = wire.selected(call, body, "event")
    check("event", told_fields)
    return json_told(told_fields, status, {"ETag": meeting.etag})


def _meeting(wire: State, call: Call) -> Meeting:
    meeting = wire.meetings.get(call.id)
    if meeting is None or meeting.organiser != call.email or meeting.cancelled:
        raise Stop(404, "ErrorItemNotFound")
    return meeting


def _guest(body: dict[str, Any]) -> Guest:
    who = body["emailAddress"]
    return Guest(who["address"].lower(), who.get("name", ""), body.get("type", "required"))


def _as_text(content: str) -> str:
    """A text as Exchange gives it back that kept it as HTML: other line ends, links twice."""
    return re.sub(r"(https?://\S+)", r"\1<\1>", content).replace("\n", "\r\n") + "\r\n"
