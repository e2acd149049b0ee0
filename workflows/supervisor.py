"""Starts the parts of Interlude as processes of their own, starts those again that die, and stops all it started."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from mentoring.errors import InterludeError
from workflows.tether import GRACE_SECONDS, kill_session

LOOK_SECONDS = 0.2
TRIES = 5
FIRST_WAIT_SECONDS = 1.0
STEADY_SECONDS = 60.0
"""A part that ran this long has recovered: its next death is a first one again."""

LARGEST_LOG = 5_000_000
ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class KeepsStopping(InterludeError):
    """A part ends again and again, or never becomes ready: somebody must read its log."""


@dataclass(frozen=True)
class Part:
    """One process. ready: whether it can be used, None where running is all one can see. foundation: others need it, so
    that it stops after them."""

    name: str
    command: tuple[str, ...]
    ready: Callable[[], bool] | None = None
    ready_seconds: float = 60.0
    foundation: bool = False


@dataclass
class _Running:
    part: Part
    process: subprocess.Popen[bytes]
    started: float
    tries: int = 0
    again_at: float | None = None


@dataclass
class Supervisor:
    """Keeps the parts running. lock: the file descriptor of the folder's lock, which every part's tether holds too, so
    that the folder stays taken until the last of them is gone."""

    var: Path
    environ: Mapping[str, str]
    lock: int
    tries: int = TRIES
    _running: list[_Running] = field(default_factory=list)

    def start(self, part: Part) -> None:
        """Starts the part and waits until it is ready. Raises KeepsStopping when it does not get there."""
        running = _Running(part, self._spawn(part), time.monotonic())
        self._running.append(running)
        if part.ready and not self.wait_until(part.ready, part.ready_seconds):
            raise KeepsStopping(f"{part.name} did not become ready; {self._last_words(part)}")

    def wait_until(self, condition: Callable[[], bool], seconds: float) -> bool:
        """Looks after the parts until the condition holds. False when it did not in that time. Raises KeepsStopping."""
        until = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > until:
                return False
            self.look()
            time.sleep(LOOK_SECONDS)
        return True

    def watch(self) -> None:
        """Looks after the parts until interrupted. Raises KeepsStopping."""
        while True:
            self.look()
            time.sleep(LOOK_SECONDS)

    def look(self) -> None:
        """Starts again what has died, later each time. Raises KeepsStopping after a few tries."""
        for running in self._running:
            if running.process.poll() is not None:
                self._start_again(running)

    def stop(self) -> None:
        """Stops every part and all that it started; what others need goes last."""
        for foundation in (False, True):
            stopping = [each for each in self._running if each.part.foundation is foundation]
            for running in stopping:
                self._let_go(running.process)
            for running in stopping:
                self._wait_for_end(running.process)
        self._running.clear()

    def _spawn(self, part: Part) -> subprocess.Popen[bytes]:
        file = self.log_of(part)
        if file.exists() and file.stat().st_size > LARGEST_LOG:
            file.replace(file.with_suffix(".log.1"))
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "workflows.tether", *part.command],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=dict(self.environ),
                start_new_session=True,
                pass_fds=(self.lock,),
            )

    def _start_again(self, running: _Running) -> None:
        now = time.monotonic()
        if running.again_at is None:
            kill_session(running.process.pid)
            self._let_go(running.process)
            running.tries = 1 if now - running.started > STEADY_SECONDS else running.tries + 1
            if running.tries > self.tries:
                raise KeepsStopping(f"{running.part.name} keeps stopping; {self._last_words(running.part)}")
            running.again_at = now + FIRST_WAIT_SECONDS * 2 ** (running.tries - 1)
        elif now >= running.again_at:
            running.process, running.started, running.again_at = self._spawn(running.part), now, None

    def log_of(self, part: Part) -> Path:
        return self.var / "log" / f"{part.name}.log"

    def _last_words(self, part: Part) -> str:
        with contextlib.suppress(OSError):
            lines = self.log_of(part).read_text(errors="replace").splitlines()
            said = [line.strip() for line in lines[-20:] if line.strip()]
            if said:
                return f"it last said “{said[-1][:200]}” ({self.log_of(part)})"
        return f"see {self.log_of(part)}"

    @staticmethod
    def _let_go(process: subprocess.Popen[bytes]) -> None:
        if process.stdin:
            with contextlib.suppress(OSError):
                process.stdin.close()

    @staticmethod
    def _wait_for_end(process: subprocess.Popen[bytes]) -> None:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(GRACE_SECONDS + 5)
        kill_session(process.pid)
        process.kill()
        process.wait()


@contextlib.contextmanager
def supervising(var: Path, environ: Mapping[str, str], lock: int, tries: int = TRIES) -> Iterator[Supervisor]:
    """A supervisor that stops all it started, however the block ends: done, failed, interrupted, told to end."""
    supervisor = Supervisor(var, environ, lock, tries)
    before = {each: signal.signal(each, signal.default_int_handler) for each in ENDING}
    try:
        yield supervisor
    finally:
        for each in ENDING:
            signal.signal(each, signal.SIG_IGN)
        supervisor.stop()
        for each, handler in before.items():
            signal.signal(each, handler)
