"""Times are in the reader's zone, and say which."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import combinations

import pytest

from mentoring.intervals import Interval
from mentoring.openings import Opening
from tests.webapp.stage import openings
from webapp import times
from webapp.offer import offer
from webapp.strip import strip

NOW = datetime(2026, 11, 23, 8, 10, tzinfo=UTC)


def meeting(hour: int, minute: int = 0) -> Interval:
    return Interval.lasting(datetime(2026, 11, 26, hour, minute, tzinfo=UTC), 20)


@pytest.mark.parametrize(
    ("zone", "said"),
    [
        ("Europe/Berlin", "UTC+1"),
        ("America/New_York", "UTC−5"),
        ("Asia/Kathmandu", "UTC+5:45"),
        ("America/St_Johns", "UTC−3:30"),
        ("UTC", "UTC+0"),
    ],
)
def test_how_far_a_clock_is_from_utc(zone: str, said: str) -> None:
    assert times.offset(NOW, zone) == said


def test_a_zone_is_called_by_its_city() -> None:
    assert times.city("America/Argentina/Buenos_Aires") == "Buenos Aires"


def test_the_others_clock_names_the_day_where_it_is_another() -> None:
    assert times.elsewhere(meeting(14, 40), "America/New_York", "Europe/Berlin") == "09:40–10:00"
    assert times.elsewhere(meeting(22), "Asia/Tokyo", "Europe/Berlin") == "Fri 27 Nov, 07:00–07:20"
    assert times.elsewhere(meeting(16), "Asia/Tokyo", "Europe/Berlin") == "Fri 27 Nov, 01:00–01:20"


@pytest.mark.parametrize(
    ("length", "said"),
    [
        (timedelta(seconds=10), "just now"),
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(minutes=59), "59 minutes ago"),
        (timedelta(minutes=60), "1 hour ago"),
        (timedelta(hours=29), "29 hours ago"),
        (timedelta(days=2), "2 days ago"),
        (timedelta(seconds=-5), "just now"),
    ],
)
def test_how_long_ago(length: timedelta, said: str) -> None:
    assert times.ago(NOW - length, NOW) == said


@pytest.mark.parametrize(("minutes", "said"), [(1, "every minute"), (15, "every 15 minutes"), (60, "every hour")])
def test_how_often(minutes: int, said: str) -> None:
    assert times.how_often(minutes) == said


@pytest.mark.parametrize(("days", "said"), [(0, "today"), (1, "tomorrow"), (3, "Thu 26 Nov")])
def test_days_near_are_called_by_their_distance(days: int, said: str) -> None:
    assert times.near_day(NOW + timedelta(days=days), "Europe/Berlin", NOW) == said


def test_today_is_the_readers_today() -> None:
    late = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)
    assert times.in_days(late, "Europe/Berlin", NOW) == "Tomorrow"
    assert times.in_days(late, "America/New_York", NOW) == "Today"


def test_other_times_come_by_local_day() -> None:
    days = times.by_day(openings(), "Asia/Tokyo")
    assert [len(each) for _, each in days] == [2, 3, 3, 1]


def test_of_times_that_overlap_the_best_is_offered_and_first_the_best_of_each_day() -> None:
    grid = [
        Opening(Interval.lasting(NOW + timedelta(days=day, minutes=5 * step), 20), score=10 * (day == 1) + step % 4)
        for day in (0, 1, 5, 6)
        for step in range(8)
    ]
    held = grid[16].interval
    offered = offer(grid, "Europe/Berlin", held)
    assert [times.local_day(each.interval.start, "Europe/Berlin").day for each in offered.best] == [24, 23, 28]
    assert [each.score % 10 for each in offered.best] == [3, 3, 3]
    shown = [*offered.best, *(each for _, day in offered.days for each in day)]
    assert not any(each.interval.overlaps(held) for each in shown)
    assert not any(a.interval.overlaps(b.interval) for a, b in combinations(shown, 2))


@pytest.mark.parametrize(
    ("text", "said"), [("it fits", "It fits."), ("Is it?", "Is it?"), ("", ""), ("done…", "Done…")]
)
def test_a_phrase_becomes_a_sentence(text: str, said: str) -> None:
    assert times.sentence(text) == said


def test_the_strip_has_the_meeting_in_its_middle_and_both_clocks() -> None:
    drawn = strip(meeting(14, 40), "Europe/Berlin", "America/New_York")
    assert drawn.start + drawn.width / 2 == pytest.approx(50, abs=0.01)
    assert (drawn.ticks[0].mine, drawn.ticks[0].theirs) == ("14:00", "08:00")
    assert len(drawn.ticks) == 5


def test_the_strip_has_one_clock_where_both_show_the_same() -> None:
    drawn = strip(meeting(14), "Europe/Berlin", "Europe/Warsaw")
    assert not drawn.two_clocks
    assert {tick.theirs for tick in drawn.ticks} == {""}


def test_the_strip_follows_full_hours_of_a_clock_that_is_not_on_utcs() -> None:
    drawn = strip(meeting(6), "Asia/Kathmandu", "Europe/Berlin")
    assert all(tick.mine.endswith(":00") and tick.theirs.endswith(":15") for tick in drawn.ticks)
