"""Who needs help with what, as the last round found it. store.themes keeps them, together with the themes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row

from mentoring.needs import Need
from store import tables
from store.memory import Memory, batches

_needs = tables.needs
_evidence = tables.need_evidence

SAME_NAMES = (
    "person_id", "label", "days", "last_at", "probability", "rate", "trend", "season_days", "next_at", "next_from",
    "next_until",
)  # fmt: skip
"""Fields that are columns of the same name and type."""


def of_person(memory: Memory, person_id: int) -> tuple[Need, ...]:
    """The most probable first. A need whose evidence was all taken back is none."""
    return _all(memory, memory.select(_needs).where(_needs.c.person_id == person_id))


def everyones(memory: Memory) -> tuple[Need, ...]:
    """The organisation's, as of_person gives them."""
    return _all(memory, memory.select(_needs))


def clear(memory: Memory, person_id: int | None = None) -> None:
    """All of them, or a person's; the evidence goes along."""
    gone = memory.delete(_needs)
    memory.changed(gone if person_id is None else gone.where(_needs.c.person_id == person_id))


def add(memory: Memory, needs: Sequence[Need], theme_ids: Mapping[int, int]) -> None:
    """theme_ids: {the theme's id as the needs name it: the one it is kept under}."""
    for need in needs:
        values = {name: getattr(need, name) for name in SAME_NAMES}
        new = memory.insert(_needs, theme_id=theme_ids[need.theme_id], **values)
        evidence = [{"need_id": new, "challenge_id": each, "place": at} for at, each in enumerate(need.evidence)]
        memory.insert_many(_evidence, evidence)


def _all(memory: Memory, statement: Any) -> tuple[Need, ...]:
    rows = memory.rows(statement.order_by(_needs.c.probability.desc(), _needs.c.id))
    evidence = _evidence_of(memory, [row.id for row in rows])
    return tuple(_need(row, evidence[row.id]) for row in rows if evidence[row.id])


def _evidence_of(memory: Memory, need_ids: Sequence[int]) -> dict[int, list[int]]:
    evidence: dict[int, list[int]] = defaultdict(list)
    for ids in batches(need_ids):
        statement = memory.select(_evidence).where(_evidence.c.need_id.in_(ids))
        for row in memory.rows(statement.order_by("need_id", "place")):
            evidence[row.need_id].append(row.challenge_id)
    return evidence


def _need(row: Row[Any], evidence: Sequence[int]) -> Need:
    same = {name: getattr(row, name) for name in SAME_NAMES}
    return Need(theme_id=row.theme_id, evidence=tuple(evidence), **same)
