"""What people say of the grouping of their own notes: these belong together, those do not.

Wishes hold exactly within a person: notes said to belong together are always in one theme, notes said not to never
are, whatever the corpus is taken for. Others' notes are grouped as before, beside whatever the person's come to. What
contradicts a later wish is as if it had not been said.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from mentoring.needs import Challenge, Theme, ThemeWish, WishKind
from suggestions.vectors import Vectors

Rows = list[int]


@dataclass(frozen=True)
class Bonds:
    """Of rows: together: {row: all rows that must be in its theme, itself among them}. apart: {row: rows that must
    not}."""

    together: Mapping[int, frozenset[int]]
    apart: Mapping[int, frozenset[int]]

    def __bool__(self) -> bool:
        return bool(self.together or self.apart)

    def part(self, row: int) -> frozenset[int]:
        return self.together.get(row, frozenset([row]))

    def clash(self, some: Iterable[int], others: Collection[int]) -> bool:
        """Whether one of some must not be with one of the others."""
        return any(not self.apart.get(row, frozenset()).isdisjoint(others) for row in some)


NONE = Bonds({}, {})


def bonds_of(wishes: Iterable[ThemeWish], challenges: Sequence[Challenge]) -> Bonds:
    """The wishes that hold, for the rows of these challenges: the latest first, each that contradicts none before."""
    place = {each.id: row for row, each in enumerate(challenges)}
    together: dict[int, frozenset[int]] = {}
    apart: dict[int, frozenset[int]] = defaultdict(frozenset)
    for one, other, kind in _pairs(wishes, place, challenges):
        bonds = Bonds(together, apart)
        here, there = bonds.part(one), bonds.part(other)
        if kind is WishKind.TOGETHER and here != there and not bonds.clash(here, there):
            together |= dict.fromkeys(here | there, here | there)
        if kind is WishKind.APART and here != there:
            apart[one] |= {other}
            apart[other] |= {one}
    return Bonds(together, dict(apart))


def _pairs(
    wishes: Iterable[ThemeWish], place: Mapping[int, int], challenges: Sequence[Challenge]
) -> Iterable[tuple[int, int, WishKind]]:
    for wish in sorted(wishes, key=lambda each: each.at, reverse=True):
        one, other = place.get(wish.challenge_id), place.get(wish.with_id or 0)
        if one is None or other is None or one == other or wish.kind is WishKind.NAMED:
            continue
        if challenges[one].person_id == challenges[other].person_id == wish.person_id:
            yield one, other, wish.kind


def honoured(clusters: Sequence[Rows], vectors: Vectors, bonds: Bonds) -> list[Rows]:
    """One person's clusters of notes, as their bonds want them.

    Notes that must be together draw the other notes of a cluster along where they hold more of it than anybody else,
    or are the greater part of it. Where notes that must be apart share a cluster, each of its other notes goes with
    those that it is nearest to, by mean cosine.
    """
    home = {row: at for at, rows in enumerate(clusters) for row in rows}
    parts = {bonds.part(row) for row in home if row in bonds.together or row in bonds.apart}
    if not parts:
        return list(clusters)
    wanted = {part: _wanted(part, home, clusters) for part in parts}
    group_of = _grouped(wanted, bonds)
    taken = {group: set(group) for group in group_of.values()}
    alone: list[Rows] = []
    for at, rows in enumerate(clusters):
        free = [row for row in rows if bonds.part(row) not in parts]
        near = {group_of[part] for part in parts if at in wanted[part]}
        for row in free if near else ():
            cosines = {group: _mean_cosine(row, group, vectors) for group in near}
            taken[max(near, key=lambda group: (cosines[group], -min(group)))].add(row)
        alone += [free] if free and not near else []
    return sorted([sorted(rows) for rows in taken.values()] + alone)


def separated(groups: Sequence[Rows], clusters: Sequence[Rows], bonds: Bonds) -> list[Rows]:
    """Groups of several people's clusters, out of which those are taken that must not be with another of the same
    person in it: the largest stays, each that is taken out is a group by itself."""
    if not bonds.apart:
        return list(groups)
    cluster_of = {row: at for at, rows in enumerate(clusters) for row in rows}
    found: list[Rows] = []
    for rows in groups:
        stays = set(rows)
        bound = {cluster_of[row] for row in rows if row in bonds.apart}
        kept: set[int] = set()
        for at in sorted(bound, key=lambda each: (-len(clusters[each]), clusters[each])):
            if bonds.clash(clusters[at], kept):
                stays -= set(clusters[at])
                found.append(list(clusters[at]))
            else:
                kept |= set(clusters[at])
        found.append(sorted(stays))
    return found


def names_given(
    wishes: Iterable[ThemeWish], themes: Iterable[Theme], challenges: Sequence[Challenge]
) -> dict[tuple[int, int], str]:
    """{(theme, person): what they call it}. A name holds for a theme when it was given to most of what the person had
    written of that by then; the latest such name counts."""
    said: dict[tuple[datetime, int, str], set[int]] = defaultdict(set)
    for wish in wishes:
        if wish.kind is WishKind.NAMED:
            said[wish.at, wish.person_id, wish.name].add(wish.challenge_id)
    known = {each.id: each for each in challenges} if said else {}
    found: dict[tuple[int, int], str] = {}
    for theme in themes if said else ():
        mine: dict[int, list[Challenge]] = defaultdict(list)
        for each in (known[one] for one in theme.challenge_ids if one in known):
            mine[each.person_id].append(each)
        for (at, person_id, name), about in sorted(said.items()):
            by_then = [each.id for each in mine.get(person_id, ()) if each.at <= at]
            if 2 * sum(each in about for each in by_then) > len(by_then):
                found[theme.id, person_id] = name
    return found


def _wanted(part: frozenset[int], home: Mapping[int, int], clusters: Sequence[Rows]) -> frozenset[int]:
    """The clusters whose other notes belong to the part: that with most of it, and each that is mostly of it."""
    counted = Counter(home[row] for row in part)
    most = min(counted, key=lambda at: (-counted[at], at))
    return frozenset(at for at, number in counted.items() if at == most or 2 * number > len(clusters[at]))


def _grouped(wanted: Mapping[frozenset[int], frozenset[int]], bonds: Bonds) -> dict[frozenset[int], frozenset[int]]:
    """{part: all rows that it ends up with}: parts that want the same cluster are together unless they must not be;
    those with the fewest that they must not be with come first."""
    group_of: dict[frozenset[int], frozenset[int]] = {}
    order = sorted(wanted, key=lambda part: (sum(len(bonds.apart.get(row, ())) for row in part), -len(part), min(part)))
    for part in order:
        group = part
        like = (group_of[other] for other in list(group_of) if wanted[part] & wanted[other])
        for other in sorted(set(like), key=lambda each: (-len(each), min(each))):
            group = group if bonds.clash(group, other) else group | other
        group_of[part] = group
        group_of |= {other: group for other, before in group_of.items() if before <= group}
    return group_of


def _mean_cosine(row: int, others: Iterable[int], vectors: Vectors) -> float:
    return float((vectors[sorted(others)] @ vectors[row]).mean())
