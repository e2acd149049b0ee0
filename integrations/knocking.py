"""Asks a web server of our own, by its address and port, whether it answers yet."""

from __future__ import annotations

import http.client


def answers(host: str, port: int, path: str = "/", seconds: float = 2.0) -> bool:
    """Whether that server gives any answer that is not a fault of its own. Never raises for one that does not."""
    connection = http.client.HTTPConnection(host, port, timeout=seconds)
    try:
        connection.request("GET", path)
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
