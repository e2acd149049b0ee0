"""People put right what their own notes were taken for; it holds in every round, until they take it back."""

from __future__ import annotations

from pathlib import Path

import pytest

from mentoring.errors import BadInput, Missing
from mentoring.people import Person
from tests.workflows.house import House, a_house
from tests.workflows.test_sorting import LOCKED, TALKS, texts, writes
from workflows import pages, proposing, regrouping, sorting


@pytest.fixture
def ann(tmp_path: Path) -> tuple[House, Person]:
    house = a_house(tmp_path)
    person = house.add("Ann Ash")
    for each in (person, house.add("Ben Birch")):
        writes(house, each, *LOCKED, *TALKS)
    proposing.run_round(house.parts, house.organisation_id)
    return house, person


def topic(house: House, person: Person, text: str) -> int:
    found = pages.challenges_page(house.parts, house.who(person)).themes
    return next(each.theme_id for each in found if text in {note.text for note in each.notes})


def both(house: House, person: Person) -> list[set[frozenset[str]]]:
    """The person's topics of more than one note as sorted at once, and as the next round finds them."""
    house.work()
    at_once = texts(house, person)
    proposing.run_round(house.parts, house.organisation_id)
    return [{each for each in found if len(each) > 1} for found in (at_once, texts(house, person))]


def take_back(house: House, person: Person) -> None:
    (said, *_) = pages.challenges_page(house.parts, house.who(person)).said
    regrouping.take_back(house.parts, house.who(person), said.key)


def test_two_topics_that_are_the_same_stay_one_until_that_is_taken_back(ann: tuple[House, Person]) -> None:
    house, person = ann
    locked, talks = topic(house, person, LOCKED[0]), topic(house, person, TALKS[0])
    regrouping.merge(house.parts, house.who(person), locked, talks)
    assert both(house, person) == [{frozenset(LOCKED + TALKS)}] * 2
    take_back(house, person)
    house.work()
    proposing.run_round(house.parts, house.organisation_id)
    assert texts(house, person) == {frozenset(LOCKED), frozenset(TALKS)}


def test_a_note_that_does_not_belong_there_goes_and_stays_away(ann: tuple[House, Person]) -> None:
    house, person = ann
    note = next(each for each in pages.challenges_page(house.parts, house.who(person)).notes if each.text == LOCKED[0])
    regrouping.take_out(house.parts, house.who(person), topic(house, person, LOCKED[0]), [note.id])
    assert both(house, person) == [{frozenset(LOCKED[1:]), frozenset(TALKS)}] * 2
    regrouping.take_out(
        house.parts, house.who(person), topic(house, person, TALKS[0]), [_note(house, person, TALKS[0])],
        topic(house, person, LOCKED[1]),
    )  # fmt: skip
    assert both(house, person) == [{frozenset([*LOCKED[1:], TALKS[0]]), frozenset(TALKS[1:])}] * 2


def _note(house: House, person: Person, text: str) -> int:
    notes = pages.challenges_page(house.parts, house.who(person)).notes
    return next(each.id for each in notes if each.text == text)


def test_a_name_is_theirs_alone_holds_and_is_taken_back(ann: tuple[House, Person]) -> None:
    house, person = ann
    before = _labels(house, person)
    regrouping.rename(house.parts, house.who(person), topic(house, person, LOCKED[0]), "  The   lock ")
    house.work()
    assert "The lock" in _labels(house, person)
    proposing.run_round(house.parts, house.organisation_id)
    assert "The lock" in _labels(house, person)
    take_back(house, person)
    house.work()
    assert "The lock" not in _labels(house, person)
    proposing.run_round(house.parts, house.organisation_id)
    assert _labels(house, person) == before


def _labels(house: House, person: Person) -> set[str]:
    return {each.label for each in pages.challenges_page(house.parts, house.who(person)).themes}


@pytest.mark.parametrize("name", ["", "  ", "x" * 61, "a\x00b"])
def test_a_name_that_cannot_be_shown_is_refused_and_nothing_is_kept(ann: tuple[House, Person], name: str) -> None:
    house, person = ann
    with pytest.raises(BadInput, match="name"):
        regrouping.rename(house.parts, house.who(person), topic(house, person, LOCKED[0]), name)
    assert pages.challenges_page(house.parts, house.who(person)).said == ()
    assert sorting.sort_person(house.parts, house.organisation_id, person.id) == "sorted already"


def test_nobody_says_anything_of_what_is_not_theirs(ann: tuple[House, Person]) -> None:
    house, person = ann
    stranger = house.add("Cora Cedar")
    theirs = topic(house, person, LOCKED[0])
    for act in (
        lambda: regrouping.rename(house.parts, house.who(stranger), theirs, "mine"),
        lambda: regrouping.merge(house.parts, house.who(stranger), theirs, theirs),
        lambda: regrouping.take_out(house.parts, house.who(stranger), theirs, [1]),
        lambda: regrouping.take_out(house.parts, house.who(person), theirs, [_note(house, person, TALKS[0])]),
        lambda: regrouping.take_back(house.parts, house.who(stranger), 10**40),
    ):
        with pytest.raises(Missing):
            act()
