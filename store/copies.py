"""The attendee copies that lie in people's calendars."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import Row

from mentoring.proposals import Partstat
from store import tables
from store.memory import Memory

_copies = tables.copies


BEING_REPLACED = "being replaced"
"""Stands in place of the ETag while a copy is being replaced: if it is found gone then, it was not the person."""


@dataclass(frozen=True)
class Copy:
    """A person's copy of a proposal: where it lies, and the version of it that was last written or read.

    sequence and partstat are what it said then. removed: it was taken away, and stays noted as having been there.
    """

    proposal_id: int
    person_id: int
    calendar_id: int
    href: str
    etag: str
    sequence: int
    partstat: Partstat
    removed: bool = False


_NAMES = tuple(each.name for each in fields(Copy))


def save(memory: Memory, copy: Copy) -> None:
    """Notes it, in place of what was noted of this proposal for this person."""
    values = {name: getattr(copy, name) for name in _NAMES}
    mine = _copies.c.proposal_id == copy.proposal_id, _copies.c.person_id == copy.person_id
    if not memory.changed(memory.update(_copies).where(*mine).values(**values)):
        memory.insert(_copies, **values)


def get(memory: Memory, proposal_id: int, person_id: int) -> Copy | None:
    mine = _copies.c.proposal_id == proposal_id, _copies.c.person_id == person_id
    row = memory.first(memory.select(_copies).where(*mine))
    return _copy(row) if row else None


def of_proposal(memory: Memory, proposal_id: int) -> tuple[Copy, ...]:
    rows = memory.rows(memory.select(_copies).where(_copies.c.proposal_id == proposal_id).order_by("person_id"))
    return tuple(_copy(row) for row in rows)


def live(memory: Memory) -> tuple[Copy, ...]:
    """Those that lie in a calendar now."""
    rows = memory.rows(memory.select(_copies).where(~_copies.c.removed).order_by("proposal_id", "person_id"))
    return tuple(_copy(row) for row in rows)


def of_person(memory: Memory, person_id: int) -> tuple[Copy, ...]:
    """Those that lie in that person's calendars now."""
    mine = memory.select(_copies).where(_copies.c.person_id == person_id, ~_copies.c.removed)
    return tuple(_copy(row) for row in memory.rows(mine.order_by("proposal_id")))


def _copy(row: Row[Any]) -> Copy:
    values = {name: getattr(row, name) for name in _NAMES}
    return Copy(**values | {"partstat": Partstat(row.partstat)})
