"""Rounds of suggestions: which were made, and what each decided on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, or_

from mentoring.errors import ChangedMeanwhile
from store import policies, tables
from store.memory import Memory

_rounds = tables.rounds

AFTER = "after "
DAILY = "daily"


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


@dataclass(frozen=True)
class Head:
    """What a list of rounds tells of one, without what it decided on.

    counted: how many took part, needs and pairs. in_the_way: how many pairs each rule stopped. mentee_id: whom it was
    for, None for everybody and for somebody who was forgotten.
    """

    id: int
    policy_version: int
    started_at: datetime
    finished_at: datetime | None
    replayable: bool
    after: int | None
    seconds: float
    counted: Mapping[str, int]
    in_the_way: Mapping[str, int]
    gap: float | None
    mentee_id: int | None


@dataclass(frozen=True)
class Told:
    """What a round told somebody who got no proposal of it. misses: {"rule", "words"} each, none for who got one."""

    round_id: int
    started_at: datetime
    misses: tuple[Mapping[str, str], ...] = ()


def start(memory: Memory, policy_version: int, now: datetime) -> int:
    """A round by hand. Returns its id."""
    return memory.insert(_rounds, **_begun(policy_version, now))


def claim(memory: Memory, local_date: date, now: datetime, attempt: str = DAILY) -> int | None:
    """That day's round for the first who asks, None for everybody else. Another attempt that day has another name."""
    key = attempt if attempt.startswith(AFTER) else _key(local_date, attempt)
    begun = _begun(policies.current(memory).version, now)
    return memory.insert_new(_rounds, local_date=local_date, claim=key, **begun)


def owe(memory: Memory, proposal_id: int, local_date: date, now: datetime) -> None:
    """In the transaction that ends a proposal: its mentee is owed another look, once."""
    claim(memory, local_date, now, f"{AFTER}{proposal_id}")


def take(memory: Memory, round_id: int, now: datetime, seconds: float) -> bool:
    """For so long it is the caller's to run. False where it is somebody else's, or has been run."""
    free = _rounds.c.id == round_id, _rounds.c.finished_at.is_(None), _nobodys(now)
    taken = memory.update(_rounds).where(*free).values(taken_until=now + timedelta(seconds=seconds))
    return memory.changed(taken) == 1


def owed(memory: Memory, now: datetime) -> tuple[Round, ...]:
    """Rounds that were claimed or owed, and neither finished nor anybody's at that time: whoever began may have
    died."""
    unfinished = _rounds.c.claim.is_not(None), _rounds.c.finished_at.is_(None), _nobodys(now)
    return tuple(_round(row) for row in memory.rows(memory.select(_rounds).where(*unfinished).order_by(_rounds.c.id)))


def under_way(memory: Memory, local_date: date) -> int | None:
    """That day's round, if it was claimed and has not been finished, whosever it is."""
    of_day = _rounds.c.claim == _key(local_date, DAILY), _rounds.c.finished_at.is_(None)
    row = memory.first(memory.select(_rounds, _rounds.c.id).where(*of_day))
    return int(row.id) if row else None


def next_best_on(memory: Memory, mentee_id: int, local_date: date) -> int:
    """How many rounds for that mentee alone, after a proposal that came to nothing, were finished of that day's."""
    of_day = _rounds.c.local_date == local_date, _rounds.c.finished_at.is_not(None)
    mine = _rounds.c.claim.in_(_claims_for(memory, mentee_id))
    return len(memory.rows(memory.select(_rounds, _rounds.c.id).where(*of_day, mine)))


def _claims_for(memory: Memory, mentee_id: int) -> list[str]:
    proposals = tables.proposals
    of_mentee = memory.select(proposals, proposals.c.id).where(proposals.c.mentee_id == mentee_id)
    return [f"{AFTER}{row.id}" for row in memory.rows(of_mentee)]


def _nobodys(now: datetime) -> ColumnElement[bool]:
    return or_(_rounds.c.taken_until.is_(None), _rounds.c.taken_until <= now)


def _key(local_date: date, attempt: str) -> str:
    return f"{local_date.isoformat()} {attempt}"


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


def latest(memory: Memory, mentee_id: int | None = None) -> Round | None:
    """The last that was finished, given a mentee: of those for everybody and for them alone."""
    row = memory.first(_latest(memory, mentee_id))
    return _round(row) if row else None


def _latest(memory: Memory, mentee_id: int | None) -> Select[Any]:
    finished = memory.select(_rounds).where(_rounds.c.finished_at.is_not(None))
    if mentee_id is not None:
        for_all = or_(_rounds.c.claim.is_(None), _rounds.c.claim.not_like(f"{AFTER}%"))
        finished = finished.where(or_(for_all, _rounds.c.claim.in_(_claims_for(memory, mentee_id))))
    return finished.order_by(_rounds.c.id.desc()).limit(1)


def told(memory: Memory, mentee_id: int) -> Told | None:
    """What the latest of those said stood in that mentee's way; None before there was one.

    The database takes it out of the record, which is as long as the organisation is large.
    """
    mine = _rounds.c.record["absences", str(mentee_id)]
    wanted = _rounds.c.id, _rounds.c.started_at, mine.label("mine")
    row = memory.first(_latest(memory, mentee_id).with_only_columns(*wanted))
    return None if row is None else Told(row.id, row.started_at, tuple(row.mine or ()))


def get(memory: Memory, round_id: int) -> Round:
    """Raises KeyError."""
    return _round(memory.get(_rounds, round_id))


def all(memory: Memory, limit: int = 35) -> tuple[Round, ...]:  # noqa: A001
    """The latest first, unfinished ones too."""
    return tuple(_round(row) for row in memory.rows(memory.select(_rounds).order_by(_rounds.c.id.desc()).limit(limit)))


def heads(memory: Memory, limit: int, skipped: int = 0) -> tuple[Head, ...]:
    """The latest first, unfinished ones too, after so many that are skipped."""
    named = ("seconds", "counted", "in_the_way", "gap", "for")
    wanted = [_rounds.c.record[name].label(f"its_{name}") for name in named]
    plain = [each for each in _rounds.c if each.name != "record"]
    statement = memory.select(_rounds, *plain, *wanted).order_by(_rounds.c.id.desc())
    return tuple(_head(row) for row in memory.rows(statement.limit(limit).offset(skipped)))


def for_everybody(memory: Memory, limit: int) -> tuple[int, ...]:
    """Ids of finished rounds for everybody, the latest first. However many were for one mentee between them."""
    statement = memory.select(_rounds, _rounds.c.id).where(*_finished_for_everybody()).order_by(_rounds.c.id.desc())
    return tuple(row.id for row in memory.rows(statement.limit(limit)))


def _finished_for_everybody() -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    for_all = or_(_rounds.c.claim.is_(None), _rounds.c.claim.not_like(f"{AFTER}%"))
    return _rounds.c.finished_at.is_not(None), for_all


def gaps(memory: Memory, limit: int) -> list[tuple[datetime, list[dict[str, Any]]]]:
    """Of finished rounds for everybody that tell of gaps, the latest first: (when it began, what it found)."""
    found = _rounds.c.record["gaps"].label("found")
    statement = memory.select(_rounds, _rounds.c.started_at, found).where(*_finished_for_everybody())
    rows = memory.rows(statement.order_by(_rounds.c.id.desc()).limit(limit))
    return [(row.started_at, row.found) for row in rows if row.found is not None]


def count(memory: Memory) -> int:
    """How many are kept."""
    row = memory.first(memory.select(_rounds, func.count().label("number")))
    return int(row.number) if row else 0


def _head(row: Row[Any]) -> Head:
    return Head(
        id=row.id,
        policy_version=row.policy_version,
        started_at=row.started_at,
        finished_at=row.finished_at,
        replayable=row.replayable,
        after=_after(row.claim),
        seconds=row.its_seconds or 0.0,
        counted=row.its_counted or {},
        in_the_way=row.its_in_the_way or {},
        gap=row.its_gap,
        mentee_id=(row.its_for or {}).get("mentee_id"),
    )


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
