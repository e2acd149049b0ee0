"""Needs: themes that recur for a person, and how likely each is to come up again.

For a person and a theme, the distinct local days with a challenge are taken for a Poisson process whose rate has a
Gamma prior. With half-life h = 56 days, a day d days before as_of counts 2^(−d/h), so that

    E = Σ 2^(−dᵢ/h)                     decayed days on which it came up
    X = (h / ln 2) · (1 − 2^(−L/h))     decayed days of watching

where L is the time from the person's first challenge (28 days at least) to as_of.

The prior is how themes come up for all of the organisation's people who ever met them, be it on one day: needs are
those that already came up often, partly by chance, and would promise too much. Its shape is a = 1 and its mean rate r =
(1 + Σ E) / (28 + Σ X) over all these, so b = a / r. The chance of at least one day in the next 28 is then
(Gamma-Poisson mixture)

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


@dataclass(frozen=True)
class _Met:
    """A theme and what one person wrote about it, be it a single note."""

    theme: Theme
    challenges: tuple[Challenge, ...]
    days: int
    history: Watched


def find_needs(
    themes: Iterable[Theme],
    challenges: Sequence[Challenge],
    as_of: datetime,
    zones: Mapping[int, str] | None = None,
    recurrence_days: int = 3,
) -> tuple[Need, ...]:
    """Every (person, theme) with challenges on that many of the person's own local dates, by person and theme.

    zones: person id → IANA zone; else the offset of the time counts. Challenges after as_of are not looked at.
    probability: of at least one more day within 28 days after as_of.
    """
    local = zones or {}
    known = {each.id: each for each in challenges if each.at <= as_of}
    span = _spans(known.values(), as_of, local)
    found = [mine for theme in themes for mine in _met(theme, known, local, span)]
    rate = organisation_rate([each.history for each in found])
    needs = [_need(each, chance_again(each.history, rate)) for each in found if each.days >= recurrence_days]
    return tuple(sorted(needs, key=lambda need: (need.person_id, need.theme_id)))


def watched(days: Iterable[int], first_day: int, today: int) -> Watched:
    """The decayed history of a theme that came up on those days (ordinals), for somebody heard from since first_day."""
    length = max(today - first_day + 1, AHEAD_DAYS)
    events = sum(2 ** (-max(today - day, 0) / HALF_LIFE_DAYS) for day in sorted(days))
    return Watched(events, HALF_LIFE_DAYS / log(2) * (1 - 2 ** (-length / HALF_LIFE_DAYS)))


def organisation_rate(histories: Sequence[Watched]) -> float:
    """Days a day on which a theme comes up for somebody who ever met it, decayed as each history is."""
    return (1 + sum(each.events for each in histories)) / (AHEAD_DAYS + sum(each.exposure for each in histories))


def chance_again(history: Watched, rate: float) -> float:
    """The probability, in 0..1, of at least one more day within 28. rate: the organisation's, in days a day."""
    seen = PRIOR_SHAPE / rate + history.exposure
    return float(1 - (seen / (seen + AHEAD_DAYS)) ** (PRIOR_SHAPE + history.events))


def _need(met: _Met, probability: float) -> Need:
    ordered = sorted(met.challenges, key=lambda each: (each.at, each.id))
    evidence, last = tuple(each.id for each in ordered), ordered[-1]
    return Need(last.person_id, met.theme.id, met.theme.label, evidence, met.days, last.at, probability)


def _met(
    theme: Theme, known: Mapping[int, Challenge], zones: Mapping[int, str], spans: Mapping[int, tuple[int, int]]
) -> list[_Met]:
    """The theme with each of its people."""
    mine: dict[int, list[Challenge]] = defaultdict(list)
    for each in theme.challenge_ids:
        if each in known:
            mine[known[each].person_id].append(known[each])
    found = []
    for person, theirs in mine.items():
        days = {local_day(each, zones) for each in theirs}
        found.append(_Met(theme, tuple(theirs), len(days), watched(days, *spans[person])))
    return found


def _spans(challenges: Iterable[Challenge], as_of: datetime, zones: Mapping[int, str]) -> dict[int, tuple[int, int]]:
    """For each person the days from which, and until which, they are heard."""
    spans: dict[int, tuple[int, int]] = {}
    for each in challenges:
        today = local_date(as_of, zones.get(each.person_id, ""))
        first, _ = spans.get(each.person_id, (today, today))
        spans[each.person_id] = min(first, local_day(each, zones)), today
    return spans
