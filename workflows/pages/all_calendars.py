"""Everybody's calendars, for admins: whose, where, how each is and how it is read. Never what it is called or holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from store import calendars, directory, policies, watches
from store.calendars import Calendar, Connection
from workflows import steering
from workflows.admin_views import PAGE_SIZE, AccountCalendar, AllCalendarsPage, Part, ProviderFigures
from workflows.bootstrap import Parts
from workflows.calendar_words import TELLERS, for_admins, kind
from workflows.pages.calendars import status
from workflows.views import CalendarStatus, Who

URGENT = (CalendarStatus.TROUBLE, CalendarStatus.STALE, CalendarStatus.WAITING, CalendarStatus.FRESH)

TOLD = "They have been told by mail. Only they can mend it."
ASK_THEM = "Only they can mend it: ask them to look at their calendars page."
BY_ITSELF = "It is tried again by itself. If it lasts, ask them to look at their calendars page."
LOOK_AT_WORKERS = "Nobody has read it for too long: if it is like that for many, see whether the workers run."


@dataclass(frozen=True)
class _One:
    """A calendar that counts, whose and how it is."""

    calendar: Calendar
    account: Connection
    owner: directory.Line
    status: CalendarStatus
    renewed_at: datetime | None

    @property
    def told_by(self) -> str:
        return TELLERS.get(self.account.provider, "") if self.renewed_at else ""


def all_calendars(parts: Parts, who: Who, state: CalendarStatus | None = None, number: int = 1) -> AllCalendarsPage:
    """What needs looking at comes first. state: only those. Raises NotAllowed for anybody but an admin."""
    now = parts.clock()
    with parts.database.reading(who.organisation_id) as memory:
        admin = steering.admin(memory, who)
        policy = policies.current(memory)
        owners = {each.id: each for each in directory.everyone(memory)}
        accounts = {each.id: each for each in calendars.connections(memory)}
        rows = [each for each in calendars.calendars(memory) if each.counts_as_busy]
        told = watches.live_until(memory, [each.id for each in rows], now) if parts.settings.push_url else {}
    everything = [
        _One(row, accounts[row.connection_id], owners[row.person_id], status(row, policy, now), told.get(row.id))
        for row in rows
    ]
    wanted = [each for each in everything if state in {None, each.status}]
    wanted.sort(key=lambda each: (URGENT.index(each.status), each.owner.name.casefold(), each.calendar.id))
    part = Part(min(number, Part(total=len(wanted)).last), len(wanted))
    return AllCalendarsPage(
        zone=admin.limits.zone,
        lines=tuple(_line(each) for each in wanted[part.skipped : part.skipped + PAGE_SIZE]),
        providers=_figures(everything),
        counts=Counter(each.status for each in everything),
        state=state,
        part=part,
        every_minutes=policy.sync_minutes,
        push=bool(parts.settings.push_url),
    )


def _figures(everything: Sequence[_One]) -> tuple[ProviderFigures, ...]:
    by_kind: dict[str, list[_One]] = {}
    for each in everything:
        by_kind.setdefault(kind(each.account.provider), []).append(each)
    return tuple(
        ProviderFigures(
            kind=name,
            calendars=len(those),
            by_status=Counter(each.status for each in those),
            told=sum(each.renewed_at is not None for each in those),
        )
        for name, those in sorted(by_kind.items())
    )


def _line(one: _One) -> AccountCalendar:
    return AccountCalendar(
        person_id=one.calendar.person_id,
        person=one.owner.name,
        account=for_admins(one.account, one.owner.email),
        status=one.status,
        last_read_at=one.calendar.read_at,
        told_by=one.told_by,
        renewed_at=one.renewed_at,
        problem=one.calendar.problem,
        what_to_do=_what_to_do(one),
    )


def _what_to_do(one: _One) -> str:
    if one.status is CalendarStatus.STALE:
        return LOOK_AT_WORKERS
    if one.status is not CalendarStatus.TROUBLE:
        return ""
    if one.account.state == "ok":
        return BY_ITSELF
    return TOLD if one.account.told_at else ASK_THEM
