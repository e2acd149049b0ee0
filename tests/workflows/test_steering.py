"""What an admin steers is kept as a new version of the policy, and a round out of turn is not lost with its nudge."""

from __future__ import annotations

from pathlib import Path

import pytest

from mentoring.errors import BadInput, Missing
from mentoring.people import Person, Role
from mentoring.policy import Policy
from store import audit, people, policies, rounds
from tests.workflows.house import House, a_house
from tests.workflows.test_rounds import KNOWS, MENTEE, MENTOR, free
from tests.workflows.test_why import writes
from workflows import pages, proposing, steering
from workflows.views import Who


@pytest.fixture
def house(tmp_path: Path) -> House:
    return a_house(tmp_path)


@pytest.fixture
def admin(house: House) -> Who:
    return house.who(house.add("Zofia Zeder", roles=frozenset({Role.ADMIN})))


def in_force(house: House) -> Policy:
    with house.parts.database.reading(house.organisation_id) as memory:
        return policies.current(memory)


def log(house: House) -> list[tuple[str, str, str]]:
    with house.parts.database.reading(house.organisation_id) as memory:
        return [(each.who, each.what, each.subject) for each in audit.recent(memory)]


def finished(house: House) -> list[rounds.Head]:
    with house.parts.database.reading(house.organisation_id) as memory:
        return [each for each in rounds.heads(memory, 99) if each.finished_at]


@pytest.mark.parametrize(
    ("why", "reason"),
    [
        ("", "changed messages a week from 5 to 2"),
        ("too much mail", "changed messages a week from 5 to 2: too much mail"),
    ],
)
def test_the_weekly_cap_is_a_new_version_with_author_date_and_reason(
    house: House, admin: Who, why: str, reason: str
) -> None:
    before = in_force(house)
    steering.set_weekly_messages(house.parts, admin, 2, why)
    now = in_force(house)
    assert (now.weekly_messages, now.version, now.sending) == (2, before.version + 1, before.sending)
    assert (now.author, now.at, now.reason) == ("Zofia Zeder", house.clock(), reason)
    assert log(house) == [("Zofia Zeder", "changed messages a week from 5 to 2", "each person")]


def test_the_same_cap_again_is_no_new_version(house: House, admin: Who) -> None:
    before = in_force(house)
    steering.set_weekly_messages(house.parts, admin, before.weekly_messages)
    assert (in_force(house), log(house)) == (before, [])


@pytest.mark.parametrize("number", [0, 51, -1])
def test_a_cap_out_of_range_is_named_and_changes_nothing(house: House, admin: Who, number: int) -> None:
    before = in_force(house)
    with pytest.raises(BadInput, match="weekly_messages"):
        steering.set_weekly_messages(house.parts, admin, number)
    assert (in_force(house), log(house)) == (before, [])


def test_a_round_out_of_turn_is_made_and_noted(house: House, admin: Who) -> None:
    assert steering.start_round(house.parts, admin)
    house.work()
    (made,) = finished(house)
    assert made.after is None
    assert log(house) == [("Zofia Zeder", "asked for a round", "everybody")]


def test_while_one_is_being_made_another_is_not_begun(house: House, admin: Who) -> None:
    assert steering.start_round(house.parts, admin)
    assert not steering.start_round(house.parts, admin)
    assert pages.rounds_page(house.parts, admin).being_made
    house.work()
    assert not pages.rounds_page(house.parts, admin).being_made
    assert steering.start_round(house.parts, admin)
    house.work()
    assert len(finished(house)) == 2


def test_one_whose_nudge_is_lost_is_found_by_the_sweep(house: House, admin: Who) -> None:
    for number in (1, 2):
        steering.start_round(house.parts, admin)
        house.nudges.clear()
        house.clock.turn(minutes=1)
        house.sweep()
        assert len(finished(house)) == number


def test_one_that_never_ended_does_not_keep_others_from_beginning(house: House, admin: Who) -> None:
    with house.parts.database.writing(house.organisation_id) as memory:
        rounds.start(memory, 1, house.clock())
    assert not steering.start_round(house.parts, admin)
    house.clock.now += steering.ROUND_TAKES
    assert steering.start_round(house.parts, admin)


# --- What the pages tell of rounds ------------------------------------------------------------------------------------


@pytest.fixture
def two_rounds(house: House, admin: Who) -> tuple[Person, Person]:
    """One for everybody that proposed something, then one for the mentee alone, who had it come to nothing."""
    ann = free(house, "Ann Ash", roles=MENTEE)
    ben = free(house, "Ben Birch", roles=MENTOR, expertise=KNOWS)
    writes(house, ann)
    (made,) = proposing.run_round(house.parts, house.organisation_id).proposals
    house.nudges.clear()
    house.clock.turn(hours=1)
    with house.parts.database.writing(house.organisation_id) as memory:
        rounds.owe(memory, made.id, house.clock().date(), house.clock())
    proposing.next_best(house.parts, house.organisation_id, made.id)
    return ann, ben


def test_the_list_tells_what_each_round_looked_at_and_made(
    house: House, admin: Who, two_rounds: tuple[Person, Person]
) -> None:
    for_one, for_all = pages.rounds_page(house.parts, admin).rounds
    assert (for_all.for_whom, for_all.people, for_all.needs, for_all.proposals) == ("", 2, 1, 1)
    assert (for_one.for_whom, for_one.proposals) == ("Ann Ash", 0)
    assert for_one.most_in_the_way.endswith(".")
    assert for_all.at < for_one.at


def test_one_round_tells_whom_it_proposed_and_who_got_nothing_by_which_rules(
    house: House, admin: Who, two_rounds: tuple[Person, Person]
) -> None:
    for_one, for_all = (
        pages.round_page(house.parts, admin, each.id) for each in pages.rounds_page(house.parts, admin).rounds
    )
    assert [(each.mentee, each.mentor) for each in for_all.proposals] == [("Ann Ash", "Ben Birch")]
    assert for_all.absent == ()
    assert [each.person.name for each in for_one.absent] == ["Ann Ash"]
    assert "A mentee has only so many open suggestions at once." in for_one.absent[0].rules
    assert pages.last_round(house.parts, admin) == for_all
    assert "query plan" not in str((for_one, for_all))


def test_a_round_for_somebody_who_left_names_nobody(
    house: House, admin: Who, two_rounds: tuple[Person, Person]
) -> None:
    with house.parts.database.writing(house.organisation_id) as memory:
        people.forget(memory, two_rounds[0].id)
    lines = pages.rounds_page(house.parts, admin).rounds
    assert [each.for_whom for each in lines] == ["somebody who left", ""]
    assert "Ann" not in str([pages.round_page(house.parts, admin, each.id) for each in lines])


def test_a_round_that_is_not_there_is_missing(house: House, admin: Who) -> None:
    with pytest.raises(Missing):
        pages.round_page(house.parts, admin, 999)
