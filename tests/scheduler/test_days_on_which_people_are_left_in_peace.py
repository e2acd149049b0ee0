"""Days on which somebody is left in peace, by their own clock, whatever it does that day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mentoring.days import Closed, Days, QuietDays, WorkingTime, whole_days
from mentoring.hours import DayHours, WeeklyHours
from mentoring.intervals import Interval
from tests.scheduler.people import at, closed_days, weekly_hours

BERLIN = "Europe/Berlin"
NINE_TO_FIVE = WeeklyHours.every(BERLIN, (DayHours(540, 1020),))
CHRISTMAS = Closed(holidays=frozenset({date(2026, 12, 25)}), quiet=frozenset({date(2026, 12, 24), date(2026, 12, 28)}))


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        (BERLIN, date(2026, 12, 25), 24),
        (BERLIN, date(2026, 3, 29), 23),
        (BERLIN, date(2026, 10, 25), 25),
        ("Australia/Lord_Howe", date(2026, 10, 4), 23.5),
        ("America/Sao_Paulo", date(2018, 11, 4), 23),  # a day that begins at 01:00
    ],
)
def test_a_day_is_as_long_as_it_is_there(zone: str, day: date, hours: float) -> None:
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    around = Interval(noon - timedelta(days=3), noon + timedelta(days=3))
    (span,) = whole_days(frozenset({day}), zone, around)
    assert span.minutes == hours * 60


@pytest.mark.parametrize(
    ("now", "next_open"),
    [
        ("2026-12-23 12:00", "2026-12-23 12:00"),
        ("2026-12-23 16:00", "2026-12-29 08:00"),  # 24 quiet, 25 holiday, a weekend, 28 quiet
        ("2026-12-25 10:00", "2026-12-29 08:00"),
        ("2026-12-29 08:00", "2026-12-29 08:00"),
    ],
)
def test_the_next_working_moment_lies_behind_the_closed_days(now: str, next_open: str) -> None:
    assert WorkingTime(NINE_TO_FIVE, CHRISTMAS).next_open(at(now)) == at(next_open)


def test_working_hours_pass_only_on_days_that_are_worked() -> None:
    working = WorkingTime(NINE_TO_FIVE, CHRISTMAS)
    assert working.hours_later(at("2026-12-23 08:00"), 8) == at("2026-12-23 16:00")
    assert working.hours_later(at("2026-12-23 15:00"), 2) == at("2026-12-29 09:00")


def test_a_vacation_of_many_weeks_ends() -> None:
    weeks = QuietDays((Days(date(2026, 7, 1), date(2026, 9, 30)),)).between(date(2026, 1, 1), date(2026, 12, 31))
    working = WorkingTime(NINE_TO_FIVE, Closed(quiet=weeks))
    assert working.next_open(at("2026-07-01 09:00")) == at("2026-10-01 07:00")
    assert WorkingTime(WeeklyHours(BERLIN)).next_open(at("2026-07-01 09:00")) is None


def test_a_night_shift_stops_at_the_midnight_of_a_holiday_and_goes_on_at_its_end() -> None:
    nights = WorkingTime(WeeklyHours.every(BERLIN, (DayHours(1320, 360),), range(7)), CHRISTMAS)
    found = nights.within(Interval(at("2026-12-25 12:00"), at("2026-12-26 12:00")))
    assert found.spans == (Interval(at("2026-12-25 23:00"), at("2026-12-26 05:00")),)


def test_quiet_days_are_stretches_with_both_ends_and_weekdays() -> None:
    quiet = QuietDays((Days(date(2026, 12, 1), date(2026, 12, 2)),), frozenset({4}))
    week = quiet.between(date(2026, 11, 30), date(2026, 12, 6))
    assert week == {date(2026, 12, 1), date(2026, 12, 2), date(2026, 12, 4)}
    assert quiet.between(date(2026, 12, 2), date(2026, 12, 3)) == {date(2026, 12, 2)}
    with pytest.raises(ValueError, match="before it begins"):
        Days(date(2026, 12, 2), date(2026, 12, 1))


@settings(deadline=None)
@given(st.data())
def test_working_time_is_the_hours_without_the_closed_days(data: st.DataObject) -> None:
    window = Interval.lasting(at("2026-10-24 07:11"), 60 * data.draw(st.integers(1, 120)))
    hours, closed = data.draw(weekly_hours()), data.draw(closed_days(window))
    working, shut = WorkingTime(hours, closed).within(window), closed.time(hours.zone, window)
    assert not working & shut
    assert (working | (hours.within(window) & shut)) == hours.within(window)
