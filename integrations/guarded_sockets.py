"""A socket to a host that a user named: looked up once, checked, and connected to exactly what was found."""

from __future__ import annotations

import socket

from integrations.deadlines import watch
from integrations.guarded_addresses import Gate

MOST_ADDRESSES = 4


def opened(gate: Gate, host: str, port: int, seconds: float) -> socket.socket:
    """Connected to the first of the host's checked addresses that answers, under the deadline that is running.

    seconds: for each address. Raises the gate's errors, and the OSError of the last address when none answers.
    """
    problem = OSError("the host has no address")
    for address in gate.addresses(host, port)[:MOST_ADDRESSES]:
        try:
            connection = socket.create_connection((address, port), seconds)
        except OSError as refused:
            problem = refused
        else:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            watch(connection)
            return connection
    raise problem
