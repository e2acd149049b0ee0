"""Now and then a mentee meets somebody other than whom the points would choose, so that rounds learn of more.

Everybody is assigned by points first. Then, in each of many draws, every mentee who was given a meeting is with a small
chance one for whom the mentor is drawn instead, each of their candidates alike who has a time and a seat left beside
everybody else's meetings: nobody else loses anything by it. One of the draws, taken by lot, is what happens. How often
each candidate was chosen among the draws is exactly the probability with which it was chosen in the end: given the
draws, each was as likely to be taken as any other. So it can be kept beside the candidate, nothing that was chosen has
0, and what people answer can be weighed by it. Who is no candidate is never drawn.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from scheduler.assignment import Assignment, Candidate, Chosen, assign, seats_within_caps
from scheduler.diary import Diary, Meeting
from scheduler.participants import Participant

LEAST_DRAWS, MOST_DRAWS = 20, 100
MENTEES_IN_ALL = 20_000
"""So many mentees are looked at in all the draws together, or LEAST_DRAWS times all where these are more."""

TAKEN = 1_000_000
"""The number of the lot that takes one of the draws; beyond every draw's own."""


@dataclass(frozen=True)
class Drawn:
    """assignment: the one that happens; what it is worth less than the one by points alone is the price of exploring.

    probabilities: of each candidate to be chosen. draws: how many there were. explored: mentees whose mentor was drawn
    in the one that happens.
    """

    assignment: Assignment
    probabilities: tuple[float, ...]
    draws: int
    explored: frozenset[int]


def draws_for(mentees: int) -> int:
    """How many draws there are for so many mentees."""
    return max(LEAST_DRAWS, min(MOST_DRAWS, MENTEES_IN_ALL // max(mentees, 1)))


def assign_exploring(
    candidates: Sequence[Candidate],
    people: Mapping[int, Participant],
    seats: Mapping[int, int],
    *,
    share: float,
    seed: int,
    points_of_time: float = 1.0,
) -> Drawn:
    """share: the chance that a mentee's mentor is drawn, 0..1; with 0 the points alone choose.

    The rest as for assign(). The same input gives the same result.
    """
    plain = assign(candidates, people, seats, points_of_time=points_of_time)
    if share <= 0 or not plain.chosen:
        chosen = {each.candidate for each in plain.chosen}
        return Drawn(plain, tuple(float(number in chosen) for number in range(len(candidates))), 1, frozenset())
    table = _Table(candidates, Diary(people, seats_within_caps(candidates, people, seats)), points_of_time, plain)
    draws = draws_for(len(plain.chosen))
    taken = int(np.random.default_rng((seed, TAKEN)).integers(draws))
    counts = np.zeros(len(candidates), np.int64)
    happens, explored = plain, frozenset[int]()
    for draw in range(draws):
        drawn = table.draw(share, seed, draw)
        counts[[each.candidate for each in table.held()]] += 1
        if draw == taken:
            happens, explored = table.assignment(plain), drawn
        table.put_back()
    return Drawn(happens, tuple((counts / draws).tolist()), draws, explored)


class _Table:
    """The meetings that the points chose, some of them exchanged for a while."""

    def __init__(self, candidates: Sequence[Candidate], diary: Diary, points_of_time: float, plain: Assignment) -> None:
        self.candidates = candidates
        self.diary = diary
        self.points_of_time = points_of_time
        self.of_mentee: dict[int, list[int]] = {}
        for number, each in enumerate(candidates):
            self.of_mentee.setdefault(each.mentee_id, []).append(number)
        self.plain = {candidates[each.candidate].mentee_id: self._meeting(*_place(each)) for each in plain.chosen}
        for meeting in self.plain.values():
            diary.add(meeting)

    def held(self) -> list[Meeting]:
        return sorted(self.diary.of_mentee.values(), key=lambda each: each.candidate)

    def draw(self, share: float, seed: int, draw: int) -> frozenset[int]:
        """Exchanges meetings. Gives whose mentor was drawn, be it the same as before."""
        explored = []
        for mentee_id in sorted(self.plain):
            rng = np.random.default_rng((seed, draw, mentee_id))
            if rng.random() < share:
                explored.append(mentee_id)
                self.diary.remove(self.plain[mentee_id])
                possible = [each for number in self.of_mentee[mentee_id] if (each := self._first_possible(number))]
                self.diary.add(possible[int(rng.integers(len(possible)))])
        return frozenset(explored)

    def put_back(self) -> None:
        changed = [each for each in self.held() if self.plain[each.mentee_id] != each]
        for meeting in changed:
            self.diary.remove(meeting)
        for meeting in changed:
            self.diary.add(self.plain[meeting.mentee_id])

    def assignment(self, plain: Assignment) -> Assignment:
        held = self.held()
        less = sum(self.plain[each.mentee_id].value - each.value for each in held)
        chosen = tuple(Chosen(each.candidate, each.opening) for each in held)
        return replace(plain, chosen=chosen, total=plain.total - less)

    def _first_possible(self, number: int) -> Meeting | None:
        openings = range(len(self.candidates[number].openings))
        return next(filter(self.diary.allows, (self._meeting(number, place) for place in openings)), None)

    def _meeting(self, number: int, place: int) -> Meeting:
        candidate = self.candidates[number]
        opening = candidate.openings[place]
        value = candidate.score + self.points_of_time * opening.score
        return Meeting(candidate.mentee_id, candidate.mentor_id, opening.interval, number, place, value)


def _place(chosen: Chosen) -> tuple[int, int]:
    return chosen.candidate, chosen.opening
