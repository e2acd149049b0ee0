"""What an organisation's notes teach about how things come back: learned once, used for each of its people.

It depends on days alone, not on the hour: it can be kept until the notes or the day change.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from suggestions.hindsight import HALF_LIFE_DAYS, Case, Hindsight, looked_back
from suggestions.recurrence import BEFORE, Belief, Shares, believed, history, learned, moments_of, slope, stacked
from suggestions.seasons import Cycles, Season, season_of
from suggestions.tracks import Track, Written
from suggestions.watching import AHEAD_DAYS, Habits, Lengths, Watch, habits, watch

WEEKLY_DAYS = 56
LOOKS_BACK = (*range(7, WEEKLY_DAYS + 1, 7), *range(WEEKLY_DAYS + 14, 183, 14))
"""So many days ago the past is looked at anew: each week at first, then each fortnight. Looks overlap, and count the
less."""

MOST_PEOPLE = 120
"""Of a large organisation so many people teach what can be learned: more of them cost more and change little."""


@dataclass(frozen=True)
class Outlook:
    """habit: how the organisation writes. shares: of each way in which themes come up. hindsight: how far what is
    foreseen has come true."""

    habit: Habits = field(default_factory=Habits)
    shares: Shares = field(default_factory=lambda: BEFORE, repr=False)
    hindsight: Hindsight = field(default_factory=Hindsight)


@dataclass(frozen=True, eq=False)
class Foreseen:
    """One track as it is seen today."""

    track: Track
    watch: Watch
    season: Season | None
    belief: Belief
    slope: float

    @cached_property
    def trend(self) -> float:
        """How the logarithm of the rate changes in four weeks, within one doubling or halving."""
        return float(np.clip(self.slope * AHEAD_DAYS, -np.log(2), np.log(2)))

    def passing(self, days: Sequence[int], habit: Habits) -> Lengths:
        """Watched days from today to each of those days after it (ascending)."""
        every = np.arange(self.watch.today + 1, self.watch.today + days[-1] + 1)
        runs = habit.weights(every) if self.season is None else habit.weights(every) * self.season.of(every)
        return np.asarray(np.cumsum(runs)[np.asarray(days) - 1])

    def hazard(self, days: Sequence[int], outlook: Outlook) -> Lengths:
        """Foreseen up to each of those days after today, before hindsight."""
        again = self.belief.again(self.passing(days, outlook.habit)[None, :])[0] * self.watch.back
        return np.asarray(-np.log1p(-np.minimum(again, 1 - 1e-12)))

    def hindsight(self, days: Sequence[int], outlook: Outlook) -> Lengths:
        """The same, as the organisation's past corrects it."""
        met = self.track.met_since(self.watch.today)
        return outlook.hindsight.hazard(self.hazard(days, outlook), self.trend, met)


def learn(written: Written, recurrence_days: int) -> Outlook:
    """From everything that was written, and from how what would have been foreseen at moments of the past came true."""
    some = written.of_some(MOST_PEOPLE)
    now = _first_look(some)
    return Outlook(now.habit, now.shares, looked_back(_cases(some, recurrence_days)))


def foresee(tracks: Sequence[Track], written: Written, outlook: Outlook) -> list[Foreseen]:
    """Each of those tracks as it is seen today, in their order."""
    watches = {
        person: watch(written.days[person], written.today[person], outlook.habit)
        for person in {each.person_id for each in tracks}
    }
    cycles = {person: Cycles(each) for person, each in watches.items()}
    seen = [watches[each.person_id] for each in tracks]
    seasons = [season_of(each.days, cycles[each.person_id]) for each in tracks]
    moments = [_moments(*each) for each in zip(tracks, seen, seasons, strict=True)]
    going_on = believed(stacked([history(*each) for each in moments]), outlook.shares).going_on
    return [
        Foreseen(tracks[at], seen[at], seasons[at], Belief(going_on[at : at + 1]), slope(*moments[at]))
        for at in range(len(tracks))
    ]


def _moments(track: Track, seen: Watch, season: Season | None) -> tuple[Lengths, float]:
    shape = None if season is None else season.of(np.arange(seen.first, seen.today + 1))
    return moments_of(track.days, seen, shape)


def _first_look(written: Written) -> Outlook:
    """Without hindsight. A note that is like no other is a theme that came up once."""
    habit = habits(written.days, written.today)
    watches = {person: watch(days, written.today[person], habit) for person, days in written.days.items()}
    passed = {person: each.passed for person, each in watches.items()}
    rows = [history(*moments_of(track.days, watches[track.person_id])) for track in written.tracks]
    rows += [
        (0.0, 0.0, float(passed[person][-1] - passed[person][day - watches[person].first]))
        for person, days in written.alone.items()
        for day in days
    ]
    return Outlook(habit, learned(stacked(rows)))


def _cases(written: Written, recurrence_days: int) -> list[Case]:
    """The needs of moments of the past, with what came of each since then, four weeks at most."""
    if not written.days:
        return []
    span = max(written.today[person] - days[0] for person, days in written.days.items())
    cases = []
    for back in (each for each in LOOKS_BACK if each <= span):
        then = written.until(back)
        needs = [each for each in then.tracks if len(each.days) >= recurrence_days]
        if needs:
            cases += _come_of(needs, then, _first_look(then), written, min(back, AHEAD_DAYS), back)
    return cases


def _come_of(
    needs: Sequence[Track], then: Written, outlook: Outlook, written: Written, seen: int, back: int
) -> list[Case]:
    later = {(each.person_id, each.theme_id): each.days for each in written.tracks}
    weight = (7 if back <= WEEKLY_DAYS else 14) / AHEAD_DAYS * 2 ** (-back / HALF_LIFE_DAYS)
    found = []
    for each in foresee(needs, then, outlook):
        today = each.watch.today
        came = any(today < day <= today + seen for day in later[each.track.person_id, each.track.theme_id])
        hazard = float(each.hazard([seen], outlook)[0])
        found.append(Case(hazard, each.trend, each.track.met_since(today), came, weight))
    return found
