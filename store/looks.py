"""Of the last look at all of an organisation's notes: where its themes lie, to place one more note among them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from store import tables
from store.memory import Memory

_looks = tables.looks


@dataclass(frozen=True)
class Look:
    """model: whose vectors these are. notes: how many were looked at. nearness: the least cosine at which a note is
    placed. centre: a vector. centroids: theme id → a vector measured from there; all as suggestions.vectors has them
    in bytes."""

    model: str
    at: datetime
    notes: int
    nearness: float
    centre: bytes = field(repr=False)
    centroids: Mapping[int, bytes] = field(repr=False)
    id: int = 0


def save(memory: Memory, look: Look) -> None:
    """Instead of the one before."""
    forget(memory)
    memory.insert(
        _looks,
        model=look.model,
        at=look.at,
        notes=look.notes,
        nearness=look.nearness,
        centre=look.centre,
        theme_ids=list(look.centroids),
        centroids=b"".join(look.centroids.values()),
    )


def latest_id(memory: Memory) -> int | None:
    row = memory.first(memory.select(_looks, _looks.c.id))
    return int(row.id) if row else None


def latest(memory: Memory) -> Look | None:
    """None where there was none, or where somebody was forgotten since."""
    row = memory.first(memory.select(_looks))
    if row is None:
        return None
    length = len(row.centre)
    parts = (row.centroids[at : at + length] for at in range(0, len(row.centroids), length))
    placed = dict(zip(row.theme_ids, parts, strict=True))
    return Look(row.model, row.at, row.notes, row.nearness, row.centre, placed, row.id)


def forget(memory: Memory) -> None:
    """A sentence can be guessed from a vector: the next look makes them anew."""
    memory.changed(memory.delete(_looks))
