"""What Google and Microsoft tell us: that something has changed, and never what. It makes a calendar due, no more."""

from __future__ import annotations

import hmac
import logging
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from mentoring.errors import BadInput, Reconnect
from mentoring.ports import Channel
from store import calendars, watches
from store.memory import Memory
from store.watches import Watch, WatchState
from workflows import watching
from workflows.bootstrap import Parts

log = logging.getLogger("interlude.hearing")


LONGEST = 512
"""Longer than any name, secret or token that Google or Microsoft send, in characters."""

ORGANISER_PAUSE = timedelta(seconds=10)
"""At the least between two nudges to read an organiser's answers; what falls in between the next tick reads, of what
is agreed as well."""


class Word(StrEnum):
    """What is told. BEGUN: that it will be told from now on. MISSED: some words may have been lost."""

    BEGUN = "begun"
    CHANGED = "changed"
    MISSED = "missed"
    TO_BE_PROLONGED = "to be prolonged"
    ENDED = "ended"


@dataclass(frozen=True)
class Notice:
    """One notification as it came in, believed only if the secret is that of the watch it names.

    Names and secrets are printable ASCII, a few hundred characters at the most. Raises BadInput for anything else.
    """

    channel: str
    secret: str = field(repr=False)
    word: Word = Word.CHANGED
    resource: str = ""
    expires_at: datetime | None = None

    def __post_init__(self) -> None:
        for text in (self.channel, self.secret, self.resource):
            if len(text) > LONGEST or not (text.isascii() and text.isprintable()):
                raise BadInput.of("", "no watch has such a name or secret")


def hear(parts: Parts, notices: Collection[Notice]) -> int:
    """Notes what is told. Quick, since its sender waits for the answer. Returns how many tell of watches of ours; the
    others cost no more than one look, together."""
    believed = _believed(parts, notices)
    for watch, notice in believed:
        _hear(parts, watch, notice)
    return len(believed)


def _hear(parts: Parts, watch: Watch, notice: Notice) -> None:
    now, made_due = parts.clock(), False
    with parts.database.writing(watch.organisation_id) as memory:
        if watch.state in {WatchState.ASKED, WatchState.RESTING}:
            _begun(memory, watch, notice, now)
        if notice.word is not Word.BEGUN and not _too_soon(watch, now):
            watches.heard(memory, watch.id, now)
        if notice.word is Word.ENDED:
            watches.lose(memory, watch.id)
        elif notice.word is Word.TO_BE_PROLONGED:
            watches.renew_now(memory, watch.id, now)
        elif notice.word is not Word.BEGUN:
            made_due = calendars.hear(memory, _changed(memory, watch, notice.word), now)
    _nudge(parts, watch, notice.word, made_due, now)


def _believed(parts: Parts, notices: Collection[Notice]) -> list[tuple[Watch, Notice]]:
    """Each with the watch that it comes from. One whose provider has not answered yet is known by our own name for it,
    which stands in its secret."""
    with parts.database.reading_all() as memory:
        found = watches.find_anywhere(memory, {name for each in notices for name in (each.channel, _our_name(each))})
        named = [(found.get(each.channel) or found.get(_our_name(each)), each) for each in notices]
        return [(watch, notice) for watch, notice in named if watch and _is_its_secret(memory, watch, notice)]


def _our_name(notice: Notice) -> str:
    return notice.secret.partition(".")[0]


def _is_its_secret(memory: Memory, watch: Watch, notice: Notice) -> bool:
    try:
        secret = watches.opened(memory, watch).secret
    except Reconnect:
        return False
    return hmac.compare_digest(secret, notice.secret)


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


def _too_soon(watch: Watch, now: datetime) -> bool:
    """Whether an organiser's watch has had its nudge a moment ago. Such a word is not noted: the pause counts from the
    nudge, not from the last of many words."""
    return watch.organiser_id is not None and watch.heard_at is not None and now - watch.heard_at <= ORGANISER_PAUSE


def _nudge(parts: Parts, watch: Watch, word: Word, made_due: bool, now: datetime) -> None:
    """After the commit. One for many words: what is due already was nudged before."""
    if word in {Word.ENDED, Word.TO_BE_PROLONGED}:
        parts.nudge("keep_watches")
    elif watch.organiser_id is not None and word is not Word.BEGUN:
        if not _too_soon(watch, now):
            parts.nudge("read_organiser", watch.organisation_id)
    elif made_due:
        parts.nudge("sync_due")
