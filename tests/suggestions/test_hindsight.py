"""What the past teaches about what is foreseen."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from suggestions.hindsight import Case, Hindsight, looked_back


def cases(number: int, hazard: float, share: float, **more: float) -> list[Case]:
    return [Case(hazard, more.get("trend", 0.0), more.get("met", 0.0), at < share * number) for at in range(number)]


def test_without_a_past_what_is_foreseen_stands() -> None:
    foreseen = np.array([0.01, 0.5, 2.0])
    assert looked_back([]).hazard(foreseen) == pytest.approx(foreseen)


def test_few_cases_teach_little_and_many_much() -> None:
    foreseen = np.array([1.0])
    few, many = (1 - np.exp(-looked_back(cases(each, 1.0, 0.3)).hazard(foreseen)[0]) for each in (4, 400))
    assert 0.3 < many < 0.4 < few < 0.633


def test_what_was_said_too_surely_is_said_less_surely() -> None:
    learned = looked_back(cases(300, 0.1, 0.3) + cases(300, 2.0, 0.5))
    low, high = 1 - np.exp(-learned.hazard(np.array([0.1, 2.0])))
    assert low > 0.15
    assert high < 0.8


def test_a_meeting_halves_the_hazard_until_the_past_says_otherwise() -> None:
    foreseen = np.array([1.0])
    assert Hindsight().hazard(foreseen, met=1.0)[0] == pytest.approx(0.5)
    learned = looked_back(cases(300, 1.0, 0.63) + cases(300, 1.0, 0.63, met=1.0))
    assert learned.hazard(foreseen, met=1.0)[0] > 0.8


@given(
    st.lists(st.tuples(st.floats(1e-4, 5), st.booleans(), st.floats(-0.7, 0.7)), max_size=40),
    st.lists(st.floats(1e-4, 20), min_size=2, max_size=10),
)
def test_whatever_the_past_was_what_is_likelier_stays_likelier(
    past: list[tuple[float, bool, float]], foreseen: list[float]
) -> None:
    learned = looked_back([Case(hazard, trend, 0.0, came) for hazard, came, trend in past])
    told = learned.hazard(np.sort(foreseen))
    assert np.isfinite(told).all()
    assert (np.diff(told) >= 0).all()
