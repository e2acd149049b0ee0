"""Ending what a person once allowed us at a provider, as far as we can end it ourselves."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from mentoring.doors import Granted
from mentoring.errors import InterludeError, TryLater
from mentoring.ports import Account, ReadsCalendars, Revokes
from store import calendars, organisers
from store.calendars import Connection
from workflows import accounts, watching
from workflows.bootstrap import Parts
from workflows.door_views import GivenBack

log = logging.getLogger("interlude.accounts")


def give_back(parts: Parts, organisation_id: int, connection_id: int) -> GivenBack:
    """Has the provider tell us nothing more, and end the permission. Never in the way of deleting the tokens here: what
    could not be ended there is what comes back. Raises KeyError."""
    with parts.database.reading(organisation_id) as memory:
        connection = calendars.connection(memory, connection_id)
    if not connection.subject:  # reached by a password or an address, which its owner gives to whom they like
        return GivenBack.NONE
    watching.stop(parts, organisation_id, connection_id)
    with parts.database.reading_all() as memory:
        shared = calendars.shared_anywhere(memory, connection_id)
    try:
        account = accounts.account(parts, organisation_id, connection_id)
        adapter = parts.provider(connection.provider)
        return GivenBack.SHARED if shared else _revoked(adapter, account)
    except InterludeError as problem:
        log.info("the permission of connection %s was not given back: %s", connection_id, type(problem).__name__)
        return GivenBack.UNANSWERED if isinstance(problem, TryLater) else GivenBack.STANDS


def unused(parts: Parts, provider: str, granted: Granted) -> GivenBack:
    """The same for what was given just now and is of no use here. Giving it back would end all that the account has
    given Interlude, so not where somebody lives by it, or may, since nobody knows whose it is."""
    if not granted.secret:
        return GivenBack.NONE
    with parts.database.reading_all() as memory:
        used = organisers.used_anywhere(memory, provider, granted)
    if used:
        return GivenBack.SHARED if granted.subject else GivenBack.STANDS
    try:
        return _revoked(parts.provider(provider), Account(provider, granted.address, granted.address, granted.secret))
    except InterludeError as problem:
        log.info("a permission that is not needed was not given back: %s", type(problem).__name__)
        return GivenBack.UNANSWERED


def stands_at(parts: Parts, connections: Iterable[Connection]) -> tuple[str, ...]:
    """The providers of those connections at which only their owner can end the permission."""
    given_at = sorted({each.provider for each in connections if each.subject})
    return tuple(each for each in given_at if not isinstance(parts.provider(each), Revokes))


def _revoked(adapter: ReadsCalendars, account: Account) -> GivenBack:
    if not isinstance(adapter, Revokes):
        return GivenBack.STANDS
    adapter.revoke(account)
    return GivenBack.ENDED
