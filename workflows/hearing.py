"""What Google and Microsoft tell us: that something has changed, and never what. It makes a calendar due, no more."""

from __future__ import annotations

import hmac
import logging
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from mentoring.errors import Reconnect
from mentoring.ports import Channel
from store import calendars, watches
from store.memory import Memory
from store.watches import Watch, WatchState
from workflows import watching
from workflows.bootstrap import Parts

log = logging.getLogger("interlude.hearing")


ORGANISER_PAUSE = timedelta(seconds=10)
"""At the least between two nudges to read an organiser's answers; what falls in between the next tick reads."""


class Word(StrEnum):
    """What is told. BEGUN: that it will be told from now on. MISSED: some words may have been lost."""

    BEGUN = "begun"
    CHANGED = "changed"
    MISSED = "missed"
    TO_BE_PROLONGED = "to be prolonged"
    ENDED = "ended"


@dataclass(frozen=True)
class Notice:
    """One notification as it came in, believed only if the secret is that of the watch it names."""

    channel: str
    secret: str = field(repr=False)
    word: Word = Word.CHANGED
    resource: str = ""
    expires_at: datetime | None = None


def hear(parts: Parts, notice: Notice) -> bool:
    """Notes what is told. Quick, since its sender waits for the answer. False for what no watch of ours tells."""
    watch = _believed(parts, notice)
    if watch is None:
        return False
    now, made_due = parts.clock(), False
    with parts.database.writing(watch.organisation_id) as memory:
        if watch.state in {WatchState.ASKED, WatchState.RESTING}:
            _begun(memory, watch, notice, now)
        if notice.word is not Word.BEGUN:
            watches.heard(memory, watch.id, now)
        if notice.word is Word.ENDED:
            watches.lose(memory, watch.id)
        elif notice.word is Word.TO_BE_PROLONGED:
            watches.renew_now(memory, watch.id, now)
        elif notice.word is not Word.BEGUN:
            made_due = calendars.hear(memory, _changed(memory, watch, notice.word), now)
    _nudge(parts, watch, notice.word, made_due, now)
    return True


def _believed(parts: Parts, notice: Notice) -> Watch | None:
    """The watch that it comes from. One whose provider has not answered yet is known by our own name for it, which
    stands in its secret."""
    with parts.database.reading_all() as memory:
        watch = watches.find_anywhere(memory, notice.channel)
        watch = watch or watches.find_anywhere(memory, notice.secret.partition(".")[0])
        if watch is None:
            return None
        try:
            secret = watches.opened(memory, watch).secret
        except Reconnect:
            return None
    return watch if hmac.compare_digest(secret.encode(), notice.secret.encode()) else None


def _begun(memory: Memory, watch: Watch, notice: Notice, now: datetime) -> None:
    """Its provider has it, though we were not told so, or not yet."""
    ends = notice.expires_at or watch.expires_at
    channel = Channel(notice.channel, notice.resource, notice.secret, ends)
    watches.live(memory, watch.id, channel, now, watching.renewal(ends, now))


def _changed(memory: Memory, watch: Watch, word: Word) -> Collection[int]:
    """The ids of the calendars to be read: where words were lost, they may have been about any of the account."""
    if watch.calendar_id is None:
        return ()
    if word is not Word.MISSED:
        return (watch.calendar_id,)
    account = calendars.calendar(memory, watch.calendar_id).connection_id
    return [each.id for each in calendars.of_connection(memory, account) if each.counts_as_busy]


def _nudge(parts: Parts, watch: Watch, word: Word, made_due: bool, now: datetime) -> None:
    """After the commit. One for many words: what is due already was nudged before."""
    if word in {Word.ENDED, Word.TO_BE_PROLONGED}:
        parts.nudge("keep_watches")
    elif watch.organiser_id is not None and word is not Word.BEGUN:
        if watch.heard_at is None or now - watch.heard_at > ORGANISER_PAUSE:
            parts.nudge("read_organiser", watch.organisation_id)
    elif made_due:
        parts.nudge("sync_due")
