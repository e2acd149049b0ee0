"""Needs: themes that recur for a person, how likely each is to come up again, and when.

What is foreseen of a need comes from the person's own days on it, in the light of how themes come and go for everybody
in the organisation (`recurrence`), of its season if it has one (`seasons`), and of how well such foresight did in the
organisation's past (`hindsight`). What all of them share is an `Outlook`, learned once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, tzinfo
from datetime import time as clock_time

import numpy as np

from mentoring.hours import zone
from mentoring.intervals import utc
from mentoring.needs import Challenge, Need, Theme
from suggestions.outlook import Foreseen, Outlook, foresee, learn
from suggestions.tracks import Meeting, read
from suggestions.watching import AHEAD_DAYS, Lengths

LOOKED_AHEAD = (*range(1, 29), *range(30, 92, 2), *range(96, 432, 8))
"""Days from today for which the next time is foreseen: more than a year, so that a yearly season is seen whole."""

DECIMALS = 6
"""Of every figure: the last digits of a product of matrices depend on how many people are looked at together."""

EARLY, MIDDLE, LATE = 0.1, 0.5, 0.9
"""Between the first and the last lie four cases out of five."""


def find_needs(
    themes: Iterable[Theme],
    challenges: Sequence[Challenge],
    as_of: datetime,
    zones: Mapping[int, str] | None = None,
    recurrence_days: int = 3,
    meetings: Iterable[Meeting] = (),
    outlook: Outlook | None = None,
) -> tuple[Need, ...]:
    """Every (person, theme) with challenges on that many of the person's own local dates, by person and theme.

    zones: person id → IANA zone; else the offset of the time counts. Challenges and meetings after as_of are not looked
    at. outlook: as `outlook_of` gave it; with it, the challenges of some people alone are enough (all of theirs).
    probability: of at least one more day within 28 days after as_of.
    """
    local, kept = zones or {}, tuple(themes)
    written = read(kept, challenges, as_of, local, meetings)
    learned = learn(written, recurrence_days) if outlook is None else outlook
    recurring = [each for each in written.tracks if len(each.days) >= recurrence_days]
    evidence = _Evidence(kept, challenges, as_of)
    return tuple(
        evidence.need(each, learned, _local(as_of, local.get(each.track.person_id, "")))
        for each in foresee(recurring, written, learned)
    )


def outlook_of(
    themes: Iterable[Theme],
    challenges: Sequence[Challenge],
    as_of: datetime,
    zones: Mapping[int, str] | None = None,
    recurrence_days: int = 3,
    meetings: Iterable[Meeting] = (),
) -> Outlook:
    """What a whole organisation teaches about how things come back, for find_needs of some of its people."""
    return learn(read(themes, challenges, as_of, zones or {}, meetings), recurrence_days)


class _Evidence:
    def __init__(self, themes: Sequence[Theme], challenges: Sequence[Challenge], as_of: datetime) -> None:
        known = {each.id: each for each in challenges if each.at <= as_of}
        self._labels = {each.id: each.label for each in themes}
        self._of: dict[tuple[int, int], list[Challenge]] = defaultdict(list)
        for theme in themes:
            for each in (known[one] for one in theme.challenge_ids if one in known):
                self._of[each.person_id, theme.id].append(each)

    def need(self, seen: Foreseen, outlook: Outlook, there: tzinfo) -> Need:
        track = seen.track
        ordered = sorted(self._of[track.person_id, track.theme_id], key=lambda each: (each.at, each.id))
        hazard = seen.hindsight(LOOKED_AHEAD, outlook)
        again = -np.expm1(-hazard)
        early, middle, late = (_day(seen.watch.today, again, share) for share in (EARLY, MIDDLE, LATE))
        rate = 7 * float(seen.belief.rate()[0])
        return Need(
            person_id=track.person_id,
            theme_id=track.theme_id,
            label=self._labels[track.theme_id],
            evidence=tuple(each.id for each in ordered),
            days=len(track.days),
            last_at=ordered[-1].at,
            probability=_rounded(np.clip(again[LOOKED_AHEAD.index(AHEAD_DAYS)], 10**-DECIMALS, 1 - 10**-DECIMALS)),
            rate=_rounded(rate),
            trend=_rounded(rate * np.expm1(seen.trend * 7 / AHEAD_DAYS)),
            season_days=None if seen.season is None else round(seen.season.days),
            next_at=_moment(middle, 12, there),
            next_from=_moment(early, 0, there),
            next_until=_moment(late + 1, 0, there),
        )


def _rounded(figure: float) -> float:
    return round(float(figure), DECIMALS)


def _day(today: int, again: Lengths, share: float) -> int:
    """The day (ordinal) by which it has come up with that probability, if it comes up at all in what is looked at."""
    ahead = np.interp(share * again[-1], [0.0, *again], [0, *LOOKED_AHEAD])
    return today + max(1, int(np.ceil(round(float(ahead), 6))))


def _moment(day: int, hour: int, there: tzinfo) -> datetime:
    return utc(datetime.combine(date.fromordinal(day), clock_time(hour), there))


def _local(as_of: datetime, zone_name: str) -> tzinfo:
    """Where the person's days begin and end."""
    found = zone(zone_name) if zone_name else as_of.tzinfo
    assert found is not None  # a moment without a zone is refused where it enters
    return found
