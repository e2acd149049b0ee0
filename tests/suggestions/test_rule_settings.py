"""What an admin may set of a rule, for whom it counts, and where a policy keeps it."""

from __future__ import annotations

from typing import Any

import pytest

from mentoring.attention import Attention
from mentoring.errors import BadInput
from mentoring.policy import EVERYBODY, RANGES, Policy, RuleSetting, Scope, ScopeKind, scopes_of
from suggestions import rules
from suggestions.circumstances import Earlier, Ending, Load
from suggestions.kinds import Kind
from suggestions.rule_settings import checked, problems_of, value_set, with_rule, without_scope
from tests.suggestions.people import days_ago, pair, person

SALES = Scope(ScopeKind.DEPARTMENT, "Sales")
NIGHTS = Scope(ScopeKind.GROUP, "Night shift")
WEEKLY, COOLDOWN = "weekly_messages_left", "pair_cooldown"
MET = (Earlier(1, 2, 8, Ending.MET, days_ago(10)),)


def said(policy: Policy, **changes: Any) -> list[str]:
    return [each.rule for each in rules.judge(pair(policy=policy, **changes)).verdicts if each.veto]


@pytest.mark.parametrize("rule", rules.RULES, ids=lambda rule: rule.name)
def test_an_admins_page_finds_all_that_it_needs_of_a_rule(rule: rules.Rule) -> None:
    spec = rule.spec
    assert rule.meaning.endswith(".")
    assert spec.heading
    if spec.kind is Kind.YES_OR_NO:
        assert (spec.default, spec.unit, spec.field) == (None, "", "")
        return
    assert spec.default is not None
    assert spec.least <= spec.default <= spec.most
    assert spec.unit
    assert spec.own(Policy()) == spec.default
    assert {spec.field, *spec.also} <= {"", *RANGES}


def test_no_number_of_the_policy_is_the_limit_of_two_rules() -> None:
    fields = [rule.spec.field for rule in rules.RULES if rule.spec.field]
    assert len(fields) == len(set(fields))


def test_of_one_of_the_two_the_setting_for_their_department_counts() -> None:
    policy = Policy(rules=(RuleSetting("mentor_has_room", SALES, value=1),))
    busy = Load(open_as_mentor=1)
    in_sales, elsewhere = person(2, department="Sales"), person(2, department="Law")
    assert said(policy, mentor=in_sales, mentor_load=busy) == ["mentor_has_room"]
    assert said(policy, mentor=elsewhere, mentor_load=busy) == []
    assert said(policy, mentee=person(1, department="Sales"), mentor_load=busy) == []


def test_of_a_limit_on_both_each_has_their_own() -> None:
    policy = Policy(rules=(RuleSetting(WEEKLY, SALES, value=1),))
    in_sales = {"department": "Sales"}
    once = Load(attention=Attention(used=1))
    assert said(policy, mentor=person(2, **in_sales), mentor_load=once) == [WEEKLY]
    assert said(policy, mentee=person(1, **in_sales), mentee_load=once) == [WEEKLY]
    assert said(policy, mentee=person(1, **in_sales), mentor_load=once) == []


def test_who_does_not_keep_to_a_limit_on_both_is_the_one_who_is_told_of() -> None:
    judged = rules.judge(pair(policy=Policy(weekly_messages=2), mentor_load=Load(attention=Attention(used=3))))
    (told,) = [each.words for each in judged.verdicts if each.veto]
    assert told.startswith("Person2 has had 3 messages this week")


def test_a_group_is_narrower_than_a_department_and_that_than_everybody() -> None:
    settings = (RuleSetting(COOLDOWN, SALES, value=5), RuleSetting(COOLDOWN, NIGHTS, value=50))
    mentee = person(1, department="Sales", groups=frozenset({"Night shift"}))
    assert rules.value_for(COOLDOWN, Policy(rules=settings), mentee) == 50
    assert rules.value_for(COOLDOWN, Policy(rules=settings[:1]), mentee) == 5
    assert rules.value_for(COOLDOWN, Policy(rules=settings[:1]), person(1)) == 21
    assert said(Policy(rules=settings), mentee=mentee, earlier=MET) == [COOLDOWN]
    assert said(Policy(rules=settings[:1]), mentee=mentee, earlier=MET) == []


def test_where_a_group_has_no_value_of_its_own_that_of_the_next_wider_scope_counts() -> None:
    policy = Policy(cooldown_days=3, rules=(RuleSetting(COOLDOWN, NIGHTS), RuleSetting(COOLDOWN, SALES, value=4)))
    both = person(1, department="Sales", groups=frozenset({"Night shift"}))
    assert rules.value_for(COOLDOWN, policy, both) == 4
    assert rules.value_for(COOLDOWN, policy, person(1, groups=frozenset({"Night shift"}))) == 3


def test_a_rule_can_be_switched_off_for_some_and_on_again_for_fewer() -> None:
    policy = Policy(rules=(RuleSetting(COOLDOWN, SALES, on=False), RuleSetting(COOLDOWN, NIGHTS)))
    assert said(policy, mentee=person(1, department="Sales"), earlier=MET) == []
    both = person(1, department="Sales", groups=frozenset({"Night shift"}))
    assert said(policy, mentee=both, earlier=MET) == [COOLDOWN]


def test_a_pair_that_the_organisation_forbids_is_told_no_more_than_that_it_is_not_possible() -> None:
    policy = Policy(forbidden_pairs=frozenset({frozenset({1, 2})}))
    (told,) = [each.words for each in rules.judge(pair(policy=policy)).verdicts if each.veto]
    assert told == "Not possible for this pair"


def test_the_scopes_of_somebody_are_their_department_and_groups() -> None:
    assert scopes_of(person(1)) == set()
    assert scopes_of(person(1, department="Sales", groups=frozenset({"Night shift"}))) == {SALES, NIGHTS}


WRONG = [
    (RuleSetting("no_such_rule"), "no_such_rule", "there is no such rule"),
    (RuleSetting(COOLDOWN, SALES, value=366), COOLDOWN, "write a number from 0 to 365 (department Sales)"),
    (RuleSetting(COOLDOWN, SALES, value=2.5), COOLDOWN, "write a whole number (department Sales)"),
    (RuleSetting("suits", value=-1), "suits", "write a number from 0 to 3"),
    (RuleSetting("suits", Scope(ScopeKind.GROUP, "Gone")), "suits", "there is no such group (group Gone)"),
    (RuleSetting("suits", Scope(ScopeKind.DEPARTMENT, "Gone")), "suits", "no such department (department Gone)"),
    (RuleSetting("mentee_opted_in", on=False), "mentee_opted_in", "this rule cannot be switched off"),
    (RuleSetting("mentee_has_room", NIGHTS, on=False), "mentee_has_room", "cannot be switched off (group Night shift)"),
    (RuleSetting("no_reporting_line", value=1), "no_reporting_line", "nothing to set but on and off"),
    (RuleSetting(COOLDOWN, value=7), COOLDOWN, "for the whole organisation, set cooldown_days"),
]


@pytest.mark.parametrize(("setting", "name", "words"), WRONG)
def test_what_cannot_be_published_is_named_by_rule(setting: RuleSetting, name: str, words: str) -> None:
    (found,) = problems_of(Policy(rules=(setting,)), ["Sales"], ["Night shift"])
    assert found.field == name
    assert words in found.message


def test_all_that_is_wrong_is_told_at_once() -> None:
    wrong = {(setting.rule, setting.scope): setting for setting, *_ in WRONG}
    everything = Policy(rules=tuple(wrong.values()), forbidden_pairs=frozenset({frozenset({1}), frozenset({1, 2})}))
    with pytest.raises(BadInput) as told:
        checked(everything, ["Sales"], ["Night shift"])
    assert [each.field for each in told.value.problems] == [*(name for name, _ in wrong), "forbidden_pairs"]


def test_a_policy_in_order_is_published_as_it_is() -> None:
    fine = Policy(
        rules=(RuleSetting(COOLDOWN, SALES, value=7), RuleSetting("suits", value=3), RuleSetting("fresh", on=False))
    )
    assert checked(fine, ["Sales"], []) is fine


def test_a_limit_for_everybody_is_kept_as_the_policys_number_and_for_some_as_a_setting() -> None:
    everybody = with_rule(Policy(), COOLDOWN, on=True, value=7)
    assert (everybody.cooldown_days, everybody.rules) == (7, ())
    some = with_rule(everybody, COOLDOWN, SALES, on=True, value=9)
    assert (some.cooldown_days, some.rules) == (7, (RuleSetting(COOLDOWN, SALES, True, 9),))
    off = with_rule(some, COOLDOWN, on=False, value=8)
    assert (off.cooldown_days, set(off.rules)) == (8, {*some.rules, RuleSetting(COOLDOWN, on=False)})
    assert problems_of(off, ["Sales"], []) == ()
    assert with_rule(off, COOLDOWN, on=True, value=None).cooldown_days == 21


def test_a_rule_set_as_it_is_anyway_leaves_no_setting_behind() -> None:
    changed = with_rule(Policy(), "suits", on=True, value=2)
    assert changed.rules == (RuleSetting("suits", EVERYBODY, True, 2),)
    assert with_rule(changed, "suits", on=True, value=1).rules == ()


@pytest.mark.parametrize("value", [366, -1, 2.5])
def test_a_number_out_of_range_is_refused_by_name(value: float) -> None:
    with pytest.raises(BadInput) as told:
        with_rule(Policy(), COOLDOWN, on=True, value=value)
    assert [each.field for each in told.value.problems] == [COOLDOWN]


@pytest.mark.parametrize("rule", rules.RULES, ids=lambda rule: rule.name)
def test_every_rule_set_to_the_value_that_is_shown_stays_as_it_is(rule: rules.Rule) -> None:
    shown = value_set(Policy(), rule)
    assert with_rule(Policy(), rule.name, on=True, value=shown) == Policy()
    for_some = with_rule(Policy(), rule.name, NIGHTS, on=True, value=shown)
    assert value_set(for_some, rule, NIGHTS) == shown
    assert problems_of(for_some, [], ["Night shift"]) == ()
    assert without_scope(for_some, rule.name, NIGHTS) == Policy()
