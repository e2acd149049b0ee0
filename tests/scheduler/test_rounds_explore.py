"""Now and then somebody else is chosen: how often is told truthfully, and never somebody who may not be."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduler.assignment import Candidate, assign
from scheduler.exploring import LEAST_DRAWS, MOST_DRAWS, assign_exploring, draws_for
from scheduler.participants import Participant
from tests.scheduler.test_everybody_who_can_meets import candidate, everybody, is_legal, small_rounds

Case = tuple[list[Candidate], dict[int, Participant], dict[int, int]]

SCORES = st.floats(0, 5).map(lambda score: round(score, 2))
SLOW = [HealthCheck.too_slow]


def four_to_choose_from() -> Case:
    """One mentee, four mentors of whom the first is the best."""
    asked = [candidate(1, 101 + number, "30 09:00", score=4.0 - number) for number in range(4)]
    return asked, everybody(asked), {each.mentor_id: 1 for each in asked}


def chosen_with(case: Case, share: float, seed: int) -> list[tuple[int, int]]:
    drawn = assign_exploring(*case, share=share, seed=seed)
    return [(case[0][each.candidate].mentee_id, case[0][each.candidate].mentor_id) for each in drawn.assignment.chosen]


@settings(max_examples=25, deadline=None, suppress_health_check=SLOW)
@given(small_rounds(SCORES), st.integers(0, 2**40), st.sampled_from((0.1, 0.3)))
def test_what_is_drawn_is_legal_and_has_a_probability(case: Case, seed: int, share: float) -> None:
    asked, people, seats = case
    drawn = assign_exploring(*case, share=share, seed=seed)
    chosen = drawn.assignment.chosen
    assert is_legal(
        tuple((asked[each.candidate], asked[each.candidate].openings[each.opening]) for each in chosen), people, seats
    )
    assert all(drawn.probabilities[each.candidate] >= 1 / drawn.draws for each in chosen)
    of_mentee: Counter[int] = Counter()
    for each, probability in zip(asked, drawn.probabilities, strict=True):
        of_mentee[each.mentee_id] += probability  # type: ignore[assignment]
    assert all(total <= 1 + 1e-9 for total in of_mentee.values())
    assert drawn == assign_exploring(*case, share=share, seed=seed)


@settings(max_examples=25, deadline=None, suppress_health_check=SLOW)
@given(small_rounds(SCORES), st.integers(0, 2**40))
def test_exploring_costs_nobody_a_meeting(case: Case, seed: int) -> None:
    assert len(assign_exploring(*case, share=0.3, seed=seed).assignment.chosen) == len(assign(*case).chosen)


@settings(max_examples=10, deadline=None, suppress_health_check=SLOW)
@given(small_rounds(SCORES), st.integers(0, 2**40))
def test_without_a_share_the_points_alone_choose(case: Case, seed: int) -> None:
    drawn = assign_exploring(*case, share=0.0, seed=seed)
    assert drawn.assignment == assign(*case)
    assert set(drawn.probabilities) <= {0.0, 1.0}
    assert drawn.explored == frozenset()


@pytest.mark.parametrize("share", [0.1, 0.3])
def test_over_many_seeds_everybody_is_chosen_as_often_as_was_told(share: float) -> None:
    """The best by 1 − ¾ of the share, each of the others by a quarter of it."""
    case = four_to_choose_from()
    drawn = [assign_exploring(*case, share=share, seed=seed) for seed in range(400)]
    happened = np.bincount([each.assignment.chosen[0].candidate for each in drawn], minlength=4) / len(drawn)
    told = np.mean([each.probabilities for each in drawn], axis=0)
    truth = np.array([1 - 0.75 * share, *[share / 4] * 3])
    assert np.allclose(told, truth, atol=0.02)
    assert np.allclose(happened, told, atol=0.06)


def test_what_was_told_weighs_what_happened_back_to_what_would_have_been() -> None:
    """Answers weighed by 1 / probability come to what each mentor would have been answered had they been chosen."""
    case = four_to_choose_from()
    answer = (0.9, 0.5, 0.3, 0.1)
    drawn = [assign_exploring(*case, share=0.3, seed=seed) for seed in range(400)]
    for at in range(4):
        happened = [each.assignment.chosen[0].candidate == at for each in drawn]
        weighed = [
            answer[at] / each.probabilities[at] if took else 0.0 for each, took in zip(drawn, happened, strict=True)
        ]
        could = np.mean([each.probabilities[at] > 0 for each in drawn])
        assert np.mean(weighed) == pytest.approx(answer[at] * could, abs=0.2)


def test_a_mentees_lot_depends_on_nobody_else() -> None:
    """So that two policies compared at one moment differ by what they say, not by luck."""
    asked, people, seats = four_to_choose_from()
    other = candidate(2, 105, "30 10:00")
    beside = [*asked, other], everybody([*asked, other]), {**seats, 105: 1}
    for seed in range(20):
        drawn = assign_exploring(asked, people, seats, share=0.3, seed=seed)
        assert drawn.probabilities == assign_exploring(*beside, share=0.3, seed=seed).probabilities[:4]


def test_nobody_loses_a_meeting_or_a_mentor_because_another_explores() -> None:
    """Mentor 101 has one seat, which the points give to mentee 2: mentee 1 is never drawn for it while 2 holds it."""
    asked = [candidate(1, 101, "30 09:00", score=1), candidate(1, 102, "30 09:00", score=2),
             candidate(2, 101, "30 09:00", score=5)]  # fmt: skip
    case = asked, everybody(asked), {101: 1, 102: 1}
    for seed in range(50):
        assert chosen_with(case, 0.3, seed) == [(1, 102), (2, 101)]


def test_what_exploring_costs_is_in_the_gap() -> None:
    case = four_to_choose_from()
    plain = assign(*case)
    costs = [assign_exploring(*case, share=0.3, seed=seed).assignment for seed in range(40)]
    assert {round(plain.total - each.total, 6) for each in costs} == {0.0, 1.0, 2.0, 3.0}
    assert all(each.bound == plain.bound >= each.total for each in costs)


def test_the_larger_a_round_the_fewer_the_draws_within_bounds() -> None:
    numbers = [draws_for(mentees) for mentees in (0, 10, 500, 100_000)]
    assert numbers == [MOST_DRAWS, MOST_DRAWS, 40, LEAST_DRAWS]
