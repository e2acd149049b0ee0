"""Assignment: nobody twice, nobody beyond their limits, nobody forbidden, and as many and as good as can be."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import combinations, product
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mentoring.hours import DayHours, WeeklyHours
from mentoring.intervals import Interval
from mentoring.openings import Opening
from mentoring.people import Limits
from scheduler.assignment import Assignment, Candidate, Chosen, assign
from scheduler.auction import Market, auction
from scheduler.participants import Participant
from tests.bench.rounds import large_round
from tests.reference.matching_plain import most_seated
from tests.scheduler.people import at, between, someone

MENTORS = (101, 102, 103)
ALWAYS = WeeklyHours.every("UTC", (DayHours(0, 1440),), range(7))

Placed = tuple[Candidate, Opening]


def openings(*starts: str, score: float = 0.0) -> tuple[Opening, ...]:
    """Twenty minutes at each of those times, "30 09:00" in November 2026, equally good."""
    return tuple(Opening(Interval.lasting(at(f"2026-11-{start}"), 20), score) for start in starts)


def candidate(mentee: int, mentor: int, *starts: str, score: float = 1.0) -> Candidate:
    return Candidate(mentee, mentor, 1, score, openings(*starts))


def limits(per_day: int = 9, per_week: int = 9, per_month: int = 9, buffer: int = 0, zone: str = "UTC") -> Limits:
    hours = WeeklyHours.every(zone, (DayHours(0, 1440),), range(7))
    return Limits(hours, buffer, 0, per_day, per_week, per_month)


def everybody(candidates: Sequence[Candidate], own: dict[int, Limits] | None = None) -> dict[int, Participant]:
    """Nobody is limited by more than they say."""
    ids = {person_id for each in candidates for person_id in (each.mentee_id, each.mentor_id)}
    return {person_id: someone(person_id, (own or {}).get(person_id, limits())) for person_id in ids}


def arranged(
    candidates: Sequence[Candidate], seats: int = 1, own: dict[int, Limits] | None = None
) -> list[tuple[int, int, str]]:
    """Who meets whom when."""
    result = assign(candidates, everybody(candidates, own), dict.fromkeys((*MENTORS, 1, 2, 3), seats))
    placed = [(candidates[each.candidate], each) for each in result.chosen]
    return [
        (who.mentee_id, who.mentor_id, f"{who.openings[each.opening].interval.start:%d %H:%M}") for who, each in placed
    ]


def test_the_better_mentor_goes_to_who_needs_them_more() -> None:
    asked = [candidate(1, 101, "30 09:00", score=5), candidate(1, 102, "30 09:00", score=4),
             candidate(2, 101, "30 09:00", score=5), candidate(2, 102, "30 09:00", score=1)]  # fmt: skip
    assert arranged(asked) == [(1, 102, "30 09:00"), (2, 101, "30 09:00")]


def test_nobody_is_left_out_because_somebody_came_first() -> None:
    asked = [candidate(1, 101, "30 09:00", "30 10:00"), candidate(2, 101, "30 09:00")]
    assert arranged(asked, seats=2) == [(1, 101, "30 10:00"), (2, 101, "30 09:00")]


def test_somebody_already_placed_gives_way_to_another_mentor() -> None:
    asked = [candidate(1, 101, "30 09:00", score=5), candidate(1, 102, "30 09:00", score=4),
             candidate(2, 101, "30 09:00", score=5)]  # fmt: skip
    assert arranged(asked, seats=2) == [(1, 102, "30 09:00"), (2, 101, "30 09:00")]


@pytest.mark.parametrize(
    ("own", "times", "expected"),
    [
        (limits(), ("30 09:00", "30 09:20"), 2),
        (limits(buffer=5), ("30 09:00", "30 09:20"), 1),
        (limits(buffer=5), ("30 09:00", "30 09:25"), 2),
        (limits(per_day=1), ("30 09:00", "30 15:00"), 1),
        (limits(per_day=1), ("29 23:40", "30 00:00"), 2),
        (limits(per_day=1, zone="Asia/Kathmandu"), ("29 23:40", "30 00:00"), 1),
        (limits(per_day=1, zone="Asia/Kathmandu"), ("30 18:00", "30 18:15"), 1),
        (limits(per_day=1, zone="Asia/Kathmandu"), ("30 17:50", "30 18:20"), 2),
        (limits(per_week=1), ("23 09:00", "29 09:00"), 1),
        (limits(per_week=1), ("29 09:00", "30 09:00"), 2),
        (limits(per_month=1), ("02 09:00", "30 09:00"), 1),
    ],
)
def test_a_mentors_limits_hold_among_the_meetings_of_one_round(
    own: Limits, times: tuple[str, str], expected: int
) -> None:
    asked = [candidate(1, 101, times[0]), candidate(2, 101, times[1])]
    assert len(arranged(asked, seats=2, own={101: own})) == expected


def test_who_helps_and_is_helped_is_one_person() -> None:
    """Person 2 is a mentee of 101 and a mentor of 1: never at one time, and both count for the day."""
    asked = [candidate(1, 2, "30 09:00"), candidate(2, 101, "30 09:00", "30 10:00")]
    assert arranged(asked) == [(1, 2, "30 09:00"), (2, 101, "30 10:00")]
    assert len(arranged(asked, own={2: limits(per_day=1)})) == 1


def test_what_was_booked_before_counts() -> None:
    asked = [candidate(1, 101, "30 09:00", "30 10:00")]
    people = everybody(asked)
    people[101] = someone(101, limits(), booked=(between("2026-11-30 09:10", "2026-11-30 09:30"),))
    assert assign(asked, people, {101: 1}).chosen == (Chosen(0, 1),)
    people[101] = someone(101, limits(per_month=1), booked=(between("2026-11-01 09:10", "2026-11-01 09:30"),))
    assert assign(asked, people, {101: 1}).chosen == ()


def test_nothing_to_choose_from_is_no_error() -> None:
    assert assign([], {}, {}) == Assignment((), 0.0, 0.0)
    assert arranged([candidate(1, 101)]) == []
    assert arranged([candidate(1, 101, "30 09:00")], seats=0) == []


def test_a_mentor_without_seats_given_is_an_error() -> None:
    asked = [candidate(1, 101, "30 09:00")]
    with pytest.raises(KeyError):
        assign(asked, everybody(asked), {})


TIMES = ("28 23:50", "29 00:00", "29 00:10", "29 12:00", "30 09:00", "30 09:20", "30 23:45")


@st.composite
def small_rounds(
    draw: st.DrawFn, scores: st.SearchStrategy[float]
) -> tuple[list[Candidate], dict[int, Participant], dict[int, int]]:
    """Up to four mentees and three mentors, person 1 perhaps in both roles, with limits that bite."""
    pairs = draw(st.sets(st.tuples(st.integers(1, 4), st.sampled_from((*MENTORS, 1))), max_size=8))
    asked = []
    for mentee, mentor in sorted(pair for pair in pairs if pair[0] != pair[1]):
        times = draw(st.lists(st.sampled_from(TIMES), max_size=3, unique=True))
        found = [Opening(openings(time)[0].interval, draw(scores)) for time in times]
        ranked = sorted(found, key=lambda opening: -opening.score)
        asked.append(Candidate(mentee, mentor, 1, draw(scores), tuple(ranked)))
    own = {
        person_id: limits(
            draw(st.sampled_from((1, 1, 2))),
            draw(st.sampled_from((1, 2, 9))),
            buffer=draw(st.sampled_from((0, 5, 10))),
            zone=draw(st.sampled_from(("UTC", "Asia/Kathmandu", "America/New_York"))),
        )
        for person_id in (1, 2, 3, 4, *MENTORS)
    }
    seats = {person_id: draw(st.integers(0, 3)) for person_id in (*MENTORS, 1)}
    return asked, everybody(asked, own), seats


def is_legal(placed: Sequence[Placed], people: dict[int, Participant], seats: dict[int, int]) -> bool:
    """Every promise of the assignment, checked one by one in plain code."""
    mentees = Counter(who.mentee_id for who, _ in placed)
    mentors = Counter(who.mentor_id for who, _ in placed)
    if any(count > 1 for count in mentees.values()) or any(mentors[each] > seats[each] for each in mentors):
        return False
    held: dict[int, list[Interval]] = {}
    for who, opening in placed:
        for person_id in (who.mentee_id, who.mentor_id):
            held.setdefault(person_id, []).append(opening.interval)
    return all(keeps_limits(people[person_id], intervals) for person_id, intervals in held.items())


def keeps_limits(person: Participant, intervals: list[Interval]) -> bool:
    buffer = timedelta(minutes=person.limits.buffer_minutes)
    tz = ZoneInfo(person.limits.zone)
    days = [interval.start.astimezone(tz).date() for interval in intervals]
    return (
        all(one.end + buffer <= two.start or two.end + buffer <= one.start for one, two in combinations(intervals, 2))
        and max(Counter(days).values()) <= person.limits.per_day
        and max(Counter(day.isocalendar()[:2] for day in days).values()) <= person.limits.per_week
    )


def every_legal(
    asked: list[Candidate], people: dict[int, Participant], seats: dict[int, int]
) -> Iterator[tuple[Placed, ...]]:
    """All there is: for each mentee nobody, or one of their candidates at one of its times."""
    choices: dict[int, list[Placed | None]] = {each.mentee_id: [None] for each in asked}
    for who in asked:
        choices[who.mentee_id] += [(who, opening) for opening in who.openings]
    for picks in product(*choices.values()):
        placed = tuple(pick for pick in picks if pick)
        if is_legal(placed, people, seats):
            yield placed


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(small_rounds(st.one_of(st.just(1.0), st.floats(0, 5).map(lambda score: round(score, 2)))))
def test_everybody_is_matched_who_can_be(
    case: tuple[list[Candidate], dict[int, Participant], dict[int, int]],
) -> None:
    result = assign(*case)
    assert len(result.chosen) == max(len(placed) for placed in every_legal(*case))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_as_many_are_matched_as_seats_allow_however_differently_they_are_wished_for(seed: int) -> None:
    """Where times do not matter: against an exact matching, with scores that tempt to leave somebody out."""
    rng = random.Random(seed)
    mentees, mentors = range(1, rng.choice((6, 12, 30)) + 1), range(1001, 1001 + rng.choice((5, 10, 28)))
    popular = [rng.random() ** 3 for _ in mentors]
    wanted = {each: sorted(set(rng.choices(mentors, popular, k=rng.randint(1, 4)))) for each in mentees}
    seats = {each: rng.randint(0, 2) for each in mentors}
    times = [Interval.lasting(at("2026-11-02 00:00") + timedelta(hours=12 * number), 20) for number in range(40)]
    asked = [
        Candidate(mentee, mentor, 1, rng.random() ** 3 * 5, tuple(Opening(each) for each in rng.sample(times, 30)))
        for mentee, theirs in wanted.items()
        for mentor in theirs
    ]
    assert len(assign(asked, everybody(asked), seats).chosen) == most_seated(wanted, seats)


def test_a_chain_of_many_gives_way_to_one() -> None:
    """Each of twenty has the mentor that the next could only have; the last mentor has nobody, and is liked least."""
    chain = [candidate(each, 100 + each, "30 09:00", score=5) for each in range(1, 21)]
    chain += [candidate(each, 101 + each, "30 09:00", score=0) for each in range(1, 21)]
    first = candidate(21, 101, "30 09:00", score=0)
    seats = {100 + each: 1 for each in range(1, 22)}
    asked = [*chain, first]
    assert len(assign(asked, everybody(asked), seats).chosen) == 21


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(small_rounds(st.floats(0, 5).map(lambda score: round(score, 2))))
def test_what_is_chosen_is_legal_and_as_good_as_it_says(
    case: tuple[list[Candidate], dict[int, Participant], dict[int, int]],
) -> None:
    asked, people, seats = case
    result = assign(*case)
    placed = tuple((asked[each.candidate], asked[each.candidate].openings[each.opening]) for each in result.chosen)
    assert is_legal(placed, people, seats)
    worth = [each.score + opening.score for each in asked for opening in each.openings]
    lift = ((max(worth) - min(worth)) or 1.0) - min(worth) if worth else 0.0
    values = [sum(who.score + opening.score + lift for who, opening in each) for each in every_legal(*case)]
    assert result.total == pytest.approx(sum(who.score + opening.score + lift for who, opening in placed))
    assert max(values) <= result.bound + 1e-6
    assert result.total >= 0.85 * max(values)
    assert 0 <= result.gap <= 1
    assert result == assign(*case)


def test_hundreds_are_placed_within_one_per_cent_of_the_best() -> None:
    asked, people, seats = large_round(300)
    result = assign(asked, people, seats)
    placed = [(asked[each.candidate], asked[each.candidate].openings[each.opening]) for each in result.chosen]
    assert is_legal(placed, people, {mentor: min(seats[mentor], 2) for mentor in seats})
    possible = sum(min(number, 2) for number in seats.values())
    assert len(placed) >= 0.97 * min(300, possible)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_an_auction_is_as_good_as_trying_everything(seed: int) -> None:
    rng = np.random.default_rng(seed)
    value = np.where(rng.random((4, 3)) < 0.7, rng.random((4, 3)).round(2), -1.0)
    seats = rng.integers(0, 3, 3)
    market = Market(np.tile(np.arange(3), (4, 1)), value, seats)
    sale = auction(market)
    total = sum(value[mentee, choice] for mentee, choice in enumerate(sale.chosen) if choice >= 0)
    best = max(
        sum(value[mentee, choice] for mentee, choice in enumerate(picks) if choice < 3)
        for picks in product(range(4), repeat=4)
        if all(picks.count(mentor) <= seats[mentor] for mentor in range(3))
    )
    assert best - 4 * 0.001 - 1e-9 <= total <= best + 1e-9
    assert best <= market.bound(sale.prices) + 1e-9
    assert np.all(np.bincount(sale.chosen[sale.chosen >= 0], minlength=3) <= seats)
