"""What a policy makes of a pair whose facts were kept, without what they were measured on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from mentoring.policy import Policy, Scope
from suggestions.rules import BY_NAME, Facts, Terms, score
from suggestions.vetoes import forbidden_pair

FORBIDDEN = forbidden_pair.__name__
"""The one rule whose fact is in the policy, not in the pair."""

Scopes = frozenset[Scope]


@dataclass(frozen=True, slots=True)
class Measured:
    """One need and one person who might help, as a round measured them. scopes: of the two at that time."""

    mentee_id: int
    mentor_id: int
    theme_id: int
    facts: Facts = field(repr=False)
    mentee_scopes: Scopes = frozenset()
    mentor_scopes: Scopes = frozenset()

    @property
    def both(self) -> frozenset[int]:
        return frozenset((self.mentee_id, self.mentor_id))


@dataclass(frozen=True, slots=True)
class Again:
    """in_the_way: names of the rules that veto. points: of each rule that gives any, by name. score: all together, 0
    where something stands in the way."""

    in_the_way: tuple[str, ...]
    points: Mapping[str, float]
    score: float

    @property
    def possible(self) -> bool:
        return not self.in_the_way


def judged_again(measured: Measured, policy: Policy | Terms) -> Again:
    """Under the policy that it was judged under at the time: the very same as then. policy: the Terms of one, where
    many are judged under it."""
    terms = policy if isinstance(policy, Terms) else Terms(policy)
    known = {**measured.facts, FORBIDDEN: True if measured.both in terms.policy.forbidden_pairs else None}
    facts = {name: fact for name in BY_NAME if (fact := known.get(name)) is not None}
    found = terms.outcomes(facts, terms.of(measured.mentee_scopes, measured.mentor_scopes))
    return Again(
        tuple(each.rule for each in found if each.veto),
        {each.rule: each.points for each in found if not each.veto},
        score(found),
    )
