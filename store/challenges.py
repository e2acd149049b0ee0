"""What people wrote, and what the sentence model made of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func

from mentoring.needs import Challenge
from store import note_changes, tables
from store.memory import Memory, batches

_challenges = tables.challenges
_embeddings = tables.embeddings


def add(memory: Memory, challenge: Challenge) -> Challenge:
    """The challenge with an id."""
    new = memory.insert(_challenges, **_columns(challenge))
    note_changes.stir(memory, [challenge.person_id])
    return _challenge(memory.get(_challenges, new))


def add_many(memory: Memory, challenges: Iterable[Challenge]) -> None:
    """All of them at once; ask for them with everything()."""
    rows = [_columns(each) for each in challenges]
    memory.insert_many(_challenges, rows)
    note_changes.stir(memory, [row["person_id"] for row in rows])


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
    _stirred(memory, challenge_id)
    one = _challenges.c.id == challenge_id
    memory.changed(memory.update(_challenges).where(one).values(text=text, language="", placed=False))
    for table in (tables.theme_challenges, tables.need_evidence):
        memory.changed(memory.delete(table).where(table.c.challenge_id == challenge_id))


def remove(memory: Memory, challenge_id: int) -> None:
    """Takes it back, out of the themes and the evidence too. Raises KeyError."""
    _stirred(memory, challenge_id)
    memory.changed(memory.delete(_challenges).where(_challenges.c.id == challenge_id))


def set_languages(memory: Memory, languages: Mapping[int, str]) -> None:
    """{challenge: the language it is in, for whoever looks next}."""
    for language in sorted(set(languages.values())):
        for ids in batches(each for each, found in languages.items() if found == language):
            memory.changed(memory.update(_challenges).where(_challenges.c.id.in_(ids)).values(language=language))


def placed(memory: Memory, person_id: int) -> frozenset[int]:
    """Those of theirs that somebody has placed among the themes, or alone."""
    theirs = memory.select(_challenges, _challenges.c.id).where(_challenges.c.person_id == person_id)
    return frozenset(row.id for row in memory.rows(theirs.where(_challenges.c.placed)))


def set_placed(memory: Memory, ids: Iterable[int]) -> None:
    for some in batches(ids):
        unplaced = _challenges.c.id.in_(some), _challenges.c.placed.is_(False)
        memory.changed(memory.update(_challenges).where(*unplaced).values(placed=True))


def set_unplaced(memory: Memory, ids: Iterable[int]) -> None:
    for some in batches(ids):
        memory.changed(memory.update(_challenges).where(_challenges.c.id.in_(some)).values(placed=False))


def number_in_others(memory: Memory, read: Collection[str]) -> int:
    """How many are in a language that is not read."""
    others = memory.select(_challenges, func.count().label("number")).where(_challenges.c.language.not_in(read))
    row = memory.first(others)
    return int(row.number) if row else 0


def say_language(memory: Memory, challenge_id: int, language: str) -> None:
    """What its writer says of it. Raises KeyError."""
    _stirred(memory, challenge_id)
    set_languages(memory, {challenge_id: language})
    set_unplaced(memory, [challenge_id])


def _stirred(memory: Memory, challenge_id: int) -> None:
    """Its writer's notes are to be sorted again; a word of its theme's that others read may be shared by too few now.
    Raises KeyError."""
    note_changes.stir(memory, [memory.get(_challenges, challenge_id).person_id])
    members, themes = tables.theme_challenges, tables.themes
    its = memory.select(members, members.c.theme_id).where(members.c.challenge_id == challenge_id)
    memory.changed(memory.update(themes).where(themes.c.id.in_(its)).values(group_label=""))


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
    named = ("person_id", "text", "at", "source", "language")
    return {name: getattr(challenge, name) for name in named} | {"placed": False}


def _challenge(row: Row[Any]) -> Challenge:
    return Challenge(row.id, row.person_id, row.text, row.at, row.source, row.language)
