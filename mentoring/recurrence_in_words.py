"""How often a need comes up, and when next, in words for the person it belongs to."""

from __future__ import annotations

from datetime import datetime, timedelta

from mentoring.hours import zone as tz
from mentoring.needs import Need

A_WEEK, A_MONTH, A_QUARTER = 1.0, 7 / (365.25 / 12), 7 / (365.25 / 4)
"""In days a week, one day in each."""

SEASONS = {7: "every week", 14: "every other week", 30: "every month", 91: "every quarter", 365: "every year"}
TIMES = {1: "once", 2: "twice", 3: "three times"}

SWINGS = 0.02
"""A trend is worth a word from so much of the rate a week on: a fifth more or less within two months."""

FAR_OFF_DAYS = 183
"""Beyond, a day would promise more than is known."""


def how_often(need: Need) -> str:
    """ "every quarter", "about twice a month, and more often lately"; "" where it was not reckoned yet."""
    if not need.rate:
        return ""
    often = SEASONS.get(need.season_days or 0) or _times(need.rate)
    change = need.trend / need.rate
    if abs(change) < SWINGS:
        return often
    return f"{often}, and {'more' if change > 0 else 'less'} often lately"


def _times(rate: float) -> str:
    for unit, name in ((A_WEEK, "week"), (A_MONTH, "month"), (A_QUARTER, "quarter")):
        number = round(rate / unit)
        if rate / unit >= 0.75:
            return f"about {TIMES.get(number, f'{number} times')} a {name}" if number < 6 else "nearly every day"
    return "once or twice a year"


def when_next(need: Need, now: datetime, zone: str) -> str:
    """ "between 3 and 10 December", "by 10 December", or "" where nothing is foreseen within half a year."""
    if need.next_from is None or need.next_until is None or need.next_from - now > timedelta(days=FAR_OFF_DAYS):
        return ""
    first = need.next_from.astimezone(tz(zone)).date()
    last = (need.next_until - timedelta(seconds=1)).astimezone(tz(zone)).date()
    today = now.astimezone(tz(zone)).date()
    if last < today:
        return ""
    if first <= today + timedelta(days=1):
        return f"by {last.day} {last:%B}" + _year(last.year, today.year)
    if first == last:
        return f"on {last.day} {last:%B}" + _year(last.year, today.year)
    month = "" if (first.year, first.month) == (last.year, last.month) else f" {first:%B}"
    return f"between {first.day}{month} and {last.day} {last:%B}" + _year(last.year, today.year)


def _year(year: int, this_year: int) -> str:
    return "" if year == this_year else f" {year}"
