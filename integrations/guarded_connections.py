"""Connections that look a host up once, check what they found, and connect to exactly that.

The check sits where the socket is opened, so there is no second look-up for an attacker to answer differently, and the
Host header, SNI and the certificate's name remain those of the host.
"""

from __future__ import annotations

import socket
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from integrations.deadlines import watch
from integrations.guarded_addresses import Gate
from integrations.guarded_sockets import opened


class GuardedAdapter(HTTPAdapter):
    """Mount it for http:// and https:// of a session, and that session goes through the gate."""

    def __init__(self, gate: Gate) -> None:
        self.gate = gate
        super().__init__(max_retries=0, pool_connections=16, pool_maxsize=8)

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **pool_kwargs: Any) -> None:
        self.poolmanager = PoolManager(num_pools=connections, maxsize=maxsize, block=block, **pool_kwargs)
        self.poolmanager.pool_classes_by_scheme = _pools(self.gate)


def _pools(gate: Gate) -> dict[str, Any]:
    class GuardedHTTPConnection(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            return _connected(self, gate)

        def request(self, *args: Any, **kwargs: Any) -> None:
            _watched(self)
            super().request(*args, **kwargs)

    class GuardedHTTPSConnection(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            return _connected(self, gate)

        def request(self, *args: Any, **kwargs: Any) -> None:
            _watched(self)
            super().request(*args, **kwargs)

    class GuardedHTTPPool(HTTPConnectionPool):
        ConnectionCls = GuardedHTTPConnection

    class GuardedHTTPSPool(HTTPSConnectionPool):
        ConnectionCls = GuardedHTTPSConnection

    return {"http": GuardedHTTPPool, "https": GuardedHTTPSPool}


def _watched(connection: HTTPConnection) -> None:
    if connection.sock is not None:
        watch(connection.sock)


def _connected(connection: HTTPConnection, gate: Gate) -> socket.socket:
    """A guarded socket. Raises urllib3's errors, and the gate's."""
    try:
        return opened(gate, connection.host.strip("[]"), connection.port, _seconds(connection))
    except TimeoutError as problem:
        raise ConnectTimeoutError(connection, "the connection timed out") from problem
    except OSError as problem:
        raise NewConnectionError(connection, problem.strerror or "the connection was refused") from problem


def _seconds(connection: HTTPConnection) -> float:
    return connection.timeout if isinstance(connection.timeout, (int, float)) else 5.0
