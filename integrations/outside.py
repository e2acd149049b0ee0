"""What a provider works with: the guarded way out, Interlude's own name at Google and Microsoft, and the brakes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from integrations.guarded_http import GuardedHttp
from mentoring.settings import GoogleApp, MicrosoftApp


class Throttle(Protocol):
    """Keeps us within a provider's quotas, for all processes together (DESIGN rule 7)."""

    def take(self, provider: str, account: str) -> None:
        """Before each request. Raises TryLater while the project's share or the account's is used up, or it rests."""
        ...

    def rest(self, provider: str, account: str, after: timedelta) -> None:
        """The provider has said that the account (all of them, where it is empty) must wait for so long."""
        ...


class Unlimited:
    """No brakes: for tests of something else."""

    def take(self, provider: str, account: str) -> None: ...

    def rest(self, provider: str, account: str, after: timedelta) -> None: ...


UNLIMITED: Throttle = Unlimited()


@dataclass(frozen=True)
class Outside:
    """google, microsoft: not set up unless they have a client id. clock: for tokens that run out."""

    http: GuardedHttp
    google: GoogleApp
    microsoft: MicrosoftApp
    clock: Callable[[], datetime]
    throttle: Throttle = UNLIMITED
