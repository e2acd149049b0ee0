"""When what is hard comes up: for each need of each person the days, drawn before anybody does anything about it.

The days are the same whatever a contender does. A meeting that helps does not take a day away, it finds the person
ready: so every contender is judged on the same occurrences.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from tests.simulation.population import TOPICS, Population, Topics
from tests.simulation.worlds import Nature

MONTH, QUARTER = 28, 91


@dataclass(frozen=True)
class Need:
    """days: distinct and ascending; below 0 lies what is written before the first round. lasts: days that the first
    meeting which helps settles it for. recurs: whether it is a need; else something that just comes up once."""

    person: int
    topic: int
    days: tuple[int, ...]
    lasts: float
    recurs: bool = True


def needs_of(
    nature: Nature, people: Population, subjects: Topics, first: int, end: int, rng: np.random.Generator
) -> list[Need]:
    """By person and topic, for everybody who opted in as mentee. first, end: days, half-open."""
    found = []
    for person in np.flatnonzero(people.mentee).tolist():
        chosen = _chosen(nature, people, subjects, person, rng)
        found += [need for topic in chosen if (need := _need(nature, person, topic, first, end, rng)).days]
        found += _passing(person, set(chosen), first, end, rng)
    return found


def _chosen(nature: Nature, people: Population, subjects: Topics, person: int, rng: np.random.Generator) -> list[int]:
    """What is hard for somebody: what their work is about and they do not know, and some of anything."""
    weight = (1 - people.knows[person]) ** 2 * np.where(subjects.area == people.department[person], 4.0, 1.0)
    number = min(int(rng.poisson(nature.needs)), 8)
    return sorted(rng.choice(TOPICS, number, replace=False, p=weight / weight.sum()).tolist())


def _need(nature: Nature, person: int, topic: int, first: int, end: int, rng: np.random.Generator) -> Need:
    kind = rng.choice(list(nature.kinds), p=list(nature.kinds.values()))
    begins = first if rng.random() < 0.7 else int(rng.integers(first, end))
    days = {day for day in KINDS[kind](nature, begins, end, rng) if begins <= day < end}
    return Need(person, topic, tuple(sorted(days)), nature.lasting_days * float(np.exp(0.5 * rng.standard_normal())))


def _passing(person: int, own: set[int], first: int, end: int, rng: np.random.Generator) -> list[Need]:
    """What comes up once and never again: about one a fortnight."""
    days = rng.integers(first, end, rng.poisson((end - first) / 14))
    about = rng.integers(0, TOPICS, len(days))
    return [
        Need(person, topic, (day,), 0.0, recurs=False)
        for day, topic in zip(days.tolist(), about.tolist(), strict=True)
        if topic not in own
    ]


def _gap(nature: Nature, rng: np.random.Generator) -> float:
    return max(nature.gap_days * float(np.exp(0.5 * rng.standard_normal())), 4.0)


def _steady(nature: Nature, first: int, end: int, rng: np.random.Generator) -> list[int]:
    return _at_rate(_gap(nature, rng), first, end, rng)


def _at_rate(gap: float, first: int, end: int, rng: np.random.Generator) -> list[int]:
    return rng.integers(first, end, rng.poisson((end - first) / gap)).tolist() if end > first else []


def _fading(nature: Nature, first: int, end: int, rng: np.random.Generator) -> list[int]:
    half_life = float(rng.uniform(28, 84))
    often = _at_rate(_gap(nature, rng) / 2, first, end, rng)
    return [day for day in often if rng.random() < 2 ** (-(day - first) / half_life)]


def _monthly(nature: Nature, first: int, end: int, rng: np.random.Generator) -> list[int]:
    return _around_dates(MONTH, int(rng.integers(MONTH)), 2.0, 1, first, end, rng)


def _quarterly(nature: Nature, first: int, end: int, rng: np.random.Generator) -> list[int]:
    """Most quarters end on the same date for all; what hurts then hurts on several days."""
    return _around_dates(QUARTER, int(rng.normal(80, 6)), 7.0, int(rng.integers(3, 6)), first, end, rng)


def _around_dates(
    every: int, phase: int, spread: float, number: int, first: int, end: int, rng: np.random.Generator
) -> list[int]:
    dates = range(first - first % every + phase - every, end + every, every)
    return [round(date + spread * float(rng.standard_normal())) for date in dates for _ in range(number)]


def _bursts(nature: Nature, first: int, end: int, rng: np.random.Generator) -> list[int]:
    """Three to seven days within about a week; then, for one in two, another burst after months."""
    days: list[int] = []
    at = float(rng.integers(first, end))
    while at < end:
        days += (at + rng.uniform(0, 9, int(rng.integers(3, 8)))).astype(int).tolist()
        if rng.random() < 0.5:
            break
        at += 28 + rng.exponential(70)
    return days


KINDS: dict[str, Callable[[Nature, int, int, np.random.Generator], list[int]]] = {
    "steady": _steady,
    "fading": _fading,
    "monthly": _monthly,
    "quarterly": _quarterly,
    "bursts": _bursts,
}
