"""Each preference speaks for what people would choose and against what they would not, and says so."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mentoring.hours import DayHours, WeeklyHours
from mentoring.intervals import Interval
from mentoring.openings import Opening
from mentoring.people import Limits
from mentoring.policy import Policy, RuleSetting
from scheduler.grid import Frame
from scheduler.openings import Timetable, openings
from scheduler.participants import Participant, only_hours
from scheduler.ranking import TASTES
from tests.scheduler.people import between, nine_to_five, participants, someone, windows

WEEK = Frame(between("2026-11-30 00:00", "2026-12-05 00:00"))
MONDAY = Frame(between("2026-11-30 00:00", "2026-12-01 00:00"))
EVERYBODY_ELSE = someone(2)


def ranked(person: Participant, frame: Frame = MONDAY, other: Participant = EVERYBODY_ELSE) -> tuple[Opening, ...]:
    return openings(person, other, frame, frame.window.start)


def points(taste: str, person: Participant, start: str, frame: Frame = MONDAY) -> float:
    """What one preference adds for the opening that starts then; 0 where it does not matter."""
    (found,) = [each for each in ranked(person, frame) if each.interval.start.strftime("%d %H:%M") == start]
    return sum(reason.points for reason in found.reasons if reason.name == taste)


MEETINGS = (between("2026-11-30 10:00", "2026-11-30 11:00"), between("2026-11-30 11:30", "2026-11-30 12:00"))


@pytest.mark.parametrize(
    ("taste", "person", "better", "worse"),
    [
        ("leaves_long_stretches_whole", someone(busy=MEETINGS), "30 12:00", "30 14:20"),
        ("leaves_long_stretches_whole", someone(busy=MEETINGS), "30 11:05", "30 14:20"),
        ("leaves_long_stretches_whole", someone(busy=MEETINGS), "30 16:40", "30 14:20"),
        ("is_near_other_meetings", someone(busy=MEETINGS), "30 12:00", "30 16:00"),
        ("is_near_other_meetings", someone(booked=MEETINGS[:1]), "30 11:00", "30 16:00"),
        ("is_mid_hours", someone(), "30 12:00", "30 09:00"),
        ("is_mid_hours", someone(), "30 12:00", "30 16:40"),
        ("is_at_a_preferred_time", someone(1, Limits(nine_to_five(), 0, 0, preferred=(DayHours(600, 660),))),
         "30 10:40", "30 10:45"),
        ("is_at_a_preferred_time", someone(1, Limits(nine_to_five(), 0, 0, preferred=(DayHours(600, 660),))),
         "30 10:00", "30 09:55"),
        ("comes_soon", someone(), "30 09:00", "30 16:40"),
    ],
)  # fmt: skip
def test_a_preference_tells_better_from_worse(taste: str, person: Participant, better: str, worse: str) -> None:
    assert points(taste, person, better) > points(taste, person, worse)


@pytest.mark.parametrize(
    ("taste", "person", "start"),
    [
        ("is_near_other_meetings", someone(), "30 12:00"),
        ("is_at_a_preferred_time", someone(), "30 12:00"),
    ],
)
def test_a_preference_that_does_not_matter_is_silent(taste: str, person: Participant, start: str) -> None:
    assert points(taste, person, start) == 0


def test_a_time_before_it_comes_up_again_is_better_than_any_after() -> None:
    friday = Frame(between("2026-11-30 00:00", "2026-12-05 00:00"))
    table = Timetable([someone(1), someone(2)], friday, friday.window.start)
    before = between("2026-12-02 12:00", "2026-12-02 13:00").start
    found = table.openings(1, 2, before=before)
    in_time = {each.interval: {one.name: one.words for one in each.reasons}["comes_in_time"] for each in found}
    for interval, words in in_time.items():
        early = interval.end <= before
        assert words == ("before it probably comes up again" if early else "after it has probably come up again")
    assert found[0].interval.end <= before
    assert {each.interval for each in found} == {each.interval for each in table.openings(1, 2)}


@pytest.mark.parametrize("day", ["2026-11-29", "2026-12-06"])
def test_where_all_times_are_in_time_or_none_it_does_not_matter(day: str) -> None:
    table = Timetable([someone(1), someone(2)], WEEK, WEEK.window.start)
    before = between(f"{day} 12:00", f"{day} 13:00").start
    assert table.openings(1, 2, before=before) == table.openings(1, 2)


def test_whether_it_is_in_time_can_be_of_no_matter() -> None:
    table = Timetable([someone(1), someone(2)], WEEK, WEEK.window.start)
    before = between("2026-12-02 12:00", "2026-12-02 13:00").start
    without = ("comes_in_time",)
    assert table.openings(1, 2, without=without, before=before) == table.openings(1, 2)


def test_every_preference_is_tested_and_has_words_for_both_ways() -> None:
    assert {taste.name for taste in TASTES} == {
        "leaves_long_stretches_whole",
        "is_near_other_meetings",
        "is_mid_hours",
        "is_at_a_preferred_time",
        "comes_soon",
    }
    assert all(taste.good and taste.bad and taste.good != taste.bad for taste in TASTES)


def test_the_words_follow_the_sign() -> None:
    by_start = {f"{each.interval.start:%H:%M}": each for each in ranked(someone(busy=MEETINGS))}
    words = {reason.name: reason.words for reason in by_start["14:20"].reasons}
    assert words["leaves_long_stretches_whole"] == "splits a long free stretch"
    assert words["is_mid_hours"] == "well inside both working days"


def test_mid_hours_are_those_of_both() -> None:
    """Noon is the middle of one day, and the very start of the other's."""
    afternoons = someone(2, only_hours(WeeklyHours.every("UTC", (DayHours(12 * 60, 20 * 60),))))
    at_noon = next(each for each in ranked(someone(), MONDAY, afternoons) if each.interval.start.hour == 12)
    assert {reason.name: reason.points for reason in at_noon.reasons}["is_mid_hours"] < 0


def test_a_preferred_time_is_by_the_owners_own_clock() -> None:
    limits = Limits(nine_to_five("Asia/Kathmandu"), 0, 0, preferred=(DayHours(16 * 60, 17 * 60),))
    best = ranked(someone(1, limits))[0].interval
    assert best.start.strftime("%H:%M") in {
        "10:15",
        "10:20",
        "10:25",
        "10:30",
        "10:35",
        "10:40",
        "10:45",
        "10:50",
        "10:55",
    }


def test_the_best_come_first_and_equally_good_ones_in_time_order() -> None:
    found = ranked(someone(busy=MEETINGS), WEEK)
    assert list(found) == sorted(found, key=lambda each: (-each.score, each.interval.start))


def test_a_policy_can_weigh_a_preference_otherwise() -> None:
    patient = Policy(rules=(RuleSetting("comes_soon", value=-50.0),))
    found = openings(someone(), EVERYBODY_ELSE, WEEK, WEEK.window.start, most=1, weight=patient.weight)
    assert found[0].interval == between("2026-12-04 16:40", "2026-12-04 17:00")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_a_score_is_the_sum_of_its_reasons_whoever_asks(data: st.DataObject) -> None:
    frame = Frame(data.draw(windows()), 15, 30)
    a, b = (data.draw(participants(number, frame.window)) for number in (1, 2))
    found = openings(a, b, frame, frame.window.start)
    assert all(each.score == pytest.approx(sum(reason.points for reason in each.reasons)) for each in found)
    assert found == openings(b, a, frame, frame.window.start)
    assert len({each.interval for each in found}) == len(found)


def test_an_opening_is_a_whole_session() -> None:
    assert all(
        each.interval == Interval.lasting(each.interval.start, 20) for each in ranked(someone(), WEEK, someone(2))
    )
