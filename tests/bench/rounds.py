"""Large rounds of assignment, the same on every run."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

from mentoring.hours import DayHours, WeeklyHours
from mentoring.intervals import Interval, Intervals
from mentoring.openings import Opening
from mentoring.people import Limits
from scheduler.assignment import Candidate
from scheduler.participants import Participant

MONDAY = datetime(2026, 11, 30, tzinfo=UTC)

Round = tuple[list[Candidate], dict[int, Participant], dict[int, int]]


def large_round(mentees: int, seed: int = 7) -> Round:
    """Ten candidates a mentee, four mentors for ten mentees, one to three seats each, six openings a pair in one week.

    Everybody takes one meeting a day and two a week, with five minutes around each.
    """
    rng = random.Random(seed)
    mentors = range(100_000, 100_000 + mentees * 4 // 10)
    slots = [
        Interval.lasting(MONDAY + timedelta(days=day, hours=9, minutes=20 * slot), 20)
        for day in range(5)
        for slot in range(24)
    ]
    candidates = [
        Candidate(mentee, mentor, 1, round(rng.random() * 5, 2), _openings(rng, slots))
        for mentee in range(mentees)
        for mentor in rng.sample(mentors, 10)
    ]
    limits = Limits(WeeklyHours.every("UTC", (DayHours(0, 1440),), range(7)), 5, 0, per_day=1, per_week=2)
    known = Interval(MONDAY - timedelta(days=1), MONDAY + timedelta(days=8))
    people = {each: Participant(each, limits, Intervals(), (), known) for each in (*range(mentees), *mentors)}
    return candidates, people, {mentor: rng.randint(1, 3) for mentor in mentors}


def _openings(rng: random.Random, slots: list[Interval]) -> tuple[Opening, ...]:
    scores = sorted((round(rng.random(), 2) for _ in range(6)), reverse=True)
    return tuple(Opening(slot, score) for slot, score in zip(rng.sample(slots, 6), scores, strict=True))
