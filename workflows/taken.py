"""What may be taken already: the folder by another Interlude, an address by anything."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path

from mentoring.errors import Refused
from workflows.tether import GRACE_SECONDS

LOOK_SECONDS = 0.2


@contextlib.contextmanager
def only_one(var: Path, wait_seconds: float = GRACE_SECONDS + 10) -> Iterator[int]:
    """Holds the folder's lock. Raises Refused while another Interlude runs from it.

    One that was killed may leave parts that are still ending: those are waited for.
    """
    descriptor = os.open(var / "interlude.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        until = time.monotonic() + wait_seconds
        while not _locked(descriptor):
            holder = os.pread(descriptor, 20, 0).decode().strip()
            if _alive(holder) or time.monotonic() > until:
                raise Refused(
                    f"Interlude already runs from {var} (process {holder or 'unknown'}): use that one, or stop it first"
                )
            time.sleep(LOOK_SECONDS)
        os.truncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        yield descriptor
    finally:
        os.close(descriptor)


def is_taken(var: Path) -> bool:
    """Whether Interlude runs from that folder now."""
    try:
        descriptor = os.open(var / "interlude.lock", os.O_RDONLY)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _alive(pid: str) -> bool:
    try:
        os.kill(int(pid), 0)
    except (ValueError, ProcessLookupError):
        return False
    except PermissionError:
        return True
    return True


def host_and_port(address: str, setting: str) -> tuple[str, int]:
    """Reads HOST:PORT. Raises Refused naming the setting."""
    host, _, port = address.rpartition(":")
    if not host or not port.isdecimal() or not 0 < int(port) < 65536:
        raise Refused(f"{setting} must be HOST:PORT, not {address!r}")
    return host.strip("[]"), int(port)


def reached_at(host: str) -> str:
    """Where this machine reaches what listens on that host, which may mean all of its addresses."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 (compared, not bound)


def check_free(address: str, setting: str) -> None:
    """Whether we could listen there. Raises Refused with what to do about it."""
    host, port = host_and_port(address, setting)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as trying:
        trying.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trying.bind((host, port))
        except OSError as problem:
            raise Refused(
                f"cannot listen on {address} ({problem.strerror}): {_mended(problem, setting, port)}"
            ) from problem


def _mended(problem: OSError, setting: str, port: int) -> str:
    another = f"set {setting} to another address, such as 127.0.0.1:{port + 1 if port < 65535 else port - 1}"
    return f"stop what uses it, or {another}" if problem.errno == errno.EADDRINUSE else another


def listens(host: str, port: int) -> bool:
    """Whether something accepts connections there."""
    try:
        with socket.create_connection((host, port), timeout=1):
            return True
    except OSError:
        return False
