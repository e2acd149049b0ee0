"""Outlook: Microsoft's calendars over Graph. Members' are read with the least that it grants; the organiser's is
written to."""

from __future__ import annotations

from datetime import datetime

from integrations import outlook_organising, outlook_watching
from integrations.outlook_graph import NAME, Graph
from integrations.outlook_reading import found_calendars, read_calendar
from integrations.outside import Outside
from mentoring.availability import Reading
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
)


class Outlook:
    """ReadsCalendars, Watches and Organises for Microsoft 365 and outlook.com.

    An account's secret is msal's token cache.
    """

    name = NAME
    capabilities = frozenset({Capability.READ, Capability.PUSH, Capability.ORGANISE})

    def __init__(self, outside: Outside) -> None:
        self._outside = outside

    def discover(self, account: Account) -> tuple[FoundCalendar, ...]:
        return found_calendars(self._graph(account), account)

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
        return read_calendar(self._graph(account), account, calendar, window, key_of, cursor)

    def watch(
        self, account: Account, calendar: FoundCalendar, hook: str, channel_id: str, secret: str, now: datetime
    ) -> Channel:
        return outlook_watching.watch(self._graph(account), calendar, hook, secret, now)

    def prolong(self, account: Account, channel: Channel, now: datetime) -> Channel | None:
        return outlook_watching.prolong(self._graph(account), channel, now)

    def unwatch(self, account: Account, channel: Channel) -> None:
        outlook_watching.unwatch(self._graph(account), channel)

    def promised_uid(self, key: str) -> str:
        return ""

    def create(self, account: Account, event: EventText) -> EventSeen:
        return outlook_organising.create(self._graph(account), event)

    def event(self, account: Account, event_id: str) -> EventSeen | None:
        return outlook_organising.event(self._graph(account), event_id)

    def change(self, account: Account, seen: EventSeen, event: EventText) -> EventSeen:
        return outlook_organising.change(self._graph(account), seen, event)

    def cancel(self, account: Account, event_id: str) -> None:
        outlook_organising.cancel(self._graph(account), event_id)

    def _graph(self, account: Account) -> Graph:
        return Graph(self._outside, account)
