"""Acceptance under other rules, estimated from answers to what those of the time suggested: against a known truth."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from suggestions.off_policy import MOST_WEIGHT, NEEDED, Answered, Estimate, Wanted, acceptance, effective, weights

MENTORS, MENTEES, ROUNDS = 6, 60, 8


class Town:
    """Mentees who would say yes to each of a few mentors with a chance that only the town knows.

    One mentor is suggested to each mentee a round, by the chances of the time; other rules have chances of their own.
    """

    def __init__(self, seed: int, *, sharp: float = 1.0) -> None:
        self.luck = np.random.default_rng(seed)
        self.says_yes = self.luck.uniform(0.1, 0.9, (MENTEES, MENTORS))
        liked = self.luck.normal(size=(MENTEES, MENTORS))
        self.logged = _softmax(liked + self.luck.normal(size=liked.shape))
        self.under = _softmax(sharp * (liked + 2 * self.says_yes))

    @property
    def truth(self) -> float:
        return float(np.sum(self.under * self.says_yes) / MENTEES)

    @property
    def truth_of_the_time(self) -> float:
        return float(np.sum(self.logged * self.says_yes) / MENTEES)

    def answers(self, believed: np.ndarray | None = None) -> Answered:
        who = np.repeat(np.arange(MENTEES), ROUNDS)
        mentor = np.array([self.luck.choice(MENTORS, p=self.logged[each]) for each in who])
        said = self.luck.random(len(who)) < self.says_yes[who, mentor]
        expected = [] if believed is None else believed[who, mentor].tolist()
        chances = self.logged[who, mentor].tolist(), self.under[who, mentor].tolist()
        return Answered(*chances, said.astype(float).tolist(), who.tolist(), expected)

    def wanted(self, believed: np.ndarray) -> Wanted:
        who = np.repeat(np.arange(MENTEES), MENTORS)
        return Wanted(self.under.ravel().tolist(), believed.ravel().tolist(), who.tolist())


def _softmax(scores: np.ndarray) -> np.ndarray:
    powers = np.exp(scores)
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def _many(number: int) -> Iterator[tuple[Town, Estimate]]:
    for seed in range(number):
        town = Town(seed)
        yield town, acceptance(town.answers(), seed=seed)


def test_it_is_right_on_average_where_just_counting_is_not() -> None:
    towns = list(_many(120))
    misses = [estimate.share - town.truth for town, estimate in towns if estimate.share is not None]
    assert len(misses) == 120
    assert abs(float(np.mean(misses))) < 0.01
    counted = [town.truth_of_the_time - town.truth for town, _ in towns]
    assert float(np.mean(counted)) < -0.03, "else the example would show nothing"


def test_its_interval_holds_the_truth_about_95_times_of_100() -> None:
    towns = list(_many(200))
    held = [e.low <= town.truth <= e.high for town, e in towns if e.low is not None and e.high is not None]
    assert 0.90 <= float(np.mean(held)) <= 0.99, np.mean(held)


def test_with_a_model_it_is_right_though_the_model_is_wrong() -> None:
    misses = []
    for seed in range(120):
        town = Town(seed)
        wrong = np.clip(1 - town.says_yes, 0, 1)
        estimate = acceptance(town.answers(wrong), town.wanted(wrong), seed=seed)
        assert estimate.method == "doubly robust"
        assert estimate.share is not None
        misses.append(estimate.share - town.truth)
    assert abs(float(np.mean(misses))) < 0.015


def test_with_a_good_model_it_is_surer_than_without() -> None:
    def width(estimate: Estimate) -> float:
        assert estimate.low is not None
        assert estimate.high is not None
        return estimate.high - estimate.low

    widths = []
    for seed in range(30):
        town = Town(seed)
        answers = town.answers(town.says_yes)
        widths.append((width(acceptance(answers, town.wanted(town.says_yes))), width(acceptance(answers))))
    with_model, without = np.mean(widths, axis=0)
    assert with_model < without


def test_where_both_rules_are_the_same_it_is_the_plain_share() -> None:
    town = Town(3)
    answered = town.answers()
    same = Answered(answered.logged, answered.logged, answered.said_yes, answered.who)
    estimate = acceptance(same)
    assert estimate.share == pytest.approx(np.mean(answered.said_yes))
    assert estimate.effective == pytest.approx(len(answered.who))


def test_too_few_answers_are_refused_with_the_number_needed() -> None:
    few = Answered([0.5] * 12, [0.5] * 12, [1.0] * 12, list(range(12)))
    estimate = acceptance(few)
    assert (estimate.share, estimate.low, estimate.high) == (None, None, None)
    assert estimate.refused == f"the answers there are count for 12 here, and {NEEDED:.0f} are needed"


def test_many_answers_of_a_few_people_are_refused() -> None:
    estimate = acceptance(Answered([0.5] * 90, [0.5] * 90, [1.0] * 90, [each % 3 for each in range(90)]))
    assert estimate.share is None
    assert "3 people" in estimate.refused


def test_rules_that_want_what_never_had_a_chance_are_refused() -> None:
    town = Town(1)
    wanted = town.wanted(town.says_yes)
    estimate = acceptance(town.answers(), Wanted(wanted.under, wanted.expected, wanted.who, covered=0.2))
    assert estimate.share is None
    assert "20%" in estimate.refused


def test_no_answers_at_all_are_refused() -> None:
    assert acceptance(Answered([], [], [], [])).share is None


def test_the_same_answers_and_seed_give_the_same_interval() -> None:
    answers = Town(5).answers()
    assert acceptance(answers, seed=7) == acceptance(answers, seed=7)


positive = st.floats(0.01, 1.0)


@given(st.lists(st.tuples(positive, st.floats(0.0, 1.0)), min_size=1, max_size=40))
def test_weights_are_ratios_cut_at_the_most(chances: list[tuple[float, float]]) -> None:
    logged, under = zip(*chances, strict=True)
    for weight, was, would in zip(weights(logged, under), logged, under, strict=True):
        assert weight == pytest.approx(min(would / was, MOST_WEIGHT))


@given(st.lists(st.floats(0.0, MOST_WEIGHT), min_size=1, max_size=60))
def test_the_effective_number_lies_between_one_and_all(of: list[float]) -> None:
    counted = effective(np.array(of))
    if sum(of) > 1e-100:
        assert 1 - 1e-9 <= counted <= len(of) + 1e-6
    assert effective(np.full(len(of), 3.0)) == pytest.approx(len(of)), "equal weights count whole"


@given(st.lists(st.floats(0.1, 5.0), min_size=1, max_size=30), st.floats(0.2, 4.0))
def test_the_effective_number_does_not_depend_on_the_scale(of: list[float], times: float) -> None:
    assert effective(np.array(of) * times) == pytest.approx(effective(np.array(of)))


@pytest.mark.parametrize(("logged", "under"), [(0.0, 0.5), (1.2, 0.5), (0.5, -0.1), (0.5, 1.5)])
def test_what_is_no_chance_is_a_mistake(logged: float, under: float) -> None:
    with pytest.raises(ValueError, match="chance"):
        weights([logged], [under])
