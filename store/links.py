"""Links that sign somebody in once. Only their hash is kept."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime

from sqlalchemy import ColumnElement, and_, select, update

from store import tables
from store.memory import Memory

_links = tables.sign_in_links


def create(memory: Memory, person_id: int, purpose: str, expires_at: datetime, now: datetime) -> str:
    """The token of a new link, which is shown nowhere else. What has expired meanwhile is deleted."""
    token = secrets.token_urlsafe(32)
    memory.changed(memory.delete(_links).where(_links.c.expires_at <= now))
    memory.insert(
        _links,
        person_id=person_id,
        token_hash=_hash(token),
        purpose=purpose,
        created_at=now,
        expires_at=expires_at,
    )
    return token


def peek(memory: Memory, token: str, purpose: str, now: datetime) -> bool:
    """System-wide: whether the link could be used now, for the page with the button."""
    return memory.first(select(_links.c.id).where(_usable(token, purpose, now))) is not None


def use(memory: Memory, token: str, purpose: str, now: datetime) -> tuple[int, int] | None:
    """System-wide: (organisation_id, person_id) for the first who comes with it in time, None for everybody else."""
    statement = update(_links).where(_usable(token, purpose, now)).values(used_at=now)
    row = memory.first(statement.returning(_links.c.organisation_id, _links.c.person_id))
    return (row.organisation_id, row.person_id) if row else None


def _usable(token: str, purpose: str, now: datetime) -> ColumnElement[bool]:
    # Found by its hash, a token gives nothing away by how long the search takes.
    known = and_(_links.c.token_hash == _hash(token), _links.c.purpose == purpose)
    return and_(known, _links.c.used_at.is_(None), _links.c.expires_at > now)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
