"""Themes that a person says are no longer hard for them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from store import tables
from store.memory import Memory

_settled = tables.settled


def add(memory: Memory, person_id: int, theme_id: int, now: datetime) -> None:
    """From now on only what they write later makes it a need again."""
    mine = _settled.c.person_id == person_id, _settled.c.theme_id == theme_id
    if not memory.changed(memory.update(_settled).where(*mine).values(at=now)):
        memory.insert(_settled, person_id=person_id, theme_id=theme_id, at=now)


def remove(memory: Memory, person_id: int, theme_id: int) -> None:
    """They take it back."""
    mine = _settled.c.person_id == person_id, _settled.c.theme_id == theme_id
    memory.changed(memory.delete(_settled).where(*mine))


def replace(memory: Memory, said: Mapping[tuple[int, int], datetime], person_id: int | None = None) -> None:
    """This is what was said of the themes as they are now, by everybody or by that person."""
    gone = memory.delete(_settled)
    memory.changed(gone if person_id is None else gone.where(_settled.c.person_id == person_id))
    memory.insert_many(
        _settled, [{"person_id": person, "theme_id": theme, "at": at} for (person, theme), at in said.items()]
    )


def of_person(memory: Memory, person_id: int) -> dict[int, datetime]:
    """{theme: when they said so}."""
    mine = memory.select(_settled).where(_settled.c.person_id == person_id)
    return {row.theme_id: row.at for row in memory.rows(mine)}


def everyones(memory: Memory) -> dict[tuple[int, int], datetime]:
    """{(person, theme): when they said so}."""
    return {(row.person_id, row.theme_id): row.at for row in memory.rows(memory.select(_settled))}
