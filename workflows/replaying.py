"""A round decided again from its record alone: under its own policy the same comes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mentoring.openings import Opening, Pair
from mentoring.policy import Policy
from store import rounds
from suggestions.judged_again import Measured, judged_again
from suggestions.rules import Facts, Terms
from workflows.bootstrap import Parts
from workflows.deciding import Chances, Decided, best_mentors, decide_on, seats_left
from workflows.kept_rounds import KeptRound, Meant, NotReplayable, read
from workflows.kept_tables import Row


@dataclass(frozen=True, slots=True)
class Again:
    """A need and somebody who may help, judged again and possible."""

    measured: Measured
    score: float

    @property
    def mentee_id(self) -> int:
        return self.measured.mentee_id

    @property
    def mentor_id(self) -> int:
        return self.measured.mentor_id

    @property
    def theme_id(self) -> int:
        return self.measured.theme_id

    @property
    def facts(self) -> Facts:
        return self.measured.facts


@dataclass(frozen=True)
class Replay:
    """recorded, again: what the round decided, then and now."""

    round_id: int
    recorded: tuple[Meant, ...]
    again: tuple[Meant, ...]

    @property
    def same(self) -> bool:
        return {_plain(each) for each in self.recorded} == {_plain(each) for each in self.again}

    @property
    def only_recorded(self) -> tuple[Meant, ...]:
        return _without(self.recorded, self.again)

    @property
    def only_again(self) -> tuple[Meant, ...]:
        return _without(self.again, self.recorded)


def _plain(meant: Meant) -> tuple[object, ...]:
    return meant.pair, meant.theme_id, meant.start


def _without(some: tuple[Meant, ...], others: tuple[Meant, ...]) -> tuple[Meant, ...]:
    known = {_plain(each) for each in others}
    return tuple(each for each in some if _plain(each) not in known)


def decide_again(kept: KeptRound, policy: Policy | None = None) -> Decided[Again]:
    """What the round decides under that policy, by default its own. A pair whose times nobody looked at has none."""
    terms = Terms(policy or kept.policy)
    judged = ((each, judged_again(each, terms)) for each in kept.measured if each.mentor_id not in kept.tried)
    best = best_mentors([Again(each, again.score) for each, again in judged if again.possible])
    chances = Chances(terms.policy.exploration_share, kept.seed)
    return decide_on(best, lambda each: _times(kept.openings, each), kept.people, _seats(best, terms), chances)


def _times(openings: Mapping[Row, tuple[Opening, ...]], each: Again) -> tuple[Opening, ...]:
    return openings.get((each.mentee_id, each.mentor_id, each.theme_id), ())


def _seats(best: list[Again], terms: Terms) -> dict[int, int]:
    return {each.mentor_id: seats_left(terms, each.measured.mentor_scopes, each.facts) for each in best}


def replay(parts: Parts, organisation_id: int, round_id: int) -> Replay:
    """That round again. Raises KeyError for none, NotReplayable where its record does not tell all that it decided
    on."""
    with parts.database.reading(organisation_id) as memory:
        found = rounds.get(memory, round_id)
    if found.finished_at is None:
        raise NotReplayable(f"round {round_id} has not ended")
    if not found.replayable:
        raise NotReplayable(f"somebody in round {round_id} has been forgotten since, and what it knew of them")
    return replayed(round_id, read(found.record))


def replayed(round_id: int, kept: KeptRound) -> Replay:
    again = decide_again(kept)
    chosen = tuple(
        Meant(Pair(each.mentee_id, each.mentor_id), each.theme_id, opening.interval.start)
        for each, opening in again.chosen
    )
    return Replay(round_id, kept.meant, chosen)
