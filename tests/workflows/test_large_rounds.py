"""A round among a thousand people keeps a few megabytes, and is decided again from them in seconds."""

from __future__ import annotations

import json
import time
from datetime import timedelta

import numpy as np
import pytest

from mentoring.availability import Known
from mentoring.intervals import Interval, Intervals
from mentoring.needs import Need, Theme
from mentoring.people import Expertise, Person, Role
from mentoring.policy import Policy
from suggestions.candidates import consider
from suggestions.suitability import suitabilities
from suggestions.themes import Themes
from suggestions.vectors import unit
from tests.suggestions.people import NOW, days_ago, nine_to_five
from workflows import kept_rounds, planning, replaying
from workflows.judging import Judged, Seen, circumstances
from workflows.knowing import Time

PEOPLE, NEEDS, TOPICS, DIMENSIONS = 1000, 250, 60, 48
ZONES = "Europe/Berlin", "Europe/Lisbon", "America/New_York"
FREE = Known(Intervals(), Interval.lasting(NOW - timedelta(days=1), 60 * 24 * 30), NOW)
MOST_BYTES_A_NEED = 5_000
"""So that a thousand needs of a thousand people are five megabytes."""

pytestmark = pytest.mark.slow


def a_large_round() -> planning.Plan:
    """Some of the needs of a thousand people. Everybody knows three things and is free all week: as much to keep as
    there can be. About one colleague in six is suitable, as among people who write of one trade."""
    rng = np.random.default_rng(5)
    people = tuple(_person(number, rng) for number in range(1, PEOPLE + 1))
    topics = unit(rng.normal(size=(TOPICS, DIMENSIONS)).astype(np.float32))
    texts = {each.text for person in people for each in person.expertise}
    known = {text: unit(rng.normal(size=(1, DIMENSIONS)).astype(np.float32))[0] for text in sorted(texts)}
    themes = Themes(
        tuple(Theme(number, f"topic {number}", ()) for number in range(1, TOPICS + 1)),
        dict(enumerate(topics, start=1)),
        np.zeros(DIMENSIONS, np.float32),
    )
    needs = tuple(_need(person.id, rng) for person in people[:NEEDS])
    fits = suitabilities(themes, range(1, TOPICS + 1), people, known)
    seen = _seen(people)
    return planning.choose(seen, Judged(themes, needs, consider(needs, people, fits, circumstances(seen))))


def _person(number: int, rng: np.random.Generator) -> Person:
    return Person(
        number,
        1,
        f"p{number}@example.org",
        f"Person{number} Example",
        nine_to_five(ZONES[number % len(ZONES)]),
        frozenset({Role.MENTEE, Role.MENTOR}),
        department=f"Department {number % 12}",
        groups=frozenset({f"Group {number % 5}"}),
        expertise=tuple(Expertise(f"thing {each}") for each in rng.integers(0, 400, 3).tolist()),
    )


def _need(person_id: int, rng: np.random.Generator) -> Need:
    last_at = days_ago(float(rng.uniform(0, 20)))
    return Need(
        person_id, int(rng.integers(1, TOPICS + 1)), "a topic", (1, 2, 3), 3, last_at, float(rng.uniform(0.2, 0.9))
    )


def _seen(people: tuple[Person, ...]) -> Seen:
    ids = [person.id for person in people]
    time_of_all = Time(dict.fromkeys(ids, FREE), dict.fromkeys(ids, ()))
    return Seen(NOW, Policy(), people, (), (), (), (), (), {}, time_of_all, {})


@pytest.fixture(scope="module")
def large() -> planning.Plan:
    return a_large_round()


def test_what_a_thousand_people_leave_behind_is_a_few_megabytes(large: planning.Plan) -> None:
    record = kept_rounds.keep(large, {each: each for each in range(1, TOPICS + 1)}, {}, {})
    size = len(json.dumps(record))
    rows = len(record["candidates"]["mentee_id"])
    print(f"{size / 1e6:.2f} MB for {rows} of {len(large.judged.considered)} pairs, {size / rows:.0f} bytes each")
    assert rows >= 40 * NEEDS
    assert size < MOST_BYTES_A_NEED * NEEDS


def test_it_is_decided_again_to_the_same_in_seconds(large: planning.Plan) -> None:
    record = kept_rounds.keep(large, {each: each for each in range(1, TOPICS + 1)}, {}, {})
    kept = kept_rounds.read(json.loads(json.dumps({"as_of": NOW.isoformat(), "for": None, **record})))
    began = time.perf_counter()
    told = replaying.replayed(1, kept)
    print(f"{len(told.again)} proposals again in {time.perf_counter() - began:.1f} s")
    assert told.same
    assert len(told.again) > NEEDS / 2
