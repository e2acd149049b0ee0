"""imaplib over a socket that the gate has checked, and that may tell so much and no more."""

from __future__ import annotations

import imaplib
import selectors
import ssl
from socket import socket

from integrations.guarded_addresses import Gate
from integrations.guarded_sockets import opened

MOST_TOLD = 4 * 1024 * 1024
"""Bytes that a server may answer one command with: the UIDs of half a million mails."""

_LONGEST_LINE = 1024 * 1024
_AT_ONCE = 64 * 1024


class NoImap(imaplib.IMAP4.error):
    """What answers does not speak IMAP."""


class TooMuch(imaplib.IMAP4.abort):
    """It tells more than anybody asked for."""


class Lines(imaplib.IMAP4):
    """Its own buffer, instead of imaplib's file: so that we know whether something came in that nobody has read yet,
    that nothing said before STARTTLS is taken for said after it, and that a size which a server claims is not believed.

    context: None where TLS does not begin with the first byte.
    """

    def __init__(
        self, host: str, port: int, gate: Gate, context: ssl.SSLContext | None, connect: float, read: float
    ) -> None:
        self._gate, self._context, self._connect_seconds, self._read_seconds = gate, context, connect, read
        self._unread = bytearray()
        self._read_from: socket | None = None
        self._greeted = False
        self.may_tell = MOST_TOLD
        super().__init__(host, port, read)

    def _create_socket(self, timeout: float | None) -> socket:
        connection = opened(self._gate, self.host, self.port, self._connect_seconds)
        connection.settimeout(self._read_seconds)
        return self._context.wrap_socket(connection, server_hostname=self.host) if self._context else connection

    def read(self, size: int) -> bytes:
        self._of_this_socket()
        while len(self._unread) < size and self._more():
            pass
        return self._taken(size)

    def readline(self) -> bytes:
        self._of_this_socket()
        while b"\n" not in self._unread:
            if len(self._unread) > _LONGEST_LINE:
                raise TooMuch("a line without an end")
            if not self._more():
                break
        line = self._taken(self._unread.find(b"\n") + 1)
        if line and not self._greeted and not line.startswith(b"* "):
            raise NoImap("this is no greeting (RFC 9051 section 7.1)")
        self._greeted = True
        return line

    def _of_this_socket(self) -> None:
        """STARTTLS puts another socket in the place of the first, whose words must not be taken for said under TLS."""
        if self.sock is not self._read_from and self._unread:
            raise NoImap("something was said between STARTTLS and TLS")
        self._read_from = self.sock

    def _more(self) -> bool:
        """What comes in next; False at the end."""
        came = self.sock.recv(_AT_ONCE)
        self.may_tell -= len(came)
        if self.may_tell < 0:
            raise TooMuch("more than was asked for")
        self._unread += came
        return bool(came)

    def _taken(self, size: int) -> bytes:
        taken = bytes(self._unread[:size])
        del self._unread[:size]
        return taken

    def heard(self, seconds: float) -> bool:
        """Whether anything comes in within that time, be it that the line is cut."""
        if self._unread or (isinstance(self.sock, ssl.SSLSocket) and self.sock.pending()):
            return True
        with selectors.DefaultSelector() as waiting:
            waiting.register(self.sock, selectors.EVENT_READ)
            return bool(waiting.select(seconds))
