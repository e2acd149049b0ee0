"""Where Google and Microsoft tell us of changes: each watch of a calendar, or of an organiser's own calendar.

A row is written before its provider is asked, so that whatever comes to be there is known here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, fields, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, or_, select

from mentoring.errors import Reconnect
from mentoring.ports import Channel
from store import tables
from store.memory import Memory, batches

_watches = tables.watches
_calendars = tables.calendars

CLOCKS_DIFFER = timedelta(minutes=2)
"""How long before the last reading a word still counts as having been about what that reading did not show yet."""


class WatchState(StrEnum):
    """ASKED: its provider is being asked, or did not say whether it has it. LIVE. LOST: it does not tell us any more.
    RESTING: its provider would not have it, and is asked again at renew_at."""

    ASKED = "asked"
    LIVE = "live"
    LOST = "lost"
    RESTING = "resting"


@dataclass(frozen=True)
class Watch:
    """channel, resource: see mentoring.ports.Channel. secret: as kept, encrypted.

    created_at: when the term began that ends at expires_at. renew_at: when it is to be prolonged, or asked for anew.
    doubted_at: news was found then that it had not told of.
    """

    id: int
    organisation_id: int
    calendar_id: int | None
    organiser_id: int | None
    channel: str
    resource: str
    secret: str = field(repr=False)
    state: WatchState
    created_at: datetime
    renew_at: datetime
    expires_at: datetime
    heard_at: datetime | None = None
    doubted_at: datetime | None = None


def ask(
    memory: Memory,
    new: Channel,
    seen: Collection[int],
    now: datetime,
    until: datetime,
    calendar_id: int | None = None,
    organiser_id: int | None = None,
) -> int | None:
    """The id of a new one that its provider may now be asked for; nobody else asks before `until`.

    seen: the ids of those that there are of it. None when there are others by now, or nothing to watch any more.
    """
    table, row_id = (_calendars, calendar_id) if calendar_id is not None else (tables.organisers, organiser_id)
    if memory.first(memory.select(table, table.c.id).where(table.c.id == row_id).with_for_update()) is None:
        return None
    of_it = _watches.c.calendar_id == calendar_id, _watches.c.organiser_id == organiser_id
    if {row.id for row in memory.rows(memory.select(_watches, _watches.c.id).where(*of_it))} != set(seen):
        return None
    return memory.insert(
        _watches,
        calendar_id=calendar_id,
        organiser_id=organiser_id,
        channel=new.id,
        resource="",
        secret=memory.keyring.encrypt(new.secret),
        state=WatchState.ASKED.value,
        created_at=now,
        renew_at=until,
        expires_at=new.expires_at,
    )


def live(memory: Memory, watch_id: int, channel: Channel, now: datetime, renew_at: datetime) -> bool:
    """Its provider has it, until then. False when nobody wants it any more."""
    term = {"created_at": now, "renew_at": renew_at, "expires_at": channel.expires_at, "doubted_at": None}
    named = {"channel": channel.id, "resource": channel.resource, "state": WatchState.LIVE.value}
    return _change(memory, watch_id, **named, **term)


def ask_again(memory: Memory, watch_id: int, at: datetime) -> bool:
    """Its provider did not say whether it has it: it may be heard from yet, and from then on another is asked for."""
    return _change(memory, watch_id, renew_at=at)


def rest(memory: Memory, watch_id: int, until: datetime) -> bool:
    """Its provider would not have it."""
    return _change(memory, watch_id, state=WatchState.RESTING.value, renew_at=until, expires_at=until)


def lose(memory: Memory, watch_id: int) -> bool:
    """It does not tell us any more: another is to take its place."""
    return _change(memory, watch_id, state=WatchState.LOST.value)


def renew_now(memory: Memory, watch_id: int, now: datetime) -> bool:
    """Its provider wants it to be prolonged."""
    return _change(memory, watch_id, renew_at=now)


def heard(memory: Memory, watch_id: int, now: datetime) -> bool:
    return _change(memory, watch_id, heard_at=now, doubted_at=None)


def doubt(memory: Memory, calendar_id: int, since: datetime, now: datetime) -> None:
    """A reading has found what is new since then. A watch that was there all the while and has said nothing is given a
    little longer, and doubted."""
    silent = or_(_watches.c.heard_at.is_(None), _watches.c.heard_at < since - CLOCKS_DIFFER)
    there = _watches.c.calendar_id == calendar_id, _live_at(now), _watches.c.created_at < since
    doubted = memory.update(_watches).where(*there, silent, _watches.c.doubted_at.is_(None))
    memory.changed(doubted.values(doubted_at=now))


def _live_at(now: datetime) -> ColumnElement[bool]:
    return and_(_watches.c.state == WatchState.LIVE.value, _watches.c.expires_at > now)


def forget(memory: Memory, watch_id: int) -> None:
    memory.changed(memory.delete(_watches).where(_watches.c.id == watch_id))


def _change(memory: Memory, watch_id: int, **values: Any) -> bool:
    return memory.changed(memory.update(_watches).where(_watches.c.id == watch_id).values(**values)) == 1


def all(memory: Memory) -> tuple[Watch, ...]:  # noqa: A001
    return tuple(_watch(row) for row in memory.rows(memory.select(_watches).order_by(_watches.c.id)))


def organisers_heard_since(memory: Memory, since: datetime) -> bool:
    """Whether anything was told of an organiser's calendar since then."""
    told = _watches.c.organiser_id.is_not(None), _watches.c.heard_at >= since
    return memory.first(memory.select(_watches, _watches.c.id).where(*told)) is not None


def live_until(memory: Memory, calendar_ids: Iterable[int], now: datetime) -> dict[int, datetime]:
    """Of those calendars that are watched: when the watch is to be prolonged."""
    found: dict[int, datetime] = {}
    for ids in batches(calendar_ids):
        statement = memory.select(_watches).where(_watches.c.calendar_id.in_(ids), _live_at(now))
        for row in memory.rows(statement):
            found[row.calendar_id] = max(found.get(row.calendar_id, row.renew_at), row.renew_at)
    return found


def find_anywhere(memory: Memory, channels: Iterable[str]) -> dict[str, Watch]:
    """System-wide: those of the channels, which notifications name, that there are."""
    found: dict[str, Watch] = {}
    for names in batches(channels):
        found |= {
            row.channel: _watch(row) for row in memory.rows(select(_watches).where(_watches.c.channel.in_(names)))
        }
    return found


def opened(memory: Memory, watch: Watch) -> Channel:
    """As its provider knows it. Raises Reconnect when no key opens its secret."""
    return Channel(watch.channel, watch.resource, memory.keyring.decrypt(watch.secret), watch.expires_at)


def rotate_secrets(memory: Memory) -> None:
    """Encrypts every secret with the first key. A watch that no key opens is lost, and replaced by itself."""
    for watch in all(memory):
        try:
            _change(memory, watch.id, secret=memory.keyring.rotate(watch.secret))
        except Reconnect:
            lose(memory, watch.id)


def _watch(row: Row[Any]) -> Watch:
    watch = Watch(**{each.name: getattr(row, each.name) for each in fields(Watch)})
    return replace(watch, state=WatchState(row.state))
