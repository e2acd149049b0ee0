"""A web server in this process whose answers a test writes, on a free loopback port."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Asked:
    """One request as it arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Told:
    """What to answer. cut: how many bytes of the body go out before the connection is closed. raw: sent as it is."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    cut: int | None = None
    raw: bytes | None = None
    stream: Callable[[Any], None] | None = None


@dataclass
class WebServer:
    url: str
    port: int
    asked: list[Asked]

    @property
    def host_port(self) -> str:
        return f"127.0.0.1:{self.port}"


@contextmanager
def web_server(answer: Callable[[Asked], Told], context: ssl.SSLContext | None = None) -> Iterator[WebServer]:
    """Serves until left. answer is called for each request, in the server's threads."""
    asked: list[Asked] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def handle_any(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            request = Asked(self.command, self.path, dict(self.headers.items()), body)
            asked.append(request)
            self.tell(answer(request))

        do_GET = do_PUT = do_DELETE = do_PROPFIND = do_REPORT = do_OPTIONS = do_POST = do_PATCH = handle_any  # noqa: N815

        def tell(self, told: Told) -> None:
            if told.raw is not None:
                self.wfile.write(told.raw)
                self.close_connection = True
                return
            self.send_response(told.status)
            for name, value in told.headers.items():
                self.send_header(name, value)
            if told.stream is not None:
                self.end_headers()
                told.stream(self.wfile)
                self.close_connection = True
                return
            self.send_header("Content-Length", str(len(told.body)))
            self.end_headers()
            self.wfile.write(told.body if told.cut is None else told.body[: told.cut])
            if told.cut is not None:
                self.close_connection = True

        def log_message(self, *args: Any) -> None:
            """The test says what matters."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: Any, client_address: Any) -> None:
            """A client that hangs up is what some tests are about."""

    server = Server(("127.0.0.1", 0), Handler)
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    port = server.server_address[1]
    try:
        yield WebServer(f"{'https' if context else 'http'}://127.0.0.1:{port}", port, asked)
    finally:
        server.shutdown()
        server.server_close()
