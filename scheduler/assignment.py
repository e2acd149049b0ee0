"""Who meets whom, when, for everybody at once: the most and the best meetings that seats, caps and times allow.

An auction gives mentees to mentors, times left aside; each mentor's mentees then get exact times; whoever no time was
left for bids again for what is still possible, three rounds in all. Then others give way to those still without,
where that is a gain for all together, and at last wherever they get another meeting themselves: nobody is left out who
can be met. The first auction also proves what nobody can do better than: the measure of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, groupby

import numpy as np

from mentoring.intervals import Interval
from mentoring.openings import Opening
from scheduler.auction import Market, auction
from scheduler.caps import Tally
from scheduler.diary import Diary, Meeting
from scheduler.giving_way import make_room
from scheduler.nobody_left_out import leave_nobody_out
from scheduler.participants import Participant
from scheduler.slots import place_best

ROUNDS = 3


@dataclass(frozen=True)
class Candidate:
    """A mentee who might meet a mentor about a theme. score: how much it is to be wished; openings: best first."""

    mentee_id: int
    mentor_id: int
    theme_id: int
    score: float
    openings: tuple[Opening, ...]


@dataclass(frozen=True)
class Chosen:
    """Which of the candidates, and which of its openings, by their places in what was given."""

    candidate: int
    opening: int


@dataclass(frozen=True)
class Assignment:
    """The meetings chosen, by candidate.

    total: what they are worth together. bound: no assignment can be worth more, even if mentors were free at all times.
    """

    chosen: tuple[Chosen, ...]
    total: float
    bound: float

    @property
    def gap(self) -> float:
        """How far at most from the best possible, as a part of it: 0.01 is one per cent."""
        return (self.bound - self.total) / self.bound if self.bound > 0 else 0.0


def assign(
    candidates: Sequence[Candidate],
    people: Mapping[int, Participant],
    seats: Mapping[int, int],
    *,
    points_of_time: float = 1.0,
    worth: float = 1.0,
) -> Assignment:
    """Chooses meetings: one at most for each mentee, as many as seats for each mentor, within everybody's limits.

    people: everybody among the candidates, with what is booked for them. Two meetings of a person keep their buffer,
    and caps hold over both roles. seats: of each mentor. points_of_time: what a point of an opening's score is worth
    beside one of a candidate's. worth: of any meeting at all, as a multiple of the difference between the best and the
    worst possible: the higher it is, the more the number of meetings counts in total and bound. Whatever it is, nobody
    is left out at last who could be met without anybody else losing theirs: exact where only seats are scarce, within
    a number of steps where times are too. Raises KeyError for a mentor without seats or somebody not among the people.
    The same input gives the same result.
    """
    wishes = _Wishes(candidates, points_of_time, worth)
    diary = Diary(people, seats_within_caps(candidates, people, seats))
    promised, bound = _round(wishes, diary, wishes.best())
    for _ in range(1, ROUNDS):
        _round(wishes, diary, wishes.still_possible(diary))
    make_room(diary, wishes.of_mentee, _by_disappointment(promised, diary, wishes.by_mentee))
    leave_nobody_out(diary, wishes.of_mentee, wishes.unplaced(diary))
    chosen = sorted(diary.of_mentee.values(), key=lambda meeting: meeting.candidate)
    places = tuple(Chosen(meeting.candidate, meeting.opening) for meeting in chosen)
    return Assignment(places, sum(meeting.value for meeting in chosen), bound)


def seats_within_caps(
    candidates: Sequence[Candidate], people: Mapping[int, Participant], seats: Mapping[int, int]
) -> dict[int, int]:
    """A mentor who wants two meetings a week has no third seat, if all that is asked about is one week."""
    times: dict[int, set[Interval]] = {}
    for each in candidates:
        times.setdefault(each.mentor_id, set()).update(opening.interval for opening in each.openings)
    tallies = {mentor_id: Tally(people[mentor_id].limits, people[mentor_id].booked) for mentor_id in times}
    return {mentor_id: min(seats[mentor_id], tallies[mentor_id].room(times[mentor_id])) for mentor_id in times}


def _by_disappointment(promised: Mapping[int, Meeting], diary: Diary, mentees: Iterable[int]) -> list[int]:
    """Who got how much less than the first auction promised, the most first; then those without, then the rest."""
    missed = {mentee_id: meeting.value for mentee_id, meeting in promised.items()}
    for mentee_id, meeting in diary.of_mentee.items():
        missed[mentee_id] = missed.get(mentee_id, 0.0) - meeting.value
    return sorted(mentees, key=lambda mentee_id: (-max(0.0, missed.get(mentee_id, 0.0)), mentee_id in diary.of_mentee))


class _Wishes:
    """Every possible meeting with its value, which is always above zero."""

    def __init__(self, candidates: Sequence[Candidate], points_of_time: float, worth: float) -> None:
        self.candidates = candidates
        self.points_of_time = points_of_time
        extremes = [self._score(each, each.openings[end]) for each in candidates if each.openings for end in (0, -1)]
        lowest, highest = min(extremes, default=0.0), max(extremes, default=0.0)
        self.lift = ((highest - lowest) or 1.0) * worth - lowest
        self.by_mentee: dict[int, list[int]] = {}
        for number, candidate in enumerate(candidates):
            self.by_mentee.setdefault(candidate.mentee_id, []).append(number)
        self._of_mentee: dict[int, list[Meeting]] = {}

    def of_candidate(self, number: int) -> Iterator[Meeting]:
        """The meetings that a candidate might become, best first."""
        candidate = self.candidates[number]
        for place, opening in enumerate(candidate.openings):
            value = self._score(candidate, opening) + self.lift
            yield Meeting(candidate.mentee_id, candidate.mentor_id, opening.interval, number, place, value)

    def of_mentee(self, mentee_id: int) -> Sequence[Meeting]:
        """All meetings possible for somebody, best first."""
        if mentee_id not in self._of_mentee:
            meetings = chain.from_iterable(self.of_candidate(number) for number in self.by_mentee[mentee_id])
            self._of_mentee[mentee_id] = sorted(meetings, key=lambda meeting: -meeting.value)
        return self._of_mentee[mentee_id]

    def best(self) -> list[Meeting]:
        """Each candidate's best meeting."""
        firsts = (next(self.of_candidate(number), None) for number in range(len(self.candidates)))
        return [meeting for meeting in firsts if meeting]

    def still_possible(self, diary: Diary) -> list[Meeting]:
        """The best meeting that the diary leaves to each candidate of those without one."""
        numbers = (number for mentee_id in self.unplaced(diary) for number in self.by_mentee[mentee_id])
        firsts = (next(filter(diary.allows, self.of_candidate(number)), None) for number in numbers)
        return [meeting for meeting in firsts if meeting]

    def unplaced(self, diary: Diary) -> list[int]:
        return [mentee_id for mentee_id in self.by_mentee if mentee_id not in diary.of_mentee]

    def _score(self, candidate: Candidate, opening: Opening) -> float:
        return candidate.score + self.points_of_time * opening.score


def _round(wishes: _Wishes, diary: Diary, offers: Sequence[Meeting]) -> tuple[dict[int, Meeting], float]:
    """One auction among those offers, then exact times. Gives what the auction promised to whom, and its bound."""
    if not offers:
        return {}, 0.0
    _, mentee = np.unique([offer.mentee_id for offer in offers], return_inverse=True)
    mentors, mentor = np.unique([offer.mentor_id for offer in offers], return_inverse=True)
    seats = np.array([diary.free_seats(mentor_id) for mentor_id in mentors.tolist()])
    market, entry = Market.of(mentee, mentor, np.array([offer.value for offer in offers]), seats)
    sale = auction(market)
    seated = np.flatnonzero(sale.chosen >= 0)
    promised = [offers[number] for number in entry[seated, sale.chosen[seated]].tolist()]
    for _, given in groupby(sorted(promised, key=_mentor), key=_mentor):
        place_best(diary, [wishes.of_candidate(offer.candidate) for offer in given])
    return {offer.mentee_id: offer for offer in promised}, market.bound(sale.prices)


def _mentor(meeting: Meeting) -> int:
    return meeting.mentor_id
