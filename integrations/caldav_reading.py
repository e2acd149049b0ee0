"""Reading a CalDAV calendar's busy time: ask whether anything changed, and if so read the whole window again.

The sync report (RFC 6578) is only the signal. The truth is a calendar-query of the window, which the server answers
with recurring events and moved instances in it. Where there is no sync token, the collection's CTag or its ETags tell.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime, timedelta

from integrations.cursors import Cursor, about, ahead
from integrations.ical import busy_events
from integrations.webdav import WebDav, checked, link, same_resource
from integrations.webdav_xml import Multistatus, Resource, multistatus, query_range, sync_collection
from mentoring.availability import BusyEvent, Reading
from mentoring.errors import Reconnect, Refused, TryLater
from mentoring.intervals import Interval
from mentoring.ports import Account, FoundCalendar, KeyOf

# Servers judge all-day and floating events in a zone of their own (RFC 4791 section 7.3): two days are wide of any.
_PADDING = timedelta(days=2)
_SHORTEST = timedelta(days=1)


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
    for text in _objects(dav, calendar.href, Interval(covers.start - _PADDING, covers.end + _PADDING)).values():
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
    base, resources = dav.properties(href, ("d:getetag",), depth=1)
    items = [each for each in resources if not same_resource(link(base, each.href), base)]
    if not all(each.text("d:getetag") for each in items):
        return {}
    listed = "\n".join(sorted(f"{each.href} {each.text('d:getetag')}" for each in items))
    return {"etags": hashlib.sha256(listed.encode()).hexdigest()}


def _objects(dav: WebDav, href: str, within: Interval) -> dict[str, bytes]:
    """Every stored object that touches the range, by its address. A range with too many for the server is halved."""
    answer = dav.report(href, query_range(_stamp(within.start), _stamp(within.end)))
    if answer.status == 507:
        return _halved(dav, href, within)
    found = dav.answered(answer)
    if _truncated(found):
        return _halved(dav, href, within)
    return dict(_texts(answer.url, checked(found)))


def _truncated(found: Multistatus) -> bool:
    """Whether the server gave up part of the way (RFC 4791 section 7.8, RFC 6578 section 3.6)."""
    return any(each.status == 507 or each.too_many for each in found.resources)


def _halved(dav: WebDav, href: str, within: Interval) -> dict[str, bytes]:
    half = (within.end - within.start) / 2
    if half < _SHORTEST:
        raise TryLater("the calendar server does not give all of the calendar at once")
    middle = within.start + half
    left, right = Interval(within.start, middle), Interval(middle, within.end)
    return _objects(dav, href, left) | _objects(dav, href, right)


def _texts(base: str, found: Multistatus) -> Iterator[tuple[str, bytes]]:
    for each in found.resources:
        if same_resource(link(base, each.href), base):
            continue
        yield link(base, each.href), _calendar_data(each)


def _calendar_data(resource: Resource) -> bytes:
    text = resource.text("c:calendar-data")
    if not text:
        raise TryLater("the calendar server left out what one of the entries says")
    return text.encode()


def _stamp(at: datetime) -> str:
    return at.strftime("%Y%m%dT%H%M%SZ")
