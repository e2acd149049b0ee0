"""The accounts at Google or Microsoft that an organisation invites with: the one in force, and those put aside."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, func, literal, or_, select

from mentoring.doors import Granted
from mentoring.errors import Reconnect
from mentoring.mail import Organiser
from mentoring.ports import Account
from mentoring.proposals import BLOCKING
from store import tables
from store.calendars import Rotated
from store.columns import Moment
from store.memory import Memory

_organisers = tables.organisers


@dataclass(frozen=True)
class Kept:
    """One of them as the pages show it, without its tokens. subject: its name at the provider that never changes.

    put_aside_at: since when it invites to nothing new, and only goes on with what it began; None for the one in force.
    problem: why what was last asked of it did not work. failing_since: None unless nothing at all can be done with it;
    tried_at: when that was last tried.
    """

    id: int
    provider: str
    subject: str
    address: str
    name: str
    saved_at: datetime
    put_aside_at: datetime | None = None
    problem: str = ""
    failing_since: datetime | None = None
    tried_at: datetime | None = None

    @property
    def organiser(self) -> Organiser:
        return Organiser(self.name, self.address)


def save(memory: Memory, provider: str, granted: Granted, name: str, now: datetime) -> int:
    """It invites from now on, in place of the one in force, which is put aside. The same account takes the new tokens
    and keeps its id, also one that had been put aside."""
    put_aside(memory, now)
    working = {"saved_at": now, "put_aside_at": None, "problem": "", "failing_since": None, "tried_at": None}
    secret = memory.keyring.encrypt(granted.secret)
    values = {"address": granted.address.strip().lower(), "name": name, "secret": secret, **working}
    same = _organisers.c.provider == provider, _organisers.c.subject == granted.subject
    known = memory.first(memory.select(_organisers, _organisers.c.id).where(*same))
    if known is None:
        return memory.insert(_organisers, provider=provider, subject=granted.subject, **values)
    memory.changed(memory.update(_organisers).where(_organisers.c.id == known.id).values(**values))
    return int(known.id)


def put_aside(memory: Memory, now: datetime) -> bool:
    """From now on the one in force invites to nothing new. False where there is none."""
    in_force = _organisers.c.put_aside_at.is_(None)
    return memory.changed(memory.update(_organisers).where(in_force).values(put_aside_at=now)) == 1


def forget(memory: Memory, of: Kept, now: datetime) -> bool:
    """With its tokens, and what is known of its events. False, and nothing changed, where something is left to do with
    it, or it was connected anew since."""
    if not is_done_with(memory, of, now):
        return False
    aside = _organisers.c.put_aside_at.is_not(None)
    return memory.changed(memory.delete(_organisers).where(_same(of), aside)) == 1


def shared_anywhere(memory: Memory, organiser_id: int) -> bool:
    """System-wide: whether another organisation invites with the same account, or somebody has connected it."""
    mine = memory.first(select(_organisers).where(_organisers.c.id == organiser_id))
    if mine is None:
        return False
    invites = _organisers.c.provider == mine.provider, _organisers.c.subject == mine.subject
    connections = tables.connections
    reads = or_(connections.c.subject == mine.subject, connections.c.username == mine.address)
    others = (
        select(_organisers.c.id).where(*invites, _organisers.c.id != organiser_id),
        select(connections.c.id).where(connections.c.provider == mine.provider, reads),
    )
    return any(memory.first(each.limit(1)) is not None for each in others)


def used_anywhere(memory: Memory, provider: str, granted: Granted) -> bool:
    """System-wide: whether an organisation invites with that account, or somebody has connected it; where it is not
    known whose it is, whether it may be."""
    connections = tables.connections
    invites = [_organisers.c.provider == provider]
    reads = [connections.c.provider == provider, connections.c.subject != ""]
    if granted.subject:
        names = {granted.subject, granted.address, *granted.also} - {""}
        invites.append(or_(_organisers.c.subject.in_(names), _organisers.c.address.in_(names)))
        reads.append(or_(connections.c.subject.in_(names), connections.c.username.in_(names)))
    those = select(_organisers.c.id).where(*invites), select(connections.c.id).where(*reads)
    return any(memory.first(each.limit(1)) is not None for each in those)


def kept(memory: Memory) -> Kept | None:
    """The one in force; None while a mailbox invites, or nobody."""
    row = memory.first(memory.select(_organisers).where(_organisers.c.put_aside_at.is_(None)))
    return _kept(row) if row else None


def get(memory: Memory, organiser_id: int) -> Kept:
    """Raises KeyError for one that was forgotten."""
    return _kept(memory.get(_organisers, organiser_id))


def all(memory: Memory) -> tuple[Kept, ...]:  # noqa: A001
    """The one in force first, then those put aside, the latest first."""
    rows = [_kept(row) for row in memory.rows(memory.select(_organisers).order_by(_organisers.c.id))]
    in_force = [each for each in rows if each.put_aside_at is None]
    aside = [(each.put_aside_at, each) for each in rows if each.put_aside_at is not None]
    return (*in_force, *(each for _, each in sorted(aside, key=lambda one: one[0], reverse=True)))


def account(memory: Memory, organiser_id: int) -> Account:
    """How to reach it, its tokens opened. Raises KeyError, and Reconnect when no key opens them."""
    row = memory.get(_organisers, organiser_id)
    try:
        secret = memory.keyring.decrypt(row.secret)
    except Reconnect as problem:
        raise Reconnect("its stored permission can no longer be opened; connect the account again") from problem
    address = row.address
    return Account(row.provider, address, address, secret, frozenset({address}))


def renew(memory: Memory, organiser_id: int, before: str, after: str) -> bool:
    """Keeps the tokens that the provider gave in place of those before. False, and nothing changed, where those are
    not in force: it was forgotten, was connected anew, or somebody was faster."""
    row = memory.first(memory.select(_organisers).where(_organisers.c.id == organiser_id).with_for_update())
    if row is None or _opened(memory, row) != before:
        return False
    mine = memory.update(_organisers).where(_organisers.c.id == organiser_id)
    return memory.changed(mine.values(secret=memory.keyring.encrypt(after))) == 1


def _opened(memory: Memory, row: Row[Any]) -> str | None:
    try:
        return memory.keyring.decrypt(row.secret)
    except Reconnect:
        return None


def meetings_ahead(memory: Memory, now: datetime) -> dict[int | None, int]:
    """{id: how many meetings, open or agreed and not over, it is in the middle of}, under None those of a mailbox, or
    of nobody; those with none are left out."""
    proposals = tables.proposals
    counted = memory.select(proposals, proposals.c.organiser_id, func.count().label("number"))
    ahead = proposals.c.mentee_asked_at.is_not(None), proposals.c.end_at > now
    rows = memory.rows(counted.where(*ahead, _blocking()).group_by(proposals.c.organiser_id))
    return {row.organiser_id: row.number for row in rows}


def done_with(memory: Memory, now: datetime) -> tuple[Kept, ...]:
    """Those put aside that nothing is left to do with: no meeting of theirs lies ahead, and of none that would, anybody
    still has to hear, or an event lies in their calendar."""
    busy = {row.organiser_id for row in memory.rows(_still_needed(memory, now))}
    return tuple(each for each in all(memory) if each.put_aside_at is not None and each.id not in busy)


def is_done_with(memory: Memory, of: Kept, now: datetime) -> bool:
    """Whether that one is among those, as it was read: not connected anew since."""
    return any((each.id, each.saved_at) == (of.id, of.saved_at) for each in done_with(memory, now))


def _still_needed(memory: Memory, now: datetime) -> Any:
    proposals, outbox, events = tables.proposals, tables.outbox, tables.organiser_events
    # A message to a copy counts as well: the last of them takes the event away that it was made for.
    waits = (
        select(outbox.c.id)
        .where(outbox.c.organisation_id == proposals.c.organisation_id, outbox.c.proposal_id == proposals.c.id)
        .where(outbox.c.state == "waiting")
        .exists()
    )
    lies_there = (
        select(events.c.proposal_id)
        .where(events.c.organisation_id == proposals.c.organisation_id, events.c.proposal_id == proposals.c.id)
        .where(~events.c.cancelled)
        .exists()
    )
    ahead = proposals.c.organiser_id.is_not(None), proposals.c.end_at > now
    busy = memory.select(proposals, proposals.c.organiser_id).where(*ahead, or_(_blocking(), waits, lies_there))
    return busy.distinct()


def _blocking() -> Any:
    return tables.proposals.c.state.in_(sorted(BLOCKING))


def note_problem(memory: Memory, of: Kept, words: str, failing_at: datetime | None = None) -> None:
    """Why something did not work; empty once it has. Nothing where it was connected anew meanwhile.

    failing_at: when it turned out that nothing at all can be done with it.
    """
    since = func.coalesce(_organisers.c.failing_since, literal(failing_at, Moment)) if failing_at else None
    noted = memory.update(_organisers).values(problem=words, failing_since=since, tried_at=failing_at)
    memory.changed(noted.where(_same(of)))


def try_again(memory: Memory, of: Kept, now: datetime) -> bool:
    """Of all who find it failing and want to try it again, True for one."""
    noted = memory.update(_organisers).values(tried_at=now)
    return memory.changed(noted.where(_same(of), _organisers.c.tried_at == of.tried_at)) == 1


def _same(of: Kept) -> Any:
    return and_(_organisers.c.id == of.id, _organisers.c.saved_at == of.saved_at)


def rotate_secrets(memory: Memory) -> Rotated:
    """Encrypts all tokens with the first key. What no key opens is left as it is."""
    columns = (_organisers.c.id, _organisers.c.secret)
    rows = memory.rows(memory.select(_organisers, *columns).with_for_update())
    done = sum(_rotated(memory, row) for row in rows)
    return Rotated(done, len(rows) - done)


def _rotated(memory: Memory, row: Row[Any]) -> bool:
    try:
        secret = memory.keyring.rotate(row.secret)
    except Reconnect:
        return False
    return memory.changed(memory.update(_organisers).where(_organisers.c.id == row.id).values(secret=secret)) == 1


_NAMES = ("id", "provider", "subject", "address", "name", "saved_at", "put_aside_at", "problem")


def _kept(row: Row[Any]) -> Kept:
    values = {name: getattr(row, name) for name in _NAMES}
    return Kept(**values, failing_since=row.failing_since, tried_at=row.tried_at)
