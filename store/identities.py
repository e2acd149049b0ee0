"""Who somebody is at Google or Microsoft: the account that they came in with once lets them in again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from mentoring.errors import Missing
from store import tables
from store.memory import Memory

_identities = tables.identities


@dataclass(frozen=True)
class Identity:
    """One account of somebody, as they are shown it: nobody reads its name there."""

    id: int
    provider: str
    created_at: datetime


def keep(memory: Memory, person_id: int, provider: str, subject: str, now: datetime) -> bool:
    """Whether it is theirs now. One that is kept already stays whose it is."""
    memory.insert_new(_identities, person_id=person_id, provider=provider, subject=subject, created_at=now)
    return whose(memory, provider, subject) == person_id


def of_person(memory: Memory, person_id: int) -> tuple[Identity, ...]:
    """The oldest first."""
    theirs = memory.select(_identities).where(_identities.c.person_id == person_id).order_by("id")
    return tuple(Identity(row.id, row.provider, row.created_at) for row in memory.rows(theirs))


def forget(memory: Memory, person_id: int, identity_id: int) -> None:
    """Raises Missing for another person's."""
    theirs = _identities.c.id == identity_id, _identities.c.person_id == person_id
    if not memory.changed(memory.delete(_identities).where(*theirs)):
        raise Missing(identity_id)


def forget_all(memory: Memory, person_id: int) -> None:
    """No account that they have had so far is theirs any more."""
    memory.changed(memory.delete(_identities).where(_identities.c.person_id == person_id))


def whose(memory: Memory, provider: str, subject: str) -> int | None:
    """The id of the person here whose account that is."""
    theirs = memory.select(_identities, _identities.c.person_id)
    row = memory.first(theirs.where(_identities.c.provider == provider, _identities.c.subject == subject))
    return None if row is None else int(row.person_id)
