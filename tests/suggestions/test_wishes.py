"""What people say of the grouping of their own notes holds, whatever the corpus is taken for."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from mentoring.needs import Challenge, ThemeWish, WishKind
from suggestions.grouping import grouped
from suggestions.sorting import Ground, sorted_in
from suggestions.themes import Themes, find_themes
from suggestions.vectors import Vectors, unit
from suggestions.wishes import bonds_of
from tests.suggestions.people import NOW, challenge

NUMBER = 14
TOGETHER, APART, NAMED = WishKind.TOGETHER, WishKind.APART, WishKind.NAMED
MINE = [row for row in range(NUMBER) if row % 2]


def wish(one: int, kind: WishKind, other: int | None = None, minute: int = 0, name: str = "") -> ThemeWish:
    return ThemeWish(1, one, kind, NOW + timedelta(minutes=minute), other, name)


def notes() -> list[Challenge]:
    """Every second one is person 1's; ids as the rows."""
    return [challenge(row, row % 2, f"note number {row}", row) for row in range(NUMBER)]


pairs = st.tuples(st.sampled_from(MINE), st.sampled_from([TOGETHER, APART]), st.sampled_from(MINE))
said = st.lists(pairs, max_size=12).map(
    lambda them: [wish(one, kind, other, at) for at, (one, kind, other) in enumerate(them)]
)
corpora = st.integers(0, 10_000).map(
    lambda seed: unit(np.random.default_rng(seed).normal(size=(NUMBER, 4)).astype(np.float32))
)


def theme_of(found: Themes, note: int) -> int | None:
    return next((theme.id for theme in found.themes if note in theme.challenge_ids), None)


@settings(max_examples=150, deadline=None)
@given(said, corpora)
def test_what_holds_is_honoured_exactly_in_any_corpus(wishes: list[ThemeWish], vectors: Vectors) -> None:
    written = notes()
    bonds = bonds_of(wishes, written)
    found = find_themes(written, vectors, wishes=wishes)
    for row, together in bonds.together.items():
        assert len({theme_of(found, other) for other in together}) == 1
        assert theme_of(found, row) is not None
    for row, apart in bonds.apart.items():
        assert all(theme_of(found, row) is None or theme_of(found, row) != theme_of(found, other) for other in apart)


@settings(max_examples=150, deadline=None)
@given(said)
def test_the_last_wish_always_holds_and_of_the_others_all_that_do_not_contradict_it(wishes: list[ThemeWish]) -> None:
    bonds = bonds_of(wishes, notes())
    last = next((each for each in reversed(wishes) if each.challenge_id != each.with_id), None)
    if last is not None:
        one, other = last.challenge_id, last.with_id or 0
        held = other in bonds.together.get(one, ()) if last.kind is TOGETHER else other in bonds.apart.get(one, ())
        assert held
    for row, together in bonds.together.items():
        assert row in together
        assert not bonds.clash(together, together)


@settings(max_examples=60, deadline=None)
@given(said, corpora)
def test_one_note_at_a_time_honours_them_too_and_again_gives_the_same(
    wishes: list[ThemeWish], vectors: Vectors
) -> None:
    mine = [notes()[row] for row in MINE]
    ground = Ground(np.zeros(4, np.float32), {5: vectors[0], 6: vectors[1]}, 0.4)
    topics = sorted_in(mine, vectors[MINE], {}, (), ground, wishes)
    place = {one: at for at, each in enumerate(topics) for one in each.challenge_ids}
    assert len(place) == sum(len(each.challenge_ids) for each in topics)
    bonds = bonds_of(wishes, mine)
    for row, together in bonds.together.items():
        assert len({place[mine[other].id] for other in (row, *together)}) == 1
    for row, apart in bonds.apart.items():
        assert all(place.get(mine[row].id, -1) != place.get(mine[other].id, -2) for other in apart)
    given_ids = [each.theme_id for each in topics if each.theme_id is not None]
    assert len(set(given_ids)) == len(given_ids)
    kept = {one: each.theme_id or -1 - at for at, each in enumerate(topics) for one in each.challenge_ids}
    again = sorted_in(mine, vectors[MINE], kept, {each.id for each in mine}, ground, wishes)
    assert {frozenset(each.challenge_ids) for each in again} == {frozenset(each.challenge_ids) for each in topics}


@settings(max_examples=60, deadline=None)
@given(corpora)
def test_without_wishes_nothing_changes(vectors: Vectors) -> None:
    days = list(range(NUMBER))
    people = [row % 2 for row in range(NUMBER)]
    assert grouped(vectors, people, days, 3) == grouped(vectors, people, days, 3, bonds_of([], notes()))


def test_nobody_says_anything_of_others_notes() -> None:
    foreign = ThemeWish(1, 0, TOGETHER, NOW, 2)
    assert not bonds_of([foreign, wish(1, APART, 2)], notes())


def test_a_name_holds_for_what_most_of_the_notes_were_given_it_for() -> None:
    vectors = unit(np.ones((NUMBER, 4), np.float32))
    own = find_themes(notes(), vectors, wishes=[wish(row, NAMED, name="Hand-over") for row in MINE]).own
    assert set(own.values()) >= {"Hand-over"}
    few = find_themes(notes(), vectors, wishes=[wish(row, NAMED, name="Hand-over") for row in MINE[:2]]).own
    assert "Hand-over" not in few.values()
    later = [wish(row, NAMED, minute=9, name="Pager") for row in MINE]
    twice = find_themes(notes(), vectors, wishes=[*(wish(row, NAMED, name="Hand-over") for row in MINE), *later]).own
    assert "Pager" in twice.values()
    assert "Hand-over" not in twice.values()


def test_a_group_reads_only_words_that_enough_people_used() -> None:
    texts = ["the query plan is slow", "slow query plan again", "query plan and Zwetschge", "a slow plan of the query"]
    written = [Challenge(at, at, text, datetime(2026, 11, 1 + at, tzinfo=NOW.tzinfo)) for at, text in enumerate(texts)]
    same = unit(np.ones((4, 4), np.float32))
    (theme,) = find_themes(written, same, minimum_group=4).themes
    assert set(theme.group_label.replace(",", "").split()) <= {"query", "plan"}
    assert theme.group_label
    (few,) = find_themes(written, same, minimum_group=5).themes
    assert few.group_label == ""
