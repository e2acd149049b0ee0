"""Who somebody is at Google or Microsoft: the account that they came in with once lets them in again."""

from __future__ import annotations

from datetime import datetime

from store import tables
from store.memory import Memory

_identities = tables.identities


def keep(memory: Memory, person_id: int, provider: str, subject: str, now: datetime) -> None:
    """Does nothing where the account is kept already: whose it is does not change."""
    memory.insert_new(_identities, person_id=person_id, provider=provider, subject=subject, created_at=now)


def person_id(memory: Memory, provider: str, subject: str) -> int | None:
    """Whose account that is here."""
    theirs = memory.select(_identities, _identities.c.person_id)
    row = memory.first(theirs.where(_identities.c.provider == provider, _identities.c.subject == subject))
    return None if row is None else int(row.person_id)
