"""An IMAP server that says what a test wants at any stage, on a free loopback port: for what a good one never does.

with imap_wire(SEARCH=b"NO [UNAVAILABLE] later") as wire: ...
"""

from __future__ import annotations

import re
import socketserver
import ssl
import threading
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from socket import SHUT_RDWR, socket

DROP, SILENCE = b"drop", b"silence"
"""The line is cut; the server says nothing more."""

CAPABILITIES = "IMAP4rev1 AUTH=PLAIN IDLE"
_LITERAL = re.compile(rb"\{(\d+)(\+?)\}$")


@dataclass
class Wire:
    """mails: by UID. sizes: claimed, of some. said: the commands that came, passwords in clear. signed_in: names and
    passwords, as understood. answers: by command, in place of the usual: a tagged line, or whole lines, or DROP or
    SILENCE; commands that fetch are SIZE and BODY. after_starttls: said in clear, with the leave to begin TLS. drips:
    mails come a byte at a time."""

    answers: dict[str, bytes]
    capabilities: str = CAPABILITIES
    validity: int = 7
    mails: dict[int, bytes] = field(default_factory=dict)
    sizes: dict[int, int] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)
    signed_in: list[tuple[str, str]] = field(default_factory=list)
    port: int = 0
    connections: int = 0
    tls: ssl.SSLContext | None = None
    from_the_start: bool = False
    after_starttls: bytes = b""
    drips: bool = False
    open_now: list[socket] = field(default_factory=list)
    arrived: threading.Event = field(default_factory=threading.Event)
    over: threading.Event = field(default_factory=threading.Event)

    def add(self, raw: bytes) -> int:
        uid = max(self.mails, default=0) + 1
        self.mails[uid] = raw
        self.arrived.set()
        return uid

    def cut(self) -> None:
        """Ends every connection, without a word."""
        for each in self.open_now:
            with suppress(OSError):
                each.shutdown(SHUT_RDWR)

    def commands(self) -> list[str]:
        """What was asked for, in one word each."""
        return [each.split()[0] for each in self.said]


class _Talk:
    def __init__(self, wire: Wire, connection: socket) -> None:
        self.wire, self.connection = wire, connection
        self.lines = connection.makefile("rb")

    def hold(self) -> None:
        if not self.tell("greeting", b"", b"* OK ready"):
            return
        while line := self.lines.readline():
            tag, _, rest = line.strip().partition(b" ")
            while literal := _LITERAL.search(rest):
                if not literal.group(2):
                    self.write(b"+ go on")
                rest = rest[: literal.start()] + self.lines.read(int(literal.group(1))) + self.lines.readline().strip()
            if not self.obey(tag, rest.decode()):
                return

    def obey(self, tag: bytes, text: str) -> bool:
        words = text.upper().removeprefix("UID ").split()
        name = words[0]
        if name == "FETCH":
            name = "SIZE" if "RFC822.SIZE" in text else "BODY"
        self.wire.said.append(f"{name} {text}")
        if not self.tell(name, tag, b""):
            return False
        if name in self.wire.answers:
            return name != "LOGOUT"
        act = getattr(self, f"do_{name.lower()}", None)
        return bool(act(tag, text)) if act else self.write(tag + b" BAD what?")

    def tell(self, name: str, tag: bytes, usual: bytes) -> bool:
        """What the test wants said there. False where the line ends with it."""
        answer = self.wire.answers.get(name, usual)
        if answer == SILENCE:
            self.wire.over.wait(20)
        if answer in {DROP, SILENCE}:
            return False
        if answer:
            self.write(answer if answer.startswith((b"*", b"+")) or not tag else tag + b" " + answer)
        return not answer.startswith(b"* BYE")

    def write(self, line: bytes) -> bool:
        self.connection.sendall(line + b"\r\n")
        return True

    def send(self, content: bytes) -> None:
        pieces = [content[at : at + 1] for at in range(len(content))] if self.wire.drips else [content]
        for piece in pieces:
            self.connection.sendall(piece)
            if self.wire.drips:
                self.wire.over.wait(0.2)

    def do_capability(self, tag: bytes, text: str) -> bool:
        self.write(f"* CAPABILITY {self.wire.capabilities}".encode())
        return self.write(tag + b" OK done")

    def do_starttls(self, tag: bytes, text: str) -> bool:
        assert self.wire.tls is not None
        self.write(tag + b" OK begin" + (b"\r\n" + self.wire.after_starttls if self.wire.after_starttls else b""))
        self.connection = self.wire.tls.wrap_socket(self.connection, server_side=True)
        self.lines = self.connection.makefile("rb")
        return True

    def do_authenticate(self, tag: bytes, text: str) -> bool:
        self.write(b"+ ")
        _, name, password = b64decode(self.lines.readline()).decode().split("\0")
        self.wire.signed_in.append((name, password))
        return self.write(tag + b" OK welcome")

    def do_login(self, tag: bytes, text: str) -> bool:
        found = re.fullmatch(r'LOGIN "((?:[^"\\]|\\.)*)" "((?:[^"\\]|\\.)*)"', text)
        assert found, text
        name, password = (re.sub(r"\\(.)", r"\1", each) for each in found.groups())
        self.wire.signed_in.append((name, password))
        return self.write(tag + b" OK welcome")

    def do_examine(self, tag: bytes, text: str) -> bool:
        self.write(f"* {len(self.wire.mails)} EXISTS".encode())
        self.write(f"* OK [UIDVALIDITY {self.wire.validity}] valid".encode())
        self.write(f"* OK [UIDNEXT {max(self.wire.mails, default=0) + 1}] next".encode())
        return self.write(tag + b" OK [READ-ONLY] open")

    def do_search(self, tag: bytes, text: str) -> bool:
        found = sorted(self.wire.mails)
        if begins := re.search(r"UID (\d+):\*", text):
            # The last mail is in "n:*" whatever n is.
            found = [uid for uid in found if uid >= int(begins.group(1))] or found[-1:]
        self.write(b"* SEARCH " + b" ".join(str(uid).encode() for uid in found))
        return self.write(tag + b" OK done")

    def do_size(self, tag: bytes, text: str) -> bool:
        for uid in self._uids(text):
            size = self.wire.sizes.get(uid, len(self.wire.mails[uid]))
            self.write(f"* {uid} FETCH (UID {uid} RFC822.SIZE {size})".encode())
        return self.write(tag + b" OK done")

    def do_body(self, tag: bytes, text: str) -> bool:
        for uid in self._uids(text):
            raw = self.wire.mails[uid]
            part = b"BODY[]"
            if "HEADER" in text:
                part, raw = b"BODY[HEADER]<0>", raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
            self.send(b"* %d FETCH (UID %d %s {%d}\r\n" % (uid, uid, part, len(raw)) + raw + b")\r\n")
        return self.write(tag + b" OK done")

    def _uids(self, text: str) -> list[int]:
        named = text.split()[2]
        return [uid for uid in map(int, named.split(",")) if uid in self.wire.mails]

    def do_idle(self, tag: bytes, text: str) -> bool:
        self.wire.arrived.clear()
        self.write(b"+ idling")
        teller = threading.Thread(target=self._tell_of_arrivals, daemon=True)
        teller.start()
        line = self.lines.readline()
        self.wire.arrived.set()
        teller.join()
        self.wire.said.append(line.decode().strip())
        return bool(line) and self.write(tag + b" OK done")

    def _tell_of_arrivals(self) -> None:
        self.wire.arrived.wait(20)
        with suppress(OSError):
            self.write(f"* {len(self.wire.mails)} EXISTS".encode())

    def do_noop(self, tag: bytes, text: str) -> bool:
        return self.write(tag + b" OK done")

    def do_logout(self, tag: bytes, text: str) -> bool:
        self.write(b"* BYE")
        self.write(tag + b" OK done")
        return False


@contextmanager
def imap_wire(
    capabilities: str = CAPABILITIES,
    tls: ssl.SSLContext | None = None,
    from_the_start: bool = False,
    **answers: bytes,
) -> Iterator[Wire]:
    """tls: what it shows after STARTTLS, or from the start."""
    wire = Wire(answers, capabilities, tls=tls, from_the_start=from_the_start)

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            wire.connections += 1
            with suppress(OSError):
                connection = self.request
                wire.open_now.append(connection)
                if tls is not None and from_the_start:
                    connection = tls.wrap_socket(connection, server_side=True)
                _Talk(wire, connection).hold()

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

    with Server(("127.0.0.1", 0), Handler) as server:
        wire.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        try:
            yield wire
        finally:
            wire.over.set()
            wire.arrived.set()
            server.shutdown()
