"""What people say of the grouping of their own notes. Each saying of a person carries a time of its own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row

from mentoring.errors import Missing
from mentoring.needs import ThemeWish, WishKind
from store import note_changes, tables
from store.memory import Memory

_wishes = tables.theme_wishes
TICK = timedelta(microseconds=1)


def add(memory: Memory, person_id: int, wishes: Sequence[ThemeWish], now: datetime) -> datetime:
    """Keeps what they say at once, under one time later than that of anything they said before; returns it."""
    latest = max((each.at for each in of_person(memory, person_id)), default=now - TICK)
    at = max(now, latest + TICK)
    memory.insert_many(_wishes, [_columns(replace(each, person_id=person_id, at=at)) for each in wishes])
    note_changes.stir(memory, [person_id])
    return at


def remove(memory: Memory, person_id: int, at: datetime) -> None:
    """They take back what they said at that time, a topic's name too. Raises KeyError where they said nothing then."""
    mine = _wishes.c.person_id == person_id, _wishes.c.at == at
    topics = tables.topics
    names = memory.select(_wishes, _wishes.c.name).where(*mine, _wishes.c.name != "")
    called = topics.c.person_id == person_id, topics.c.label.in_(names)
    memory.changed(memory.update(topics).where(*called).values(label=""))
    if not memory.changed(memory.delete(_wishes).where(*mine)):
        raise Missing(at)
    note_changes.stir(memory, [person_id])


def of_person(memory: Memory, person_id: int) -> tuple[ThemeWish, ...]:
    """The earliest first."""
    return _all(memory.rows(memory.select(_wishes).where(_wishes.c.person_id == person_id).order_by("at", "id")))


def everyones(memory: Memory) -> tuple[ThemeWish, ...]:
    """By person, each's earliest first."""
    return _all(memory.rows(memory.select(_wishes).order_by("person_id", "at", "id")))


def _columns(wish: ThemeWish) -> dict[str, Any]:
    named = ("person_id", "challenge_id", "with_id", "name", "at")
    return {name: getattr(wish, name) for name in named} | {"kind": wish.kind.value}


def _all(rows: Iterable[Row[Any]]) -> tuple[ThemeWish, ...]:
    return tuple(
        ThemeWish(row.person_id, row.challenge_id, WishKind(row.kind), row.at, row.with_id, row.name) for row in rows
    )
