"""Hindsight: how far the organisation's own past bears out what would have been said of it then.

At moments of the past each need of that time is judged by what was known then, and held against what came: the hazard H
that was foreseen over some days (1 − e^−H is the probability) becomes

    exp(b₀ + (1 + b₁) ln H + b₂ trend + b₃ met)

with the b that make what came likeliest (binomial regression with a complementary log-log link, by Fisher scoring). A
hazard, and not a probability, so that what was seen over one week teaches as much as what was seen over four. Each b is
drawn towards what is thought without any past: none, but for b₃, since a meeting is held to help.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]

BEFORE = np.array([0.0, 0.0, 0.0, np.log(0.5)])
SPREAD = np.array([0.4, 0.25, 0.3, 0.4])
"""Mean and standard deviation of b₀…b₃ before anything is seen. A meeting halves the hazard, give or take."""

STEPS = 25
FLATTEST = 0.3
"""The least that 1 + b₁ may be: what is foreseen to be likelier stays so."""

LEAST_HAZARD, MOST_HAZARD = 1e-6, 30.0
LOG_MOST = np.log(MOST_HAZARD)
HALF_LIFE_DAYS = 91.0
"""What came of a need half a year ago counts a quarter of what came of one now."""


@dataclass(frozen=True)
class Case:
    """A need of the past, and what came of it. hazard: foreseen for the days that are seen by now. trend: how the
    logarithm of its rate changed in four weeks. met: what the last meeting on it counts, 0..1.5. weight: of the
    case."""

    hazard: float
    trend: float
    met: float
    came: bool
    weight: float = 1.0


@dataclass(frozen=True, eq=False)
class Hindsight:
    """b: what was learned, shape (4,). cases: from how many."""

    b: Matrix = field(default_factory=BEFORE.copy)
    cases: int = 0

    def hazard(self, foreseen: Matrix, trend: float = 0.0, met: float = 0.0) -> Matrix:
        """What the past makes of a foreseen hazard; any shape. It rises wherever the foreseen does."""
        known = np.clip(foreseen, LEAST_HAZARD, MOST_HAZARD)
        logs = self.b[0] + (1 + self.b[1]) * np.log(known) + self.b[2] * trend + self.b[3] * met
        return np.asarray(np.exp(np.minimum(logs, LOG_MOST)))


def looked_back(cases: Sequence[Case]) -> Hindsight:
    """What those cases teach. Without any, what is thought beforehand."""
    if not cases:
        return Hindsight()
    hazards = np.clip([each.hazard for each in cases], LEAST_HAZARD, MOST_HAZARD)
    rows = np.stack(
        [np.ones(len(cases)), np.log(hazards), [each.trend for each in cases], [each.met for each in cases]], axis=1
    )
    came = np.array([each.came for each in cases], np.float64)
    weights = np.array([each.weight for each in cases])
    b = BEFORE.copy()
    for _ in range(STEPS):
        b = b + np.clip(_step(rows, came, weights, b), -0.5, 0.5)
        b[1] = max(b[1], FLATTEST - 1)
    return Hindsight(b, len(cases))


def _step(rows: Matrix, came: Matrix, weights: Matrix, b: Matrix) -> Matrix:
    """One of Fisher scoring."""
    logs = np.clip(rows @ b + rows[:, 1], -12, 2.5)
    hazard = np.exp(logs)
    chance = -np.expm1(-hazard)
    change = hazard * np.exp(-hazard)
    each = weights * change / (chance * (1 - chance))
    towards = rows.T @ (each * (came - chance)) - (b - BEFORE) / SPREAD**2
    curve = (rows * (each * change)[:, None]).T @ rows + np.diag(SPREAD**-2)
    return np.asarray(np.linalg.solve(curve, towards))
