"""People, needs and pairs for these tests, in one line each."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from mentoring.availability import Known
from mentoring.hours import DayHours, WeeklyHours
from mentoring.intervals import Interval, Intervals
from mentoring.needs import Challenge, Need
from mentoring.people import Expertise, Limits, Person, Role
from mentoring.policy import Policy
from suggestions.circumstances import PairContext
from suggestions.suitability import Suitability
from suggestions.vectors import Vectors, unit

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
FREE = Known(Intervals(), Interval.lasting(NOW, 60 * 24 * 28), NOW)


def days_ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


def nine_to_five(zone: str = "Europe/Berlin", **more: Any) -> Limits:
    return Limits(WeeklyHours.every(zone, [DayHours(540, 1020)]), **more)


def person(number: int, *expertise: str, **more: Any) -> Person:
    """Opted in to both roles unless told otherwise."""
    given: dict[str, Any] = {"roles": frozenset({Role.MENTEE, Role.MENTOR}), "limits": nine_to_five()} | more
    texts = tuple(Expertise(text) for text in expertise)
    return Person(number, 1, f"p{number}@example.org", f"Person{number} Example", expertise=texts, **given)


def need(person_id: int = 1, theme_id: int = 7, **more: Any) -> Need:
    given: dict[str, Any] = {"evidence": (11, 12, 13), "days": 3, "last_at": days_ago(10), "probability": 0.5} | more
    return Need(person_id, theme_id, "state lock", **given)


def pair(**changes: Any) -> PairContext:
    """Person 1 with a need, person 2 who suits it; nothing stands in the way."""
    plain = PairContext(
        need(), person(1), person(2), Suitability(0.5, 0.5, "Terraform state"), Policy(), NOW, FREE, FREE
    )
    return replace(plain, **changes)


def challenge(number: int, person_id: int, text: str, ago: float) -> Challenge:
    return Challenge(number, person_id, text, days_ago(ago))


def directions(*columns: int, wide: int = 40) -> Vectors:
    """One vector along each of those axes, all a little apart from one another."""
    noise = np.random.default_rng(1).normal(0, 0.02, (len(columns), wide)).astype(np.float32)
    noise[np.arange(len(columns)), list(columns)] += 1
    return unit(noise)
