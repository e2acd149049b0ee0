"""CalDAV: reads calendars and places attendees' copies, over the guarded session."""

from __future__ import annotations

from datetime import datetime

from integrations import caldav_copies
from integrations.caldav_discovery import found_calendars
from integrations.caldav_reading import read_calendar
from integrations.guarded_http import GuardedHttp
from integrations.webdav import WebDav
from mentoring.availability import Reading
from mentoring.intervals import Interval
from mentoring.ports import (
    NOTHING_OF_OURS,
    Account,
    Capability,
    CopySeen,
    CopyText,
    FoundCalendar,
    KeyOf,
    Own,
    PlacedCopy,
)


class CalDav:
    """ReadsCalendars and PlacesCopies for any CalDAV server, with a name and an app password (RFC 4791)."""

    name = "caldav"
    capabilities = frozenset({Capability.READ, Capability.PLACE_COPY})

    def __init__(self, http: GuardedHttp) -> None:
        self._http = http

    def discover(self, account: Account) -> tuple[FoundCalendar, ...]:
        return found_calendars(self._dav(account), account.address)

    def read(
        self,
        account: Account,
        calendar: FoundCalendar,
        window: Interval,
        key_of: KeyOf,
        cursor: str,
        now: datetime,
        own: Own = NOTHING_OF_OURS,
    ) -> Reading | None:
        return read_calendar(self._dav(account), account, calendar, window, key_of, cursor)

    def place(self, account: Account, calendar: FoundCalendar, copy: CopyText) -> PlacedCopy:
        return caldav_copies.place(self._dav(account), calendar.href, copy)

    def update(self, account: Account, placed: PlacedCopy, copy: CopyText) -> PlacedCopy:
        return caldav_copies.update(self._dav(account), placed, copy)

    def remove(self, account: Account, placed: PlacedCopy) -> None:
        caldav_copies.remove(self._dav(account), placed)

    def seen(self, account: Account, placed: PlacedCopy, uid: str) -> CopySeen | None:
        return caldav_copies.seen(self._dav(account), account, placed, uid)

    def find(self, account: Account, calendar: FoundCalendar, uid: str) -> CopySeen | None:
        return caldav_copies.find(self._dav(account), account, calendar.href, uid)

    def _dav(self, account: Account) -> WebDav:
        return WebDav(self._http, account)
