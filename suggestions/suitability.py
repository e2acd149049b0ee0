"""How well each mentor suits each theme: what they say they know, and how meetings on like themes went."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np

from mentoring.people import Person
from suggestions.themes import Themes
from suggestions.vectors import Vector, Vectors, centred

MOST_LEARNED = 0.3
"""What meetings can add to or take from the cosine at most: they refine what somebody declares, and never replace
it."""


class Outcome(StrEnum):
    """How asking a mentor about a theme ended."""

    WENT_WELL = "went_well"
    MET = "met"
    WENT_BADLY = "went_badly"
    DECLINED = "declined"


LEARNED = {Outcome.WENT_WELL: 0.15, Outcome.MET: 0.04, Outcome.WENT_BADLY: -0.15, Outcome.DECLINED: -0.1}
"""What one of them is worth on the very same theme, fresh and beyond doubt; on another, less by the square of the
themes' cosine."""


@dataclass(frozen=True, eq=False)
class Experience:
    """A mentor was asked about a theme. vector: the theme's centroid, shape (d,).

    own: {somebody who wrote of it: what the theme is called for them}. label: for everybody else, "" for none. counts:
    how much of it, 0..1, is left of what it was worth (see experience.py).
    """

    mentor_id: int
    vector: Vector = field(repr=False)
    label: str
    outcome: Outcome
    own: Mapping[int, str] = field(default_factory=dict, repr=False)
    counts: float = 1.0

    def label_for(self, reader_id: int | None) -> str:
        """What it is called for that reader, or anybody; "" where it would tell them of what somebody else wrote."""
        return self.own.get(reader_id or 0, self.label)


@dataclass(frozen=True)
class Suitability:
    """score: -1..1. cosine: of the expertise that fits best, whose words are `knows` ("" where none is declared).

    learned: what experience added. went_well: labels of like themes on which meetings went well, "" for those that the
    reader may not know, which come last.
    """

    score: float
    cosine: float
    knows: str = ""
    learned: float = 0.0
    went_well: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Suitabilities:
    """Every theme against every person. scores: shape (themes, people), rows and columns as in theme_ids and
    person_ids."""

    theme_ids: Mapping[int, int]
    person_ids: Mapping[int, int]
    scores: Vectors = field(repr=False)
    _cosines: Vectors = field(repr=False)
    _learned: Vectors = field(repr=False)
    _knows: Sequence[Sequence[str]] = field(repr=False)
    _which: np.ndarray[tuple[int, int], np.dtype[np.int64]] = field(repr=False)
    _centroids: Mapping[int, Vector] = field(repr=False)
    _experiences: Mapping[int, Sequence[Experience]] = field(repr=False)

    def of(self, theme_id: int, person_id: int, reader_id: int | None = None) -> Suitability:
        """In words for that reader, or for anybody. Raises KeyError for a theme or person that was not given."""
        row, column = self.theme_ids[theme_id], self.person_ids[person_id]
        texts = self._knows[column]
        return Suitability(
            score=float(self.scores[row, column]),
            cosine=float(self._cosines[row, column]),
            knows=texts[int(self._which[row, column])] if texts else "",
            learned=float(self._learned[row, column]),
            went_well=self._went_well(theme_id, person_id, reader_id),
        )

    def score(self, theme_id: int, person_id: int) -> float:
        """The number alone. Raises KeyError for a theme or person that was not given."""
        return float(self.scores[self.theme_ids[theme_id], self.person_ids[person_id]])

    def _went_well(self, theme_id: int, person_id: int, reader_id: int | None) -> tuple[str, ...]:
        here = self._centroids[theme_id]
        like = [
            each.label_for(reader_id)
            for each in self._experiences.get(person_id, ())
            if each.outcome is Outcome.WENT_WELL and float(here @ each.vector) > 0.5
        ]
        return tuple(sorted(dict.fromkeys(like), key=lambda label: not label))


def suitabilities(
    themes: Themes,
    theme_ids: Sequence[int],
    people: Sequence[Person],
    expertise: Mapping[str, Vector],
    experiences: Sequence[Experience] = (),
) -> Suitabilities:
    """Suitability = the best cosine of a person's expertise texts against the theme, plus what experience says of like
    themes.

    expertise: each text's vector from the same Embedder as the challenges'; it is measured from the themes' own centre
    here, as the centroids are. A text without a vector counts as not declared. Cost: one (themes × texts) and one
    (themes × experiences) matrix product.
    """
    knows = [[each.text for each in person.expertise if each.text in expertise] for person in people]
    centroids = np.asarray([themes.centroids[each] for each in theme_ids], np.float32).reshape(-1, len(themes.centre))
    cosines, which = _best(centroids, knows, expertise, themes.centre)
    columns = {person.id: at for at, person in enumerate(people)}
    learned = _from_experience(centroids, columns, experiences)
    theirs: dict[int, list[Experience]] = {}
    for each in experiences:
        theirs.setdefault(each.mentor_id, []).append(each)
    return Suitabilities(
        {each: at for at, each in enumerate(theme_ids)}, columns, np.clip(cosines + learned, -1, 1), cosines, learned,
        knows, which, {each: themes.centroids[each] for each in theme_ids}, theirs,
    )  # fmt: skip


def _best(
    centroids: Vectors, knows: Sequence[Sequence[str]], vectors: Mapping[str, Vector], centre: Vector
) -> tuple[Vectors, np.ndarray[tuple[int, int], np.dtype[np.int64]]]:
    """(cosine, which of the person's texts), both (themes, people); 0 where a person declared nothing."""
    shape = len(centroids), len(knows)
    best, which = np.zeros(shape, np.float32), np.zeros(shape, np.int64)
    distinct = {text: at for at, text in enumerate(dict.fromkeys(text for texts in knows for text in texts))}
    if distinct and len(centroids):
        cosines = centroids @ centred(np.stack([vectors[text] for text in distinct]), centre).T
        for column, texts in enumerate(knows):
            if texts:
                mine = cosines[:, [distinct[text] for text in texts]]
                which[:, column] = mine.argmax(axis=1)
                best[:, column] = mine.max(axis=1)
    return best, which


def _from_experience(centroids: Vectors, columns: Mapping[int, int], experiences: Sequence[Experience]) -> Vectors:
    learned = np.zeros((len(centroids), len(columns)), np.float32)
    for each in experiences:
        if each.mentor_id in columns:
            near = (centroids @ each.vector).clip(0) ** 2
            learned[:, columns[each.mentor_id]] += LEARNED[each.outcome] * each.counts * near
    return np.asarray(learned.clip(-MOST_LEARNED, MOST_LEARNED), dtype=np.float32)
