"""Times are in the reader's zone, and say which."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import combinations

import pytest

from mentoring import times_in_words as times
from mentoring.intervals import Interval
from mentoring.openings import Opening
from tests.webapp.stage import MEMBER, THEIRS, application, as_person, openings, stage
from webapp.offer import offer
from webapp.strip import strip

NOW = datetime(2026, 11, 23, 8, 10, tzinfo=UTC)


def plain(text: str) -> str:
    return text.replace(times.SPACE, " ")


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


@pytest.mark.parametrize(
    ("hour", "minute", "zone", "alone", "whole"),
    [
        (13, 40, "Europe/Berlin", "2:40 pm", "2:40–3:00 pm"),
        (8, 5, "Europe/Berlin", "9:05 am", "9:05–9:25 am"),
        (10, 50, "Europe/Berlin", "11:50 am", "11:50 am–12:10 pm"),
        (11, 0, "Europe/Berlin", "12:00 pm", "12:00–12:20 pm"),
        (11, 50, "Europe/Berlin", "12:50 pm", "12:50–1:10 pm"),
        (22, 50, "Europe/Berlin", "11:50 pm", "11:50 pm–12:10 am"),
        (23, 0, "Europe/Berlin", "12:00 am", "12:00–12:20 am"),
        (8, 0, "Asia/Kathmandu", "1:45 pm", "1:45–2:05 pm"),
    ],
)
def test_who_reads_twelve_hours_is_told_so(hour: int, minute: int, zone: str, alone: str, whole: str) -> None:
    assert plain(times.clock(meeting(hour, minute).start, zone, twelve_hour=True)) == alone
    assert plain(times.span(meeting(hour, minute), zone, twelve_hour=True)) == whole


def test_no_line_ends_between_a_time_and_its_half_of_the_day() -> None:
    assert times.span(meeting(10, 50), "Europe/Berlin", twelve_hour=True) == "11:50\u00a0am–12:10\u00a0pm"


def test_who_reads_24_hours_is_told_so() -> None:
    assert times.clock(meeting(13, 40).start, "Europe/Berlin") == "14:40"
    assert times.span(meeting(23), "Europe/Berlin") == "00:00–00:20"


def test_the_others_clock_is_told_in_the_readers_habit() -> None:
    said = times.elsewhere(meeting(22), "Asia/Tokyo", "Europe/Berlin", twelve_hour=True)
    assert plain(said) == "Fri 27 Nov, 7:00–7:20 am"


def test_the_strip_is_drawn_in_the_readers_habit() -> None:
    drawn = strip(meeting(10, 40), "Europe/Berlin", "Asia/Kathmandu", twelve_hour=True)
    assert [plain(tick.mine) for tick in drawn.ticks] == ["10 am", "11 am", "12 pm", "1 pm", "2 pm"]
    assert plain(drawn.ticks[0].theirs) == "2:45 pm"


def test_every_time_on_a_page_is_in_the_readers_habit() -> None:
    on = stage()
    client = as_person(application(on), MEMBER)
    texts = []
    for twelve_hour in (False, True):
        on.people[MEMBER] = replace(on.people[MEMBER], twelve_hour=twelve_hour)
        texts.append(plain(client.get(f"/suggestions/{THEIRS}").text))
    assert "15:40–16:00" in texts[0]
    assert "3:40–4:00 pm" in texts[1]
    assert "9:40–10:00 am" in texts[1], "the other's clock too"
    assert re.findall(r">[^<]*\b[0-9]{2}:[0-9]{2}\b[^<]*<", texts[1].replace("10:00 am", "")) == []


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
    ("text", "said"),
    [
        ("it fits", "It fits."),
        ("Is it?", "Is it?"),
        ("", ""),
        ("done…", "Done…"),
        ("done.", "Done."),
        ("smtp.example.org is away", "smtp.example.org is away."),
    ],
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
