"""Room for those still without a meeting, where others can give way and all together gain."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import chain

from scheduler.diary import Diary, Meeting

DEEPEST = 3
"""How many may give way one after the other for one mentee."""

STEPS_FOR_EACH, STEPS_FOR_ALL = 400, 20_000
"""How many times are tried for one mentee, and in the whole assignment: so that it always ends soon."""

LEAST_GAIN = 1e-9


def make_room(diary: Diary, wishes: Callable[[int], Sequence[Meeting]], unplaced: Iterable[int]) -> None:
    """Places those mentees where it gains, moving, swapping or taking back others' meetings. Changes the diary.

    wishes: for each mentee the meetings that are possible for them, best first.
    """
    left = STEPS_FOR_ALL
    for mentee_id in unplaced:
        search = _Search(diary, wishes, min(left, STEPS_FOR_EACH))
        search.place(mentee_id, DEEPEST)
        left -= min(left, STEPS_FOR_EACH) - search.steps


class _Search:
    def __init__(self, diary: Diary, wishes: Callable[[int], Sequence[Meeting]], steps: int) -> None:
        self.diary = diary
        self.wishes = wishes
        self.steps = steps
        self.done: list[tuple[bool, Meeting]] = []

    def place(self, mentee_id: int, depth: int) -> float:
        """What is gained by placing them, at once or with others giving way; 0 leaves the diary as it was."""
        for meeting in self.wishes(mentee_id):
            if self.diary.allows(meeting):
                self._add(meeting)
                return meeting.value
        return self._instead_of_others(mentee_id, depth) if depth else 0.0

    def _instead_of_others(self, mentee_id: int, depth: int) -> float:
        for meeting in self.wishes(mentee_id):
            must, may = self.diary.in_the_way(meeting)
            for leaving in chain([must] if must else [], (must | {one} for one in _in_order(may))):
                if self.steps <= 0:
                    return 0.0
                self.steps -= 1
                gain = self._swap(meeting, _in_order(leaving), depth)
                if gain > 0:
                    return gain
        return 0.0

    def _swap(self, meeting: Meeting, leaving: Sequence[Meeting], depth: int) -> float:
        """The meeting in, those out, and who was put out placed again where possible; undone unless it gains."""
        mark = len(self.done)
        for each in leaving:
            self._remove(each)
        gain = 0.0
        if self.diary.allows(meeting):
            self._add(meeting)
            gain = meeting.value - sum(each.value for each in leaving)
            gain += sum(self.place(each.mentee_id, depth - 1) for each in leaving)
        if gain > LEAST_GAIN:
            return gain
        self._undo_back_to(mark)
        return 0.0

    def _add(self, meeting: Meeting) -> None:
        self.diary.add(meeting)
        self.done.append((True, meeting))

    def _remove(self, meeting: Meeting) -> None:
        self.diary.remove(meeting)
        self.done.append((False, meeting))

    def _undo_back_to(self, mark: int) -> None:
        while len(self.done) > mark:
            added, meeting = self.done.pop()
            if added:
                self.diary.remove(meeting)
            else:
                self.diary.add(meeting)


def _in_order(meetings: Iterable[Meeting]) -> list[Meeting]:
    """Sets have no order of their own, and the same round must give the same meetings."""
    return sorted(meetings, key=lambda meeting: (meeting.value, meeting.candidate, meeting.opening))
