"""A meeting for everybody who can have one, though others get a little less good ones for it.

Others give way to somebody as long as each of them gets another meeting, along a chain of any length: an augmenting
path (C. Berge, "Two theorems in graph theory", 1957). Where times and caps leave room it ends with as many meetings as
any assignment of mentees to seats can have.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from scheduler.diary import Diary, Meeting
from scheduler.giving_way import in_order

MOST_STEPS = 20_000
"""How many meetings are tried for all together, so that it always ends soon."""

CHAINS = (4, 16, 64)
"""How many may give way one after the other: short chains are tried first, since each link costs somebody something."""


def leave_nobody_out(diary: Diary, wishes: Callable[[int], Sequence[Meeting]], mentees: Sequence[int]) -> None:
    """Gives those mentees a meeting each, as far as the others can be given another. Changes the diary.

    wishes: for each mentee the meetings that are possible for them, best first. Who has a meeting keeps one.
    """
    steps = MOST_STEPS
    for longest in CHAINS:
        for mentee_id in _hopeful(diary, wishes, mentees):
            if steps > 0:
                attempt = _Attempt(diary, wishes, steps)
                attempt.place(mentee_id, frozenset(), longest)
                steps = attempt.steps


def _hopeful(diary: Diary, wishes: Callable[[int], Sequence[Meeting]], mentees: Iterable[int]) -> list[int]:
    """Those from whom a chain could lead to a free seat, if times did not matter: for all others none can."""
    mentors = {mentee_id: {each.mentor_id for each in wishes(mentee_id)} for mentee_id in (*mentees, *diary.of_mentee)}
    asked_by: dict[int, list[int]] = {}
    for mentee_id, theirs in mentors.items():
        for mentor_id in theirs:
            asked_by.setdefault(mentor_id, []).append(mentee_id)
    waiting = [mentor_id for mentor_id in asked_by if diary.free_seats(mentor_id) > 0]
    reached, hopeful = set(waiting), set[int]()
    while waiting:
        new = set(asked_by[waiting.pop()]) - hopeful
        hopeful |= new
        freed = {diary.of_mentee[each].mentor_id for each in new if each in diary.of_mentee} - reached
        reached |= freed
        waiting += freed
    return [each for each in mentees if each in hopeful and each not in diary.of_mentee]


class _Attempt:
    """For one mentee. A meeting that did not work out in it is not tried again."""

    def __init__(self, diary: Diary, wishes: Callable[[int], Sequence[Meeting]], steps: int) -> None:
        self.diary = diary
        self.wishes = wishes
        self.steps = steps
        self.tried: set[tuple[int, int]] = set()

    def place(self, mentee_id: int, fixed: frozenset[Meeting], left: int) -> bool:
        """fixed: what others of the chain were given, and keep. False leaves the diary as it was."""
        wishes = self.wishes(mentee_id)
        free = next(filter(self.diary.allows, wishes), None)
        if free:
            self.diary.add(free)
            return True
        return left > 0 and any(self._instead(meeting, fixed, left) for meeting in wishes if self._untried(meeting))

    def _untried(self, meeting: Meeting) -> bool:
        key = meeting.candidate, meeting.opening
        if key in self.tried or self.steps <= 0:
            return False
        self.steps -= 1
        self.tried.add(key)
        return True

    def _instead(self, meeting: Meeting, fixed: frozenset[Meeting], left: int) -> bool:
        must, may = self.diary.in_the_way(meeting)
        ways = [must, *(must | {one} for one in in_order(may))]
        return any(
            self._swap(meeting, in_order(leaving), fixed, left) for leaving in ways if leaving and not leaving & fixed
        )

    def _swap(self, meeting: Meeting, leaving: Sequence[Meeting], fixed: frozenset[Meeting], left: int) -> bool:
        """The meeting in, and everybody who had to give way placed anew; as it was before where that cannot be."""
        for each in leaving:
            self.diary.remove(each)
        done = self.diary.allows(meeting)
        if done:
            self.diary.add(meeting)
            done = self._all_placed(leaving, fixed | {meeting}, left - 1)
            if not done:
                self.diary.remove(meeting)
        if not done:
            for each in leaving:
                self.diary.add(each)
        return done

    def _all_placed(self, leaving: Sequence[Meeting], fixed: frozenset[Meeting], left: int) -> bool:
        """One goes on along the chain; several have to find a free time at once, so that a chain never branches."""
        if len(leaving) == 1:
            return self.place(leaving[0].mentee_id, fixed, left)
        placed: list[Meeting] = []
        for each in leaving:
            free = next(filter(self.diary.allows, self.wishes(each.mentee_id)), None)
            if free is None:
                for other in placed:
                    self.diary.remove(other)
                return False
            self.diary.add(free)
            placed.append(free)
        return True
