"""What stands in the way of a time, and what left a pair with so few."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mentoring.days import Closed
from mentoring.hours import DayHours, WeeklyHours
from mentoring.intervals import Interval
from mentoring.people import Limits
from scheduler.grid import Frame
from scheduler.openings import Timetable
from scheduler.participants import Participant, only_hours
from scheduler.refusals import WORDS, Cause, refusals, stands_in_the_way, why_not
from tests.scheduler.people import at, between, nine_to_five, participants, someone, windows

NOON = between("2026-11-30 12:00", "2026-11-30 12:20")
"""A Monday."""
WEEK_BEFORE = at("2026-11-23 00:00")
ALWAYS_FREE = someone(2, only_hours(WeeklyHours.every("UTC", (DayHours(0, 1440),), range(7))))


def limits(buffer: int = 0, notice: int = 0, per_day: int = 9, per_week: int = 9, per_month: int = 9) -> Limits:
    return Limits(nine_to_five(), buffer, notice, per_day, per_week, per_month)


@pytest.mark.parametrize(
    ("person", "interval", "causes"),
    [
        (someone(), NOON, []),
        (someone(), between("2026-11-30 12:03", "2026-11-30 12:41"), []),
        (someone(), between("2026-11-30 08:59", "2026-11-30 09:19"), ["hours"]),
        (someone(), between("2026-11-29 12:00", "2026-11-29 12:20"), ["hours"]),
        (someone(closed=Closed(holidays=frozenset({date(2026, 11, 30)}))), NOON, ["holiday"]),
        (someone(closed=Closed(quiet=frozenset({date(2026, 11, 30)}))), NOON, ["quiet"]),
        (someone(closed=Closed(quiet=frozenset({date(2026, 11, 29), date(2026, 12, 1)}))), NOON, []),
        (someone(covers=between("2026-11-30 12:01", "2026-12-30 00:00")), NOON, ["unknown"]),
        (someone(1, Limits(nine_to_five(), 0, 0, paused_until=at("2026-11-30 12:01"))), NOON, ["paused"]),
        (someone(1, limits(notice=7 * 24 + 13)), NOON, ["notice"]),
        (someone(busy=(between("2026-11-30 12:19", "2026-11-30 13:00"),)), NOON, ["busy"]),
        (someone(booked=(between("2026-11-30 12:19", "2026-11-30 13:00"),)), NOON, ["busy"]),
        (someone(1, limits(buffer=5), (between("2026-11-30 12:24", "2026-11-30 13:00"),)), NOON, ["buffers"]),
        (someone(1, limits(buffer=5), (between("2026-11-30 12:25", "2026-11-30 13:00"),)), NOON, []),
        (someone(1, limits(per_day=1), booked=(between("2026-11-30 09:00", "2026-11-30 09:20"),)), NOON, ["caps"]),
        (someone(1, limits(per_week=1), booked=(between("2026-12-04 09:00", "2026-12-04 09:20"),)), NOON, ["caps"]),
        (someone(1, limits(per_week=1), booked=(between("2026-11-27 09:00", "2026-11-27 09:20"),)), NOON, []),
        (someone(1, limits(per_month=1), booked=(between("2026-11-02 09:00", "2026-11-02 09:20"),)), NOON, ["caps"]),
    ],
)  # fmt: skip
def test_an_exact_time_is_refused_for_the_reason(person: Participant, interval: Interval, causes: list[str]) -> None:
    assert [each.cause for each in refusals(person, interval, WEEK_BEFORE)] == causes
    both = stands_in_the_way(ALWAYS_FREE, person, interval, WEEK_BEFORE)
    assert {each.person_id for each in both} == ({1} if causes else set())


def test_a_week_begins_on_monday() -> None:
    every_day = WeeklyHours.every("UTC", (DayHours(540, 1020),), range(7))
    once_a_week = Limits(every_day, 0, 0, per_day=9, per_week=1, per_month=9)
    person = someone(1, once_a_week, booked=(NOON,))
    sunday_before, sunday, next_monday = (
        Interval(NOON.start + timedelta(days=days), NOON.end + timedelta(days=days)) for days in (-1, 6, 7)
    )
    assert not refusals(person, sunday_before, WEEK_BEFORE)
    assert refusals(person, sunday, WEEK_BEFORE)
    assert not refusals(person, next_monday, WEEK_BEFORE)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_a_time_is_an_opening_exactly_when_nothing_stands_in_its_way(data: st.DataObject) -> None:
    frame = Frame(data.draw(windows(36)), 30, data.draw(st.sampled_from((20, 60))))
    a, b = (data.draw(participants(number, frame.window)) for number in (1, 2))
    now = frame.window.start
    unhindered = [
        interval
        for interval in (frame.interval(bit) for bit in range(frame.count))
        if not stands_in_the_way(a, b, interval, now)
    ]
    assert list(Timetable((a, b), frame, now).times(1, 2)) == unhindered


def test_the_minutes_are_accounted_for() -> None:
    """Monday and Tuesday: hours, then what earlier causes left to notice, meetings, buffers and caps."""
    meeting = between("2026-12-01 12:00", "2026-12-01 13:00")
    booked = between("2026-11-30 16:00", "2026-11-30 16:20")
    person = someone(1, limits(buffer=10, notice=10, per_day=1), (meeting,), (booked,))
    frame = Frame(between("2026-11-30 00:00", "2026-12-02 00:00"))
    why = why_not(person, someone(2), frame, frame.window.start)
    assert why.people[0].minutes == {
        Cause.HOURS: 32 * 60,
        Cause.HOLIDAY: 0,
        Cause.QUIET: 0,
        Cause.UNKNOWN: 0,
        Cause.PAUSED: 0,
        Cause.NOTICE: 60,
        Cause.BUSY: 80,
        Cause.BUFFERS: 40,
        Cause.CAPS: 7 * 60 - 40,
    }
    assert why.shared_minutes == 8 * 60 - 80
    assert why.openings == len(Timetable((person, someone(2)), frame, frame.window.start).times(1, 2))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_what_was_removed_and_what_is_left_make_up_the_frame(data: st.DataObject) -> None:
    frame = Frame(data.draw(windows()), 15, 30)
    a, b = (data.draw(participants(number, frame.window)) for number in (1, 2))
    why = why_not(a, b, frame, frame.window.start)
    for person in why.people:
        left = sum(span.minutes for span in person.left)
        assert sum(person.minutes.values()) + left == pytest.approx(frame.window.minutes)
    assert all(
        any(left.contains(time) for left in why.people[0].left)
        for time in Timetable((a, b), frame, frame.window.start).times(1, 2)
    )


def test_every_cause_has_words() -> None:
    assert set(WORDS) == set(Cause)
