"""A mail server that says what a test wants at any stage of a mail, on a free loopback port.

with smtp_wire(RCPT=b"550 no such user") as wire: ...
"""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import BinaryIO

DROP, SILENCE = b"drop", b"silence"
GREETING, CONTENT = "greeting", "content"
USUAL = {
    GREETING: b"220 wire",
    "EHLO": b"250-wire\r\n250-AUTH PLAIN\r\n250 8BITMIME",
    "AUTH": b"235 welcome",
    "MAIL": b"250 fine",
    "RCPT": b"250 fine",
    "DATA": b"354 go on",
    CONTENT: b"250 taken",
    "RSET": b"250 fine",
    "QUIT": b"221 bye",
}


@dataclass
class Wire:
    """said: the commands that came. taken: the mails, whatever was said to them."""

    port: int = 0
    said: list[str] = field(default_factory=list)
    taken: list[bytes] = field(default_factory=list)


@dataclass
class _Talk:
    """One connection."""

    wire: Wire
    answers: dict[str, bytes]
    over: threading.Event
    reads: BinaryIO
    writes: BinaryIO

    def hold(self) -> None:
        going = self.tell(GREETING)
        while going and (line := self.reads.readline()):
            going = self.obey(line.decode().strip())

    def obey(self, line: str) -> bool:
        command, blank, rest = line.partition(" ")
        command = command.upper()
        self.wire.said.append(command + blank + rest)
        if not self.tell(command) or command == "QUIT":
            return False
        if command == "DATA" and "DATA" not in self.answers:
            return self.take()
        return True

    def take(self) -> bool:
        content = b""
        while not content.endswith(b"\r\n.\r\n"):
            content += self.reads.readline()
        self.wire.taken.append(content)
        return self.tell(CONTENT)

    def tell(self, stage: str) -> bool:
        answer = (USUAL | self.answers).get(stage, b"502 what?")
        if answer == SILENCE:
            self.over.wait(10)
        if answer in {DROP, SILENCE}:
            return False
        self.writes.write(answer + b"\r\n")
        return True


@contextmanager
def smtp_wire(**answers: bytes) -> Iterator[Wire]:
    """answers: by command, or by "greeting", or by "content" for a whole mail. DROP cuts the line, SILENCE waits."""
    wire, over = Wire(), threading.Event()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            with suppress(OSError):
                _Talk(wire, answers, over, self.rfile, self.wfile).hold()  # type: ignore[arg-type]

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

    with Server(("127.0.0.1", 0), Handler) as server:
        wire.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        try:
            yield wire
        finally:
            over.set()
            server.shutdown()
