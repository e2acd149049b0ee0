"""Where an organisation's replies are read by IMAP, how far, and by which process. Part of its mailbox."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select

from mentoring.errors import Missing
from mentoring.mail import Cursor, Inbox, Security
from store import mailboxes, tables
from store.memory import Memory

_mailboxes = tables.mailboxes
_is_read = _mailboxes.c.inbox_host != ""


@dataclass(frozen=True)
class Kept:
    """The inbox without its password. cursor: how far it has been read. problem: why it could not be, the last time.

    read_at: when it last could. held_until: until when some process reads it, unless it goes on.
    """

    inbox: Inbox
    cursor: Cursor | None
    problem: str
    read_at: datetime | None
    held_until: datetime | None

    def listening(self, now: datetime) -> bool:
        return self.held_until is not None and self.held_until > now


def save(memory: Memory, inbox: Inbox, cursor: Cursor, now: datetime) -> None:
    """In place of the one there was; whoever reads that one ends. Raises Missing where there is no mailbox."""
    values = mailboxes.NO_INBOX | {
        "inbox_host": inbox.host,
        "inbox_port": inbox.port,
        "inbox_security": inbox.security.value,
        "inbox_username": inbox.username,
        "inbox_secret": memory.keyring.encrypt(inbox.secret),
        "inbox_cursor": str(cursor),
        "inbox_read_at": now,
    }
    if not memory.changed(memory.update(_mailboxes).values(**values)):
        raise Missing("mailbox")


def change_secret(memory: Memory, secret: str) -> None:
    """Another password for the same server and name."""
    values = {"inbox_secret": memory.keyring.encrypt(secret), "inbox_problem": "", "inbox_reader": ""}
    memory.changed(memory.update(_mailboxes).where(_is_read).values(**values, inbox_held_until=None))


def forget(memory: Memory) -> None:
    memory.changed(memory.update(_mailboxes).values(**mailboxes.NO_INBOX))


def kept(memory: Memory) -> Kept | None:
    row = memory.first(memory.select(_mailboxes).where(_is_read))
    if row is None:
        return None
    plain = Inbox(row.inbox_host, row.inbox_port, Security(row.inbox_security), row.inbox_username)
    return Kept(plain, Cursor.of(row.inbox_cursor), row.inbox_problem, row.inbox_read_at, row.inbox_held_until)


def opened(memory: Memory) -> Inbox | None:
    """The same with its password. Raises Reconnect when no key opens it."""
    row = memory.first(memory.select(_mailboxes).where(_is_read))
    if row is None:
        return None
    secret = memory.keyring.decrypt(row.inbox_secret)
    return Inbox(row.inbox_host, row.inbox_port, Security(row.inbox_security), row.inbox_username, secret)


def everywhere(memory: Memory) -> list[int]:
    """System-wide: the organisations whose replies are read by IMAP."""
    return [row.organisation_id for row in memory.rows(select(_mailboxes.c.organisation_id).where(_is_read))]


def take(memory: Memory, reader: str, now: datetime, lease: timedelta) -> bool:
    """Whether that process is now the one that reads it: nobody did, or they have not said for so long that they do."""
    free = or_(_mailboxes.c.inbox_held_until.is_(None), _mailboxes.c.inbox_held_until <= now)
    mine = _mailboxes.c.inbox_reader == reader
    return _change(memory, or_(free, mine), inbox_reader=reader, inbox_held_until=now + lease)


def hold(memory: Memory, reader: str, now: datetime, lease: timedelta) -> bool:
    """The same for longer. False once it was saved anew, or taken by somebody else."""
    return _change(memory, _mailboxes.c.inbox_reader == reader, inbox_held_until=now + lease)


def let_go(memory: Memory, reader: str) -> None:
    _change(memory, _mailboxes.c.inbox_reader == reader, inbox_reader="", inbox_held_until=None)


def advance(memory: Memory, reader: str, cursor: Cursor) -> bool:
    """It is read as far as that. False as above; then it is for others to say how far."""
    return _change(memory, _mailboxes.c.inbox_reader == reader, inbox_cursor=str(cursor))


def looked(memory: Memory, reader: str, now: datetime) -> bool:
    """Everything that was there has been read."""
    return _change(memory, _mailboxes.c.inbox_reader == reader, inbox_read_at=now, inbox_problem="")


def failed(memory: Memory, reader: str, words: str) -> bool:
    """It could not be read, and why."""
    return _change(memory, _mailboxes.c.inbox_reader == reader, inbox_problem=words)


def note_problem(memory: Memory, of: Inbox, words: str) -> None:
    """The same by whoever tries it without reading it; empty words: it could. Nothing where another was saved."""
    same = (
        _mailboxes.c.inbox_host == of.host,
        _mailboxes.c.inbox_port == of.port,
        _mailboxes.c.inbox_username == of.username,
    )
    memory.changed(memory.update(_mailboxes).where(*same).values(inbox_problem=words))


def rotate_secret(memory: Memory) -> bool | None:
    """Encrypts its password with the first key. None where there is no inbox, False where no key opens it."""
    return mailboxes.rotate(memory, _mailboxes.c.inbox_secret)


def _change(memory: Memory, condition: Any, **values: Any) -> bool:
    return memory.changed(memory.update(_mailboxes).where(_is_read, condition).values(**values)) == 1
