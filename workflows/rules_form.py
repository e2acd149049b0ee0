"""The form of the rules: a policy as the fields of a form, and back.

Fields are named for what they set: "on.RULE" and "value.RULE" for everybody, with ".department.NAME" or ".group.NAME"
after it for some; "set.…" says that a rule is set for those at all; "number.NAME", "free.KIND" and "pair.ID-ID" are the
rest. A tick that is not there is off, as browsers have it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import Any

from mentoring.availability import Busyness
from mentoring.errors import BadInput, Problem
from mentoring.policy import EVERYBODY, RANGES, Policy, RuleSetting, Scope, ScopeKind
from suggestions.kinds import Kind, Rule
from suggestions.rule_settings import problems_of, value_set, with_rule
from suggestions.rules import BY_NAME, RULES

Fields = dict[str, str]
YES = "yes"
CAN_BE_FREE = (Busyness.TENTATIVE, Busyness.UNANSWERED, Busyness.WORKING_ELSEWHERE)
"""Kinds of busy that an organisation may count as free; the others never are."""

AT_A_RULE = frozenset(rule.spec.field for rule in RULES if rule.spec.field)
"""Numbers of the policy that are set at a rule."""

NUMBERS = tuple(name for name in RANGES if name not in AT_A_RULE)
"""Those that are set by themselves."""

MOST_DIGITS = 12


def fields_of(policy: Policy) -> Fields:
    """The form as it shows that policy."""
    found: Fields = {f"number.{name}": plain(getattr(policy, name)) for name in NUMBERS}
    found |= {f"free.{kind}": YES for kind in CAN_BE_FREE if kind in policy.free_kinds}
    found |= {f"pair.{'-'.join(map(str, sorted(pair)))}": YES for pair in policy.forbidden_pairs}
    for rule in RULES:
        found |= _of_rule(policy, rule, EVERYBODY, on=policy.setting(rule.name).on)
    for each in policy.rules:
        if each.scope != EVERYBODY and each.rule in BY_NAME:
            found[f"set.{_at(each.rule, each.scope)}"] = YES
            found |= _of_rule(policy, BY_NAME[each.rule], each.scope, on=each.on)
    return found


def _of_rule(policy: Policy, rule: Rule, scope: Scope, *, on: bool) -> Fields:
    at = _at(rule.name, scope)
    found = {f"on.{at}": YES} if on else {}
    if rule.spec.kind is not Kind.YES_OR_NO:
        value = value_set(policy, rule, scope)
        found[f"value.{at}"] = "" if value is None else plain(value)
    return found


def _at(rule: str, scope: Scope) -> str:
    return rule if scope == EVERYBODY else f"{rule}.{scope.kind}.{scope.name}"


def plain(number: float) -> str:
    """As people write it: 20, not 20.0."""
    return f"{number:g}"


def policy_of(seen: Policy, fields: Mapping[str, str], departments: Collection[str], groups: Collection[str]) -> Policy:
    """What the form says. seen: the policy that it showed, for what no form sets.

    Raises BadInput with every problem under the name of its field.
    """
    problems: list[Problem] = []
    policy = replace(seen, rules=(), forbidden_pairs=frozenset(_pairs(fields)))
    free = frozenset(kind for kind in CAN_BE_FREE if f"free.{kind}" in fields)
    policy = replace(policy, free_kinds=free | (seen.free_kinds - frozenset(CAN_BE_FREE)))
    numbers: dict[str, Any] = {}
    for name in NUMBERS:
        _try(problems, f"number.{name}", lambda name=name: numbers.update({name: _number(seen, name, fields)}))
    for rule in RULES:
        for scope in (EVERYBODY, *_scopes(rule, fields)):
            policy = _with(policy, rule, scope, fields, problems)
    known = {each.field for each in problems}
    problems += [each for each in _of_the_whole(policy, departments, groups) if each.field not in known]
    try:
        policy = replace(policy, **numbers)
    except BadInput as error:
        problems += [Problem(f"number.{each.field}", each.message) for each in error.problems]
    if problems:
        raise BadInput(*problems)
    return replace(policy, rules=tuple(sorted(policy.rules, key=_ordered)))


def _ordered(setting: RuleSetting) -> tuple[str, str, str]:
    return setting.rule, setting.scope.kind, setting.scope.name


def _with(policy: Policy, rule: Rule, scope: Scope, fields: Mapping[str, str], problems: list[Problem]) -> Policy:
    at = _at(rule.name, scope)
    try:
        value = None
        if rule.spec.kind is not Kind.YES_OR_NO:
            value = _value(fields.get(f"value.{at}", ""), rule, needed=scope == EVERYBODY)
        on = rule.spec.always or f"on.{at}" in fields
        return with_rule(policy, rule.name, scope, on=on, value=value)
    except BadInput as error:
        problems.extend(Problem(f"value.{at}", each.message) for each in error.problems)
        return policy


def _of_the_whole(policy: Policy, departments: Collection[str], groups: Collection[str]) -> Iterator[Problem]:
    for setting in policy.rules:
        alone = replace(policy, rules=(setting,), forbidden_pairs=frozenset())
        for each in problems_of(alone, departments, groups):
            yield Problem(f"value.{_at(setting.rule, setting.scope)}", each.message)


def _try(problems: list[Problem], field: str, do: Any) -> None:
    try:
        do()
    except BadInput as error:
        problems.extend(Problem(field, each.message) for each in error.problems)


def _number(seen: Policy, name: str, fields: Mapping[str, str]) -> float:
    number = _read(fields.get(f"number.{name}", ""))
    least, most = RANGES[name]
    if isinstance(getattr(seen, name), int):
        if number != int(number):
            raise BadInput.of(name, "write a whole number")
        number = int(number)
    if not least <= number <= most:
        raise BadInput.of(name, f"write a number from {least:g} to {most:g}")
    return number


def _value(text: str, rule: Rule, *, needed: bool) -> float | None:
    if not text.strip() and not needed:
        return None
    number, spec = _read(text), rule.spec
    if not spec.least <= number <= spec.most:
        raise BadInput.of(rule.name, f"write a number from {spec.least:g} to {spec.most:g}")
    if spec.step == 1 and number != int(number):
        raise BadInput.of(rule.name, "write a whole number")
    return number


def _read(text: str) -> float:
    """A number as people write it, with a point or a comma."""
    written = text.strip().replace(",", ".").replace("−", "-")
    if not re.fullmatch(r"-?[0-9]{1,6}(\.[0-9]{1,6})?", written) or len(written) > MOST_DIGITS:
        raise BadInput.of("number", "write a number")
    return float(written)


def _scopes(rule: Rule, fields: Mapping[str, str]) -> list[Scope]:
    start = f"set.{rule.name}."
    return [
        scope for name in fields if name.startswith(start) for scope in [scope_of(name.removeprefix(start))] if scope
    ]


def scope_of(text: str) -> Scope | None:
    """Of "department.Payments"; None for anything else."""
    kind, _, name = text.partition(".")
    return Scope(ScopeKind(kind), name) if kind in {ScopeKind.DEPARTMENT, ScopeKind.GROUP} and name else None


def _pairs(fields: Mapping[str, str]) -> Iterator[frozenset[int]]:
    for name in fields:
        found = re.fullmatch(r"pair\.([0-9]{1,18})-([0-9]{1,18})", name)
        if found and found[1] != found[2]:
            yield frozenset({int(found[1]), int(found[2])})


def with_scope(fields: Mapping[str, str], rule: str, scope: Scope) -> Fields:
    """The form with that rule set for those as it is for everybody, to be changed. Raises BadInput for no such rule."""
    if rule not in BY_NAME:
        raise BadInput.of("scope", "choose one of the rules")
    at, value = _at(rule, scope), fields.get(f"value.{rule}")
    added = {f"set.{at}": YES, f"on.{at}": YES} | ({} if value is None else {f"value.{at}": value})
    return dict(fields) | added


def without_scope(fields: Mapping[str, str], rule_and_scope: str) -> Fields:
    """The form with nothing set for those: "RULE.department.NAME"."""
    gone = {f"{kind}.{rule_and_scope}" for kind in ("set", "on", "value")}
    return {name: value for name, value in fields.items() if name not in gone}


def with_pair(fields: Mapping[str, str], one: int | None, other: int | None) -> Fields:
    """The form with two more who are never to meet. Raises BadInput."""
    if one is None or other is None or one == other:
        raise BadInput.of("pair_one", "choose two different people")
    return dict(fields) | {f"pair.{min(one, other)}-{max(one, other)}": YES}


def without_pair(fields: Mapping[str, str], pair: str) -> Fields:
    return {name: value for name, value in fields.items() if name != f"pair.{pair}"}


def scoped(fields: Mapping[str, str]) -> dict[str, list[tuple[str, str]]]:
    """By rule: for whom it is set otherwise, as the end of a field's name and in words."""
    found: dict[str, list[tuple[str, str]]] = {}
    for name in sorted(fields):
        kind, _, at = name.partition(".")
        rule, _, rest = at.partition(".")
        scope = scope_of(rest) if kind == "set" else None
        if scope and rule in BY_NAME:
            words = f"the department {scope.name}" if scope.kind is ScopeKind.DEPARTMENT else f"the group {scope.name}"
            found.setdefault(rule, []).append((at, words))
    return found


def pairs_of(fields: Mapping[str, str]) -> list[tuple[int, int]]:
    """The pairs that are never to meet, by id."""
    return [(min(pair), max(pair)) for pair in sorted(_pairs(fields), key=sorted)]
