"""Whose notes changed since they were last sorted into themes.

A number that grows with each change, beside the one that was last sorted: whoever sorts says which changes they saw, so
that one that comes meanwhile is never taken for done.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import select

from store import tables
from store.memory import Memory, batches

_changes = tables.note_changes


def stir(memory: Memory, person_ids: Iterable[int]) -> None:
    """In the transaction that changes notes of theirs, or what they say of them."""
    wanted = sorted(set(person_ids))
    memory.insert_missing(_changes, [{"person_id": each, "changes": 0, "sorted": 0} for each in wanted])
    for ids in batches(wanted):
        more = memory.update(_changes).where(_changes.c.person_id.in_(ids))
        memory.changed(more.values(changes=_changes.c.changes + 1))


def everyones(memory: Memory) -> dict[int, int]:
    """{person: how often theirs changed}."""
    return {row.person_id: row.changes for row in memory.rows(memory.select(_changes))}


def hold(memory: Memory) -> list[int]:
    """Everybody whose notes ever changed; none of theirs does again until this transaction ends."""
    rows = memory.select(_changes, _changes.c.person_id).order_by(_changes.c.person_id)
    return [row.person_id for row in memory.rows(rows.with_for_update())]


def of_person(memory: Memory, person_id: int) -> tuple[int, int]:
    """(how often theirs changed, how often they had when they were last sorted)."""
    row = memory.first(memory.select(_changes).where(_changes.c.person_id == person_id))
    return (row.changes, row.sorted) if row else (0, 0)


def held(memory: Memory, person_id: int) -> int:
    """How often theirs changed; nobody changes any until this transaction ends."""
    row = memory.first(memory.select(_changes).where(_changes.c.person_id == person_id).with_for_update())
    return int(row.changes) if row else 0


def note_sorted(memory: Memory, seen: Mapping[int, int]) -> None:
    """Those were sorted as they were after so many changes."""
    for changes in sorted(set(seen.values())):
        for ids in batches(each for each, number in seen.items() if number == changes):
            done = memory.update(_changes).where(_changes.c.person_id.in_(ids))
            memory.changed(done.values(sorted=changes))


def waiting(memory: Memory, limit: int) -> list[int]:
    """People whose notes nobody has sorted since they changed."""
    statement = memory.select(_changes, _changes.c.person_id).where(_changes.c.changes != _changes.c.sorted)
    return [row.person_id for row in memory.rows(statement.order_by(_changes.c.id).limit(limit))]


def waiting_anywhere(memory: Memory, limit: int) -> list[tuple[int, int]]:
    """The same of all organisations: (organisation, person)."""
    statement = select(_changes.c.organisation_id, _changes.c.person_id).where(_changes.c.changes != _changes.c.sorted)
    return [(row.organisation_id, row.person_id) for row in memory.rows(statement.order_by(_changes.c.id).limit(limit))]
