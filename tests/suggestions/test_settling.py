"""What is no longer hard for somebody stays so, whatever becomes of the themes, until they write of it again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from mentoring.needs import Challenge, Theme
from suggestions.settling import carried

ANN, BEN = 1, 2
SAID = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)

CHALLENGES = [
    *(Challenge(number, ANN, "", SAID - timedelta(days=number)) for number in range(1, 7)),
    *(Challenge(number, BEN, "", SAID - timedelta(days=1)) for number in (11, 12, 13)),
    *(Challenge(number, ANN, "", SAID + timedelta(days=1)) for number in (21, 22, 23, 24)),
]
"""1 to 6 are Ann's, and 11 to 13 Ben's, from before; 21 to 24 Ann's from after she said so."""

BEFORE = [Theme(7, "", (1, 2, 3, 11)), Theme(8, "", (4, 5, 6, 12, 13))]


@pytest.mark.parametrize(
    ("becomes", "after", "of_ann"),
    [
        ("the same", {7: (1, 2, 3, 11), 8: (4, 5, 6, 12, 13)}, {7}),
        ("the same under another id", {-1: (1, 2, 3, 11), 8: (4, 5, 6, 12, 13)}, {-1}),
        ("parts of it", {-1: (1, 2), -2: (3, 11), 8: (4, 5, 6)}, {-1, -2}),
        ("most of another theme", {-1: (1, 2, 3, 4, 5)}, {-1}),
        ("the lesser part of another theme", {8: (3, 4, 5, 6)}, set()),
        ("half of another theme", {-1: (1, 2, 4, 5)}, set()),
        ("larger by what was written since", {7: (1, 21, 22, 23, 24)}, {7}),
        ("gone", {8: (4, 5, 6)}, set()),
        ("only others'", {7: (11, 12, 13)}, set()),
        ("a theme of what was written since", {-1: (21, 22, 23)}, set()),
        ("a theme of what is no longer there", {7: (98, 99)}, set()),
    ],
)
def test_what_was_said_of_a_theme_that_becomes(
    becomes: str, after: dict[int, tuple[int, ...]], of_ann: set[int]
) -> None:
    themes = [Theme(number, "", ids) for number, ids in after.items()]
    assert carried({(ANN, 7): SAID}, BEFORE, themes, CHALLENGES) == {(ANN, theme): SAID for theme in of_ann}, becomes


def test_of_two_that_become_one_the_later_word_counts() -> None:
    earlier = SAID - timedelta(hours=1)
    one = [Theme(9, "", (1, 2, 3, 4, 5, 6))]
    assert carried({(ANN, 7): earlier, (ANN, 8): SAID}, BEFORE, one, CHALLENGES) == {(ANN, 9): SAID}


def test_each_speaks_for_themselves() -> None:
    said = {(ANN, 7): SAID, (BEN, 8): SAID}
    assert carried(said, BEFORE, BEFORE, CHALLENGES) == said


def test_nothing_said_is_nothing_carried() -> None:
    assert carried({}, BEFORE, BEFORE, CHALLENGES) == {}
