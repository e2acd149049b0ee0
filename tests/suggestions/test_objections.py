"""What people answer to reasons: for how long, and with whom, it holds."""

from __future__ import annotations

import pytest

from mentoring.proposals import Objection
from suggestions.objections import Objected, against_person, against_topic, not_counted
from tests.suggestions.people import NOW, days_ago


def said(objection: Objection, reason: str = "recurs", about: str = "topic", ago: float = 3) -> Objected:
    """Person 1 of a suggestion with person 2 on theme 7."""
    return Objected(1, 2, 7, reason, about, objection, days_ago(ago))


@pytest.mark.parametrize(
    ("answer", "theme_id", "written_ago", "held_back"),
    [
        (said(Objection.NEVER, ago=300), 7, 1, True),
        (said(Objection.NEVER), 8, 1, False),
        (said(Objection.NOT_NOW, ago=13), 7, 1, True),
        (said(Objection.NOT_NOW, ago=15), 7, 1, False),
        (said(Objection.WRONG, ago=3), 7, 4, True),
        (said(Objection.WRONG, ago=3), 7, 2, False),
        (said(Objection.WRONG, "evidence", "reading"), 7, 4, True),
        (said(Objection.NEVER, "suits", "person"), 7, 4, False),
        (said(Objection.NEVER, "is_mid_hours", "time"), 7, 4, False),
    ],
)
def test_an_answer_to_a_reason_of_the_topic_holds_the_topic_back(
    answer: Objected, theme_id: int, written_ago: float, held_back: bool
) -> None:
    assert (against_topic([answer], theme_id, days_ago(written_ago), NOW) is answer) is held_back


@pytest.mark.parametrize(
    ("answer", "mentor_id", "theme_id", "held_back"),
    [
        (said(Objection.WRONG, "suits", "person", ago=300), 2, 7, True),
        (said(Objection.WRONG, "suits", "person"), 2, 8, False),
        (said(Objection.WRONG, "suits", "person"), 3, 7, False),
        (said(Objection.NEVER, "went_well", "person", ago=300), 2, 8, True),
        (said(Objection.NEVER, "suits", "person"), 3, 7, False),
        (said(Objection.NOT_NOW, "suits", "person", ago=13), 2, 8, True),
        (said(Objection.NOT_NOW, "suits", "person", ago=15), 2, 7, False),
        (said(Objection.NEVER, "another_department", "person"), 2, 7, False),
    ],
)
def test_an_answer_to_what_somebody_knows_holds_that_person_back(
    answer: Objected, mentor_id: int, theme_id: int, held_back: bool
) -> None:
    assert (against_person([answer], mentor_id, theme_id, NOW) is answer) is held_back


@pytest.mark.parametrize(
    ("answer", "mentor_id", "left_out"),
    [
        (said(Objection.WRONG, "another_department", "person", ago=300), 2, True),
        (said(Objection.WRONG, "another_department", "person"), 3, False),
        (said(Objection.NOT_NOW, "another_department", "person", ago=13), 3, True),
        (said(Objection.NOT_NOW, "another_department", "person", ago=15), 3, False),
        (said(Objection.NEVER, "is_mid_hours", "time", ago=300), 3, True),
        (said(Objection.NEVER, "suits", "person"), 2, False),
        (said(Objection.NEVER), 2, False),
    ],
)
def test_any_other_reason_no_longer_counts(answer: Objected, mentor_id: int, left_out: bool) -> None:
    expected = {answer.reason: answer.objection} if left_out else {}
    assert not_counted([answer], mentor_id, NOW) == expected
