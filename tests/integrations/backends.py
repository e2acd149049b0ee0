"""What the contract suite runs against: one short class a backend."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urljoin

from integrations.caldav import CalDav
from integrations.google import Google
from integrations.guarded_http import GuardedHttp, Limits
from integrations.ics import IcsFeed
from integrations.outside import UNLIMITED, Outside, Throttle
from mentoring.ports import Account, FoundCalendar
from mentoring.settings import Settings
from tests.servers import DavServer, MailSink
from tests.wires.caldav import CALENDAR, caldav_wire
from tests.wires.google import GoogleWire, google_wire, system_clock
from tests.wires.google_events import Kept, NotStored
from tests.wires.web import Asked, Told, web_server

ANN = "ann@example.org"
BOB = "bob@example.org"
QUICK = Limits(connect_seconds=2, read_seconds=10, total_seconds=20, pause_seconds=0.01)


class NotTaken(AssertionError):
    """The server does not store that object."""


class Backend(Protocol):
    """One calendar at one provider, and what its owner does to it in their own calendar app."""

    provider: Any
    account: Account
    calendar: FoundCalendar

    def keep(self, name: str, text: bytes) -> str:
        """Stores an object; where it lies."""
        ...

    def drop(self, name: str) -> None: ...

    def held(self) -> list[bytes]:
        """Every object in the calendar."""
        ...


@dataclass
class Dav:
    """Any CalDAV server. send: a request as the owner's app makes it → status, body."""

    provider: CalDav
    account: Account
    calendar: FoundCalendar
    send: Callable[[str, str, bytes, dict[str, str]], tuple[int, bytes]]

    def keep(self, name: str, text: bytes) -> str:
        url = urljoin(self.calendar.href, name)
        status, said = self.send("PUT", url, text, {"Content-Type": "text/calendar; charset=utf-8"})
        if status not in {200, 201, 204}:
            raise NotTaken(status, said[:300])
        return url

    def drop(self, name: str) -> None:
        status, _ = self.send("DELETE", urljoin(self.calendar.href, name), b"", {})
        assert status in {200, 204}

    def names(self) -> list[str]:
        _, resources = self.provider._dav(self.account).properties(self.calendar.href, ("d:getetag",), depth=1)
        return [
            urljoin(self.calendar.href, each.href)
            for each in resources
            if each.text("d:getetag") and ".ics" in each.href
        ]

    def held(self) -> list[bytes]:
        return [self.send("GET", url, b"", {})[1] for url in self.names()]


def on(server: DavServer, name: str, user: str = ANN) -> Dav:
    """A new calendar on a real server."""
    server.make_calendar(user, name)
    provider = CalDav(GuardedHttp(frozenset({server.host_port}), limits=QUICK, ca_bundle=server.ca_bundle))
    account = Account("caldav", server.url, user, server.users[user], frozenset({user}), "Europe/Berlin")
    calendar = next(each for each in provider.discover(account) if each.name == name)

    def send(method: str, url: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
        return server.ask(method, url, user, body, headers)[:2]

    return Dav(provider, account, calendar, send)


@contextmanager
def wired(**poverty: object) -> Iterator[Dav]:
    """A calendar on the wire, which may lack what it is told to lack. The wire itself is at `.wire`."""
    with caldav_wire(**poverty) as wire:
        provider = CalDav(GuardedHttp(frozenset({wire.server.host_port}), limits=QUICK))
        account = Account("caldav", wire.url, "ann", "secret", frozenset({ANN}), "Europe/Berlin")
        dav = Dav(provider, account, FoundCalendar(wire.url + CALENDAR, "Work", writable=True), lambda *_: (0, b""))

        def send(method: str, url: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
            told = provider._dav(account).send(method, url, headers, body)
            return told.status, told.body

        dav.send = send
        dav.wire = wire  # type: ignore[attr-defined]
        yield dav


@dataclass
class Feed:
    """An ICS feed; what is kept in it lies one VCALENDAR after the other."""

    provider: IcsFeed
    account: Account
    calendar: FoundCalendar
    objects: dict[str, bytes]

    def keep(self, name: str, text: bytes) -> str:
        self.objects[name] = text
        return name

    def drop(self, name: str) -> None:
        del self.objects[name]

    def held(self) -> list[bytes]:
        return list(self.objects.values())


EMPTY = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nEND:VCALENDAR\r\n"


@contextmanager
def feed(conditional: bool = True) -> Iterator[Feed]:
    """A feed whose server answers conditional requests, or never heard of them."""
    objects: dict[str, bytes] = {}

    def answer(asked: Asked) -> Told:
        if asked.path != "/private/feed.ics":
            return Told(404)
        body = EMPTY + b"".join(objects.values())
        etag = f'"{hash(body)}"'
        if conditional and asked.headers.get("If-None-Match") == etag:
            return Told(304, headers={"ETag": etag})
        return Told(200, body, {"Content-Type": "text/calendar"} | ({"ETag": etag} if conditional else {}))

    with web_server(answer) as server:
        provider = IcsFeed(GuardedHttp(frozenset({server.host_port}), limits=QUICK))
        account = Account("ics", f"{server.url}/private/feed.ics", owners=frozenset({ANN}), zone="Europe/Berlin")
        yield Feed(provider, account, FoundCalendar("feed", "Feed"), objects)


def outside_of(wire: GoogleWire, throttle: Throttle = UNLIMITED) -> Outside:
    """What a provider works with, where Google is the wire."""
    settings = Settings("sqlite://", "redis://", "s" * 32, ("k",), **wire.settings())  # type: ignore[arg-type]
    return Outside(GuardedHttp(), settings.google, settings.microsoft, system_clock, throttle)


@dataclass
class AtGoogle:
    """Ann's primary calendar at Google; what is kept in it are iCalendar objects, as another program puts them in."""

    provider: Google
    account: Account
    calendar: FoundCalendar
    wire: GoogleWire

    def keep(self, name: str, text: bytes) -> str:
        try:
            self.wire.keep(self.calendar.href, name, text)
        except NotStored as problem:
            raise NotTaken(*problem.args) from problem
        return name

    def drop(self, name: str) -> None:
        self.wire.drop(self.calendar.href, name)

    def held(self) -> list[bytes]:
        events = self.wire.calendars.calendars[self.calendar.href].events.values()
        return [each.ics for each in events if isinstance(each, Kept) and not each.cancelled]


@contextmanager
def at_google(page_size: int = 250, throttle: Throttle = UNLIMITED) -> Iterator[AtGoogle]:
    with google_wire() as wire:
        wire.page_size = page_size
        wire.account(ANN)
        account = Account("google", "", ANN, wire.secret(ANN), frozenset({ANN}), "Europe/Berlin")
        yield AtGoogle(Google(outside_of(wire, throttle)), account, FoundCalendar(ANN, ANN, "Europe/Berlin"), wire)


__all__ = ["ANN", "BOB", "AtGoogle", "Backend", "Dav", "Feed", "MailSink", "at_google", "feed", "on", "wired"]
