"""What differs between two policies, and what becomes of two people's changes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from mentoring.policy import Policy, RuleSetting, Scope, ScopeKind, Sending
from mentoring.policy_changes import Part, changes, merge, parts_of, with_parts

PAYMENTS = Scope(ScopeKind.DEPARTMENT, "Payments")
NEWCOMERS = Scope(ScopeKind.GROUP, "Newcomers")


def pairs(*of: tuple[int, int]) -> frozenset[frozenset[int]]:
    return frozenset(frozenset(each) for each in of)


rules = st.lists(
    st.builds(
        RuleSetting,
        st.sampled_from(["suits", "fresh", "pair_cooldown"]),
        st.sampled_from([Scope(), PAYMENTS, NEWCOMERS]),
        st.booleans(),
        st.none() | st.sampled_from([0.1, 0.5, 1.0]),
    ),
    max_size=5,
    unique_by=lambda each: (each.rule, each.scope),
)
policies: st.SearchStrategy[Policy] = st.builds(
    Policy,
    session_minutes=st.sampled_from([20, 30]),
    round_hour=st.integers(0, 23),
    weekly_messages=st.integers(1, 9),
    rules=rules.map(tuple),
    forbidden_pairs=st.sets(st.sampled_from([(1, 2), (1, 3), (2, 3)]).map(frozenset), max_size=3).map(frozenset),
)


def test_a_number_a_rule_and_a_pair_are_each_a_change_of_its_own() -> None:
    before = Policy()
    setting = RuleSetting("suits", PAYMENTS, value=0.5)
    after = replace(before, session_minutes=30, rules=(setting,), forbidden_pairs=pairs((2, 1)))
    found = [(each.part, each.before, each.after) for each in changes(before, after)]
    assert found == [
        (Part("number", "session_minutes"), 20, 30),
        (Part("pair", pair=(1, 2)), None, True),
        (Part("rule", "suits", PAYMENTS), None, setting),
    ]


def test_a_rule_set_to_what_it_is_anyhow_is_no_change() -> None:
    assert changes(Policy(), Policy(rules=(RuleSetting("suits"),))) == ()


def test_what_is_switched_elsewhere_and_who_signed_are_no_changes() -> None:
    assert changes(Policy(), Policy(sending=Sending.ON, version=7, author="Zofia", reason="why")) == ()


def test_both_peoples_changes_are_kept_where_they_are_about_different_things() -> None:
    base = Policy()
    mine, theirs = replace(base, session_minutes=30), replace(base, weekly_messages=2, sending=Sending.ON, version=4)
    merged = merge(base, mine, theirs)
    assert merged.torn == ()
    assert merged.policy == replace(theirs, session_minutes=30)


def test_where_both_changed_the_same_it_is_told_and_mine_stands_until_somebody_chooses() -> None:
    base = Policy()
    mine, theirs = replace(base, session_minutes=30), replace(base, session_minutes=40)
    merged = merge(base, mine, theirs)
    assert [(each.before, each.after) for each in merged.torn] == [(40, 30)]
    assert merged.policy.session_minutes == 30
    assert merge(base, mine, theirs, [merged.torn[0].part.key]).torn == ()


def test_what_i_removed_is_removed_though_they_changed_something_else() -> None:
    base = Policy(rules=(RuleSetting("suits", PAYMENTS, value=0.5),), forbidden_pairs=pairs((1, 2)))
    mine, theirs = Policy(), replace(base, weekly_messages=2)
    assert merge(base, mine, theirs).policy == replace(Policy(), weekly_messages=2)


@given(policies)
def test_a_policy_is_all_of_its_parts(policy: Policy) -> None:
    again = with_parts(policy, parts_of(policy))
    assert changes(policy, again) == ()
    assert with_parts(again, parts_of(again)) == again


@given(policies, policies, policies)
def test_nothing_that_either_changed_is_lost_without_being_told(base: Policy, mine: Policy, theirs: Policy) -> None:
    merged = merge(base, mine, theirs)
    told = {each.part for each in merged.torn}
    now, was = parts_of(merged.policy), parts_of(base)

    def of(policy: Policy) -> dict[Part, Any]:
        return parts_of(policy)

    for part in {*was, *of(mine), *of(theirs)}:
        if of(mine).get(part) != was.get(part):
            assert now.get(part) == of(mine).get(part)
        else:
            assert now.get(part) == of(theirs).get(part)
        both = of(mine).get(part) != was.get(part) and of(theirs).get(part) != was.get(part)
        assert (part in told) == (both and of(mine).get(part) != of(theirs).get(part))


@given(policies, policies)
def test_with_nobody_else_there_my_changes_are_what_is_saved(base: Policy, mine: Policy) -> None:
    assert changes(merge(base, mine, base).policy, mine) == ()
    assert changes(merge(base, base, mine).policy, mine) == ()


@given(policies)
def test_each_part_has_a_word_of_its_own(policy: Policy) -> None:
    keys = [part.key for part in parts_of(policy)]
    assert len(set(keys)) == len(keys)
