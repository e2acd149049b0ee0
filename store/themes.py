"""The themes of an organisation, as the last round found them."""

from __future__ import annotations

import dataclasses
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence, Set
from datetime import datetime
from typing import Any

from mentoring.needs import Need, Theme
from store import needs as needs_
from store import tables
from store.memory import Memory

_themes = tables.themes
_members = tables.theme_challenges
_topics = tables.topics

Own = Mapping[tuple[int, int], str]
"""(theme, person) → what the theme is called for somebody who wrote of it."""


def replace(
    memory: Memory, themes: Sequence[Theme], needs: Sequence[Need], now: datetime, own: Own | None = None
) -> dict[int, int]:
    """These are the themes now, and these the needs. Returns {the id a theme came with: the id it is kept under}.

    A theme keeps its identity when most of the challenges it had are in the new one. Needs, and own, name themes by the
    ids that these came with. What was taken back while the round was judging is left out.
    """
    written = tables.challenges
    authors = memory.select(written, written.c.id, written.c.person_id)
    writers = {row.id: row.person_id for row in memory.rows(authors)}
    themes, needs = _still_there(writers.keys(), themes, needs)
    before = {theme.id: frozenset(theme.challenge_ids) for theme in all(memory)}
    known = continued(before, {theme.id: frozenset(theme.challenge_ids) for theme in themes})
    needs_.clear(memory)
    memory.changed(memory.delete(_members))
    ids = {theme.id: _keep(memory, theme, known.get(theme.id), now) for theme in themes}
    _retire(memory, before.keys() - set(ids.values()), now)
    members = [
        {"theme_id": ids[theme.id], "challenge_id": challenge} for theme in themes for challenge in theme.challenge_ids
    ]
    memory.insert_many(_members, members)
    needs_.add(memory, needs, ids)
    memory.changed(memory.delete(_topics))
    memory.insert_many(_topics, _topics_of(themes, ids, own or {}, writers))
    return ids


def _topics_of(
    themes: Sequence[Theme], ids: Mapping[int, int], own: Own, writers: Mapping[int, int]
) -> list[dict[str, Any]]:
    """A theme that only one person wrote of is in that person's words."""
    found = []
    for theme in themes:
        people = sorted({writers[each] for each in theme.challenge_ids})
        otherwise = theme.label if len(people) == 1 else ""
        for person_id in people:
            label = own.get((theme.id, person_id), otherwise)
            found.append({"theme_id": ids[theme.id], "person_id": person_id, "label": label})
    return found


def _still_there(
    known: Set[int], themes: Sequence[Theme], needs: Sequence[Need]
) -> tuple[Sequence[Theme], Sequence[Need]]:
    kept = [dataclasses.replace(theme, challenge_ids=_of(known, theme.challenge_ids)) for theme in themes]
    found = [dataclasses.replace(need, evidence=_of(known, need.evidence)) for need in needs]
    return kept, [need for need in found if need.evidence]


def _of(known: Set[int], ids: Sequence[int]) -> tuple[int, ...]:
    return tuple(each for each in ids if each in known)


def continued(before: Mapping[int, frozenset[int]], after: Mapping[int, frozenset[int]]) -> dict[int, int]:
    """{new: old} for each new theme that goes on with most of an old one's challenges; the largest such share first."""
    home = {challenge: new for new, challenges in after.items() for challenge in challenges}
    moves = Counter((home[each], old) for old, challenges in before.items() for each in challenges if each in home)
    found: dict[int, int] = {}
    for (new, old), number in sorted(moves.items(), key=lambda move: (-move[1], move[0])):
        if new not in found and old not in found.values() and 2 * number > len(before[old]):
            found[new] = old
    return found


def _keep(memory: Memory, theme: Theme, known: int | None, now: datetime) -> int:
    if known is None:
        return memory.insert(_themes, label=theme.label, group_label=theme.group_label, created_at=now)
    labels = {"label": theme.label, "group_label": theme.group_label}
    memory.changed(memory.update(_themes).where(_themes.c.id == known).values(**labels))
    return known


def _retire(memory: Memory, gone: set[int], now: datetime) -> None:
    """Those that a proposal speaks of stay, marked, without their words; the others go, earlier ones too."""
    proposals = tables.proposals
    spoken_of = memory.select(proposals, proposals.c.theme_id)
    memory.changed(
        memory.update(_themes).where(_themes.c.id.in_(gone)).values(retired_at=now, label="", group_label="")
    )
    retired = _themes.c.retired_at.is_not(None)
    memory.changed(memory.delete(_themes).where(retired, _themes.c.id.not_in(spoken_of)))


def all(memory: Memory) -> tuple[Theme, ...]:  # noqa: A001
    """The themes as they are now, each with its challenges."""
    members: dict[int, list[int]] = defaultdict(list)
    for row in memory.rows(memory.select(_members).order_by("challenge_id")):
        members[row.theme_id].append(row.challenge_id)
    rows = memory.rows(memory.select(_themes).where(_themes.c.retired_at.is_(None)).order_by("id"))
    return tuple(Theme(row.id, row.label, tuple(members[row.id]), row.group_label) for row in rows)


def of_person(memory: Memory, person_id: int) -> tuple[Theme, ...]:
    """Those that what the person wrote belongs to, as the person sees them: their own challenges, under the label that
    is theirs."""
    mine: dict[int, list[int]] = defaultdict(list)
    written = tables.challenges
    own = memory.select(written, written.c.id).where(written.c.person_id == person_id)
    members = memory.select(_members).where(_members.c.challenge_id.in_(own))
    for row in memory.rows(members.order_by("challenge_id")):
        mine[row.theme_id].append(row.challenge_id)
    topics = memory.rows(memory.select(_topics).where(_topics.c.person_id == person_id))
    called = {row.theme_id: row.label for row in topics}
    return tuple(Theme(each, called.get(each, ""), tuple(ids)) for each, ids in sorted(mine.items()))


@dataclasses.dataclass(frozen=True)
class Sorted:
    """Some of a person's challenges that are one topic. theme_id: None for a theme that there was not yet."""

    theme_id: int | None
    challenge_ids: tuple[int, ...]
    label: str


def sort(memory: Memory, person_id: int, topics: Sequence[Sorted], needs: Sequence[Need], now: datetime) -> list[int]:
    """These are the person's topics now, each in a theme of its own, and these their needs. Returns the themes' ids.

    Others' challenges stay where they are. Needs name themes by the place in topics. Themes that nobody writes of any
    more are retired.
    """
    had = {each.id: set(each.challenge_ids) for each in of_person(memory, person_id)}
    before = set(had)
    written = tables.challenges
    mine = memory.select(written, written.c.id).where(written.c.person_id == person_id)
    memory.changed(memory.delete(_members).where(_members.c.challenge_id.in_(mine)))
    needs_.clear(memory, person_id)
    memory.changed(memory.delete(_topics).where(_topics.c.person_id == person_id))
    ids = [
        memory.insert(_themes, label=each.label, group_label="", created_at=now)
        if each.theme_id is None
        else each.theme_id
        for each in topics
    ]
    for theme_id, each in zip(ids, topics, strict=True):
        memory.insert_many(_members, [{"theme_id": theme_id, "challenge_id": one} for one in each.challenge_ids])
        memory.insert(_topics, theme_id=theme_id, person_id=person_id, label=each.label)
    needs_.add(memory, needs, dict(enumerate(ids)))
    has = dict(zip(ids, (set(each.challenge_ids) for each in topics), strict=True))
    # A word of it that others read may be shared by too few now: the next look finds which are still enough.
    lost = [each for each, theirs in had.items() if theirs - has.get(each, set())]
    memory.changed(memory.update(_themes).where(_themes.c.id.in_(lost)).values(group_label=""))
    left = memory.select(_members, _members.c.theme_id).where(_members.c.theme_id.in_(before))
    _retire(memory, before - set(ids) - {row.theme_id for row in memory.rows(left)}, now)
    return ids


def needs(memory: Memory, person_id: int | None = None) -> tuple[Need, ...]:
    """A person's needs, or everybody's, as store.needs gives them."""
    return needs_.everyones(memory) if person_id is None else needs_.of_person(memory, person_id)
