"""What is to be watched: the calendars that count, and the calendar of the organisation's own account."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from mentoring.ports import MAIN_CALENDAR, Account, FoundCalendar
from store import calendars, organisers, watches
from store.memory import Memory
from store.watches import Watch
from workflows import accounts
from workflows.bootstrap import Parts

HOOKS = {"google": "/hooks/google", "outlook": "/hooks/microsoft"}
"""Where each provider calls us, under settings.push_url."""

ORGANISERS_CALENDAR = MAIN_CALENDAR
"""In which the organisation's own account has its events."""


@dataclass(frozen=True)
class Watched:
    """What is or was to be watched, and its watches so far. account: how to reach it, looked up when needed.

    waits: something is wrong with the account that only its owner can mend, so nothing new is asked for it.
    """

    organisation_id: int
    provider: str
    calendar: FoundCalendar
    account: Callable[[], Account]
    watches: tuple[Watch, ...]
    wanted: bool
    calendar_id: int | None = None
    organiser_id: int | None = None
    waits: bool = False


def watched(parts: Parts, organisation_id: int, connection_ids: Collection[int] | None = None) -> list[Watched]:
    """All that is, or should be, watched: of those accounts, or of all."""
    with parts.database.reading(organisation_id) as memory:
        by_calendar: dict[int, list[Watch]] = defaultdict(list)
        by_organiser: dict[int, list[Watch]] = defaultdict(list)
        for watch in watches.all(memory):
            if watch.calendar_id is not None:
                by_calendar[watch.calendar_id].append(watch)
            elif watch.organiser_id is not None:
                by_organiser[watch.organiser_id].append(watch)
        found = [*_calendars(parts, memory, by_calendar, connection_ids), *_organisers(parts, memory, by_organiser)]
    return [each for each in found if each.wanted or each.watches]


def _calendars(
    parts: Parts, memory: Memory, by_calendar: dict[int, list[Watch]], connection_ids: Collection[int] | None
) -> Iterator[Watched]:
    connected = {each.id: each for each in calendars.connections(memory)}
    for calendar in calendars.calendars(memory):
        account = connected.get(calendar.connection_id)
        if account is None or not (connection_ids is None or account.id in connection_ids):
            continue
        if account.provider not in HOOKS:
            continue
        yield Watched(
            organisation_id=memory.scope,
            provider=account.provider,
            calendar=calendar.found,
            account=_account_of(parts, memory.scope, account.id),
            watches=tuple(by_calendar[calendar.id]),
            wanted=bool(parts.settings.push_url) and calendar.counts_as_busy,
            calendar_id=calendar.id,
            waits=account.state != "ok",
        )


def _account_of(parts: Parts, organisation_id: int, connection_id: int) -> Callable[[], Account]:
    return lambda: accounts.account(parts, organisation_id, connection_id)


def _organisers(parts: Parts, memory: Memory, by_organiser: dict[int, list[Watch]]) -> Iterator[Watched]:
    for kept in organisers.all(memory):
        if kept.provider in HOOKS:
            yield Watched(
                organisation_id=memory.scope,
                provider=kept.provider,
                calendar=ORGANISERS_CALENDAR,
                account=_account_of_organiser(parts, memory.scope, kept.id),
                watches=tuple(by_organiser[kept.id]),
                wanted=bool(parts.settings.push_url) and kept.put_aside_at is None,
                organiser_id=kept.id,
            )


def _account_of_organiser(parts: Parts, organisation_id: int, organiser_id: int) -> Callable[[], Account]:
    return lambda: accounts.organiser(parts, organisation_id, organiser_id)
