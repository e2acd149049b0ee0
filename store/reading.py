"""What reading a calendar leaves behind: its busy stretches, or the reason why it could not be read.

Other rooms find these functions in store.calendars.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, select, update

from mentoring.availability import BusyEvent, Busyness, Reading
from mentoring.intervals import Interval
from store import tables
from store.memory import Memory, batches

KEEP_PAST = timedelta(days=7)

_calendars = tables.calendars
_events = tables.busy_events


def claim_due(memory: Memory, now: datetime, until: datetime, limit: int) -> list[tuple[int, int]]:
    """System-wide: takes what is to be read by now, the longest due first, so that nobody else does.

    (organisation_id, calendar_id) of each. Who reads one says when it is due again; if they never do, it is `until`.
    """
    due = _calendars.c.next_read_at <= now, _calendars.c.counts_as_busy
    statement = select(_calendars.c.organisation_id, _calendars.c.id).where(*due)
    in_order = statement.order_by(_calendars.c.next_read_at, _calendars.c.id).limit(limit)
    rows = memory.rows(in_order.with_for_update(skip_locked=True))
    for ids in batches(row.id for row in rows):
        memory.changed(update(_calendars).where(_calendars.c.id.in_(ids)).values(next_read_at=until))
    return [(row.organisation_id, row.id) for row in rows]


def save_reading(
    memory: Memory, calendar_id: int, reading: Reading, now: datetime, next_read_at: datetime | None
) -> None:
    """The calendar's busy stretches are these and no others. One that began before the last one noted changes nothing.

    Raises KeyError when the calendar was disconnected meanwhile.
    """
    row = _locked(memory, calendar_id)
    if row.read_at is not None and row.read_at > now:
        return
    covers = {"covers_start": reading.covers.start, "covers_end": reading.covers.end}
    _note(memory, row, cursor=reading.cursor, next_read_at=next_read_at, **covers, **_good(now))
    memory.changed(memory.delete(_events).where(_events.c.calendar_id == calendar_id))
    owned = {"calendar_id": calendar_id, "person_id": row.person_id}
    memory.insert_many(_events, [owned | _event_columns(event) for event in reading.events])


def save_unchanged(memory: Memory, calendar_id: int, now: datetime, next_read_at: datetime | None) -> None:
    """Nothing has changed since the cursor was given. Raises KeyError."""
    row = _locked(memory, calendar_id)
    if row.read_at is None or row.read_at <= now:
        _note(memory, row, next_read_at=next_read_at, **_good(now))


def save_problem(
    memory: Memory, calendar_id: int, words: str, now: datetime, next_read_at: datetime | None, reconnect: bool = False
) -> None:
    """It could not be read; what was read before stays, and grows stale. Raises KeyError."""
    row = _locked(memory, calendar_id)
    _note(memory, row, problem=words, problem_since=row.problem_since or now, next_read_at=next_read_at)
    if reconnect:
        _set_connection(memory, row, "reconnect", words)


def _locked(memory: Memory, calendar_id: int) -> Row[Any]:
    """The calendar, which nobody else changes until this transaction ends."""
    row = memory.first(memory.select(_calendars).where(_calendars.c.id == calendar_id).with_for_update())
    if row is None:
        raise KeyError(calendar_id)
    return row


def _good(now: datetime) -> dict[str, Any]:
    return {"read_at": now, "problem": "", "problem_since": None}


def _note(memory: Memory, row: Row[Any], **values: Any) -> None:
    memory.changed(memory.update(_calendars).where(_calendars.c.id == row.id).values(**values))
    if values.get("read_at"):
        _set_connection(memory, row, "ok", "")


def _set_connection(memory: Memory, row: Row[Any], state: str, problem: str) -> None:
    connection = tables.connections.c.id == row.connection_id, tables.connections.c.problem != problem
    memory.changed(memory.update(tables.connections).where(*connection).values(state=state, problem=problem))


def _event_columns(event: BusyEvent) -> dict[str, Any]:
    return {"start_at": event.interval.start, "end_at": event.interval.end, "kind": event.kind.value, "key": event.key}


def purge_past(memory: Memory, now: datetime) -> int:
    """Deletes what ended more than seven days ago. Returns how many rows."""
    return memory.changed(memory.delete(_events).where(_events.c.end_at < now - KEEP_PAST))


def busy_events(memory: Memory, person_ids: Iterable[int], window: Interval) -> dict[int, tuple[BusyEvent, ...]]:
    """Of each of those people, what touches the window, over their calendars that count as busy; empty for nothing.

    Empty is not yet free: whether the calendars could be read is another question.
    """
    found: dict[int, list[BusyEvent]] = defaultdict(list)
    wanted = set(person_ids)
    for ids in batches(wanted):
        for row in memory.rows(_busy_rows(memory, ids, window)):
            event = BusyEvent(Interval(row.start_at, row.end_at), _KINDS[row.kind], row.key)
            found[row.person_id].append(event)
    return {person_id: tuple(found[person_id]) for person_id in wanted}


_KINDS = {kind.value: kind for kind in Busyness}


def _busy_rows(memory: Memory, ids: list[int], window: Interval) -> Any:
    counting = memory.select(_calendars, _calendars.c.id).where(_calendars.c.counts_as_busy)
    counting = counting.where(_calendars.c.person_id.in_(ids))
    columns = [_events.c[name] for name in ("person_id", "start_at", "end_at", "kind", "key")]
    touching = _events.c.start_at < window.end, _events.c.end_at > window.start
    statement = memory.select(_events, *columns).where(_events.c.person_id.in_(ids), *touching)
    return statement.where(_events.c.calendar_id.in_(counting)).order_by(_events.c.start_at, _events.c.id)
