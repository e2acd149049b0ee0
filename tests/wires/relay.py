"""A relay in front of a real server, which a test can make unreachable and reachable again."""

from __future__ import annotations

import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass


@dataclass
class Relay:
    """away: every connection is cut at once. refuses: the method that is answered 413 instead of being passed on."""

    port: int = 0
    away: bool = False
    refuses: bytes = b""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def relay(to_port: int) -> Iterator[Relay]:
    state = Relay()

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            if state.away:
                return
            with socket.create_connection(("127.0.0.1", to_port)) as there:
                back = threading.Thread(target=_pump, args=(there, self.request), daemon=True)
                back.start()
                _pump(self.request, there, state)
                back.join()

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

    with Server(("127.0.0.1", 0), Handler) as server:
        state.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield state
        finally:
            server.shutdown()


def _pump(source: socket.socket, sink: socket.socket, state: Relay | None = None) -> None:
    with suppress(OSError):
        while chunk := source.recv(65536):
            if state and state.refuses and chunk.startswith(state.refuses + b" "):
                source.sendall(b"HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                break
            sink.sendall(chunk)
    with suppress(OSError):
        sink.shutdown(socket.SHUT_WR)
