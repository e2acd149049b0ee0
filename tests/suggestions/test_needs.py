"""What makes a need, and how likely it comes up again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mentoring.needs import Challenge, Need, Theme
from suggestions.needs import find_needs, outlook_of
from suggestions.outlook import Outlook
from suggestions.tracks import Meeting
from suggestions.watching import Habits, watch
from tests.suggestions.people import NOW, challenge, days_ago

HEARD = range(0, 400, 2)
DAYS = st.lists(st.integers(0, 200), min_size=1, max_size=30, unique=True)


def needs_of(*agos: float, zone: str = "UTC", least: int = 3, **more: Any) -> tuple[Need, ...]:
    """The needs of one person who wrote about one thing so many days ago each. heard: when of other things."""
    heard = more.pop("heard", ())
    written = [challenge(number, 1, "again", ago) for number, ago in enumerate(agos)]
    theme = Theme(4, "again", tuple(each.id for each in written))
    others = [challenge(1000 + number, 1, "", ago) for number, ago in enumerate(heard)]
    return find_needs([theme], written + others, NOW, {1: zone}, least, **more)


def chance(agos: Iterable[float], least: int, heard: Iterable[float]) -> float:
    """How likely it comes up again, before there is an organisation to learn from."""
    return needs_of(*agos, least=least, heard=heard, outlook=Outlook())[0].probability


def test_three_days_make_a_need() -> None:
    (need,) = needs_of(30, 20, 10)
    assert (need.person_id, need.theme_id, need.label, need.days) == (1, 4, "again", 3)
    assert need.evidence == (0, 1, 2)
    assert need.last_at == days_ago(10)


def test_three_notes_on_two_days_do_not() -> None:
    assert needs_of(30, 10, 10.1) == ()


def test_the_policy_says_how_many_days() -> None:
    assert needs_of(30, 20, 10, least=4) == ()
    assert len(needs_of(30, 20, least=2)) == 1


def test_days_are_the_persons_own_local_dates() -> None:
    late = [datetime(2026, 11, day, hour, tzinfo=UTC) for day, hour in ((9, 23), (10, 1), (12, 12))]
    written = [Challenge(number, 1, "again", at) for number, at in enumerate(late)]
    theme = Theme(1, "again", (0, 1, 2))
    assert len(find_needs([theme], written, NOW, {1: "UTC"})) == 1
    assert find_needs([theme], written, NOW, {1: "Europe/Berlin"}) == ()


def test_a_theme_of_several_people_is_a_need_only_of_those_to_whom_it_recurs() -> None:
    written = [challenge(number, 1, "again", number * 5) for number in range(3)] + [challenge(9, 2, "again", 3)]
    (need,) = find_needs([Theme(1, "again", (0, 1, 2, 9))], written, NOW)
    assert need.person_id == 1
    assert need.evidence == (2, 1, 0)


def test_what_is_written_after_the_moment_is_not_known_yet() -> None:
    assert needs_of(30, 20, -1) == ()


@given(DAYS)
def test_a_probability_is_one(days: list[int]) -> None:
    for need in needs_of(*days, least=2):
        assert 0 < need.probability < 1


@given(DAYS, st.sampled_from(["UTC", "Europe/Berlin", "America/St_Johns", "Pacific/Auckland"]))
def test_the_next_time_lies_ahead_and_within_its_interval(days: list[int], zone: str) -> None:
    for need in needs_of(*days, zone=zone, least=2):
        assert need.next_from is not None
        assert need.next_at is not None
        assert need.next_until is not None
        assert NOW - timedelta(hours=24) < need.next_from < need.next_at < need.next_until
        assert need.next_at > NOW


@given(DAYS)
def test_once_more_today_never_makes_it_less_likely(days: list[int]) -> None:
    """Of one more day long ago that is not so: who wrote of it daily and fell silent is likelier to be done with it."""
    before, after = sorted({*days, 1}), sorted({*days, 0, 1})
    assert chance(before, 0, heard=HEARD) <= chance(after, 0, heard=HEARD) + 1e-9


@given(DAYS, st.integers(1, 100))
def test_silence_about_it_never_makes_it_likelier(days: list[int], silent: int) -> None:
    later = [day + silent for day in days]
    assert chance(later, 0, heard=range(0, 400, 2)) <= chance(days, 0, heard=range(0, 400, 2)) + 1e-9


def test_who_is_back_from_some_weeks_away_was_not_cured_meanwhile() -> None:
    days, before = range(30, 120, 9), range(30, 400, 2)
    back, present = chance(days, 0, heard=[0, 1, *before]), chance(days, 0, heard=HEARD)
    assert back > 1.3 * present


def test_who_is_away_may_stay_away() -> None:
    days = range(30, 120, 9)
    away, back = chance(days, 0, heard=range(30, 400, 2)), chance(days, 0, heard=[0, 1, *range(30, 400, 2)])
    assert 0.3 * back < away < back


def test_a_weekend_is_no_silence_where_nobody_works_on_it() -> None:
    offices, always = Habits((1.4, 1.4, 1.4, 1.4, 1.4, 0.0, 0.0)), Habits()
    friday, monday = date(2026, 11, 20).toordinal(), date(2026, 11, 23).toordinal()
    passed = [float(watch([friday - 1, friday, monday], monday, each).runs[1:].sum()) for each in (offices, always)]
    assert passed == [pytest.approx(2.8), pytest.approx(4.0)]


def test_the_others_show_how_long_such_things_last() -> None:
    """Where nothing is heard of anything again after three days, three days promise little."""
    mine = [challenge(number, 1, "", number * 4 + 20) for number in range(3)]
    short = [challenge(100 + 3 * at + day, 10 + at, "", 100 + at + 4 * day) for at in range(60) for day in range(3)]
    short += [challenge(1000 + at, 10 + at, "", at % 20) for at in range(60)]
    lasting = [challenge(100 + 20 * at + day, 10 + at, "", 7 * day + at % 7) for at in range(60) for day in range(20)]

    def judged(others: list[Challenge]) -> float:
        themes = [Theme(1, "", tuple(each.id for each in mine))]
        themes += [
            Theme(at, "", tuple(c.id for c in others if c.person_id == at and c.id < 2000)) for at in range(10, 70)
        ]
        return next(need.probability for need in find_needs(themes, mine + others, NOW) if need.person_id == 1)

    assert judged(short) < 0.7 * judged(lasting)


def test_needs_do_not_depend_on_the_order_of_notes() -> None:
    written = [challenge(number, number % 2, "again", number * 3.5) for number in range(10)]
    themes = [Theme(1, "again", tuple(range(10)))]
    assert find_needs(themes, written, NOW) == find_needs(themes, written[::-1], NOW)


def test_every_week_is_likelier_than_every_other_month() -> None:
    weekly, rare = needs_of(*range(0, 84, 7))[0], needs_of(0, 60, 120)[0]
    assert weekly.probability > 0.8 > rare.probability
    assert weekly.last_at - timedelta(days=77) == days_ago(77)


def test_a_quarterly_review_is_foreseen_when_it_is_due_and_not_before() -> None:
    due = needs_of(*(90 + 91 * quarter - day for quarter in range(4) for day in (0, 1)), heard=HEARD)[0]
    past = needs_of(*(30 + 91 * quarter - day for quarter in range(4) for day in (0, 1)), heard=HEARD)[0]
    assert due.season_days == past.season_days == 91
    assert due.probability > 0.6 > 0.2 > past.probability
    assert due.next_at is not None
    assert past.next_at is not None
    assert due.next_at - NOW < timedelta(days=14) < timedelta(days=45) < past.next_at - NOW < timedelta(days=80)


def test_what_comes_up_ever_more_often_has_a_rising_trend() -> None:
    rising, falling = (needs_of(*ago, heard=HEARD)[0] for ago in ((0, 2, 4, 7, 11, 30, 60), (0, 30, 50, 55, 58, 60)))
    assert rising.trend > 0 > falling.trend


def test_the_rate_is_in_days_a_week() -> None:
    assert needs_of(*range(0, 140, 7), heard=HEARD)[0].rate == pytest.approx(1, abs=0.25)


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Asia/Kathmandu"])
def test_the_interval_is_of_whole_days_where_they_are_though_clocks_change(zone: str) -> None:
    at = datetime(2026, 10, 23, 12, tzinfo=UTC)
    written = [Challenge(number, 1, "", at - timedelta(days=2 * number)) for number in range(8)]
    (need,) = find_needs([Theme(1, "", tuple(range(8)))], written, at, {1: zone})
    for moment, hour in ((need.next_from, 0), (need.next_until, 0), (need.next_at, 12)):
        assert moment is not None
        assert moment.tzinfo is UTC
        there = moment.astimezone(ZoneInfo(zone))
        assert (there.hour, there.minute) == (hour, 0)


@pytest.mark.parametrize(
    ("what", "helped", "so"), [("nothing said", None, 0.7), ("it helped", True, 0.55), ("it did not", False, 1.0)]
)
def test_a_meeting_on_it_makes_it_less_likely(what: str, helped: bool | None, so: float) -> None:
    days = range(6, 120, 12)
    without = needs_of(*days, heard=HEARD)[0].probability
    met = needs_of(*days, heard=HEARD, meetings=[Meeting(1, 4, days_ago(3), helped)])[0].probability
    assert met == pytest.approx(so * without, rel=0.15), what


def test_a_meeting_counts_until_they_write_of_it_again() -> None:
    days = range(1, 120, 12)
    without, met = (needs_of(*days, heard=HEARD, meetings=each)[0] for each in ((), [Meeting(1, 4, days_ago(3))]))
    assert met == without


def test_meetings_that_did_not_help_teach_that_they_do_not() -> None:
    """Here everybody writes of it every ten days, meeting or not."""
    written = [challenge(40 * who + at, who, "", 10 * at + who % 5) for who in range(1, 41) for at in range(20)]
    themes = [Theme(1, "", tuple(each.id for each in written))]
    meetings = [Meeting(who, 1, days_ago(10 * at + who % 5 - 0.1)) for who in range(1, 41) for at in (3, 5, 7, 9)]
    learned = outlook_of(themes, written, NOW, meetings=meetings)
    assert learned.hindsight.cases > 100
    assert learned.hindsight.b[3] > outlook_of(themes, written, NOW).hindsight.b[3] + 0.2


def test_one_persons_needs_are_the_same_when_looked_at_alone() -> None:
    written = [challenge(100 * who + at, who, "", (9 + who) * at + who) for who in range(1, 8) for at in range(6)]
    themes = [Theme(1, "", tuple(each.id for each in written))]
    learned = outlook_of(themes, written, NOW)
    everybody = find_needs(themes, written, NOW)
    alone = find_needs(themes, [each for each in written if each.person_id == 3], NOW, outlook=learned)
    assert alone == tuple(each for each in everybody if each.person_id == 3)
