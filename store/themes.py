"""The themes of an organisation, as the last round found them."""

from __future__ import annotations

import dataclasses
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence, Set
from datetime import datetime

from mentoring.needs import Need, Theme
from store import needs as needs_
from store import tables
from store.memory import Memory, batches

_themes = tables.themes
_members = tables.theme_challenges


def replace(memory: Memory, themes: Sequence[Theme], needs: Sequence[Need], now: datetime) -> dict[int, int]:
    """These are the themes now, and these the needs. Returns {the id a theme came with: the id it is kept under}.

    A theme keeps its identity when most of the challenges it had are in the new one. Needs name themes by the ids that
    these came with. What was taken back while the round was judging is left out.
    """
    themes, needs = _still_there(memory, themes, needs)
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
    return ids


def _still_there(
    memory: Memory, themes: Sequence[Theme], needs: Sequence[Need]
) -> tuple[Sequence[Theme], Sequence[Need]]:
    known = {row.id for row in memory.rows(memory.select(tables.challenges, tables.challenges.c.id))}
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
    """Those that what the person wrote belongs to, each with the person's own challenges only."""
    mine: dict[int, list[int]] = defaultdict(list)
    written = tables.challenges
    own = memory.select(written, written.c.id).where(written.c.person_id == person_id)
    members = memory.select(_members).where(_members.c.challenge_id.in_(own))
    for row in memory.rows(members.order_by("challenge_id")):
        mine[row.theme_id].append(row.challenge_id)
    found: list[Theme] = []
    for ids in batches(mine):
        known = memory.select(_themes).where(_themes.c.id.in_(ids), _themes.c.retired_at.is_(None))
        found += (
            Theme(row.id, row.label, tuple(mine[row.id]), row.group_label) for row in memory.rows(known.order_by("id"))
        )
    return tuple(found)


def needs(memory: Memory, person_id: int | None = None) -> tuple[Need, ...]:
    """A person's needs, or everybody's, as store.needs gives them."""
    return needs_.everyones(memory) if person_id is None else needs_.of_person(memory, person_id)
