"""What acceptance would have been under other rules, from answers to what the rules of the time had suggested.

Each suggestion that was answered counts by how much likelier the other rules were to make it: its chance under them
over the chance that it really had (inverse propensity). The sum of the weights takes the place of their number, which
costs a bias of the order of 1/n and saves most of the variance (SNIPS: Swaminathan and Joachims 2015, "The
self-normalized estimator for counterfactual learning"). Where a model of acceptance is there, it speaks for what nobody
answered, and the weighted answers only correct it (doubly robust: Dudík, Langford and Li 2011,
https://arxiv.org/abs/1103.4601). Answers of one mentee are not independent, so that the interval draws mentees anew,
each with all of theirs (cluster bootstrap).
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

MOST_WEIGHT = 20.0
"""A weight above this is cut to it: one answer to something very unlikely must not decide alone. What is cut biases the
estimate towards what was rather done at the time."""

NEEDED = 30.0
"""So many answers, counted by their weights, are the least on which a share is told: its interval is then about 18
points wide to each side at most."""

NEEDED_PEOPLE = 10
"""Below so many mentees drawing them anew says nothing of how else it might have come out."""

NEEDED_COVERED = 0.5
"""Of what the other rules would suggest, so much must have had a chance at the time; of the rest no answer tells."""

DRAWS = 2000
LOW, HIGH = 2.5, 97.5


@dataclass(frozen=True)
class Answered:
    """Suggestions that were answered, in columns of one length.

    logged: the chance that each had of being made, above 0. under: the chance that it would have. said_yes: 1 or 0.
    who: the mentee. expected: what a model expected of each, 0..1, or nothing.
    """

    logged: Sequence[float]
    under: Sequence[float]
    said_yes: Sequence[float]
    who: Sequence[Hashable]
    expected: Sequence[float] = ()


@dataclass(frozen=True)
class Wanted:
    """Everything that the other rules would suggest, in columns of one length: its chance under them, and what a model
    expects of it. covered: how much of it, 0..1, had a chance at the time."""

    under: Sequence[float]
    expected: Sequence[float]
    who: Sequence[Hashable]
    covered: float = 1.0


@dataclass(frozen=True)
class Estimate:
    """share, low, high: 0..1, None where nothing is told, and refused says why. effective: how many answers those that
    there are count for. answers: how many there are. method: "snips" or "doubly robust"."""

    share: float | None
    low: float | None
    high: float | None
    effective: float
    answers: int
    method: str
    refused: str = ""


def weights(logged: Sequence[float], under: Sequence[float], most: float = MOST_WEIGHT) -> Floats:
    """How much likelier each is under the other rules, cut at most. Raises ValueError for a chance outside (0, 1]."""
    was, would = np.asarray(logged, np.float64), np.asarray(under, np.float64)
    if was.shape != would.shape or np.any((was <= 0) | (was > 1) | (would < 0) | (would > 1)):
        raise ValueError("a chance lies above 0, or at it for what would not be, and at most at 1")
    return np.minimum(would / was, most)


def effective(of: Floats) -> float:
    """How many equally weighted answers tell as much as these: (Σw)² / Σw² (Kish 1965). 0 for none."""
    total = float(np.sum(of**2))
    return float(np.sum(of)) ** 2 / total if total > 0 else 0.0


def acceptance(answered: Answered, wanted: Wanted | None = None, seed: int = 0) -> Estimate:
    """The share that would say yes, with its 95 per cent interval, or why that cannot be told.

    With a model's expectations on both sides it is doubly robust, else self-normalised. The same input and seed give
    the same result.
    """
    drawn = weights(answered.logged, answered.under)
    method = "doubly robust" if wanted and len(answered.expected) == len(drawn) > 0 else "snips"
    least, people = effective(drawn), len({who for who, weight in zip(answered.who, drawn, strict=True) if weight > 0})
    refused = _too_little(least, people, wanted.covered if wanted else 1.0)
    if refused:
        return Estimate(None, None, None, least, len(drawn), method, refused)
    sums = _sums(answered, drawn, wanted if method != "snips" else None)
    share = float(_share(np.ones((1, len(sums))), sums)[0])
    again = np.random.default_rng(seed).multinomial(len(sums), np.full(len(sums), 1 / len(sums)), DRAWS)
    shares = _share(again.astype(np.float64), sums)
    low, high = np.percentile(shares[np.isfinite(shares)], [LOW, HIGH])
    return Estimate(share, float(max(0.0, low)), float(min(1.0, high)), least, len(drawn), method)


def _too_little(least: float, people: int, covered: float) -> str:
    if covered < NEEDED_COVERED:
        return (
            f"of what these rules would suggest, only {covered:.0%} had any chance of being suggested at the time;"
            f" {NEEDED_COVERED:.0%} is needed"
        )
    if least < NEEDED:
        return f"the answers there are count for {int(least)} here, and {NEEDED:.0f} are needed"
    if people < NEEDED_PEOPLE:
        return f"they come from {people} people, and {NEEDED_PEOPLE} are needed"
    return ""


def _sums(answered: Answered, drawn: Floats, wanted: Wanted | None) -> Floats:
    """By mentee: weighted surprise, weights, expectations of what is wanted, its chances; shape (mentees, 4)."""
    everybody: dict[Hashable, int] = {}
    for who in (*answered.who, *(wanted.who if wanted else ())):
        everybody.setdefault(who, len(everybody))
    sums = np.zeros((len(everybody), 4))
    said = np.asarray(answered.said_yes, np.float64)
    surprise = said - np.asarray(answered.expected, np.float64) if wanted else said
    _add(sums, 0, everybody, answered.who, drawn * surprise)
    _add(sums, 1, everybody, answered.who, drawn)
    if wanted:
        under = np.asarray(wanted.under, np.float64)
        _add(sums, 2, everybody, wanted.who, under * np.asarray(wanted.expected, np.float64))
        _add(sums, 3, everybody, wanted.who, under)
    return sums


def _add(
    sums: Floats, column: int, everybody: dict[Hashable, int], who: Sequence[Hashable], values: NDArray[Any]
) -> None:
    np.add.at(sums[:, column], [everybody[each] for each in who], values)


def _share(times: Floats, sums: Floats) -> Floats:
    """The estimate for each row of how often every mentee is counted; nan where nobody with a weight is."""
    surprise, weight, expected, wanted = (times @ sums).T
    with np.errstate(divide="ignore", invalid="ignore"):
        corrected = surprise / weight
        modelled = np.where(wanted > 0, expected / wanted, 0.0)
    return np.asarray(corrected + modelled, dtype=np.float64)
