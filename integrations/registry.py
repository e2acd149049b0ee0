"""The providers, one line each."""

from __future__ import annotations

from collections.abc import Callable

from integrations.caldav import CalDav
from integrations.guarded_http import GuardedHttp
from integrations.ics import IcsFeed
from mentoring.errors import Refused
from mentoring.ports import ReadsCalendars

PROVIDERS: dict[str, Callable[[GuardedHttp], ReadsCalendars]] = {
    CalDav.name: CalDav,
    IcsFeed.name: IcsFeed,
}


def provider(name: str, http: GuardedHttp) -> ReadsCalendars:
    """The provider of that name. Those that also place copies are PlacesCopies as well. Raises Refused."""
    if name not in PROVIDERS:
        raise Refused(f"there is no calendar provider called {name!r}")
    return PROVIDERS[name](http)
