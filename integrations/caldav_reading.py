"""Reading a CalDAV calendar's busy time: ask whether anything changed, and if so read the whole calendar again.

The sync report (RFC 6578) is only the signal; where there is no sync token, the collection's CTag or its ETags tell.
The truth is every object, listed and then fetched by name: a time range would be cheaper, but servers that judge it
miss instances (Xandikos 0.4.10 those of an RDATE), and a missed meeting reads as free time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from integrations.cursors import Cursor, about, ahead
from integrations.ical import busy_events
from integrations.webdav import WebDav, checked, link, same_resource
from integrations.webdav_xml import Multistatus, Resource, multiget, multistatus, sync_collection
from mentoring.availability import BusyEvent, Reading
from mentoring.errors import Reconnect, Refused, TryLater
from mentoring.intervals import Interval
from mentoring.ports import Account, FoundCalendar, KeyOf

AT_ONCE = 200
"""Objects asked for in one request, which keeps an answer well below what is read of one."""


def read_calendar(
    dav: WebDav, account: Account, calendar: FoundCalendar, window: Interval, key_of: KeyOf, cursor: str
) -> Reading | None:
    """See ReadsCalendars.read."""
    fingerprint = about(account, calendar)
    held = Cursor.usable(cursor, fingerprint, window)
    if held is not None and _unchanged(dav, calendar.href, held.marks):
        return None
    # The marks are taken before the reading: what changes in between is then read twice, and never missed.
    marks = _marks(dav, calendar.href)
    if held is not None and marks == held.marks and marks and "sync" not in marks:
        return None
    covers = ahead(window)
    zone = calendar.zone or account.zone
    events: set[BusyEvent] = set()
    for text in _objects(dav, calendar.href):
        events.update(busy_events(text, covers, zone=zone, owners=account.owners, key_of=key_of))
    return Reading(tuple(sorted(events)), covers, str(Cursor(fingerprint, covers, marks)) if marks else "")


def _unchanged(dav: WebDav, href: str, marks: dict[str, str]) -> bool:
    """Whether the sync report says that nothing changed since the token; no for anything that it says otherwise.

    An expired token (RFC 6578 section 3.2), a report cut short, a server that no longer knows the report, or that fails
    over it each time: read it all, and what is wrong with that is what is wrong.
    """
    if "sync" not in marks:
        return False
    try:
        answer = dav.report(href, sync_collection(marks["sync"]), depth=0)
        if answer.status != 207:
            return False
        found = multistatus(answer.body)
    except (TryLater, Refused):
        return False
    return not found.resources and bool(found.sync_token)


def _marks(dav: WebDav, href: str) -> dict[str, str]:
    """The server's marks of the collection's state, the surest that it has; none where it has none."""
    _, resources = dav.properties(href, ("d:resourcetype", "d:sync-token", "cs:getctag"))
    if not resources:
        raise Reconnect("the calendar is no longer there")
    if token := resources[0].text("d:sync-token"):
        return {"sync": token}
    if ctag := resources[0].text("cs:getctag"):
        return {"ctag": ctag}
    return _etags(dav, href)


def _etags(dav: WebDav, href: str) -> dict[str, str]:
    items = _listed(dav, href)
    if not all(each.text("d:getetag") for each in items):
        return {}
    listed = "\n".join(sorted(f"{each.href} {each.text('d:getetag')}" for each in items))
    return {"etags": hashlib.sha256(listed.encode()).hexdigest()}


def _listed(dav: WebDav, href: str) -> list[Resource]:
    """What lies in the collection. Raises when any of it failed or the list was cut short (RFC 4918 section 11.5)."""
    base, resources = dav.properties(href, ("d:getetag",), depth=1, accepted=frozenset())
    return [each for each in resources if not same_resource(link(base, each.href), base)]


def _objects(dav: WebDav, href: str) -> Iterator[bytes]:
    """Every stored object. Raises when one that was listed does not come."""
    hrefs = [each.href for each in _listed(dav, href)]
    for first in range(0, len(hrefs), AT_ONCE):
        yield from _fetched(dav, href, hrefs[first : first + AT_ONCE])


def _fetched(dav: WebDav, href: str, hrefs: list[str]) -> list[bytes]:
    """The objects of those names: what tells their times, or all they say where a server cannot leave the rest out."""
    for times_only in (True, False):
        answer = dav.report(href, multiget(hrefs, times_only=times_only))
        texts = dict(_texts(answer.url, checked(dav.answered(answer))))
        if all(texts.get(link(answer.url, each)) for each in hrefs):
            return [texts[link(answer.url, each)] for each in hrefs]
    raise TryLater("the calendar server left out what some of the entries say")


def _texts(base: str, found: Multistatus) -> Iterator[tuple[str, bytes]]:
    for each in found.resources:
        yield link(base, each.href), each.text("c:calendar-data").encode()
