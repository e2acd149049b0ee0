"""Themes are found once for the same notes, and anew for any others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from mentoring.needs import Challenge
from suggestions.embedding import load_embedder
from suggestions.themes import find_themes
from tests.workflows.house import MONDAY_NOON
from workflows.clustering import MOST_KEPT, themes_of

TEXTS = ("query plan of the report", "query plan again", "the query plan once more", "flaky tests", "tests are flaky")
NOTES = tuple(
    Challenge(at, 1 + at % 2, text, MONDAY_NOON - timedelta(days=at)) for at, text in enumerate(TEXTS, start=1)
)
ASKED: dict[str, Any] = {
    "challenges": NOTES,
    "vectors": load_embedder("nowhere", "").embed(TEXTS),
    "zones": {1: "Europe/Berlin", 2: "Asia/Tokyo"},
    "recurrence_days": 3,
    "names": {"Ann Ash"},
}


def asked(**over: object) -> Any:
    return themes_of(**{**ASKED, **over})


def test_the_same_notes_are_grouped_once() -> None:
    first = asked()
    assert asked() is first
    assert first.themes == find_themes(**ASKED).themes


@pytest.mark.parametrize(
    "over",
    [
        {"challenges": (replace(NOTES[0], text="query plan of the bill"), *NOTES[1:])},
        {"challenges": (replace(NOTES[0], person_id=1), *NOTES[1:])},
        {"challenges": (replace(NOTES[0], at=MONDAY_NOON), *NOTES[1:])},
        {"challenges": (replace(NOTES[0], id=99), *NOTES[1:])},
        {"challenges": NOTES[1:], "vectors": ASKED["vectors"][1:]},
        {"vectors": np.roll(ASKED["vectors"], 1, axis=0)},
        {"zones": {1: "Europe/Berlin", 2: "UTC"}},
        {"recurrence_days": 2},
        {"names": {"Ann Ash", "Query Quentin"}},
    ],
)
def test_anything_that_is_other_has_them_grouped_anew(over: Mapping[str, Any]) -> None:
    first, other = asked(), asked(**over)
    assert other is not first
    assert other.themes == find_themes(**{**ASKED, **over}).themes


def test_only_a_few_are_kept() -> None:
    first = asked()
    for days in range(4, 4 + MOST_KEPT):
        asked(recurrence_days=days)
    assert asked() is not first
