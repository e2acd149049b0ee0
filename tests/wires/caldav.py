"""A small CalDAV server in this process, for the faults and poverties that real ones will not show on demand.

It keeps one calendar of one user at /ann/desk/. A hook may answer instead of it, or spoil its answer.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import escape, unescape
from urllib.parse import unquote

from tests.wires.web import Asked, Told, WebServer, web_server

CALENDAR = "/ann/desk/"
SPACES = 'xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav" xmlns:S="http://calendarserver.org/ns/"'
XML = {"Content-Type": "application/xml; charset=utf-8"}


@dataclass
class CalDavWire:
    """What the server can do, and what it holds. state rises with each change and is its sync token and CTag."""

    sync: bool = True
    ctag: bool = True
    etags: bool = True
    etag_on_put: bool = True
    weak: bool = False
    uid_conflicts: bool = True
    oldest_token: int = 0
    state: int = 1
    objects: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    changes: dict[str, int] = field(default_factory=dict)
    hook: Callable[[Asked], Told | None] = lambda asked: None
    spoil: Callable[[Asked, Told], Told] = lambda asked, told: told
    server: WebServer = None  # type: ignore[assignment]

    @property
    def url(self) -> str:
        return self.server.url

    def put(self, name: str, text: bytes) -> str:
        """Changes an object behind the client's back, as another client would."""
        self.state += 1
        self.objects[CALENDAR + name] = (self.state, text)
        self.changes[CALENDAR + name] = self.state
        return self.etag(CALENDAR + name)

    def delete(self, name: str) -> None:
        self.state += 1
        del self.objects[CALENDAR + name]
        self.changes[CALENDAR + name] = self.state

    def etag(self, path: str) -> str:
        return f'{"W/" if self.weak else ""}"{self.objects[path][0]}"'

    def answer(self, asked: Asked) -> Told:
        wanted = f"Basic {b64encode(b'ann:secret').decode()}"
        if asked.headers.get("Authorization") != wanted:
            return Told(401, headers={"WWW-Authenticate": 'Basic realm="wire"'})
        told = self.hook(asked) or getattr(self, f"do_{asked.method.lower()}")(asked, unquote(asked.path))
        return self.spoil(asked, told)

    def do_propfind(self, asked: Asked, path: str) -> Told:
        if path in {"/", "/.well-known/caldav"}:
            return multistatus(
                response(path, "<D:current-user-principal><D:href>/ann/</D:href></D:current-user-principal>")
            )
        if path == "/ann/":
            home = "<C:calendar-home-set><D:href>/ann/</D:href></C:calendar-home-set>"
            below = [response(CALENDAR, self.about_calendar())] if asked.headers.get("Depth") == "1" else []
            return multistatus(response(path, home + "<D:resourcetype><D:collection/></D:resourcetype>"), *below)
        if path == CALENDAR:
            below = [*map(self.item, self.objects)] if asked.headers.get("Depth") == "1" else []
            return multistatus(response(path, self.about_calendar()), *below)
        return multistatus(self.item(path)) if path in self.objects else Told(404)

    def about_calendar(self) -> str:
        return (
            "<D:resourcetype><D:collection/><C:calendar/></D:resourcetype><D:displayname>Work</D:displayname>"
            + (f"<D:sync-token>urn:wire:{self.state}</D:sync-token>" if self.sync else "")
            + (f"<S:getctag>{self.state}</S:getctag>" if self.ctag else "")
        )

    def item(self, path: str, data: bool = False) -> str:
        etag = f"<D:getetag>{escape(self.etag(path))}</D:getetag>" if self.etags else ""
        text = escape(self.objects[path][1].decode()) if data else ""
        return response(path, etag + (f"<C:calendar-data>{text}</C:calendar-data>" if data else ""))

    def do_report(self, asked: Asked, path: str) -> Told:
        if path != CALENDAR:
            return Told(404)
        if b"sync-collection" in asked.body:
            return self.synced(asked)
        if b"calendar-multiget" in asked.body:
            named = [unquote(unescape(each.decode())) for each in re.findall(rb"<d:href>(.*?)</d:href>", asked.body)]
            return multistatus(*(self.item(each, data=True) if each in self.objects else gone(each) for each in named))
        match = re.search(rb"<c:text-match[^>]*>(.*?)</c:text-match>", asked.body)
        wanted = unescape(match.group(1).decode()).encode() if match else b""
        found = [path for path, (_, text) in self.objects.items() if wanted in text.replace(b"\r\n ", b"")]
        return multistatus(*(self.item(path, data=True) for path in found))

    def synced(self, asked: Asked) -> Told:
        if not self.sync:
            return Told(501)
        token = re.search(rb"urn:wire:(\d+)", asked.body)
        if token is None or int(token.group(1)) < self.oldest_token:
            return Told(403, f"<D:error {SPACES}><D:valid-sync-token/></D:error>".encode(), XML)
        changed = [path for path, at in self.changes.items() if at > int(token.group(1))]
        items = [self.item(path) if path in self.objects else gone(path) for path in changed]
        return multistatus(*items, end=f"<D:sync-token>urn:wire:{self.state}</D:sync-token>")

    def do_get(self, asked: Asked, path: str) -> Told:
        if path not in self.objects:
            return Told(404)
        headers = {"Content-Type": "text/calendar"} | ({"ETag": self.etag(path)} if self.etags else {})
        return Told(200, self.objects[path][1], headers)

    def do_put(self, asked: Asked, path: str) -> Told:
        if not path.startswith(CALENDAR):
            return Told(409)
        there = path in self.objects
        if asked.headers.get("If-None-Match") == "*" and there:
            return Told(412)
        if (match := asked.headers.get("If-Match")) and (not there or match != self.etag(path)):
            return Told(412)
        if self.uid_conflicts and self.holder(asked.body) not in {None, path}:
            return Told(409, f"<D:error {SPACES}><C:no-uid-conflict/></D:error>".encode(), XML)
        self.put(path.removeprefix(CALENDAR), asked.body)
        return Told(204 if there else 201, headers={"ETag": self.etag(path)} if self.etag_on_put else {})

    def holder(self, text: bytes) -> str | None:
        uid = re.search(rb"UID:[^\r]+", text)
        return next((path for path, (_, held) in self.objects.items() if uid and uid.group() + b"\r" in held), None)

    def do_delete(self, asked: Asked, path: str) -> Told:
        if path not in self.objects:
            return Told(404)
        self.delete(path.removeprefix(CALENDAR))
        return Told(204)


def response(path: str, props: str, status: str = "200 OK") -> str:
    stat = f"<D:status>HTTP/1.1 {status}</D:status>"
    return f"<D:response><D:href>{path}</D:href><D:propstat><D:prop>{props}</D:prop>{stat}</D:propstat></D:response>"


def gone(path: str, status: str = "404 Not Found") -> str:
    return f"<D:response><D:href>{path}</D:href><D:status>HTTP/1.1 {status}</D:status></D:response>"


def multistatus(*responses: str, end: str = "") -> Told:
    return Told(207, f"<D:multistatus {SPACES}>{''.join(responses)}{end}</D:multistatus>".encode(), XML)


@contextmanager
def caldav_wire(**poverty: object) -> Iterator[CalDavWire]:
    wire = CalDavWire(**poverty)  # type: ignore[arg-type]
    with web_server(wire.answer) as server:
        wire.server = server
        yield wire
