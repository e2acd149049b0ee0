"""Every message that asked for somebody's attention, and what became of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row

from mentoring.attention import Asked, Kind
from store import tables
from store.memory import Memory, batches

_attention = tables.attention


def add(memory: Memory, person_id: int, kind: Kind, now: datetime, proposal_id: int | None = None) -> None:
    """They are being asked. Whoever counts before must hold the person, so that nobody else asks meanwhile."""
    memory.insert(_attention, person_id=person_id, proposal_id=proposal_id, kind=kind.value, at=now)


def answered(
    memory: Memory, person_id: int, now: datetime, kind: Kind = Kind.SUGGESTION, proposal_id: int | None = None
) -> None:
    """They answer what they were asked: about that proposal, or where it is about none, all of that kind so far."""
    memory.changed(_open(memory, person_id, kind, proposal_id).values(answered_at=now, ignored_at=None))


def ignored(
    memory: Memory, person_id: int, now: datetime, kind: Kind = Kind.SUGGESTION, proposal_id: int | None = None
) -> None:
    """It lapsed without an answer. What was answered, or had lapsed before, stays as it is."""
    lapsing = _open(memory, person_id, kind, proposal_id).where(_attention.c.ignored_at.is_(None))
    memory.changed(lapsing.values(ignored_at=now))


def never_left(memory: Memory, asked: Asked) -> None:
    """It did not leave after all: it is as if it had not been counted."""
    same = _attention.c.person_id == asked.person_id, _attention.c.kind == asked.kind.value, _about(asked.proposal_id)
    memory.changed(memory.delete(_attention).where(*same, _attention.c.at == asked.at))


def _open(memory: Memory, person_id: int, kind: Kind, proposal_id: int | None) -> Any:
    same = _attention.c.person_id == person_id, _attention.c.kind == kind.value, _about(proposal_id)
    return memory.update(_attention).where(*same, _attention.c.answered_at.is_(None))


def _about(proposal_id: int | None) -> ColumnElement[bool]:
    about: ColumnElement[bool] = _attention.c.proposal_id == proposal_id
    return _attention.c.proposal_id.is_(None) if proposal_id is None else about


def asked(
    memory: Memory, person_id: int, kind: Kind, proposal_id: int | None = None, since: datetime | None = None
) -> bool:
    """Whether they were asked that before; since: then or later."""
    same = _attention.c.person_id == person_id, _attention.c.kind == kind.value, _about(proposal_id)
    statement = memory.select(_attention, _attention.c.id).where(*same)
    return memory.first(statement if since is None else statement.where(_attention.c.at >= since)) is not None


def of_people(memory: Memory, person_ids: Iterable[int], since: datetime) -> dict[int, tuple[Asked, ...]]:
    """{person: what they were asked since then, the oldest first}; who was asked nothing is left out."""
    found: dict[int, list[Asked]] = {}
    for ids in batches(person_ids):
        theirs = memory.select(_attention).where(_attention.c.person_id.in_(ids), _attention.c.at >= since)
        for row in memory.rows(theirs.order_by(_attention.c.at, _attention.c.id)):
            found.setdefault(row.person_id, []).append(_asked(row))
    return {person_id: tuple(each) for person_id, each in found.items()}


def waiting(memory: Memory, kinds: Iterable[Kind], before: datetime) -> tuple[Asked, ...]:
    """What of these kinds was asked before then, and neither answered nor given up since."""
    names = [kind.value for kind in kinds]
    unanswered = _attention.c.answered_at.is_(None), _attention.c.ignored_at.is_(None)
    statement = memory.select(_attention).where(_attention.c.kind.in_(names), _attention.c.at < before, *unanswered)
    return tuple(_asked(row) for row in memory.rows(statement.order_by(_attention.c.at, _attention.c.id)))


def purge(memory: Memory, before: datetime) -> None:
    """Forgets what was asked before then."""
    memory.changed(memory.delete(_attention).where(_attention.c.at < before))


def _asked(row: Row[Any]) -> Asked:
    return Asked(row.person_id, Kind(row.kind), row.at, row.proposal_id, row.answered_at, row.ignored_at)
