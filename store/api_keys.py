"""Personal keys by which somebody's own programs write notes as them. Only a key's hash is kept."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select

from store import tables
from store.memory import Memory

_keys = tables.api_keys
_requests = tables.api_requests

PREFIX = "interlude_"
"""So that a key that lies about is known for what it is."""


@dataclass(frozen=True)
class ApiKey:
    """One that works. token: only for whoever has just made it, shown once; empty ever after."""

    id: int
    name: str
    created_at: datetime
    used_at: datetime | None = None
    token: str = field(default="", repr=False)


def create(memory: Memory, person_id: int, name: str, now: datetime) -> ApiKey:
    """A new one: 256 random bits."""
    token = PREFIX + secrets.token_urlsafe(32)
    new = memory.insert(_keys, person_id=person_id, name=name, token_hash=_hash(token), created_at=now)
    return ApiKey(new, name, now, token=token)


def of_person(memory: Memory, person_id: int) -> tuple[ApiKey, ...]:
    """Those that work, the oldest first."""
    mine = memory.select(_keys).where(_keys.c.person_id == person_id, _keys.c.revoked_at.is_(None)).order_by("id")
    return tuple(ApiKey(row.id, row.name, row.created_at, row.used_at) for row in memory.rows(mine))


def revoke(memory: Memory, person_id: int, now: datetime, key_id: int | None = None) -> int:
    """From now on that one opens nothing, or without an id none of theirs. Returns how many did."""
    mine = memory.update(_keys).where(_keys.c.person_id == person_id, _keys.c.revoked_at.is_(None))
    return memory.changed((mine if key_id is None else mine.where(_keys.c.id == key_id)).values(revoked_at=now))


def whose_anywhere(memory: Memory, token: str) -> tuple[int, int, int] | None:
    """System-wide: (organisation, person, key) of a token that works. Found by its hash, it gives nothing away by how
    long the search takes."""
    known = select(_keys).where(_keys.c.token_hash == _hash(token), _keys.c.revoked_at.is_(None))
    row = memory.first(known)
    return (row.organisation_id, row.person_id, row.id) if row else None


def used(memory: Memory, key_id: int, now: datetime) -> None:
    """It has just opened something."""
    memory.changed(memory.update(_keys).where(_keys.c.id == key_id).values(used_at=now))


def answered(memory: Memory, person_id: int, request: str) -> tuple[str, list[int]] | None:
    """What came of that request of theirs before: the hash of its body, and the ids that were made. None: nothing."""
    same = _requests.c.person_id == person_id, _requests.c.request_hash == _hash(request)
    row = memory.first(memory.select(_requests).where(*same))
    return (row.body_hash, list(row.ids)) if row else None


def remember(memory: Memory, person_id: int, request: str, body_hash: str, ids: list[int], now: datetime) -> None:
    """So that the same request again is answered alike."""
    row = {"request_hash": _hash(request), "body_hash": body_hash, "ids": ids, "at": now}
    memory.insert(_requests, person_id=person_id, **row)


def purge(memory: Memory, before: datetime) -> None:
    """Forgets requests from before then."""
    memory.changed(memory.delete(_requests).where(_requests.c.at < before))


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
