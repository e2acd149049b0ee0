"""The themes of an organisation: challenges that mean the same, with a label in their own words and a place among
texts."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import numpy as np

from mentoring.hours import zone
from mentoring.needs import Challenge, Need, Theme, ThemeWish
from suggestions.grouping import grouped
from suggestions.labels import Namer
from suggestions.likeness import compared
from suggestions.neighbours import centre_of, distinct
from suggestions.sorting import WITHOUT_THEMES, Ground, nearness_of
from suggestions.vectors import Vector, Vectors, centred, unit
from suggestions.wishes import bonds_of, names_given

SMALLEST = 2
"""A challenge that is like no other makes no theme."""

UNNAMED = "something that keeps coming up"


@dataclass(frozen=True, eq=False)
class Themes:
    """What a look at all challenges found.

    themes: numbered from 1, the largest first. centroids: theme id → the unit vector in the middle of its challenges,
    shape (d,), measured from centre, as everything that is compared with it must be. cut: the mean cosine distance at
    which one person's challenges were told apart. own: (theme id, person id) → what the theme is called for somebody
    who wrote of it: the name they gave it, or words of their own. nearness: the least cosine at which one more
    challenge is placed in one.
    """

    themes: tuple[Theme, ...]
    centroids: Mapping[int, Vector] = field(repr=False)
    centre: Vector = field(repr=False)
    cut: float = 0.5
    own: Mapping[tuple[int, int], str] = field(default_factory=dict, repr=False)
    nearness: float = WITHOUT_THEMES

    @property
    def ground(self) -> Ground:
        """What it takes to place one more challenge."""
        return Ground(self.centre, self.centroids, self.nearness)

    def named(self, need: Need) -> Need:
        """The need under the label that its person sees."""
        return replace(need, label=self.own.get((need.theme_id, need.person_id), need.label))

    def renumbered(self, ids: Mapping[int, int]) -> Themes:
        """The same under other ids, {id now: id then}, such as those a store gave."""
        themes = tuple(replace(theme, id=ids[theme.id]) for theme in self.themes)
        centroids = {ids[each]: vector for each, vector in self.centroids.items()}
        own = {(ids[each], person): label for (each, person), label in self.own.items()}
        return replace(self, themes=themes, centroids=centroids, own=own)


def find_themes(
    challenges: Sequence[Challenge],
    vectors: Vectors,
    zones: Mapping[int, str] | None = None,
    recurrence_days: int = 3,
    names: Collection[str] = (),
    wishes: Sequence[ThemeWish] = (),
    minimum_group: int = 5,
) -> Themes:
    """Groups an organisation's challenges. Every challenge is in one theme at most; the order they come in plays no
    part.

    vectors: of their texts, from an Embedder, shape (n, d). zones: person id → IANA zone; else the offset of the time
    counts. names: of people, kept out of labels. wishes: what people say of the grouping of their own; they hold.
    minimum_group: how many people must have used a word before others may read it. Time O(n² d) in blocked matrix
    products, memory O(n d); texts without letters stay alone. Raises ValueError when vectors and
    challenges differ in number.
    """
    if len(vectors) != len(challenges):
        raise ValueError(f"{len(challenges)} challenges, {len(vectors)} vectors")
    order = sorted(range(len(challenges)), key=lambda at: _rank(challenges[at]))
    sorted_ones, sorted_vectors = [challenges[at] for at in order], vectors[order]
    first, place = distinct([each.text for each in sorted_ones])
    placed = compared(sorted_vectors[first])[place]
    days = [local_day(each, zones or {}) for each in sorted_ones]
    people = [each.person_id for each in sorted_ones]
    groups, cut = grouped(placed, people, days, recurrence_days, bonds_of(wishes, sorted_ones))
    kept = sorted((rows for rows in groups if len(rows) >= SMALLEST), key=lambda rows: (-len(rows), rows))
    centre = centre_of(sorted_vectors[first])
    around = centred(sorted_vectors, centre)
    namer = Namer(sorted_ones, around, frozenset(names))
    themes = tuple(
        Theme(
            number,
            namer.label(rows) or UNNAMED,
            tuple(sorted(sorted_ones[row].id for row in rows)),
            namer.group_label(rows, minimum_group),
        )
        for number, rows in enumerate(kept, start=1)
    )
    centroids = {theme.id: _middle(around[rows]) for theme, rows in zip(themes, kept, strict=True)}
    own = _own_labels(themes, kept, people, namer) | names_given(wishes, themes, sorted_ones)
    nearness = nearness_of(kept, around, np.array([centroids[theme.id] for theme in themes]))
    return Themes(themes, centroids, centre, cut, own, nearness)


def _own_labels(
    themes: Sequence[Theme], kept: Sequence[Sequence[int]], people: Sequence[int], namer: Namer
) -> dict[tuple[int, int], str]:
    """For each who wrote of a theme, its label in their own words alone."""
    own: dict[tuple[int, int], str] = {}
    for theme, rows in zip(themes, kept, strict=True):
        mine: dict[int, list[int]] = {}
        for row in rows:
            mine.setdefault(people[row], []).append(row)
        for person, theirs in mine.items():
            own[theme.id, person] = theme.label if len(mine) == 1 else namer.label(theirs) or UNNAMED
    return own


def local_day(challenge: Challenge, zones: Mapping[int, str]) -> int:
    """The person's own date on which they wrote it, as an ordinal number."""
    return local_date(challenge.at, zones.get(challenge.person_id, ""))


def local_date(moment: datetime, zone_name: str) -> int:
    """The date there as an ordinal number. Without a zone: as the moment's own offset has it (UTC, from the store)."""
    return (moment.astimezone(zone(zone_name)) if zone_name else moment).toordinal()


def topic_line(label: str) -> str:
    """The one line about a need that a mentor may see, once its mentee approved it: its label as a title, no note."""
    return label[:1].upper() + label[1:]


def _rank(challenge: Challenge) -> tuple[int, datetime, str, int]:
    return challenge.person_id, challenge.at, challenge.text, challenge.id


def _middle(vectors: Vectors) -> Vector:
    return np.asarray(unit(vectors.mean(axis=0, keepdims=True))[0], dtype=np.float32)
