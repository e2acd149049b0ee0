"""What rules measured is kept as JSON, and judged again to the very same: each rule where it speaks, and where not."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from mentoring.attention import Attention
from mentoring.policy import EVERYBODY, Policy, Scope, ScopeKind, scopes_of
from suggestions import rules
from suggestions.circumstances import Earlier, Ending, Load, PairContext, Said, Silence, Wish
from suggestions.judged_again import Again, Measured, judged_again
from suggestions.kinds import Kind
from suggestions.rule_settings import with_rule
from suggestions.suitability import Suitability
from tests.suggestions.people import days_ago, need, pair, person
from tests.suggestions.test_rules import POINTS, VETOES, had
from workflows import kept_tables

SALES, NIGHTS = Scope(ScopeKind.DEPARTMENT, "Sales"), Scope(ScopeKind.GROUP, "Nights")


def kept(pairs: Sequence[PairContext]) -> list[Measured]:
    """What is kept of those pairs, written down as JSON and read again."""
    rows = [row_of(each) for each in pairs]
    people = sorted({person_id for mentee, mentor, _ in rows for person_id in (mentee, mentor)})
    needs = sorted({(mentee, theme) for mentee, _, theme in rows})
    facts = [rules.judge(each).facts for each in pairs]
    of_pairs, of_people, of_needs = json.loads(json.dumps(kept_tables.put(rows, facts, people, needs)))
    of_people |= {"person_id": people}
    of_needs |= {"person_id": [each for each, _ in needs], "theme_id": [each for _, each in needs]}
    return [
        Measured(*row, facts, scopes_of(each.mentee), scopes_of(each.mentor))
        for row, each, facts in zip(rows, pairs, kept_tables.got(rows, of_pairs, of_people, of_needs), strict=True)
    ]


def row_of(found: PairContext) -> tuple[int, int, int]:
    return found.mentee.id, found.mentor.id, found.need.theme_id


def as_judged(found: PairContext) -> Again:
    verdicts = rules.judge(found).verdicts
    points = {each.rule: each.points for each in verdicts if not each.veto}
    return Again(tuple(each.rule for each in verdicts if each.veto), points, rules.score(verdicts))


@pytest.mark.parametrize(("name", "speaks", "silent"), VETOES + POINTS)
def test_each_rule_says_the_same_again_both_ways(name: str, speaks: dict[str, Any], silent: dict[str, Any]) -> None:
    for changes in (speaks, silent):
        found = pair(**changes)
        (measured,) = kept([found])
        assert judged_again(measured, found.policy) == as_judged(found)
    (measured,) = kept([pair(**speaks)])
    again = judged_again(measured, pair(**speaks).policy)
    assert name in again.in_the_way or name in again.points


@pytest.mark.parametrize("name", [rule.name for rule in rules.RULES if not rule.spec.always])
def test_a_rule_that_is_switched_off_says_nothing_again_and_on_again_what_it_measured(name: str) -> None:
    speaks = next((speaks for each, speaks, _ in VETOES + POINTS if each == name), {})
    found = pair(**speaks)
    off = with_rule(found.policy, name, on=False, value=None)
    (measured,) = kept([pair(**speaks | {"policy": off})])
    without, again = judged_again(measured, off), judged_again(measured, found.policy)
    assert name not in without.in_the_way
    assert name not in without.points
    assert again == as_judged(found)


LIMITS = [
    ("pair_cooldown", {"earlier": (Earlier(1, 2, 8, Ending.MET, days_ago(30)),)}, 40),
    ("topic_cooldown", {"earlier": (Earlier(1, 3, 7, Ending.MET, days_ago(30)),)}, 40),
    ("minimum_suitability", {}, 0.6),
    ("mentor_has_room", {"mentor_load": Load(open_as_mentor=1)}, 1),
    ("weekly_messages_left", {"mentor_load": had(2)}, 2),
    ("left_in_peace", {"mentee_load": Load(silent_as_mentee=Silence(2, days_ago(20)))}, 14),
    ("not_just_refused", {"said": (Said(1, Wish.NOT_NOW, 1, 2, 7, days_ago(20)),)}, 30),
    ("withdrawn_cooldown", {"earlier": (Earlier(1, 2, 7, Ending.WITHDRAWN, days_ago(3)),)}, 1),
]


@pytest.mark.parametrize(("name", "changes", "stricter"), LIMITS)
def test_a_stricter_limit_stands_in_the_way_of_what_kept_to_the_old_one(
    name: str, changes: dict[str, Any], stricter: float
) -> None:
    (measured,) = kept([pair(**changes)])
    assert judged_again(measured, Policy()).possible
    assert judged_again(measured, with_rule(Policy(), name, on=True, value=stricter)).in_the_way == (name,)


def test_a_pair_that_another_policy_forbids_is_not_possible_under_it_and_the_other_way_round() -> None:
    forbids = Policy(forbidden_pairs=frozenset({frozenset({2, 1})}))
    (free,), (forbidden,) = kept([pair()]), kept([pair(policy=forbids)])
    assert judged_again(free, forbids).in_the_way == ("forbidden_pair",)
    assert judged_again(forbidden, Policy()).possible


SCOPES = some.sampled_from([EVERYBODY, SALES, NIGHTS])
DAYS = some.floats(0, 60).map(days_ago)


@some.composite
def policies(draw: some.DrawFn) -> Policy:
    policy = Policy(forbidden_pairs=draw(some.sampled_from([frozenset(), frozenset({frozenset({1, 2})})])))
    for rule in draw(some.lists(some.sampled_from(rules.RULES), max_size=6)):
        spec = rule.spec
        value = None
        if spec.kind is not Kind.YES_OR_NO:
            whole = some.integers(int(spec.least), int(spec.most))
            numbers = whole.map(float) if spec.step == 1 else some.floats(spec.least, spec.most)
            value = draw(some.none() | numbers)
        policy = with_rule(policy, rule.name, draw(SCOPES), on=spec.always or draw(some.booleans()), value=value)
    return policy


@some.composite
def pairs(draw: some.DrawFn, policy: Policy) -> PairContext:
    mentee, mentor = draw(some.sampled_from([(1, 2), (1, 3), (2, 1), (4, 2)]))
    in_sales = {"department": "Sales", "groups": frozenset({"Nights"})}
    theme = draw(some.sampled_from([7, 8]))
    few = some.integers(0, 6)
    silence = some.builds(Silence, some.integers(1, 9), DAYS)
    counted = dict.fromkeys(
        ("open_as_mentee", "open_as_mentor", "booked_this_month", "asked_lately", "ignored_lately", "mentored_lately"),
        few,
    )
    loads = some.just(Load()) | some.builds(
        Load,
        **counted,
        attention=some.builds(Attention, few, few, few),
        silent_as_mentee=silence,
        silent_as_mentor=silence,
        share_as_mentor=some.none() | some.floats(0, 4),
    )
    return pair(
        policy=policy,
        need=need(mentee, theme, probability=draw(some.floats(0, 1))),
        mentee=person(mentee, **draw(some.sampled_from([{}, in_sales]))),
        mentor=person(mentor, **draw(some.sampled_from([{}, in_sales, {"manager_id": mentee}]))),
        suitability=Suitability(draw(some.floats(-1, 1)), 0.3, "Terraform"),
        mentee_load=draw(loads),
        mentor_load=draw(loads),
        earlier=tuple(
            Earlier(mentee, draw(some.sampled_from([mentor, 9])), 7, ending, draw(DAYS))
            for ending in draw(some.lists(some.sampled_from(Ending), max_size=4))
        ),
        said=tuple(
            Said(draw(some.sampled_from([mentee, mentor])), wish, mentee, mentor, 7, draw(DAYS))
            for wish in draw(some.lists(some.sampled_from(Wish), max_size=2))
        ),
    )


@given(some.data())
def test_under_the_policy_of_the_day_whatever_was_kept_comes_to_the_very_same(data: some.DataObject) -> None:
    policy = data.draw(policies())
    found = data.draw(some.lists(pairs(policy), min_size=1, max_size=6, unique_by=row_of))
    assert [judged_again(each, policy) for each in kept(found)] == [as_judged(each) for each in found]


@given(some.data())
def test_under_any_other_policy_it_comes_to_what_the_live_rules_would_have_said(data: some.DataObject) -> None:
    then, now = data.draw(policies()), data.draw(policies())
    found = data.draw(pairs(then))
    (measured,) = kept([found])
    assert judged_again(measured, now) == as_judged(replace(found, policy=now))
