"""A bound on how long one exchange may take in all: a byte now and then defeats every read timeout."""

from __future__ import annotations

import os
import socket
import threading
import time
from contextlib import suppress
from contextvars import ContextVar, Token
from types import TracebackType


class Deadline:
    """While entered, shuts down the watched connection when the time is up, whatever it is waiting for."""

    def __init__(self, seconds: float) -> None:
        self._ends = time.monotonic() + seconds
        self._lock = threading.Lock()
        self._watched: socket.socket | None = None
        self._timer = threading.Timer(seconds, self._end)
        self._timer.daemon = True
        self._token: Token[Deadline | None] | None = None

    @property
    def passed(self) -> bool:
        return time.monotonic() >= self._ends

    def watch(self, connection: socket.socket) -> None:
        """The connection to shut down, through a descriptor of our own: wrapping it for TLS takes its own away."""
        with self._lock:
            self._close()
            self._watched = socket.socket(fileno=os.dup(connection.fileno()))
        if self.passed:
            self._end()

    def _end(self) -> None:
        with self._lock, suppress(OSError):
            if self._watched is not None:
                self._watched.shutdown(socket.SHUT_RDWR)

    def _close(self) -> None:
        if self._watched is not None:
            self._watched.close()
            self._watched = None

    def __enter__(self) -> Deadline:
        self._token = _CURRENT.set(self)
        self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
        if self._token is not None:
            _CURRENT.reset(self._token)
        with self._lock:
            self._close()


_CURRENT: ContextVar[Deadline | None] = ContextVar("deadline", default=None)


def watch(connection: socket.socket) -> None:
    """Puts a connection under the deadline that is running, if one is."""
    deadline = _CURRENT.get()
    if deadline is not None:
        deadline.watch(connection)
