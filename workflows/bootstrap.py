"""The one place where the parts meet: settings in, everything a workflow needs out."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

from integrations import registry
from integrations.guarded_http import GuardedHttp, Limits
from integrations.outside import UNLIMITED, Outside, Throttle
from mentoring.doors import LetsIn
from mentoring.errors import Refused
from mentoring.outbox import Observer, Transition, silent
from mentoring.ports import Organises, PlacesCopies, ReadsCalendars
from mentoring.settings import Settings
from store.database import Database
from store.keyring import Keyring
from suggestions.embedding import Embedder, load_embedder
from workflows.queue import Queue
from workflows.quotas import Quotas

log = logging.getLogger("interlude")

Nudge = Callable[..., None]
"""Asks a worker to look at something soon: a job's name and ids. May be lost: the sweep does it then."""


LEASE_SECONDS = 35.0
"""How long a message is one worker's: longer than the one call at the provider that the lease is renewed for, short
enough that a dead worker's message is taken up within a minute."""

CALL_SECONDS = 25.0


def system_clock() -> datetime:
    return datetime.now(UTC)


def no_nudge(job: str, *ids: int) -> None:
    """For places without a queue: the sweep, or whoever calls the workflows by hand, does the rest."""


def logged(transition: Transition, message_id: int) -> None:
    """The observer of a running installation."""
    log.debug("message %s: %s", message_id, transition)


@dataclass(frozen=True)
class Parts:
    """What workflows work with. clock: the time now, aware. observer: told of each step of each message.

    lease_seconds: how long a message is one worker's.
    """

    settings: Settings
    database: Database
    http: GuardedHttp
    clock: Callable[[], datetime] = system_clock
    nudge: Nudge = no_nudge
    observer: Observer = silent
    lease_seconds: float = LEASE_SECONDS
    throttle: Throttle = UNLIMITED

    @property
    def outside(self) -> Outside:
        return Outside(self.http, self.settings.google, self.settings.microsoft, self.clock, self.throttle)

    def provider(self, name: str) -> ReadsCalendars:
        """The calendar provider of that name. Raises Refused for one we do not have."""
        return registry.provider(name, self.outside)

    def copies(self, name: str) -> PlacesCopies | None:
        """The same as one in whose calendars copies can be placed, or None where they cannot."""
        found = self.provider(name)
        return found if isinstance(found, PlacesCopies) else None

    @property
    def doors(self) -> tuple[str, ...]:
        """The providers at which people can sign in and give permission."""
        return registry.doors(self.outside)

    def door(self, name: str) -> LetsIn:
        """The one of that name. Raises Refused where it is not set up."""
        return registry.door(name, self.outside)

    def organises(self, name: str) -> Organises:
        """The same as one in whose calendar the organisation's events can lie. Raises Refused where they cannot."""
        found = self.provider(name)
        if not isinstance(found, Organises):
            raise Refused(f"nobody can be invited through {name!r}")
        return found

    def embedder(self) -> Embedder:
        return _embedder(self.settings.model_path, self.settings.tokenizer_path)


@lru_cache(maxsize=2)
def _embedder(model_path: str, tokenizer_path: str) -> Embedder:
    return load_embedder(model_path, tokenizer_path)


def build(settings: Settings) -> Parts:
    """The parts of a running installation; opens no connection yet."""
    database = Database(settings.database_url, Keyring(settings.token_keys, settings.secret_key))
    return Parts(
        settings=settings,
        database=database,
        http=GuardedHttp(settings.allow_hosts, limits=Limits(total_seconds=CALL_SECONDS)),
        nudge=Queue(settings.redis_url).nudge,
        observer=logged,
        throttle=Quotas(settings.redis_url, settings.secret_key, system_clock),
    )
