"""What makes a need, and how likely it comes up again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from mentoring.needs import Challenge, Need, Theme
from suggestions.needs import Watched, chance_again, find_needs, watched
from tests.suggestions.people import NOW, challenge, days_ago

RATE = 1 / 20
DAYS = st.lists(st.integers(0, 200), min_size=1, max_size=30, unique=True)


def needs_of(*agos: float, zone: str = "UTC", least: int = 3) -> tuple[Need, ...]:
    """The needs of one person who wrote about one thing so many days ago each."""
    written = [challenge(number, 1, "again", ago) for number, ago in enumerate(agos)]
    theme = Theme(4, "again", tuple(each.id for each in written))
    return find_needs([theme], written, NOW, {1: zone}, least)


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
    assert 0 < chance_again(watched([1000 - day for day in days], 700, 1000), RATE) < 1


@given(DAYS, st.integers(0, 200))
def test_one_more_day_never_makes_it_less_likely(days: list[int], more: int) -> None:
    before, after = ([1000 - day for day in each] for each in (days, {*days, more}))
    assert chance_again(watched(after, 700, 1000), RATE) >= chance_again(watched(before, 700, 1000), RATE)


@given(DAYS, st.integers(1, 100))
def test_silence_never_makes_it_likelier(days: list[int], silent: int) -> None:
    known = [1000 - day for day in days]
    now, later = (chance_again(watched(known, 700, today), RATE) for today in (1000, 1000 + silent))
    assert later <= now


@given(st.lists(st.integers(40, 200), min_size=1, unique=True), st.integers(1, 39))
def test_the_same_days_more_lately_are_likelier(days: list[int], by: int) -> None:
    then, lately = ([1000 - day + shift for day in days] for shift in (0, by))
    assert chance_again(watched(lately, 700, 1000), RATE) > chance_again(watched(then, 700, 1000), RATE)


def test_somebody_with_little_history_is_judged_by_the_others() -> None:
    little = Watched(0.0, 0.0)
    assert chance_again(little, 1 / 10) > chance_again(little, 1 / 100)


def test_needs_do_not_depend_on_the_order_of_notes() -> None:
    written = [challenge(number, number % 2, "again", number * 3.5) for number in range(10)]
    themes = [Theme(1, "again", tuple(range(10)))]
    assert find_needs(themes, written, NOW) == find_needs(themes, written[::-1], NOW)


def test_every_week_is_likelier_than_every_other_month() -> None:
    weekly, rare = needs_of(*range(0, 84, 7))[0], needs_of(0, 60, 120)[0]
    assert weekly.probability > 0.8 > rare.probability
    assert weekly.last_at - timedelta(days=77) == days_ago(77)
