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
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import count
from typing import Any, NamedTuple
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

import jwt
import msal

from mentoring.doors import Errand
from mentoring.intervals import Interval
from tests.wires.graph_contract import AgainstTheContract, check, check_path
from tests.wires.graph_entra import CLIENT_ID, CLIENT_SECRET, TENANT, AccessToken, Entra, Identity
from tests.wires.graph_events import (
    NO_TIME,
    Guest,
    Item,
    Mailbox,
    Meeting,
    WireCalendar,
    moment_of,
    stamp,
    told,
)
from tests.wires.graph_hooks import LONGEST, Hooks, NotValidated, Subscription, delivering, now_utc
from tests.wires.web import Asked, Told, WebServer, web_server

SCOPES = {
    Errand.SIGN_IN: ("openid", "profile", "email"),
    Errand.CALENDARS: ("Calendars.ReadBasic", "MailboxSettings.Read", "openid", "profile", "offline_access"),
    Errand.ORGANISER: ("Calendars.ReadWrite", "MailboxSettings.Read", "openid", "profile", "offline_access"),
}
READS = frozenset({"Calendars.ReadBasic", "Calendars.Read", "Calendars.ReadWrite"})
NOT_BASIC = frozenset({"body", "bodyPreview", "attachments", "extensions", "singleValueExtendedProperties"})
"""What Calendars.ReadBasic does not show (https://learn.microsoft.com/graph/permissions-reference#calendarsreadbasic)."""
USUAL_PAGE = 10


class Mail(NamedTuple):
    """A mail that the service sent to a guest. kind: invite, update or cancel."""

    kind: str
    to: str
    uid: str


@dataclass
class Fault:
    """What happens instead, to so many requests of that method whose path contains `path`.

    status: answered without doing it, or after doing it where `after`. cut: the connection is closed "before" anything
    is done, "during" the answer, or "after" it was done and without an answer.
    """

    status: int = 0
    times: int = 1
    method: str = ""
    path: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    after: bool = False
    cut: str = ""
    body: bytes = b""

    def meets(self, asked: Asked) -> bool:
        return self.times > 0 and self.method in {"", asked.method} and self.path in unquote(asked.path)


class _Stop(Exception):
    def __init__(self, status: int, code: str) -> None:
        super().__init__(code)
        self.status, self.code = status, code


@dataclass
class GraphWire:
    """The service. clock: for when answers were given. tenant: what the authority's address names.

    one_uid: see graph_events.told. honours_zone: whether outlook.timezone is. basic_may_watch: whether
    Calendars.ReadBasic suffices for a subscription (the documentation names Calendars.Read). transactions: whether a
    repeated transactionId is noticed; a repeat is answered 201 with the same event, as the service was seen to do
    (https://blog.rykoma.net/2020/10/05/1559), or 409 where transaction_conflicts. leads_to: the origin in nextLinks.
    """

    clock: Callable[[], datetime] = now_utc
    tenant: str = "common"
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
    violations: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    server: WebServer = None  # type: ignore[assignment]
    _numbers: Any = field(default_factory=lambda: count(1))
    _lock: threading.RLock = field(default_factory=threading.RLock)

    # What tests do

    @property
    def url(self) -> str:
        return self.server.url

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
        made = WireCalendar(f"AAMk-{next(self._numbers)}-cal=", name, owner or email, not mailbox.calendars, can_edit)
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
        with self._lock:
            held = self._calendar(email, calendar).items
            known, held[name] = name in held, Item(text)
        self._tell(email, calendar, name, "updated" if known else "created")

    def drop(self, email: str, name: str, calendar: str = "") -> None:
        with self._lock:
            del self._calendar(email, calendar).items[name]
        self._tell(email, calendar, name, "deleted")

    def answer(self, email: str, uid: str, response: str, proposed: Interval | None = None) -> None:
        """A guest's answer to the meeting of that iCalUId arrives: accepted, tentativelyAccepted or declined."""
        with self._lock:
            meeting = next(each for each in self.meetings.values() if each.uid == uid)
            guest = meeting.guest(email)
            assert guest is not None, f"{email} was not invited"
            guest.response, guest.proposed, guest.time = response, proposed, stamp(self.clock())
            self._touch(meeting, "updated")
        self.hooks.settle()

    def delete(self, uid: str) -> None:
        """Somebody deletes a meeting from its organiser's calendar by hand."""
        with self._lock:
            meeting = next(each for each in self.meetings.values() if each.uid == uid)
            self._take_away(meeting)
        self.hooks.settle()

    def fail(self, status: int = 0, **how: Any) -> None:
        """The next requests fail; see Fault."""
        self.faults.append(Fault(status, **how))

    def events(self, email: str) -> list[dict[str, Any]]:
        """The meetings that lie in somebody's calendar, as their app shows them."""
        with self._lock:
            return [each.as_told(email, "UTC") for each in self.meetings.values() if self._shows(each, email)]

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
            return Told(fault.status, fault.body or _error("fault", "said by a test"), _JSON | fault.headers)
        told_really = self._answered(asked)
        if fault.cut == "after":
            return Told(raw=b"")
        if fault.cut == "during" and told_really.body:
            told_really.cut = len(told_really.body) // 2
            return told_really
        if fault.cut == "during":
            return Told(raw=b"HTTP/1.1 2")
        return Told(fault.status, fault.body or _error("fault", "said by a test"), _JSON | fault.headers)

    def _answered(self, asked: Asked) -> Told:
        if not asked.path.startswith("/v1.0/"):
            return self.entra.answer(asked) or Told(404)
        try:
            with self._lock:
                return self._graph(asked)
        except _Stop as stop:
            return Told(stop.status, _error(stop.code, "said by the wire"), dict(_JSON))
        except AgainstTheContract as problem:
            self.violations.append(str(problem))
            return Told(400, _error("BadRequest", str(problem)), dict(_JSON))

    def _graph(self, asked: Asked) -> Told:
        token = self.entra.holder(asked)
        if token is None:
            raise _Stop(401, "InvalidAuthenticationToken")
        parts = urlsplit(asked.path.removeprefix("/v1.0"))
        check_path(asked.method, parts.path)
        query = {name: values[0] for name, values in parse_qs(parts.query, strict_parsing=bool(parts.query)).items()}
        if "$select" in query:
            self.selects.append((parts.path, frozenset(query["$select"].split(","))))
        body = json.loads(asked.body) if asked.body else {}
        for pattern, method, handler in _ROUTES:
            match = re.fullmatch(pattern, parts.path)
            if match and method == asked.method:
                names = {key: unquote(value) for key, value in match.groupdict().items()}
                call = _Call(asked, token, query, body, _preferences(asked), **names)
                return handler(self, call)  # type: ignore[no-any-return]
        raise _Stop(405, "Request_BadRequest")

    def calendars(self, call: _Call) -> Told:
        call.needs(*READS)
        mailbox = self.mailboxes[call.email]
        return self._page(call, "calendar", [each.as_told() for each in mailbox.calendars.values()])

    def view(self, call: _Call) -> Told:
        call.needs(*READS)
        try:
            window = Interval(*(_moment(call.query[name]) for name in ("startDateTime", "endDateTime")))
        except (KeyError, ValueError) as problem:
            raise _Stop(400, "ErrorInvalidParameter") from problem
        mailbox, calendar = self.mailboxes[call.email], self._calendar(call.email, call.calendar)
        zone = self._zone(call, mailbox)
        found = [
            body for item in calendar.items.values() for body in told(item, mailbox, window, zone, one_uid=self.one_uid)
        ]
        if calendar.is_default:
            found += [
                meeting.as_told(call.email, zone)
                for meeting in self.meetings.values()
                if self._shows(meeting, call.email) and meeting.interval.overlaps(window)
            ]
        found.sort(key=lambda body: (body["type"] != "singleInstance", body["start"]["dateTime"]))
        return self._page(call, "event", found)

    def mailbox_zone(self, call: _Call) -> Told:
        call.needs("MailboxSettings.Read", "MailboxSettings.ReadWrite")
        mailbox = self.mailboxes[call.email]
        if call.asked.path.endswith("/timeZone"):
            return _json({"@odata.context": f"{self.url}/v1.0/$metadata#x", "value": mailbox.zone})
        body = {"timeZone": mailbox.zone}
        check("mailboxSettings", body)
        return _json(body)

    def create(self, call: _Call) -> Told:
        call.needs("Calendars.ReadWrite")
        check("event-create", call.body)
        mine = (each for each in self.meetings.values() if each.organiser == call.email)
        transaction = call.body.get("transactionId")
        known = next((each for each in mine if transaction and each.given.get("transactionId") == transaction), None)
        if known is not None and self.transactions:
            if self.transaction_conflicts:
                raise _Stop(409, "ErrorDuplicateTransactionId")
            return self._event(call, known, 201)
        made = self._made(call)
        self.meetings[made.id] = made
        self._mail("invite", made, made.guests)
        self._touch(made, "created")
        return self._event(call, made, 201)

    def _made(self, call: _Call) -> Meeting:
        number, body = next(self._numbers), call.body
        return Meeting(
            id=f"AAMk-{number}-event=",
            uid=f"040000008200E00074C5B7101A82E008{sha256(f'{self.url} {number}'.encode()).hexdigest().upper()}",
            organiser=call.email,
            calendar=self._calendar(call.email, call.calendar).id,
            created=self.clock(),
            given={key: value for key, value in body.items() if key != "attendees"},
            guests=[_guest(each) for each in body.get("attendees", [])],
            properties={each["id"]: each["value"] for each in body.get("singleValueExtendedProperties", [])},
            changed=self.clock(),
        )

    def search(self, call: _Call) -> Told:
        """Only by a single-value extended property (https://learn.microsoft.com/graph/api/singlevaluelegacyextendedproperty-get)."""
        call.needs("Calendars.Read", "Calendars.ReadWrite")
        wanted = re.fullmatch(
            r"singleValueExtendedProperties/any\((\w+): ?\1/id eq '(.+)' and \1/value eq '(.+)'\)",
            call.query.get("$filter", ""),
            re.IGNORECASE,
        )
        if wanted is None:
            raise _Stop(400, "ErrorInvalidUrlQueryFilter")
        zone = self._zone(call, self.mailboxes[call.email])
        found = [
            each.as_told(call.email, zone)
            for each in self.meetings.values()
            if each.organiser == call.email and not each.cancelled and each.properties.get(wanted[2]) == wanted[3]
        ]
        return self._page(call, "event", found)

    def get(self, call: _Call) -> Told:
        call.needs("Calendars.Read", "Calendars.ReadWrite", "Calendars.ReadBasic")
        return self._event(call, self._meeting(call))

    def update(self, call: _Call) -> Told:
        """What each change is mailed to whom (https://learn.microsoft.com/graph/api/event-update)."""
        call.needs("Calendars.ReadWrite")
        check("event-update", call.body)
        meeting, body = self._meeting(call), dict(call.body)
        if call.asked.headers.get("If-Match", meeting.etag) not in {meeting.etag, "*"}:
            raise _Stop(412, "ErrorIrresolvableConflict")
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
        self._mail("invite", meeting, [each for each in meeting.guests if each.address not in before])
        self._mail("cancel", meeting, [each for each in before.values() if each.address not in after])
        if body:
            self._mail("update", meeting, kept)
        self._touch(meeting, "updated")
        return self._event(call, meeting)

    def remove(self, call: _Call) -> Told:
        """The organiser's deletion tells the guests (https://learn.microsoft.com/graph/api/event-delete)."""
        call.needs("Calendars.ReadWrite")
        self._take_away(self._meeting(call))
        return Told(202 if call.asked.path.endswith("/cancel") else 204)

    def subscribe(self, call: _Call) -> Told:
        call.needs(*(READS if self.basic_may_watch else READS - {"Calendars.ReadBasic"}))
        check("subscription-create", call.body)
        wanted = re.fullmatch(r"/?me/(?:calendars/([^/]+)/)?events", call.body["resource"])
        if wanted is None:
            raise _Stop(400, "InvalidRequest")
        calendar = unquote(wanted[1] or "")
        self._calendar(call.email, calendar)
        self._check_expiry(call.body["expirationDateTime"])
        self._lock.release()  # whoever is called may ask for something meanwhile
        try:
            made = self.hooks.subscribed(call.email, calendar, call.body)
        except NotValidated as problem:
            raise _Stop(400, "ValidationError") from problem
        finally:
            self._lock.acquire()
        return self._subscription(made, 201)

    def prolong(self, call: _Call) -> Told:
        check("subscription-update", call.body)
        held = self._held(call)
        self._check_expiry(call.body["expirationDateTime"])
        held.expires_at = datetime.fromisoformat(call.body["expirationDateTime"])
        return self._subscription(held)

    def show_subscription(self, call: _Call) -> Told:
        return self._subscription(self._held(call))

    def unsubscribe(self, call: _Call) -> Told:
        del self.hooks.subscriptions[self._held(call).id]
        return Told(204)

    # What it is made of

    def _held(self, call: _Call) -> Subscription:
        held = self.hooks.subscriptions.get(call.id)
        if held is None or held.email != call.email:
            raise _Stop(404, "ResourceNotFound")
        return held

    def _check_expiry(self, text: str) -> None:
        left = _moment(text) - self.clock()
        if not timedelta() < left <= LONGEST:
            raise _Stop(400, "ValidationError")

    def _subscription(self, subscription: Subscription, status: int = 200) -> Told:
        check("subscription", subscription.as_told())
        return _json(subscription.as_told(), status)

    def _calendar(self, email: str, calendar: str) -> WireCalendar:
        mailbox = self.mailboxes[email]
        found = mailbox.calendars.get(calendar) if calendar else mailbox.default
        if found is None:
            raise _Stop(404, "ErrorItemNotFound")
        return found

    def _meeting(self, call: _Call) -> Meeting:
        meeting = self.meetings.get(call.id)
        if meeting is None or meeting.organiser != call.email or meeting.cancelled:
            raise _Stop(404, "ErrorItemNotFound")
        return meeting

    def _shows(self, meeting: Meeting, email: str) -> bool:
        """An organiser's cancelled event goes to the deleted items, a guest's copy stays and is marked; one that the
        guest declined goes as well."""
        if email == meeting.organiser:
            return not meeting.cancelled
        guest = meeting.guest(email)
        return guest is not None and guest.response != "declined"

    def _zone(self, call: _Call, mailbox: Mailbox) -> str:
        asked = call.prefers.get("outlook.timezone", "UTC")
        return asked if self.honours_zone else mailbox.zone

    def _event(self, call: _Call, meeting: Meeting, status: int = 200) -> Told:
        body = meeting.as_told(call.email, self._zone(call, self.mailboxes[call.email]))
        if call.prefers.get("outlook.body-content-type") == "text":
            body["body"] = {
                "contentType": "text",
                "content": _as_text(meeting.given.get("body", {}).get("content", "")),
            }
        told_fields = self._selected(call, body)
        check("event", told_fields)
        return _json(told_fields, status, {"ETag": meeting.etag})

    def _page(self, call: _Call, schema: str, found: list[dict[str, Any]]) -> Told:
        size = int(call.query.get("$top") or call.prefers.get("odata.maxpagesize") or USUAL_PAGE)
        skip = int(call.query.get("$skip", 0))
        value = [self._selected(call, each) for each in found[skip : skip + size]]
        for each in value:
            check(schema, each)
        body: dict[str, Any] = {"@odata.context": f"{self.url}/v1.0/$metadata", "value": value}
        if len(found) > skip + size:
            path = urlsplit(call.asked.path).path
            query = urlencode(call.query | {"$skip": str(skip + size)})
            body["@odata.nextLink"] = f"{self.leads_to or self.url}{path}?{query}"
        return _json(body)

    def _selected(self, call: _Call, body: dict[str, Any]) -> dict[str, Any]:
        basic = not call.token.scopes & (READS - {"Calendars.ReadBasic"})
        if "$select" not in call.query:
            return {key: value for key, value in body.items() if not (basic and key in NOT_BASIC)}
        wanted = {"@odata.etag", "id", *call.query["$select"].split(",")} - (NOT_BASIC if basic else frozenset())
        return {key: value for key, value in body.items() if key in wanted}

    def _mail(self, kind: str, meeting: Meeting, guests: list[Guest]) -> None:
        self.mails += [Mail(kind, each.address, meeting.uid) for each in guests]

    def _take_away(self, meeting: Meeting) -> None:
        meeting.cancelled = True
        self._mail("cancel", meeting, meeting.guests)
        self._touch(meeting, "deleted")

    def _touch(self, meeting: Meeting, kind: str) -> None:
        meeting.version, meeting.changed = meeting.version + 1, self.clock()
        self.hooks.changed(meeting.organiser, meeting.calendar, meeting.id, meeting.etag, kind, self.clock())
        for guest in meeting.guests:
            if guest.address in self.mailboxes:
                calendar = self.mailboxes[guest.address].default.id
                self.hooks.changed(guest.address, calendar, meeting.id, meeting.etag, kind, self.clock())

    def _tell(self, email: str, calendar: str, name: str, kind: str) -> None:
        self.hooks.changed(email, self._calendar(email, calendar).id, name, 'W/"1"', kind, self.clock())
        self.hooks.settle()


_ENDS = ("start", "end")


@dataclass
class _Call:
    asked: Asked
    token: AccessToken
    query: dict[str, str]
    body: dict[str, Any]
    prefers: dict[str, str]
    calendar: str = ""
    id: str = ""

    @property
    def email(self) -> str:
        return self.token.email

    def needs(self, *scopes: str) -> None:
        if not self.token.scopes & set(scopes):
            raise _Stop(403, "ErrorAccessDenied")


_JSON = {"Content-Type": "application/json; odata.metadata=minimal"}
_CALENDAR, _ID = r"/me/calendars/(?P<calendar>[^/]+)", r"(?P<id>[^/]+)"
_ROUTES: list[tuple[str, str, Callable[[GraphWire, _Call], Told]]] = [
    (r"/me/calendars", "GET", GraphWire.calendars),
    (r"/me/calendarView", "GET", GraphWire.view),
    (rf"{_CALENDAR}/calendarView", "GET", GraphWire.view),
    (r"/me/mailboxSettings(/timeZone)?", "GET", GraphWire.mailbox_zone),
    (r"/me/events", "POST", GraphWire.create),
    (rf"{_CALENDAR}/events", "POST", GraphWire.create),
    (r"/me/events", "GET", GraphWire.search),
    (rf"/me/events/{_ID}", "GET", GraphWire.get),
    (rf"/me/events/{_ID}", "PATCH", GraphWire.update),
    (rf"/me/events/{_ID}", "DELETE", GraphWire.remove),
    (rf"/me/events/{_ID}/cancel", "POST", GraphWire.remove),
    (r"/subscriptions", "POST", GraphWire.subscribe),
    (rf"/subscriptions/{_ID}", "GET", GraphWire.show_subscription),
    (rf"/subscriptions/{_ID}", "PATCH", GraphWire.prolong),
    (rf"/subscriptions/{_ID}", "DELETE", GraphWire.unsubscribe),
]


def _as_text(content: str) -> str:
    """A text as Exchange gives it back that kept it as HTML: other line ends, links twice."""
    return re.sub(r"(https?://\S+)", r"\1<\1>", content).replace("\n", "\r\n") + "\r\n"


def _guest(body: dict[str, Any]) -> Guest:
    who = body["emailAddress"]
    return Guest(who["address"].lower(), who.get("name", ""), body.get("type", "required"))


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a time without its offset is read as UTC by some and not by others")
    return moment


def _preferences(asked: Asked) -> dict[str, str]:
    """Prefer, in one header or several (RFC 7240)."""
    stated = next((value for name, value in asked.headers.items() if name.lower() == "prefer"), "")
    pairs = (each.partition("=") for each in stated.split(",") if each.strip())
    return {name.strip().lower(): value.strip().strip('"') for name, _, value in pairs}


def _json(body: dict[str, Any], status: int = 200, headers: dict[str, str] | None = None) -> Told:
    return Told(status, json.dumps(body).encode(), _JSON | (headers or {}))


def _error(code: str, message: str) -> bytes:
    body = {"error": {"code": code, "message": message, "innererror": {"request-id": "0"}}}
    check("error", body)
    return json.dumps(body).encode()


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
