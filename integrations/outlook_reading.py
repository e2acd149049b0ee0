"""When a person's Outlook says that they are busy: calendarView, every page, and no field that tells of what.

Not its delta: that refuses $select, so that titles would travel
(https://learn.microsoft.com/graph/api/event-delta).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from integrations.cursors import Cursor, about, ahead
from integrations.outlook_graph import IN_UTC, Body, Graph, NotThere, calendar_path, path
from integrations.outlook_times import between, midnight, zone
from mentoring.availability import BusyEvent, Busyness, Reading
from mentoring.errors import Reconnect, TryLater
from mentoring.intervals import Interval
from mentoring.ports import Account, FoundCalendar, KeyOf

FIELDS = "id,iCalUId,start,end,showAs,isAllDay,isCancelled,responseStatus,type"
OF_CALENDARS = "id,name,isDefaultCalendar,canEdit,owner"
ZONE = "timeZone"
A_PAGE = 100
_A_DAY = timedelta(days=1)

_GLOBAL_ID, _WRAPPED = "040000008200E00074C5B7101A82E008", b"vCal-Uid\1\0\0\0"

_SHOWN = {"oof": Busyness.OUT_OF_OFFICE, "workingElsewhere": Busyness.WORKING_ELSEWHERE}
_ANSWERED = {"tentativelyAccepted": Busyness.TENTATIVE, "notResponded": Busyness.UNANSWERED}


def found_calendars(graph: Graph, account: Account) -> tuple[FoundCalendar, ...]:
    """The account's calendars, the default one first. Those of others and read-only ones count only if chosen."""
    wanted = {"$select": OF_CALENDARS}
    calendars = list(graph.pages(path("me", "calendars"), wanted, f"odata.maxpagesize={A_PAGE}"))
    lies_in = Mailbox(graph).zone.key
    calendars.sort(key=lambda each: each.get("isDefaultCalendar") is not True)
    return tuple(
        FoundCalendar(_text(each, "id"), _text(each, "name"), lies_in, counts_as_busy=_own(each, account))
        for each in calendars
    )


def _own(calendar: Body, account: Account) -> bool:
    owner = calendar.get("owner")
    address = owner.get("address") if isinstance(owner, dict) else None
    same = isinstance(address, str) and address.lower() in {account.username.lower(), *account.owners}
    return calendar.get("isDefaultCalendar") is True or (same and calendar.get("canEdit") is True)


def read_calendar(
    graph: Graph, account: Account, calendar: FoundCalendar, window: Interval, key_of: KeyOf, cursor: str
) -> Reading | None:
    """See ReadsCalendars.read. The cursor holds a hash of what was read, of its whole time: that time is asked for
    again, so that nothing which has only gone by looks like a change."""
    fingerprint = about(account, calendar)
    held = Cursor.usable(cursor, fingerprint, window)
    covers = ahead(window)
    asked = Interval(held.covers.start, covers.end) if held is not None else covers
    events = tuple(_events(graph, calendar, asked, key_of))
    same = held is not None and held.marks.get("sha256") == _hash(events, held.covers)
    if same:
        return None
    inside = _clipped(events, covers)
    marks = {"sha256": _hash(inside, covers)}
    return Reading(inside, covers, str(Cursor(fingerprint, covers, marks)), news=held is not None)


def _events(graph: Graph, calendar: FoundCalendar, asked: Interval, key_of: KeyOf) -> Iterator[BusyEvent]:
    mailbox = Mailbox(graph)
    # An all-day event lies in the mailbox's zone, wherever the service thinks that its midnights are.
    start, end = asked.start - _A_DAY, asked.end + _A_DAY
    query = {"startDateTime": _bound(start), "endDateTime": _bound(end), "$select": FIELDS}
    prefer = f"odata.maxpagesize={A_PAGE}, {IN_UTC}"
    try:
        for body in graph.pages(calendar_path(calendar.href, "calendarView"), query, prefer):
            kind = busyness(body)
            when = _when(body, mailbox)
            if kind is not None and when is not None:
                yield BusyEvent(when, kind, key_of(uid_of(_text(body, "iCalUId"))))
    except NotThere as problem:
        raise Reconnect("the calendar is no longer there in Outlook") from problem


class Mailbox:
    """The account's own settings, asked for when an all-day event needs them."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    @cached_property
    def zone(self) -> ZoneInfo:
        """The zone that the person's calendar is shown in. Raises Refused for one that they made up."""
        return zone(self._graph.get(path("me", "mailboxSettings", ZONE)).get("value"))


def busyness(event: Body) -> Busyness | None:
    """What it means for the owner of the calendar; None for free (DESIGN rule 3). What is not known is busy."""
    shown, status = event.get("showAs"), event.get("responseStatus")
    answer = status.get("response") if isinstance(status, dict) else None
    if event.get("isCancelled") is True or shown == "free" or answer == "declined":
        return None
    if shown in _SHOWN:
        return _SHOWN[shown]
    if answer in _ANSWERED:
        return _ANSWERED[answer]
    return Busyness.TENTATIVE if shown == "tentative" else Busyness.BUSY


def uid_of(told: str) -> str:
    """The UID by which others know an event. One that came by mail from elsewhere may be wrapped into an id of
    Exchange's own ([MS-OXOCAL] section 2.2.1.27)."""
    try:
        raw = bytes.fromhex(told) if told.upper().startswith(_GLOBAL_ID) else b""
        return raw.partition(_WRAPPED)[2].rstrip(b"\0").decode() or told
    except ValueError:
        return told


def _when(event: Body, mailbox: Mailbox) -> Interval | None:
    if event.get("isAllDay") is not True:
        return between(event.get("start"), event.get("end"))
    start, end = (midnight(event.get(each), mailbox.zone) for each in ("start", "end"))
    return Interval(start, end) if start < end else None


def _clipped(events: Iterable[BusyEvent], window: Interval) -> tuple[BusyEvent, ...]:
    parts = {BusyEvent(part, each.kind, each.key) for each in events if (part := each.interval.clipped(window))}
    return tuple(sorted(parts))


def _hash(events: Iterable[BusyEvent], window: Interval) -> str:
    """Of keys, kinds and times inside the window."""
    digest = hashlib.sha256()
    for each in _clipped(events, window):
        said = (each.key, each.kind.value, each.interval.start.isoformat(), each.interval.end.isoformat())
        digest.update("\n".join(said).encode() + b"\n\n")
    return digest.hexdigest()


def _bound(at: datetime) -> str:
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def _text(body: Body, name: str) -> str:
    found = body.get(name)
    if not isinstance(found, str):
        raise TryLater(f"Microsoft's answer lacks {name}")
    return found
