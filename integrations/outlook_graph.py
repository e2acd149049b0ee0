"""Microsoft Graph for one account: every request of Outlook goes through here, and every status gets its meaning here.

The token goes to the origin in the settings and nowhere else: no redirect is followed, no link to another host.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from integrations.guarded_http import Answer
from integrations.microsoft_peer import peer
from integrations.microsoft_tokens import MAILBOX_ZONE, READ_CALENDARS, WRITE_CALENDARS, Tokens
from integrations.outside import Outside
from integrations.statuses import retry_after
from mentoring.errors import ChangedMeanwhile, InterludeError, Reconnect, Refused, TryLater
from mentoring.ports import MAIN_CALENDAR, Account

NAME = "outlook"
A_WHILE = timedelta(minutes=1)
IN_UTC = 'outlook.timezone="UTC"'
READ_TRIES = 3
"""Of a read that Outlook answers with 412, at once: see `_problem`."""

MOST_PAGES = 500
"""Of one answer. At 100 events a page no calendar has more; a service that always names a next page is at fault."""

Body = Mapping[str, Any]


class NotThere(Reconnect):
    """Graph answers, and has nothing of that id for this account."""


class NoWord(TryLater):
    """A 404 that does not say what is not there: no word of a calendar or an event that is gone."""


class Denied(Reconnect):
    """The permission that was given does not go so far."""


class Unacceptable(Refused):
    """Graph will not have it. code: its own word for why."""

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.code = code


class Graph:
    """Requests in the name of one account. Paths begin with /me or /subscriptions; see `path`."""

    def __init__(self, outside: Outside, account: Account) -> None:
        self._peer = peer(outside.microsoft, outside.http.limits)
        self._throttle, self._account = outside.throttle, account
        self._base = outside.microsoft.graph_url
        self._tokens = Tokens(self._peer, account)
        self._bearer = ""

    def get(self, path: str, query: Mapping[str, str] | None = None, prefer: str = IN_UTC) -> Body:
        """What lies there. Raises NotThere."""
        return said(self._asked("GET", self._url(path, query), {"Prefer": prefer}))

    def pages(self, path: str, query: Mapping[str, str], prefer: str) -> Iterator[Body]:
        """Every item of a collection, of every page: one that fails raises."""
        url: object = self._url(path, query)
        for _ in range(MOST_PAGES):
            page = said(self._asked("GET", self._ours(url), {"Prefer": prefer}))
            yield from items(page)
            url = page.get("@odata.nextLink")
            if url is None:
                return
        raise TryLater("Microsoft names one more page without end")

    def send(self, method: str, path: str, body: Body | None = None, headers: Mapping[str, str] | None = None) -> Body:
        """What it answers to a change. Raises NotThere, ChangedMeanwhile for a version that is no longer the one."""
        sent = json.dumps(body).encode() if body is not None else b""
        kind = {"Content-Type": "application/json"} if sent else {}
        answer = self._asked(method, self._url(path), {**kind, "Prefer": IN_UTC, **(headers or {})}, sent)
        return said(answer) if answer.body else {}

    def _asked(self, method: str, url: str, headers: Mapping[str, str], body: bytes = b"") -> Answer:
        answer = self._let_in(method, url, headers, body)
        for _ in range(READ_TRIES - 1):
            if not _in_the_way(method, answer):
                break
            answer = self._let_in(method, url, headers, body)
        if answer.status >= 300:
            raise self._problem(method, answer)
        return answer

    def _let_in(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        answer = self._once(method, url, headers, body)
        if answer.status == 401:  # taken back, or run out by the service's clock before it did by ours
            self._bearer = self._token(anew=True)
            answer = self._once(method, url, headers, body)
        return answer

    def _once(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        self._throttle.take(NAME, self._account.username)
        self._bearer = self._bearer or self._token()
        carried = {**headers, "Authorization": f"Bearer {self._bearer}", "Accept": "application/json"}
        return self._peer.http.request(method, url, headers=carried, body=body, follow=False)

    def _token(self, *, anew: bool = False) -> str:
        try:
            return self._tokens.access(anew=anew)
        except InterludeError as problem:
            problem.without_effect = True
            raise

    def _problem(self, method: str, answer: Answer) -> InterludeError:
        passes = _in_the_way(method, answer)
        problem = TryLater("Microsoft has a fault of its own (412)") if passes else problem_of(answer)
        problem.without_effect = answer.status < 500
        if answer.status in {429, 503} and isinstance(problem, TryLater) and "Retry-After" in answer.headers:
            self._throttle.rest(NAME, self._account.username, problem.after)
        return problem

    def _url(self, path: str, query: Mapping[str, str] | None = None) -> str:
        return f"{self._base}{path}" + (f"?{urlencode(query, quote_via=quote, safe='$,')}" if query else "")

    def _ours(self, url: object) -> str:
        """Raises Refused for a link that leaves Graph: the token would go along."""
        here = urlsplit(self._base)
        there = urlsplit(url) if isinstance(url, str) else urlsplit("")
        if (there.scheme, there.netloc) != (here.scheme, here.netloc):
            raise Refused("Microsoft's answer leads to another server")
        return str(url)


def _in_the_way(method: str, answer: Answer) -> bool:
    """A read has no condition that could fail. Some are answered with 412 all the same, and not the next time
    (https://learn.microsoft.com/answers/questions/271870/ counted 3.5% of the reads of calendars)."""
    return method == "GET" and answer.status == 412


def path(*parts: str) -> str:
    """A path of those parts, each escaped: ids of Graph hold slashes and equals signs."""
    return "".join(f"/{quote(part, safe='')}" for part in parts)


def calendar_path(href: str, below: str) -> str:
    """What lies below a calendar; the account's main one has a name of its own in Graph."""
    if href == MAIN_CALENDAR.href:
        return path("me", "calendar", below)
    return path("me", "calendars", href, below)


def items(page: Body) -> list[Body]:
    """The items of a page. Raises TryLater for a page that is none."""
    value = page.get("value")
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        raise TryLater("Microsoft's answer cannot be read")
    return value


def said(answer: Answer) -> Body:
    """A body, as JSON. Raises TryLater: what cannot be read is never an empty calendar."""
    try:
        body = json.loads(answer.body)
    except ValueError as problem:
        # JSONDecodeError carries the whole body, titles included.
        raise TryLater("Microsoft's answer cannot be read") from ConnectionError(type(problem).__name__)
    if not isinstance(body, dict) or "error" in body:
        raise TryLater("Microsoft's answer cannot be read")
    return body


def problem_of(answer: Answer) -> InterludeError:
    """What a status of Graph means (https://learn.microsoft.com/graph/errors). Its message is not passed on."""
    if answer.status == 401:
        return Reconnect("Microsoft does not let Interlude in any more")
    if answer.status == 403:
        return Denied(f"Microsoft does not give Interlude the permission {_needed(answer)}")
    if answer.status in {404, 410}:
        return _missing(answer)
    if answer.status == 412:
        return ChangedMeanwhile("the event in Outlook is not the one that was seen last")
    if answer.status == 429:
        return TryLater("Microsoft asks us to come back later", retry_after(answer))
    if answer.status in {408, 409, 423, 425} or answer.status >= 500:
        return TryLater(f"Microsoft has a fault of its own ({answer.status})", retry_after(answer))
    code = _code(answer)
    said_so = f"{answer.status}, {code}" if code else str(answer.status)
    return Unacceptable(f"Microsoft refuses what Interlude asked of it ({said_so})", code)


def _missing(answer: Answer) -> InterludeError:
    """Not each 404 is about what was asked for: one that some machine on the way says must cost nobody a meeting."""
    code = _code(answer)
    # Of the whole mailbox: not in the cloud, not licensed any more.
    if code.startswith("Mailbox"):
        return Reconnect("Microsoft has no mailbox with a calendar for this account")
    if answer.status == 410 or code in {"ErrorItemNotFound", "ResourceNotFound"}:
        return NotThere("the calendar is no longer there in Outlook")
    return NoWord("Microsoft does not find what Interlude asked for, and does not say that it is gone", A_WHILE)


def _needed(answer: Answer) -> str:
    asked = urlsplit(answer.url).path
    if "/mailboxSettings" in asked:
        return MAILBOX_ZONE
    return READ_CALENDARS if "/calendar" in asked or "/subscriptions" in asked else WRITE_CALENDARS


def _code(answer: Answer) -> str:
    """Graph's own word for it, which is one of a list and tells nothing of anybody."""
    try:
        code = json.loads(answer.body)["error"]["code"]
    except (ValueError, KeyError, TypeError):
        return ""
    return code if isinstance(code, str) and code.isascii() and code.isalnum() and len(code) < 60 else ""
