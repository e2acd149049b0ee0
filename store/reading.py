"""What reading a calendar leaves behind: its busy stretches, or the reason why it could not be read.

Other rooms find these functions in store.calendars.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, exists, or_, select, update

from mentoring.availability import BusyEvent, Busyness, Reading
from mentoring.intervals import Interval
from mentoring.outbox import Letter
from store import mailboxes, outbox, tables
from store.memory import Memory, batches

KEEP_PAST = timedelta(days=7)
TOGETHER = timedelta(seconds=15)
"""At the least between two readings of a calendar that its provider tells of changes in."""

_calendars = tables.calendars
_connections = tables.connections
_events = tables.busy_events


def claim_due(memory: Memory, now: datetime, until: datetime, limit: int) -> list[tuple[int, int]]:
    """System-wide: takes what is to be read by now, the longest due first, so that nobody else does before `until`.

    (organisation_id, calendar_id) of each. Those of the same account that are due as well come with them, beyond the
    limit, since a provider may answer for all of them at once.
    """
    of_account, unclaimed = _calendars.c.connection_id, _calendars.c.claimed_until
    due = _calendars.c.next_read_at <= now, _calendars.c.counts_as_busy, or_(unclaimed.is_(None), unclaimed <= now)
    found = select(_calendars.c.organisation_id, _calendars.c.id, of_account).where(*due)
    first = memory.rows(_in_turn(found).limit(limit).with_for_update(skip_locked=True))
    siblings = found.where(of_account.in_({row.connection_id for row in first}))
    rows = memory.rows(_in_turn(siblings).with_for_update(skip_locked=True)) if first else []
    for ids in batches(row.id for row in rows):
        memory.changed(update(_calendars).where(_calendars.c.id.in_(ids)).values(claimed_until=until))
    return [(row.organisation_id, row.id) for row in rows]


def _in_turn(statement: Select[Any]) -> Select[Any]:
    return statement.order_by(_calendars.c.next_read_at, _calendars.c.id)


def save_reading(
    memory: Memory, calendar_id: int, reading: Reading, now: datetime, next_read_at: datetime | None
) -> None:
    """The calendar's busy stretches are these and no others. One that began before the last one noted changes nothing.

    now: when the reading began. Raises KeyError when the calendar was disconnected meanwhile.
    """
    row = _locked(memory, calendar_id)
    if row.read_at is not None and row.read_at > now:
        return
    covers = {"covers_start": reading.covers.start, "covers_end": reading.covers.end}
    _note(memory, row, cursor=reading.cursor, **covers, **_good(row, now, next_read_at))
    memory.changed(memory.delete(_events).where(_events.c.calendar_id == calendar_id))
    owned = {"calendar_id": calendar_id, "person_id": row.person_id}
    memory.insert_many(_events, [owned | _event_columns(event) for event in reading.events])


def save_unchanged(memory: Memory, calendar_id: int, now: datetime, next_read_at: datetime | None) -> None:
    """Nothing has changed since the cursor was given. Raises KeyError."""
    row = _locked(memory, calendar_id)
    if row.read_at is None or row.read_at <= now:
        _note(memory, row, **_good(row, now, next_read_at))


def save_problem(
    memory: Memory, calendar_id: int, words: str, now: datetime, next_read_at: datetime | None, reconnect: bool = False
) -> None:
    """It could not be read; what was read before stays, and grows stale. One that began before the last reading
    changes nothing: it was readable after that. Raises KeyError.

    reconnect: only its owner can mend that, so that the whole account is left alone as long.
    """
    row = _locked(memory, calendar_id)
    if row.read_at is not None and row.read_at > now:
        return
    _note(memory, row, problem=words, problem_since=row.problem_since or now, next_read_at=next_read_at)
    if reconnect:
        _breaks(memory, row, words, now)
        if next_read_at is not None:
            _leave_alone(memory, row, next_read_at)


def _locked(memory: Memory, calendar_id: int) -> Row[Any]:
    """The calendar, which nobody else changes until this transaction ends."""
    row = memory.first(memory.select(_calendars).where(_calendars.c.id == calendar_id).with_for_update())
    if row is None:
        raise KeyError(calendar_id)
    return row


def _good(row: Row[Any], now: datetime, next_read_at: datetime | None) -> dict[str, Any]:
    """What was told of while the reading ran may not be in it: read again soon."""
    if next_read_at is not None and row.heard_at is not None and row.heard_at >= now:
        next_read_at = min(next_read_at, now + TOGETHER)
    return {"read_at": now, "problem": "", "problem_since": None, "next_read_at": next_read_at}


def _note(memory: Memory, row: Row[Any], **values: Any) -> None:
    """Whoever has read it holds it no longer."""
    changed = memory.update(_calendars).where(_calendars.c.id == row.id).values(**values, claimed_until=None)
    memory.changed(changed)
    if values.get("read_at"):
        works_again(memory, row.connection_id)


def works_again(memory: Memory, connection_id: int) -> None:
    """The account works again once no calendar of it that counts is in trouble."""
    of_it = _calendars.c.connection_id == connection_id, _calendars.c.counts_as_busy, _calendars.c.problem != ""
    in_trouble = exists().where(memory.mine(_calendars), *of_it)
    broken = _connections.c.id == connection_id, _connections.c.state != "ok", ~in_trouble
    again = {"state": "ok", "problem": "", "told_at": None}
    memory.changed(memory.update(_connections).where(*broken).values(**again))


def _breaks(memory: Memory, row: Row[Any], problem: str, now: datetime) -> None:
    """Its owner is told of it once, until it has worked again in between; by mail, as soon as there is any."""
    this, changed = _connections.c.id == row.connection_id, _connections.c.problem != problem
    memory.changed(memory.update(_connections).where(this, changed).values(state="reconnect", problem=problem))
    if mailboxes.kept(memory) is None:
        return
    untold = memory.update(_connections).where(this, _connections.c.told_at.is_(None)).values(told_at=now)
    if memory.changed(untold) and not outbox.letter_waits(memory, row.person_id, Letter.BROKEN):
        outbox.write_letter(memory, row.person_id, Letter.BROKEN, now, now)


def _leave_alone(memory: Memory, row: Row[Any], until: datetime) -> None:
    """The others of that account, too. One that somebody saves just now is passed over: two that waited for each
    other's calendars would wait for ever."""
    others = _calendars.c.connection_id == row.connection_id, _calendars.c.next_read_at < until
    found = memory.rows(memory.select(_calendars, _calendars.c.id).where(*others).with_for_update(skip_locked=True))
    for ids in batches(each.id for each in found):
        memory.changed(memory.update(_calendars).where(_calendars.c.id.in_(ids)).values(next_read_at=until))


def hear(memory: Memory, calendar_ids: Iterable[int], now: datetime) -> bool:
    """Its provider tells of a change in each: to be read at once, or a little after the last reading, so that many such
    words make few readings. Whether what is said now has made any due that was not.

    A calendar in trouble is still left alone for as long as was said.
    """
    made_due = False
    those = memory.select(_calendars).where(_calendars.c.id.in_(sorted(set(calendar_ids))))
    for row in memory.rows(those.order_by(_calendars.c.id).with_for_update()):
        due = max(now, row.read_at + TOGETHER) if row.read_at else now
        earlier = not row.problem and row.next_read_at is not None and due < row.next_read_at
        values: dict[str, Any] = {"heard_at": now} | ({"next_read_at": due} if earlier else {})
        memory.changed(memory.update(_calendars).where(_calendars.c.id == row.id).values(**values))
        made_due = made_due or (earlier and due <= now)
    return made_due


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
