"""An attendee's copy in a CalDAV calendar: placed once, replaced by version, found by UID (DESIGN rules 8, 10)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote, unquote

from integrations import itip
from integrations.guarded_http import Answer
from integrations.statuses import problem_of
from integrations.webdav import CALENDAR, WebDav, checked, link, parent, same_resource
from integrations.webdav_xml import Resource, conditions, query_uid
from mentoring.errors import ChangedMeanwhile, InterludeError, Reconnect, Refused, TakenAway, TryLater
from mentoring.ports import Account, CopySeen, CopyText, PlacedCopy

_STORED = frozenset({200, 201, 204})
_GONE = frozenset({404, 410})
# A server that does not know SCHEDULE-AGENT lets no attendee move the event (RFC 6638 section 3.2.4.2; Xandikos 0.4.10
# has a name of its own for it). Putting it in anew under the same UID is what it allows.
_ORGANISERS_ONLY = frozenset({"allowed-attendee-scheduling-object-change", "attendee-allowed"})
# RFC 5546 UIDs may hold anything; ours are plain, and their name in the calendar then says which event it is.
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9@._-]{0,150}")


@dataclass(frozen=True)
class Stored:
    """A calendar object on the server."""

    href: str
    etag: str
    text: bytes


def place(dav: WebDav, calendar: str, copy: CopyText) -> PlacedCopy:
    """Puts the copy in unless its UID is there; says where it lies. A repeat finds what the first attempt left."""
    if already := by_uid(dav, calendar, copy.uid):
        return PlacedCopy(already.href, already.etag)
    url = link(calendar, f"{_name_of(copy.uid)}.ics")
    answer = dav.send("PUT", url, {**CALENDAR, "If-None-Match": "*"}, itip.stored(copy))
    if answer.status in _STORED:
        return PlacedCopy(url, _etag_after(dav, url, answer))
    # 412 from If-None-Match, or no-uid-conflict (RFC 4791 section 5.3.2.1): somebody was quicker, perhaps ourselves.
    if answer.status in {403, 409, 412}:
        if already := _at(dav, url, copy.uid) or by_uid(dav, calendar, copy.uid):
            return PlacedCopy(already.href, already.etag)
        if answer.status == 412:
            raise TryLater("the calendar server refused the copy, and does not show why")
    raise _refusal(answer)


def update(dav: WebDav, placed: PlacedCopy, copy: CopyText) -> PlacedCopy:
    """Replaces the version that was seen. Raises ChangedMeanwhile for another version, Refused when it is gone."""
    body = itip.stored(copy)
    answer = dav.send("PUT", placed.href, CALENDAR | _if_match(placed.etag), body)
    if answer.status == 412 and _is_weak(placed.etag) and _is_same(placed.etag, _etag_of(dav, placed.href)):
        # A weak ETag never matches by the letter of RFC 9110 section 13.1.1, though nothing has changed.
        answer = dav.send("PUT", placed.href, dict(CALENDAR), body)
    if answer.status in {403, 409, 412} and conditions(answer.body) & _ORGANISERS_ONLY:
        answer = _put_anew(dav, placed, body)
    if answer.status in _STORED:
        return PlacedCopy(placed.href, _etag_after(dav, placed.href, answer))
    if answer.status in _GONE:
        raise Refused("the copy is no longer in the calendar")
    if answer.status == 412:
        _etag_of(dav, placed.href)
        raise ChangedMeanwhile("the copy in the calendar was changed meanwhile")
    raise _refusal(answer)


def _put_anew(dav: WebDav, placed: PlacedCopy, body: bytes) -> Answer:
    """Takes away exactly the version that was seen, and puts the new one in its place."""
    answer = dav.send("DELETE", placed.href, _if_match(placed.etag))
    if not 200 <= answer.status < 300:
        return answer
    try:
        answer = dav.send("PUT", placed.href, {**CALENDAR, "If-None-Match": "*"}, body)
    except TryLater as problem:
        raise TakenAway(str(problem), problem.after) from problem
    if answer.status not in _STORED:
        raise TakenAway(str(_refusal(answer)))
    return answer


def remove(dav: WebDav, placed: PlacedCopy) -> None:
    """Takes the copy away; where a client gave it another name, it is looked for by its UID."""
    if _deleted(dav, placed.href):
        return
    uid = _uid_of(placed.href)
    moved = _by_uid_if_there(dav, parent(placed.href), uid) if uid else None
    if moved is not None:
        _deleted(dav, moved.href)


def seen(dav: WebDav, account: Account, placed: PlacedCopy, uid: str) -> CopySeen | None:
    """The copy where it was put, else wherever in that calendar its UID is; None when the calendar holds none."""
    stored = _at(dav, placed.href, uid) or by_uid(dav, parent(placed.href), uid)
    return _read_back(stored, account, uid)


def find(dav: WebDav, account: Account, calendar: str, uid: str) -> CopySeen | None:
    """The copy of that UID, wherever in the calendar it lies."""
    return _read_back(by_uid(dav, calendar, uid), account, uid)


def _read_back(stored: Stored | None, account: Account, uid: str) -> CopySeen | None:
    if stored is None:
        return None
    return itip.copy_seen(stored.text, uid, account.owners, account.zone, stored.href, stored.etag)


def by_uid(dav: WebDav, calendar: str, uid: str) -> Stored | None:
    """The object of exactly that UID. The calendar itself must answer: one that is missing raises Reconnect."""
    answer = dav.report(calendar, query_uid(uid))
    found = checked(dav.answered(answer), frozenset({404}))
    return next(_matching(dav, answer.url, found.resources, uid), None)


def _matching(dav: WebDav, base: str, resources: tuple[Resource, ...], uid: str) -> Iterator[Stored]:
    for each in resources:
        url, text = link(base, each.href), each.text("c:calendar-data").encode()
        if each.status == 404 or same_resource(url, base):
            continue
        if not text:
            raise TryLater("the calendar server left out what one of the entries says")
        if uid in itip.uids(text):
            yield Stored(url, each.text("d:getetag") or _etag_of(dav, url), text)


def _by_uid_if_there(dav: WebDav, calendar: str, uid: str) -> Stored | None:
    try:
        return by_uid(dav, calendar, uid)
    except Reconnect:
        return None


def _at(dav: WebDav, url: str, uid: str) -> Stored | None:
    """The object at that address, if it is there and of that UID."""
    answer = dav.send("GET", url, {"Accept": "text/calendar"})
    if answer.status in _GONE:
        return None
    if answer.status != 200:
        raise problem_of(answer)
    if uid not in itip.uids(answer.body):
        return None
    return Stored(url, answer.headers.get("ETag") or _etag_of(dav, url), answer.body)


def _deleted(dav: WebDav, url: str) -> bool:
    """Whether it was there to be deleted."""
    answer = dav.send("DELETE", url)
    if answer.status in _GONE:
        return False
    if not 200 <= answer.status < 300:
        raise _refusal(answer)
    return True


def _etag_after(dav: WebDav, url: str, answer: Answer) -> str:
    """A server that changes what it stores gives no ETag for it (RFC 4791 section 5.3.4): ask which it has now."""
    return answer.headers.get("ETag") or _etag_of(dav, url)


def _etag_of(dav: WebDav, url: str) -> str:
    """Raises Refused when there is nothing any more, TryLater when the server names no version of it."""
    try:
        _, resources = dav.properties(url, ("d:getetag",))
    except Reconnect as problem:
        raise Refused("the copy is no longer in the calendar") from problem
    if not resources:
        raise Refused("the copy is no longer in the calendar")
    etag = resources[0].text("d:getetag")
    if not etag:
        raise TryLater("the calendar server names no version of what it stores")
    return etag


def _refusal(answer: Answer) -> InterludeError:
    named = conditions(answer.body)
    if answer.status == 403 and named - {"error", "need-privileges"}:
        return Refused(f"the calendar server does not take the copy ({', '.join(sorted(named - {'error'}))})")
    if answer.status == 409:
        return Reconnect("the calendar that copies are put into is no longer there")
    return problem_of(answer)


def _if_match(etag: str) -> dict[str, str]:
    return {"If-Match": etag.removeprefix("W/")}


def _is_weak(etag: str) -> bool:
    return etag.startswith("W/")


def _is_same(left: str, right: str) -> bool:
    return left.removeprefix("W/") == right.removeprefix("W/")


def _name_of(uid: str) -> str:
    return quote(uid, safe="@") if _PLAIN.fullmatch(uid) else hashlib.sha256(uid.encode()).hexdigest()


def _uid_of(url: str) -> str:
    """The UID that a name of ours stands for, or the empty string."""
    uid = unquote(url.rpartition("/")[2]).removesuffix(".ics")
    return uid if _PLAIN.fullmatch(uid) else ""
