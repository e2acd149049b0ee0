"""Measures on cases made by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import inf

import numpy as np
import pytest

from tests.simulation.calendars import moment
from tests.simulation.contenders import Outcome, Proposed, Seen
from tests.simulation.measures import MEASURES, estimate, gini, least_tenth, measure
from tests.simulation.minds import Said
from tests.simulation.occurrences import Need
from tests.simulation.play import Record, play
from tests.simulation.running import QUICK, Scale, run
from tests.simulation.telling import report
from tests.simulation.world import World, make
from tests.simulation.worlds import WORLDS


@pytest.mark.parametrize(
    ("values", "expected"), [([1, 1, 1, 1], 0.0), ([0, 0, 0, 4], 0.75), ([0, 1, 1, 2], 0.375), ([0, 0], 1.0)]
)
def test_gini(values: list[float], expected: float) -> None:
    assert gini(np.array(values, float)) == pytest.approx(expected)


def test_the_least_offered_tenth_is_told_as_a_part_of_the_mean() -> None:
    assert least_tenth(np.array([2.0] * 20)) == 1.0
    assert least_tenth(np.array([1.0, 3.0] + [2.0] * 18)) == pytest.approx(0.75)
    assert least_tenth(np.array([0.0] * 2 + [2.0] * 18)) == 0.0
    assert least_tenth(np.array([0.0, 0.0])) == 0.0


def test_intervals_are_students() -> None:
    found = estimate([1.0, 2.0, 3.0, 4.0])
    assert found.mean == 2.5
    assert found.reach == pytest.approx(3.182 * 1.2910 / 2, rel=1e-3)
    assert estimate([1.0]).reach == inf
    assert not estimate([1.0]).clear


def small_world() -> World:
    """One mentee, whose need comes up on four days; the others know all about it. A meeting lasts ten days."""
    world = make(WORLDS["plain"](), 20, 8, 1)
    people = world.people
    knows = np.ones_like(people.knows)
    knows[0] = 0.0
    first = np.arange(20) == 0
    there = replace(
        people, knows=knows, mentee=first, mentor=~first, joins=np.full(20, -200), leaves=np.full(20, 900),
        paused=np.tile([0, -1], (20, 1)), never_with=np.full(20, -1), languages=np.ones(20, int),
        generous=np.full(20, 50.0), willing=np.full(20, 50.0), answers=np.full(20, 1.0), averse=people.averse & False,
    )  # fmt: skip
    nature = replace(world.nature, expertise_helps=1000.0, lasting_growth=1.0, silence_tells=0.0)
    need = Need(0, 5, (-20, -3, 22, 50), 10.0)
    passing = Need(0, 6, (30,), 0.0, recurs=False)
    return replace(world, people=there, nature=nature, needs=(need, passing))


class Eager:
    """Proposes the mentee to anybody in the weeks it is told."""

    name = "eager"

    def __init__(self, *weeks: int, theme: int | None = 5) -> None:
        self.weeks, self.theme = weeks, theme

    def propose(self, seen: Seen) -> Sequence[Proposed]:
        for mentor in range(1, 20) if seen.week in self.weeks else ():
            times = seen.booked.openings(0, mentor, seen.window)
            if len(times):
                return [Proposed(0, mentor, self.theme, int(times[0]))]
        return ()

    def told(self, outcomes: Sequence[Outcome]) -> None:
        """Does not listen."""


@pytest.mark.parametrize(
    ("weeks", "theme", "met"),
    [
        pytest.param((), 5, [False, False], id="nobody meets, nothing is met"),
        pytest.param((1,), 5, [True, False], id="held since it last came up: the next time is met, that after is not"),
        pytest.param((0, 5), 5, [True, True], id="once before each"),
        pytest.param((1,), 6, [False, False], id="about something else"),
    ],
)
def test_a_need_is_met_where_a_meeting_that_helped_came_before_it_came_up_again(
    weeks: tuple[int, ...], theme: int, met: list[bool]
) -> None:
    record = play(small_world(), Eager(*weeks, theme=theme))
    assert [(each.day, each.met) for each in record.again] == list(zip((22, 50), met, strict=True))
    assert all(each.held for each in record.outcomes)


def test_what_comes_up_only_once_is_nobodys_to_foresee() -> None:
    world = small_world()
    record = play(replace(world, needs=(Need(0, 5, (9,), 10.0),)), Eager(0, 1))
    assert record.again == ()


def test_what_helped_lasts_over_several_occurrences() -> None:
    world = small_world()
    need = Need(0, 5, (-3, 22, 24, 26, 50), 20.0)
    record = play(replace(world, needs=(need,)), Eager(1))
    assert [each.met for each in record.again] == [True, True, True, False]


def outcome(mentee: int, mentor: int, said: Said, mentor_said: Said | None = None, held: bool | None = None) -> Outcome:
    return Outcome(Proposed(mentee, mentor, 1, 100), 0, moment(100), said, mentor_said, held=held)


def test_acceptance_takes_both_and_messages_are_counted_for_each_meeting_held() -> None:
    world = small_world()
    outcomes = (
        outcome(0, 1, Said.NOTHING),
        outcome(0, 2, Said.NO),
        outcome(0, 3, Said.YES, Said.NO),
        outcome(0, 4, Said.YES, Said.YES, True),
    )
    found = measure(world, Record(outcomes, (), messages=7, helped=1))
    assert found["acceptance"] == 0.25
    assert found["messages"] == 7
    assert found["meetings"] == 1
    assert found["helping"] == 1
    assert found["mentor_gini"] == pytest.approx(1 - 1 / 19)


def test_a_refusal_by_the_mentor_costs_a_cancellation() -> None:
    world = small_world()
    refusing = replace(world, people=replace(world.people, generous=np.full(20, -50.0)))
    assert play(world, Eager(1)).messages == 2
    assert play(refusing, Eager(1)).messages == 3


def test_every_measure_of_every_world_is_told_with_its_interval_and_no_loss_is_left_out() -> None:
    small = Scale(40, 3, 2)
    results = run(small)
    told = "\n".join(report(results, small))
    assert all(measure.name in told for measure in MEASURES.values())
    assert told.count("World “") == len(WORLDS)


def test_losses_are_told_clear_or_not() -> None:
    runs = [dict.fromkeys(MEASURES, 1.0) | {"needs_met": value} for value in (0.5, 0.52)]
    better = [dict.fromkeys(MEASURES, 1.0) | {"needs_met": value} for value in (0.6, 0.62)]
    told = list(report({"plain": {"Interlude": runs, "coffee": better}}, QUICK))
    assert told[told.index("Losses: every measure in which Interlude is worse than another") + 1 :] == [
        "  plain: needs met, against coffee: −0.100 ± 0.000"
    ]
