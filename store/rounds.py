"""Rounds of suggestions: which were made, and what each decided on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row

from mentoring.errors import ChangedMeanwhile
from store import policies, tables
from store.memory import Memory

_rounds = tables.rounds

AFTER = "after "


@dataclass(frozen=True)
class Round:
    """record: what it decided on, as JSON. replayable: False once somebody in it was forgotten.

    local_date: the day whose round it is, None for one by hand. after: the proposal that came to nothing, whose mentee
    the round is for; None for a round for everybody.
    """

    id: int
    policy_version: int
    started_at: datetime
    finished_at: datetime | None
    local_date: date | None
    replayable: bool
    record: Mapping[str, Any] = field(repr=False)
    after: int | None = None


def start(memory: Memory, policy_version: int, now: datetime) -> int:
    """A round by hand. Returns its id."""
    return memory.insert(_rounds, **_begun(policy_version, now))


def claim(memory: Memory, local_date: date, now: datetime, attempt: str = "daily") -> int | None:
    """That day's round for the first who asks, None for everybody else. Another attempt that day has another name."""
    key = attempt if attempt.startswith(AFTER) else f"{local_date.isoformat()} {attempt}"
    begun = _begun(policies.current(memory).version, now)
    return memory.insert_new(_rounds, local_date=local_date, claim=key, **begun)


def owe(memory: Memory, proposal_id: int, local_date: date, now: datetime) -> None:
    """In the transaction that ends a proposal: its mentee is owed another look, once."""
    claim(memory, local_date, now, f"{AFTER}{proposal_id}")


def owed(memory: Memory) -> tuple[Round, ...]:
    """Rounds that were claimed or owed and not finished: whoever began them may have died."""
    unfinished = _rounds.c.claim.is_not(None), _rounds.c.finished_at.is_(None)
    return tuple(_round(row) for row in memory.rows(memory.select(_rounds).where(*unfinished).order_by(_rounds.c.id)))


def _begun(policy_version: int, now: datetime) -> dict[str, Any]:
    return {"policy_version": policy_version, "started_at": now, "replayable": True, "record": {}}


def finish(memory: Memory, round_id: int, record: Mapping[str, Any], now: datetime) -> None:
    """Keeps what it decided on. Raises ChangedMeanwhile when it was finished before, or is not there.

    So that a forgotten person can be taken out of it, a record names people only under the keys that
    store.forgetting lists, each row about a person being a JSON object of its own (or columns of one length).
    """
    unfinished = _rounds.c.id == round_id, _rounds.c.finished_at.is_(None)
    done = memory.update(_rounds).where(*unfinished).values(record=dict(record), finished_at=now)
    if not memory.changed(done):
        raise ChangedMeanwhile("this round has been run already")


def latest(memory: Memory) -> Round | None:
    """The last that was finished."""
    finished = memory.select(_rounds).where(_rounds.c.finished_at.is_not(None))
    row = memory.first(finished.order_by(_rounds.c.id.desc()).limit(1))
    return _round(row) if row else None


def get(memory: Memory, round_id: int) -> Round:
    """Raises KeyError."""
    return _round(memory.get(_rounds, round_id))


def all(memory: Memory, limit: int = 35) -> tuple[Round, ...]:  # noqa: A001
    """The latest first, unfinished ones too."""
    return tuple(_round(row) for row in memory.rows(memory.select(_rounds).order_by(_rounds.c.id.desc()).limit(limit)))


def purge(memory: Memory, before: datetime) -> int:
    """Deletes those that started earlier. Returns how many."""
    return memory.changed(memory.delete(_rounds).where(_rounds.c.started_at < before))


def _round(row: Row[Any]) -> Round:
    return Round(
        row.id,
        row.policy_version,
        row.started_at,
        row.finished_at,
        row.local_date,
        row.replayable,
        row.record,
        _after(row.claim),
    )


def _after(claim: str | None) -> int | None:
    _, found, proposal_id = (claim or "").partition(AFTER)
    return int(proposal_id) if found else None
