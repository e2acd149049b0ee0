"""What a mail's header lines say: who sent it to whom, and whether a person did."""

from __future__ import annotations

import re
from email.message import Message
from email.utils import getaddresses

from integrations.mail_parts import leaves
from mentoring.mail import SetAside

_LONGEST = 16_000
_ADDRESS = re.compile(r"[^\s@<>\"(),;]{1,64}@[^\s@<>\"(),;]{1,255}")
_RECIPIENTS = ("To", "Cc", "Delivered-To", "X-Original-To")
_COMMENT_OR_QUOTED = re.compile(r'\([^()]*\)|"[^"]*"')
_DMARC_FAILS = re.compile(r"(?:^|;)\s*dmarc\s*(?:/\s*\d+\s*)?=\s*fail\b", re.IGNORECASE)
_FOR_A_MACHINE = frozenset({"bulk", "junk", "list"})


def sender(message: Message) -> str:
    """The From address; empty unless there is exactly one."""
    found = _addresses(message, "From")
    return found[0] if len(found) == 1 else ""


def recipients(message: Message) -> frozenset[str]:
    return frozenset(address for name in _RECIPIENTS for address in _addresses(message, name))


def message_id(message: Message) -> str:
    return "".join(_lines(message, "Message-ID")[:1]).strip()


def why_not(message: Message) -> SetAside | None:
    """Why nobody answers by this mail, whatever it carries: not even when that is our own invite, sent back."""
    if _is_report(message) or sender(message).startswith("mailer-daemon@"):
        return SetAside.AUTOMATIC if _is_read_receipt(message) else SetAside.BOUNCE
    if _answers_by_itself(message):
        return SetAside.AUTOMATIC
    if [line.strip() for line in _lines(message, "Return-Path")[:1]] == ["<>"]:
        return SetAside.BOUNCE
    return SetAside.FORGED if _is_forged(message) else None


def is_by_machine(message: Message) -> bool:
    """Whether no person wrote it. Google's and Exchange's calendars say so of answers that a person gave all the same,
    with Auto-Submitted: auto-generated; so it tells something only where there is no answer."""
    said = {*_words(message, "Auto-Submitted")} - {"no"}
    return bool(said) or not _FOR_A_MACHINE.isdisjoint(_words(message, "Precedence"))


def as_address(text: str) -> str:
    """The address as it is compared, lower case; empty for what is none."""
    text = text.strip().lower()
    return text if _ADDRESS.fullmatch(text) and text.isprintable() else ""


def _is_report(message: Message) -> bool:
    """A report on what became of another mail (RFC 6522), or what older servers send in its place."""
    if message.get_content_type() == "multipart/report" or _lines(message, "X-Failed-Recipients"):
        return True
    encloses = any(part.get_content_maintype() == "message" for part in leaves(message))
    return encloses and sender(message).startswith("postmaster@")


def _is_read_receipt(message: Message) -> bool:
    """RFC 8098: somebody's program has shown them our mail."""
    return any(part.get_content_type() == "message/disposition-notification" for part in leaves(message))


def _answers_by_itself(message: Message) -> bool:
    """Out of the office (RFC 3834 section 5.1, and what was there before it)."""
    if not {"auto-replied", "auto-notified"}.isdisjoint(_words(message, "Auto-Submitted")):
        return True
    if not {"auto_reply", "auto-reply"}.isdisjoint(_words(message, "Precedence")):
        return True
    return any(_words(message, name) != ["no"] for name in ("X-Autoreply", "X-Autorespond") if name in message)


def _is_forged(message: Message) -> bool:
    """What our own server found (RFC 8601): its line is the topmost, and any below may be the sender's own."""
    said = "".join(_lines(message, "Authentication-Results")[:1])
    for _ in range(5):
        said = _COMMENT_OR_QUOTED.sub("", said)
    return _DMARC_FAILS.search(said) is not None


def _words(message: Message, name: str) -> list[str]:
    """The first word of each such line, without parameters and comments."""
    return [re.split(r"[\s;(]", line.strip().lower(), maxsplit=1)[0] for line in _lines(message, name)]


def _addresses(message: Message, name: str) -> list[str]:
    # getaddresses goes one call deeper with each bracket.
    lines = [line for line in _lines(message, name) if line.count("(") < 50]
    return [address for _, text in getaddresses(lines) if (address := as_address(text))]


def _lines(message: Message, name: str) -> list[str]:
    """The header lines of that name, unfolded, the topmost first."""
    return [" ".join(str(line)[:_LONGEST].split()) for line in message.get_all(name, [])]
