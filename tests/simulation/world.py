"""A made organisation with everything that is hidden in it, the same for every contender."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tests.simulation.calendars import draw_free
from tests.simulation.occurrences import Need, needs_of
from tests.simulation.population import Numbers, Population, Topics, Truths, populate, topics, unit
from tests.simulation.worlds import Nature

HISTORY_DAYS = 98
"""Notes were written for so long before the first round: a quarter and a week, brought in from elsewhere."""


@dataclass(frozen=True, eq=False)
class World:
    """likes: at each week, shape (weeks, people, traits): tastes may drift. free: half hours, shape (people, slots).

    topic_vectors: what a machine makes of each topic, shape (topics, dimensions). expertise_vectors: the same of what
    each person declares of each topic, shape (people, topics, dimensions).
    """

    nature: Nature
    seed: int
    weeks: int
    people: Population
    subjects: Topics
    needs: tuple[Need, ...]
    free: Truths
    likes: Numbers
    topic_vectors: Numbers
    expertise_noise: Numbers

    @property
    def days(self) -> int:
        return self.weeks * 7

    def expertise_vector(self, person: int, topic: int) -> Numbers:
        """What a machine makes of somebody's words for what they know: near the topic, each in their own way."""
        way = self.expertise_noise[(person * 7919 + topic * 104729) % len(self.expertise_noise)]
        return unit(self.topic_vectors[topic] + 0.12 * way)


def make(nature: Nature, people: int, weeks: int, seed: int) -> World:
    """The same world for the same arguments; what one part draws does not change what another does."""
    subjects, folk, coming, calendars, drifting, texts = (np.random.default_rng([seed, stream]) for stream in range(6))
    days = weeks * 7
    about = topics(subjects)
    population = populate(nature, people, days, about, folk)
    steps = nature.drift * drifting.standard_normal((weeks, *population.likes.shape))
    return World(
        nature=nature,
        seed=seed,
        weeks=weeks,
        people=population,
        subjects=about,
        needs=tuple(needs_of(nature, population, about, -HISTORY_DAYS, days, coming)),
        free=draw_free(nature, population, days, calendars),
        likes=population.likes + np.cumsum(steps, axis=0),
        topic_vectors=unit(about.vectors + 0.05 * texts.standard_normal(about.vectors.shape)),
        expertise_noise=texts.standard_normal((997, about.vectors.shape[1])),
    )
