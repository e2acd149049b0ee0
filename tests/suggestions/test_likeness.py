"""What differs between texts that say the same plays little part in telling others apart."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from suggestions.likeness import compared, measured, saying_the_same
from suggestions.vectors import Vectors, unit

WIDE = 12


def worded(topics: int, ways: int, seed: int, manner: float = 1.5) -> tuple[Vectors, list[int]]:
    """Topics in the first eight directions, each put in several ways; in the last four, the way of putting it."""
    chance = np.random.default_rng(seed)
    middles = np.zeros((topics, WIDE))
    middles[:, :8] = chance.normal(size=(topics, 8))
    topic = np.repeat(np.arange(topics), ways)
    manners = np.zeros((len(topic), WIDE))
    manners[:, 8:] = manner * chance.normal(size=(len(topic), 4))
    return unit((middles[topic] + manners + 0.1 * chance.normal(size=manners.shape)).astype(np.float32)), topic.tolist()


def told_apart(vectors: Vectors, topic: list[int]) -> float:
    """How often a text's nearest other is of its topic: 0..1."""
    cosines = vectors @ vectors.T
    np.fill_diagonal(cosines, -2)
    nearest = cosines.argmax(axis=1)
    return float(np.mean([topic[each] == topic[at] for at, each in enumerate(nearest)]))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_way_a_thing_is_put_is_learnt_to_say_little(seed: int) -> None:
    vectors, topic = worded(topics=30, ways=6, seed=seed, manner=0.8)
    pairs = saying_the_same(vectors)
    assert told_apart(measured(vectors, pairs), topic) > told_apart(vectors, topic)


def test_a_direction_in_which_such_pairs_differ_is_shrunk() -> None:
    vectors = unit(np.eye(4, dtype=np.float32)[:3] + np.float32(0.2))
    placed = measured(vectors, np.array([[0, 1]]))
    assert placed[0] @ placed[1] > vectors[0] @ vectors[1]
    assert placed[0] @ placed[2] < vectors[0] @ vectors[2]


def test_pairs_that_say_the_same_are_each_others_nearest() -> None:
    vectors, _ = worded(topics=8, ways=5, seed=4)
    cosines = vectors @ vectors.T
    np.fill_diagonal(cosines, -2)
    ranked = np.argsort(-cosines, axis=1)[:, :5]
    expected = {(a, int(b)) for a in range(len(vectors)) for b in ranked[a] if a < b and a in ranked[b]}
    assert {(int(a), int(b)) for a, b in saying_the_same(vectors)} == expected


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 30), st.integers(0, 10_000))
def test_whatever_the_number_of_texts_the_vectors_are_unit(number: int, seed: int) -> None:
    vectors = unit(np.random.default_rng(seed).normal(size=(number, WIDE)).astype(np.float32))
    placed = compared(vectors)
    assert placed.shape == (number, 2 * WIDE)
    assert np.isfinite(placed).all()
    assert np.allclose(np.linalg.norm(placed, axis=1), 1, atol=1e-4)


def test_of_texts_without_letters_nothing_is_made_up() -> None:
    vectors, _ = worded(topics=5, ways=5, seed=6)
    vectors[3] = 0
    assert not compared(vectors)[3].any()
    assert not compared(np.zeros((4, WIDE), np.float32)).any()


def test_equal_texts_differ_in_nothing_and_stay_equal() -> None:
    placed = compared(np.repeat(unit(np.ones((1, WIDE), np.float32)), 15, axis=0))
    assert np.allclose(placed @ placed.T, 1, atol=1e-4)


def test_the_order_of_the_texts_plays_no_part() -> None:
    vectors, _ = worded(topics=10, ways=5, seed=7)
    order = random.Random(1).sample(range(len(vectors)), len(vectors))
    assert np.allclose(compared(vectors)[order], compared(vectors[order]), atol=1e-3)
