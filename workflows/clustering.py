"""Themes are found once for the same notes: a page that asks why, and the round after a no, find what was found."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from hashlib import blake2b
from threading import Lock
from typing import TypeVar

from mentoring.needs import Challenge, Theme, ThemeWish
from suggestions.needs import outlook_of
from suggestions.outlook import Outlook
from suggestions.themes import Themes, find_themes
from suggestions.tracks import Meeting
from suggestions.vectors import Vectors

MOST_KEPT = 4
"""Of as many organisations, or of as many changes to one."""

_kept: OrderedDict[bytes, Themes] = OrderedDict()
_outlooks: OrderedDict[bytes, Outlook] = OrderedDict()
_lock = Lock()

Found = TypeVar("Found")


def themes_of(
    challenges: Sequence[Challenge],
    vectors: Vectors,
    zones: Mapping[int, str],
    recurrence_days: int,
    names: set[str],
    wishes: Sequence[ThemeWish] = (),
    minimum_group: int = 5,
) -> Themes:
    """The same as `find_themes`, which is a function of its arguments. Notes are kept as a digest only."""
    key = _digest(challenges, vectors, zones, recurrence_days, names, (wishes, minimum_group))

    def found() -> Themes:
        return find_themes(challenges, vectors, zones, recurrence_days, names, wishes, minimum_group)

    return _once(_kept, key, found)


def outlook_at(
    themes: Sequence[Theme],
    challenges: Sequence[Challenge],
    now: datetime,
    zones: Mapping[int, str],
    recurrence_days: int,
    meetings: Sequence[Meeting],
) -> Outlook:
    """The same as `outlook_of` at the first hour of the day at which it was asked: it goes by days."""
    told = repr(
        (
            [(each.id, each.challenge_ids) for each in themes],
            [(each.id, each.person_id, each.at.isoformat()) for each in challenges],
            now.date().isoformat(),
            sorted(zones.items()),
            recurrence_days,
            meetings,
        )
    )
    key = blake2b(told.encode(), digest_size=32).digest()
    return _once(_outlooks, key, lambda: outlook_of(themes, challenges, now, zones, recurrence_days, meetings))


def _once(kept: OrderedDict[bytes, Found], key: bytes, find: Callable[[], Found]) -> Found:
    with _lock:
        known = kept.get(key)
        if known is not None:
            kept.move_to_end(key)
            return known
    found = find()
    with _lock:
        kept[key] = found
        while len(kept) > MOST_KEPT:
            kept.popitem(last=False)
    return found


def _digest(
    challenges: Sequence[Challenge],
    vectors: Vectors,
    zones: Mapping[int, str],
    recurrence_days: int,
    names: Collection[str],
    more: object,
) -> bytes:
    written = [(each.id, each.person_id, each.text, each.at.isoformat()) for each in challenges]
    told = repr(
        (written, sorted(zones.items()), recurrence_days, sorted(names), more, vectors.shape, str(vectors.dtype))
    )
    return blake2b(told.encode() + vectors.tobytes(), digest_size=32).digest()
