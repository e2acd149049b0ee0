"""How likely somebody is to say yes, learned from the answers that were given in the organisation.

For each role a logistic regression: log-odds = w₀ + Σ wᵢxᵢ over what is known when they are asked (FEATURES). Every wᵢ
has a Gaussian prior around 0, that of a person's own answers around 1, w₀ one around the organisation's own rate; so
few answers change little, and below ENOUGH of them the rate alone is told. The most probable weights are found by
Newton's method (iteratively reweighted least squares), which for this always comes to the same single end.

How far its guesses can be trusted is told beside them: each answer is guessed from the answers of other people alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import exp, log, log1p

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]

ENOUGH = 40
"""Below so many answers nothing is learned but the rate."""

OWN_WEIGHT = 4.0
"""A person's own answers outweigh the organisation's rate once there are more than so many."""

PRECISION, PRECISION_OF_RATE = 4.0, 0.25
"""Of the priors: a weight beyond ±1 needs many answers that say so."""

FOLDS, BINS = 5, 5
MOST_STEPS = 30
EARLY, LATE = 11, 15
ORDINARY = 0.4
"""How well a mentor ordinarily knows the topic: of one whose suggestion did not tell it, too."""
LONGEST_NOTICE = 14.0

FEATURES = (
    "what they answered before",
    "how well the mentor knows the topic",
    "another department",
    "a more senior mentor",
    "how often they were asked lately",
    "how long beforehand",
    "early in the day",
    "late in the day",
    "a Friday",
)
"""What is looked at, in the order of the weights after w₀."""


@dataclass(frozen=True)
class Asking:
    """Somebody is asked about a suggestion. Everything as it was known then.

    yes, answers: of their own before, in that role. suits: how near what the mentor declares is to the topic, as a
    suggestion tells it. steps: how many steps of seniority the mentor is above the mentee. asked_lately: in the four
    weeks before. notice_days, hour, friday: of the meeting, in their own zone; None while no time is chosen, which
    counts as an ordinary one.
    """

    person_id: int
    yes: int = 0
    answers: int = 0
    suits: float = ORDINARY
    another_department: bool = False
    steps: int = 0
    asked_lately: int = 0
    notice_days: float | None = None
    hour: float | None = None
    friday: bool | None = None


@dataclass(frozen=True)
class Answered:
    """What they said: yes, or no, silence among it."""

    asking: Asking
    yes: bool


@dataclass(frozen=True, eq=False)
class Model:
    """Of one role. rate: the organisation's, 0..1. weights: w₀ and those of FEATURES, None where only the rate is
    known. answers: how many it was learned from."""

    rate: float
    answers: int
    weights: Values | None = field(default=None, repr=False)

    def chance(self, asking: Asking) -> float:
        """Of a yes, 0..1."""
        if self.weights is None:
            return self.rate
        row = _row(asking, self.rate)
        return _sigmoid(sum(weight * value for weight, value in zip(self._listed, row, strict=True)))

    @property
    def usual(self) -> float:
        """Of somebody of whom nothing is known, asked about an ordinary suggestion."""
        return self.rate if self.weights is None else _sigmoid(float(self.weights[0]))

    def __post_init__(self) -> None:
        object.__setattr__(self, "_listed", [] if self.weights is None else self.weights.tolist())

    _listed: list[float] = field(init=False, repr=False, default_factory=list)


@dataclass(frozen=True)
class Bin:
    """Guesses of about the same height: their mean, how many came true, 0..1, and how many there were."""

    guessed: float
    came_true: float
    number: int


@dataclass(frozen=True)
class Calibration:
    """How good guesses are of people whose answers they were not learned from.

    brier: the mean squared error, 0 for perfect. brier_of_rate: that of always telling the rate, for comparison. Empty
    bins where there are too few answers.
    """

    answers: int
    rate: float
    brier: float | None = None
    brier_of_rate: float | None = None
    bins: tuple[Bin, ...] = ()

    @property
    def better(self) -> bool:
        """Whether guessing is better than telling the rate."""
        return self.brier is not None and self.brier_of_rate is not None and self.brier < self.brier_of_rate


def learn(answered: Sequence[Answered]) -> Model:
    """The model of one role. The same answers give the same model, in whatever order."""
    yes = sum(each.yes for each in answered)
    rate = (yes + 1) / (len(answered) + 2)
    if len(answered) < ENOUGH:
        return Model(rate, len(answered))
    ordered = sorted(answered, key=_key)
    rows = np.asarray([_row(each.asking, rate) for each in ordered], np.float64)
    return Model(
        rate, len(answered), _most_probable(rows, np.asarray([each.yes for each in ordered], np.float64), rate)
    )


def calibrated(answered: Sequence[Answered]) -> Calibration:
    """People are dealt into folds; each fold is guessed by what was learned from the others."""
    plain = learn(answered)
    if plain.weights is None:
        return Calibration(len(answered), plain.rate)
    ordered = sorted(answered, key=_key)
    fold = {person: at % FOLDS for at, person in enumerate(dict.fromkeys(each.asking.person_id for each in ordered))}
    guessed, rates = np.zeros(len(ordered)), np.zeros(len(ordered))
    for number in range(FOLDS):
        model = learn([each for each in ordered if fold[each.asking.person_id] != number])
        for at, each in enumerate(ordered):
            if fold[each.asking.person_id] == number:
                guessed[at], rates[at] = model.chance(each.asking), model.rate
    truth = np.asarray([each.yes for each in ordered], np.float64)
    brier, of_rate = float(((guessed - truth) ** 2).mean()), float(((rates - truth) ** 2).mean())
    return Calibration(len(ordered), plain.rate, brier, of_rate, _bins(guessed, truth))


def _bins(guessed: Values, truth: Values) -> tuple[Bin, ...]:
    """Of about the same number of answers each."""
    order = np.argsort(guessed, kind="stable")
    parts = [part for part in np.array_split(order, BINS) if len(part)]
    return tuple(Bin(float(guessed[part].mean()), float(truth[part].mean()), len(part)) for part in parts)


def _key(answered: Answered) -> tuple[object, ...]:
    asking = answered.asking
    when = (asking.notice_days or 0.0, asking.hour or 0.0, bool(asking.friday))
    return (asking.person_id, asking.answers, asking.yes, asking.suits, asking.asked_lately, when, answered.yes)


def _row(asking: Asking, rate: float) -> list[float]:
    """1 for w₀, then FEATURES, each around 0 for an ordinary suggestion and about 1 for an extraordinary one."""
    own = (asking.yes + OWN_WEIGHT * rate) / (asking.answers + OWN_WEIGHT)
    notice = None if asking.notice_days is None else min(max(asking.notice_days, 0.0), LONGEST_NOTICE)
    return [
        1.0,
        _logit(own) - _logit(rate),
        2 * (asking.suits - ORDINARY),
        float(asking.another_department),
        asking.steps / 2,
        log1p(asking.asked_lately) - log1p(2),
        0.0 if notice is None else log1p(notice) - log1p(5),
        float(asking.hour is not None and asking.hour < EARLY),
        float(asking.hour is not None and asking.hour >= LATE),
        float(bool(asking.friday)),
    ]


def _most_probable(rows: Values, yes: Values, rate: float) -> Values:
    """Newton steps on the log posterior, halved where a whole one would go too far."""
    prior = np.zeros(rows.shape[1])
    prior[:2] = _logit(rate), 1.0
    precision = np.full(rows.shape[1], PRECISION)
    precision[0] = PRECISION_OF_RATE
    weights = prior.copy()
    best = _log_posterior(weights, rows, yes, prior, precision)
    for _ in range(MOST_STEPS):
        chance = 1 / (1 + np.exp(-rows @ weights))
        gradient = rows.T @ (yes - chance) - precision * (weights - prior)
        curvature = (rows * (chance * (1 - chance))[:, None]).T @ rows + np.diag(precision)
        step = np.linalg.solve(curvature, gradient)
        size = 1.0
        while size > 1e-6 and _log_posterior(weights + size * step, rows, yes, prior, precision) < best:
            size /= 2
        weights = weights + size * step
        best = _log_posterior(weights, rows, yes, prior, precision)
        if float(np.abs(step).max()) < 1e-9:
            break
    return np.asarray(weights, np.float64)


def _log_posterior(weights: Values, rows: Values, yes: Values, prior: Values, precision: Values) -> float:
    odds = rows @ weights
    return float((yes * odds - np.logaddexp(0, odds)).sum() - (precision * (weights - prior) ** 2).sum() / 2)


def _logit(chance: float) -> float:
    return log(chance / (1 - chance))


def _sigmoid(odds: float) -> float:
    return 1 / (1 + exp(-odds)) if odds >= 0 else exp(odds) / (1 + exp(odds))
