"""Exact times for the mentees that one mentor has been given."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice

from scheduler.diary import Diary, Meeting

MOST_TIMES = 40
"""So many of a mentee's possible times are weighed against the others' of the same mentor, the best first."""

MOST_STEPS = 2000
"""Where so many steps have not proved the best, the best found is taken; a handful of mentees never come near it."""


def place_best(diary: Diary, wishes: Sequence[Iterable[Meeting]]) -> None:
    """Adds to the diary, for each mentee of one mentor, one of their possible meetings or none, worth most together.

    wishes: for each mentee the meetings in question, best first.
    """
    for meeting in _Search(diary, wishes).best():
        diary.add(meeting)


class _Search:
    """Depth first, one mentee after the other, cut off where even everybody's best cannot beat the best so far."""

    def __init__(self, diary: Diary, wishes: Sequence[Iterable[Meeting]]) -> None:
        self.diary = diary
        possible = (filter(diary.allows, wish) for wish in wishes)
        self.wishes = [list(islice(wish, MOST_TIMES if len(wishes) > 1 else 1)) for wish in possible]
        self.wishes.sort(key=len)
        self.hopes = [0.0]
        for wish in reversed(self.wishes):
            self.hopes.insert(0, self.hopes[0] + max((each.value for each in wish), default=0.0))
        self.chosen: list[Meeting] = []
        self.found: tuple[float, tuple[Meeting, ...]] = (-1.0, ())
        self.steps = 0

    def best(self) -> tuple[Meeting, ...]:
        self._go_on(0, 0.0)
        return self.found[1]

    def _go_on(self, mentee: int, value: float) -> None:
        self.steps += 1
        if mentee == len(self.wishes):
            if value > self.found[0]:
                self.found = value, tuple(self.chosen)
            return
        for meeting in self.wishes[mentee]:
            if self._hopeless(value + meeting.value, mentee + 1):
                break
            if self.diary.allows(meeting):
                self._try(meeting, mentee, value)
        if not self._hopeless(value, mentee + 1):
            self._go_on(mentee + 1, value)

    def _try(self, meeting: Meeting, mentee: int, value: float) -> None:
        self.diary.add(meeting)
        self.chosen.append(meeting)
        self._go_on(mentee + 1, value + meeting.value)
        self.chosen.pop()
        self.diary.remove(meeting)

    def _hopeless(self, value: float, rest: int) -> bool:
        return value + self.hopes[rest] <= self.found[0] or (self.steps > MOST_STEPS and self.found[0] >= 0)
