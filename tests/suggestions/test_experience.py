"""What a meeting teaches of its mentor: by what the two said of it, and less as time passes."""

from __future__ import annotations

import pytest

from mentoring.proposals import Party
from mentoring.reviews import Helped
from suggestions.experience import HALF_LIFE_DAYS, of_meeting, of_refusal
from suggestions.suitability import Outcome

MENTEE, MENTOR = Party.MENTEE, Party.MENTOR


@pytest.mark.parametrize(
    ("helped", "outcome", "counts"),
    [
        ({MENTEE: Helped.YES}, Outcome.WENT_WELL, 1.0),
        ({MENTEE: Helped.PARTLY}, Outcome.WENT_WELL, 0.4),
        ({MENTEE: Helped.NO}, Outcome.WENT_BADLY, 1.0),
        ({MENTEE: Helped.NO, MENTOR: Helped.YES}, Outcome.WENT_BADLY, 1.0),
        ({MENTOR: Helped.YES}, Outcome.WENT_WELL, 0.5),
        ({MENTOR: Helped.NO}, Outcome.WENT_BADLY, 0.5),
        ({}, Outcome.MET, 1.0),
    ],
)
def test_the_mentees_word_counts_most(helped: dict[Party, Helped], outcome: Outcome, counts: float) -> None:
    assert of_meeting(helped, 0) == (outcome, pytest.approx(counts))


def test_half_of_it_is_left_after_the_half_life() -> None:
    for lesson in (of_meeting({MENTEE: Helped.YES}, HALF_LIFE_DAYS), of_refusal(HALF_LIFE_DAYS)):
        assert lesson[1] == pytest.approx(0.5)
