"""Reading calendars: one network look each, outside any transaction, and what came of it saved."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta

from mentoring.availability import Reading
from mentoring.errors import InterludeError, Reconnect, Refused, TryLater
from mentoring.policy import Policy
from mentoring.ports import Account, KeyOf
from store import calendars, policies, proposals
from store.calendars import Calendar
from store.memory import Memory
from workflows.bootstrap import Parts
from workflows.knowing import reading_window

log = logging.getLogger("interlude.syncing")

THREADS = 16
BATCH = 200
OPEN_MINUTES = 1
REFUSED_HOURS = 1


@dataclass(frozen=True)
class Look:
    """What one look at one calendar gave: a reading, the word that nothing changed, or a problem."""

    calendar: Calendar
    reading: Reading | None = None
    problem: InterludeError | None = None


def sync_due(parts: Parts) -> int:
    """Reads every calendar that is due, of all organisations. Returns how many were looked at."""
    with parts.database.reading_all() as memory:
        due = calendars.due_anywhere(memory, parts.clock(), BATCH)
    by_organisation: dict[int, list[int]] = {}
    for organisation_id, calendar_id in due:
        by_organisation.setdefault(organisation_id, []).append(calendar_id)
    for organisation_id, ids in by_organisation.items():
        sync(parts, organisation_id, ids)
    return len(due)


def sync(parts: Parts, organisation_id: int, calendar_ids: Collection[int]) -> tuple[Look, ...]:
    """Reads those calendars at the same time and saves each result as it comes."""
    now = parts.clock()
    with parts.database.reading(organisation_id) as memory:
        policy = policies.current(memory)
        rows = [each for each in calendars.calendars(memory, None) if each.id in set(calendar_ids)]
        accounts = {each.connection_id: calendars.account(memory, each.connection_id) for each in rows}
    if not rows:
        return ()
    key_of = parts.database.keyring.key_of(organisation_id)

    def look(calendar: Calendar) -> Look:
        return _look(parts, accounts[calendar.connection_id], calendar, policy, now, key_of)

    with ThreadPoolExecutor(max_workers=min(THREADS, len(rows))) as pool:
        looks = []
        for seen in pool.map(look, rows):
            _save(parts, organisation_id, seen, policy, now)
            looks.append(seen)
    return tuple(looks)


def read_again(parts: Parts, organisation_id: int, person_ids: Iterable[int]) -> tuple[Look, ...]:
    """Reads every calendar that counts for those people, now."""
    wanted = set(person_ids)
    with parts.database.reading(organisation_id) as memory:
        ids = [
            each.id for each in calendars.calendars(memory, None) if each.person_id in wanted and each.counts_as_busy
        ]
    return sync(parts, organisation_id, ids)


def _look(parts: Parts, account: Account, calendar: Calendar, policy: Policy, now: datetime, key_of: KeyOf) -> Look:
    try:
        provider = parts.provider(account.provider)
        cursor = "" if calendar.problem else calendar.cursor
        reading = provider.read(account, calendar.found, reading_window(now, policy), key_of, cursor, now)
    except InterludeError as problem:
        log.info("calendar %s could not be read: %s", calendar.id, type(problem).__name__)
        return Look(calendar, problem=problem)
    return Look(calendar, reading)


def _save(parts: Parts, organisation_id: int, look: Look, policy: Policy, began: datetime) -> None:
    """Dated by when the look began: what the calendar's owner changed since then is not in it."""
    try:
        with parts.database.writing(organisation_id) as memory:
            _note(memory, look, policy, began)
    except KeyError:
        log.info("calendar %s was disconnected while it was read", look.calendar.id)


def _note(memory: Memory, look: Look, policy: Policy, began: datetime) -> None:
    if look.problem is not None:
        after = _pause_after(look.problem, policy)
        reconnect = isinstance(look.problem, Reconnect)
        calendars.save_problem(memory, look.calendar.id, str(look.problem), began, began + after, reconnect)
        return
    next_read = began + timedelta(minutes=_minutes(memory, look.calendar.person_id, policy, began))
    if look.reading is None:
        calendars.save_unchanged(memory, look.calendar.id, began, next_read)
    else:
        calendars.save_reading(memory, look.calendar.id, look.reading, began, next_read)


def _pause_after(problem: InterludeError, policy: Policy) -> timedelta:
    if isinstance(problem, TryLater):
        return max(problem.after, timedelta(minutes=1))
    if isinstance(problem, Refused | Reconnect):
        return timedelta(hours=REFUSED_HOURS)
    return timedelta(minutes=policy.sync_minutes)


def _minutes(memory: Memory, person_id: int, policy: Policy, now: datetime) -> int:
    waiting = any(
        each.blocking for each in proposals.of_person(memory, person_id, now - timedelta(days=policy.horizon_days))
    )
    return OPEN_MINUTES if waiting else policy.sync_minutes
