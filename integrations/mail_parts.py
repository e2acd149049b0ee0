"""A mail taken apart, within bounds: its calendar parts, whatever they are wrapped and encoded in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email import message_from_bytes
from email.message import Message
from typing import cast

MOST_PARTS = 100
MOST_BOUNDARIES = 1000
"""Lines that begin as one: a part may go without a Content-Type where it holds no other."""

CALENDARS = ("text/calendar", "application/ics")
"""In the order in which they count: the second is the copy that is attached for programs which look there."""

_BOUNDARY = re.compile(rb"^--", re.MULTILINE)
_CONTENT_TYPE = re.compile(rb"^content-type\s*:", re.IGNORECASE | re.MULTILINE)
# What the standard library's parser raises over mail that is none: numbers of 5,000 digits, charsets that do not exist.
_GARBAGE = (ValueError, LookupError, TypeError, AttributeError, AssertionError, RecursionError)


def parsed(raw: bytes) -> Message | None:
    """The mail with its parts; None where it is no mail, or has more parts than anybody sends.

    Each nesting takes a Content-Type, so that counting those bounds the depth before anything is parsed.
    """
    if len(_CONTENT_TYPE.findall(raw)) > MOST_PARTS or len(_BOUNDARY.findall(raw)) > MOST_BOUNDARIES:
        return None
    try:
        message = message_from_bytes(raw)
        return message if message.keys() else None
    except _GARBAGE:
        return None


def calendar_texts(message: Message) -> list[bytes]:
    """The calendar parts in UTF-8. What lies in another mail, passed on or sent back, is not looked at."""
    found = [(part.get_content_type(), part) for part in leaves(message)]
    try:
        return [_decoded(part) for wanted in CALENDARS for kind, part in found if kind == wanted]
    except _GARBAGE:
        return [b""]


def leaves(message: Message) -> Iterator[Message]:
    """The parts that hold no other ones; a mail within the mail is one."""
    waiting = [message]
    while waiting:
        part = waiting.pop()
        if part.is_multipart() and part.get_content_maintype() == "multipart":
            waiting.extend(cast("list[Message]", part.get_payload())[::-1])
        else:
            yield part


def _decoded(part: Message) -> bytes:
    content = cast("bytes | None", part.get_payload(decode=True)) or b""
    charset = (part.get_content_charset() or "utf-8").lower()
    if charset in {"utf-8", "us-ascii"}:
        return content
    try:
        return content.decode(charset, errors="replace").encode(errors="replace")
    except LookupError:
        return content
