"""Trees grown together count the same recurrences as trees grown one by one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from suggestions.cutting import HEIGHTS, chosen_cut
from suggestions.dealing import MOST_NOTES, counted_together
from suggestions.linkage import average_linkage
from suggestions.vectors import Vectors, unit


def some(number: int, seed: int, wide: int = 6) -> Vectors:
    return unit(np.random.default_rng(seed).normal(size=(number, wide)).astype(np.float32))


def plainly(vectors: Vectors, days: list[int], least_days: int, height: float) -> int:
    """The clusters of the tree cut there, counted."""
    clusters = average_linkage(vectors, highest=2.0).cut(height)
    return sum(len({days[leaf] for leaf in leaves}) >= least_days for leaves in clusters)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.integers(1, 14), min_size=1, max_size=8), st.integers(2, 4), st.integers(0, 10_000))
def test_as_if_each_tree_were_grown_and_cut_by_itself(sizes: list[int], least_days: int, seed: int) -> None:
    hands = [some(size, seed + at) for at, size in enumerate(sizes)]
    days = [np.random.default_rng(seed + at).integers(0, 9, size).tolist() for at, size in enumerate(sizes)]
    counted = counted_together(hands, days, least_days, HEIGHTS)
    for at in range(0, len(HEIGHTS), 8):
        plain = sum(plainly(*hand, least_days, HEIGHTS[at]) for hand in zip(hands, days, strict=True))
        assert counted[at] == plain


def test_nobody_wrote_anything() -> None:
    assert not counted_together([], [], 3, HEIGHTS).any()


@pytest.mark.parametrize("most", [1, MOST_NOTES])
def test_who_wrote_much_is_dealt_for_alone_with_the_same_cut(monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    vectors, rows = some(60, 7), [list(range(at, at + 12)) for at in range(0, 60, 12)]
    trees = [(mine, average_linkage(vectors[mine])) for mine in rows]
    expected = chosen_cut(vectors, trees, list(range(60)), 3)
    monkeypatch.setattr("suggestions.cutting.MOST_NOTES", most)
    assert chosen_cut(vectors, trees, list(range(60)), 3) == pytest.approx(expected)
