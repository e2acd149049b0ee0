"""A kept round once more under any policy: whom it would choose, and what chance each had at the time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mentoring.policy import Policy
from store.rounds import Round
from workflows.kept_rounds import KeptRound, NotReplayable, read
from workflows.replaying import decide_again

Pair = tuple[int, int]


@dataclass(frozen=True)
class Again:
    """One that a policy chooses. chance: with which it does. logged: that it had at the time. expected: how likely a
    yes was thought to be at the time, None where nobody asked."""

    mentee_id: int
    mentor_id: int
    chance: float
    logged: float
    expected: float | None = None

    @property
    def pair(self) -> Pair:
        return self.mentee_id, self.mentor_id


def kept(of: Round) -> KeptRound | None:
    """None where the record does not tell all that it was decided on."""
    if not of.replayable:
        return None
    try:
        return read(of.record)
    except NotReplayable:
        return None


def chances(of: KeptRound) -> dict[Pair, float]:
    """That each pair had at the time, whatever the topic."""
    found: dict[Pair, float] = {}
    for each, chance in zip(of.measured, of.probabilities, strict=True):
        pair = each.mentee_id, each.mentor_id
        found[pair] = min(1.0, found.get(pair, 0.0) + chance)
    return found


def chosen(of: KeptRound, policy: Policy) -> Iterator[Again]:
    """Whom that policy chooses. Nothing is left to chance here, whatever share of exploration the policy has."""
    logged = chances(of)
    for each, _ in decide_again(of, policy).chosen:
        pair = each.mentee_id, each.mentor_id
        yield Again(*pair, 1.0, logged.get(pair, 0.0))
