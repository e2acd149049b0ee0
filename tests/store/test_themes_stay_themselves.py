"""A theme keeps its identity while most of its notes stay together, whatever else comes, goes, joins or parts."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from store.themes import continued

Themes = dict[int, frozenset[int]]

homes = st.lists(st.integers(0, 6), min_size=1, max_size=40)


def themes(of_each: list[int], first: int) -> Themes:
    """The themes of notes 0, 1, 2 … when each is in the theme of that number."""
    return {
        first + theme: frozenset(note for note, its in enumerate(of_each) if its == theme) for theme in set(of_each)
    }


@given(homes, homes)
def test_no_identity_is_given_twice_and_only_to_what_has_most_of_its_notes(one: list[int], other: list[int]) -> None:
    before, after = themes(one, 100), themes(other, 0)
    found = continued(before, after)
    assert len(set(found.values())) == len(found)
    assert all(2 * len(before[old] & after[new]) > len(before[old]) for new, old in found.items())


@given(homes, st.sets(st.integers(100, 140)))
def test_notes_that_are_added_change_nothing(of_each: list[int], added: set[int]) -> None:
    before = themes(of_each, 100)
    after = {old: notes | ({note for note in added if note % 7 == old % 7}) for old, notes in before.items()}
    assert continued(before, after) == {old: old for old in before}


@given(homes, st.sets(st.integers(0, 40)))
def test_notes_that_are_removed_change_nothing_while_most_are_left(of_each: list[int], removed: set[int]) -> None:
    before = themes(of_each, 100)
    after = {old: notes - removed for old, notes in before.items()}
    most = {old for old in before if 2 * len(after[old]) > len(before[old])}
    assert most == set(continued(before, after))
    assert all(new == old for new, old in continued(before, after).items())


@given(homes)
def test_of_two_that_become_one_the_larger_goes_on_and_of_equals_the_older(of_each: list[int]) -> None:
    before = themes(of_each, 100)
    all_of_them = {1: frozenset(range(len(of_each)))}
    largest = min(before, key=lambda old: (-len(before[old]), old))
    assert continued(before, all_of_them) == {1: largest}


@given(st.integers(1, 20), st.integers(1, 20))
def test_where_one_becomes_two_the_greater_part_goes_on(here: int, there: int) -> None:
    notes = range(here + there)
    after = {1: frozenset(notes[:here]), 2: frozenset(notes[here:])}
    expected = {1: 7} if here > there else {2: 7} if there > here else {}
    assert continued({7: frozenset(notes)}, after) == expected
