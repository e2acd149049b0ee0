"""What people wrote, and what the sentence model made of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from mentoring.needs import Challenge
from store import tables
from store.memory import Memory, batches

_challenges = tables.challenges
_embeddings = tables.embeddings


def add(memory: Memory, challenge: Challenge) -> Challenge:
    """The challenge with an id."""
    new = memory.insert(_challenges, **_columns(challenge))
    return _challenge(memory.get(_challenges, new))


def add_many(memory: Memory, challenges: Iterable[Challenge]) -> None:
    """All of them at once; ask for them with everything()."""
    memory.insert_many(_challenges, [_columns(each) for each in challenges])


def of_person(memory: Memory, person_id: int) -> tuple[Challenge, ...]:
    """Oldest first."""
    mine = memory.select(_challenges).where(_challenges.c.person_id == person_id)
    return tuple(_challenge(row) for row in memory.rows(mine.order_by("at", "id")))


def has_written(memory: Memory, person_id: int) -> bool:
    """Whether the person wrote anything down that is still there."""
    one = memory.select(_challenges, _challenges.c.id).where(_challenges.c.person_id == person_id).limit(1)
    return memory.first(one) is not None


def everything(memory: Memory, since: datetime | None = None) -> tuple[Challenge, ...]:
    """The organisation's, oldest first."""
    statement = memory.select(_challenges).order_by("at", "id")
    if since is not None:
        statement = statement.where(_challenges.c.at >= since)
    return tuple(_challenge(row) for row in memory.rows(statement))


def change(memory: Memory, challenge_id: int, text: str) -> None:
    """Other words, of the same day. What they mean is judged anew: out of the themes and the evidence until then.

    Raises KeyError.
    """
    one = _challenges.c.id == challenge_id
    if not memory.changed(memory.update(_challenges).where(one).values(text=text, language="")):
        raise KeyError(challenge_id)
    for table in (tables.theme_challenges, tables.need_evidence):
        memory.changed(memory.delete(table).where(table.c.challenge_id == challenge_id))


def remove(memory: Memory, challenge_id: int) -> None:
    """Takes it back, out of the themes and the evidence too. Raises KeyError."""
    if not memory.changed(memory.delete(_challenges).where(_challenges.c.id == challenge_id)):
        raise KeyError(challenge_id)


def vectors(memory: Memory, model: str, text_hashes: Iterable[str]) -> dict[str, bytes]:
    """What is known already, by the text's hash."""
    known: dict[str, bytes] = {}
    for some in batches(text_hashes):
        statement = memory.select(_embeddings).where(_embeddings.c.model == model, _embeddings.c.text_hash.in_(some))
        known |= {row.text_hash: row.vector for row in memory.rows(statement)}
    return known


def save_vectors(memory: Memory, model: str, vectors: Mapping[str, bytes]) -> None:
    """Keeps them; one that is known already stays as it is."""
    rows = [{"model": model, "text_hash": each, "vector": vector} for each, vector in vectors.items()]
    memory.insert_missing(_embeddings, rows)


def _columns(challenge: Challenge) -> dict[str, Any]:
    return {name: getattr(challenge, name) for name in ("person_id", "text", "at", "source", "language")}


def _challenge(row: Row[Any]) -> Challenge:
    return Challenge(row.id, row.person_id, row.text, row.at, row.source, row.language)
