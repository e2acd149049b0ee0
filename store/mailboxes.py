"""The organisation's own mailbox, its password encrypted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, func, literal

from mentoring.errors import Reconnect
from mentoring.mail import Mailbox, Organiser, Security
from store import tables
from store.columns import Moment
from store.memory import Memory

_mailboxes = tables.mailboxes

NO_INBOX: dict[str, Any] = {
    "inbox_host": "",
    "inbox_port": 0,
    "inbox_security": Security.TLS.value,
    "inbox_username": "",
    "inbox_secret": "",
    "inbox_cursor": "",
    "inbox_problem": "",
    "inbox_read_at": None,
    "inbox_reader": "",
    "inbox_held_until": None,
}
"""Nobody reads its replies by IMAP."""


@dataclass(frozen=True)
class Kept:
    """The mailbox as the pages show it, without its password. problem: why the last mail could not leave.

    failing_since: None unless no mail at all can leave by it; tried_at: when that was last tried.
    """

    mailbox: Mailbox
    saved_at: datetime
    problem: str
    failing_since: datetime | None = None
    tried_at: datetime | None = None


def save(memory: Memory, mailbox: Mailbox, now: datetime) -> None:
    """In place of the one there was. Where its replies are read stays as it is."""
    values = {
        "name": mailbox.name,
        "address": mailbox.address.strip().lower(),
        "host": mailbox.host,
        "port": mailbox.port,
        "security": mailbox.security.value,
        "username": mailbox.username,
        "secret": memory.keyring.encrypt(mailbox.secret),
        "saved_at": now,
        "problem": "",
        "failing_since": None,
        "tried_at": None,
    }
    if not memory.changed(memory.update(_mailboxes).values(**values)):
        memory.insert(_mailboxes, **values, **NO_INBOX)


def forget(memory: Memory) -> None:
    memory.changed(memory.delete(_mailboxes))


def kept(memory: Memory) -> Kept | None:
    row = memory.first(memory.select(_mailboxes))
    if row is None:
        return None
    plain = Mailbox(row.name, row.address, row.host, row.port, Security(row.security), row.username)
    return Kept(plain, row.saved_at, row.problem, row.failing_since, row.tried_at)


def opened(memory: Memory) -> Mailbox | None:
    """The same with its password. Raises Reconnect when no key opens it."""
    row = memory.first(memory.select(_mailboxes))
    if row is None:
        return None
    secret = memory.keyring.decrypt(row.secret)
    return Mailbox(row.name, row.address, row.host, row.port, Security(row.security), row.username, secret)


def organiser(memory: Memory) -> Organiser | None:
    """Who invites, where the organisation has said so."""
    row = memory.first(memory.select(_mailboxes, _mailboxes.c.name, _mailboxes.c.address))
    return Organiser(row.name, row.address) if row else None


def note_problem(memory: Memory, of: Kept, words: str, failing_at: datetime | None = None) -> None:
    """Why mail does not leave; empty once one has. Nothing where the mailbox was saved anew meanwhile.

    failing_at: when it turned out that no mail at all can leave by it.
    """
    since = func.coalesce(_mailboxes.c.failing_since, literal(failing_at, Moment)) if failing_at else None
    noted = memory.update(_mailboxes).values(problem=words, failing_since=since, tried_at=failing_at)
    memory.changed(noted.where(_mailboxes.c.saved_at == of.saved_at))


def try_again(memory: Memory, of: Kept, now: datetime) -> bool:
    """Of all who find it failing and want to try it again, True for one."""
    noted = memory.update(_mailboxes).values(tried_at=now)
    return memory.changed(noted.where(_mailboxes.c.saved_at == of.saved_at, _mailboxes.c.tried_at == of.tried_at)) == 1


def rotate_secret(memory: Memory) -> bool | None:
    """Encrypts the password with the first key. None where there is no mailbox, False where no key opens it."""
    return rotate(memory, _mailboxes.c.secret)


def rotate(memory: Memory, column: Column[str]) -> bool | None:
    """The same for the one or the other of the mailbox's two passwords."""
    row = memory.first(memory.select(_mailboxes, _mailboxes.c.id, column.label("secret")).with_for_update())
    if row is None or not row.secret:
        return None
    try:
        secret = memory.keyring.rotate(row.secret)
    except Reconnect:
        return False
    return memory.changed(memory.update(_mailboxes).where(_mailboxes.c.id == row.id).values({column: secret})) == 1
