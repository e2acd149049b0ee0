"""Addresses that somebody typed to be sent a link, until they are looked up. System-wide: they are nobody's yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select

from mentoring.errors import Reconnect
from store import tables
from store.memory import Memory

_requests = tables.sign_in_requests


@dataclass(frozen=True)
class Request:
    """browser: the hash of the one that asked."""

    id: int
    address: str
    browser: str
    asked_at: datetime


def add_anywhere(memory: Memory, address: str, browser: str, now: datetime) -> int:
    """Kept encrypted, whether or not anybody has that address."""
    values = {"address": memory.keyring.encrypt(address), "browser_hash": browser, "asked_at": now}
    statement = insert(_requests).values(**values).returning(_requests.c.id)
    return int(memory.connection.execute(statement).scalar_one())


def waiting_anywhere(memory: Memory, limit: int) -> tuple[int, ...]:
    """The ids of those that nobody has taken, the oldest first."""
    oldest = select(_requests.c.id).order_by(_requests.c.id).limit(limit)
    return tuple(row.id for row in memory.rows(oldest))


def take_anywhere(memory: Memory, request_id: int) -> Request | None:
    """The request, gone with the transaction that took it.

    None where another has taken it, and where no key opens it any more: they ask again.
    """
    mine = _requests.c.id == request_id
    row = memory.first(delete(_requests).where(mine).returning(*_requests.c))
    if row is None:
        return None
    try:
        return Request(row.id, memory.keyring.decrypt(row.address), row.browser_hash, row.asked_at)
    except Reconnect:
        return None
