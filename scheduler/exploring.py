"""Now and then a mentee meets somebody other than whom the points alone would choose, so that rounds learn of more.

In each of several draws every mentee is, with a small chance, one whose points are dealt anew among their own
candidates; then everybody is assigned as always. One of the draws, taken by lot, is what happens. How often each
candidate was chosen among the draws is exactly the probability with which it was chosen in the end: given the draws,
each was as likely to be taken as any other. So it can be kept beside the candidate, nothing that was chosen has 0, and
what people answer can be weighed by it. Who is no candidate is never drawn.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from scheduler.assignment import Assignment, Candidate, assign
from scheduler.participants import Participant

LEAST_DRAWS, MOST_DRAWS = 5, 50
CANDIDATES_IN_ALL = 60_000
"""So many candidates are assigned in all the draws together, or LEAST_DRAWS times all where these are more."""

TAKEN = 1_000_000
"""The number of the lot that takes one of the draws; beyond every draw's own."""


@dataclass(frozen=True)
class Drawn:
    """assignment: the one that happens, in the points of its draw. probabilities: of each candidate to be chosen.

    draws: how many there were. explored: mentees whose points were dealt anew in the one that happens.
    """

    assignment: Assignment
    probabilities: tuple[float, ...]
    draws: int
    explored: frozenset[int]


def draws_for(candidates: int) -> int:
    """How many draws there are among so many candidates."""
    return max(LEAST_DRAWS, min(MOST_DRAWS, CANDIDATES_IN_ALL // max(candidates, 1)))


def assign_exploring(
    candidates: Sequence[Candidate],
    people: Mapping[int, Participant],
    seats: Mapping[int, int],
    *,
    share: float,
    seed: int,
    points_of_time: float = 1.0,
) -> Drawn:
    """share: the chance that a mentee's points are dealt anew, 0..1; 0 assigns by the points alone, once.

    The rest as for assign(). The same input gives the same result; a mentee's own lot depends on nobody else.
    """
    draws = draws_for(len(candidates)) if share > 0 else 1
    taken = int(np.random.default_rng((seed, TAKEN)).integers(draws))
    explored = [_explored(candidates, share, seed, draw) for draw in range(draws)]
    done: dict[frozenset[int], Assignment] = {}
    counts = np.zeros(len(candidates), np.int64)
    found: list[Assignment] = []
    for draw, mentees in enumerate(explored):
        if mentees or mentees not in done:
            dealt = _dealt(candidates, mentees, seed, draw)
            done[mentees] = assign(dealt, people, seats, points_of_time=points_of_time)
        found.append(done[mentees])
        counts[[each.candidate for each in done[mentees].chosen]] += 1
    return Drawn(found[taken], tuple((counts / draws).tolist()), draws, explored[taken])


def _explored(candidates: Sequence[Candidate], share: float, seed: int, draw: int) -> frozenset[int]:
    mentees = sorted({each.mentee_id for each in candidates})
    return frozenset(each for each in mentees if np.random.default_rng((seed, draw, each)).random() < share)


def _dealt(candidates: Sequence[Candidate], mentees: frozenset[int], seed: int, draw: int) -> list[Candidate]:
    """Each of those mentees' own scores in another order; nobody gets more or less to bid with than before."""
    dealt = list(candidates)
    for mentee_id in sorted(mentees):
        mine = [number for number, each in enumerate(candidates) if each.mentee_id == mentee_id]
        rng = np.random.default_rng((seed, draw, mentee_id))
        rng.random()
        for number, other in zip(mine, rng.permutation(mine).tolist(), strict=True):
            dealt[number] = replace(candidates[number], score=candidates[other].score)
    return dealt
