"""A kept round once more under any policy: whom it would choose, and what chance each had at the time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mentoring.policy import Policy
from store.rounds import Round
from suggestions.preferences import likely_accepted
from workflows.kept_rounds import KeptRound, NotReplayable, read
from workflows.replaying import decide_again

Pair = tuple[int, int]
LIKELIER = likely_accepted.__name__


@dataclass(frozen=True)
class Again:
    """One whom a policy may choose. chosen: it does. chance: with which it does, exploration included. logged: that it
    had at the time. likelier: by how much a yes was thought likelier than usual at the time."""

    mentee_id: int
    mentor_id: int
    chosen: bool
    chance: float
    logged: float
    likelier: float = 0.0

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


@dataclass(frozen=True)
class Logged:
    """What a pair had at the time, whatever the topic. chance: to be chosen."""

    chance: float = 0.0
    likelier: float = 0.0


def at_the_time(of: KeptRound) -> dict[Pair, Logged]:
    """Of each pair that was measured."""
    found: dict[Pair, Logged] = {}
    for each, chance in zip(of.measured, of.probabilities, strict=True):
        pair = each.mentee_id, each.mentor_id
        fact = each.facts.get(LIKELIER, 0.0)
        likelier = float(fact) if isinstance(fact, (int, float)) else 0.0
        found[pair] = Logged(min(1.0, found.get(pair, Logged()).chance + chance), likelier)
    return found


def under(of: KeptRound, policy: Policy) -> Iterator[Again]:
    """Whom that policy may choose, with the same lots as at the time."""
    logged, decided = at_the_time(of), decide_again(of, policy)
    chosen = {(each.mentee_id, each.mentor_id) for each, _ in decided.chosen}
    chances: dict[Pair, float] = {}
    for candidate, chance in zip(decided.candidates, decided.probabilities, strict=True):
        pair = candidate.mentee_id, candidate.mentor_id
        chances[pair] = min(1.0, chances.get(pair, 0.0) + chance)
    for pair in sorted(chances):
        if chances[pair] > 0:
            had = logged.get(pair, Logged())
            yield Again(*pair, pair in chosen, chances[pair], had.chance, had.likelier)
