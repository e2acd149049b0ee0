"""One round a day, at one hour in the organisation's zone: after an outage one, not one for each day, when the clocks
change, and while admins change the hour."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as some

from mentoring.availability import Reading
from mentoring.intervals import Interval
from mentoring.policy import Policy
from store import calendars, rounds
from tests.store.building import connected
from tests.workflows.house import House, a_house
from workflows import cadence, proposing

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = datetime(2026, 11, 23, 6, 0, tzinfo=BERLIN)


@pytest.fixture
def quiet(tmp_path: Path) -> House:
    """In Berlin, with the round at six."""
    return a_house(tmp_path)


def at(house: House, moment: datetime) -> int:
    """One tick of the timetable then, with the sweep before it. How many rounds for everybody have been run by now."""
    house.clock.now = moment.astimezone(UTC)
    house.sweep()
    proposing.daily_rounds(house.parts)
    house.work()
    return len(run_days(house))


def run_days(house: House) -> list[date | None]:
    with house.parts.database.reading(house.organisation_id) as memory:
        kept = [each for each in rounds.all(memory) if each.finished_at and not each.record.get("overtaken")]
    return sorted((each.local_date for each in kept), key=str)


def ticks(house: House, begin: datetime, hours: int, each_minutes: int = 30) -> int:
    """Ticks of so many hours on end, as they pass in UTC."""
    start, found = begin.astimezone(UTC), 0
    for minutes in range(0, hours * 60, each_minutes):
        found = at(house, start + timedelta(minutes=minutes))
    return found


def test_one_round_a_day_whatever_the_ticks(quiet: House) -> None:
    assert ticks(quiet, MONDAY.replace(hour=0), 48) == 2
    assert run_days(quiet) == [date(2026, 11, 23), date(2026, 11, 24)]


def test_not_before_the_hour(quiet: House) -> None:
    assert at(quiet, MONDAY - timedelta(minutes=1)) == 0
    assert at(quiet, MONDAY) == 1


def test_after_an_outage_of_five_days_there_is_one_round_not_five(quiet: House) -> None:
    assert at(quiet, MONDAY) == 1
    assert at(quiet, MONDAY + timedelta(days=5, hours=8)) == 2
    assert ticks(quiet, MONDAY + timedelta(days=5, hours=8), 10) == 2


def test_a_round_that_the_outage_broke_off_is_not_made_up_for_beside_the_days_own(quiet: House) -> None:
    with quiet.parts.database.writing(quiet.organisation_id) as memory:
        broken = rounds.claim(memory, MONDAY.date(), MONDAY.astimezone(UTC))
    assert broken
    assert ticks(quiet, MONDAY + timedelta(days=5, hours=8), 10) == 1
    assert run_days(quiet) == [date(2026, 11, 28)]
    with quiet.parts.database.reading(quiet.organisation_id) as memory:
        assert rounds.owed(memory, quiet.clock()) == ()


def test_a_round_that_broke_off_is_run_the_same_day(quiet: House) -> None:
    with quiet.parts.database.writing(quiet.organisation_id) as memory:
        rounds.claim(memory, MONDAY.date(), MONDAY.astimezone(UTC))
    assert at(quiet, MONDAY + timedelta(hours=9)) == 1
    assert run_days(quiet) == [MONDAY.date()]


def test_a_late_hour_that_passed_in_an_outage_is_made_up_for_after_midnight(quiet: House) -> None:
    quiet.policy(round_hour=23)
    assert at(quiet, MONDAY.replace(hour=22, minute=50)) == 0
    assert at(quiet, MONDAY + timedelta(hours=19)) == 1
    assert run_days(quiet) == [MONDAY.date()]
    assert at(quiet, MONDAY.replace(hour=23) + timedelta(days=1)) == 2


def test_one_that_was_missed_for_half_a_day_waits_for_the_next(quiet: House) -> None:
    quiet.policy(round_hour=23)
    assert at(quiet, MONDAY.replace(hour=11, minute=30) + timedelta(days=1)) == 0


@pytest.mark.parametrize("hour", [0, 1, 2, 3, 23])
@pytest.mark.parametrize("day", [date(2026, 3, 29), date(2026, 10, 25)], ids=["an hour less", "an hour more"])
def test_on_days_that_change_the_clock_there_is_one_round_too(quiet: House, day: date, hour: int) -> None:
    """At two in the morning there is no such hour in March, and two of them in October."""
    quiet.policy(round_hour=hour)
    before = datetime(day.year, day.month, day.day, tzinfo=BERLIN) - timedelta(days=1)
    ticks(quiet, before, 73, each_minutes=60)
    days = [each for each in run_days(quiet) if each]
    assert len(days) == len(set(days))
    assert {before.date(), day, day + timedelta(days=1)} <= set(days)


def test_a_later_hour_gives_no_second_round_that_day(quiet: House) -> None:
    assert at(quiet, MONDAY) == 1
    quiet.policy(round_hour=20)
    assert at(quiet, MONDAY.replace(hour=20)) == 1
    assert at(quiet, MONDAY.replace(hour=6) + timedelta(days=1)) == 1
    assert at(quiet, MONDAY.replace(hour=20) + timedelta(days=1)) == 2


def test_an_earlier_hour_that_is_past_gives_the_days_round_now(quiet: House) -> None:
    quiet.policy(round_hour=20)
    assert at(quiet, MONDAY.replace(hour=12)) == 0
    quiet.policy(round_hour=6)
    assert at(quiet, MONDAY.replace(hour=12)) == 1
    assert at(quiet, MONDAY.replace(hour=20)) == 1


@given(
    hours=some.lists(some.integers(0, 23), min_size=1, max_size=4),
    gaps=some.lists(some.integers(1, 30 * 60), max_size=60),
    start=some.integers(0, 23),
)
def test_no_day_has_two_rounds_whatever_the_ticks_and_the_hours_set(
    hours: list[int], gaps: list[int], start: int
) -> None:
    """Each due day is claimed once, days come in order, and none is of tomorrow or longer ago than yesterday."""
    now = MONDAY.replace(hour=start).astimezone(UTC)
    for number, minutes in enumerate(gaps):
        policy = Policy(round_hour=hours[number % len(hours)])
        due = cadence.due_day(policy, "Europe/Berlin", now)
        today = now.astimezone(BERLIN).date()
        assert due in (None, today, today - timedelta(days=1))
        if due == today - timedelta(days=1):
            assert now.astimezone(BERLIN).hour < policy.round_hour
        now += timedelta(minutes=minutes)


# --- Calendars that nobody read during the outage --------------------------------------------------------------------


def with_a_calendar(house: House, name: str, read_at: datetime) -> int:
    person = house.add(name)
    with house.parts.database.writing(house.organisation_id) as memory:
        connected(memory, person.id, now=read_at)
        (calendar,) = calendars.calendars(memory, person.id)
        known = Interval(read_at - timedelta(hours=1), read_at + timedelta(days=30))
        calendars.save_reading(memory, calendar.id, Reading((), known, "cursor"), read_at, read_at)
    return calendar.id


def read(house: House, calendar_id: int) -> None:
    now = house.clock()
    known = Interval(now - timedelta(hours=1), now + timedelta(days=30))
    with house.parts.database.writing(house.organisation_id) as memory:
        calendars.save_reading(memory, calendar_id, Reading((), known, "cursor"), now, now)


def test_after_an_outage_the_round_waits_until_calendars_have_been_read_again(quiet: House) -> None:
    ids = [with_a_calendar(quiet, name, MONDAY.astimezone(UTC)) for name in ("Ann Ash", "Ben Birch")]
    back = MONDAY + timedelta(days=2)
    assert at(quiet, back) == 0
    for each in ids:
        read(quiet, each)
    assert at(quiet, back + timedelta(minutes=5)) == 1


def test_but_not_for_longer_than_half_an_hour(quiet: House) -> None:
    with_a_calendar(quiet, "Ann Ash", MONDAY.astimezone(UTC))
    back = MONDAY + timedelta(days=2)
    assert at(quiet, back) == 0
    assert at(quiet, back + timedelta(minutes=29)) == 0
    assert at(quiet, back + timedelta(minutes=31)) == 1


def test_one_calendar_that_nobody_can_read_holds_nobody_up(quiet: House) -> None:
    back = MONDAY + timedelta(days=2)
    with_a_calendar(quiet, "Ann Ash", MONDAY.astimezone(UTC))
    for name in ("Ben Birch", "Cora Cedar"):
        with_a_calendar(quiet, name, back.astimezone(UTC))
    assert at(quiet, back) == 1
