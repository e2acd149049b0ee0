"""What an assignment has given people so far: who is taken when, and how near everybody is to their caps."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from mentoring.intervals import Interval
from scheduler.caps import Tally
from scheduler.participants import Participant


@dataclass(frozen=True)
class Meeting:
    """One chosen opening. candidate and opening: which of those that were given."""

    mentee_id: int
    mentor_id: int
    interval: Interval
    candidate: int
    opening: int
    value: float

    @property
    def people(self) -> tuple[int, int]:
        return self.mentee_id, self.mentor_id


class Diary:
    """The meetings chosen so far, on top of what Interlude had booked before.

    seats: how many mentees each mentor may be given. A mentee is given one mentor.
    """

    def __init__(self, people: Mapping[int, Participant], seats: Mapping[int, int]) -> None:
        self.people = people
        self.seats = seats
        self.of_mentee: dict[int, Meeting] = {}
        self._held: dict[int, list[Meeting]] = defaultdict(list)
        self._mentees: Counter[int] = Counter()
        self._buffers = {key: timedelta(minutes=person.limits.buffer_minutes) for key, person in people.items()}
        self._tallies = {key: Tally(person.limits, person.booked) for key, person in people.items()}

    def add(self, meeting: Meeting) -> None:
        self.of_mentee[meeting.mentee_id] = meeting
        self._count(meeting, 1)
        for person_id in meeting.people:
            self._held[person_id].append(meeting)

    def remove(self, meeting: Meeting) -> None:
        del self.of_mentee[meeting.mentee_id]
        self._count(meeting, -1)
        for person_id in meeting.people:
            self._held[person_id].remove(meeting)

    def mentored_by(self, mentor_id: int) -> list[Meeting]:
        """The mentees that mentor has been given."""
        return [meeting for meeting in self._held[mentor_id] if meeting.mentor_id == mentor_id]

    def free_seats(self, mentor_id: int) -> int:
        return self.seats[mentor_id] - self._mentees[mentor_id]

    def allows(self, meeting: Meeting) -> bool:
        """Whether it fits in with everything: mentee unplaced, a seat left, nothing too near, no cap reached."""
        return (
            meeting.mentee_id not in self.of_mentee
            and self.free_seats(meeting.mentor_id) > 0
            and self._fits(meeting.mentee_id, meeting.interval)
            and self._fits(meeting.mentor_id, meeting.interval)
        )

    def in_the_way(self, meeting: Meeting) -> tuple[frozenset[Meeting], frozenset[Meeting]]:
        """What would have to give way for it: all of the first; of the second, one for each seat or cap.

        Empty sets say either that it fits, or that what forbids it cannot be moved: ask allows().
        """
        people = meeting.people
        must = {near for person_id in people for near in self._too_near(person_id, meeting.interval)}
        if meeting.mentee_id in self.of_mentee:
            must.add(self.of_mentee[meeting.mentee_id])
        may = {each for person_id in people for each in self._counted_with(person_id, meeting)}
        if self.free_seats(meeting.mentor_id) <= 0:
            may |= set(self.mentored_by(meeting.mentor_id))
        return frozenset(must), frozenset(may - must)

    def _count(self, meeting: Meeting, by: int) -> None:
        self._mentees[meeting.mentor_id] += by
        for person_id in meeting.people:
            self._tallies[person_id].add(meeting.interval, by)

    def _fits(self, person_id: int, interval: Interval) -> bool:
        """Openings were found around what was booked already; one that was not is refused here."""
        booked = self.people[person_id].booked
        return not (
            self._too_near(person_id, interval)
            or any(self._nearer_than_buffer(person_id, each, interval) for each in booked)
            or self._tallies[person_id].reached(interval)
        )

    def _too_near(self, person_id: int, interval: Interval) -> list[Meeting]:
        held = self._held[person_id]
        return [each for each in held if self._nearer_than_buffer(person_id, each.interval, interval)]

    def _nearer_than_buffer(self, person_id: int, held: Interval, wanted: Interval) -> bool:
        buffer = self._buffers[person_id]
        return held.start - buffer < wanted.end and wanted.start < held.end + buffer

    def _counted_with(self, person_id: int, meeting: Meeting) -> Iterable[Meeting]:
        """Its meetings in a day, week or month that is full."""
        tally = self._tallies[person_id]
        full = {period for period in tally.periods(meeting.interval) if period[0] in tally.reached(meeting.interval)}
        return (held for held in self._held[person_id] if full & set(tally.periods(held.interval)))
