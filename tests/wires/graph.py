"""Microsoft in this process: Entra's sign-in and Graph's calendars, with a state, for tests of everything between.

    with graph_wire() as wire:
        wire.account("ann@contoso.example")
        settings = replace(settings, **wire.settings())
        secret = wire.secret("ann@contoso.example", Errand.CALENDARS)

What it does is what the pages named beside it say. Each body that it gets or gives is held against Microsoft's own
metadata where that is present (`graph_contract`); what was against it is in `violations`, and leaving raises.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import jwt
import msal

from mentoring.doors import Errand
from mentoring.intervals import Interval
from tests.wires import graph_calendars, graph_meetings, graph_subscriptions
from tests.wires.graph_call import JSON, Call, Stop, error, preferences
from tests.wires.graph_contract import AgainstTheContract, check_path
from tests.wires.graph_entra import CLIENT_ID, CLIENT_SECRET, TENANT, Identity
from tests.wires.graph_events import Item, Mailbox, WireCalendar, stamp
from tests.wires.graph_hooks import delivering
from tests.wires.graph_state import Mail, State
from tests.wires.web import Asked, Told, web_server

SCOPES = {
    Errand.SIGN_IN: ("openid", "profile", "email"),
    Errand.CALENDARS: ("Calendars.ReadBasic", "MailboxSettings.Read", "openid", "profile", "offline_access"),
    Errand.ORGANISER: ("Calendars.ReadWrite", "openid", "profile", "offline_access"),
}


@dataclass
class Fault:
    """What happens instead, to so many requests of that method whose path contains `path`.

    status: answered without doing it, or after doing it where `after`. cut: the connection is closed "before" anything
    is done, "during" the answer, or "after" it was done and without an answer. held: it is done, and answered only once
    that is set.
    """

    status: int = 0
    times: int = 1
    method: str = ""
    path: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    after: bool = False
    cut: str = ""
    body: bytes = b""
    held: threading.Event | None = None

    def meets(self, asked: Asked) -> bool:
        return self.times > 0 and self.method in {"", asked.method} and self.path in unquote(asked.path)


@dataclass
class GraphWire(State):
    """The service, as tests handle it; see State. tenant: what the authority's address names."""

    tenant: str = "common"
    violations: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    # What tests do

    @property
    def asked(self) -> list[Asked]:
        """The requests to Graph, not those to Entra."""
        return [each for each in self.server.asked if each.path.startswith("/v1.0/")]

    def settings(self) -> dict[str, str]:
        """The fields of Settings that lead here."""
        return {
            "microsoft_authority_url": f"{self.url}/{self.tenant}",
            "graph_url": f"{self.url}/v1.0",
            "microsoft_client_id": CLIENT_ID,
            "microsoft_client_secret": CLIENT_SECRET,
        }

    def account(
        self,
        email: str,
        zone: str = "W. Europe Standard Time",
        calendars: tuple[str, ...] = ("Calendar",),
        name: str = "",
        tenant: str = TENANT,
    ) -> Mailbox:
        """Somebody with a mailbox; the first calendar is the default one."""
        email = email.lower()
        self.entra.identities[email] = Identity(email, name or email.partition("@")[0].title(), tenant)
        mailbox = self.mailboxes[email] = Mailbox(email, zone)
        for each in calendars:
            self.calendar(email, each)
        return mailbox

    def calendar(self, email: str, name: str, *, owner: str = "", can_edit: bool = True) -> str:
        """One more calendar; its id."""
        mailbox = self.mailboxes[email]
        made = WireCalendar(f"AAMk-{next(self.numbers)}-cal=", name, owner or email, not mailbox.calendars, can_edit)
        mailbox.calendars[made.id] = made
        return made.id

    def calendar_id(self, email: str, name: str = "") -> str:
        mailbox = self.mailboxes[email]
        return next((each.id for each in mailbox.calendars.values() if each.name == name), mailbox.default.id)

    def secret(self, email: str, errand: Errand = Errand.CALENDARS) -> str:
        """What is kept of somebody who gave permission: msal's token cache, serialised."""
        cache = msal.SerializableTokenCache()
        response = self.entra.issued(email, SCOPES[errand])
        cache.add(
            {
                "client_id": CLIENT_ID,
                "scope": response["scope"].split(),
                "token_endpoint": f"{self.url.replace('http:', 'https:')}/{self.tenant}/oauth2/v2.0/token",
                "response": response | {"id_token_claims": _claims(response["id_token"])},
                "grant_type": "authorization_code",
            }
        )
        return str(cache.serialize())

    def subject(self, email: str) -> str:
        """What Interlude knows the account by."""
        identity = self.entra.identities[email]
        return f"{identity.tenant}.{identity.oid}"

    def put(self, email: str, name: str, text: bytes, calendar: str = "") -> None:
        """Stores a calendar object in somebody's calendar, as their own app does. Raises ValueError for none."""
        with self.lock:
            held = self.calendar_of(email, calendar).items
            known, held[name] = name in held, Item(text)
        self._tell(email, calendar, name, "updated" if known else "created")

    def drop(self, email: str, name: str, calendar: str = "") -> None:
        with self.lock:
            del self.calendar_of(email, calendar).items[name]
        self._tell(email, calendar, name, "deleted")

    def answer(self, email: str, uid: str, response: str, proposed: Interval | None = None) -> None:
        """A guest's answer to the meeting of that iCalUId arrives: accepted, tentativelyAccepted or declined."""
        with self.lock:
            meeting = next(each for each in self.meetings.values() if each.uid == uid)
            guest = meeting.guest(email)
            assert guest is not None, f"{email} was not invited"
            guest.response, guest.proposed, guest.time = response, proposed, stamp(self.clock())
            self.touch(meeting, "updated")
        self.hooks.settle()

    def events(self, email: str) -> list[dict[str, Any]]:
        """The meetings that lie in somebody's calendar, as their app shows them."""
        with self.lock:
            return [each.as_told(email, "UTC") for each in self.meetings.values() if self.shows(each, email)]

    def delete(self, uid: str) -> None:
        """Somebody deletes a meeting from its organiser's calendar by hand."""
        with self.lock:
            meeting = next(each for each in self.meetings.values() if each.uid == uid)
            self.take_away(meeting)
        self.hooks.settle()

    def fail(self, status: int = 0, **how: Any) -> None:
        """The next requests fail; see Fault."""
        self.faults.append(Fault(status, **how))

    def lose_subscriptions(self) -> None:
        """They are gone, and nobody is told."""
        self.hooks.subscriptions.clear()

    # How it answers

    def handle(self, asked: Asked) -> Told:
        fault = next((each for each in self.faults if each.meets(asked)), None)
        if fault is None:
            return self._answered(asked)
        fault.times -= 1
        if fault.cut == "before":
            return Told(raw=b"")
        if fault.status and not fault.after:
            return Told(fault.status, fault.body or error("fault", "said by a test"), JSON | fault.headers)
        told_really = self._answered(asked)
        if fault.held is not None:
            fault.held.wait(30)
            return told_really
        if fault.cut == "after":
            return Told(raw=b"")
        if fault.cut == "during" and told_really.body:
            told_really.cut = len(told_really.body) // 2
            return told_really
        if fault.cut == "during":
            return Told(raw=b"HTTP/1.1 2")
        return Told(fault.status, fault.body or error("fault", "said by a test"), JSON | fault.headers)

    def _answered(self, asked: Asked) -> Told:
        if not asked.path.startswith("/v1.0/"):
            return self.entra.answer(asked) or Told(404)
        try:
            with self.lock:
                return self._graph(asked)
        except Stop as stop:
            return Told(stop.status, error(stop.code, "said by the wire"), dict(JSON))
        except AgainstTheContract as problem:
            self.violations.append(str(problem))
            return Told(400, error("BadRequest", str(problem)), dict(JSON))

    def _graph(self, asked: Asked) -> Told:
        token = self.entra.holder(asked)
        if token is None:
            raise Stop(401, "InvalidAuthenticationToken")
        parts = urlsplit(asked.path.removeprefix("/v1.0"))
        check_path(asked.method, parts.path)
        query = {name: values[0] for name, values in parse_qs(parts.query, strict_parsing=bool(parts.query)).items()}
        if "$select" in query:
            self.selects.append((parts.path, frozenset(query["$select"].split(","))))
        body = json.loads(asked.body) if asked.body else {}
        for pattern, method, handler in ROUTES:
            match = re.fullmatch(pattern, parts.path)
            if match and method == asked.method:
                names = {key: unquote(value) for key, value in match.groupdict().items()}
                call = Call(asked, token, query, body, preferences(asked), **names)
                return handler(self, call)  # type: ignore[no-any-return]
        raise Stop(405, "Request_BadRequest")

    def _tell(self, email: str, calendar: str, name: str, kind: str) -> None:
        self.hooks.changed(email, self.calendar_of(email, calendar).id, name, 'W/"1"', kind, self.clock())
        self.hooks.settle()


_CALENDAR, _ID = r"/me/calendars/(?P<calendar>[^/]+)", r"(?P<id>[^/]+)"
ROUTES: list[tuple[str, str, Callable[[State, Call], Told]]] = [
    (r"/me/calendars", "GET", graph_calendars.calendars),
    (r"/me/calendarView", "GET", graph_calendars.view),
    (rf"{_CALENDAR}/calendarView", "GET", graph_calendars.view),
    (r"/me/calendar/calendarView", "GET", graph_calendars.view),
    (r"/me/mailboxSettings(/timeZone)?", "GET", graph_calendars.mailbox_zone),
    (r"/me/events", "POST", graph_meetings.create),
    (rf"{_CALENDAR}/events", "POST", graph_meetings.create),
    (r"/me/events", "GET", graph_meetings.search),
    (rf"/me/events/{_ID}", "GET", graph_meetings.get),
    (rf"/me/events/{_ID}", "PATCH", graph_meetings.update),
    (rf"/me/events/{_ID}", "DELETE", graph_meetings.remove),
    (rf"/me/events/{_ID}/cancel", "POST", graph_meetings.remove),
    (r"/subscriptions", "POST", graph_subscriptions.subscribe),
    (rf"/subscriptions/{_ID}", "GET", graph_subscriptions.show),
    (rf"/subscriptions/{_ID}", "PATCH", graph_subscriptions.prolong),
    (rf"/subscriptions/{_ID}", "DELETE", graph_subscriptions.unsubscribe),
]


def _claims(id_token: str) -> dict[str, Any]:
    claims: dict[str, Any] = jwt.decode(id_token, options={"verify_signature": False})
    return claims


@contextmanager
def graph_wire(**how: Any) -> Iterator[GraphWire]:
    """Serves until left. how: fields of GraphWire. Raises when a body was against the contract."""
    wire = GraphWire(**how)
    with web_server(wire.handle) as server, delivering(wire.hooks):
        wire.server, wire.entra.url = server, server.url
        yield wire
    assert wire.violations == []


__all__ = ["GraphWire", "Mail", "graph_wire"]
