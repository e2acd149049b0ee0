"""One look at calendars of one account, outside any transaction: what came of each, and nothing is saved here.

Here stands an edge: whatever goes wrong with a calendar becomes that calendar's problem, and nobody else's.
"""

from __future__ import annotations

import logging
import secrets
import traceback
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from mentoring.availability import Reading
from mentoring.errors import InterludeError, Reconnect, Refused, TryLater
from mentoring.intervals import Interval
from mentoring.policy import Policy
from mentoring.ports import Account, KeyOf, Own, ReadsCalendars, ReadsTogether, Wanted
from store import calendars, proposals
from store.calendars import Calendar
from store.memory import Memory
from workflows import accounts
from workflows.bootstrap import Parts
from workflows.knowing import reading_window

log = logging.getLogger("interlude.looking")

LANES = 4
"""How many calendars of one account are read at the same time. More at once Microsoft turns away:
https://learn.microsoft.com/en-us/graph/throttling-limits#outlook-service-limits"""

FAULT_PAUSE = timedelta(minutes=15)


@dataclass(frozen=True)
class Look:
    """What one look at one calendar gave: a reading, the word that nothing changed, or a problem.

    account: with which it was reached; None where it did not come to that.
    """

    calendar: Calendar
    began: datetime
    reading: Reading | None = None
    problem: InterludeError | None = None
    account: Account | None = None


@dataclass(frozen=True)
class Task:
    """Calendars of one account, to be looked at in one go where their provider can, else one after the other."""

    organisation_id: int
    calendars: tuple[Calendar, ...]
    policy: Policy


def tasks(
    parts: Parts, memory: Memory, organisation_id: int, found: Sequence[Calendar], policy: Policy
) -> Iterator[Task]:
    """The work that these calendars are. What is shared out can be done at the same time."""
    by_account: dict[int, list[Calendar]] = {}
    for calendar in found:
        by_account.setdefault(calendar.connection_id, []).append(calendar)
    for connection_id, theirs in by_account.items():
        for share in _shares(parts, calendars.connection(memory, connection_id), theirs):
            yield Task(organisation_id, tuple(share), policy)


def _shares(parts: Parts, account: calendars.Connection, theirs: list[Calendar]) -> list[list[Calendar]]:
    """An account that was in need of its owner is asked once, to see whether it still is."""
    if account.state == "reconnect" or _reads_together(parts, account.provider):
        return [theirs]
    return [theirs[lane::LANES] for lane in range(min(LANES, len(theirs)))]


def _reads_together(parts: Parts, provider: str) -> bool:
    try:
        return isinstance(parts.provider(provider), ReadsTogether)
    except Refused:
        return False


@dataclass(frozen=True)
class _WayIn:
    """All that a provider is asked with."""

    provider: ReadsCalendars
    account: Account
    window: Interval
    key_of: KeyOf
    own: Own
    now: datetime


def look(parts: Parts, task: Task) -> tuple[Look, ...]:
    """One for each calendar. After one that only the owner can mend, the rest of the account are left out."""
    began, way = parts.clock(), None
    try:
        way = _way_in(parts, task, began)
        if isinstance(way.provider, ReadsTogether):
            return tuple(_together(way, way.provider, task.calendars))
        return tuple(_one_by_one(way, task.calendars))
    except Exception as error:  # noqa: BLE001 -- the edge of the job: one account stops no other; logged in full
        return tuple(_failed(each, began, error, way) for each in task.calendars)


def _way_in(parts: Parts, task: Task, now: datetime) -> _WayIn:
    """Raises Reconnect when no key opens the account's secret, Refused when there is no such account any more."""
    first = task.calendars[0]
    window = reading_window(now, task.policy)
    try:
        with parts.database.reading(task.organisation_id) as memory:
            account = accounts.account_in(parts, memory, first.connection_id)
            own = own_events(memory, first.person_id, window)
    except KeyError:
        raise Refused("the calendar was disconnected") from None
    key_of = parts.database.keyring.key_of(task.organisation_id)
    return _WayIn(parts.provider(account.provider), account, window, key_of, own, now)


def own_events(memory: Memory, person_id: int, window: Interval) -> Own:
    """Interlude's own events that may stand in that person's calendars: what they were asked about, and may still
    come about. A proposal is noted as asked before anything of it goes out."""
    theirs = proposals.of_person(memory, person_id, since=window.start)
    return {each.uid: each.interval for each in theirs if each.blocking and each.asked(each.party(person_id))}


def _together(way: _WayIn, provider: ReadsTogether, those: Sequence[Calendar]) -> Iterator[Look]:
    wanted = [Wanted(each.found, _cursor(each)) for each in those]
    found = provider.read_together(way.account, wanted, way.window, way.key_of, way.now, way.own)
    for calendar in those:
        yield _told(calendar, way, found)


def _told(calendar: Calendar, way: _WayIn, found: Mapping[str, Reading | InterludeError | None]) -> Look:
    """A calendar that an answer says nothing of is unknown, and not unchanged."""
    left_out = TryLater("the answer said nothing of this calendar", FAULT_PAUSE)
    told = found.get(calendar.href, left_out)
    if isinstance(told, InterludeError):
        return _failed(calendar, way.now, told, way)
    return Look(calendar, way.now, reading=told)


def _one_by_one(way: _WayIn, those: Sequence[Calendar]) -> Iterator[Look]:
    for calendar in those:
        found = _one(way, calendar)
        yield found
        if isinstance(found.problem, Reconnect):
            return


def _one(way: _WayIn, calendar: Calendar) -> Look:
    asked = way.account, calendar.found, way.window, way.key_of, _cursor(calendar), way.now, way.own
    try:
        return Look(calendar, way.now, reading=way.provider.read(*asked))
    except Exception as error:  # noqa: BLE001 -- the edge of the job: one calendar stops no other; logged in full
        return _failed(calendar, way.now, error, way)


def _cursor(calendar: Calendar) -> str:
    """A calendar in trouble is read anew, as its cursor may be what is wrong with it."""
    return "" if calendar.problem else calendar.cursor


def _failed(calendar: Calendar, began: datetime, error: Exception, way: _WayIn | None) -> Look:
    if isinstance(error, InterludeError):
        log.info("calendar %s could not be read: %s", calendar.id, type(error).__name__)
        return Look(calendar, began, problem=error, account=way.account if way else None)
    return Look(calendar, began, problem=our_fault(f"calendar {calendar.id} could not be read", error))


def our_fault(what: str, bug: Exception) -> TryLater:
    """The bug as that calendar's problem: logged loudly, and found there by its reference."""
    reference = log_fault(what, bug)
    return TryLater(f"it could not be read because of a fault of ours; reference {reference}", FAULT_PAUSE)


def log_fault(what: str, problem: BaseException) -> str:
    """The reference that it is found by in the log."""
    reference = secrets.token_hex(4)
    log.error("reference %s: %s\n%s", reference, what, _where(problem))
    return reference


def _where(problem: BaseException) -> str:
    """The traceback without messages: what a library says may repeat what stands in a calendar (rule 5)."""
    kind = f"{type(problem).__module__}.{type(problem).__qualname__}"
    said = f"{''.join(traceback.format_tb(problem.__traceback__))}{kind}"
    before = problem.__cause__ or problem.__context__
    return f"{_where(before)}\nled to\n{said}" if before else said
