"""Every contender plays by the same hard rules, in the same world, with the same luck."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from tests.simulation.calendars import A_DAY, CLOSES, OPENS, Window, moment, slot_of
from tests.simulation.contenders import Contender, Facts, Outcome, Proposed, Seen
from tests.simulation.minds import Said
from tests.simulation.play import Record, facts_of, play
from tests.simulation.population import Truths
from tests.simulation.running import CONTENDERS, Entering
from tests.simulation.world import World, make
from tests.simulation.worlds import WORLDS

PEOPLE, WEEKS, SEED = 60, 6, 3

every_contender = pytest.mark.parametrize("enter", CONTENDERS, ids=lambda one: one.__name__)


@cache
def world_of(name: str = "plain", seed: int = SEED) -> World:
    return make(WORLDS[name](), PEOPLE, WEEKS, seed)


@cache
def played(enter: Entering, name: str = "plain", seed: int = SEED) -> Record:
    world = world_of(name, seed)
    return play(world, enter(facts_of(world), seed))


def runs(enter: Entering) -> Iterator[tuple[World, Record]]:
    for name in WORLDS:
        yield world_of(name), played(enter, name)


@every_contender
def test_it_proposes_something_in_every_world(enter: Entering) -> None:
    assert all(record.outcomes for _, record in runs(enter))


@every_contender
def test_nobody_is_proposed_in_a_role_they_did_not_opt_in_to_nor_while_away_or_paused(enter: Entering) -> None:
    for world, record in runs(enter):
        people = world.people
        for each in record.outcomes:
            assert people.mentee[each.proposed.mentee]
            assert people.mentor[each.proposed.mentor]
            for one in (each.proposed.mentee, each.proposed.mentor):
                day = each.week * 7
                assert people.joins[one] <= day < people.leaves[one]
                assert not people.paused[one, 0] <= day <= people.paused[one, 1]


@every_contender
def test_times_are_free_for_both_within_their_hours_and_neither_too_soon_nor_too_late(enter: Entering) -> None:
    for world, record in runs(enter):
        zones = list(world.nature.zones)
        for each in record.outcomes:
            slot, window = each.proposed.slot, Window.of_week(each.week)
            assert window.begins <= slot < window.ends
            for one in (each.proposed.mentee, each.proposed.mentor):
                local = moment(slot).astimezone(ZoneInfo(zones[world.people.zone[one]]))
                assert local.weekday() < 5
                assert OPENS <= local.hour * 2 + local.minute // 30 < CLOSES
                assert world.free[one, slot]


@every_contender
def test_nobody_is_in_two_places_at_once_and_caps_hold_in_everybodys_own_zone(enter: Entering) -> None:
    for world, record in runs(enter):
        zones = list(world.nature.zones)
        booked: dict[int, list[int]] = {}
        for each in record.outcomes:
            if each.agreed and each.held is not False:
                for one in (each.proposed.mentee, each.proposed.mentor):
                    booked.setdefault(one, []).append(each.proposed.slot)
        for person, slots in booked.items():
            local = [moment(slot).astimezone(ZoneInfo(zones[world.people.zone[person]])) for slot in slots]
            assert len(set(slots)) == len(slots)
            assert most(each.date() for each in local) <= 1
            assert most(each.isocalendar()[:2] for each in local) <= 2
            assert most((each.year, each.month) for each in local) <= world.people.per_month[person]


def most(periods: Iterator[object]) -> int:
    return max(Counter(periods).values(), default=0)


@every_contender
def test_a_mentee_has_one_open_suggestion_and_a_mentor_two_requests(enter: Entering) -> None:
    for _, record in runs(enter):
        for week in range(WEEKS):
            began = moment(week * 7 * A_DAY + 12)
            open_ = [
                each
                for each in record.outcomes
                if each.week == week or (each.week < week and each.agreed and moment(each.proposed.slot) > began)
            ]
            assert most(each.proposed.mentee for each in open_) <= 1
            assert most(each.proposed.mentor for each in open_) <= 2


@every_contender
def test_the_same_seed_gives_the_same_run_and_another_seed_another(enter: Entering) -> None:
    world = make(WORLDS["plain"](), PEOPLE, WEEKS, SEED)
    again = play(world, enter(facts_of(world), SEED))
    assert again == played(enter)
    assert again != played(enter, "plain", SEED + 1)


def test_the_same_needs_come_up_again_on_the_same_days_for_every_contender() -> None:
    for name in WORLDS:
        days = {tuple((one.person, one.topic, one.day) for one in played(each, name).again) for each in CONTENDERS}
        assert len(days) == 1


class Once:
    """Proposes one thing in the first week."""

    name = "once"

    def __init__(self, *proposed: Proposed) -> None:
        self.proposed = proposed
        self.heard: list[Outcome] = []

    def propose(self, seen: Seen) -> Sequence[Proposed]:
        return self.proposed if seen.week == 0 else ()

    def told(self, outcomes: Sequence[Outcome]) -> None:
        self.heard += outcomes


def something_possible(world: World, number: int) -> list[Proposed]:
    """The first so many that any baseline proposed."""
    return [each.proposed for each in played(CONTENDERS[0]).outcomes if each.week == 0][:number]


def test_the_same_offer_meets_the_same_luck_whatever_else_is_offered() -> None:
    world = world_of()
    three = something_possible(world, 3)
    together = play(world, Once(*three)).outcomes
    for number, each in enumerate(three):
        assert play(world, Once(each)).outcomes == (together[number],)


def test_a_contender_is_told_what_became_of_what_it_proposed() -> None:
    world = world_of()
    contender = Once(*something_possible(world, 20))
    record = play(world, contender)
    assert {each.proposed for each in contender.heard} == set(contender.proposed)
    assert any(each.mentee_said is not Said.YES for each in contender.heard)
    assert all(each.held is None or each.agreed for each in contender.heard)
    assert set(contender.heard) >= set(record.outcomes)


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param(lambda one, world: replace(one, mentor=one.mentee), id="nobody mentors themselves"),
        pytest.param(lambda one, world: replace(one, slot=slot_of(moment(0)) + 13), id="not without notice"),
        pytest.param(lambda one, world: replace(one, slot=Window.of_week(0).ends), id="not beyond the horizon"),
        pytest.param(lambda one, world: replace(one, mentor=row_without(world.people.mentor)), id="not without opt-in"),
        pytest.param(lambda one, world: replace(one, slot=taken(world, one.mentee)), id="not when somebody is busy"),
    ],
)
def test_what_the_rules_forbid_is_refused(
    broken: Callable[[Proposed, World], Proposed],
) -> None:
    world = world_of()
    with pytest.raises(ValueError, match="may not be offered"):
        play(world, Once(broken(something_possible(world, 1)[0], world)))


def row_without(role: Truths) -> int:
    return int(np.flatnonzero(~role)[0])


def taken(world: World, person: int) -> int:
    window = Window.of_week(0)
    return int(np.flatnonzero(~world.free[person, window.begins : window.ends])[0]) + window.begins


def test_two_who_are_never_to_meet_are_never_offered_to_one_another() -> None:
    world = world_of()
    one = something_possible(world, 1)[0]
    never = np.full(PEOPLE, -1)
    never[one.mentor] = one.mentee
    apart = replace(world, people=replace(world.people, never_with=never))
    with pytest.raises(ValueError, match="may not be offered"):
        play(apart, Once(one))


def test_a_second_proposal_for_a_mentee_in_the_same_week_is_refused() -> None:
    world = world_of()
    one = something_possible(world, 1)[0]
    with pytest.raises(ValueError, match="may not be offered"):
        play(world, Once(one, one))


def test_contenders_share_no_memory_between_runs() -> None:
    world = world_of()
    facts: Facts = facts_of(world)
    entered: list[Contender] = [enter(facts, SEED) for enter in CONTENDERS]
    assert [play(world, each) for each in entered] == [played(each) for each in CONTENDERS]
