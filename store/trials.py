"""Drafts of the rules that were tried, on today's organisation or on the rounds that are kept, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Row, or_

from mentoring.policy import Policy
from store import policies, tables
from store.memory import Memory

_trials = tables.trials


class Kind(StrEnum):
    """On today's organisation, or on the rounds that are kept."""

    PREVIEW = "preview"
    BACKTEST = "backtest"


@dataclass(frozen=True)
class Trial:
    """done, of: how many steps of how many; of is 0 until it is known. problem: why it was ended without a result.

    result: what came of it, or, of an unfinished one, of the steps so far.
    """

    id: int
    kind: Kind
    base_version: int
    policy: Policy = field(repr=False)
    asked_by: str
    asked_at: datetime
    done: int
    of: int
    cancelled: bool
    finished_at: datetime | None
    problem: str
    result: Mapping[str, Any] = field(repr=False)


def ask(memory: Memory, kind: Kind, policy: Policy, base_version: int, asked_by: str, now: datetime) -> int:
    """Returns the new trial's id."""
    told = {"base_version": base_version, "body": policies.body_of(policy), "asked_by": asked_by, "asked_at": now}
    return memory.insert(_trials, kind=kind, done=0, of=0, cancelled=False, problem="", result={}, **told)


def get(memory: Memory, trial_id: int) -> Trial:
    """Raises KeyError."""
    return _trial(memory.get(_trials, trial_id))


def latest(memory: Memory, kind: Kind) -> Trial | None:
    """The one that was asked for last."""
    of_kind = memory.select(_trials).where(_trials.c.kind == kind)
    row = memory.first(of_kind.order_by(_trials.c.id.desc()).limit(1))
    return _trial(row) if row else None


def take(memory: Memory, trial_id: int, now: datetime, seconds: float) -> bool:
    """For so long it is the caller's to go on with. False where it is somebody else's, or has ended."""
    free = _trials.c.id == trial_id, _unfinished(), _nobodys(now)
    taken = memory.update(_trials).where(*free).values(taken_until=now + timedelta(seconds=seconds))
    return memory.changed(taken) == 1


def go_on(
    memory: Memory, trial_id: int, done: int, of: int, result: Mapping[str, Any], taken_until: datetime | None
) -> bool:
    """Notes how far it is and what came of that. taken_until: None gives it back. False where it has ended meanwhile:
    an admin has cancelled it, or it is gone."""
    values = {"done": done, "of": of, "result": dict(result), "taken_until": taken_until}
    return memory.changed(memory.update(_trials).where(_trials.c.id == trial_id, _unfinished()).values(**values)) == 1


def finish(memory: Memory, trial_id: int, result: Mapping[str, Any], now: datetime, problem: str = "") -> bool:
    """problem: why there is no result. False where it had ended already, with nothing changed."""
    values = {"result": dict(result), "problem": problem, "finished_at": now, "taken_until": None}
    return memory.changed(memory.update(_trials).where(_trials.c.id == trial_id, _unfinished()).values(**values)) == 1


def cancel(memory: Memory, trial_id: int, now: datetime) -> bool:
    """False where it had ended already. Raises KeyError."""
    memory.get(_trials, trial_id)
    values = {"cancelled": True, "finished_at": now, "taken_until": None, "result": {}}
    return memory.changed(memory.update(_trials).where(_trials.c.id == trial_id, _unfinished()).values(**values)) == 1


def left_behind(memory: Memory, now: datetime) -> tuple[Trial, ...]:
    """Those that have not ended and are nobody's at that time: whoever took them may have died."""
    rows = memory.rows(memory.select(_trials).where(_unfinished(), _nobodys(now)).order_by(_trials.c.id))
    return tuple(_trial(row) for row in rows)


def purge(memory: Memory, before: datetime) -> int:
    """Deletes those that were asked for earlier. Returns how many."""
    return memory.changed(memory.delete(_trials).where(_trials.c.asked_at < before))


def _unfinished() -> ColumnElement[bool]:
    return _trials.c.finished_at.is_(None)


def _nobodys(now: datetime) -> ColumnElement[bool]:
    return or_(_trials.c.taken_until.is_(None), _trials.c.taken_until <= now)


def _trial(row: Row[Any]) -> Trial:
    return Trial(
        id=row.id,
        kind=Kind(row.kind),
        base_version=row.base_version,
        policy=policies.from_body(row.body, version=row.base_version),
        asked_by=row.asked_by,
        asked_at=row.asked_at,
        done=row.done,
        of=row.of,
        cancelled=row.cancelled,
        finished_at=row.finished_at,
        problem=row.problem,
        result=row.result,
    )
