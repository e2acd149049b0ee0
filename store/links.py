"""Links that sign somebody in once. Only their hash is kept."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, or_, select, update

from store import tables
from store.memory import Memory, batches

_links = tables.sign_in_links

COUNTED = timedelta(hours=1)
"""How long a link is kept after it has expired, so that those made lately can be counted."""


@dataclass(frozen=True)
class Link:
    """One that can be used. token: only for the mail, or the operator, that it is meant for."""

    id: int
    token: str = field(repr=False)
    expires_at: datetime


def create(
    memory: Memory, person_id: int, purpose: str, expires_at: datetime, now: datetime, browser: str = ""
) -> Link:
    """A new link. browser: the hash of the one that asked, the only one that may use it; empty for whoever is shown it.

    What expired a while ago is deleted.
    """
    memory.changed(memory.delete(_links).where(_links.c.expires_at <= now - COUNTED))
    unfinished = memory.insert(
        _links,
        person_id=person_id,
        token_hash=secrets.token_hex(32),
        purpose=purpose,
        browser_hash=browser,
        created_at=now,
        expires_at=expires_at,
    )
    token = _token(memory, unfinished, now)
    memory.changed(memory.update(_links).where(_links.c.id == unfinished).values(token_hash=_hash(token)))
    return Link(unfinished, token, expires_at)


def usable(memory: Memory, link_id: int, now: datetime) -> Link | None:
    """The link again, for the mail that carries it; None once it can no longer be used."""
    return _first(memory, now, _links.c.id == link_id)


def usable_since(memory: Memory, person_id: int, purpose: str, since: datetime, now: datetime) -> Link | None:
    """The first link made for that person since then, if it can still be used."""
    theirs = and_(_links.c.person_id == person_id, _links.c.purpose == purpose)
    return _first(memory, now, and_(theirs, _links.c.created_at >= since))


def _first(memory: Memory, now: datetime, condition: ColumnElement[bool]) -> Link | None:
    unused = _links.c.used_at.is_(None), _links.c.expires_at > now
    row = memory.first(memory.select(_links).where(condition, *unused).order_by("id").limit(1))
    return Link(row.id, _token(memory, row.id, row.created_at), row.expires_at) if row else None


def unused_since(memory: Memory, person_id: int, purpose: str, since: datetime, browser: str | None = None) -> int:
    """How many of that person's links were made in the time since then, at most an hour, and signed nobody in.

    browser: only those that this one asked for.
    """
    theirs = _links.c.person_id == person_id, _links.c.purpose == purpose, _links.c.used_at.is_(None)
    count = memory.select(_links, func.count()).where(*theirs, _links.c.created_at > since)
    if browser is not None:
        count = count.where(_links.c.browser_hash == browser)
    return int(memory.connection.execute(count).scalar_one())


def _token(memory: Memory, link_id: int, created_at: datetime) -> str:
    """Made anew from the installation's secret, so that no table ever holds it, not even until its mail has left."""
    return memory.keyring.token(f"sign-in link {memory.scope} {link_id} {created_at.isoformat()}")


def asked_by(memory: Memory, token: str, purpose: str, now: datetime) -> str | None:
    """System-wide: the hash of the browser that asked for it, empty for any; None where it cannot be used now."""
    row = memory.first(select(_links.c.browser_hash).where(_usable(token, purpose, now)))
    return None if row is None else str(row.browser_hash)


def use(memory: Memory, token: str, purpose: str, now: datetime, browser: str = "") -> tuple[int, int] | None:
    """System-wide: (organisation_id, person_id) for the first who comes with it in time, None for everybody else.

    browser: the hash of the one that comes.
    """
    fitting = _links.c.browser_hash.in_(("", browser))
    statement = update(_links).where(_usable(token, purpose, now), fitting).values(used_at=now)
    row = memory.first(statement.returning(_links.c.organisation_id, _links.c.person_id))
    return (row.organisation_id, row.person_id) if row else None


def void(memory: Memory, person_id: int) -> None:
    """Nobody comes in any more by a link that was made for that person before now.

    One that is being used at this moment is passed over: of two who come at once, neither waits for the other.
    """
    unused = _links.c.person_id == person_id, _links.c.used_at.is_(None)
    rows = memory.rows(memory.select(_links, _links.c.id).where(*unused).with_for_update(skip_locked=True))
    for ids in batches(row.id for row in rows):
        memory.changed(memory.delete(_links).where(_links.c.id.in_(ids)))


def purge(memory: Memory, now: datetime) -> None:
    """Forgets those that were used, or expired, a while ago."""
    ended = or_(_links.c.used_at <= now - COUNTED, _links.c.expires_at <= now - COUNTED)
    memory.changed(memory.delete(_links).where(ended))


def _usable(token: str, purpose: str, now: datetime) -> ColumnElement[bool]:
    # Found by its hash, a token gives nothing away by how long the search takes.
    known = and_(_links.c.token_hash == _hash(token), _links.c.purpose == purpose)
    return and_(known, _links.c.used_at.is_(None), _links.c.expires_at > now)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
