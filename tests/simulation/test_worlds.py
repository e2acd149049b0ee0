"""The three worlds are what they say they are."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
import pytest

from tests.simulation.chance import normal, uniform
from tests.simulation.contenders import Outcome, Proposed, Seen
from tests.simulation.occurrences import QUARTER
from tests.simulation.play import facts_of, play
from tests.simulation.population import Numbers
from tests.simulation.world import HISTORY_DAYS, World, make
from tests.simulation.worlds import WORLDS


@cache
def world_of(name: str) -> World:
    return make(WORLDS[name](), 400, 26, 1)


class Nobody:
    """Proposes nothing, and keeps what it saw last."""

    name = "nobody"
    seen: Seen

    def propose(self, seen: Seen) -> Sequence[Proposed]:
        self.seen = seen
        return ()

    def told(self, outcomes: Sequence[Outcome]) -> None:
        assert not outcomes


def correlation(one: Sequence[float] | Numbers, other: Sequence[float] | Numbers) -> float:
    return float(np.corrcoef(one, other)[0, 1])


@pytest.mark.parametrize("name", WORLDS)
def test_every_occurrence_lies_between_the_first_note_and_the_end(name: str) -> None:
    world = world_of(name)
    assert all(-HISTORY_DAYS <= day < world.days for need in world.needs for day in need.days)
    assert all(list(need.days) == sorted(set(need.days)) for need in world.needs)


@pytest.mark.parametrize(("name", "least", "most"), [("plain", 0.3, 1), ("lopsided", 0.3, 1), ("contrary", -0.1, 0.1)])
def test_what_people_declare_tells_of_what_they_know_only_where_it_should(name: str, least: float, most: float) -> None:
    people = world_of(name).people
    found = correlation(people.declared.ravel().astype(float), people.knows.ravel())
    assert least <= found <= most


def test_often_before_means_often_after_in_the_plain_world_and_hardly_in_the_contrary_one() -> None:
    told = {}
    for name in ("plain", "contrary"):
        recurring = [need.days for need in world_of(name).needs if need.recurs]
        half = 40
        before = [sum(day < half for day in days) for days in recurring]
        after = [sum(half <= day < half + 28 for day in days) for days in recurring]
        told[name] = correlation(before, after)
    assert told["plain"] > 0.3
    assert told["contrary"] < told["plain"] / 2


def test_the_lopsided_world_has_its_season_and_few_mentors() -> None:
    world = world_of("lopsided")
    days = np.array([day % QUARTER for need in world.needs if need.recurs for day in need.days if day >= 0])
    near_the_end = float(((days > 60) & (days <= 98)).mean())
    assert near_the_end > 1.3 * 30 / QUARTER
    assert world.people.mentor.mean() < 0.5 * world_of("plain").people.mentor.mean()
    assert len(set(world.people.zone.tolist())) == 4


def test_about_one_note_in_six_is_put_in_no_theme_or_in_a_wrong_one() -> None:
    world = world_of("plain")
    watching = Nobody()
    record = play(world, watching)
    true = {(need.person, day): set[int]() for need in world.needs for day in need.days}
    for need in world.needs:
        for day in need.days:
            true[need.person, day].add(need.topic)
    notes = watching.seen.notes
    first = min(note.at for note in notes)
    wrong = [
        note.theme is None or note.theme not in true[note.person, (note.at.date() - first.date()).days - HISTORY_DAYS]
        for note in notes
    ]
    assert 0.14 < np.mean(wrong) < 0.21
    assert not any(each.met for each in record.again)


def test_nothing_is_written_by_who_is_not_there() -> None:
    world = world_of("plain")
    watching = Nobody()
    play(world, watching)
    people = world.people
    first = min(note.at for note in watching.seen.notes).date()
    for note in watching.seen.notes:
        day = (note.at.date() - first).days - HISTORY_DAYS
        assert people.joins[note.person] <= day < people.leaves[note.person]


def test_numbers_drawn_by_key_are_spread_evenly_and_never_depend_on_the_order() -> None:
    drawn = [uniform(1, person, day) for person in range(60) for day in range(60)]
    assert abs(np.mean(drawn) - 0.5) < 0.02
    assert abs(np.var(drawn) - 1 / 12) < 0.005
    assert abs(correlation(drawn[:-1], drawn[1:])) < 0.05
    assert uniform(1, 2, 3) == uniform(1, 2, 3) != uniform(1, 3, 2)
    assert abs(np.std([normal(7, each) for each in range(3000)]) - 1) < 0.05


def test_facts_hold_no_mark_of_a_persons_hidden_taste() -> None:
    facts = facts_of(world_of("plain"))
    assert len(facts.expertise) == 400
    assert {number for texts in facts.expertise for number, _ in texts} == {
        row * facts.people.declared.shape[1] + topic for row, topic in np.argwhere(facts.people.declared).tolist()
    }
