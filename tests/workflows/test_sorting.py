"""A note goes to its theme as soon as it is written; nothing is lost, and doing it again changes nothing."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from mentoring.needs import Challenge, Theme
from mentoring.people import Person
from store import challenges, needs, note_changes, themes
from tests.workflows.house import House, a_house
from workflows import noting, proposing, regrouping, sorting

LOCKED = [
    "terraform state is locked again and nobody knows by whom",
    "had to force-unlock the terraform state before I could apply",
    "the terraform state lock kept me waiting for an hour",
]
TALKS = ["nervous before presenting to the board", "my voice shakes when presenting slides", "nervous when presenting"]


@pytest.fixture
def house(tmp_path: Path) -> House:
    return a_house(tmp_path)


def writes(house: House, person: Person, *texts: str) -> None:
    with house.parts.database.writing(house.organisation_id) as memory:
        for at, text in enumerate(texts):
            when = house.clock() - timedelta(days=3 * (at + 1))
            challenges.add(memory, Challenge(0, person.id, text, when))


def topics(house: House, person: Person) -> list[Theme]:
    with house.parts.database.reading(house.organisation_id) as memory:
        return list(themes.of_person(memory, person.id))


def texts(house: House, person: Person) -> set[frozenset[str]]:
    with house.parts.database.reading(house.organisation_id) as memory:
        known = {each.id: each.text for each in challenges.of_person(memory, person.id)}
    return {frozenset(known[one] for one in each.challenge_ids) for each in topics(house, person)}


@pytest.fixture
def looked(house: House) -> tuple[House, Person, Person]:
    """Two people whose notes a round has looked at."""
    ann, ben = house.add("Ann Ash"), house.add("Ben Birch")
    for person in (ann, ben):
        writes(house, person, *LOCKED[:2], *TALKS)
    proposing.run_round(house.parts, house.organisation_id)
    house.nudges.clear()
    return house, ann, ben


def test_a_new_note_is_with_its_like_before_the_next_round_and_counts_for_the_need(
    looked: tuple[House, Person, Person],
) -> None:
    house, ann, _ = looked
    before = {each.id for each in topics(house, ann)}
    noting.write_down(house.parts, house.who(ann), LOCKED[2])
    assert house.nudges == [("sort_notes", (house.organisation_id, ann.id))]
    house.work()
    assert frozenset(LOCKED) in texts(house, ann)
    assert {each.id for each in topics(house, ann)} == before
    with house.parts.database.reading(house.organisation_id) as memory:
        assert any(len(each.evidence) == 3 and 0 < each.probability < 1 for each in needs.of_person(memory, ann.id))


def test_a_lost_nudge_is_found_by_the_sweep_and_twice_is_the_same(looked: tuple[House, Person, Person]) -> None:
    house, ann, ben = looked
    noting.write_down(house.parts, house.who(ann), LOCKED[2])
    house.nudges.clear()
    house.sweep()
    once = texts(house, ann), texts(house, ben)
    assert frozenset(LOCKED) in once[0]
    with house.parts.database.writing(house.organisation_id) as memory:
        note_changes.note_sorted(memory, {ann.id: 0})
    assert sorting.sort_person(house.parts, house.organisation_id, ann.id) == "sorted"
    assert sorting.sort_person(house.parts, house.organisation_id, ann.id) == "sorted already"
    assert (texts(house, ann), texts(house, ben)) == once


def test_two_at_once_are_fine(looked: tuple[House, Person, Person]) -> None:
    house, ann, ben = looked
    for person in (ann, ben):
        noting.write_down(house.parts, house.who(person), LOCKED[2])
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda one: sorting.sort_person(house.parts, house.organisation_id, one), [ann.id, ben.id] * 2))
    assert frozenset(LOCKED) in texts(house, ann) & texts(house, ben)


def test_a_note_that_is_taken_back_leaves_its_topic_and_what_is_left_of_it_stays(
    looked: tuple[House, Person, Person],
) -> None:
    house, ann, _ = looked
    with house.parts.database.reading(house.organisation_id) as memory:
        gone = next(each for each in challenges.of_person(memory, ann.id) if each.text == TALKS[0])
    noting.strike_out(house.parts, house.who(ann), gone.id)
    house.work()
    assert frozenset(TALKS[1:]) in texts(house, ann)


def test_a_note_written_while_a_round_was_made_is_sorted_after_it(looked: tuple[House, Person, Person]) -> None:
    house, ann, _ = looked
    plan = proposing.plan(house.parts, house.organisation_id)
    noting.write_down(house.parts, house.who(ann), LOCKED[2])
    house.work()
    with house.parts.database.writing(house.organisation_id) as memory:
        proposing.keep_look(memory, plan.seen, plan.judged.themes, {}, plan.judged.needs, "other model")
        assert note_changes.waiting(memory, 9) == [ann.id]
    house.sweep()
    assert frozenset(LOCKED) in texts(house, ann)


def test_the_first_notes_of_an_organisation_need_no_round(house: House) -> None:
    ann = house.add("Ann Ash")
    writes(house, ann, *LOCKED, *TALKS)
    house.sweep()
    assert {frozenset(LOCKED), frozenset(TALKS)} <= texts(house, ann)


def test_notes_in_another_language_are_kept_and_in_no_theme(looked: tuple[House, Person, Person]) -> None:
    house, ann, _ = looked
    german = noting.write_down(house.parts, house.who(ann), "Der Terraform-Zustand ist schon wieder gesperrt worden.")
    house.work()
    with house.parts.database.reading(house.organisation_id) as memory:
        (note,) = (each for each in challenges.of_person(memory, ann.id) if each.id == german)
        assert challenges.number_in_others(memory, ["", "en", "und"]) == 1
    assert note.language == "de"
    assert all(german not in each.challenge_ids for each in topics(house, ann))
    noting.say_english(house.parts, house.who(ann), german)
    house.work()
    with house.parts.database.reading(house.organisation_id) as memory:
        assert challenges.number_in_others(memory, ["", "en", "und"]) == 0
    proposing.run_round(house.parts, house.organisation_id)
    with house.parts.database.reading(house.organisation_id) as memory:
        assert challenges.number_in_others(memory, ["", "en", "und"]) == 0


def test_a_topic_that_its_only_person_made_part_of_another_stands_in_nobodys_way(house: House) -> None:
    ann, ben = house.add("Ann Ash"), house.add("Ben Birch")
    writes(house, ann, *LOCKED, *TALKS)
    proposing.run_round(house.parts, house.organisation_id)
    house.nudges.clear()
    one, other = topics(house, ann)
    regrouping.merge(house.parts, house.who(ann), one.id, other.id)
    house.work()
    assert len(topics(house, ann)) == 1
    for text in (*LOCKED[:2], *TALKS[:2]):
        noting.write_down(house.parts, house.who(ben), text)
        house.work()
    assert {*LOCKED[:2], *TALKS[:2]} == set().union(*texts(house, ben))
    with house.parts.database.reading(house.organisation_id) as memory:
        assert note_changes.waiting(memory, 10) == []
