"""What came in by mail: an answer to an invite, or why it is none (RFC 5546, RFC 6047).

Nothing that anybody sends raises. Whether an answer counts is for others to say.
"""

from __future__ import annotations

from email.message import Message
from hashlib import sha256

from integrations import mail_headers
from integrations.itip_answers import answer
from integrations.mail_parts import calendar_texts, parsed
from mentoring.mail import Incoming, NoReply, Reply, SetAside

MOST_BYTES = 1024 * 1024
HEADER_BYTES = 64 * 1024


def read(raw: bytes, whole: bool = True) -> Incoming:
    """The mail as it came, its header lines first. Of a mail beyond 1 MiB only those are read, or are given: then it is
    not whole."""
    too_large = not whole or len(raw) > MOST_BYTES
    message = parsed(raw[:HEADER_BYTES] if too_large else raw)
    if message is None:
        return Incoming(NoReply(SetAside.UNREADABLE, "", _trace(raw)), frozenset())
    sender = mail_headers.sender(message)
    found = SetAside.UNREADABLE if too_large else _content(message, sender)
    recipients = mail_headers.recipients(message)
    if isinstance(found, Reply):
        return Incoming(found, recipients)
    trace = _trace(mail_headers.message_id(message).encode(errors="replace") or raw)
    return Incoming(NoReply(found, sender, trace), recipients)


def _content(message: Message, sender: str) -> Reply | SetAside:
    why = mail_headers.why_not(message)
    if why is not None:
        return why
    found = [answer(text, sender) for text in calendar_texts(message)]
    for each in found:
        if isinstance(each, Reply):
            return each
    if SetAside.UNREADABLE in found:
        return SetAside.UNREADABLE
    return SetAside.AUTOMATIC if mail_headers.is_by_machine(message) else SetAside.NOT_AN_ANSWER


def _trace(content: bytes) -> str:
    return sha256(b"no answer\0" + content).hexdigest()
