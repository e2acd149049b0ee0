"""How likely a yes is: learned from answers where there are enough, told with how far it can be trusted."""

from __future__ import annotations

import random
from math import exp

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from suggestions.acceptance import ENOUGH, Answered, Asking, Model, calibrated, learn


def answers(number: int, seed: int = 1, suits: float = 3.0, friday: float = -1.0, base: float = 0.5) -> list[Answered]:
    """Of sixty people: likelier the better the mentor suits, less on Fridays, by those many log-odds."""
    rng = random.Random(seed)
    found = []
    for _ in range(number):
        asking = Asking(
            person_id=rng.randrange(60),
            suits=rng.uniform(0.1, 0.9),
            steps=rng.randint(-2, 2),
            asked_lately=rng.randrange(5),
            notice_days=rng.uniform(1, 10),
            hour=rng.uniform(8, 18),
            friday=rng.random() < 0.2,
        )
        odds = base + suits * (asking.suits - 0.4) + friday * bool(asking.friday)
        found.append(Answered(asking, rng.random() < 1 / (1 + exp(-odds))))
    return found


def test_with_few_answers_only_the_rate_is_told() -> None:
    few = answers(ENOUGH - 1)
    model = learn(few)
    yes = sum(each.yes for each in few)
    assert model.chance(Asking(1, suits=0.9)) == model.chance(Asking(2, suits=0.1)) == (yes + 1) / (len(few) + 2)
    assert calibrated(few).bins == ()
    assert calibrated(few).brier is None


def test_without_any_answer_it_is_even() -> None:
    assert learn([]).usual == learn([]).chance(Asking(1)) == 0.5


def test_what_matters_is_learned_and_what_does_not_is_not() -> None:
    model = learn(answers(3000))
    assert model.weights is not None
    suits, friday, steps = model.weights[2], model.weights[9], model.weights[4]
    assert suits == pytest.approx(1.5, abs=0.35)
    assert friday == pytest.approx(-1.0, abs=0.35)
    assert abs(steps) < 0.2
    assert model.chance(Asking(1, suits=0.8)) > model.chance(Asking(1, suits=0.2)) + 0.2


def test_who_always_said_yes_is_likelier_to_than_who_never_did() -> None:
    for model in (learn(answers(60)), learn(answers(3000))):
        chances = [model.chance(Asking(1, yes=yes, answers=10)) for yes in (0, 5, 10)]
        assert chances == sorted(chances)
        assert chances[2] > chances[0] + 0.05


def test_a_time_that_is_not_chosen_yet_counts_as_an_ordinary_one() -> None:
    model = learn(answers(3000))
    friday, other = model.chance(Asking(1, friday=True)), model.chance(Asking(1, friday=False))
    assert friday < other == model.chance(Asking(1))


def test_the_same_answers_in_another_order_give_the_same() -> None:
    given = answers(300)
    model, other = learn(given), learn(given[::-1])
    assert np.array_equal(model.weights, other.weights)  # type: ignore[arg-type]
    assert calibrated(given) == calibrated(given[::-1])


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.integers(ENOUGH, 200), st.floats(-8, 8))
def test_a_chance_is_a_chance_whatever_was_answered(seed: int, number: int, base: float) -> None:
    model = learn(answers(number, seed, base=base))
    for asking in (Asking(1), Asking(2, yes=50, answers=50, suits=1.0), Asking(3, answers=50, suits=-1.0)):
        assert 0 < model.chance(asking) < 1


def test_guesses_of_other_peoples_answers_are_as_high_as_what_came_true() -> None:
    found = calibrated(answers(4000))
    assert sum(each.number for each in found.bins) == found.answers == 4000
    assert [each.guessed for each in found.bins] == sorted(each.guessed for each in found.bins)
    for each in found.bins:
        assert each.came_true == pytest.approx(each.guessed, abs=0.06)
    assert found.better


def test_where_nothing_matters_it_is_hardly_worse_than_the_rate() -> None:
    found = calibrated(answers(400, suits=0.0, friday=0.0))
    assert found.brier is not None
    assert found.brier_of_rate is not None
    assert found.brier < found.brier_of_rate + 0.01


def test_a_model_of_the_rate_alone_is_a_model() -> None:
    assert Model(0.7, 3).usual == 0.7
