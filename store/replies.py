"""What came in by mail: answers until they are counted, and what was set aside and why. Never a mail's words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select

from mentoring.intervals import Interval
from mentoring.mail import SetAside
from mentoring.proposals import Partstat
from store import tables
from store.memory import Memory

_replies = tables.replies

WAITING, COUNTED, SET_ASIDE = "waiting", "counted", "set_aside"


@dataclass(frozen=True)
class Kept:
    """One of them. why: of what was set aside. counter: another time that it offers."""

    id: int
    proposal_id: int | None
    person_id: int | None
    received_at: datetime
    state: str
    why: SetAside | None
    partstat: Partstat
    sequence: int
    stamp: datetime | None
    counter: Interval | None


def add(
    memory: Memory,
    trace: str,
    now: datetime,
    *,
    proposal_id: int,
    person_id: int,
    partstat: Partstat,
    sequence: int,
    stamp: datetime,
    counter: Interval | None,
    try_at: datetime | None = None,
) -> int | None:
    """An answer that waits to be counted; None for one that came before. try_at: when the sweep looks for it."""
    return memory.insert_new(
        _replies,
        proposal_id=proposal_id,
        person_id=person_id,
        trace=trace,
        received_at=now,
        state=WAITING,
        why="",
        partstat=partstat.value,
        sequence=sequence,
        stamp=stamp,
        start_at=counter.start if counter else None,
        end_at=counter.end if counter else None,
        try_at=try_at or now,
    )


def set_aside(
    memory: Memory,
    trace: str,
    why: SetAside,
    now: datetime,
    proposal_id: int | None = None,
    person_id: int | None = None,
) -> None:
    """Something that is no answer, once however often it comes."""
    nothing = {"partstat": Partstat.NEEDS_ACTION.value, "sequence": 0}
    memory.insert_new(
        _replies,
        proposal_id=proposal_id,
        person_id=person_id,
        trace=trace,
        received_at=now,
        state=SET_ASIDE,
        why=why.value,
        **nothing,
    )


def get(memory: Memory, reply_id: int) -> Kept:
    """Raises KeyError."""
    return _kept(memory.get(_replies, reply_id))


def counted(memory: Memory, reply_id: int) -> bool:
    """False, here as below, where somebody else has ended it already."""
    return _change(memory, reply_id, state=COUNTED, try_at=None)


def not_counted(memory: Memory, reply_id: int, why: SetAside) -> bool:
    return _change(memory, reply_id, state=SET_ASIDE, why=why.value, try_at=None)


def again(memory: Memory, reply_id: int, at: datetime) -> bool:
    """It could not be judged yet; again then."""
    return _change(memory, reply_id, try_at=at)


def _change(memory: Memory, reply_id: int, **values: Any) -> bool:
    waiting = _replies.c.id == reply_id, _replies.c.state == WAITING
    return memory.changed(memory.update(_replies).where(*waiting).values(**values)) == 1


def due_anywhere(memory: Memory, now: datetime, limit: int) -> list[tuple[int, int]]:
    """System-wide: (organisation_id, reply_id) of the answers that wait to be counted."""
    due = select(_replies.c.organisation_id, _replies.c.id).where(_replies.c.state == WAITING, _replies.c.try_at <= now)
    return [(row.organisation_id, row.id) for row in memory.rows(due.order_by(_replies.c.id).limit(limit))]


def recently_set_aside(memory: Memory, limit: int = 50) -> tuple[Kept, ...]:
    """The latest first."""
    statement = memory.select(_replies).where(_replies.c.state == SET_ASIDE)
    return tuple(_kept(row) for row in memory.rows(statement.order_by(_replies.c.id.desc()).limit(limit)))


def last_came_at(memory: Memory) -> datetime | None:
    """When something last came in by mail, of what is still kept."""
    row = memory.first(memory.select(_replies, func.max(_replies.c.received_at).label("at")))
    return row.at if row else None


def purge(memory: Memory, before: datetime) -> int:
    """Deletes what came earlier. Returns how many."""
    return memory.changed(memory.delete(_replies).where(_replies.c.received_at < before))


def _kept(row: Row[Any]) -> Kept:
    return Kept(
        id=row.id,
        proposal_id=row.proposal_id,
        person_id=row.person_id,
        received_at=row.received_at,
        state=row.state,
        why=SetAside(row.why) if row.why else None,
        partstat=Partstat(row.partstat),
        sequence=row.sequence,
        stamp=row.stamp,
        counter=Interval(row.start_at, row.end_at) if row.start_at else None,
    )
