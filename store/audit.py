"""Who did what to what, and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from store import tables
from store.memory import Memory


@dataclass(frozen=True)
class Entry:
    """who: a person's name, or that of the command line. subject: what it was done to."""

    who: str
    what: str
    subject: str
    at: datetime


def note(memory: Memory, who: str, what: str, subject: str, now: datetime) -> None:
    memory.insert(tables.audit, who=who, what=what, subject=subject, at=now)


def recent(memory: Memory, limit: int = 100, skipped: int = 0) -> tuple[Entry, ...]:
    """The latest first, after so many that are skipped."""
    ordered = memory.select(tables.audit).order_by(tables.audit.c.at.desc(), tables.audit.c.id.desc())
    rows = memory.rows(ordered.limit(limit).offset(skipped))
    return tuple(Entry(row.who, row.what, row.subject, row.at) for row in rows)
