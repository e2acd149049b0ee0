"""Week after week: a contender proposes, people answer and meet, things come up, and all of it is written down.

Needs met: a need that came up before comes up again, and finds the person helped: by a meeting held since it last came
up, or an earlier one which still lasts, that truly helped. All occurrences after the first are asked, for everybody who
opted in as mentee and is there. The first one is left out because nobody can have known of it; what comes up but once
is left out because no next time can be made better. The days are the same for every contender, and whether a meeting
helps is the world's to say, not the reviewer's: so it is the share of troubles that twenty minutes came in time for.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from tests.simulation.calendars import A_DAY, HORIZON_DAYS, ROUND_AT, Booked, Window, limits_of, moment, offset
from tests.simulation.chance import uniform
from tests.simulation.contenders import Contender, Facts, Note, Outcome, Proposed, Seen
from tests.simulation.minds import Minds, Offer, Said
from tests.simulation.occurrences import Need
from tests.simulation.population import TOPICS, Numbers, Truths
from tests.simulation.world import HISTORY_DAYS, World

MISSED = 0.05
"""Share of meetings that both agreed to and do not take place."""

REVIEWS, MISJUDGES = 0.6, 0.12
WRITES_OF_WHAT_IS_SETTLED = 0.15
ANSWERED_BY = 3 * A_DAY


@dataclass(frozen=True)
class Again:
    """A need came up again. met: it found the person helped."""

    person: int
    topic: int
    day: int
    met: bool


@dataclass(frozen=True)
class Record:
    """What a run was. messages: invites, and the cancelling of those one side had accepted."""

    outcomes: tuple[Outcome, ...]
    again: tuple[Again, ...]
    messages: int
    helped: int


def facts_of(world: World) -> Facts:
    """What everybody may know."""
    expertise = tuple(
        tuple(
            (person * TOPICS + topic, world.expertise_vector(person, topic)) for topic in np.flatnonzero(row).tolist()
        )
        for person, row in enumerate(world.people.declared)
    )
    limits = tuple(limits_of(world.nature, world.people))
    return Facts(world.people, tuple(world.nature.zones), limits, world.topic_vectors, expertise)


def play(world: World, contender: Contender) -> Record:
    """The same for the same world and contender. Raises ValueError where the contender breaks a rule."""
    return _Game(world, contender).run()


class _Game:
    def __init__(self, world: World, contender: Contender) -> None:
        self.world = world
        self.contender = contender
        nobody = np.zeros(len(world.people), np.bool_)
        self.booked = Booked(world.free, limits_of(world.nature, world.people), nobody, nobody)
        self.booked.never = {
            frozenset((person, other)) for person, other in enumerate(world.people.never_with.tolist()) if other >= 0
        }
        self.minds = Minds(world, self.booked)
        self.notes: list[Note] = []
        self.outcomes: list[Outcome] = []
        self.news: set[int] = set()
        self.again: list[Again] = []
        self.messages = self.helped = 0
        self.to_come: dict[int, list[int]] = defaultdict(list)
        self.coming = _by_day(world.needs)
        self.offsets = [offset(zone) for zone in world.nature.zones]
        self.mistaken_for = _mistaken_for(world)

    def run(self) -> Record:
        for day in range(-HISTORY_DAYS, self.world.days + HORIZON_DAYS):
            if 0 <= day < self.world.days and day % 7 == 0:
                self._round(day // 7)
            for number in sorted(self.to_come.pop(day, ()), key=lambda one: self.outcomes[one].proposed.slot):
                self._meeting(number, day)
            for need, last in self.coming.get(day, ()):
                self._comes_up(need, last, day)
        return Record(tuple(self.outcomes), tuple(self.again), self.messages, self.helped)

    def _round(self, week: int) -> None:
        people, day = self.world.people, week * 7
        there = _there(self.world, day)
        self.booked.may_mentor, self.booked.may_be_mentored = people.mentor & there, people.mentee & there
        self.contender.told([self.outcomes[number] for number in sorted(self.news)])
        self.news.clear()
        window = Window.of_week(week)
        free = self.world.free[:, window.begins : window.ends]
        now = moment(day * A_DAY + ROUND_AT)
        proposed = self.contender.propose(Seen(week, now, self.notes, window, self.booked.copy(), free))
        for each in proposed:
            self.booked.book(each.mentee, each.mentor, each.slot, window)
        for each in proposed:
            self._ask(each, week)

    def _ask(self, proposed: Proposed, week: int) -> None:
        offer = Offer(proposed.mentee, proposed.mentor, proposed.theme, proposed.slot, week)
        said, wish = self.minds.mentee_says(offer)
        self.messages += 1
        answered = moment(week * 7 * A_DAY + ROUND_AT + ANSWERED_BY)
        outcome = Outcome(proposed, week, answered, said, mentee_wish=wish)
        if said is Said.YES:
            mentor_said, mentor_wish = self.minds.mentor_says(offer)
            outcome = replace(outcome, mentor_said=mentor_said, mentor_wish=mentor_wish)
            self.messages += 1 if outcome.agreed else 2
        self.news.add(len(self.outcomes))
        if outcome.agreed:
            self.to_come[proposed.slot // A_DAY].append(len(self.outcomes))
        else:
            self.booked.close(proposed.mentee, proposed.mentor, proposed.slot, held=False)
        self.outcomes.append(outcome)

    def _meeting(self, number: int, day: int) -> None:
        outcome = self.outcomes[number]
        mentee, mentor, topic = outcome.proposed.mentee, outcome.proposed.mentor, outcome.proposed.theme
        leaves = self.world.people.leaves
        both_there = day < int(min(leaves[mentee], leaves[mentor]))
        held = both_there and uniform(self.world.seed, 31, mentee, mentor, day) >= MISSED
        self.booked.close(mentee, mentor, outcome.proposed.slot, held)
        helped = held and self.minds.meet(mentee, mentor, topic, day)
        self.helped += helped
        review = self._review(mentee, mentor, day, helped) if held else None
        at = moment(outcome.proposed.slot + 1)
        self.outcomes[number] = replace(outcome, held=held, helped=review, at=at)
        self.news.add(number)

    def _review(self, mentee: int, mentor: int, day: int, helped: bool) -> bool | None:
        seed = self.world.seed
        if uniform(seed, 32, mentee, mentor, day) >= REVIEWS:
            return None
        return helped != (uniform(seed, 33, mentee, mentor, day) < MISJUDGES)

    def _comes_up(self, need: Need, last: int | None, day: int) -> None:
        people = self.world.people
        if not people.joins[need.person] <= day < people.leaves[need.person]:
            return
        standing = self.minds.standing.get((need.person, need.topic))
        settled = standing is not None and standing.settled_until >= day
        if need.recurs and last is not None and day >= 0 and people.joins[need.person] <= last:
            since = standing is not None and standing.helped_on is not None and standing.helped_on >= last
            self.again.append(Again(need.person, need.topic, day, settled or since))
        self.minds.came_up(need, day)
        self._note(need, day, settled)

    def _note(self, need: Need, day: int, settled: bool) -> None:
        seed, about = self.world.seed, (need.person, need.topic, day)
        writes = self.world.people.writes[need.person] * (WRITES_OF_WHAT_IS_SETTLED if settled else 1)
        if uniform(seed, 41, *about) >= writes:
            return
        ahead = self.offsets[self.world.people.zone[need.person]]
        slot = day * A_DAY + 18 + int(16 * uniform(seed, 42, *about)) - ahead
        theme = self._theme(need.topic, uniform(seed, 43, *about))
        self.notes.append(Note(len(self.notes), need.person, theme, moment(slot)))

    def _theme(self, topic: int, luck: float) -> int | None:
        nature = self.world.nature
        if luck < nature.unnamed:
            return None
        if luck < nature.unnamed + nature.misplaced:
            return int(np.searchsorted(self.mistaken_for[topic], (luck - nature.unnamed) / nature.misplaced))
        return topic


def _there(world: World, day: int) -> Truths:
    people = world.people
    paused = (people.paused[:, 0] <= day) & (day <= people.paused[:, 1])
    there: Truths = (people.joins <= day) & (day < people.leaves) & ~paused
    return there


def _by_day(needs: Sequence[Need]) -> dict[int, list[tuple[Need, int | None]]]:
    """Each occurrence with the day of the one before, in the order of the needs."""
    days: dict[int, list[tuple[Need, int | None]]] = defaultdict(list)
    for need in needs:
        for last, day in zip((None, *need.days), need.days, strict=False):
            days[day].append((need, last))
    return days


def _mistaken_for(world: World) -> Numbers:
    """For each topic, the running share of the others that its notes are mistaken for: mostly those alike."""
    weights = np.exp(6 * world.subjects.likeness())
    np.fill_diagonal(weights, 0)
    running: Numbers = np.cumsum(weights / weights.sum(axis=1, keepdims=True), axis=1)
    running[:, -1] = 1.0
    return running
