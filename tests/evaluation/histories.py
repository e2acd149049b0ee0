"""Made organisations whose themes come and go in known ways, to hold a probability, a season and a day against.

Nothing here is text: the themes are given, so that what is measured is how well the coming back is foreseen.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np

from mentoring.needs import Challenge, Theme

FIRST_DAY = datetime(2024, 10, 7, 9, 0, tzinfo=UTC)
SEASONS = {"weekly": 7.0, "fortnightly": 14.0, "monthly": 365.25 / 12, "quarterly": 365.25 / 4}
KINDS = ("once", "once", "once", "steady", "steady", "ending", "ending", "rising", *SEASONS)


@dataclass(frozen=True)
class Made:
    """kinds: (person, theme) → how it comes up."""

    themes: tuple[Theme, ...]
    challenges: tuple[Challenge, ...]
    kinds: dict[tuple[int, int], str]


def organisation(people: int = 80, days: int = 560, seed: int = 1) -> Made:
    """Each person meets eight of sixteen themes, each in one of KINDS; writes of other things, seldom at a weekend, and
    is away for three weeks twice a year."""
    chance = np.random.default_rng(seed)
    kinds: dict[tuple[int, int], str] = {}
    challenges: list[Challenge] = []
    of_theme: dict[int, list[int]] = {}
    for person in range(people):
        away = _away(days, chance)
        written = [(0, day) for day in np.flatnonzero(chance.random(days) < 0.15)]
        for theme in chance.choice(np.arange(1, 17), 8, replace=False):
            kinds[person, int(theme)] = str(chance.choice(KINDS))
            written += [(int(theme), day) for day in _days(kinds[person, int(theme)], days, chance)]
        for theme, day in sorted(written, key=lambda each: (each[1], each[0])):
            if 0 <= day < days and not away[day] and (day % 7 < 5 or chance.random() < 0.1):
                if theme:
                    of_theme.setdefault(theme, []).append(len(challenges))
                at = FIRST_DAY + timedelta(days=int(day))
                challenges.append(Challenge(len(challenges), person, "", at))
    themes = tuple(Theme(theme, "", tuple(ids)) for theme, ids in sorted(of_theme.items()))
    return Made(themes, tuple(challenges), kinds)


def _away(days: int, chance: np.random.Generator) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    away = np.zeros(days, bool)
    for half_year in range(0, days, 182):
        begins = half_year + int(chance.integers(0, 160))
        away[begins : begins + 21] = True
    return away


def _days(kind: str, days: int, chance: np.random.Generator) -> list[int]:
    begins = int(chance.integers(0, days * 3 // 4))
    if kind == "once":
        return [begins]
    if kind in SEASONS:
        return _in_season(SEASONS[kind], days, chance)
    rate = chance.gamma(2.0, 1 / 50)
    until = begins + int(chance.exponential(60)) if kind == "ending" else days
    every = np.arange(begins, min(until, days))
    rates = rate * (0.2 + 1.8 * (every - begins) / max(days - begins, 1)) if kind == "rising" else rate
    return [begins, *(int(day) for day in every[chance.random(len(every)) < rates])]


def _in_season(length: float, days: int, chance: np.random.Generator) -> list[int]:
    """Four cycles out of five, near the same place of each; a longer one hurts for some days in a row."""
    place = chance.uniform(0, min(length, 91))
    found: set[int] = set()
    for middle in np.arange(place, days, length):
        if chance.random() < 0.8:
            start = round(middle + chance.normal(0, length / 30))
            found |= {start + more for more in range(int(chance.integers(1, 2 + (length > 20) + (length > 80))))}
    return sorted(found)
