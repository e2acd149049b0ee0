"""Three ways to bring people together that need no judgement, or hardly any."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

import numpy as np

from tests.simulation.contenders import Facts, Note, Outcome, Proposed, Seen

LATELY = timedelta(days=28)
TRIES = 8
COFFEE_WEEKS = 4
NEAR_ENOUGH = 0.2
"""Cosine below which nobody is an expert on a theme."""


def _latest(notes: Sequence[Note], seen: Seen) -> Iterator[Note]:
    """Notes of the last four weeks which a machine could place, the newest first."""
    for note in reversed(notes):
        if seen.now - note.at > LATELY:
            return
        if note.theme is not None and note.at <= seen.now:
            yield note


class RandomPairs:
    """Whoever wrote something of late gets some mentor who has time, at some time of both, every week."""

    name = "random pairs"

    def __init__(self, facts: Facts, seed: int) -> None:
        self._chance = np.random.default_rng([seed, 101])

    def propose(self, seen: Seen) -> Sequence[Proposed]:
        written: dict[int, list[Note]] = {}
        for note in _latest(seen.notes, seen):
            written.setdefault(note.person, []).append(note)
        mentees = [each for each in sorted(written) if seen.booked.may_ask(each)]
        self._chance.shuffle(mentees)
        return [each for mentee in mentees if (each := self._for(mentee, written[mentee], seen))]

    def told(self, outcomes: Sequence[Outcome]) -> None:
        """Learns nothing."""

    def _for(self, mentee: int, notes: Sequence[Note], seen: Seen) -> Proposed | None:
        mentors = np.flatnonzero(seen.booked.may_mentor)
        for mentor in self._chance.permutation(mentors)[:TRIES].tolist():
            times = seen.booked.openings(mentee, mentor, seen.window)
            if len(times):
                slot = int(self._chance.choice(times))
                seen.booked.book(mentee, mentor, slot, seen.window)
                return Proposed(mentee, mentor, notes[int(self._chance.integers(len(notes)))].theme, slot)
        return None


class BestExpertise:
    """Every note is a request, served in the order they came in: the nearest declared expertise that has a time left.

    A request is served once, waits four weeks at most, and takes the earliest time.
    """

    name = "best expertise, first come first served"

    def __init__(self, facts: Facts, seed: int) -> None:
        self._served: set[int] = set()
        self._ranked = _nearest(facts)

    def propose(self, seen: Seen) -> Sequence[Proposed]:
        proposed = []
        for note in reversed(list(_latest(seen.notes, seen))):
            if note.id not in self._served and seen.booked.may_ask(note.person):
                found = self._for(note, seen)
                if found:
                    self._served.add(note.id)
                    proposed.append(found)
        return proposed

    def told(self, outcomes: Sequence[Outcome]) -> None:
        """Learns nothing."""

    def _for(self, note: Note, seen: Seen) -> Proposed | None:
        assert note.theme is not None
        for mentor in self._ranked[note.theme]:
            times = seen.booked.openings(note.person, mentor, seen.window)
            if len(times):
                seen.booked.book(note.person, mentor, int(times[0]), seen.window)
                return Proposed(note.person, mentor, note.theme, int(times[0]))
        return None


def _nearest(facts: Facts) -> list[list[int]]:
    """For each theme the mentors near enough, the nearest first."""
    mentors = [person for person in np.flatnonzero(facts.people.mentor).tolist() if facts.expertise[person]]
    near = [
        np.max(facts.theme_vectors @ np.stack([vector for _, vector in facts.expertise[person]]).T, axis=1)
        for person in mentors
    ]
    cosines = np.array(near).reshape(len(mentors), len(facts.theme_vectors)).T
    return [
        [mentors[at] for at in np.argsort(-row, kind="stable").tolist() if row[at] >= NEAR_ENOUGH] for row in cosines
    ]


class CoffeePairs:
    """Every four weeks everybody is paired with somebody, about nothing in particular."""

    name = "monthly coffee pairs"

    def __init__(self, facts: Facts, seed: int) -> None:
        self._chance = np.random.default_rng([seed, 103])

    def propose(self, seen: Seen) -> Sequence[Proposed]:
        if seen.week % COFFEE_WEEKS:
            return []
        mentees = self._chance.permutation(np.flatnonzero(seen.booked.may_be_mentored)).tolist()
        mentors = self._chance.permutation(np.flatnonzero(seen.booked.may_mentor)).tolist()
        paired: set[int] = set()
        found = []
        for mentee in mentees:
            if mentee not in paired:
                one = self._for(mentee, [each for each in mentors if each not in paired][:TRIES], seen)
                if one:
                    paired |= {one.mentee, one.mentor}
                    found.append(one)
        return found

    def told(self, outcomes: Sequence[Outcome]) -> None:
        """Learns nothing."""

    def _for(self, mentee: int, mentors: Sequence[int], seen: Seen) -> Proposed | None:
        for mentor in mentors:
            times = seen.booked.openings(mentee, mentor, seen.window)
            if len(times):
                slot = int(self._chance.choice(times))
                seen.booked.book(mentee, mentor, slot, seen.window)
                return Proposed(mentee, mentor, None, slot)
        return None


BASELINES = (RandomPairs, BestExpertise, CoffeePairs)
