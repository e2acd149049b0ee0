"""Needs: themes that recur for a person, and how likely each is to come up again.

For a person and a theme, the distinct local days with a challenge are taken for a Poisson process whose rate has a
Gamma prior. With half-life h = 56 days, a day d days before as_of counts 2^(−d/h), so that

    E = Σ 2^(−dᵢ/h)                     decayed days on which it came up
    X = (h / ln 2) · (1 − 2^(−L/h))     decayed days of watching, L from the person's first challenge (28 at least) to
    as_of

The prior is what needs of the organisation look like: shape a = 1 and mean rate r = (1 + Σ E) / (28 + Σ X) over all of
them, so b = a / r. The chance of at least one day in the next 28 is then (Gamma-Poisson mixture)

    P = 1 − ((b + X) / (b + X + 28))^(a + E)

It grows with more days and with more recent ones, falls with silence, and a person with little history is judged by the
others'.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import log

from mentoring.needs import Challenge, Need, Theme
from suggestions.themes import local_date, local_day

AHEAD_DAYS = 28
HALF_LIFE_DAYS = 56.0
PRIOR_SHAPE = 1.0


@dataclass(frozen=True)
class Watched:
    """A person's history with one theme. events: decayed number of days it came up. exposure: decayed days of
    watching."""

    events: float
    exposure: float


def find_needs(
    themes: Iterable[Theme],
    challenges: Sequence[Challenge],
    as_of: datetime,
    zones: Mapping[int, str] | None = None,
    recurrence_days: int = 3,
) -> tuple[Need, ...]:
    """Every (person, theme) with challenges on that many of the person's own local dates, by person and theme.

    zones: person id → IANA zone, the offset a challenge was written with. Challenges after as_of are not looked at.
    probability: of at least one more day within 28 days after as_of.
    """
    local = zones or {}
    known = {each.id: each for each in challenges if each.at <= as_of}
    today = _today(known.values(), as_of, local)
    first_day: dict[int, int] = {}
    for each in known.values():
        first_day[each.person_id] = min(local_day(each, local), first_day.get(each.person_id, today[each.person_id]))
    found: list[tuple[Theme, list[Challenge], Watched]] = []
    for theme in themes:
        for person, mine in _by_person(theme, known).items():
            days = {local_day(each, local) for each in mine}
            if len(days) >= recurrence_days:
                found.append((theme, mine, watched(days, first_day[person], today[person])))
    rate = organisation_rate([history for _, _, history in found])
    needs = [_need(theme, mine, local, chance_again(history, rate)) for theme, mine, history in found]
    return tuple(sorted(needs, key=lambda need: (need.person_id, need.theme_id)))


def watched(days: Iterable[int], first_day: int, today: int) -> Watched:
    """The decayed history of a theme that came up on those days (ordinals), for somebody heard from since first_day."""
    length = max(today - first_day + 1, AHEAD_DAYS)
    events = sum(2 ** (-max(today - day, 0) / HALF_LIFE_DAYS) for day in sorted(days))
    return Watched(events, HALF_LIFE_DAYS / log(2) * (1 - 2 ** (-length / HALF_LIFE_DAYS)))


def organisation_rate(histories: Sequence[Watched]) -> float:
    """Days a day on which needs of the organisation come up, decayed as each of them is."""
    return (1 + sum(each.events for each in histories)) / (AHEAD_DAYS + sum(each.exposure for each in histories))


def chance_again(history: Watched, rate: float) -> float:
    """The probability, in 0..1, of at least one more day within 28. rate: the organisation's, in days a day."""
    seen = PRIOR_SHAPE / rate + history.exposure
    return float(1 - (seen / (seen + AHEAD_DAYS)) ** (PRIOR_SHAPE + history.events))


def _need(theme: Theme, mine: Sequence[Challenge], zones: Mapping[int, str], probability: float) -> Need:
    ordered = sorted(mine, key=lambda each: (each.at, each.id))
    days = len({local_day(each, zones) for each in ordered})
    evidence = tuple(each.id for each in ordered)
    return Need(ordered[0].person_id, theme.id, theme.label, evidence, days, ordered[-1].at, probability)


def _by_person(theme: Theme, known: Mapping[int, Challenge]) -> dict[int, list[Challenge]]:
    mine: dict[int, list[Challenge]] = defaultdict(list)
    for each in theme.challenge_ids:
        if each in known:
            mine[known[each].person_id].append(known[each])
    return mine


def _today(challenges: Iterable[Challenge], as_of: datetime, zones: Mapping[int, str]) -> dict[int, int]:
    people = sorted({each.person_id for each in challenges})
    return {person: local_date(as_of, zones.get(person, "")) for person in people}
