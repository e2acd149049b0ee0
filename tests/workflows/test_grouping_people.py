"""Groups that admins name: who is in them, and that none is removed under a rule's feet."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from mentoring.errors import BadInput, Missing, NotAllowed, Refused
from mentoring.people import Role
from mentoring.policy import Policy, RuleSetting, Scope, ScopeKind
from store import drafts, people
from tests.databases import PostgresServer
from tests.workflows.house import House, a_house
from workflows import grouping_people as grouping
from workflows.views import Who


@pytest.fixture
def house(tmp_path: Path) -> House:
    return a_house(tmp_path)


@pytest.fixture
def zofia(house: House) -> Who:
    return house.who(house.add("Zofia Wójcik", roles=frozenset({Role.ADMIN})))


def names(house: House, who: Who, group_id: int) -> list[str]:
    return [each.name for each in grouping.group_page(house.parts, who, group_id).members]


def test_people_are_found_put_in_and_taken_out(house: House, zofia: Who) -> None:
    ann, ben = house.add("Ann Ash"), house.add("Ben Birch")
    group = grouping.add(house.parts, zofia, "  New  comers ")
    found = grouping.group_page(house.parts, zofia, group, "ann@").found
    assert [each.person_id for each in found] == [ann.id]
    assert grouping.put_in(house.parts, zofia, group, [ann.id, ben.id]) == 2
    assert grouping.put_in(house.parts, zofia, group, [ann.id]) == 0
    assert names(house, zofia, group) == ["Ann Ash", "Ben Birch"]
    with house.parts.database.reading(house.organisation_id) as memory:
        assert people.get(memory, ann.id).groups == frozenset({"New comers"})
    assert grouping.take_out(house.parts, zofia, group, [ann.id]) == 1
    assert names(house, zofia, group) == ["Ben Birch"]
    (line,) = grouping.groups_page(house.parts, zofia).groups
    assert (line.name, line.people) == ("New comers", 1)


@pytest.mark.parametrize("name", ["", "  ", "x" * 61, "a \0 byte", "NEWCOMERS"])
def test_a_name_that_is_none_or_taken_is_told(house: House, zofia: Who, name: str) -> None:
    grouping.add(house.parts, zofia, "Newcomers")
    with pytest.raises(BadInput, match="name"):
        grouping.add(house.parts, zofia, name)


def test_nobody_and_somebody_of_another_organisation_cannot_be_put_in(house: House, zofia: Who) -> None:
    group = grouping.add(house.parts, zofia, "Newcomers")
    for ids in ([], [9999]):
        with pytest.raises(BadInput):
            grouping.put_in(house.parts, zofia, group, ids)
    with pytest.raises(Missing):
        grouping.put_in(house.parts, zofia, group + 1, [zofia.person_id])


def test_only_an_admin_sees_or_changes_them(house: House, zofia: Who) -> None:
    ann = house.who(house.add("Ann Ash"))
    with pytest.raises(NotAllowed):
        grouping.add(house.parts, ann, "Friends")
    with pytest.raises(NotAllowed):
        grouping.groups_page(house.parts, ann)


@pytest.mark.parametrize("where", ["in force", "draft"])
def test_a_group_that_a_rule_is_set_for_is_not_removed(house: House, zofia: Who, where: str) -> None:
    group = grouping.add(house.parts, zofia, "Newcomers")
    rules = (RuleSetting("suits", Scope(ScopeKind.GROUP, "Newcomers"), value=0.5),)
    if where == "in force":
        house.policy(rules=rules)
    else:
        with house.parts.database.writing(house.organisation_id) as memory:
            drafts.save(memory, replace(Policy(), rules=rules), 1, 0, "Zofia", house.clock())
    assert grouping.group_page(house.parts, zofia, group).settings == ("suits",)
    with pytest.raises(Refused):
        grouping.remove(house.parts, zofia, group)


def test_a_group_is_removed_and_its_people_stay(house: House, zofia: Who) -> None:
    ann = house.add("Ann Ash")
    group = grouping.add(house.parts, zofia, "Newcomers")
    grouping.put_in(house.parts, zofia, group, [ann.id])
    grouping.remove(house.parts, zofia, group)
    assert grouping.groups_page(house.parts, zofia).groups == ()
    with house.parts.database.reading(house.organisation_id) as memory:
        assert people.get(memory, ann.id).groups == frozenset()


@pytest.mark.postgres
def test_what_two_admins_do_to_a_group_at_once_is_all_done(tmp_path: Path, postgres_server: PostgresServer) -> None:
    house = a_house(tmp_path, url=postgres_server.new_database())
    who = house.who(house.add("Zofia Wójcik", roles=frozenset({Role.ADMIN})))
    people_in = [house.add(f"Person{number} Pine").id for number in range(6)]
    group = grouping.add(house.parts, who, "Newcomers")
    with ThreadPoolExecutor(len(people_in)) as admins:
        added = admins.map(lambda each: grouping.put_in(house.parts, who, group, [each]), people_in)
        assert list(added) == [1] * len(people_in)
    assert len(names(house, who, group)) == len(people_in)
