"""Google in this process: sign-in, Calendar API v3 and push, with the state that the real one has.

with google_wire() as wire:
    wire.account("ann@example.org", zone="Europe/Berlin")
    settings = Settings(..., **wire.settings())
    account = Account("google", "", "ann@example.org", wire.secret("ann@example.org", Errand.CALENDARS))

Every request is held against Google's discovery document, and so is every answer (google_contract.py); what is against
it is in `wire.wrong`, and leaving the wire raises it. Refused and lost answers are planted with `fail`.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from mentoring.doors import Errand
from tests.wires.google_calendars import Calendar, Calendars, Mail
from tests.wires.google_contract import AgainstTheContract, FieldMask, check_body, checked_query, method_of
from tests.wires.google_events import Event, Kept
from tests.wires.google_methods import Answered, Call, Methods
from tests.wires.google_oauth import AUTH, Person, SignIn, short
from tests.wires.google_push import Push
from tests.wires.web import Asked, Told, WebServer, web_server

SCOPES = {
    Errand.CALENDARS: frozenset({f"{AUTH}calendar.events.freebusy", f"{AUTH}calendar.calendarlist.readonly"}),
    Errand.ORGANISER: frozenset({"openid", f"{AUTH}userinfo.email", f"{AUTH}calendar.events.owned"}),
}


@dataclass
class Failure:
    """A fault planted for the next `times` calls of a method. committed: the call is carried out first. cut: how many
    bytes of the answer still come, before the connection is closed; then there is no status."""

    method: str
    status: int
    reason: str
    retry_after: str
    committed: bool
    cut: int | None
    times: int
    account: str

    def meant(self, call: Call) -> bool:
        return self.times > 0 and self.method in {call.method.id, "*"} and self.account in {"", call.viewer}


@dataclass
class GoogleWire:
    """calls: every API request that came. down: paths that answer 503, "/token" for one. hook: may answer a call
    instead of the wire. spoil: may change its answer."""

    sign_in: SignIn
    calendars: Calendars
    push: Push
    page_size: int = 250
    tells_uids: bool = True
    down: frozenset[str] = frozenset()
    calls: list[Call] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    hook: Callable[[Call], Told | None] = lambda call: None
    spoil: Callable[[Call, Told], Told] = lambda call, told: told
    server: WebServer = None  # type: ignore[assignment]
    lock: threading.RLock = field(default_factory=threading.RLock)

    # What a test sets up

    def settings(self) -> dict[str, str]:
        """The fields of Settings that send us here."""
        url = self.server.url
        return {
            "google_auth_url": f"{url}/o/oauth2/v2/auth",
            "google_token_url": f"{url}/token",
            "google_revoke_url": f"{url}/revoke",
            "google_certs_url": f"{url}/oauth2/v3/certs",
            "google_api_url": f"{url}/calendar/v3/",
            "google_client_id": self.sign_in.client_id,
            "google_client_secret": self.sign_in.client_secret,
        }

    def account(
        self, email: str, zone: str = "Europe/Berlin", calendars: Sequence[str] = (), name: str = "", hd: str = ""
    ) -> Person:
        """Somebody with a Google account, their primary calendar, and others of these names."""
        person = self.sign_in.people[email] = Person(email, name, hd)
        self.calendar(email, email, summary=email, zone=zone, primary=True)
        for each in calendars:
            self.calendar(f"{each}@group.calendar.google.com", email, summary=each, zone=zone)
        return person

    def calendar(self, calendar_id: str, owner: str, **said: Any) -> Calendar:
        """A calendar of somebody's. role: what they may do with it."""
        said = {"summary": calendar_id, "zone": "Europe/Berlin"} | said
        made = Calendar(calendar_id, owner, roles={owner: said.pop("role", "owner")}, **said)
        self.calendars.calendars[calendar_id] = made
        return made

    def secret(self, email: str, errand: Errand = Errand.CALENDARS, scopes: frozenset[str] | None = None) -> str:
        """What is kept of a person's permission, as the door hands it back: see integrations/google_tokens.py."""
        grant = self.sign_in.grant(email, SCOPES[errand] if scopes is None else scopes)
        return json.dumps({"refresh_token": grant.refresh_token, "scopes": sorted(grant.scopes)})

    def put(
        self, email: str, start: datetime, end: datetime, *, calendar: str = "", event_id: str = "", **stated: Any
    ) -> Event:
        """An event that somebody makes in their own calendar app. stated: more fields of Google's event."""
        home = self.calendars.calendars[calendar or email]
        times = {"start": {"dateTime": start.isoformat()}, "end": {"dateTime": end.isoformat()}}
        with self.lock:
            return self.calendars.insert(home, event_id, {"summary": "x"} | times | stated, "all")

    def keep(self, calendar: str, name: str, ics: bytes) -> Kept:
        """An iCalendar object in a calendar. Raises NotStored for one that Google does not take."""
        with self.lock:
            kept = Kept(name, ics, 0)
            self.calendars.keep(self.calendars.calendars[calendar], kept)
            return kept

    def drop(self, calendar: str, name: str) -> None:
        home = self.calendars.calendars[calendar]
        with self.lock:
            kept = next(each for each in home.events.values() if isinstance(each, Kept) and each.name == name)
            self.calendars.drop(home, kept)

    # What people do

    def event(self, uid: str) -> Event:
        """The event of that UID, cancelled or not."""
        return next(
            each
            for calendar in self.calendars.calendars.values()
            for each in calendar.events.values()
            if isinstance(each, Event) and each.uid == uid
        )

    def events_of(self, email: str) -> list[Event]:
        """What lies in somebody's primary calendar and is neither cancelled nor without them."""
        held = self.calendars.calendars[email].events.values()
        return [each for each in held if isinstance(each, Event) and each.concerns(email)]

    def answer(self, email: str, uid: str, answer: str) -> None:
        """A guest answers: accepted, declined, tentative or needsAction."""
        with self.lock:
            self.calendars.answer(self.event(uid), email.lower(), answer)

    def cancel(self, uid: str) -> None:
        """The organiser deletes it, in their own calendar app."""
        with self.lock:
            self.calendars.cancel(self.event(uid), "all")

    @property
    def mails(self) -> list[Mail]:
        """The mails that Google sent to guests."""
        return self.calendars.mails

    # What goes wrong

    def fail(
        self,
        method: str,
        status: int = 0,
        reason: str = "backendError",
        *,
        retry_after: str = "",
        committed: bool = False,
        cut: int | None = None,
        times: int = 1,
        account: str = "",
    ) -> None:
        """The next calls of that method ("events.insert", "*") fail. status 0: the connection is closed instead."""
        cut = 0 if status == 0 and cut is None else cut
        self.failures.append(Failure(method, status, reason, retry_after, committed, cut, times, account))

    def withdraw(self, email: str) -> None:
        self.sign_in.withdraw(email)

    def expire(self, email: str) -> None:
        self.sign_in.expire(email)

    def expire_sync_tokens(self) -> None:
        for each in self.calendars.calendars.values():
            each.oldest_token = self.calendars.state + 1

    # How it is asked

    def called(self, method: str) -> list[Call]:
        return [each for each in self.calls if each.method.id == method]

    def answer_web(self, asked: Asked) -> Told:
        url = urlsplit(asked.path)
        if url.path in self.down:
            return Told(503)
        if url.path == "/o/oauth2/v2/auth":
            return self.sign_in.authorise(url.query)
        if url.path in {"/token", "/revoke"}:
            form = dict(parse_qsl(asked.body.decode(), keep_blank_values=True))
            return self.sign_in.tokens(form) if url.path == "/token" else self.sign_in.revoke(form)
        if url.path == "/oauth2/v3/certs":
            return self.sign_in.certs()
        if url.path.startswith("/calendar/v3/"):
            with self.lock:
                return self._api(asked, url.path.removeprefix("/calendar/v3/"), url.query)
        return Told(404)

    def _api(self, asked: Asked, path: str, query: str) -> Told:
        found = method_of(asked.method, path)
        if found is None:
            self.wrong.append(f"{asked.method} {path} is no method of the API")
            return Told(404)
        method, varying = found
        try:
            call = Call(method, varying, checked_query(method, query), asked)
            if asked.body or method.request:
                check_body(method, call.body)
            mask = FieldMask(call.query["fields"], method.response) if "fields" in call.query else None
        except (AgainstTheContract, ValueError) as problem:
            self.wrong.append(str(problem))
            return refusal(Answered(400, reason="invalid"))
        self.calls.append(call)
        grant = self.sign_in.bearer(call.header("Authorization"))
        if grant is None:
            return refusal(Answered(401, reason="authError"))
        call.viewer, call.scopes = grant.email, frozenset(short(each) for each in grant.scopes)
        return self.spoil(call, self.hook(call) or self._failed(call) or self._carried_out(call, mask))

    def _failed(self, call: Call) -> Told | None:
        failure = next((each for each in self.failures if each.meant(call)), None)
        if failure is None:
            return None
        failure.times -= 1
        told = self._carried_out(call, None) if failure.committed else Told(200, b"{" + b" " * 99)
        if failure.cut is not None:
            told.cut = failure.cut
            return told if failure.cut and told.body else Told(raw=b"")
        wait = {"Retry-After": failure.retry_after} if failure.retry_after else {}
        return refusal(Answered(failure.status, reason=failure.reason), wait)

    def _carried_out(self, call: Call, mask: FieldMask | None) -> Told:
        answered = Methods(self.calendars, self.push, self.page_size, self.tells_uids).answer(call)
        if answered.status >= 300:
            return refusal(answered)
        if answered.body is None:
            return Told(204)
        try:
            check_body(call.method, answered.body, answered=True)
        except AgainstTheContract as problem:
            self.wrong.append(f"the wire's own answer: {problem}")
        body = mask.applied(answered.body) if mask else answered.body
        headers = {"Content-Type": "application/json; charset=UTF-8", "ETag": body.get("etag", '"x"')}
        return Told(answered.status, json.dumps(body).encode(), headers)


def refusal(answered: Answered, headers: Mapping[str, str] | None = None) -> Told:
    """An error as Google words it."""
    detail = {"domain": "global", "reason": answered.reason, "message": answered.reason}
    error = {"code": answered.status, "message": answered.reason, "errors": [detail]}
    return Told(
        answered.status,
        json.dumps({"error": error}).encode(),
        {"Content-Type": "application/json; charset=UTF-8"} | dict(headers or {}),
    )


def system_clock() -> datetime:
    return datetime.now(UTC)


@contextmanager
def google_wire(clock: Callable[[], datetime] = system_clock) -> Iterator[GoogleWire]:
    """Serves until left. Raises AgainstTheContract when anything that was asked or answered is."""
    push = Push(clock)
    wire = GoogleWire(SignIn("wire-client", "wire-client-secret", clock), Calendars(clock, push.tell), push)
    with web_server(wire.answer_web) as server:
        wire.server = server
        wire.sign_in.issuer = server.url
        try:
            yield wire
        finally:
            push.close()
    if wire.wrong:
        raise AgainstTheContract("; ".join(wire.wrong))
