"""Average linkage is exactly that, whatever shortcut is taken."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from suggestions.linkage import average_linkage
from suggestions.vectors import Vectors, unit


def some(number: int, seed: int, wide: int = 8) -> Vectors:
    return unit(np.random.default_rng(seed).normal(size=(number, wide)).astype(np.float32))


def plainly(vectors: Vectors, height: float) -> list[list[int]]:
    """The closest two clusters joined, again and again, by the mean of all distances between their members."""
    clusters = [[each] for each in range(len(vectors))]
    distance = 1 - vectors.astype(np.float64) @ vectors.T.astype(np.float64)
    while len(clusters) > 1:
        means = {
            (a, b): distance[np.ix_(clusters[a], clusters[b])].mean()
            for a in range(len(clusters))
            for b in range(a + 1, len(clusters))
        }
        a, b = min(means, key=lambda two: means[two])
        if means[a, b] > height:
            break
        clusters[a] += clusters.pop(b)
    return sorted(sorted(cluster) for cluster in clusters)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 25), st.integers(0, 1000), st.floats(0.05, 0.95))
def test_the_clusters_are_those_of_the_plain_method(number: int, seed: int, height: float) -> None:
    vectors = some(number, seed)
    assert average_linkage(vectors).cut(height) == plainly(vectors, height)


@pytest.mark.parametrize("number", [2, 3, 50])
def test_equal_vectors_are_one_cluster(number: int) -> None:
    tree = average_linkage(np.repeat(some(1, 3), number, axis=0))
    assert tree.cut(0.01) == [list(range(number))]


def test_sums_and_sizes_stand_for_clusters_made_before() -> None:
    vectors = some(12, 5)
    tree = average_linkage(vectors)
    first = tree.cut(0.6)
    sums = np.stack([vectors[rows].sum(axis=0) for rows in first])
    again = average_linkage(sums, np.array([len(rows) for rows in first])).cut(0.9)
    assert sorted(sorted(row for each in rows for row in first[each]) for rows in again) == tree.cut(0.9)


def test_a_vector_of_zeros_stays_alone() -> None:
    vectors = np.concatenate([some(2, 1), np.zeros((2, 8), np.float32)])
    assert [2] in average_linkage(vectors).cut(0.9)
    assert [3] in average_linkage(vectors).cut(0.9)
