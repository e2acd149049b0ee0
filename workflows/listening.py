"""Listening at the organisations' inboxes: each one read by one process at a time, and as far as its mails are kept.

A mail is kept first and the cursor moved on afterwards, so that whoever dies in between has it read again; a repeat is
known by its trace (store/replies.py).
"""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from integrations import imap
from mentoring.errors import InterludeError, Reconnect, Refused, TryLater, Unreachable
from mentoring.mail import Cursor, Inbox
from store import inboxes
from workflows import receiving
from workflows.bootstrap import Parts

log = logging.getLogger("interlude.inbox")

MARGIN = timedelta(days=2)
"""Where UIDs have lost their meaning: how long before the last reading mails are read again. SINCE knows days only."""

STUMBLES = 3
"""After so many faults of ours with one mail it is passed over, so that it does not keep all others from being read."""


@dataclass(frozen=True)
class Rhythm:
    """How often things are done, in seconds. lease: how long an inbox is one process's that no longer says so. idle:
    how long to wait for a server to tell of mail; it may end after 30 minutes (RFC 2177), and a line that a router has
    forgotten is noticed no earlier. poll: the same for a server that tells nothing. steady: whoever has read for so
    long has recovered. locked_out: the first wait after a wrong password, since servers count those."""

    lease: float = 90.0
    hold: float = 20.0
    idle: float = 9 * 60.0
    poll: float = 60.0
    look: float = 10.0
    steady: float = 60.0
    first_pause: float = 5.0
    longest_pause: float = 600.0
    locked_out: float = 300.0


class Over(Exception):
    """The inbox was saved anew, or is no longer ours."""


def listen_everywhere(parts: Parts, stop: threading.Event, rhythm: Rhythm | None = None) -> None:
    """Reads every organisation's inbox until told to stop, one thread each. Changed settings are seen by themselves."""
    rhythm = rhythm or Rhythm()
    reader = secrets.token_hex(16)
    threads: dict[int, threading.Thread] = {}
    while not stop.is_set():
        for organisation_id in _everywhere(parts):
            if organisation_id not in threads or not threads[organisation_id].is_alive():
                listener = Listener(parts, organisation_id, reader, stop, rhythm)
                threads[organisation_id] = threading.Thread(target=listener.listen, name=f"inbox-{organisation_id}")
                threads[organisation_id].start()
        stop.wait(rhythm.look)
    for thread in threads.values():
        thread.join()


def _everywhere(parts: Parts) -> list[int]:
    try:
        with parts.database.reading_all() as memory:
            return inboxes.everywhere(memory)
    except InterludeError as problem:
        log.warning("which inboxes there are will be asked again: %s", problem)
        return []


@dataclass
class Listener:
    """One organisation's inbox, read by this process as long as it is the one that does."""

    parts: Parts
    organisation_id: int
    reader: str
    stop: threading.Event
    rhythm: Rhythm = field(default_factory=Rhythm)
    stumbles: Counter[Cursor] = field(default_factory=Counter)
    _taking_in: Cursor | None = None
    _held_at: float = 0.0

    def listen(self) -> None:
        """Until told to stop, or until it is somebody else's, or was saved anew."""
        failures = 0
        try:
            self._take()
            while not self.stop.is_set():
                began = time.monotonic()
                problem = self._read_until_it_fails()
                failures = 1 if time.monotonic() - began > self.rhythm.steady else failures + 1
                if problem is not None:
                    self._pause(pause(problem, failures, self.rhythm))
            self._let_go()
        except Over:
            log.info("organisation %s: its inbox is no longer ours to read", self.organisation_id)
        except InterludeError as problem:
            log.warning("organisation %s: its inbox will be taken up again: %s", self.organisation_id, problem)

    def read_once(self) -> int:
        """Takes in what is there now. Returns how many mails. Raises Over while somebody else reads, and as
        `imap.opened` does."""
        self._take()
        try:
            with imap.opened(self._inbox(), self.parts.settings.allow_hosts) as session:
                return self._look(session)
        finally:
            self._let_go()

    def _read_until_it_fails(self) -> Exception | None:
        """None once told to stop. The edge of this process: whatever fails, it goes on after a pause."""
        self._taking_in = None
        try:
            with imap.opened(self._inbox(), self.parts.settings.allow_hosts) as session:
                self._stay(session)
        except Over:
            raise
        except (Reconnect, Refused, Unreachable) as problem:
            log.warning("organisation %s: its inbox cannot be read: %s", self.organisation_id, problem)
            self._note(str(problem))
            return problem
        except InterludeError as problem:
            log.warning("organisation %s: what came in is taken in again later: %s", self.organisation_id, problem)
            return problem
        except Exception as problem:
            log.exception("organisation %s: its inbox could not be read", self.organisation_id)
            self._stumbled()
            return problem
        return None

    def _stay(self, session: imap.Session) -> None:
        """Reads what is there, and then what comes, until told to stop."""
        log.info("organisation %s: reads its inbox (%s)", self.organisation_id, "IDLE" if session.idles else "polling")
        while not self.stop.is_set():
            self._look(session)
            with session.listening() as heard:
                self._wait(heard, self.rhythm.idle if session.idles else self.rhythm.poll)

    def _wait(self, heard: Callable[[float], bool], seconds: float) -> None:
        until = time.monotonic() + seconds
        while not self.stop.is_set() and time.monotonic() < until:
            if heard(min(1.0, self.rhythm.hold)):
                return
            self._hold()

    def _look(self, session: imap.Session) -> int:
        kept = self._kept()
        cursor = kept.cursor or session.now()
        came = 0
        for fetched in session.news(cursor, ((kept.read_at or self.parts.clock()) - MARGIN).date()):
            self._keep(fetched)
            came += 1
        if not came and not session.continues(cursor):
            self._advance(session.now())
        with self.parts.database.writing(self.organisation_id) as memory:
            if not inboxes.looked(memory, self.reader, self.parts.clock()):
                raise Over
        if came:
            log.info("organisation %s: came in by mail: %s", self.organisation_id, came)
        return came

    def _keep(self, fetched: imap.Fetched) -> None:
        """First the mail, then the cursor."""
        self._hold()
        self._taking_in = fetched.at
        if self.stumbles[fetched.at] < STUMBLES:
            receiving.take_in(self.parts, fetched.raw, whole=fetched.whole, inbox_of=self.organisation_id)
        else:
            log.error("organisation %s: the mail with the UID %s is passed over", self.organisation_id, fetched.at.last)
        self._taking_in = None
        self._advance(fetched.at)

    def _stumbled(self) -> None:
        if self._taking_in is not None:
            self.stumbles[self._taking_in] += 1

    def _advance(self, cursor: Cursor) -> None:
        with self.parts.database.writing(self.organisation_id) as memory:
            if not inboxes.advance(memory, self.reader, cursor):
                raise Over

    def _pause(self, seconds: float) -> None:
        """Keeps the inbox meanwhile, so that no other process tries in our place. Ends early once somebody has seen to
        what was wrong."""
        until, noted = time.monotonic() + seconds, self._kept().problem
        while not self.stop.is_set() and time.monotonic() < until:
            self.stop.wait(min(self.rhythm.hold, until - time.monotonic()))
            self._hold()
            if self._kept().problem != noted:
                return

    def _take(self) -> None:
        with self.parts.database.writing(self.organisation_id) as memory:
            if not inboxes.take(memory, self.reader, self.parts.clock(), timedelta(seconds=self.rhythm.lease)):
                raise Over
        self._held_at = time.monotonic()

    def _hold(self) -> None:
        """Says now and then that we still read it. Raises Over when it is ours no more."""
        if time.monotonic() - self._held_at < self.rhythm.hold:
            return
        with self.parts.database.writing(self.organisation_id) as memory:
            if not inboxes.hold(memory, self.reader, self.parts.clock(), timedelta(seconds=self.rhythm.lease)):
                raise Over
        self._held_at = time.monotonic()

    def _let_go(self) -> None:
        with self.parts.database.writing(self.organisation_id) as memory:
            inboxes.let_go(memory, self.reader)

    def _note(self, words: str) -> None:
        with self.parts.database.writing(self.organisation_id) as memory:
            if not inboxes.failed(memory, self.reader, words):
                raise Over

    def _kept(self) -> inboxes.Kept:
        with self.parts.database.reading(self.organisation_id) as memory:
            kept = inboxes.kept(memory)
        if kept is None:
            raise Over
        return kept

    def _inbox(self) -> Inbox:
        with self.parts.database.reading(self.organisation_id) as memory:
            inbox = inboxes.opened(memory)
        if inbox is None:
            raise Over
        return inbox


def pause(problem: Exception, failures: int, rhythm: Rhythm) -> float:
    """How long to wait before the next try, in seconds: longer each time, and never for all at the same moment."""
    first = rhythm.first_pause
    if isinstance(problem, Reconnect):
        first = rhythm.locked_out
    elif isinstance(problem, TryLater):
        first = max(first, problem.after.total_seconds())
    return min(first * float(2 ** min(failures - 1, 10)), rhythm.longest_pause) * _jitter()


def _jitter() -> float:
    return 0.75 + secrets.randbelow(501) / 1000
