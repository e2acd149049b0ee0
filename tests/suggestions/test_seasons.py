"""A season is seen where there is one, and not where chance put some days."""

from __future__ import annotations

import numpy as np
import pytest

from suggestions.seasons import Cycles, season_of
from suggestions.watching import EVENLY, Habits, watch

START = 739_000
OFFICE = (1.4, 1.4, 1.4, 1.4, 1.4, 0.0, 0.0)


def found(days: list[int], long: int, week: tuple[float, ...] = EVENLY, seed: int = 0) -> int | None:
    """The season of somebody who wrote of it on those days, and of other things now and then. days: from START."""
    habit = Habits(week)
    every = np.arange(START, START + long)
    others = every[np.random.default_rng(seed).random(long) < 0.3 * habit.weights(every)]
    theirs = sorted({START + day for day in days if 0 <= day < long})
    heard = sorted({*theirs, *(int(each) for each in others)})
    season = season_of(theirs, Cycles(watch(heard, START + long - 1, habit)))
    return None if season is None else round(season.days)


@pytest.mark.parametrize(
    ("what", "days", "long", "season"),
    [
        ("every Tuesday", range(1, 60, 7), 64, 7),
        ("every other week", range(3, 120, 14), 125, 14),
        ("every month, give or take a day", [2, 33, 62, 94, 123, 154, 185], 200, 30),
        ("four quarters", [20, 112, 201, 294], 310, 91),
        ("five quarters, some days in a row", [d + m for d in (20, 112, 201, 294, 385) for m in (0, 1, 3)], 400, 91),
        ("every December", [40, 41, 404, 407, 770, 771, 1135], 1150, 365),
        ("two quarters", [20, 112], 200, None),
        ("three quarters are not enough to be sure", [20, 105, 208], 300, None),
        ("one bad week", [50, 51, 52, 53, 54], 200, None),
        ("now and then", [3, 9, 30, 41, 44, 71, 99, 120], 125, None),
    ],
)
def test_a_season(what: str, days: list[int], long: int, season: int | None) -> None:
    assert found(list(days), long) == season, what


@pytest.mark.parametrize("week", [EVENLY, OFFICE], ids=["all week", "weekdays only"])
@pytest.mark.parametrize(("long", "rate"), [(84, 0.05), (180, 0.03), (400, 0.03), (800, 0.02), (800, 0.1)])
def test_chance_is_seldom_taken_for_a_season(long: int, rate: float, week: tuple[float, ...]) -> None:
    """In less than one out of twenty, over two hundred histories of each kind."""
    chance, seasons = np.random.default_rng(7), 0
    weights = Habits(week).weights(np.arange(START, START + long))
    for seed in range(200):
        days = [int(day) for day in np.flatnonzero(chance.random(long) < rate * weights)]
        seasons += len(days) >= 3 and found(days, long, week, seed) is not None
    assert seasons <= 6


def test_a_season_tells_when_time_runs_faster() -> None:
    days = [START + day for day in range(1, 60, 7)]
    season = season_of(days, Cycles(watch(days, START + 63, Habits())))
    assert season is not None
    week = season.of(np.arange(START, START + 7))
    assert int(week.argmax()) == 1
    assert week.min() > 0
