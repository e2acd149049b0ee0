"""What the wire's Graph holds, and what its answers have in common."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any, NamedTuple
from urllib.parse import urlencode, urlsplit

from tests.wires.graph_call import READS, Call, Stop, json_told
from tests.wires.graph_contract import check, check_select
from tests.wires.graph_entra import Entra
from tests.wires.graph_events import Guest, Mailbox, Meeting, WireCalendar
from tests.wires.graph_hooks import Hooks, now_utc
from tests.wires.web import Told, WebServer

NOT_BASIC = frozenset({"body", "bodyPreview", "attachments", "extensions", "singleValueExtendedProperties"})
"""What Calendars.ReadBasic does not show (https://learn.microsoft.com/graph/permissions-reference#calendarsreadbasic)."""
USUAL_PAGE = 10


class Mail(NamedTuple):
    """A mail that the service sent to a guest. kind: invite, update or cancel."""

    kind: str
    to: str
    uid: str


@dataclass
class State:
    """clock: for when answers were given.

    one_uid: see graph_events.told. honours_zone: whether outlook.timezone is. basic_may_watch: whether
    Calendars.ReadBasic suffices for a subscription (the documentation names Calendars.Read). transactions: whether a
    repeated transactionId is noticed; a repeat is answered 201 with the same event, as the service was seen to do
    (https://blog.rykoma.net/2020/10/05/1559), or 409 where transaction_conflicts. leads_to: the origin in nextLinks.
    """

    clock: Callable[[], datetime] = now_utc
    one_uid: bool = False
    honours_zone: bool = True
    basic_may_watch: bool = True
    transactions: bool = True
    transaction_conflicts: bool = False
    leads_to: str = ""
    entra: Entra = field(default_factory=Entra)
    hooks: Hooks = field(default_factory=Hooks)
    mailboxes: dict[str, Mailbox] = field(default_factory=dict)
    meetings: dict[str, Meeting] = field(default_factory=dict)
    mails: list[Mail] = field(default_factory=list)
    selects: list[tuple[str, frozenset[str]]] = field(default_factory=list)
    server: WebServer = None  # type: ignore[assignment]
    numbers: Any = field(default_factory=lambda: count(1))
    lock: threading.RLock = field(default_factory=threading.RLock)

    @property
    def url(self) -> str:
        return self.server.url

    def calendar_of(self, email: str, calendar: str) -> WireCalendar:
        mailbox = self.mailboxes[email]
        found = mailbox.calendars.get(calendar) if calendar else mailbox.default
        if found is None:
            raise Stop(404, "ErrorItemNotFound")
        return found

    def shows(self, meeting: Meeting, email: str) -> bool:
        """An organiser's cancelled event goes to the deleted items, a guest's copy stays and is marked; one that the
        guest declined goes as well."""
        if email == meeting.organiser:
            return not meeting.cancelled
        guest = meeting.guest(email)
        return guest is not None and guest.response != "declined"

    def zone_for(self, call: Call, mailbox: Mailbox) -> str:
        asked = call.prefers.get("outlook.timezone", "UTC")
        return asked if self.honours_zone else mailbox.zone

    def page(self, call: Call, schema: str, found: list[dict[str, Any]]) -> Told:
        size = int(call.query.get("$top") or call.prefers.get("odata.maxpagesize") or USUAL_PAGE)
        skip = int(call.query.get("$skip", 0))
        value = [self.selected(call, each, schema) for each in found[skip : skip + size]]
        for each in value:
            check(schema, each)
        body: dict[str, Any] = {"@odata.context": f"{self.url}/v1.0/$metadata", "value": value}
        if len(found) > skip + size:
            path = urlsplit(call.asked.path).path
            query = urlencode(call.query | {"$skip": str(skip + size)})
            body["@odata.nextLink"] = f"{self.leads_to or self.url}{path}?{query}"
        return json_told(body)

    def selected(self, call: Call, body: dict[str, Any], schema: str) -> dict[str, Any]:
        check_select(schema, call.query.get("$select", ""))
        basic = not call.token.scopes & (READS - {"Calendars.ReadBasic"})
        if "$select" not in call.query:
            return {key: value for key, value in body.items() if not (basic and key in NOT_BASIC)}
        wanted = {"@odata.etag", "id", *call.query["$select"].split(",")} - (NOT_BASIC if basic else frozenset())
        return {key: value for key, value in body.items() if key in wanted}

    def mail(self, kind: str, meeting: Meeting, guests: list[Guest]) -> None:
        self.mails += [Mail(kind, each.address, meeting.uid) for each in guests]

    def take_away(self, meeting: Meeting) -> None:
        meeting.cancelled = True
        self.mail("cancel", meeting, meeting.guests)
        self.touch(meeting, "deleted")

    def touch(self, meeting: Meeting, kind: str) -> None:
        meeting.version, meeting.changed = meeting.version + 1, self.clock()
        self.hooks.changed(meeting.organiser, meeting.calendar, meeting.id, meeting.etag, kind, self.clock())
        for guest in meeting.guests:
            if guest.address in self.mailboxes:
                calendar = self.mailboxes[guest.address].default.id
                self.hooks.changed(guest.address, calendar, meeting.id, meeting.etag, kind, self.clock())
