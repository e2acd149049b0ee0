"""What an IMAP server's answer, or silence, means for who asked: told once, for every stage of reading an inbox."""

from __future__ import annotations

import imaplib
import re
import ssl
from datetime import timedelta
from enum import Enum, auto

from integrations.imap_lines import NoImap
from mentoring.errors import InterludeError, Reconnect, Unreachable, WrongServer
from mentoring.mail import Inbox, Security

BROKEN_OFF = timedelta(seconds=10)
NOT_NOW = timedelta(minutes=2)

PASSES = frozenset({"UNAVAILABLE", "INUSE", "LIMIT", "SERVERBUG"})
"""Codes of a NO that has nothing to do with name and password, and passes (RFC 5530 section 3)."""

_CODE = re.compile(r"\[([A-Z-]+)")
_BROKEN_TLS = (ssl.SSLEOFError, ssl.SSLZeroReturnError, ssl.SSLSyscallError)


class Stage(Enum):
    """How far it had come."""

    CONNECTING = auto()
    ENCRYPTING = auto()
    SIGNING_IN = auto()
    OPENING = auto()
    READING = auto()


def problem_of(problem: Exception, inbox: Inbox, stage: Stage, *, too_long: bool) -> InterludeError:
    """The error that it amounts to. It names the server, and nothing that the server said: that may repeat addresses,
    or a mail. too_long: the time for the whole exchange was up, whatever it broke with."""
    host, port = inbox.host, inbox.port
    if too_long:
        return Unreachable(f"{host} took too long to answer{_hint(inbox)}", BROKEN_OFF)
    if isinstance(problem, ssl.SSLCertVerificationError):
        return WrongServer(f"{host} has no valid certificate")
    if isinstance(problem, ssl.SSLError) and not isinstance(problem, _BROKEN_TLS):
        return WrongServer(f"{host} does not speak TLS at port {port}: another port, or STARTTLS, may be right")
    if isinstance(problem, NoImap):
        return WrongServer(f"what answers at port {port} of {host} is no IMAP server")
    # IMAPClient tells a line that was cut while it signed in as it tells a wrong password.
    cut = isinstance(problem, imaplib.IMAP4.abort) or isinstance(problem.__context__, imaplib.IMAP4.abort)
    if cut or not isinstance(problem, imaplib.IMAP4.error):
        return Unreachable(f"{host} cannot be reached, or broke off{_hint(inbox)}", BROKEN_OFF)
    return _said_no(problem, inbox, stage)


def _said_no(problem: Exception, inbox: Inbox, stage: Stage) -> InterludeError:
    """An answer of NO or BAD, or a greeting that turns us away."""
    host = inbox.host
    code = found.group(1) if (found := _CODE.search(str(problem))) else ""
    if stage is Stage.ENCRYPTING:
        return WrongServer(f"{host} offers no encryption (STARTTLS) at port {inbox.port}, so nothing was sent there")
    if stage is Stage.CONNECTING or code in PASSES:
        return Unreachable(f"{host} asks us to come back later", NOT_NOW)
    if stage is Stage.SIGNING_IN and code == "PRIVACYREQUIRED":
        return WrongServer(f"{host} takes passwords over an encrypted connection only: choose TLS or STARTTLS")
    if stage is Stage.SIGNING_IN:
        return Reconnect(
            "the mailbox does not let us in: its name or password is wrong (some providers want an app password here)"
        )
    if stage is Stage.OPENING:
        return WrongServer(f"{host} lets us in, but has no INBOX to read there")
    return Unreachable(f"{host} did not do what we asked", NOT_NOW)


def _hint(inbox: Inbox) -> str:
    """Port 993 waits for TLS while we wait for its greeting (RFC 8314 section 3.2)."""
    return ": port 993 wants TLS from the start" if inbox.port == 993 and inbox.security is not Security.TLS else ""
