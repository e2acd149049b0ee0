"""What an organisation's notes teach about how things come back: learned once, used for each of its people.

It depends on days alone, not on the hour: it can be kept until the notes or the day change.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

import numpy as np

from mentoring.needs import Challenge, Theme
from suggestions.hindsight import HALF_LIFE_DAYS, Case, Hindsight, looked_back
from suggestions.recurrence import BEFORE, Belief, Shares, believed, history, learned, moments_of, slope, stacked
from suggestions.seasons import Cycles, Season, season_of
from suggestions.themes import local_date, local_day
from suggestions.watching import AHEAD_DAYS, Habits, Lengths, Watch, distinct, habits, watch

MOST_LOOKS_BACK = 26
EVERY_DAYS = 7
"""How often, and how far, the past is looked at anew."""

MOST_NEEDS_A_LOOK = 150
"""Of a large organisation not all are looked back on: these tell as much."""

MET_COUNTS = {None: 1.0, True: 1.5, False: 0.0}
"""What a meeting counts that the person said nothing of, that it helped, that it did not."""


@dataclass(frozen=True)
class Meeting:
    """A meeting of that person as a mentee, on a theme. helped: as they said afterwards, None while they have not."""

    person_id: int
    theme_id: int
    at: datetime
    helped: bool | None = None


@dataclass(frozen=True)
class Outlook:
    """habit: how the organisation writes. shares: of each way in which themes come up. hindsight: how far what is
    foreseen has come true."""

    habit: Habits = field(default_factory=Habits)
    shares: Shares = field(default_factory=lambda: BEFORE, repr=False)
    hindsight: Hindsight = field(default_factory=Hindsight)


@dataclass(frozen=True, eq=False)
class Track:
    """The days (ordinals, ascending) on which a theme came up for a person. met: {day of a meeting on it: what it
    counts}."""

    person_id: int
    theme_id: int
    days: tuple[int, ...]
    met: Mapping[int, float] = field(default_factory=dict)

    def until(self, day: int) -> Track:
        """As it was known on that day."""
        return Track(self.person_id, self.theme_id, tuple(each for each in self.days if each <= day), self.met)

    def met_since(self, day: int) -> float:
        """What the last meeting by that day counts; nothing once they have written of the theme since."""
        lately = [each for each in self.met if self.days[-1] <= each <= day]
        return self.met[max(lately)] if lately else 0.0


@dataclass(frozen=True, eq=False)
class Written:
    """Everything that counts of an organisation's notes. days: person → all days on which they wrote. today: their
    date."""

    days: Mapping[int, tuple[int, ...]]
    today: Mapping[int, int]
    tracks: tuple[Track, ...]
    alone: Mapping[int, tuple[int, ...]]

    def until(self, back: int) -> Written:
        """As it was that many days ago."""
        today = {person: day - back for person, day in self.today.items()}
        days = {person: tuple(d for d in theirs if d <= today[person]) for person, theirs in self.days.items()}
        alone = {person: tuple(d for d in theirs if d <= today[person]) for person, theirs in self.alone.items()}
        tracks = tuple(each.until(today[each.person_id]) for each in self.tracks)
        kept = {person: theirs for person, theirs in days.items() if theirs}
        return Written(kept, today, tuple(each for each in tracks if each.days), alone)


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


def read(
    themes: Iterable[Theme],
    challenges: Sequence[Challenge],
    as_of: datetime,
    zones: Mapping[int, str],
    meetings: Iterable[Meeting] = (),
) -> Written:
    """What was written by that moment, by day."""
    known = {each.id: each for each in challenges if each.at <= as_of}
    day = {each.id: local_day(each, zones) for each in known.values()}
    days: dict[int, list[int]] = defaultdict(list)
    for each in known.values():
        days[each.person_id].append(day[each.id])
    today = {person: max(local_date(as_of, zones.get(person, "")), *theirs) for person, theirs in days.items()}
    met = _met(meetings, as_of, zones)
    tracks, in_themes = [], set()
    for theme in themes:
        mine: dict[int, list[int]] = defaultdict(list)
        for one in theme.challenge_ids:
            if one in known:
                mine[known[one].person_id].append(day[one])
                in_themes.add(one)
        for person, theirs in mine.items():
            tracks.append(Track(person, theme.id, distinct(theirs), met.get((person, theme.id), {})))
    alone: dict[int, list[int]] = defaultdict(list)
    for each in known.values():
        if each.id not in in_themes:
            alone[each.person_id].append(day[each.id])
    return Written(
        {person: distinct(theirs) for person, theirs in days.items()},
        today,
        tuple(sorted(tracks, key=lambda track: (track.person_id, track.theme_id))),
        {person: tuple(sorted(theirs)) for person, theirs in alone.items()},
    )


def learn(written: Written, recurrence_days: int) -> Outlook:
    """From everything that was written, and from how what would have been foreseen at moments of the past came true."""
    now = _first_look(written)
    return Outlook(now.habit, now.shares, looked_back(_cases(written, recurrence_days)))


def foresee(tracks: Sequence[Track], written: Written, outlook: Outlook) -> list[Foreseen]:
    """Each of those tracks as it is seen today, in their order."""
    watches = {
        person: watch(written.days[person], written.today[person], outlook.habit)
        for person in {each.person_id for each in tracks}
    }
    cycles = {person: Cycles(each) for person, each in watches.items()}
    found = []
    for track in tracks:
        seen, season = watches[track.person_id], season_of(track.days, cycles[track.person_id])
        shape = None if season is None else season.of(np.arange(seen.first, seen.today + 1))
        moments, length = moments_of(track.days, seen, shape)
        belief = believed(stacked([history(moments, length)]), outlook.shares)
        found.append(Foreseen(track, seen, season, belief, slope(moments, length)))
    return found


def _met(
    meetings: Iterable[Meeting], as_of: datetime, zones: Mapping[int, str]
) -> dict[tuple[int, int], dict[int, float]]:
    found: dict[tuple[int, int], dict[int, float]] = defaultdict(dict)
    for each in meetings:
        if each.at <= as_of:
            day = local_date(each.at, zones.get(each.person_id, ""))
            found[each.person_id, each.theme_id][day] = MET_COUNTS[each.helped]
    return found


def _first_look(written: Written) -> Outlook:
    """Without hindsight. A note that is like no other is a theme that came up once."""
    habit = habits(written.days, written.today)
    watches = {person: watch(days, written.today[person], habit) for person, days in written.days.items()}
    passed = {person: np.cumsum(each.runs) for person, each in watches.items()}
    rows = [history(*moments_of(track.days, watches[track.person_id])) for track in written.tracks]
    rows += [
        (0.0, 0.0, float(passed[person][-1] - passed[person][day - watches[person].first]))
        for person, days in written.alone.items()
        for day in days
    ]
    return Outlook(habit, learned(stacked(rows)))


def _cases(written: Written, recurrence_days: int) -> list[Case]:
    """The needs of each week of the past that can be looked back on, with what came of them since, four weeks at
    most."""
    if not written.days:
        return []
    span = max(written.today[person] - days[0] for person, days in written.days.items())
    cases = []
    for back in range(EVERY_DAYS, min(span, EVERY_DAYS * MOST_LOOKS_BACK) + 1, EVERY_DAYS):
        then = written.until(back)
        needs = [each for each in then.tracks if len(each.days) >= recurrence_days]
        if needs:
            needs = _some(needs, MOST_NEEDS_A_LOOK)
            cases += _come_of(needs, then, _first_look(then), written, min(back, AHEAD_DAYS), back)
    return cases


def _some(needs: Sequence[Track], most: int) -> list[Track]:
    """Evenly from all of them."""
    number = min(len(needs), most)
    return [needs[at * len(needs) // number] for at in range(number)]


def _come_of(
    needs: Sequence[Track], then: Written, outlook: Outlook, written: Written, seen: int, back: int
) -> list[Case]:
    later = {(each.person_id, each.theme_id): each.days for each in written.tracks}
    weight = EVERY_DAYS / AHEAD_DAYS * 2 ** (-back / HALF_LIFE_DAYS)
    found = []
    for each in foresee(needs, then, outlook):
        today = each.watch.today
        came = any(today < day <= today + seen for day in later[each.track.person_id, each.track.theme_id])
        hazard = float(each.hazard([seen], outlook)[0])
        found.append(Case(hazard, each.trend, each.track.met_since(today), came, weight))
    return found
