"""Forks real RQ workers, ready in milliseconds, each leading a session of its own so that all of it can be killed.

Reads a line for each worker it is to start: the transition at which that worker kills itself and everything it started,
or "-" to work on. Answers with its process id. Run as `python -m tests.killing.zygote` with the INTERLUDE_* settings.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from dataclasses import replace

import rq

from mentoring.outbox import Observer, Transition
from mentoring.settings import Settings
from workflows import jobs
from workflows.bootstrap import build
from workflows.queue import Queue
from workflows.tether import session_members

LEASE_SECONDS = 4.0


def dying_at(target: str) -> Observer:
    """Kills the worker and its work-horse, with no warning, as soon as that transition is reached."""

    def observe(transition: Transition, _message_id: int) -> None:
        if transition == target:
            kill_session(os.getsid(0))

    return observe


def kill_session(session: int) -> None:
    """Everything of that session at once, the one who asks last."""
    mine = os.getpid()
    for pid in [*(each for each in session_members(session) if each != mine), session, mine]:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue


def work(target: str) -> None:
    """What `interlude worker` does, with an observer that may kill."""
    parts = build(Settings.from_env(os.environ))
    jobs.use(replace(parts, observer=dying_at(target), lease_seconds=LEASE_SECONDS))
    queue = Queue(parts.settings.redis_url)
    rq.Worker([queue.rq], connection=queue.connection).work(with_scheduler=False, logging_level="WARNING")


def main(run: Callable[[str], None] = work) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            os.setsid()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            sys.stdin.close()
            os.dup2(2, 1)
            run(line.strip())
            os._exit(0)
        print(pid, flush=True)


if __name__ == "__main__":
    main()
