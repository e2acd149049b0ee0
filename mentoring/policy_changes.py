"""What differs between two policies, part by part, and how the changes of two people come together."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from mentoring.policy import EVERYBODY, POLICY_FIELDS, Policy, RuleSetting, Scope, ScopeKind

NOT_TUNED = frozenset({"version", "author", "at", "reason", "sending", "rules", "forbidden_pairs"})
"""Fields of a policy that are no part of its own: its signature, what is switched elsewhere, what has parts."""

NUMBERS = tuple(name for name in POLICY_FIELDS if name not in NOT_TUNED)


@dataclass(frozen=True, order=True)
class Part:
    """What an admin changes at once: a number, one rule for some people, or two who are never to meet.

    kind: "number", "rule" or "pair". name: the number's or the rule's. scope: of a rule. pair: the two, by id.
    """

    kind: str
    name: str = ""
    scope: Scope = EVERYBODY
    pair: tuple[int, ...] = ()

    @property
    def key(self) -> str:
        """The part as one word, for a form."""
        people = "-".join(str(each) for each in self.pair)
        return ":".join((self.kind, self.name, self.scope.kind if self.kind == "rule" else "", people, self.scope.name))


@dataclass(frozen=True)
class Change:
    """before, after: a number's value; how a rule was set, None for as it comes; whether a pair is forbidden."""

    part: Part
    before: Any
    after: Any


def parts_of(policy: Policy) -> dict[Part, Any]:
    """Everything an admin tunes on the page of rules, each part by itself. A rule that is set as it comes is none."""
    found: dict[Part, Any] = {Part("number", name): getattr(policy, name) for name in NUMBERS}
    for each in policy.rules:
        if each != RuleSetting(each.rule, each.scope) or each.scope.kind is not ScopeKind.ORGANISATION:
            found[Part("rule", each.rule, each.scope)] = each
    found |= {Part("pair", pair=tuple(sorted(pair))): True for pair in policy.forbidden_pairs}
    return found


def with_parts(policy: Policy, parts: Mapping[Part, Any]) -> Policy:
    """The policy with these parts and no others. Raises BadInput where they do not go together."""
    rules = [value for part, value in parts.items() if part.kind == "rule" and value is not None]
    return replace(
        policy,
        rules=tuple(sorted(rules, key=lambda each: (each.rule, each.scope.kind, each.scope.name))),
        forbidden_pairs=frozenset(frozenset(part.pair) for part, on in parts.items() if part.kind == "pair" and on),
        **{part.name: value for part, value in parts.items() if part.kind == "number"},
    )


def changes(before: Policy, after: Policy) -> tuple[Change, ...]:
    """Part by part, in a fixed order."""
    one, other = parts_of(before), parts_of(after)
    different = [part for part in {**one, **other} if one.get(part) != other.get(part)]
    return tuple(Change(part, one.get(part), other.get(part)) for part in sorted(different, key=_ordered))


@dataclass(frozen=True)
class Merged:
    """policy: what both changed, put together. torn: where both changed the same part otherwise, which stands in policy
    as `mine`; before is theirs and after mine."""

    policy: Policy
    torn: tuple[Change, ...] = ()


def merge(base: Policy, mine: Policy, theirs: Policy, mine_again: Collection[str] = ()) -> Merged:
    """What I changed of base, on top of what they changed. mine_again: keys of torn parts that are decided: mine.

    The signature and what is no part are theirs. Raises BadInput where the two together are out of range.
    """
    was, my, their = parts_of(base), parts_of(mine), parts_of(theirs)
    merged, torn = dict(their), []
    for part in {**was, **my}:
        if my.get(part) == was.get(part):
            continue
        if their.get(part) not in (was.get(part), my.get(part)) and part.key not in mine_again:
            torn.append(Change(part, their.get(part), my.get(part)))
        if part in my:
            merged[part] = my[part]
        else:
            merged.pop(part, None)
    return Merged(with_parts(theirs, merged), tuple(sorted(torn, key=lambda each: _ordered(each.part))))


def _ordered(part: Part) -> tuple[Any, ...]:
    return part.kind, part.name, part.scope.kind, part.scope.name, part.pair
