"""The providers, one line each."""

from __future__ import annotations

from collections.abc import Callable

from integrations.caldav import CalDav
from integrations.ics import IcsFeed
from integrations.outside import Outside
from mentoring.errors import Refused
from mentoring.ports import ReadsCalendars

PROVIDERS: dict[str, Callable[[Outside], ReadsCalendars]] = {
    CalDav.name: lambda outside: CalDav(outside.http),
    IcsFeed.name: lambda outside: IcsFeed(outside.http),
}


def provider(name: str, outside: Outside) -> ReadsCalendars:
    """The provider of that name; which other ports it fulfils, its capabilities declare. Raises Refused."""
    if name not in PROVIDERS:
        raise Refused(f"there is no calendar provider called {name!r}")
    return PROVIDERS[name](outside)
