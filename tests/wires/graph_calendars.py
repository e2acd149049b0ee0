"""The wire's calendars, their view, and the mailbox's settings.

https://learn.microsoft.com/graph/api/user-list-calendarview
"""

from __future__ import annotations

from mentoring.intervals import Interval
from tests.wires.graph_call import READS, Call, Stop, json_told, moment_in
from tests.wires.graph_contract import check
from tests.wires.graph_events import told
from tests.wires.graph_state import State
from tests.wires.web import Told


def calendars(wire: State, call: Call) -> Told:
    call.needs(*READS)
    mailbox = wire.mailboxes[call.email]
    return wire.page(call, "calendar", [each.as_told() for each in mailbox.calendars.values()])


def view(wire: State, call: Call) -> Told:
    call.needs(*READS)
    try:
        window = Interval(*(moment_in(call.query[name]) for name in ("startDateTime", "endDateTime")))
    except (KeyError, ValueError) as problem:
        raise Stop(400, "ErrorInvalidParameter") from problem
    mailbox, calendar = wire.mailboxes[call.email], wire.calendar_of(call.email, call.calendar)
    zone = wire.zone_for(call, mailbox)
    found = [
        body for item in calendar.items.values() for body in told(item, mailbox, window, zone, one_uid=wire.one_uid)
    ]
    if calendar.is_default:
        found += [
            meeting.as_told(call.email, zone)
            for meeting in wire.meetings.values()
            if wire.shows(meeting, call.email) and meeting.interval.overlaps(window)
        ]
    found.sort(key=lambda body: (body["type"] != "singleInstance", body["start"]["dateTime"]))
    return wire.page(call, "event", found)


def mailbox_zone(wire: State, call: Call) -> Told:
    call.needs("MailboxSettings.Read", "MailboxSettings.ReadWrite")
    mailbox = wire.mailboxes[call.email]
    if call.asked.path.endswith("/timeZone"):
        return json_told({"@odata.context": f"{wire.url}/v1.0/$metadata#x", "value": mailbox.zone})
    body = {"timeZone": mailbox.zone}
    check("mailboxSettings", body)
    return json_told(body)
