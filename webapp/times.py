"""Times in words: in the reader's zone, and saying which."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from itertools import groupby

from mentoring.hours import zone as tz
from mentoring.intervals import Interval
from mentoring.openings import Opening

NUMBERS = {10: "Ten", 15: "Fifteen", 20: "Twenty", 25: "Twenty-five", 30: "Thirty", 45: "Forty-five", 60: "Sixty"}
MINUS = "−"


def city(zone: str) -> str:
    """The place that an IANA zone is named after: "New York"."""
    return zone.rsplit("/", 1)[-1].replace("_", " ")


def offset(moment: datetime, zone: str) -> str:
    """How far the wall clock there is from UTC then: "UTC+1", "UTC−3:30"."""
    ahead = moment.astimezone(tz(zone)).utcoffset() or timedelta()
    hours, minutes = divmod(abs(int(ahead.total_seconds())) // 60, 60)
    sign = MINUS if ahead < timedelta() else "+"
    return f"UTC{sign}{hours}" + (f":{minutes:02}" if minutes else "")


def clock(moment: datetime, zone: str) -> str:
    return f"{moment.astimezone(tz(zone)):%H:%M}"


def span(interval: Interval, zone: str) -> str:
    return f"{clock(interval.start, zone)}–{clock(interval.end, zone)}"


def local_day(moment: datetime, zone: str) -> date:
    return moment.astimezone(tz(zone)).date()


def day(moment: datetime, zone: str) -> str:
    """ "Thursday 26 November"."""
    there = local_day(moment, zone)
    return f"{there:%A} {there.day} {there:%B}"


def short_day(moment: datetime, zone: str) -> str:
    """ "Thu 26 Nov"."""
    there = local_day(moment, zone)
    return f"{there:%a} {there.day} {there:%b}"


def near_day(moment: datetime, zone: str, now: datetime) -> str:
    """ "today", "tomorrow", else the short day."""
    away = (local_day(moment, zone) - local_day(now, zone)).days
    return {0: "today", 1: "tomorrow", -1: "yesterday"}.get(away, short_day(moment, zone))


def in_days(moment: datetime, zone: str, now: datetime) -> str:
    """ "Today", "Tomorrow", "In 3 days"; empty for a day that is over."""
    away = (local_day(moment, zone) - local_day(now, zone)).days
    return {0: "Today", 1: "Tomorrow"}.get(away, f"In {away} days" if away > 0 else "")


def elsewhere(interval: Interval, zone: str, mine: str) -> str:
    """The same time on somebody else's clock, with the weekday where it is another day there."""
    other_day = local_day(interval.start, zone) != local_day(interval.start, mine)
    return (f"{short_day(interval.start, zone)}, " if other_day else "") + span(interval, zone)


def ago(moment: datetime, now: datetime) -> str:
    """ "3 minutes ago"."""
    return f"{_long(now - moment)} ago" if now - moment >= timedelta(minutes=1) else "just now"


def left(moment: datetime, now: datetime) -> str:
    """How long until then: "5 hours"."""
    return _long(moment - now) if moment - now >= timedelta(minutes=1) else "less than a minute"


def _long(length: timedelta) -> str:
    minutes = int(length / timedelta(minutes=1))
    for unit, size in (("day", 1440), ("hour", 60), ("minute", 1)):
        if minutes >= 2 * size or size == 1 or (unit == "hour" and minutes >= size):
            many = minutes // size
            return f"{many} {unit}" + ("s" if many != 1 else "")
    raise AssertionError(minutes)


def how_often(minutes: int) -> str:
    """ "every 15 minutes"."""
    return {1: "every minute", 60: "every hour"}.get(minutes, f"every {minutes} minutes")


def how_long(interval: Interval) -> str:
    """ "Twenty minutes"."""
    minutes = round(interval.minutes)
    return f"{NUMBERS.get(minutes, minutes)} minutes"


def by_day(openings: Iterable[Opening], zone: str) -> tuple[tuple[datetime, tuple[Opening, ...]], ...]:
    """The openings in order of time, by the reader's local day; each day with a moment of it."""
    ordered = sorted(openings, key=lambda opening: opening.interval.start)
    days = groupby(ordered, key=lambda opening: local_day(opening.interval.start, zone))
    return tuple((each[0].interval.start, each) for each in (tuple(group) for _, group in days))


def sentence(text: str) -> str:
    """The text as a sentence of its own: a capital first, a full stop last."""
    text = text.strip()
    ended = text if text.endswith((".", "!", "?", "…")) else f"{text}."
    return ended[:1].upper() + ended[1:] if text else ""
