"""Reads an organisation's inbox once, in a process of its own that can be made to die at an instant of it.

Run as `python -m tests.workflows.dying_reader URL PORT USERNAME ORGANISATION NOW DYING_AT`. DYING_AT: "nudge" for right
after a mail was kept, "clock:2" for when the clock is asked for the second time, "-" for not at all.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from dataclasses import replace
from datetime import datetime

from mentoring.settings import Settings
from tests.workflows.house import SECRET
from workflows.bootstrap import build
from workflows.listening import Listener


def dies() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class Watch:
    """A clock that stands still, and may be the last thing that is asked."""

    def __init__(self, now: datetime, last: int) -> None:
        self.now, self.left = now, last

    def __call__(self) -> datetime:
        self.left -= 1
        if self.left == 0:
            dies()
        return self.now


def main(url: str, token_key: str, port: str, organisation_id: str, now: str, dying_at: str) -> None:
    place, _, count = dying_at.partition(":")
    watch = Watch(datetime.fromisoformat(now), int(count) if place == "clock" else -1)
    settings = Settings(
        url, "redis://127.0.0.1:1/0", SECRET, (token_key,), allow_hosts=frozenset({f"127.0.0.1:{port}"})
    )

    def nudge(job: str, *ids: int) -> None:
        if place == "nudge":
            dies()

    parts = replace(build(settings), clock=watch, nudge=nudge)
    Listener(parts, int(organisation_id), f"process-{os.getpid()}", threading.Event()).read_once()


if __name__ == "__main__":
    main(*sys.argv[1:])
