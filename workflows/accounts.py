"""Accounts as a provider works with them: what it renews of an account's tokens is kept, encrypted."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from mentoring.ports import Account
from store import calendars, organisers
from store.memory import Memory
from workflows.bootstrap import Parts

log = logging.getLogger("interlude.accounts")


def account(parts: Parts, organisation_id: int, connection_id: int) -> Account:
    """The account of that connection. Raises KeyError, and Reconnect when no key opens its secret."""
    with parts.database.reading(organisation_id) as memory:
        return account_in(parts, memory, connection_id)


def account_in(parts: Parts, memory: Memory, connection_id: int) -> Account:
    """The same, read in a transaction that is open already. It may be used when that is over."""
    found = calendars.account(memory, connection_id)
    return replace(found, renewed=_Keeper(parts, memory.scope, calendars.renew, connection_id, found.secret))


def in_force(memory: Memory, account: Account) -> bool:
    """Whether that connection still holds what the account was reached with, or renewed to: not where its owner has
    connected it anew meanwhile, so that what went wrong with it says nothing of the one that there is now."""
    keeper = account.renewed
    return not isinstance(keeper, _Keeper) or calendars.holds(memory, keeper.id, keeper.before)


def organiser(parts: Parts, organisation_id: int, organiser_id: int) -> Account:
    """As organiser_in, in a transaction of its own."""
    with parts.database.reading(organisation_id) as memory:
        return organiser_in(parts, memory, organiser_id)


def organiser_in(parts: Parts, memory: Memory, organiser_id: int) -> Account:
    """The account that the organisation invites with. Raises KeyError, and Reconnect when no key opens its secret."""
    found = organisers.account(memory, organiser_id)
    return replace(found, renewed=_Keeper(parts, memory.scope, organisers.renew, organiser_id, found.secret))


@dataclass
class _Keeper:
    """Saves the secret that takes the place of the one before, in a transaction of its own.

    Only over that very one: whoever connected the account anew meanwhile, or renewed it first, has the better one.
    """

    parts: Parts
    organisation_id: int
    renew: Callable[[Memory, int, str, str], bool]
    id: int
    before: str = field(repr=False)

    def __call__(self, secret: str) -> None:
        if secret == self.before:
            return
        with self.parts.database.writing(self.organisation_id) as memory:
            kept = self.renew(memory, self.id, self.before, secret)
        if not kept:
            log.info("new tokens of account %s were not needed any more", self.id)
        self.before = secret
