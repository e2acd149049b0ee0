"""Google Calendar: reads free/busy, is told of changes, and holds the organiser's events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from integrations import google_channels, google_events, google_reading
from integrations.google_api import NAME, GoogleApi
from integrations.google_discovery import discovered
from integrations.outside import Outside
from mentoring.availability import Reading
from mentoring.errors import InterludeError
from mentoring.intervals import Interval
from mentoring.ports import (
    NOTHING_OF_OURS,
    Account,
    Capability,
    Channel,
    EventSeen,
    EventText,
    FoundCalendar,
    KeyOf,
    Own,
    Wanted,
)


class Google:
    """The account's username is its address at Google, its secret the tokens of integrations/google_tokens.py.

    A member's permission shows availability only, so that nothing can be written with it; the organiser's own is for
    the events in its own calendar.
    """

    name = NAME
    capabilities = frozenset({Capability.READ, Capability.PUSH, Capability.ORGANISE})

    def __init__(self, outside: Outside) -> None:
        self._outside = outside

    def _api(self, account: Account) -> GoogleApi:
        return GoogleApi(self._outside, account)

    def discover(self, account: Account) -> tuple[FoundCalendar, ...]:
        """See ReadsCalendars; the primary calendar comes first."""
        return discovered(self._api(account))

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
        """See ReadsCalendars."""
        found = self.read_together(account, [Wanted(calendar, cursor)], window, key_of, now, own)[calendar.href]
        if isinstance(found, InterludeError):
            raise found
        return found

    def read_together(
        self,
        account: Account,
        wanted: Sequence[Wanted],
        window: Interval,
        key_of: KeyOf,
        now: datetime,
        own: Own = NOTHING_OF_OURS,
    ) -> Mapping[str, Reading | InterludeError | None]:
        """See ReadsTogether. One free/busy query for up to fifty of them that may have changed."""
        return google_reading.read_together(self._api(account), account, wanted, window, key_of, own)

    def watch(
        self, account: Account, calendar: FoundCalendar, hook: str, channel_id: str, secret: str, now: datetime
    ) -> Channel:
        """See Watches."""
        return google_channels.watch(self._api(account), calendar.href, hook, channel_id, secret, now)

    def prolong(self, account: Account, channel: Channel, now: datetime) -> Channel | None:
        """Google prolongs none: a new one takes its place."""
        return None

    def unwatch(self, account: Account, channel: Channel) -> None:
        """See Watches."""
        google_channels.unwatch(self._api(account), channel)

    def revoke(self, account: Account) -> None:
        """See Revokes."""
        self._api(account).revoke()

    def promised_uid(self, key: str) -> str:
        """See Organises. Google makes the UID from the id, which is ours to choose."""
        return google_events.promised_uid(key)

    def create(self, account: Account, event: EventText) -> EventSeen:
        """See Organises."""
        return google_events.create(self._api(account), event)

    def event(self, account: Account, event_id: str) -> EventSeen | None:
        """See Organises."""
        return google_events.seen(self._api(account), event_id)

    def change(self, account: Account, seen: EventSeen, event: EventText) -> EventSeen:
        """See Organises."""
        return google_events.change(self._api(account), seen, event)

    def cancel(self, account: Account, event_id: str) -> None:
        """See Organises."""
        google_events.cancel(self._api(account), event_id)
