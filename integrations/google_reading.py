"""Reading busy time at Google: its own free/busy is the truth, the event feeds only tell when to ask for it again.

A feed is read with a mask that lets no event through: the first time nothing but the sync token, later on as little of
each change as Google can give. https://developers.google.com/workspace/calendar/api/guides/sync
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from contextlib import suppress
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
    look = _Look(api, account, window, key_of, {uid: at for uid, at in own.items() if at.overlaps(ahead(window))})
    found: dict[str, Reading | InterludeError | None] = {}
    asked: list[tuple[FoundCalendar, Signal]] = []
    for each in wanted:
        try:
            signal = look.signal(each)
        except Fault as problem:
            found[each.calendar.href] = problem
            continue
        found[each.calendar.href] = None
        if not signal.unchanged:
            asked.append((each.calendar, signal))
    busy = free_busy(api, [calendar.href for calendar, _ in asked], look.covers)
    return found | {calendar.href: look.reading(calendar, signal, busy[calendar.href]) for calendar, signal in asked}


@dataclass(frozen=True)
class _Look:
    """One look at calendars of one account. own: Interlude's events within what is looked at."""

    api: GoogleApi
    account: Account
    window: Interval
    key_of: KeyOf
    own: Own

    @property
    def covers(self) -> Interval:
        return ahead(self.window)

    def signal(self, wanted: Wanted) -> Signal:
        """What the feed says since the cursor; all anew without one, and where Google has forgotten what changed."""
        held = Cursor.held(wanted.cursor, about(self.account, wanted.calendar))
        try:
            if held is not None and "sync" in held.marks:
                with suppress(FullSyncRequired):
                    return self._since(held, wanted.calendar.href)
            return self._started(wanted.calendar.href)
        except (NotForUs, Gone, Refused):
            # Its events are not for us to list; its free/busy may be, and says so itself where it is not.
            return Signal()

    def _since(self, held: Cursor, href: str) -> Signal:
        sync, zone, changed = self._listed(href, held.marks["sync"])
        marks = self._marks(sync, zone)
        news = changed or zone != held.marks.get("zone")
        answers = held.covers.contains(self.window) and marks["own"] == held.marks.get("own")
        return Signal(marks, not news and answers, news)

    def _started(self, href: str) -> Signal:
        sync, zone, _ = self._listed(href, "")
        return Signal(self._marks(sync, zone)) if sync else Signal()

    def _marks(self, sync: str, zone: str) -> dict[str, str]:
        return {"sync": sync, "zone": zone, "own": _fingerprint(self.own)}

    def _listed(self, href: str, since: str) -> tuple[str, str, bool]:
        """The feed to its end: the next sync token, the calendar's zone, and whether anything has changed.

        The zone counts: with another one, all-day events are at other times, and none of them has changed.
        """
        asked = {"syncToken": since, "fields": CHANGES_ONLY} if since else {"fields": TOKEN_ONLY}
        zone, token, changed = "", "", False
        listing = self.api.calendar.events().list
        for page in self.api.pages(listing, calendarId=href, maxResults=MOST_ON_A_PAGE, **asked):
            zone, token = page.get("timeZone", zone), page.get("nextSyncToken", "")
            changed = changed or bool(page.get("items"))
        return token, zone, changed

    def reading(self, calendar: FoundCalendar, signal: Signal, busy: Busy | InterludeError) -> Reading | InterludeError:
        """What is kept of the calendar's free/busy."""
        if isinstance(busy, InterludeError):
            return busy
        try:
            events = told_apart(self.api, calendar.href, busy, self.own, self.key_of)
        except Fault as problem:
            # Not busy throughout: that would take back a meeting for the very time that it takes.
            return problem
        except (NotForUs, Gone, Refused):
            # Where the events may not be looked at, nothing of ours can be told apart: then all of it is busy.
            events = tuple(map(BusyEvent, busy))
        fingerprint = about(self.account, calendar)
        cursor = str(Cursor(fingerprint, self.covers, dict(signal.marks))) if signal.marks else ""
        return Reading(events, self.covers, cursor, signal.news)


def _fingerprint(own: Own) -> str:
    """Of Interlude's own events: with others, the same busy time is told apart differently."""
    said = sorted(f"{uid} {interval.start.isoformat()} {interval.end.isoformat()}" for uid, interval in own.items())
    return hashlib.sha256("\n".join(said).encode()).hexdigest()[:16]
