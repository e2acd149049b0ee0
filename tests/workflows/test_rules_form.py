"""The form of the rules says all that a policy says, and what is wrong in it is told at its field."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mentoring.errors import BadInput
from mentoring.policy import Policy, RuleSetting, Scope, ScopeKind
from mentoring.policy_changes import changes
from suggestions.kinds import Kind
from suggestions.rules import BY_NAME, RULES
from workflows import rules_form
from workflows.rule_words import number_words
from workflows.rules_form import fields_of, policy_of, with_pair, with_scope, without_pair, without_scope

DEPARTMENTS, GROUPS = ("Payments", "R&D: Lisbon"), ("Newcomers",)
PAYMENTS, LISBON, NEWCOMERS = (
    Scope(ScopeKind.DEPARTMENT, "Payments"),
    Scope(ScopeKind.DEPARTMENT, "R&D: Lisbon"),
    Scope(ScopeKind.GROUP, "Newcomers"),
)
WITH_VALUES = [each for each in RULES if each.spec.kind is not Kind.YES_OR_NO]


def read(fields: dict[str, str], seen: Policy | None = None) -> Policy:
    return policy_of(seen or Policy(), fields, DEPARTMENTS, GROUPS)


def problems(fields: dict[str, str]) -> dict[str, str]:
    with pytest.raises(BadInput) as raised:
        read(fields)
    return {each.field: each.message for each in raised.value.problems}


@st.composite
def settings(draw: st.DrawFn) -> tuple[RuleSetting, ...]:
    found = {}
    for rule in draw(st.lists(st.sampled_from(RULES), max_size=5, unique_by=lambda each: each.name)):
        scope = draw(st.sampled_from([Scope(), PAYMENTS, LISBON, NEWCOMERS]))
        spec = rule.spec
        can = spec.kind is not Kind.YES_OR_NO and not (scope == Scope() and spec.field)
        values = st.sampled_from([spec.least, spec.most])
        value = draw(st.none() | values) if can else None
        found[rule.name, scope] = RuleSetting(rule.name, scope, draw(st.booleans()) or spec.always, value)
    return tuple(found.values())


@given(settings(), st.integers(0, 23), st.sets(st.sampled_from([(1, 2), (1, 3)]).map(frozenset)).map(frozenset))
def test_the_form_of_a_policy_says_that_policy(
    rules: tuple[RuleSetting, ...], hour: int, pairs: frozenset[frozenset[int]]
) -> None:
    policy = Policy(rules=rules, round_hour=hour, forbidden_pairs=pairs)
    assert changes(policy, read(fields_of(policy), policy)) == ()


def test_every_number_an_admin_tunes_has_a_field() -> None:
    fields = fields_of(Policy())
    assert {f"number.{name}" for name in rules_form.NUMBERS} <= fields.keys()
    assert {f"value.{each.name}" for each in WITH_VALUES} <= fields.keys()


@pytest.mark.parametrize("rule", WITH_VALUES, ids=lambda each: each.name)
@pytest.mark.parametrize("typed", ["", "many", "1e9", "--1", "999999"])
def test_a_value_that_is_none_is_told_at_its_field(rule, typed: str) -> None:  # type: ignore[no-untyped-def]
    assert f"value.{rule.name}" in problems(fields_of(Policy()) | {f"value.{rule.name}": typed})


@pytest.mark.parametrize("name", rules_form.NUMBERS)
@pytest.mark.parametrize("typed", ["", "many", "-7777", "999999"])
def test_a_number_out_of_range_is_told_at_its_field(name: str, typed: str) -> None:
    assert f"number.{name}" in problems(fields_of(Policy()) | {f"number.{name}": typed})


def test_all_that_is_wrong_is_told_at_once() -> None:
    fields = fields_of(Policy()) | {"number.round_hour": "25", "value.suits": "x", "value.pair_cooldown": "-1"}
    assert problems(fields).keys() == {"number.round_hour", "value.suits", "value.pair_cooldown"}


def test_what_goes_together_only_is_told_at_its_field() -> None:
    fields = fields_of(Policy()) | {"number.session_minutes": "22", "number.step_minutes": "5"}
    assert problems(fields).keys() == {"number.session_minutes"}


def test_a_comma_is_as_good_as_a_point() -> None:
    assert read(fields_of(Policy()) | {"value.suits": "0,5"}).weight("suits", 1.0) == 0.5


def test_a_tick_that_is_not_there_switches_a_rule_off() -> None:
    fields = fields_of(Policy())
    del fields["on.suits"]
    assert not read(fields).setting("suits").on


def test_what_people_decided_themselves_is_not_switched_off_by_a_missing_tick() -> None:
    fields = {name: value for name, value in fields_of(Policy()).items() if not name.startswith("on.")}
    always = [each.name for each in RULES if each.spec.always]
    assert all(read(fields).setting(name).on for name in always)


def test_a_rule_is_set_otherwise_for_some_and_that_is_taken_away_again() -> None:
    fields = with_scope(fields_of(Policy()), "suits", PAYMENTS) | {"value.suits.department.Payments": "0.5"}
    policy = read(fields)
    assert policy.weight("suits", 1.0, [PAYMENTS]) == 0.5
    assert policy.weight("suits", 1.0) == 1.0
    again = without_scope(fields_of(policy), "suits.department.Payments")
    assert changes(read(again, policy), Policy()) == ()


def test_some_who_are_not_there_are_told() -> None:
    fields = with_scope(fields_of(Policy()), "suits", Scope(ScopeKind.GROUP, "Nobody"))
    assert problems(fields) == {"value.suits.group.Nobody": "there is no such group (group Nobody)"}
    with pytest.raises(BadInput):
        with_scope({}, "no_such_rule", PAYMENTS)


def test_a_pair_is_forbidden_and_allowed_again() -> None:
    fields = with_pair(fields_of(Policy()), 7, 3)
    assert read(fields).forbidden_pairs == {frozenset({3, 7})}
    assert read(without_pair(fields, "3-7")).forbidden_pairs == frozenset()


@pytest.mark.parametrize("two", [(3, 3), (None, 3), (3, None)])
def test_a_pair_is_two_different_people(two: tuple[int | None, int | None]) -> None:
    with pytest.raises(BadInput, match="two different people"):
        with_pair({}, *two)


def test_every_rule_has_a_meaning() -> None:
    assert all(BY_NAME[name].meaning for name in BY_NAME)


def test_every_number_is_told_in_plain_words() -> None:
    assert {name for name in rules_form.NUMBERS if not number_words(name).meaning} == set()
