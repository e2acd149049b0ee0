"""What the pages show to somebody who is not signed in: values, as in workflows.views."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from workflows.views import Who


class LinkState(StrEnum):
    """What a sign-in link is to the browser that opens it. ELSEWHERE: another browser asked for it. GONE: it was used,
    is too old, or never was."""

    WORKS = "works"
    ELSEWHERE = "elsewhere"
    GONE = "gone"


@dataclass(frozen=True)
class CameIn:
    """Somebody whom a link let in. invited: they have come to see what Interlude is, and to decide."""

    who: Who
    invited: bool = False


@dataclass(frozen=True)
class StopPage:
    """How far Interlude leaves that person alone. paused_until: None while they are not pausing."""

    first_name: str
    zone: str
    stopped: bool = False
    paused_until: datetime | None = None
