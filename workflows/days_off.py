"""Whose public holidays are when: asked of the library `holidays`, and put beside what people set themselves.

https://holidays.readthedocs.io — only whole public holidays count, moved ones on the day to which they are moved.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import cache, lru_cache
from types import MappingProxyType

import holidays

from mentoring.days import NO_QUIET_DAYS, OPEN_ALWAYS, Closed, QuietDays, WorkingTime
from mentoring.people import Limits
from workflows.places import countries as all_countries

ENGLISH = "en_US"
FARTHEST = timedelta(days=400)
"""How far ahead is looked for the next working moment: see mentoring.days."""


@cache
def countries() -> Mapping[str, str]:
    """{ISO 3166 code: English name} of those whose holidays are known, by name."""
    known = holidays.list_supported_countries(include_aliases=False)
    return MappingProxyType({code: name for code, name in all_countries().items() if code in known})


@lru_cache(maxsize=256)
def subdivisions(country: str) -> Mapping[str, str]:
    """{code: name} of the states or regions that have holidays of their own there, by name; {} where none is known."""
    if country not in countries():
        return MappingProxyType({})
    there = holidays.country_holidays(country)
    names = {code: name for name, code in reversed(there.subdivisions_aliases.items())}
    named = {code: names.get(code, code) for code in there.subdivisions}
    return MappingProxyType(dict(sorted(named.items(), key=lambda each: each[1])))


@lru_cache(maxsize=4096)
def holidays_of(country: str, subdivision: str, year: int) -> Mapping[date, str]:
    """{date: English name} of a year, by date. {} for a country that is not known; a subdivision that is not counts
    for the whole country."""
    if country not in countries():
        return MappingProxyType({})
    part = subdivision if subdivision in subdivisions(country) else None
    # The neighbouring years too: some of theirs are moved across the turn of the year.
    found = holidays.country_holidays(country, subdiv=part, years=(year - 1, year, year + 1), language=ENGLISH)
    return MappingProxyType({day: name for day, name in sorted(found.items()) if day.year == year})


def closed(limits: Limits, now: datetime) -> Closed:
    """The person's holidays and quiet days, from the year before `now` until more than a year after it."""
    if not limits.country and limits.quiet == NO_QUIET_DAYS:
        return OPEN_ALWAYS
    years = range(now.year - 1, (now + FARTHEST).year + 2)
    return _closed(limits.country, limits.subdivision, limits.quiet, years.start, years.stop)


@lru_cache(maxsize=4096)
def _closed(country: str, subdivision: str, quiet: QuietDays, since: int, until: int) -> Closed:
    """since, until: years, half-open."""
    days = frozenset(day for year in range(since, until) for day in holidays_of(country, subdivision, year))
    return Closed(days, quiet.between(date(since, 1, 1), date(until - 1, 12, 31)))


def working_time(limits: Limits, now: datetime) -> WorkingTime:
    """When the person works, as far as anybody asks at that moment: not on their holidays, nor on their quiet days."""
    return WorkingTime(limits.hours, closed(limits, now))


def coming(limits: Limits, today: date, number: int) -> tuple[tuple[date, str], ...]:
    """The next public holidays of theirs from that day on, with their English names."""
    found = [
        (day, name)
        for year in (today.year, today.year + 1)
        for day, name in holidays_of(limits.country, limits.subdivision, year).items()
        if day >= today
    ]
    return tuple(found[:number])
