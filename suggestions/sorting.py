"""Placing a new note among the themes of the last look at all notes, without looking at all of them again.

A note goes to the theme whose centroid is the nearest, or beside a note of the same person that had no theme, if that
is near enough. What is near enough is found at the look: with that cosine, most of the notes that were looked at would
have been placed, each without itself, where the look put them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from mentoring.needs import Challenge, ThemeWish
from suggestions.vectors import Vector, Vectors, centred, unit
from suggestions.wishes import bonds_of, honoured

MOST_TRIED = 2000
"""So many of the notes, evenly spread, tell how near is near enough."""

NEARNESSES = np.linspace(0.05, 0.95, 91)
WITHOUT_THEMES = 0.5
"""How near is near enough where no theme was found to tell."""


@dataclass(frozen=True, eq=False)
class Ground:
    """Where the themes of the last look lie. centre: shape (d,). centroids: theme id → a unit vector, measured from
    there. nearness: the least cosine at which a note is placed."""

    centre: Vector = field(repr=False)
    centroids: Mapping[int, Vector] = field(repr=False)
    nearness: float = WITHOUT_THEMES


@dataclass(frozen=True)
class Topic:
    """Notes of one person that are about the same. theme_id: None where there is no such theme yet."""

    theme_id: int | None
    challenge_ids: tuple[int, ...]


def sorted_in(
    mine: Sequence[Challenge],
    vectors: Vectors,
    themes: Mapping[int, int],
    known: Collection[int],
    ground: Ground,
    wishes: Sequence[ThemeWish] = (),
) -> list[Topic]:
    """One person's topics: each of their notes is in one at most.

    vectors: of the notes, shape (n, d). themes: challenge id → the theme it is in already. known: ids of the notes that
    the look, or this, has placed before: they stay where they are, unless the person wishes otherwise. The same again
    gives the same. O(n d (n + themes)).
    """
    order = sorted(range(len(mine)), key=lambda row: (mine[row].at, mine[row].id))
    notes, around = [mine[row] for row in order], centred(vectors[order], ground.centre) if order else vectors
    theme_of: dict[int, int] = {row: themes[each.id] for row, each in enumerate(notes) if each.id in themes}
    placed = [row for row, each in enumerate(notes) if each.id in themes or each.id in known]
    mate: dict[int, int] = {row: row for row in placed}
    ids = list(ground.centroids)
    centroids = (
        np.stack([ground.centroids[each] for each in ids]) if ids else np.zeros((0, around.shape[1]), np.float32)
    )
    for row in range(len(notes)):
        if row in mate:
            continue
        theme_id, beside = _nearest(
            around, row, centroids, ids, [each for each in placed if each not in theme_of], ground
        )
        if theme_id is not None:
            theme_of[row] = theme_id
        mate[row] = row if beside is None else mate[beside]
        placed.append(row)
    clusters = _clusters(theme_of, mate)
    settled = honoured(clusters, around, bonds_of(wishes, notes))
    return _topics(settled, theme_of, notes)


def nearness_of(themes: Sequence[Sequence[int]], around: Vectors, centroids: Vectors) -> float:
    """The least cosine at which a note is placed, as the module says.

    themes: rows of each theme. around: all notes, centred, shape (n, d). centroids: of the themes, shape (t, d).
    """
    if not len(themes):
        return WITHOUT_THEMES
    home: NDArray[np.int64] = np.full(len(around), -1)
    for number, rows in enumerate(themes):
        home[list(rows)] = number
    tried = np.unique(np.linspace(0, len(around) - 1, min(len(around), MOST_TRIED)).astype(np.int64))
    cosines = around[tried] @ centroids.T
    at_home = np.flatnonzero(home[tried] >= 0)
    own = home[tried][at_home]
    sums = np.stack([around[list(rows)].sum(axis=0) for rows in themes])
    without = unit(sums[own] - around[tried][at_home])
    cosines[at_home, own] = (without * around[tried][at_home]).sum(axis=1)
    best, nearest = cosines.max(axis=1), cosines.argmax(axis=1)
    right, alone = nearest == home[tried], home[tried] < 0
    merit = [np.where(best >= least, right, alone).sum() for least in NEARNESSES]
    return float(NEARNESSES[np.flatnonzero(np.array(merit) == max(merit))].mean())


def _nearest(
    around: Vectors, row: int, centroids: Vectors, ids: Sequence[int], alone: Sequence[int], ground: Ground
) -> tuple[int | None, int | None]:
    """(theme, None), (None, a note of theirs without a theme), or (None, None) where nothing is near."""
    to_themes, to_notes = centroids @ around[row], around[list(alone)] @ around[row]
    theme, note = float(to_themes.max(initial=-1)), float(to_notes.max(initial=-1))
    if max(theme, note) < ground.nearness:
        return None, None
    return (ids[int(to_themes.argmax())], None) if theme >= note else (None, alone[int(to_notes.argmax())])


def _clusters(theme_of: Mapping[int, int], mate: Mapping[int, int]) -> list[list[int]]:
    by_key: dict[tuple[str, int], list[int]] = defaultdict(list)
    for row in sorted(mate):
        by_key[("theme", theme_of[row]) if row in theme_of else ("note", mate[row])].append(row)
    return sorted(by_key.values())


def _topics(clusters: Sequence[Sequence[int]], theme_of: Mapping[int, int], notes: Sequence[Challenge]) -> list[Topic]:
    """A theme goes on with the cluster that has most of its notes, and the larger theme with the cluster of two."""
    counted = [Counter(theme_of[row] for row in rows if row in theme_of) for rows in clusters]
    moves = sorted((-number, theme, at) for at, each in enumerate(counted) for theme, number in each.items())
    given: dict[int, int] = {}
    for _, theme, at in moves:
        if at not in given and theme not in given.values():
            given[at] = theme
    found = []
    for at, rows in enumerate(clusters):
        ids = tuple(notes[row].id for row in rows)
        if at in given or len(rows) > 1:
            found.append(Topic(given.get(at), ids))
    return found
