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

from integrations.deadlines import Deadline
from integrations.guarded_addresses import Gate, Resolver, resolve
from integrations.guarded_sockets import opened
from integrations.smtp_problems import problem_of
from mentoring.errors import Refused
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

    Raises TryLater for what may pass, a connection that broke included: whether the mail was taken is then not known,
    and the same mail is to be sent again. Reconnect when the server does not let the mailbox in, or send. Refused when
    it never takes this mail, when it cannot be reached safely, or when we may not go there.
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
    """Connects and signs in, and sends nothing. Raises as `send` does."""
    with _session(mailbox, Gate(allow_hosts, resolver), ca_bundle, seconds or Seconds()):
        """That was all."""


class _Client(smtplib.SMTP):
    """Connects to addresses that the gate checked, while TLS checks the host's name."""

    def __init__(self, mailbox: Mailbox, gate: Gate, context: ssl.SSLContext, seconds: Seconds) -> None:
        self._gate, self._seconds, self._context = gate, seconds, context
        self._tls = mailbox.security is Security.TLS
        super().__init__(mailbox.host.strip("[]"), mailbox.port, "[127.0.0.1]", seconds.read)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket:
        connection = opened(self._gate, host, port, self._seconds.connect)
        connection.settimeout(timeout)
        self.local_hostname = _literal(connection.getsockname()[0])
        return self._context.wrap_socket(connection, server_hostname=host) if self._tls else connection


def _literal(address: str) -> str:
    """How a machine without a name of its own says hello (RFC 5321 section 4.1.3)."""
    return f"[IPv6:{address}]" if ":" in address else f"[{address}]"


@contextmanager
def _session(mailbox: Mailbox, gate: Gate, ca_bundle: str, seconds: Seconds) -> Iterator[_Client]:
    """A connection encrypted and signed in as the mailbox asks for. Foreign errors are translated here, once."""
    if mailbox.security is Security.NONE and not gate.allowed_by_name(mailbox.host, mailbox.port):
        raise Refused(
            f"without encryption (security: none) mail may only go to a server that INTERLUDE_ALLOW_HOSTS names, and"
            f" {mailbox.host}:{mailbox.port} is none"
        )
    context = ssl.create_default_context(cafile=ca_bundle or None)
    with Deadline(seconds.total) as deadline:
        try:
            with _closing(_Client(mailbox, gate, context, seconds)) as client:
                if mailbox.security is Security.STARTTLS:
                    _encrypt(client, mailbox, context)
                if mailbox.username:
                    _sign_in(client, mailbox)
                yield client
        except OSError as problem:  # as every SMTPException is
            raise problem_of(problem, mailbox, too_long=deadline.passed) from _kind_of(problem)


@contextmanager
def _closing(client: _Client) -> Iterator[_Client]:
    """What was sent is sent, whatever the server says to the goodbye."""
    try:
        yield client
        with suppress(OSError):
            client.quit()
    finally:
        client.close()


def _encrypt(client: _Client, mailbox: Mailbox, context: ssl.SSLContext) -> None:
    client.ehlo_or_helo_if_needed()
    if not client.has_extn("starttls"):
        raise Refused(
            f"{mailbox.host} offers no encryption (STARTTLS) at port {mailbox.port}, so nothing was sent there"
        )
    client.starttls(context=context)


def _sign_in(client: _Client, mailbox: Mailbox) -> None:
    client.ehlo_or_helo_if_needed()
    if not client.has_extn("auth"):
        raise Refused(
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
