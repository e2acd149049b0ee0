"""Gaps tell admins what to recruit for: topics of a group, numbers in fives, and nothing of anybody."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mentoring.errors import NotAllowed
from mentoring.people import Expertise, Role
from mentoring.policy import RuleSetting, Scope, ScopeKind
from store import people
from tests.workflows.house import House, a_house
from tests.workflows.test_sorting import LOCKED, writes
from webapp.backstage import Backstage
from workflows import gaps, proposing
from workflows.gaps import Gaps, Why

NAMES = ("Ann Ash", "Ben Birch", "Cora Cedar", "Dora Dogwood")


def asked(house: House) -> Gaps:
    proposing.run_round(house.parts, house.organisation_id)
    with house.parts.database.reading(house.organisation_id) as memory:
        return gaps.gaps(memory)


@pytest.fixture
def house(tmp_path: Path) -> House:
    """Four who write of the same, and somebody who helps with something else."""
    house = a_house(tmp_path)
    house.policy(minimum_group=4)
    for name in NAMES:
        person = house.add(name, roles=frozenset({Role.MENTEE}), expertise=())
        writes(house, person, *LOCKED, f"the Zwetschge of {name} is rotten")
    house.add("Mia Maple", roles=frozenset({Role.MENTOR}), expertise=(Expertise("baking sourdough bread"),))
    return house


def test_what_a_group_needs_and_nobody_knows_is_a_gap_in_the_groups_words(house: House) -> None:
    found = asked(house)
    (gap,) = found.gaps
    assert (gap.people, gap.why, gap.nearest) == (5, Why.NOBODY_KNOWS, ("baking sourdough bread",))
    assert "state" in gap.topic or "terraform" in gap.topic
    assert "Zwetschge" not in str(found)
    assert not any(part in str(found) for name in NAMES for part in name.split())


def test_since_when_is_told_from_round_to_round(house: House) -> None:
    first = asked(house)
    house.clock.turn(days=3)
    assert asked(house).gaps[0].since == first.gaps[0].since


def test_topics_of_fewer_people_are_only_counted(house: House) -> None:
    house.policy(minimum_group=5)
    found = asked(house)
    assert (found.gaps, found.smaller) == ((), 1)


def test_whoever_knows_it_closes_the_gap(house: House) -> None:
    house.add("Noor Nutmeg", roles=frozenset({Role.MENTOR}), expertise=(Expertise("terraform state locks"),))
    assert [each.why for each in asked(house).gaps] == [Why.CALENDARS_UNKNOWN]


@pytest.mark.parametrize("setting", [{"on": False}, {"scope": Scope(ScopeKind.DEPARTMENT, "Sales"), "value": -1.0}])
def test_who_is_near_enough_for_them_is_as_the_rule_is_set_for_them(house: House, setting: dict[str, Any]) -> None:
    with house.parts.database.writing(house.organisation_id) as memory:
        for each in people.everyone(memory):
            people.save(memory, replace(each, department="Sales"))
    house.policy(rules=(RuleSetting("minimum_suitability", **setting),))
    assert [each.why for each in asked(house).gaps] == [Why.CALENDARS_UNKNOWN]


def test_a_mentor_who_left_is_not_the_nearest_any_more(house: House) -> None:
    proposing.run_round(house.parts, house.organisation_id)
    with house.parts.database.writing(house.organisation_id) as memory:
        (mia,) = (each for each in people.everyone(memory) if each.name == "Mia Maple")
        people.forget(memory, mia.id)
        assert [each.nearest for each in gaps.gaps(memory).gaps] == [()]


def test_only_admins_see_them(house: House) -> None:
    person = house.add("Rose Rowan")
    with pytest.raises(NotAllowed):
        Backstage(house.parts).gaps_page(house.who(person))
