"""How good needs and their probabilities are, against what was planted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

Truth = Mapping[str, Mapping[str, Sequence[int]]]
"""Person → what recurs for them → the numbers of their lines on it."""

OVERLAP = 0.5
"""A need is right when the Jaccard index of its evidence and of a planted recurrence is at least this."""


@dataclass(frozen=True)
class Score:
    needs: int
    planted: int
    right: int

    @property
    def precision(self) -> float:
        return self.right / self.needs if self.needs else 0.0

    @property
    def recall(self) -> float:
        return self.right / self.planted if self.planted else 0.0

    @property
    def f1(self) -> float:
        return 2 * self.right / (self.needs + self.planted) if self.needs + self.planted else 0.0

    def __add__(self, other: Score) -> Score:
        """Of both together."""
        return Score(self.needs + other.needs, self.planted + other.planted, self.right + other.right)

    def __str__(self) -> str:
        return (
            f"needs {self.needs}  planted {self.planted}  precision {self.precision:.3f}"
            f"  recall {self.recall:.3f}  F1 {self.f1:.3f}"
        )


def score(needs: Iterable[tuple[str, Sequence[int]]], truth: Truth) -> Score:
    """needs: (person, evidence). Each planted recurrence counts once."""
    number, met = 0, set()
    for person, evidence in needs:
        number += 1
        overlap, name = max(
            ((_jaccard(set(evidence), set(lines)), name) for name, lines in truth.get(person, {}).items()),
            default=(0.0, ""),
        )
        if overlap >= OVERLAP:
            met.add((person, name))
    return Score(number, sum(len(planted) for planted in truth.values()), len(met))


def _jaccard(left: set[int], right: set[int]) -> float:
    return len(left & right) / len(left | right)


def brier(said: Sequence[tuple[float, bool]]) -> float:
    """The mean square of probability minus what happened: 0 is perfect, 0.25 is a coin."""
    return sum((probability - happened) ** 2 for probability, happened in said) / len(said)


def reliability(said: Sequence[tuple[float, bool]], bins: int = 5) -> list[tuple[float, float, int]]:
    """(mean probability, share that happened, how many) for each filled bin of probabilities."""
    table: list[list[tuple[float, bool]]] = [[] for _ in range(bins)]
    for probability, happened in said:
        table[min(int(probability * bins), bins - 1)].append((probability, happened))
    return [
        (sum(p for p, _ in rows) / len(rows), sum(h for _, h in rows) / len(rows), len(rows)) for rows in table if rows
    ]
