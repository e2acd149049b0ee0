"""People put right what their notes were taken for: the same, something else, by another name; and take that back."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from mentoring.errors import BadInput, Missing
from mentoring.needs import Theme, ThemeWish, WishKind
from store import themes, wishes
from store.memory import Memory
from workflows.bootstrap import Parts
from workflows.noting import to_sort
from workflows.views import Who

LONGEST_NAME = 60
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def merge(parts: Parts, who: Who, theme_id: int, other_id: int) -> None:
    """Two of their topics are the same. Raises KeyError for one that is not theirs, BadInput for one alone."""
    with parts.database.writing(who.organisation_id) as memory:
        one = _theirs(memory, who, theme_id)
        if other_id == theme_id:
            raise BadInput.of("other", "choose another topic")
        other = _theirs(memory, who, other_id)
        _say(parts, memory, who, _together([*one.challenge_ids, *other.challenge_ids]))
    to_sort(parts, who)


def take_out(parts: Parts, who: Who, theme_id: int, note_ids: Collection[int], to: int | None = None) -> None:
    """Those notes do not belong to that topic; they are one of their own, or part of another.

    Raises KeyError for what is not theirs, BadInput where no note, or each of them, is chosen.
    """
    with parts.database.writing(who.organisation_id) as memory:
        topic = _theirs(memory, who, theme_id)
        if not set(note_ids) <= set(topic.challenge_ids):
            raise Missing(theme_id)
        out = [each for each in topic.challenge_ids if each in note_ids]
        rest = [each for each in topic.challenge_ids if each not in note_ids]
        if not out:
            raise BadInput.of("notes", "choose the notes that do not belong here")
        if not rest:
            raise BadInput.of("notes", "leave at least one note in the topic")
        if to == theme_id:
            raise BadInput.of("to", "choose another topic")
        others = _theirs(memory, who, to).challenge_ids if to else ()
        apart = [_wish(one, WishKind.APART, other) for one in out for other in rest]
        _say(parts, memory, who, [*apart, *_together([*out, *others])])
    to_sort(parts, who)


def rename(parts: Parts, who: Who, theme_id: int, name: str) -> None:
    """What they call it. Raises KeyError, and BadInput for a name that is empty or longer than 60 characters."""
    words = " ".join(name.split())
    if not words:
        raise BadInput.of("name", "write what you call it")
    if len(words) > LONGEST_NAME:
        raise BadInput.of("name", f"keep it under {LONGEST_NAME} characters, this has {len(words)}")
    if not words.isprintable():
        raise BadInput.of("name", "use letters, digits and signs that can be printed")
    with parts.database.writing(who.organisation_id) as memory:
        topic = _theirs(memory, who, theme_id)
        _say(parts, memory, who, [_wish(each, WishKind.NAMED, name=words) for each in topic.challenge_ids])
    to_sort(parts, who)


def take_back(parts: Parts, who: Who, said: int) -> None:
    """It is as if they had not said that. said: when, in microseconds since 1970. Raises KeyError."""
    try:
        at = EPOCH + said * MICROSECOND
    except OverflowError as problem:
        raise Missing(said) from problem
    with parts.database.writing(who.organisation_id) as memory:
        wishes.remove(memory, who.person_id, at)
    to_sort(parts, who)


def key_of(at: datetime) -> int:
    """As take_back takes it."""
    return (at - EPOCH) // MICROSECOND


def _say(parts: Parts, memory: Memory, who: Who, said: Sequence[ThemeWish]) -> None:
    wishes.add(memory, who.person_id, said, parts.clock())


def _together(ids: Sequence[int]) -> list[ThemeWish]:
    """All of them: each with the next and with the first, so that they stay together when one is removed."""
    first, *rest = sorted(ids)
    pairs = sorted({*pairwise([first, *rest]), *((first, each) for each in rest)})
    return [_wish(one, WishKind.TOGETHER, other) for one, other in pairs]


def _wish(challenge_id: int, kind: WishKind, with_id: int | None = None, name: str = "") -> ThemeWish:
    return ThemeWish(0, challenge_id, kind, EPOCH, with_id, name)


def _theirs(memory: Memory, who: Who, theme_id: int) -> Theme:
    for each in themes.of_person(memory, who.person_id):
        if each.id == theme_id:
            return each
    raise Missing(theme_id)
