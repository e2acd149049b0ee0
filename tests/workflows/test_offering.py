"""What somebody can help with: in their own words, each once, and nobody else's to change."""

from __future__ import annotations

from pathlib import Path

import pytest

from mentoring.errors import BadInput, Missing
from mentoring.people import Person
from tests.workflows.house import House, a_house
from workflows import offering, pages


@pytest.fixture
def house(tmp_path: Path) -> House:
    return a_house(tmp_path)


def texts(house: House, person: Person) -> list[str]:
    return [each.text for each in pages.expertise_page(house.parts, house.who(person)).mine]


def test_it_is_added_reworded_and_removed_and_keeps_its_place(house: House) -> None:
    ann = house.add("Ann Ash", expertise=())
    for text in ("Query plans", "  Saying no,\n kindly  ", "Rust"):
        offering.add(house.parts, house.who(ann), text)
    assert texts(house, ann) == ["Query plans", "Saying no, kindly", "Rust"]
    first, second, third = pages.expertise_page(house.parts, house.who(ann)).mine
    offering.change(house.parts, house.who(ann), second.id, "Saying no")
    offering.remove(house.parts, house.who(ann), first.id)
    assert texts(house, ann) == ["Saying no", "Rust"]
    left = pages.expertise_page(house.parts, house.who(ann)).mine
    assert [each.id for each in left] == [second.id, third.id]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "write a few words"),
        (" \n\t ", "write a few words"),
        ("x" * 301, "keep it under 300 characters, this has 301"),
        ("query\x00plans", "not text"),
        ("QUERY  plans and indexes", "said that already"),
    ],
)
def test_what_cannot_be_kept_is_said_and_changes_nothing(house: House, text: str, said: str) -> None:
    ann = house.add("Ann Ash")
    offering.add(house.parts, house.who(ann), "Rust")
    _, rust = pages.expertise_page(house.parts, house.who(ann)).mine
    for act in (
        lambda: offering.add(house.parts, house.who(ann), text),
        lambda: offering.change(house.parts, house.who(ann), rust.id, text),
    ):
        with pytest.raises(BadInput, match=said) as raised:
            act()
        assert [each.field for each in raised.value.problems] == ["text"]
    assert texts(house, ann) == ["query plans and indexes", "Rust"]


def test_the_same_words_may_be_saved_again(house: House) -> None:
    ann = house.add("Ann Ash")
    (mine,) = pages.expertise_page(house.parts, house.who(ann)).mine
    offering.change(house.parts, house.who(ann), mine.id, "Query plans and indexes")
    assert texts(house, ann) == ["Query plans and indexes"]


def test_twelve_are_enough(house: House) -> None:
    ann = house.add("Ann Ash", expertise=())
    for number in range(offering.MOST):
        offering.add(house.parts, house.who(ann), f"Thing {number}")
    with pytest.raises(BadInput, match="12 are enough"):
        offering.add(house.parts, house.who(ann), "One more")
    assert len(texts(house, ann)) == 12


def test_another_persons_is_not_there(house: House) -> None:
    ann, ben = house.add("Ann Ash"), house.add("Ben Birch")
    (bens,) = pages.expertise_page(house.parts, house.who(ben)).mine
    with pytest.raises(Missing):
        offering.change(house.parts, house.who(ann), bens.id, "Mine now")
    with pytest.raises(Missing):
        offering.remove(house.parts, house.who(ann), bens.id)
    assert texts(house, ben) == ["query plans and indexes"]
