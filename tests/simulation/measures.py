"""What a run is judged by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np

from tests.simulation.play import Record
from tests.simulation.population import Numbers, Truths
from tests.simulation.world import World

THERE_DAYS = 28
"""Who was there for less is left out where people are compared."""


@dataclass(frozen=True)
class Measure:
    """name: as printed. better: 1 where more is better, -1 where less is, 0 for what only tells of the size."""

    name: str
    better: int


MEASURES = {
    "needs_met": Measure("needs met", 1),
    "acceptance": Measure("acceptance", 1),
    "mentor_gini": Measure("mentor load Gini", -1),
    "least_mentees": Measure("exposure of the least-offered tenth, mentees", 1),
    "least_mentors": Measure("exposure of the least-offered tenth, mentors", 1),
    "messages": Measure("messages per meeting held", -1),
    "meetings": Measure("meetings held", 0),
    "helping": Measure("meetings that truly helped", 0),
}


def measure(world: World, record: Record) -> dict[str, float]:
    """Every measure, by its key.

    acceptance: of all that was proposed, what both agreed to. mentor_gini: of meetings held, over all mentors; 1 where
    none was. least_…: how often the least-offered tenth was named in a proposal, a day of being there, as a part of the
    mean: 1 is equal, 0 nothing; of mentees only those who have a need, for to offer nothing to the others is right.
    messages: invites and cancellations.
    """
    held = [each for each in record.outcomes if each.held]
    mentors = Counter(each.proposed.mentor for each in held)
    offered = Counter(each.proposed.mentee for each in record.outcomes)
    named = Counter(each.proposed.mentor for each in record.outcomes)
    there = _days_there(world)
    needing = np.zeros(len(there), np.bool_)
    needing[[each.person for each in record.again]] = True
    return {
        "needs_met": _share(sum(each.met for each in record.again), len(record.again)),
        "acceptance": _share(sum(each.agreed for each in record.outcomes), len(record.outcomes)),
        "mentor_gini": gini(_each(mentors, world.people.mentor, there)),
        "least_mentees": least_tenth(_each(offered, needing, there)),
        "least_mentors": least_tenth(_each(named, world.people.mentor, there)),
        "messages": record.messages / max(len(held), 1),
        "meetings": float(len(held)),
        "helping": _share(record.helped, len(held)),
    }


def gini(values: Numbers) -> float:
    """0 where all have the same, near 1 where one has everything; 1 where there is nothing."""
    ordered = np.sort(values)
    total, number = float(ordered.sum()), len(ordered)
    if not total:
        return 1.0
    return float(2 * (np.arange(1, number + 1) * ordered).sum() / (number * total) - (number + 1) / number)


def least_tenth(values: Numbers) -> float:
    """The mean of the lowest tenth as a part of the mean of all; 0 where there is nothing."""
    ordered = np.sort(values)
    mean = float(ordered.mean()) if len(ordered) else 0.0
    return float(ordered[: max(len(ordered) // 10, 1)].mean()) / mean if mean else 0.0


def _each(counted: Counter[int], role: Truths, there: Numbers) -> Numbers:
    """So many a day of being there, for everybody in the role who was there for long enough."""
    rows = np.flatnonzero(role & (there >= THERE_DAYS))
    return np.array([counted[row] / there[row] for row in rows.tolist()])


def _days_there(world: World) -> Numbers:
    people = world.people
    there: Numbers = np.clip(np.minimum(people.leaves, world.days) - np.maximum(people.joins, 0), 0, None).astype(float)
    return there


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 0.0


STUDENT = (12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131)
"""97.5 % points of Student's t for 1, 2, … degrees of freedom; beyond, 2.1 is a little wide."""


@dataclass(frozen=True)
class Estimate:
    """A mean over seeds, and how far its 95 % interval reaches on either side (Student's t); infinite for one seed."""

    mean: float
    reach: float

    @property
    def clear(self) -> bool:
        """Whether nought lies outside."""
        return abs(self.mean) > self.reach


def estimate(values: Sequence[float]) -> Estimate:
    number = len(values)
    if number < 2:
        return Estimate(float(np.mean(values)), float("inf"))
    quantile = STUDENT[number - 2] if number - 2 < len(STUDENT) else 2.1
    return Estimate(float(np.mean(values)), quantile * float(np.std(values, ddof=1)) / sqrt(number))
