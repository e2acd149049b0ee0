"""Reading busy time at Google: its own free/busy is the truth, the event feeds only tell when to ask for it again.

A feed is read with a mask that lets no event through: the first time nothing but the sync token, later on as little of
each change as Google can give. https://developers.google.com/workspace/calendar/api/guides/sync
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from integrations.cursors import Cursor, about, ahead
from integrations.google_api import GoogleApi
from integrations.google_freebusy import Busy, free_busy
from integrations.google_own import told_apart
from integrations.google_problems import Fault, FullSyncRequired, Gone, NotForUs
from mentoring.availability import BusyEvent, Reading
from mentoring.errors import InterludeError, Refused
from mentoring.intervals import Interval
from mentoring.ports import Account, FoundCalendar, KeyOf, Own, Wanted

TOKEN_ONLY = "timeZone,nextPageToken,nextSyncToken"  # noqa: S105 -- names of fields
CHANGES_ONLY = f"items(status),{TOKEN_ONLY}"
MOST_ON_A_PAGE = 2500


@dataclass(frozen=True)
class Signal:
    """What a calendar's feed says. marks: for the next cursor; none where there is no feed for us. unchanged: nothing
    has happened since the cursor, and it answers what is asked now. news: something has."""

    marks: Mapping[str, str] = field(default_factory=dict)
    unchanged: bool = False
    news: bool = False


def read_together(
    api: GoogleApi, account: Account, wanted: Sequence[Wanted], window: Interval, key_of: KeyOf, own: Own
) -> Mapping[str, Reading | InterludeError | None]:
    """See ReadsTogether. The feeds are looked at before the reading: what changes in between is read twice, and never
    missed."""
    covers = ahead(window)
    ours = {uid: interval for uid, interval in own.items() if interval.overlaps(covers)}
    found: dict[str, Reading | InterludeError | None] = {}
    asked: dict[str, tuple[FoundCalendar, Signal]] = {}
    for each in wanted:
        try:
            signal = _signal(api, account, each, window, ours)
        except Fault as problem:
            found[each.calendar.href] = problem
            continue
        found[each.calendar.href] = None
        if not signal.unchanged:
            asked[each.calendar.href] = (each.calendar, signal)
    busy = free_busy(api, list(asked), covers) if asked else {}
    for href, (calendar, signal) in asked.items():
        found[href] = _reading(api, account, calendar, signal, busy[href], covers, key_of, ours)
    return found


def _reading(
    api: GoogleApi,
    account: Account,
    calendar: FoundCalendar,
    signal: Signal,
    busy: Busy | InterludeError,
    covers: Interval,
    key_of: KeyOf,
    own: Own,
) -> Reading | InterludeError:
    if isinstance(busy, InterludeError):
        return busy
    try:
        events = told_apart(api, calendar.href, busy, own, key_of)
    except (Fault, NotForUs, Gone, Refused):
        # Without a look at the events nothing of ours can be told apart: then all of it is busy.
        events = tuple(map(BusyEvent, busy))
    cursor = str(Cursor(about(account, calendar), covers, dict(signal.marks))) if signal.marks else ""
    return Reading(events, covers, cursor, signal.news)


def _signal(api: GoogleApi, account: Account, wanted: Wanted, window: Interval, own: Own) -> Signal:
    held = Cursor.held(wanted.cursor, about(account, wanted.calendar))
    told = _fingerprint(own)
    if held is not None and "sync" in held.marks:
        try:
            sync, zone, changed = _listed(api, wanted.calendar.href, held.marks["sync"])
        except FullSyncRequired:
            return _started(api, wanted.calendar.href, told)
        except (NotForUs, Gone, Refused):
            return Signal()
        news = changed or zone != held.marks.get("zone")
        answers = held.covers.contains(window) and told == held.marks.get("own")
        return Signal({"sync": sync, "zone": zone, "own": told}, not news and answers, news)
    return _started(api, wanted.calendar.href, told)


def _started(api: GoogleApi, href: str, told: str) -> Signal:
    """A sync token of now. A calendar whose events we may not list, only its free/busy, has none."""
    try:
        sync, zone, _ = _listed(api, href, "")
    except (NotForUs, Gone, Refused):
        return Signal()
    return Signal({"sync": sync, "zone": zone, "own": told}) if sync else Signal()


def _listed(api: GoogleApi, href: str, since: str) -> tuple[str, str, bool]:
    """The feed to its end: the next sync token, the calendar's zone, and whether anything has changed.

    The zone counts: with another one, all-day events are at other times, and none of them has changed.
    """
    asked = {"syncToken": since, "fields": CHANGES_ONLY} if since else {"fields": TOKEN_ONLY}
    zone, token, changed = "", "", False
    for page in api.pages(api.calendar.events().list, calendarId=href, maxResults=MOST_ON_A_PAGE, **asked):
        zone, token = page.get("timeZone", zone), page.get("nextSyncToken", "")
        changed = changed or bool(page.get("items"))
    return token, zone, changed


def _fingerprint(own: Own) -> str:
    """Of Interlude's own events: with others, the same busy time is told apart differently."""
    said = sorted(f"{uid} {interval.start.isoformat()} {interval.end.isoformat()}" for uid, interval in own.items())
    return hashlib.sha256("\n".join(said).encode()).hexdigest()[:16]
