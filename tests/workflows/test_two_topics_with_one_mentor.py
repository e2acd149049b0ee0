"""One colleague may help with two topics of a mentee's, and each has its own time before which a meeting helps."""

from __future__ import annotations

import json
from datetime import timedelta

import numpy as np

from mentoring.availability import Known
from mentoring.hours import DayHours
from mentoring.intervals import Interval, Intervals
from mentoring.needs import Need, Theme
from mentoring.openings import Opening
from mentoring.people import Expertise, Person, Role
from mentoring.policy import Policy
from suggestions.candidates import consider
from suggestions.suitability import suitabilities
from suggestions.themes import Themes
from tests.suggestions.people import NOW, nine_to_five
from workflows import kept_rounds, planning, replaying
from workflows.judging import Judged, Seen, circumstances
from workflows.knowing import Time

AFTERNOON = (DayHours(14 * 60, 17 * 60),)
BOTH = Role.MENTEE, Role.MENTOR
FREE = Known(Intervals(), Interval.lasting(NOW - timedelta(days=1), 60 * 24 * 30), NOW)
TOPICS = np.eye(2, dtype=np.float32)
THEMES = Themes(
    (Theme(1, "releases", ()), Theme(2, "budgets", ())), dict(enumerate(TOPICS, start=1)), np.zeros(2, np.float32)
)
KNOWN = {"releases": TOPICS[0], "budgets": TOPICS[1] * np.float32(0.95)}


def somebody(number: int, *knows: str) -> Person:
    limits = nine_to_five("Europe/Berlin", preferred=AFTERNOON if knows else ())
    who = f"p{number}@example.org", f"Person{number} Example"
    return Person(number, 1, *who, limits, frozenset(BOTH), expertise=tuple(map(Expertise, knows)))


def need(theme_id: int, days_ahead: float) -> Need:
    soon = NOW + timedelta(days=days_ahead)
    return Need(1, theme_id, "a topic", (1, 2, 3), 3, NOW - timedelta(days=9), 0.5, next_at=soon, next_from=NOW)


def a_round() -> planning.Plan:
    people = somebody(1), somebody(2, "releases", "budgets")
    needs = need(1, 2.1), need(2, 12)
    ids = [1, 2]
    time_of_all = Time(dict.fromkeys(ids, FREE), dict.fromkeys(ids, ()))
    seen = Seen(NOW, Policy(exploration_share=0.0), people, (), (), (), (), (), {}, time_of_all, {})
    fits = suitabilities(THEMES, [1, 2], people, KNOWN)
    return planning.choose(seen, Judged(THEMES, needs, consider(needs, people, fits, circumstances(seen))))


def kept_of(plan: planning.Plan) -> kept_rounds.KeptRound:
    record = kept_rounds.keep(plan, {1: 1, 2: 2}, {}, {})
    return kept_rounds.read(json.loads(json.dumps({"as_of": NOW.isoformat(), "for": None, **record})))


def starts(openings: tuple[Opening, ...]) -> list[tuple[object, float]]:
    return [(each.interval.start, each.score) for each in openings]


def test_the_times_of_each_topic_are_kept_as_they_were() -> None:
    plan = a_round()
    assert len({tuple(starts(each.openings)) for each in plan.candidates}) == 2, "the two have times of their own"
    again = replaying.decide_again(kept_of(plan))
    assert [starts(each.openings) for each in again.candidates] == [starts(each.openings) for each in plan.candidates]


def test_so_the_round_decided_again_meets_at_the_same_time() -> None:
    told = replaying.replayed(1, kept_of(a_round()))
    assert len(told.again) == 1
    assert told.same
