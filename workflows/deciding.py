"""Who is to meet whom, and when, from values that a round's record keeps: a replay decides by the very same."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Generic, Protocol, TypeVar

from mentoring.openings import Opening
from scheduler.assignment import Assignment, Candidate
from scheduler.exploring import assign_exploring
from scheduler.participants import Participant
from suggestions.judged_again import Scopes
from suggestions.limits import mentor_has_room
from suggestions.rules import Facts, Terms

MOST_MENTORS = 10
"""How many mentors, the best first, get their openings looked at for one mentee."""

POINTS_OF_TIME = 0.05
"""What a point of an opening is worth beside the points of the rules, which decide who; this decides when."""

ROOM = mentor_has_room.__name__


class Rated(Protocol):
    """A need and somebody who may help with it."""

    @property
    def mentee_id(self) -> int: ...
    @property
    def mentor_id(self) -> int: ...
    @property
    def theme_id(self) -> int: ...
    @property
    def score(self) -> float: ...


R = TypeVar("R", bound=Rated)

OpeningsOf = Callable[[R], tuple[Opening, ...]]


@dataclass(frozen=True)
class Chances:
    """What is left to chance. share: how often a mentee's mentor is drawn, 0..1; seed: where the lots come
    from."""

    share: float
    seed: int


@dataclass(frozen=True)
class Decided(Generic[R]):
    """candidates: those with an opening, in the order of the assignment's numbers; rated: the same, as they were given.
    chosen: who is to meet, with the opening. probabilities: of each candidate to have been chosen. explored: mentees
    whose mentor was drawn."""

    candidates: tuple[Candidate, ...]
    rated: tuple[R, ...]
    without_opening: tuple[R, ...]
    assignment: Assignment
    chosen: tuple[tuple[R, Opening], ...]
    probabilities: tuple[float, ...] = ()
    explored: frozenset[int] = frozenset()


def best_mentors(possible: Collection[R]) -> list[R]:
    """Each mentee's best, by mentee. Of equally good ones those that were given first."""
    by_mentee: dict[int, list[R]] = {}
    for each in sorted(possible, key=lambda one: -one.score):
        by_mentee.setdefault(each.mentee_id, []).append(each)
    return [each for mentee in sorted(by_mentee) for each in by_mentee[mentee][:MOST_MENTORS]]


def decide_on(
    best: Sequence[R],
    openings_of: OpeningsOf[R],
    people: Mapping[int, Participant],
    seats: Mapping[int, int],
    chances: Chances,
) -> Decided[R]:
    """people: with limits and what is booked; what is busy is in the openings. seats: how many more each mentor may be
    asked by. The same values give the same decision."""
    offers = [(each, openings_of(each)) for each in best]
    open_to = [(each, openings) for each, openings in offers if openings]
    candidates = tuple(
        Candidate(each.mentee_id, each.mentor_id, each.theme_id, each.score, openings) for each, openings in open_to
    )
    drawn = assign_exploring(
        candidates, people, seats, share=chances.share, seed=chances.seed, points_of_time=POINTS_OF_TIME
    )
    return Decided(
        candidates,
        tuple(each for each, _ in open_to),
        tuple(each for each, openings in offers if not openings),
        drawn.assignment,
        tuple(
            (open_to[each.candidate][0], candidates[each.candidate].openings[each.opening])
            for each in drawn.assignment.chosen
        ),
        drawn.probabilities,
        drawn.explored,
    )


def seed_at(now: datetime) -> int:
    """What a round at that moment takes its chances from. Kept, so that it takes the same ones again."""
    return int.from_bytes(blake2b(now.isoformat().encode(), digest_size=6).digest(), "big")


def seats_left(terms: Terms, mentor: Scopes, facts: Facts) -> int:
    """How many more a mentor of those scopes may be asked by, from what was measured of a pair with them."""
    (most,) = terms.of((), mentor)[ROOM]
    counted = facts.get(ROOM, (0,))
    taken = counted[0] if isinstance(counted, tuple) else 0
    return max(0, int(most or 0) - int(taken or 0))
