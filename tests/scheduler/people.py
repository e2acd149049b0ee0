"""Builders and random people for the tests of time."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import strategies as st

from mentoring.days import OPEN_ALWAYS, Closed
from mentoring.hours import DayHours, WeeklyHours
from mentoring.intervals import Interval, Intervals
from mentoring.people import Limits
from scheduler.participants import Participant, only_hours

ZONES = (
    "UTC",
    "Europe/London",
    "America/New_York",
    "Australia/Lord_Howe",  # clocks change by half an hour
    "Asia/Kathmandu",  # +05:45
    "Pacific/Chatham",  # +12:45, and it changes at 02:45
    "America/Sao_Paulo",  # changed at midnight until 2019: a day without 00:00
    "America/St_Johns",  # changed at 00:01 until 2011: a day that comes, goes, and comes again
    "Africa/Casablanca",
)

WEEKENDS = (
    datetime(2026, 3, 8, tzinfo=UTC),  # New York forward
    datetime(2026, 3, 29, tzinfo=UTC),  # London forward
    datetime(2026, 4, 5, tzinfo=UTC),  # Lord Howe and Chatham back
    datetime(2026, 9, 27, tzinfo=UTC),  # Chatham forward
    datetime(2026, 10, 4, tzinfo=UTC),  # Lord Howe forward
    datetime(2026, 10, 25, tzinfo=UTC),  # London back
    datetime(2026, 11, 1, tzinfo=UTC),  # New York back
    datetime(2018, 2, 18, tzinfo=UTC),  # Sao Paulo back
    datetime(2018, 11, 4, tzinfo=UTC),  # Sao Paulo forward
    datetime(2010, 11, 7, tzinfo=UTC),  # St John's back
    datetime(2026, 12, 31, tzinfo=UTC),  # week 53, and the year ends inside it
)


def at(text: str) -> datetime:
    """The moment written like "2026-11-30 14:00", in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def between(start: str, end: str) -> Interval:
    return Interval(at(start), at(end))


def nine_to_five(zone: str = "UTC") -> WeeklyHours:
    return WeeklyHours.every(zone, (DayHours(9 * 60, 17 * 60),))


def someone(
    person_id: int = 1,
    limits: Limits | None = None,
    busy: tuple[Interval, ...] = (),
    booked: tuple[Interval, ...] = (),
    covers: Interval | None = None,
    closed: Closed = OPEN_ALWAYS,
) -> Participant:
    """Free from nine to five UTC on weekdays of 2026 unless told otherwise."""
    known = covers or between("2026-01-01 00:00", "2027-01-01 00:00")
    return Participant(person_id, limits or only_hours(nine_to_five()), Intervals(busy), booked, known, closed)


def day_hours() -> st.SearchStrategy[DayHours]:
    """Any hours, those across midnight and the whole day among them."""
    minute = st.one_of(st.integers(0, 95).map(lambda quarter: quarter * 15), st.integers(0, 1439))
    return st.one_of(
        st.builds(DayHours, minute, st.one_of(minute, st.just(1440))),
        st.sampled_from((DayHours(0, 1440), DayHours(540, 1020), DayHours(1320, 360))),
    )


@st.composite
def weekly_hours(draw: st.DrawFn) -> WeeklyHours:
    zone = draw(st.sampled_from(ZONES))
    usual = tuple(draw(st.lists(day_hours(), min_size=1, max_size=2)))
    if draw(st.booleans()):
        return WeeklyHours.every(zone, usual, draw(st.sets(st.integers(0, 6), min_size=3)))
    other = tuple(draw(st.lists(day_hours(), max_size=2)))
    return WeeklyHours(zone, tuple(draw(st.sampled_from((usual, other))) for _ in range(7)))


@st.composite
def limits(draw: st.DrawFn, window: Interval) -> Limits:
    resume = st.integers(-24, 48).map(lambda hours: window.start + timedelta(hours=hours, seconds=7))
    return Limits(
        draw(weekly_hours()),
        buffer_minutes=draw(st.sampled_from((0, 0, 1, 5, 7, 13, 30, 95))),
        notice_hours=draw(st.sampled_from((0, 1, 12, 40))),
        per_day=draw(st.sampled_from((0, 1, 1, 2, 9))),
        per_week=draw(st.sampled_from((1, 2, 9))),
        per_month=draw(st.sampled_from((1, 3, 9))),
        paused_until=draw(st.one_of(st.none(), st.none(), resume)),
    )


@st.composite
def stretches(draw: st.DrawFn, since: datetime, until: datetime, most: int) -> tuple[Interval, ...]:
    """Some intervals between two moments, to the second, a few of them days long."""
    spread = int((until - since).total_seconds())
    start = st.one_of(st.integers(0, spread), st.integers(0, spread // 300).map(lambda cell: cell * 300))
    length = st.one_of(st.integers(1, 7200), st.integers(1, 36).map(lambda cells: cells * 300), st.integers(1, 200_000))
    pairs = draw(st.lists(st.tuples(start, length), max_size=most))
    begins = [(since + timedelta(seconds=start), seconds) for start, seconds in pairs]
    return tuple(Interval(start, start + timedelta(seconds=seconds)) for start, seconds in begins)


@st.composite
def closed_days(draw: st.DrawFn, window: Interval) -> Closed:
    """Holidays and quiet days, on most people few of the window, on some many."""
    first = window.start.date() - timedelta(days=1)
    length = (window.end.date() - first).days + 1
    day = st.integers(0, length).map(lambda number: first + timedelta(days=number))
    some: st.SearchStrategy[frozenset[date]] = st.one_of(st.just(frozenset()), st.frozensets(day, max_size=2))
    return Closed(draw(some), draw(some))


@st.composite
def participants(draw: st.DrawFn, person_id: int, window: Interval) -> Participant:
    around = Interval(window.start - timedelta(hours=6), window.end + timedelta(hours=6))
    far = timedelta(days=5)
    partly = Interval(window.start + timedelta(hours=5, minutes=3), window.end - timedelta(hours=3, seconds=20))
    booked = draw(stretches(window.start - timedelta(days=20), window.end + timedelta(days=6), 4))
    return Participant(
        person_id,
        draw(limits(window)),
        Intervals(draw(stretches(around.start, around.end, 10))),
        tuple(interval for interval in booked if interval.minutes <= 180),
        draw(st.sampled_from((Interval(window.start - far, window.end + far), window, partly))),
        draw(closed_days(window)),
    )


@st.composite
def windows(draw: st.DrawFn, longest_hours: int = 96) -> Interval:
    """A stretch around a weekend on which some clocks change, not always on the minute."""
    start = draw(st.sampled_from(WEEKENDS)) - timedelta(minutes=draw(st.integers(0, 48 * 60)))
    start += timedelta(seconds=draw(st.sampled_from((0, 0, 0, 1, 59))))
    return Interval.lasting(start, 60 * draw(st.integers(12, longest_hours)))
