"""What the pages show of coming in, at whatever door: values, as in workflows.views."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from mentoring.doors import Errand
from workflows.views import Who


class LinkState(StrEnum):
    """What a sign-in link is to the browser that opens it. ELSEWHERE: another browser asked for it. GONE: it was used,
    is too old, or never was."""

    WORKS = "works"
    ELSEWHERE = "elsewhere"
    GONE = "gone"


@dataclass(frozen=True)
class CameIn:
    """Somebody who was let in. invited: they have come to see what Interlude is, and to decide. elsewhere: another
    organisation here has their address too."""

    who: Who
    invited: bool = False
    elsewhere: bool = False


@dataclass(frozen=True)
class StopPage:
    """How far Interlude leaves that person alone. paused_until: None while they are not pausing."""

    first_name: str
    zone: str
    stopped: bool = False
    paused_until: datetime | None = None


@dataclass(frozen=True)
class UnderWay:
    """Somebody who was sent to Google or Microsoft: kept in their browser's session until they are back.

    who: None for somebody who comes to sign in; who is here already and signs in there adds the account. memo: see
    mentoring.doors.Begun. mends: the connection that the errand is to mend, 0 for a new one.
    """

    provider: str
    errand: Errand
    who: Who | None
    since: datetime
    memo: str = field(repr=False)
    mends: int = 0


@dataclass(frozen=True)
class SetOut:
    """url: where the browser goes now."""

    url: str = field(repr=False)
    under_way: UnderWay


@dataclass(frozen=True)
class Connected:
    """An account that is connected now. again: it was before, and its choices are kept. still_broken: the address of
    the one that was to be mended, where another account came back."""

    connection_id: int
    address: str
    again: bool = False
    still_broken: str = ""


@dataclass(frozen=True)
class AccountAdded:
    """An account that lets its owner in from now on."""


@dataclass(frozen=True)
class OrganiserConnected:
    """An account in whose calendar the organisation's events are from now on."""

    address: str


class GivenBack(StrEnum):
    """What became of the permission at the provider when a calendar was disconnected. NONE: there was none there.
    ENDED: it is over. STANDS: only the person can end it there. UNANSWERED: the provider did not answer, so the same.
    SHARED: something else here needs it, so it stays."""

    NONE = "none"
    ENDED = "ended"
    STANDS = "stands"
    UNANSWERED = "unanswered"
    SHARED = "shared"


@dataclass(frozen=True)
class Disconnected:
    """left_behind: how many invites stayed in the calendar."""

    provider: str
    given_back: GivenBack = GivenBack.NONE
    left_behind: int = 0


Returned = CameIn | AccountAdded | Connected | OrganiserConnected
"""What came of going there."""
