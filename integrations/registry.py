"""The providers, one line each."""

from __future__ import annotations

from collections.abc import Callable

from integrations.caldav import CalDav
from integrations.google import Google
from integrations.google_door import GoogleDoor
from integrations.ics import IcsFeed
from integrations.microsoft_door import MicrosoftDoor
from integrations.outlook import Outlook
from integrations.outside import Outside
from mentoring.doors import LetsIn
from mentoring.errors import Refused
from mentoring.ports import ReadsCalendars

PROVIDERS: dict[str, Callable[[Outside], ReadsCalendars]] = {
    CalDav.name: lambda outside: CalDav(outside.http),
    IcsFeed.name: lambda outside: IcsFeed(outside.http),
    Google.name: Google,
    Outlook.name: Outlook,
}

DOORS: dict[str, Callable[[Outside], LetsIn]] = {
    GoogleDoor.name: GoogleDoor,
    MicrosoftDoor.name: MicrosoftDoor,
}
"""Where people sign in and give permission: under the names above."""


def provider(name: str, outside: Outside) -> ReadsCalendars:
    """The provider of that name; which other ports it fulfils, its capabilities declare. Raises Refused."""
    if name not in PROVIDERS:
        raise Refused(f"there is no calendar provider called {name!r}")
    return PROVIDERS[name](outside)


def doors(outside: Outside) -> tuple[str, ...]:
    """The names of those that whoever runs Interlude has set up."""
    set_up = {"google": outside.google.set_up, "outlook": outside.microsoft.set_up}
    return tuple(name for name in DOORS if set_up[name])


def door(name: str, outside: Outside) -> LetsIn:
    """The one of that name. Raises Refused where there is none, or it is not set up."""
    if name not in doors(outside):
        raise Refused("whoever runs Interlude has not set this up yet")
    return DOORS[name](outside)
