"""The kernel gives the same starts as plain datetime code, whatever the calendars, zones and clock changes."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mentoring.hours import DayHours, WeeklyHours
from mentoring.intervals import Interval
from mentoring.people import Limits
from scheduler.grid import Frame
from scheduler.openings import Timetable
from scheduler.participants import Participant, only_hours
from tests.reference.openings_plain import Question, openings_plain
from tests.scheduler.people import between, nine_to_five, participants, someone, windows

STEPS = (5, 5, 15, 10, 20, 30, 1, 7, 25, 45, 90, 1440)
SESSIONS = (20, 20, 25, 30, 5, 1, 7, 60, 95, 600)


@st.composite
def questions(draw: st.DrawFn, longest_hours: int) -> tuple[Participant, Participant, Frame, datetime]:
    frame = Frame(draw(windows(longest_hours)), draw(st.sampled_from(STEPS)), draw(st.sampled_from(SESSIONS)))
    now = frame.window.start + timedelta(minutes=draw(st.integers(-3000, 600)))
    return draw(participants(1, frame.window)), draw(participants(2, frame.window)), frame, now


def plain(a: Participant, b: Participant, frame: Frame, now: datetime) -> list[datetime]:
    return list(openings_plain(a, b, Question(frame.window, frame.step_minutes, frame.session_minutes, now)))


def fast(a: Participant, b: Participant, frame: Frame, now: datetime) -> list[datetime]:
    return [time.start for time in Timetable((a, b), frame, now).times(1, 2)]


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(questions(longest_hours=72))
def test_every_start_is_the_same(question: tuple[Participant, Participant, Frame, datetime]) -> None:
    assert fast(*question) == plain(*question)


@pytest.mark.slow
@settings(max_examples=1500, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(questions(longest_hours=9 * 24))
def test_every_start_is_the_same_over_long_windows(question: tuple[Participant, Participant, Frame, datetime]) -> None:
    assert fast(*question) == plain(*question)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(questions(longest_hours=96), st.integers(1, 7))
def test_the_first_few_of_many_pairs_are_the_first_of_each(
    question: tuple[Participant, Participant, Frame, datetime], most: int
) -> None:
    a, b, frame, now = question
    timetable = Timetable((a, b), frame, now)
    pairs = [(1, 2), (2, 1), (1, 1)]
    assert timetable.first(pairs, most) == [timetable.times(*pair)[:most] for pair in pairs]


NOON = between("2026-11-30 12:00", "2026-11-30 12:20")
"""A Monday."""


def starts(person: Participant, window: Interval, step: int = 5, session: int = 20) -> list[str]:
    """When that person could meet somebody who always can, as UTC wall times."""
    always = someone(2, only_hours(WeeklyHours.every("UTC", (DayHours(0, 1440),), range(7))))
    frame = Frame(window, step, session)
    times = Timetable((person, always), frame, window.start).times(1, 2)
    return [f"{time.start:%H:%M}" for time in times]


MORNING = between("2026-11-30 09:00", "2026-11-30 10:00")


@pytest.mark.parametrize(
    ("busy", "buffer", "expected"),
    [
        ((), 0, "09:00 09:10 09:20 09:30 09:40"),
        ((between("2026-11-30 09:20", "2026-11-30 09:30"),), 0, "09:00 09:30 09:40"),
        ((between("2026-11-30 09:20:01", "2026-11-30 09:20:02"),), 0, "09:00 09:30 09:40"),
        ((between("2026-11-30 09:19:59", "2026-11-30 09:20"),), 0, "09:20 09:30 09:40"),
        ((between("2026-11-30 09:10", "2026-11-30 09:20"),), 10, "09:30 09:40"),
        ((between("2026-11-30 09:10", "2026-11-30 09:20"),), 11, "09:40"),
        ((between("2026-11-28 00:00", "2026-11-30 09:11"),), 0, "09:20 09:30 09:40"),
        ((between("2026-11-30 08:00", "2026-11-30 18:00"),), 0, ""),
        ((between("2026-11-30 10:00", "2026-11-30 11:00"),), 5, "09:00 09:10 09:20 09:30"),
    ],
)
def test_an_event_blocks_what_it_touches_and_its_buffers(
    busy: tuple[Interval, ...], buffer: int, expected: str
) -> None:
    limits = Limits(nine_to_five(), buffer_minutes=buffer, notice_hours=0)
    assert starts(someone(1, limits, busy), MORNING, step=10) == expected.split()


@pytest.mark.parametrize(
    ("step", "session", "expected"),
    [
        (10, 25, "09:00 09:10 09:20 09:30"),
        (25, 20, "09:10 09:35"),
        (7, 45, "09:06 09:13"),
        (60, 60, "09:00"),
        (1440, 20, ""),
        (5, 61, ""),
    ],
)
def test_any_step_and_any_length_go_together(step: int, session: int, expected: str) -> None:
    assert starts(someone(), MORNING, step, session) == expected.split()


def test_hours_across_midnight_belong_to_the_day_they_begin_on() -> None:
    friday_night = WeeklyHours.every("UTC", (DayHours(23 * 60, 60),), (4,))
    weekend = between("2026-12-04 00:00", "2026-12-06 00:00")
    assert starts(someone(1, only_hours(friday_night)), weekend, 20, 40) == [
        "23:00",
        "23:20",
        "23:40",
        "00:00",
        "00:20",
    ]


def test_hours_that_touch_are_one_stretch() -> None:
    split = WeeklyHours.every("UTC", (DayHours(540, 570), DayHours(570, 600)))
    assert starts(someone(1, only_hours(split)), MORNING, 10, 40) == ["09:00", "09:10", "09:20"]


def test_what_was_not_read_is_not_free() -> None:
    half_read = someone(covers=between("2026-11-30 09:15", "2026-11-30 09:50"))
    assert starts(half_read, MORNING, 5, 20) == ["09:15", "09:20", "09:25", "09:30"]


def test_buffers_must_have_been_read_too() -> None:
    limits = Limits(nine_to_five(), buffer_minutes=10, notice_hours=0)
    half_read = someone(1, limits, covers=between("2026-11-30 09:00", "2026-11-30 10:00"))
    assert starts(half_read, MORNING, 10, 20) == ["09:10", "09:20", "09:30"]


@pytest.mark.parametrize(
    ("per_day", "per_week", "per_month", "expected_days"),
    [
        (1, 9, 9, [1, 2, 3, 4, 7, 8]),
        (2, 1, 9, [7, 8]),
        (2, 9, 1, [1, 2, 3, 4, 7, 8]),
        (2, 2, 9, [30, 1, 2, 3, 4, 7, 8]),
        (0, 9, 9, []),
    ],
)
def test_caps_count_what_interlude_booked(
    per_day: int, per_week: int, per_month: int, expected_days: list[int]
) -> None:
    limits = Limits(nine_to_five(), 0, 0, per_day, per_week, per_month)
    person = someone(1, limits, booked=(NOON,))
    frame = Frame(between("2026-11-30 00:00", "2026-12-09 00:00"), 60, 60)
    times = Timetable((person, someone(2)), frame, frame.window.start).times(1, 2)
    assert list(dict.fromkeys(time.start.day for time in times)) == expected_days


def test_a_cap_is_judged_by_the_owners_local_date() -> None:
    """23:30 UTC on Sunday is Monday in Kathmandu: that Monday has its meeting."""
    always = WeeklyHours.every("Asia/Kathmandu", (DayHours(0, 1440),), range(7))
    booked = (between("2026-11-29 23:30", "2026-11-29 23:50"),)
    person = someone(1, Limits(always, 0, 0, per_day=1, per_week=9, per_month=9), booked=booked)
    monday = between("2026-11-29 00:00", "2026-12-01 00:00")
    open_hours = starts(person, monday, 60, 30)
    assert open_hours == [f"{hour:02}:00" for hour in range(19)] + [f"{hour:02}:00" for hour in range(19, 24)]


def test_nobody_and_nothing_are_no_errors() -> None:
    assert Timetable((), Frame(MORNING), MORNING.start).first([]) == []
    short = Frame(between("2026-11-30 09:00", "2026-11-30 09:10"))
    timetable = Timetable((someone(1), someone(2)), short, MORNING.start)
    assert (timetable.times(1, 2), timetable.openings(1, 2), timetable.first([(1, 2)])) == ((), (), [()])


def test_about_somebody_whose_time_is_unknown_nothing_is_said() -> None:
    with pytest.raises(KeyError):
        Timetable((someone(1),), Frame(MORNING), MORNING.start).times(1, 2)


@pytest.mark.parametrize(("step", "session"), [(0, 20), (1441, 20), (5, 0)])
def test_a_frame_without_sense_is_refused(step: int, session: int) -> None:
    with pytest.raises(ValueError, match="must"):
        Frame(MORNING, step, session)
