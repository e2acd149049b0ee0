"""The people of a made organisation: what they know, what they are like, and what they let others see of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tests.simulation.worlds import Nature

Numbers = NDArray[np.float64]
Whole = NDArray[np.int64]
Truths = NDArray[np.bool_]

TOPICS = 48
AREAS = 8
DIMENSIONS = 48
TRAITS = 4
"""Dimensions of what people find likeable in one another."""


@dataclass(frozen=True, eq=False)
class Population:
    """Everybody, one row a person; all arrays of shape (people,) where nothing else is said.

    Seen by everybody: department, seniority (0 junior … 3 lead), zone, languages (bit mask), manager (row or -1),
    mentee, mentor, per_month, joins and leaves (days; active while joins <= day < leaves), paused (first and last day),
    never_with (row or -1), declared (people, topics).
    Hidden: knows (people, topics) in 0..1; likes, likeable (people, traits); averse (people, topics); known: how well
    somebody is known; willing: log-odds of a yes; generous, appetite (meetings in 28 days) as mentors; answers: share
    of messages read while nothing wears; wears: factor; writes: share of occurrences that become notes; early:
    liking of early hours; ahead: of long notice; by_load, by_rank, by_department, sociable: tastes.
    """

    department: Whole
    seniority: Whole
    zone: Whole
    languages: Whole
    manager: Whole
    mentee: Truths
    mentor: Truths
    per_month: Whole
    joins: Whole
    leaves: Whole
    paused: Whole
    never_with: Whole
    declared: Truths
    knows: Numbers
    likes: Numbers
    likeable: Numbers
    averse: Truths
    known: Numbers
    willing: Numbers
    generous: Numbers
    appetite: Numbers
    answers: Numbers
    wears: Numbers
    writes: Numbers
    early: Numbers
    ahead: Numbers
    by_load: Numbers
    by_rank: Numbers
    by_department: Numbers
    sociable: Numbers

    def __len__(self) -> int:
        return len(self.department)


@dataclass(frozen=True, eq=False)
class Topics:
    """area: shape (topics,). vectors: unit, shape (topics, dimensions), those of an area alike. by_seniors: log-odds of
    helping for each step that a mentor stands above the mentee; negative where peers help best."""

    area: Whole
    vectors: Numbers
    by_seniors: Numbers

    def likeness(self) -> Numbers:
        """Cosines, shape (topics, topics)."""
        cosines: Numbers = self.vectors @ self.vectors.T
        return cosines


def topics(rng: np.random.Generator) -> Topics:
    """What can be hard in an organisation."""
    area = np.arange(TOPICS) % AREAS
    centres = rng.normal(size=(AREAS, DIMENSIONS))
    return Topics(
        area, unit(centres[area] * 0.6 + rng.normal(size=(TOPICS, DIMENSIONS))), rng.normal(0, 0.25, size=TOPICS)
    )


def unit(vectors: Numbers) -> Numbers:
    """Each of length one."""
    shortened: Numbers = vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)
    return shortened


def populate(nature: Nature, people: int, days: int, subjects: Topics, rng: np.random.Generator) -> Population:
    """The same for the same random numbers."""
    department = rng.integers(0, AREAS, people)
    seniority = rng.choice(4, people, p=(0.35, 0.35, 0.2, 0.1))
    knows = _knowledge(department, seniority, subjects, rng)
    known = rng.normal(0, nature.popularity, people)
    known[rng.random(people) < 0.02] += 2.5 * nature.popularity
    normal = rng.standard_normal
    return Population(
        department=department,
        seniority=seniority,
        zone=rng.choice(len(nature.zones), people, p=tuple(nature.zones.values())),
        languages=_languages(people, rng),
        manager=_managers(department, seniority, rng),
        mentee=rng.random(people) < nature.mentees,
        mentor=rng.random(people) < nature.mentors * (0.6 + 0.25 * seniority),
        per_month=rng.choice((2, 4, 4, 6), people),
        joins=np.where(rng.random(people) < 0.88, -days, rng.integers(-days // 3, days, people)),
        leaves=np.where(rng.random(people) < 0.9, days + 1, rng.integers(0, days, people)),
        paused=_pauses(people, days, rng),
        never_with=np.where(rng.random(people) < 0.03, rng.integers(0, people, people), -1),
        declared=_declared(nature, knows, known, rng),
        knows=knows,
        likes=normal((people, TRAITS)),
        likeable=normal((people, TRAITS)),
        averse=rng.random((people, TOPICS)) < 0.04,
        known=known,
        willing=0.5 * normal(people),
        generous=0.6 + 0.6 * normal(people),
        appetite=rng.gamma(4.0, 0.6, people) + 0.5,
        answers=rng.beta(12, 3, people),
        wears=nature.wear * rng.gamma(4.0, 0.25, people),
        writes=rng.beta(4 * nature.writing, 4 * (1 - nature.writing), people),
        early=0.5 * normal(people),
        ahead=0.3 * normal(people),
        by_load=0.4 + 0.4 * rng.random(people),
        by_rank=0.25 * normal(people),
        by_department=0.25 * normal(people),
        sociable=0.5 * normal(people) + 0.3,
    )


def _knowledge(department: Whole, seniority: Whole, subjects: Topics, rng: np.random.Generator) -> Numbers:
    """Some of what one's own area is about, more with the years, and a few hobbies; of everything else little."""
    people = len(department)
    own = subjects.area[None, :] == department[:, None]
    knows = rng.beta(1.2, 6.0, (people, TOPICS))
    expert = rng.random((people, TOPICS)) < np.where(own, 0.15 + 0.1 * seniority[:, None], 0.03)
    drawn: Numbers = np.where(expert, rng.beta(6.0, 2.0, (people, TOPICS)), knows)
    return drawn


def _declared(nature: Nature, knows: Numbers, known: Numbers, rng: np.random.Generator) -> Truths:
    """The modest leave much out, some claim what they do not know; without `declaring` it is all one."""
    people = len(knows)
    modesty = rng.normal(0, 0.8, people)[:, None]
    truly = 1 / (1 + np.exp(-(9 * (knows - 0.6) - modesty)))
    anything = 0.08 * np.exp(0.5 * known)[:, None]
    chance = nature.declaring * (0.85 * truly + 0.01) + (1 - nature.declaring) * anything
    declared: Truths = rng.random(knows.shape) < chance
    return declared


def _languages(people: int, rng: np.random.Generator) -> Whole:
    """Bit 1 for the one nearly everybody speaks, bit 2 for another, which whoever has no first speaks."""
    first, second = rng.random(people) < 0.93, rng.random(people) < 0.3
    return np.where(first, 1, 0) + np.where(second | ~first, 2, 0)


def _managers(department: Whole, seniority: Whole, rng: np.random.Generator) -> Whole:
    manager = np.full(len(department), -1)
    for row, (where, rank) in enumerate(zip(department, seniority, strict=True)):
        above = np.flatnonzero((department == where) & (seniority > rank))
        if len(above):
            manager[row] = rng.choice(above)
    return manager


def _pauses(people: int, days: int, rng: np.random.Generator) -> Whole:
    """First and last day of somebody's pause, shape (people, 2); (0, -1) for the many who have none."""
    first = rng.integers(0, max(days, 1), people)
    paused = np.stack([first, first + rng.integers(14, 42, people)], axis=1)
    paused[rng.random(people) >= 0.05] = (0, -1)
    return paused
