"""The mailboxes of the sample's people: kept by the demo's mail server, a Maildir each; read as by a mail program."""

from __future__ import annotations

import mailbox
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message
from pathlib import Path
from typing import cast
from urllib.parse import quote

from integrations.mail_parts import calendar_texts, leaves, parsed
from integrations.sample_mail_app import Invite, read_invite
from mentoring.errors import Missing, Refused

ARRIVED = re.compile(r"([0-9]{1,11})\.M([0-9]{1,6})P")
"""How the names of a Maildir's files begin: the second, and the microsecond in it."""


@dataclass(frozen=True)
class Line:
    """A mail as a list shows it. key: its name in the mailbox. at: when it came."""

    key: str
    sender: str
    to: str
    subject: str
    at: datetime


@dataclass(frozen=True)
class Opened:
    """A mail with its parts, each empty or None where the mail has none. calendar: the invite's part as it was sent."""

    line: Line
    text: str
    html: str
    invite: Invite | None
    calendar: str


def mails_folder(var: Path) -> Path:
    """Where the mailboxes are, in the folder of everything that Interlude writes."""
    return var / "mail"


def keep(folder: Path, address: str, content: bytes) -> None:
    """Puts a mail into that person's mailbox, whole or not at all. Raises Refused for what is no address."""
    _box(folder, address, create=True).add(content)


def listed(folder: Path, address: str, most: int) -> tuple[Line, ...]:
    """The newest first."""
    return tuple(_line(key, _message(content)) for key, content in _newest(folder, address, most))


def opened(folder: Path, address: str, key: str) -> Opened:
    """Raises Missing where there is no such mail."""
    content = raw(folder, address, key)
    message = _message(content)
    invite, calendars = _invite(content, address), calendar_texts(message)
    sent = calendars[0].decode(errors="replace") if invite else ""
    return Opened(_line(key, message), _words(message, "text/plain"), _words(message, "text/html"), invite, sent)


def raw(folder: Path, address: str, key: str) -> bytes:
    """A mail as it came. Raises Missing."""
    try:
        return _box(folder, address).get_bytes(key)
    except (KeyError, Refused, mailbox.NoSuchMailboxError, FileNotFoundError) as problem:
        raise Missing(key) from problem


def asking(folder: Path, address: str, uid: str, most: int = 50) -> bytes | None:
    """The newest mail that asks that person to that event, or None."""
    for _, content in _newest(folder, address, most):
        invite = _invite(content, address)
        if invite and (invite.method, invite.uid) == ("REQUEST", uid):
            return content
    return None


def _box(folder: Path, address: str, create: bool = False) -> mailbox.Maildir:
    """One folder a person. A name that holds an @ and no slash leads to no other place."""
    name = quote(address.strip().lower(), safe="@", errors="surrogateescape")
    if "@" not in name:
        raise Refused(f"{address!r} is not the address of a mailbox")
    return mailbox.Maildir(folder / name, create=create)


def _newest(folder: Path, address: str, most: int) -> Iterator[tuple[str, bytes]]:
    try:
        box = _box(folder, address)
        keys = sorted((key for key in box.keys() if ARRIVED.match(key)), key=_arrived, reverse=True)  # noqa: SIM118
        yield from ((key, box.get_bytes(key)) for key in keys[:most])
    except (mailbox.NoSuchMailboxError, FileNotFoundError):
        """Nothing has come yet."""


def _arrived(key: str) -> tuple[int, int]:
    found = ARRIVED.match(key)
    return (int(found[1]), int(found[2])) if found else (0, 0)


def _line(key: str, headers: Message) -> Line:
    second, microsecond = _arrived(key)
    at = datetime.fromtimestamp(second, UTC).replace(microsecond=microsecond)
    return Line(key, _said(headers, "From"), _said(headers, "To"), _said(headers, "Subject"), at)


def _said(headers: Message, name: str) -> str:
    """A header line in plain letters, whatever was sent."""
    written = str(headers.get(name, ""))
    try:
        return " ".join(str(make_header(decode_header(written))).split())
    except (HeaderParseError, LookupError, ValueError):
        return " ".join(written.split())


def _message(content: bytes) -> Message:
    """Without a line and without a part where it is no mail."""
    return parsed(content) or Message()


def _words(message: Message, kind: str) -> str:
    """The first part of that kind which is not an attached file."""
    for part in leaves(message):
        if part.get_content_type() == kind and part.get_content_disposition() != "attachment":
            content = cast("bytes | None", part.get_payload(decode=True)) or b""
            return _decoded(content, part.get_content_charset("utf-8"))
    return ""


def _decoded(content: bytes, charset: str) -> str:
    try:
        return content.decode(charset, errors="replace")
    except LookupError:
        return content.decode("utf-8", errors="replace")


def _invite(content: bytes, owner: str) -> Invite | None:
    """None where there is none, or none that can be read."""
    try:
        return read_invite(content, owner)
    except (Refused, ValueError, KeyError, TypeError, AttributeError):
        return None
