"""Times in words: in the reader's zone and habit, and saying which zone."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from itertools import groupby

from mentoring.hours import zone as tz
from mentoring.intervals import Interval
from mentoring.openings import Opening

NUMBERS = {10: "Ten", 15: "Fifteen", 20: "Twenty", 25: "Twenty-five", 30: "Thirty", 45: "Forty-five", 60: "Sixty"}
MINUS = "−"
SPACE = "\N{NO-BREAK SPACE}"
"""Between a time and its half of the day, so that no line ends there."""


def city(zone: str) -> str:
    """The place that an IANA zone is named after: "New York"."""
    return zone.rsplit("/", 1)[-1].replace("_", " ")


def offset(moment: datetime, zone: str) -> str:
    """How far the wall clock there is from UTC then: "UTC+1", "UTC−3:30"."""
    ahead = moment.astimezone(tz(zone)).utcoffset() or timedelta()
    hours, minutes = divmod(abs(int(ahead.total_seconds())) // 60, 60)
    sign = MINUS if ahead < timedelta() else "+"
    return f"UTC{sign}{hours}" + (f":{minutes:02}" if minutes else "")


def clock(moment: datetime, zone: str, twelve_hour: bool = False) -> str:
    """ "14:40", or "2:40 pm" for who is used to that."""
    there = moment.astimezone(tz(zone))
    return f"{_on_twelve(there)}{SPACE}{_half(there)}" if twelve_hour else f"{there:%H:%M}"


def span(interval: Interval, zone: str, twelve_hour: bool = False) -> str:
    """ "14:40–15:00", or "2:40–3:00 pm"; both halves of the day are named where it crosses noon or midnight."""
    start, end = interval.start.astimezone(tz(zone)), interval.end.astimezone(tz(zone))
    if twelve_hour and _half(start) == _half(end) and start.date() == end.date():
        return f"{_on_twelve(start)}–{_on_twelve(end)}{SPACE}{_half(end)}"
    return f"{clock(interval.start, zone, twelve_hour)}–{clock(interval.end, zone, twelve_hour)}"


def full_hour(moment: datetime, zone: str, twelve_hour: bool = False) -> str:
    """The same for a scale: "14:00", or "2 pm" where the clock there shows a full hour."""
    there = moment.astimezone(tz(zone))
    if twelve_hour and there.minute == 0:
        return f"{there.hour % 12 or 12}{SPACE}{_half(there)}"
    return clock(moment, zone, twelve_hour)


def _on_twelve(there: datetime) -> str:
    return f"{there.hour % 12 or 12}:{there:%M}"


def _half(there: datetime) -> str:
    return "am" if there.hour < 12 else "pm"


def local_day(moment: datetime, zone: str) -> date:
    return moment.astimezone(tz(zone)).date()


def day(moment: datetime, zone: str) -> str:
    """ "Thursday 26 November"."""
    there = local_day(moment, zone)
    return f"{there:%A} {there.day} {there:%B}"


def date_in_words(day: date) -> str:
    """ "Thu 24 Dec 2026", of a date that is nobody's moment."""
    return f"{day:%a} {day.day} {day:%b %Y}"


def short_day(moment: datetime, zone: str) -> str:
    """ "Thu 26 Nov"."""
    there = local_day(moment, zone)
    return f"{there:%a} {there.day} {there:%b}"


def dated(moment: datetime, zone: str) -> str:
    """ "26 Nov 2026", for what may lie years back."""
    there = local_day(moment, zone)
    return f"{there.day} {there:%b %Y}"


def near_day(moment: datetime, zone: str, now: datetime) -> str:
    """ "today", "tomorrow", else the short day."""
    away = (local_day(moment, zone) - local_day(now, zone)).days
    return {0: "today", 1: "tomorrow", -1: "yesterday"}.get(away, short_day(moment, zone))


def in_days(moment: datetime, zone: str, now: datetime) -> str:
    """ "Today", "Tomorrow", "In 3 days"; empty for a day that is over."""
    away = (local_day(moment, zone) - local_day(now, zone)).days
    return {0: "Today", 1: "Tomorrow"}.get(away, f"In {away} days" if away > 0 else "")


def elsewhere(interval: Interval, zone: str, mine: str, twelve_hour: bool = False) -> str:
    """The same time on somebody else's clock, with the weekday where it is another day there."""
    other_day = local_day(interval.start, zone) != local_day(interval.start, mine)
    return (f"{short_day(interval.start, zone)}, " if other_day else "") + span(interval, zone, twelve_hour)


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
    """The text as a sentence of its own: a capital first, a full stop last. A host's name keeps its small letters."""
    text = text.strip()
    ended = text if text.endswith((".", "!", "?", "…")) else f"{text}."
    is_host = "." in text.split(" ")[0].rstrip(".!?…")
    return "" if not text else ended if is_host else ended[:1].upper() + ended[1:]
