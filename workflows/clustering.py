"""Themes are found once for the same notes: a page that asks why, and the round after a no, find what was found."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Mapping, Sequence
from hashlib import blake2b
from threading import Lock

from mentoring.needs import Challenge
from suggestions.themes import Themes, find_themes
from suggestions.vectors import Vectors

MOST_KEPT = 4
"""Of as many organisations, or of as many changes to one."""

_kept: OrderedDict[bytes, Themes] = OrderedDict()
_lock = Lock()


def themes_of(
    challenges: Sequence[Challenge], vectors: Vectors, zones: Mapping[int, str], recurrence_days: int, names: set[str]
) -> Themes:
    """The same as `find_themes`, which is a function of its arguments. Notes are kept as a digest only."""
    key = _digest(challenges, vectors, zones, recurrence_days, names)
    with _lock:
        known = _kept.get(key)
        if known is not None:
            _kept.move_to_end(key)
            return known
    found = find_themes(challenges, vectors, zones, recurrence_days, names)
    with _lock:
        _kept[key] = found
        while len(_kept) > MOST_KEPT:
            _kept.popitem(last=False)
    return found


def _digest(
    challenges: Sequence[Challenge],
    vectors: Vectors,
    zones: Mapping[int, str],
    recurrence_days: int,
    names: Collection[str],
) -> bytes:
    written = [(each.id, each.person_id, each.text, each.at.isoformat()) for each in challenges]
    told = repr((written, sorted(zones.items()), recurrence_days, sorted(names), vectors.shape, str(vectors.dtype)))
    return blake2b(told.encode() + vectors.tobytes(), digest_size=32).digest()
