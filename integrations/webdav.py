"""The verbs of WebDAV for one account, over the guarded session."""

from __future__ import annotations

import re
from collections.abc import Iterable
from string import ascii_letters, digits
from urllib.parse import urlsplit

from integrations.guarded_addresses import joined
from integrations.guarded_http import Answer, Credentials, GuardedHttp
from integrations.statuses import problem_of
from integrations.webdav_xml import Multistatus, Resource, multistatus, propfind
from mentoring.errors import Reconnect, Refused, TryLater
from mentoring.ports import Account

_XML = {"Content-Type": "application/xml; charset=utf-8"}
CALENDAR = {"Content-Type": "text/calendar; charset=utf-8"}


_ESCAPE = re.compile("%([0-9A-Fa-f]{2})")
_NEEDS_NO_ESCAPE = frozenset(ascii_letters + digits + "-._~!$&'()*+,;=:@")
NOT_FOR_US = frozenset({403, 404, 410})


class NothingHere(Reconnect):
    """The server answers, and has nothing for this account at that address."""


class WebDav:
    """Requests in the name of one account. Addresses are absolute; see `link` for what a server's answer names."""

    def __init__(self, http: GuardedHttp, account: Account) -> None:
        self._http = http
        self._credentials = Credentials(account.username, account.secret) if account.username else None

    def send(self, method: str, url: str, headers: dict[str, str] | None = None, body: bytes = b"") -> Answer:
        """The answer whatever its status. Raises Reconnect for 401, TryLater for 429 and the server's own faults."""
        answer = self._http.request(method, url, credentials=self._credentials, headers=headers, body=body)
        if answer.status in {401, 429} or (answer.status >= 500 and answer.status not in {501, 507}):
            raise problem_of(answer)
        return answer

    def properties(
        self, url: str, names: Iterable[str], depth: int = 0, accepted: frozenset[int] = NOT_FOR_US
    ) -> tuple[str, tuple[Resource, ...]]:
        """Where the answer came from, and the resources with those properties.

        Those that are not for this account are left out, unless nothing is accepted. Raises when one failed otherwise.
        """
        answer = self.send("PROPFIND", url, {**_XML, "Depth": str(depth)}, propfind(names))
        found = checked(self.answered(answer), accepted)
        return link(answer.url, answer.url), tuple(each for each in found.resources if each.status < 300)

    def report(self, url: str, body: bytes, depth: int = 1) -> Answer:
        return self.send("REPORT", url, {**_XML, "Depth": str(depth)}, body)

    def answered(self, answer: Answer) -> Multistatus:
        """The multistatus in an answer. Raises what its status means otherwise."""
        if answer.status == 200:
            raise Refused(f"{urlsplit(answer.url).hostname} answers with a page instead of a calendar")
        if answer.status in NOT_FOR_US:
            raise NothingHere(str(problem_of(answer)))
        if answer.status != 207:
            raise problem_of(answer)
        return multistatus(answer.body)


def checked(found: Multistatus, accepted: frozenset[int] = frozenset()) -> Multistatus:
    """The same, if every item in it succeeded: an error inside a 207 counts (DESIGN rule 1)."""
    for resource in found.resources:
        status = resource.failed if resource.status < 300 else resource.status
        if status == 0 or status in accepted:
            continue
        if status in {401, 403}:
            raise Reconnect("the calendar server does not let this account read all of the calendar")
        raise TryLater(f"the calendar server could not give one of the entries ({status})")
    return found


def link(base: str, href: str) -> str:
    """An href of a server's answer as an absolute address, in the one spelling that all have in common (RFC 3986).

    Servers differ in what they escape: /ann@example.org/ and /ann%40example.org/ are the same. Raises Refused for what
    is no address, or one that leaves https.
    """
    url = _ESCAPE.sub(_plain, joined(base, href))
    if urlsplit(base).scheme == "https" and urlsplit(url).scheme != "https":
        raise Refused(f"{urlsplit(base).hostname} points from https to http, which would give away what is read")
    return url


def _plain(escape: re.Match[str]) -> str:
    letter = chr(int(escape.group(1), 16))
    return letter if letter in _NEEDS_NO_ESCAPE else escape.group().upper()


def same_resource(left: str, right: str) -> bool:
    """Whether two addresses name the same resource, a trailing slash aside."""
    return left.rstrip("/") == right.rstrip("/")


def parent(url: str) -> str:
    """The collection that a resource lies in."""
    return url.rstrip("/").rpartition("/")[0] + "/"
