"""Room for those still without a meeting, where others can give way and all together gain."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import takewhile

from scheduler.diary import Diary, Meeting

DEEPEST = 3
"""How many may give way one after the other for one mentee."""

STEPS_FOR_ONE, STEPS_FOR_ALL = 400, 5_000
"""How many ways are tried for one mentee, and for all together: so that it always ends soon."""

LEAST_GAIN = 1e-9


def make_room(diary: Diary, wishes: Callable[[int], Sequence[Meeting]], mentees: Iterable[int]) -> None:
    """Gives those mentees a meeting, or a better one, where it gains: others are moved, swapped or taken back.

    One move makes the next one possible, so it goes round until nobody gains, or the steps are used up.
    wishes: for each mentee the meetings that are possible for them, best first. Changes the diary.
    """
    left, gained, waiting = STEPS_FOR_ALL, True, tuple(mentees)
    while gained:
        gained = False
        for mentee_id in waiting:
            search = _Search(diary, wishes, min(left, STEPS_FOR_ONE))
            gained |= search.place(mentee_id, DEEPEST) > 0
            left -= min(left, STEPS_FOR_ONE) - search.steps
            if left <= 0:
                return


class _Search:
    def __init__(self, diary: Diary, wishes: Callable[[int], Sequence[Meeting]], steps: int) -> None:
        self.diary = diary
        self.wishes = wishes
        self.steps = steps
        self.done: list[tuple[bool, Meeting]] = []

    def place(self, mentee_id: int, depth: int, fixed: frozenset[Meeting] = frozenset()) -> float:
        """What is gained by placing them, at once or with others giving way; 0 leaves the diary as it was.

        fixed: the meetings that all this is about, which nobody further down the chain may undo.
        """
        for meeting in self._better(mentee_id):
            if self.diary.allows(meeting):
                self._add(meeting)
                return meeting.value
        return self._instead_of_others(mentee_id, depth, fixed) if depth else 0.0

    def _instead_of_others(self, mentee_id: int, depth: int, fixed: frozenset[Meeting]) -> float:
        for meeting in self._better(mentee_id):
            must, may = self.diary.in_the_way(meeting)
            for leaving in [must, *(must | {one} for one in in_order(may))]:
                if not leaving or leaving & fixed:
                    continue
                if self.steps <= 0:
                    return 0.0
                self.steps -= 1
                gain = self._swap(meeting, in_order(leaving), depth, fixed | {meeting})
                if gain > 0:
                    return gain
        return 0.0

    def _swap(self, meeting: Meeting, leaving: Sequence[Meeting], depth: int, fixed: frozenset[Meeting]) -> float:
        """The meeting in, those out, and who was put out placed again where possible; undone unless it gains."""
        mark = len(self.done)
        for each in leaving:
            self._remove(each)
        gain = 0.0
        if self.diary.allows(meeting):
            self._add(meeting)
            gain = meeting.value - sum(each.value for each in leaving)
            put_out = [each.mentee_id for each in leaving if each.mentee_id != meeting.mentee_id]
            gain += sum(self.place(mentee_id, depth - 1, fixed) for mentee_id in put_out)
        if gain > LEAST_GAIN:
            return gain
        self._undo_back_to(mark)
        return 0.0

    def _better(self, mentee_id: int) -> Iterator[Meeting]:
        """What they would rather have than what they have."""
        held = self.diary.of_mentee.get(mentee_id)
        return takewhile(lambda meeting: held is None or meeting.value > held.value, self.wishes(mentee_id))

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


def in_order(meetings: Iterable[Meeting]) -> list[Meeting]:
    """Sets have no order of their own, and the same round must give the same meetings."""
    return sorted(meetings, key=lambda meeting: (meeting.value, meeting.candidate, meeting.opening))
