"""How often something comes up, and when next, as its person reads it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from mentoring.needs import Need
from mentoring.recurrence_in_words import how_often, when_next

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
BERLIN = "Europe/Berlin"
A_MONTH = 7 / 30.44


def need(rate: float = 1.0, trend: float = 0.0, season: int | None = None, days: tuple[int, int] = (0, 0)) -> Need:
    """days: from when to when it is expected, in days from today, the last one included."""
    midnight = datetime(2026, 11, 22, 23, tzinfo=UTC)
    first, last = (midnight + timedelta(days=each) for each in days)
    until = last + timedelta(days=1)
    return Need(1, 2, "", (), 3, NOW, 0.5, rate, trend, season, first + (until - first) / 2, first, until)


@pytest.mark.parametrize(
    ("rate", "words"),
    [
        (1.0, "about once a week"),
        (2.1, "about twice a week"),
        (4.0, "about 4 times a week"),
        (6.5, "nearly every day"),
        (A_MONTH, "about once a month"),
        (2 * A_MONTH, "about twice a month"),
        (3 * A_MONTH, "about three times a month"),
        (A_MONTH / 3, "about once a quarter"),
        (A_MONTH / 7, "once or twice a year"),
        (0.0, ""),
    ],
)
def test_a_rate(rate: float, words: str) -> None:
    assert how_often(need(rate)) == words


@pytest.mark.parametrize(("days", "words"), [(7, "every week"), (91, "every quarter"), (365, "every year")])
def test_a_season(days: int, words: str) -> None:
    assert how_often(need(season=days)) == words


@pytest.mark.parametrize(
    ("trend", "words"), [(0.05, ", and more often lately"), (-0.05, ", and less often lately"), (0.01, "")]
)
def test_a_trend(trend: float, words: str) -> None:
    assert how_often(need(1.0, trend)) == f"about once a week{words}"


@pytest.mark.parametrize(
    ("days", "words"),
    [
        ((10, 17), "between 3 and 10 December"),
        ((3, 10), "between 26 November and 3 December"),
        ((1, 17), "by 10 December"),
        ((8, 8), "on 1 December"),
        ((30, 60), "between 23 December and 22 January 2027"),
        ((-20, -3), ""),
        ((200, 220), ""),
    ],
)
def test_when_next(days: tuple[int, int], words: str) -> None:
    assert when_next(need(days=days), NOW, BERLIN) == words


def test_nothing_is_said_of_what_is_not_foreseen() -> None:
    assert when_next(Need(1, 2, "", (), 3, NOW, 0.5), NOW, BERLIN) == ""
