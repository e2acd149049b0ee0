"""How an admin sets rules: what may be set, and where a policy keeps it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import Any

from mentoring.errors import BadInput, Problem
from mentoring.policy import EVERYBODY, Policy, RuleSetting, Scope, ScopeKind
from suggestions.kinds import Kind, Rule, Spec
from suggestions.rules import BY_NAME


def problems_of(policy: Policy, departments: Collection[str], groups: Collection[str]) -> tuple[Problem, ...]:
    """All that cannot be published of a policy's rules, each under the rule's name. departments, groups: all there
    are."""
    known = {ScopeKind.ORGANISATION: {""}, ScopeKind.DEPARTMENT: set(departments), ScopeKind.GROUP: set(groups)}
    found = [
        Problem(each.rule, words + _for_whom(each.scope))
        for each in policy.rules
        for words in _wrong_in(each, known[each.scope.kind])
    ]
    if any(len(pair) != 2 for pair in policy.forbidden_pairs):
        found.append(Problem("forbidden_pairs", "choose two different people"))
    return tuple(found)


def _wrong_in(setting: RuleSetting, known: Collection[str]) -> Iterator[str]:
    rule = BY_NAME.get(setting.rule)
    if rule is None:
        yield "there is no such rule"
        return
    if setting.scope.name not in known:
        yield f"there is no such {setting.scope.kind}"
    if rule.spec.always and not setting.on:
        yield "this rule cannot be switched off"
    if setting.value is not None:
        yield from _wrong_with(setting.value, setting.scope, rule.spec)


def _wrong_with(value: float, scope: Scope, spec: Spec) -> Iterator[str]:
    if spec.kind is Kind.YES_OR_NO:
        yield "this rule has nothing to set but on and off"
    elif scope == EVERYBODY and spec.field:
        yield f"for the whole organisation, set {spec.field}"
    elif not spec.least <= value <= spec.most:
        yield f"write a number from {spec.least:g} to {spec.most:g}"
    elif spec.step == 1 and value != int(value):
        yield "write a whole number"


def _for_whom(scope: Scope) -> str:
    return f" ({scope.kind} {scope.name})" if scope.name else ""


def checked(policy: Policy, departments: Collection[str], groups: Collection[str]) -> Policy:
    """The same policy. Raises BadInput with all problems that it has."""
    problems = problems_of(policy, departments, groups)
    if problems:
        raise BadInput(*problems)
    return policy


def value_set(policy: Policy, rule: Rule, scope: Scope = EVERYBODY) -> float | None:
    """The value that is set for just that scope; None where the next wider one's holds. For everybody there always is
    one, except of a yes or no."""
    if scope == EVERYBODY:
        return None if rule.spec.kind is Kind.YES_OR_NO else policy.weight(rule.name, rule.spec.own(policy))
    return next((each.value for each in policy.rules if (each.rule, each.scope) == (rule.name, scope)), None)


def with_rule(policy: Policy, name: str, scope: Scope = EVERYBODY, *, on: bool, value: float | None) -> Policy:
    """That policy with the rule set so, in the one place where it is kept: a number of the policy where the rule has
    one and it is for everybody, else a setting. value: None for that of the next wider scope, at last the default.

    Raises KeyError for an unknown rule, BadInput for a number that is out of range.
    """
    spec = BY_NAME[name].spec
    others = tuple(each for each in policy.rules if (each.rule, each.scope) != (name, scope))
    if scope == EVERYBODY and spec.field:
        policy = _with_number(policy, name, spec, spec.default if value is None else value)
        value = None
    elif scope == EVERYBODY and value == spec.default:
        value = None
    plain = on and value is None and scope == EVERYBODY
    return replace(policy, rules=others if plain else (*others, RuleSetting(name, scope, on, value)))


def _with_number(policy: Policy, name: str, spec: Spec, value: float | None) -> Policy:
    wrong = next(_wrong_with(value or 0.0, Scope(ScopeKind.GROUP), spec), "")
    if wrong or value is None:
        raise BadInput.of(name, wrong or "write a number")
    number: Any = int(value) if spec.step == 1 else value
    return replace(policy, **{spec.field: number})


def without_scope(policy: Policy, name: str, scope: Scope) -> Policy:
    """That policy with nothing set of the rule for just that scope."""
    return replace(policy, rules=tuple(each for each in policy.rules if (each.rule, each.scope) != (name, scope)))
