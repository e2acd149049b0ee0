"""Runs one command that must not outlive whoever started it: `python -m workflows.tether COMMAND …`.

Whoever starts a tether keeps the other end of its standard input. When that closes, even by a kill -9, the command and
everything it started are stopped. Signals that only the parent's death sends would not do: gunicorn's workers and RQ's
work-horses are grandchildren, and a work-horse has a process group of its own. All of them share the tether's session.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

GRACE_SECONDS = 10.0
LOOK_SECONDS = 0.2


def session_members(session: int) -> list[int]:
    """The processes of that session, without the one that leads it."""
    return [pid for pid in _every_pid() if pid != session and _session_of(pid) == session]


def kill_session(session: int, seconds: float = 5.0) -> None:
    """Ends what is left of a session, until nothing is: a process may fork between the look and the kill."""
    until = time.monotonic() + seconds
    while (members := session_members(session)) and time.monotonic() < until:
        for pid in members:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.02)


def _every_pid() -> list[int]:
    if Path("/proc/self/stat").exists():
        return [int(folder.name) for folder in Path("/proc").iterdir() if folder.name.isdecimal()]
    listed = subprocess.run(["ps", "-axo", "pid="], capture_output=True, text=True, check=False)
    return [int(word) for word in listed.stdout.split()]


def _session_of(pid: int) -> int | None:
    if _is_zombie(pid):
        return None
    try:
        return os.getsid(pid)
    except OSError:
        return None


def _is_zombie(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (OSError, IndexError):
        return False


def _lifeline_holds(seconds: float) -> bool:
    readable, _, _ = select.select([sys.stdin], [], [], seconds)
    return not (readable and not os.read(sys.stdin.fileno(), 1))


def _run(command: list[str]) -> int:
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    told: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _frame: told.append(number))
    while child.poll() is None and not told and _lifeline_holds(LOOK_SECONDS):
        pass
    if child.poll() is None:
        child.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(GRACE_SECONDS)
    kill_session(os.getsid(0))
    return child.wait()


def main() -> int:
    """Leads a session of its own. Returns the command's exit code, 128 + the signal's number as a shell does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if os.getsid(0) != os.getpid():
        os.setsid()
    code = _run(sys.argv[1:])
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    sys.exit(main())
