"""Connected calendars: how to reach them, what was chosen, and how their last reading went."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Row, Select, Table, and_, or_, select

from mentoring.errors import BadInput, Missing, Reconnect
from mentoring.intervals import Interval
from mentoring.ports import Account, FoundCalendar
from store import tables
from store.keyring import ADDRESSES
from store.memory import Memory, batches
from store.reading import (
    busy_events,
    claim_due,
    hear,
    purge_past,
    save_problem,
    save_reading,
    save_unchanged,
    works_again,
)

__all__ = [
    "Calendar",
    "Connection",
    "account",
    "busy_events",
    "calendar",
    "calendars",
    "calendars_of",
    "choose",
    "claim_due",
    "connect",
    "connected_by",
    "connection",
    "connections",
    "copies_calendar",
    "disconnect",
    "hear",
    "make_due",
    "move",
    "of_connection",
    "purge_past",
    "renew",
    "rotate_secrets",
    "save_problem",
    "save_reading",
    "save_unchanged",
    "shared_anywhere",
]

ConnectionState = Literal["ok", "reconnect"]

_connections = tables.connections
_calendars = tables.calendars


@dataclass(frozen=True)
class Connection:
    """A person's account at a provider. state: "reconnect" when only the person can mend it; problem says why.

    address: of a private feed it is its password, so it is shown in no repr; empty when no key opens it any more.
    subject: the account's own name at Google or Microsoft, empty elsewhere. told_at: when its owner was told that it is
    broken; None once it works.
    """

    id: int
    person_id: int
    provider: str
    address: str = field(repr=False)
    username: str
    secret: str = field(repr=False)
    created_at: datetime
    state: ConnectionState = "ok"
    problem: str = ""
    subject: str = ""
    told_at: datetime | None = None


@dataclass(frozen=True)
class Calendar:
    """One calendar of a connection.

    covers: what the last good reading, at read_at, says something about. problem: why the latest failed, since when.
    next_read_at: None when it is not read by itself. heard_at: when its provider last told of a change.
    """

    id: int
    connection_id: int
    person_id: int
    href: str
    name: str
    zone: str
    writable: bool
    counts_as_busy: bool
    holds_copies: bool
    cursor: str
    read_at: datetime | None
    covers: Interval | None
    problem: str
    problem_since: datetime | None
    next_read_at: datetime | None
    heard_at: datetime | None = None

    @property
    def found(self) -> FoundCalendar:
        """As the provider knows it."""
        return FoundCalendar(self.href, self.name, self.zone, self.writable, self.counts_as_busy)


def connect(
    memory: Memory,
    person_id: int,
    account: Account,
    calendars: Sequence[FoundCalendar],
    now: datetime,
    subject: str = "",
) -> Connection:
    """Keeps the account, its address and secret encrypted, and its calendars, which are due at once.

    The same account again takes the new secret and keeps what was chosen; calendars that are no longer there go.
    subject: the account's own name at Google or Microsoft, by which it is the same though its address has changed.
    """
    values = {"secret": memory.keyring.encrypt(account.secret), "state": "ok", "problem": "", "told_at": None}
    named = {"username": account.username, "subject": subject, **_sealed(memory, account.address)}
    known = memory.first(memory.select(_connections).where(_same_account(memory, person_id, account, subject)))
    if known is None:
        new = memory.insert(
            _connections, person_id=person_id, provider=account.provider, created_at=now, **named, **values
        )
    else:
        new = known.id
        memory.changed(memory.update(_connections).where(_connections.c.id == new).values(**named, **values))
    _keep_calendars(memory, person_id, new, calendars, now)
    return connection(memory, new)


def _same_account(memory: Memory, person_id: int, account: Account, subject: str) -> ColumnElement[bool]:
    of_person = and_(_connections.c.person_id == person_id, _connections.c.provider == account.provider)
    if subject:
        return and_(of_person, _connections.c.subject == subject)
    at = _connections.c.address_key == _address_key(memory, account.address)
    return and_(of_person, at, _connections.c.username == account.username)


def connected_by(memory: Memory, provider: str, subject: str, address: str = "") -> frozenset[int]:
    """Whose connections that account is: the ids of people. Empty when nobody has connected it. address: it may have
    been connected under another name than it signs in with."""
    names = [_connections.c.subject == subject]
    names += [_connections.c.username == address] if address else []
    those = memory.select(_connections, _connections.c.person_id)
    return frozenset(
        row.person_id for row in memory.rows(those.where(_connections.c.provider == provider, or_(*names)))
    )


def shared_anywhere(memory: Memory, connection_id: int) -> bool:
    """System-wide: whether the same account is connected a second time, or an organisation invites with it."""
    mine = memory.first(select(_connections).where(_connections.c.id == connection_id))
    if mine is None or not mine.subject:
        return False
    return any(memory.first(each.limit(1)) is not None for each in _same_anywhere(mine))


def _same_anywhere(mine: Row[Any]) -> tuple[Select[Any], ...]:
    organisers = tables.organisers
    same = _connections.c.provider == mine.provider, _connections.c.subject == mine.subject
    invites = or_(organisers.c.subject == mine.subject, organisers.c.address == mine.username)
    return (
        select(_connections.c.id).where(*same, _connections.c.id != mine.id),
        select(organisers.c.id).where(organisers.c.provider == mine.provider, invites),
    )


def _sealed(memory: Memory, address: str) -> dict[str, str]:
    """The address as it is kept: readable with the keys only, and what it is found by."""
    return {"address": memory.keyring.encrypt(address), "address_key": _address_key(memory, address)}


def _address_key(memory: Memory, address: str) -> str:
    return memory.keyring.key_of(memory.scope, ADDRESSES)(address)


def _keep_calendars(
    memory: Memory, person_id: int, connection_id: int, found: Sequence[FoundCalendar], now: datetime
) -> None:
    of_connection = _calendars.c.connection_id == connection_id
    known = {row.href: row.id for row in memory.rows(memory.select(_calendars).where(of_connection))}
    for calendar in found:
        seen = {"name": calendar.name, "zone": calendar.zone, "writable": calendar.writable, **_due(now)}
        if calendar.href in known:
            row = _calendars.c.id == known.pop(calendar.href)
            memory.changed(memory.update(_calendars).where(row).values(**seen))
        else:
            memory.insert(_calendars, **_new(person_id, connection_id, calendar), **seen)
    if known:
        memory.changed(memory.delete(_calendars).where(_calendars.c.id.in_(known.values())))


def _new(person_id: int, connection_id: int, calendar: FoundCalendar) -> dict[str, Any]:
    return {
        "person_id": person_id,
        "connection_id": connection_id,
        "href": calendar.href,
        "counts_as_busy": calendar.counts_as_busy,
        "holds_copies": False,
        "cursor": "",
        "problem": "",
    }


def choose(memory: Memory, connection_id: int, busy_ids: Iterable[int], copies_id: int | None) -> None:
    """Which of the account's calendars count as busy, and which takes the copies (one a person, over all accounts).

    What a calendar no longer counts for is deleted. Raises KeyError, and BadInput for a calendar that is not among them
    or cannot be written.
    """
    owner = connection(memory, connection_id).person_id
    mine = {each.id: each for each in calendars(memory, owner) if each.connection_id == connection_id}
    busy = frozenset(busy_ids)
    if not busy <= mine.keys():
        raise BadInput.of("busy", "that calendar is not one of this account")
    if copies_id is not None and (copies_id not in mine or not mine[copies_id].writable):
        raise BadInput.of("copies", "that calendar cannot take invites")
    for calendar in mine.values():
        if calendar.counts_as_busy != (calendar.id in busy):
            _set_busy(memory, calendar, calendar.id in busy)
    every = _calendars.c.person_id == owner if copies_id is not None else _calendars.c.connection_id == connection_id
    memory.changed(memory.update(_calendars).where(every).values(holds_copies=_calendars.c.id == (copies_id or 0)))
    # What was wrong may have been with one that does not count any more.
    works_again(memory, connection_id)


def _set_busy(memory: Memory, calendar: Calendar, counts: bool) -> None:
    values: dict[str, Any] = {"counts_as_busy": counts}
    if not counts:
        unread = {"read_at": None, "covers_start": None, "covers_end": None, "problem_since": None}
        values |= {"cursor": "", "problem": "", **unread}
        memory.changed(memory.delete(tables.busy_events).where(tables.busy_events.c.calendar_id == calendar.id))
    else:
        # Due at once: any moment that has passed will do, and the account was connected in the past.
        values |= _due(connection(memory, calendar.connection_id).created_at)
    memory.changed(memory.update(_calendars).where(_calendars.c.id == calendar.id).values(**values))


def disconnect(memory: Memory, connection_id: int) -> None:
    """Deletes the account with its secret, calendars and events. Raises KeyError."""
    if not memory.changed(memory.delete(_connections).where(_connections.c.id == connection_id)):
        raise Missing(connection_id)


def move(memory: Memory, connection_id: int, before: str, after: str) -> None:
    """The server that answered at `before` answers at `after` now: the address, the calendars and the copies in them.

    What was chosen, read and placed stays.
    """
    address = connection(memory, connection_id).address
    _put_at(memory, _connections, connection_id, **_sealed(memory, _moved(address, before, after)))
    for row in memory.rows(memory.select(_calendars).where(_calendars.c.connection_id == connection_id)):
        _put_at(memory, _calendars, row.id, href=_moved(row.href, before, after))
        for copy in memory.rows(memory.select(tables.copies).where(tables.copies.c.calendar_id == row.id)):
            _put_at(memory, tables.copies, copy.id, href=_moved(copy.href, before, after))


def _put_at(memory: Memory, table: Table, row_id: int, **where: str) -> None:
    memory.changed(memory.update(table).where(table.c.id == row_id).values(**where))


def _moved(address: str, before: str, after: str) -> str:
    return after + address.removeprefix(before) if address.startswith(before) else address


def connection(memory: Memory, connection_id: int) -> Connection:
    """Raises KeyError."""
    return _connection(memory, memory.get(_connections, connection_id))


def connections(memory: Memory, person_id: int | None = None) -> tuple[Connection, ...]:
    """A person's, or everybody's. The secrets are as stored, encrypted; the addresses are not."""
    statement = memory.select(_connections).order_by("id")
    if person_id is not None:
        statement = statement.where(_connections.c.person_id == person_id)
    return tuple(_connection(memory, row) for row in memory.rows(statement))


def calendar(memory: Memory, calendar_id: int) -> Calendar:
    """Raises KeyError."""
    return _calendar(memory.get(_calendars, calendar_id))


def calendars(memory: Memory, person_id: int | None = None) -> tuple[Calendar, ...]:
    """A person's, or everybody's."""
    statement = memory.select(_calendars).order_by("id")
    if person_id is not None:
        statement = statement.where(_calendars.c.person_id == person_id)
    return tuple(_calendar(row) for row in memory.rows(statement))


def calendars_of(memory: Memory, person_ids: Iterable[int]) -> tuple[Calendar, ...]:
    """Those people's."""
    found: list[Calendar] = []
    for ids in batches(person_ids):
        theirs = memory.select(_calendars).where(_calendars.c.person_id.in_(ids)).order_by("id")
        found += (_calendar(row) for row in memory.rows(theirs))
    return tuple(found)


def of_connection(memory: Memory, connection_id: int) -> tuple[Calendar, ...]:
    """Those of one account."""
    theirs = memory.select(_calendars).where(_calendars.c.connection_id == connection_id).order_by("id")
    return tuple(_calendar(row) for row in memory.rows(theirs))


def copies_calendar(memory: Memory, person_id: int) -> Calendar | None:
    """Where that person's copies go, if anywhere."""
    return next((each for each in calendars(memory, person_id) if each.holds_copies), None)


def account(memory: Memory, connection_id: int) -> Account:
    """How to reach it, the secret opened. Raises KeyError, and Reconnect when no key opens the secret."""
    kept = connection(memory, connection_id)
    owner = memory.get(tables.people, kept.person_id)
    addresses = {owner.email, kept.username.strip().lower() if "@" in kept.username else owner.email}
    return Account(
        provider=kept.provider,
        address=kept.address,
        username=kept.username,
        secret=memory.keyring.decrypt(kept.secret),
        owners=frozenset(addresses),
        zone=owner.limits["zone"],
    )


def renew(memory: Memory, connection_id: int, before: str, after: str) -> bool:
    """Keeps the secret that the provider gave in place of the one before. False, and nothing changed, where that is
    not the one in force: the connection is gone, was connected anew, or somebody was faster."""
    kept = memory.first(memory.select(_connections).where(_connections.c.id == connection_id).with_for_update())
    if kept is None or _secret(memory, kept) != before:
        return False
    mine = memory.update(_connections).where(_connections.c.id == connection_id)
    return memory.changed(mine.values(secret=memory.keyring.encrypt(after))) == 1


def holds(memory: Memory, connection_id: int, secret: str) -> bool:
    """Whether that is the secret in force of the connection: it may have been connected anew meanwhile."""
    kept = memory.first(memory.select(_connections).where(_connections.c.id == connection_id))
    return kept is not None and _secret(memory, kept) == secret


def _secret(memory: Memory, row: Row[Any]) -> str | None:
    try:
        return memory.keyring.decrypt(row.secret)
    except Reconnect:
        return None


def make_due(memory: Memory, person_ids: Iterable[int], now: datetime) -> None:
    """Has the calendars of those people read at the next opportunity, unless only the person can mend them."""
    fine = memory.select(_connections, _connections.c.id).where(_connections.c.state == "ok")
    for ids in batches(person_ids):
        waiting = _calendars.c.person_id.in_(ids), _calendars.c.counts_as_busy, _calendars.c.connection_id.in_(fine)
        memory.changed(memory.update(_calendars).where(*waiting).values(**_due(now)))


def _due(at: datetime) -> dict[str, Any]:
    """Also where it is being read: what was changed just now would not be in that."""
    return {"next_read_at": at, "claimed_until": None}


@dataclass(frozen=True)
class Rotated:
    """How many accounts are under the first key now, and how many none of the keys opens."""

    done: int
    lost: int


def rotate_secrets(memory: Memory) -> Rotated:
    """Encrypts every address and secret with the first key. What no key opens is left as it is."""
    columns = (_connections.c.id, _connections.c.address, _connections.c.secret)
    rows = memory.rows(memory.select(_connections, *columns).with_for_update())
    done = sum(_rotated(memory, row) for row in rows)
    return Rotated(done, len(rows) - done)


def _rotated(memory: Memory, row: Row[Any]) -> bool:
    try:
        values = {name: memory.keyring.rotate(getattr(row, name)) for name in ("address", "secret")}
    except Reconnect:
        return False
    return memory.changed(memory.update(_connections).where(_connections.c.id == row.id).values(**values)) == 1


def _connection(memory: Memory, row: Row[Any]) -> Connection:
    values = {each.name: getattr(row, each.name) for each in fields(Connection)}
    return Connection(**values | {"address": _opened(memory, row.address)})


def _opened(memory: Memory, address: str) -> str:
    """The pages show an account that no key opens, too: its owner is asked to connect it again."""
    try:
        return memory.keyring.decrypt(address)
    except Reconnect:
        return ""


def _calendar(row: Row[Any]) -> Calendar:
    values = {each.name: getattr(row, each.name) for each in fields(Calendar) if each.name != "covers"}
    covers = Interval(row.covers_start, row.covers_end) if row.covers_start else None
    return Calendar(**values, covers=covers)
