"""How often somebody is asked in a week of theirs: counted in their zone, in either role, and a rule of its own."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mentoring.people import Person
from mentoring.proposals import State
from store import people, proposals
from tests.workflows.house import House, a_house, nine_to_five
from tests.workflows.test_why import writes
from workflows import attention, judging, proposing

SUNDAY_LATE = datetime(2026, 11, 29, 22, 30, tzinfo=UTC)
"""Still Sunday in Berlin, Monday in Auckland, and Sunday morning in Los Angeles."""

_numbers = itertools.count()


@pytest.fixture
def house(tmp_path: Path) -> House:
    return a_house(tmp_path)


def asked(house: House, mentee: Person, mentor: Person, mentee_at: datetime, mentor_at: datetime | None = None) -> None:
    """They were asked then; it came to nothing."""
    start = mentee_at + timedelta(days=3, hours=next(_numbers))
    made = house.reserve(mentee, mentor, start, house.theme("plans", mentee))
    with house.parts.database.writing(house.organisation_id) as memory:
        over = replace(made, state=State.WITHDRAWN, mentee_asked_at=mentee_at, mentor_asked_at=mentor_at)
        proposals.save(memory, over)


def count(house: House, person: Person) -> int:
    with house.parts.database.reading(house.organisation_id) as memory:
        return attention.asked_this_week(memory, people.get(memory, person.id), house.clock())


@pytest.mark.parametrize(
    ("zone", "asked_at", "times"),
    [
        ("Europe/Berlin", datetime(2026, 11, 23, 8, 0, tzinfo=UTC), 1),
        ("Europe/Berlin", datetime(2026, 11, 22, 22, 59, tzinfo=UTC), 0),
        ("Europe/Berlin", datetime(2026, 11, 22, 23, 0, tzinfo=UTC), 1),
        ("America/Los_Angeles", datetime(2026, 11, 23, 7, 59, tzinfo=UTC), 0),
        ("Pacific/Auckland", datetime(2026, 11, 23, 8, 0, tzinfo=UTC), 0),
        ("Pacific/Auckland", datetime(2026, 11, 29, 11, 0, tzinfo=UTC), 1),
    ],
)
def test_a_week_is_the_iso_week_of_the_persons_own_zone(
    house: House, zone: str, asked_at: datetime, times: int
) -> None:
    ann, ben = house.add("Ann Ash", limits=nine_to_five(zone)), house.add("Ben Birch")
    asked(house, ann, ben, asked_at)
    house.clock.now = SUNDAY_LATE
    assert count(house, ann) == times


def test_both_roles_count_and_only_what_somebody_was_asked(house: House) -> None:
    ann, ben = house.add("Ann Ash"), house.add("Ben Birch")
    now = house.clock()
    asked(house, ann, ben, now, mentor_at=now)
    asked(house, ben, ann, now)
    assert (count(house, ann), count(house, ben)) == (1, 2)


def test_a_round_gives_the_rule_what_asking_counts(house: House) -> None:
    ann, ben = house.add("Ann Ash"), house.add("Ben Birch")
    asked(house, ann, ben, house.clock(), mentor_at=house.clock())
    loads = judging.circumstances(judging.look(house.parts, house.organisation_id)).loads
    assert [loads[each.id].asked_this_week for each in (ann, ben)] == [count(house, ann), count(house, ben)] == [1, 1]
    house.clock.turn(days=7)
    loads = judging.circumstances(judging.look(house.parts, house.organisation_id)).loads
    assert [loads[each.id].asked_this_week for each in (ann, ben)] == [0, 0]


@pytest.mark.parametrize(("most", "stands_in_the_way"), [(1, True), (2, False)])
def test_who_was_asked_as_often_as_the_policy_says_is_proposed_nothing_more(
    house: House, most: int, stands_in_the_way: bool
) -> None:
    house.policy(weekly_messages=most)
    ann, ben = house.add("Ann Ash"), house.add("Ben Birch")
    asked(house, ann, ben, house.clock())
    writes(house, ann)
    decided = proposing.plan(house.parts, house.organisation_id)
    rules = {rule for each in decided.judged.considered for rule in each.stood_in_the_way}
    assert ("weekly_messages_left" in rules) == stands_in_the_way
