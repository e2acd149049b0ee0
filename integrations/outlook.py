"""Outlook: Microsoft's calendars over Graph, read with the least that it grants."""

from __future__ import annotations

from datetime import datetime

from integrations.outlook_graph import NAME, Graph
from integrations.outlook_reading import found_calendars, read_calendar
from integrations.outside import Outside
from mentoring.availability import Reading
from mentoring.intervals import Interval
from mentoring.ports import NOTHING_OF_OURS, Account, Capability, FoundCalendar, KeyOf, Own


class Outlook:
    """ReadsCalendars for Microsoft 365 and outlook.com. An account's secret is msal's token cache."""

    name = NAME
    capabilities = frozenset({Capability.READ})

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

    def _graph(self, account: Account) -> Graph:
        return Graph(self._outside, account)
