"""The events that lie in an organiser's own calendar, one a proposal, and what was last written and read there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from mentoring.proposals import Partstat, Party
from store import tables
from store.memory import Memory

_events = tables.organiser_events

REPLACING = "replacing "
"""Stands before the version that is being replaced: if another is found then, it may have been us."""


@dataclass(frozen=True)
class Heard:
    """What a guest had answered when the event was last looked at. at: when they did, where the provider tells.
    address: by which they are on it, whatever theirs is by now."""

    partstat: Partstat = Partstat.NEEDS_ACTION
    at: datetime | None = None
    address: str = ""


@dataclass(frozen=True)
class Event:
    """One of them. event_id: the provider's name for it, empty while it is being created. version: as last written.

    said: a keyed hash of the words last written. sequence: of the time that it shows; told_at: when the provider says
    that it was put there. heard: what each of the two that is a guest has answered. strangers: keyed hashes of the
    addresses of its other guests. missed_at: since when it was not found, if it was not when last looked at.
    """

    proposal_id: int
    organiser_id: int
    event_id: str = ""
    version: str = ""
    said: str = ""
    sequence: int = 0
    told_at: datetime | None = None
    heard: Mapping[Party, Heard] = field(default_factory=dict)
    strangers: frozenset[str] = frozenset()
    missed_at: datetime | None = None
    cancelled: bool = False

    @property
    def lives(self) -> bool:
        """Whether it lies there, as far as we know."""
        return bool(self.event_id) and not self.cancelled

    @property
    def in_doubt(self) -> bool:
        """Whether a change of it was begun, and nobody has noted how that went."""
        return self.version.startswith(REPLACING)

    @property
    def replaced(self) -> str:
        """The version that was to be replaced then."""
        return self.version.removeprefix(REPLACING)


def swap(memory: Memory, before: Event | None, after: Event) -> bool:
    """Notes what is about to be written there, in place of exactly what was read: of two who are about to change the
    same event, True for one. What was heard meanwhile stays. Raises ChangedMeanwhile where both are about to make it.
    """
    if before is None:
        memory.insert(_events, **_columns(after))
        return True
    as_read = [_events.c[name] == getattr(before, name) for name in ("proposal_id", "event_id", "version", "said")]
    return memory.changed(memory.update(_events).where(*as_read).values(version=after.version, said=after.said)) == 1


def save(memory: Memory, event: Event) -> None:
    """Notes it, in place of what was noted of this proposal."""
    values = _columns(event)
    mine = _events.c.proposal_id == event.proposal_id
    if not memory.changed(memory.update(_events).where(mine).values(**values)):
        memory.insert(_events, **values)


def _columns(event: Event) -> dict[str, Any]:
    values: dict[str, Any] = {name: getattr(event, name) for name in _SAME_NAMES}
    values["strangers"] = " ".join(sorted(event.strangers))
    for party in Party:
        heard = event.heard.get(party)
        values[f"{party}_partstat"] = heard.partstat.value if heard else NO_GUEST
        values[f"{party}_heard_at"] = heard.at if heard else None
        values[f"{party}_address"] = heard.address if heard else ""
    return values


def get(memory: Memory, proposal_id: int, *, to_change: bool = False) -> Event | None:
    """to_change: nobody else changes what is noted of it until this transaction ends."""
    mine = memory.select(_events).where(_events.c.proposal_id == proposal_id)
    row = memory.first(mine.with_for_update() if to_change else mine)
    return _event(row) if row else None


def live(memory: Memory) -> tuple[Event, ...]:
    """Those that lie in an organiser's calendar now, by proposal."""
    there = ~_events.c.cancelled, _events.c.event_id != ""
    rows = memory.rows(memory.select(_events).where(*there).order_by(_events.c.proposal_id))
    return tuple(_event(row) for row in rows)


NO_GUEST = ""
_SAME_NAMES = (
    "proposal_id",
    "organiser_id",
    "event_id",
    "version",
    "said",
    "sequence",
    "told_at",
    "missed_at",
    "cancelled",
)


def _event(row: Row[Any]) -> Event:
    known = row._mapping  # noqa: SLF001 - SQLAlchemy's documented access by name
    heard = {
        party: Heard(Partstat(known[f"{party}_partstat"]), known[f"{party}_heard_at"], known[f"{party}_address"])
        for party in Party
        if known[f"{party}_partstat"] != NO_GUEST
    }
    strangers = frozenset(row.strangers.split())
    return Event(**{name: known[name] for name in _SAME_NAMES}, heard=heard, strangers=strangers)
