"""The organisation's own mailbox, its password encrypted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from mentoring.errors import Reconnect
from mentoring.mail import Mailbox, Organiser, Security
from store import tables
from store.memory import Memory

_mailboxes = tables.mailboxes


@dataclass(frozen=True)
class Kept:
    """The mailbox as the pages show it, without its password. problem: why the last mail could not leave."""

    mailbox: Mailbox
    saved_at: datetime
    problem: str


def save(memory: Memory, mailbox: Mailbox, now: datetime) -> None:
    """In place of the one there was."""
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
    }
    if not memory.changed(memory.update(_mailboxes).values(**values)):
        memory.insert(_mailboxes, **values)


def forget(memory: Memory) -> None:
    memory.changed(memory.delete(_mailboxes))


def kept(memory: Memory) -> Kept | None:
    row = memory.first(memory.select(_mailboxes))
    if row is None:
        return None
    plain = Mailbox(row.name, row.address, row.host, row.port, Security(row.security), row.username)
    return Kept(plain, row.saved_at, row.problem)


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


def note_problem(memory: Memory, words: str) -> None:
    """Why no mail leaves; empty once one has."""
    memory.changed(memory.update(_mailboxes).where(_mailboxes.c.problem != words).values(problem=words))


def rotate_secret(memory: Memory) -> bool | None:
    """Encrypts the password with the first key. None where there is no mailbox, False where no key opens it."""
    row = memory.first(memory.select(_mailboxes, _mailboxes.c.id, _mailboxes.c.secret).with_for_update())
    if row is None:
        return None
    try:
        secret = memory.keyring.rotate(row.secret)
    except Reconnect:
        return False
    return memory.changed(memory.update(_mailboxes).where(_mailboxes.c.id == row.id).values(secret=secret)) == 1
