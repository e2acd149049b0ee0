"""Reading calendars: which are due, each looked at once, and what came of it saved.

Here stands an edge: whatever goes wrong with a calendar becomes that calendar's problem, and nobody else's.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from mentoring.errors import InterludeError, Reconnect, Refused, TryLater
from mentoring.policy import Policy
from store import calendars, policies, proposals, watches
from store.calendars import Calendar
from store.memory import Memory
from workflows import accounts, looking
from workflows.bootstrap import Parts
from workflows.looking import FAULT_PAUSE, Look, Task

log = logging.getLogger("interlude.syncing")

THREADS = 16
OPEN_MINUTES = 1
RARELY = 4
"""How many times more rarely a calendar is read whose provider tells of changes."""
REFUSED_HOURS = 1
LEASE = timedelta(minutes=6)
"""How long a calendar is one run's: longer than a job may take, so that no two read it at once."""


@dataclass(frozen=True)
class Patience:
    """How long a run begins calendars, and how long it waits for them; what is left is the next tick's.

    Both end before the job is ended for taking too long.
    """

    begin_seconds: float = 120.0
    wait_seconds: float = 240.0


def sync_due(parts: Parts, patience: Patience | None = None) -> int:
    """Reads the calendars that are due, of all organisations, the longest due first. Returns how many it looked at.

    Each is claimed right before it is begun, so that several runs share the work out.
    """
    patience, due_by, began, looked = patience or Patience(), parts.clock(), time.monotonic(), 0

    def due(count: int) -> list[Task]:
        late = time.monotonic() - began >= patience.begin_seconds
        return [] if late else _claimed(parts, due_by, count)

    for task, look in _looks(parts, due, patience.wait_seconds):
        looked += 1
        try:
            _kept(parts, task, look)
        except Exception as problem:  # noqa: BLE001 -- the edge of the job: one calendar stops no other; logged in full
            looking.log_fault(f"what was read of calendar {look.calendar.id} could not be saved", problem)
    return looked


def _claimed(parts: Parts, due_by: datetime, count: int) -> list[Task]:
    """The next ones, past those of organisations that something is wrong with; none when nothing else is due."""
    while claimed := _claim(parts, due_by, count):
        if tasks := [task for each, ids in claimed.items() for task in _tasks_if_any(parts, each, ids)]:
            return tasks
    return []


def _claim(parts: Parts, due_by: datetime, count: int) -> dict[int, list[int]]:
    """Calendar ids by organisation. Without the database nothing more is begun, and what was begun is ended."""
    by_organisation: dict[int, list[int]] = {}
    try:
        with parts.database.writing_all() as memory:
            claimed = calendars.claim_due(memory, due_by, parts.clock() + LEASE, count)
    except TryLater as problem:
        log.warning("no calendars could be begun: %s", problem)
        return {}
    for organisation_id, calendar_id in claimed:
        by_organisation.setdefault(organisation_id, []).append(calendar_id)
    return by_organisation


def _tasks_if_any(parts: Parts, organisation_id: int, calendar_ids: Iterable[int]) -> list[Task]:
    """None for an organisation that something is wrong with: the others go on, and it is tried again."""
    try:
        return _tasks(parts, organisation_id, calendar_ids)
    except Exception as problem:  # noqa: BLE001 -- the edge of the job, as above
        looking.log_fault(f"the calendars of organisation {organisation_id} could not be begun", problem)
        return []


def _tasks(parts: Parts, organisation_id: int, calendar_ids: Iterable[int]) -> list[Task]:
    with parts.database.reading(organisation_id) as memory:
        policy = policies.current(memory)
        found = [each for calendar_id in calendar_ids if (each := _if_there(memory, calendar_id))]
        return list(looking.tasks(parts, memory, organisation_id, found, policy))


def _if_there(memory: Memory, calendar_id: int) -> Calendar | None:
    try:
        return calendars.calendar(memory, calendar_id)
    except KeyError:
        return None


def sync(parts: Parts, organisation_id: int, calendar_ids: Collection[int]) -> tuple[Look, ...]:
    """Reads those calendars at the same time, whatever came of them last, and saves each result as it comes.

    Raises, after the last one, what kept a result from being saved.
    """
    waiting = _tasks(parts, organisation_id, sorted(set(calendar_ids)))
    unsaved: list[Exception] = []
    looks: list[Look] = []

    def take(count: int) -> list[Task]:
        taken, waiting[:count] = waiting[:count], []
        return taken

    for task, look in _looks(parts, take):
        try:
            looks.append(_kept(parts, task, look))
        except Exception as problem:  # noqa: BLE001 -- raised when the others are saved
            unsaved.append(problem)
    if unsaved:
        raise unsaved[0]
    return tuple(sorted(looks, key=lambda look: look.calendar.id))


def read_again(parts: Parts, organisation_id: int, person_ids: Iterable[int]) -> tuple[Look, ...]:
    """Reads every calendar that counts for those people, now.

    One that failed is left alone, and unknown, while its pause lasts: its server may have asked for that (rule 7).
    """
    wanted, now = set(person_ids), parts.clock()
    with parts.database.reading(organisation_id) as memory:
        counting = [each for each in calendars.calendars_of(memory, wanted) if each.counts_as_busy]
        accounts = [account for person_id in wanted for account in calendars.connections(memory, person_id)]
    broken = {each.id for each in accounts if each.state == "reconnect"}
    return sync(parts, organisation_id, [each.id for each in counting if not _pauses(each, broken, now)])


def _pauses(calendar: Calendar, broken: Collection[int], now: datetime) -> bool:
    waits = calendar.next_read_at is not None and calendar.next_read_at > now
    return waits and (bool(calendar.problem) or calendar.connection_id in broken)


def _looks(
    parts: Parts, more: Callable[[int], list[Task]], wait_seconds: float | None = None
) -> Iterator[tuple[Task, Look]]:
    """Each look as it comes, so that a slow server holds nobody up but itself.

    more: up to so many tasks to begin, none when there are no others. Those that have not ended when the waiting does
    are taking too long, and what may still come of them is dropped.
    """
    ends = None if wait_seconds is None else time.monotonic() + wait_seconds
    running: dict[Future[tuple[Look, ...]], Task] = {}
    pool = ThreadPoolExecutor(THREADS)
    try:
        while True:
            free = THREADS - len(running)
            running |= {pool.submit(looking.look, parts, task): task for task in (more(free) if free > 0 else ())}
            done, _ = wait(running, _left(ends), FIRST_COMPLETED)
            if not done:
                break
            for future in done:
                task = running.pop(future)
                yield from ((task, look) for look in future.result())
        problem = TryLater("its server is taking too long to answer", FAULT_PAUSE)
        for task in running.values():
            yield from ((task, Look(each, parts.clock(), problem=problem)) for each in task.calendars)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _left(ends: float | None) -> float | None:
    return None if ends is None else max(0.0, ends - time.monotonic())


def _kept(parts: Parts, task: Task, look: Look) -> Look:
    """Saves it. What cannot be saved is a fault of ours, and noted as that. Raises InterludeError."""
    try:
        _save(parts, task, look)
    except InterludeError:
        raise
    except Exception as bug:  # noqa: BLE001 -- the edge of the job: one calendar stops no other; logged in full
        problem = looking.our_fault(f"calendar {look.calendar.id} could not be read", bug)
        look = replace(look, reading=None, problem=problem)
        _save(parts, task, look)
    return look


def _save(parts: Parts, task: Task, look: Look) -> None:
    """Dated by when the look began: what the calendar's owner changed since then is not in it."""
    with parts.database.writing(task.organisation_id) as memory:
        if _if_there(memory, look.calendar.id) is None:
            log.info("calendar %s was disconnected while it was read", look.calendar.id)
        else:
            _note(memory, look, task.policy)


def _note(memory: Memory, look: Look, policy: Policy) -> None:
    calendar, began = look.calendar, look.began
    if look.problem is not None:
        problem = _as_it_is_now(memory, look, look.problem)
        after, reconnect = _pause_after(problem, policy), isinstance(problem, Reconnect)
        calendars.save_problem(memory, calendar.id, str(problem), began, began + after, reconnect)
        return
    told = calendar.id in watches.live_until(memory, [calendar.id], began)
    next_read = began + timedelta(minutes=minutes_between(memory, calendar.person_id, policy, began, told))
    if look.reading is None:
        calendars.save_unchanged(memory, calendar.id, began, next_read)
    else:
        if look.reading.news and calendar.read_at is not None:
            watches.doubt(memory, calendar.id, calendar.read_at, began)
        calendars.save_reading(memory, calendar.id, look.reading, began, next_read)


def _as_it_is_now(memory: Memory, look: Look, problem: InterludeError) -> InterludeError:
    """What its owner has mended while it was looked at is not said to be broken: it is looked at again."""
    if isinstance(problem, Reconnect) and look.account is not None and not accounts.in_force(memory, look.account):
        return TryLater("it was connected anew while it was read")
    return problem


def _pause_after(problem: InterludeError, policy: Policy) -> timedelta:
    if isinstance(problem, TryLater):
        return max(problem.after, timedelta(minutes=1))
    if isinstance(problem, Refused | Reconnect):
        return timedelta(hours=REFUSED_HOURS)
    return timedelta(minutes=policy.sync_minutes)


def minutes_between(memory: Memory, person_id: int, policy: Policy, now: datetime, told: bool = False) -> int:
    """How often that person's calendars are read: each minute while something is open for them, and more rarely where
    their provider tells of changes by itself, yet well before the last reading counts for nothing."""
    waiting = any(
        each.blocking for each in proposals.of_person(memory, person_id, now - timedelta(days=policy.horizon_days))
    )
    if waiting:
        return OPEN_MINUTES
    rarely = min(RARELY * policy.sync_minutes, policy.stale_minutes // 2)
    return max(policy.sync_minutes, rarely) if told else policy.sync_minutes
