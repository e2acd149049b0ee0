"""What was written, by person, theme and day, as it was known at any moment of the past."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from mentoring.needs import Challenge, Theme
from suggestions.themes import local_date, local_day
from suggestions.watching import distinct

MET_COUNTS = {None: 1.0, True: 1.5, False: 0.0}
"""What a meeting counts that the person said nothing of, that it helped, that it did not."""


@dataclass(frozen=True)
class Meeting:
    """A meeting of that person as a mentee, on a theme. helped: as they said afterwards, None while they have not."""

    person_id: int
    theme_id: int
    at: datetime
    helped: bool | None = None


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

    def of_some(self, most: int) -> Written:
        """Of that many people at most, taken evenly from all."""
        everyone = sorted(self.days)
        number = min(len(everyone), most)
        some = {everyone[at * len(everyone) // number] for at in range(number)}
        return Written(
            {person: days for person, days in self.days.items() if person in some},
            {person: day for person, day in self.today.items() if person in some},
            tuple(each for each in self.tracks if each.person_id in some),
            {person: days for person, days in self.alone.items() if person in some},
        )

    def until(self, back: int) -> Written:
        """As it was that many days ago."""
        today = {person: day - back for person, day in self.today.items()}
        days = {person: tuple(d for d in theirs if d <= today[person]) for person, theirs in self.days.items()}
        alone = {person: tuple(d for d in theirs if d <= today[person]) for person, theirs in self.alone.items()}
        tracks = tuple(each.until(today[each.person_id]) for each in self.tracks)
        kept = {person: theirs for person, theirs in days.items() if theirs}
        return Written(kept, today, tuple(each for each in tracks if each.days), alone)


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


def _met(
    meetings: Iterable[Meeting], as_of: datetime, zones: Mapping[int, str]
) -> dict[tuple[int, int], dict[int, float]]:
    found: dict[tuple[int, int], dict[int, float]] = defaultdict(dict)
    for each in meetings:
        if each.at <= as_of:
            day = local_date(each.at, zones.get(each.person_id, ""))
            found[each.person_id, each.theme_id][day] = MET_COUNTS[each.helped]
    return found
