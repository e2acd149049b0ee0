"""Handing a mail to the server of an organisation's mailbox (RFC 5321), guarded as every address that a user gave."""

from __future__ import annotations

import smtplib
import ssl
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.message import EmailMessage
from socket import socket
from typing import Any

from integrations.deadlines import Deadline
from integrations.guarded_addresses import Gate, Resolver, resolve
from integrations.guarded_sockets import opened
from integrations.smtp_problems import problem_of, says_no
from integrations.trust import trusting
from mentoring.errors import InterludeError, Refused, TryLater, Unencrypted, Unreachable, WrongServer
from mentoring.mail import Mailbox, Security


@dataclass(frozen=True)
class Seconds:
    """How long to connect to one address, to wait for one answer, and to take in all."""

    connect: float = 5.0
    read: float = 20.0
    total: float = 25.0


def send(
    mailbox: Mailbox,
    message: EmailMessage,
    allow_hosts: frozenset[str],
    *,
    resolver: Resolver = resolve,
    ca_bundle: str = "",
    seconds: Seconds | None = None,
) -> None:
    """Hands the mail over, to the one person that it is to. It is the server's once this returns.

    Raises Refused when the server never takes this mail, TryLater when it does not take it now. All else would keep any
    other mail from leaving as well: Unreachable for what may pass; Reconnect when the server does not let the mailbox
    in, or send; WrongServer when there is none, or none where we may go safely. Unless an error says that it is without
    effect, the mail may have been taken, and the same mail is to be sent again.
    """
    (recipient,) = message["To"].addresses
    with _session(mailbox, Gate(allow_hosts, resolver), ca_bundle, seconds or Seconds()) as client:
        client.send_message(message, mailbox.address, [recipient.addr_spec])


def check(
    mailbox: Mailbox,
    allow_hosts: frozenset[str],
    *,
    resolver: Resolver = resolve,
    ca_bundle: str = "",
    seconds: Seconds | None = None,
) -> None:
    """Connects and signs in, and sends nothing. Raises as `send` does, for all mail."""
    with _session(mailbox, Gate(allow_hosts, resolver), ca_bundle, seconds or Seconds()):
        """That was all."""


class _Client(smtplib.SMTP):
    """Connects to addresses that the gate checked, while TLS checks the host's name.

    may_be_taken: the mail has been handed over, and the server has not said that it does not take it.
    """

    may_be_taken = False

    def __init__(self, mailbox: Mailbox, gate: Gate, context: ssl.SSLContext, seconds: Seconds) -> None:
        self._gate, self._seconds, self.context = gate, seconds, context
        self._tls = mailbox.security is Security.TLS
        super().__init__(mailbox.host.strip("[]"), mailbox.port, "[127.0.0.1]", seconds.read)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket:
        connection = opened(self._gate, host, port, self._seconds.connect)
        connection.settimeout(timeout)
        self.local_hostname = _literal(connection.getsockname()[0])
        return self.context.wrap_socket(connection, server_hostname=host) if self._tls else connection

    def data(self, msg: Any) -> tuple[int, bytes]:
        self.may_be_taken = True
        try:
            code, said = super().data(msg)
        except smtplib.SMTPDataError as problem:
            self.may_be_taken = not says_no(problem.smtp_code)
            raise
        self.may_be_taken = not says_no(code)
        return code, said


def _literal(address: str) -> str:
    """How a machine without a name of its own says hello (RFC 5321 section 4.1.3)."""
    return f"[IPv6:{address}]" if ":" in address else f"[{address}]"


@contextmanager
def _session(mailbox: Mailbox, gate: Gate, ca_bundle: str, seconds: Seconds) -> Iterator[_Client]:
    """A connection encrypted and signed in as the mailbox asks for. Foreign errors are translated here, once."""
    client = None
    with Deadline(seconds.total) as deadline:
        try:
            client = _connected(mailbox, gate, ca_bundle, seconds)
            with _closing(client):
                _prepare(client, mailbox)
                yield client
        except InterludeError as problem:
            problem.without_effect = True
            raise
        except OSError as problem:  # as every SMTPException is
            told = problem_of(problem, mailbox, too_long=deadline.passed)
            told.without_effect = client is None or not client.may_be_taken
            raise told from _kind_of(problem)


def _connected(mailbox: Mailbox, gate: Gate, ca_bundle: str, seconds: Seconds) -> _Client:
    if mailbox.security is Security.NONE and not gate.allowed_by_name(mailbox.host, mailbox.port):
        raise Unencrypted(
            f"without encryption mail goes only to a server that whoever runs Interlude has allowed, and"
            f" {mailbox.host}:{mailbox.port} is none; choose TLS or STARTTLS"
        )
    try:
        return _Client(mailbox, gate, trusting(ca_bundle), seconds)
    except Refused as problem:
        raise WrongServer(str(problem)) from problem
    except TryLater as problem:
        raise Unreachable(str(problem), problem.after) from problem


@contextmanager
def _closing(client: _Client) -> Iterator[_Client]:
    """What was sent is sent, whatever the server says to the goodbye."""
    try:
        yield client
        with suppress(OSError):
            client.quit()
    finally:
        client.close()


def _prepare(client: _Client, mailbox: Mailbox) -> None:
    if mailbox.security is Security.STARTTLS:
        _encrypt(client, mailbox)
    if mailbox.username:
        _sign_in(client, mailbox)


def _encrypt(client: _Client, mailbox: Mailbox) -> None:
    client.ehlo_or_helo_if_needed()
    if not client.has_extn("starttls"):
        raise WrongServer(
            f"{mailbox.host} offers no encryption (STARTTLS) at port {mailbox.port}, so nothing was sent there"
        )
    client.starttls(context=client.context)


def _sign_in(client: _Client, mailbox: Mailbox) -> None:
    client.ehlo_or_helo_if_needed()
    if not client.has_extn("auth"):
        raise WrongServer(
            f"{mailbox.host} has no sign-in at port {mailbox.port}: choose another port, or leave the name empty"
        )
    if f"{mailbox.username}{mailbox.secret}".isascii():
        client.login(mailbox.username, mailbox.secret)
        return
    # smtplib knows ASCII only; names and passwords are UTF-8 (RFC 4616 section 2).
    response = b64encode(f"\0{mailbox.username}\0{mailbox.secret}".encode()).decode()
    code, said = client.docmd("AUTH", f"PLAIN {response}")
    if code != 235:
        raise smtplib.SMTPAuthenticationError(code, said)


def _kind_of(problem: Exception) -> ConnectionError:
    """The cause as its kind only: what a server says may repeat addresses, or the mail."""
    return ConnectionError(type(problem).__name__)
