"""Judging texts by their letters, where there is no sentence model: character n-grams, hashed."""

from __future__ import annotations

import re
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from math import log

import numpy as np

from suggestions.vectors import Vectors, unit
from suggestions.words import FUNCTION_WORDS

LENGTHS = (3, 4, 5)
WORD = re.compile(r"[\w']+")
FUNCTION_WORD_WEIGHT = 0.25


class LexicalEmbedder:
    """Character 3–5-grams inside words, dampened counts, signed hashing into `dimensions` numbers.

    Stands in for inverse document frequencies, which would make a vector depend on the other texts of its list and so
    unfit to be kept, by a low weight on function words. notice: says that, and why, the judgement is lexical.
    """

    name = "lexical-char-3-5:2"
    dimensions = 1024

    def __init__(self, because: str) -> None:
        self.notice = (
            "Themes and suitability are judged by spelling alone, which finds fewer of the same problems"
            f" in other words, because {because}."
        )

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Shape (len(texts), 1024), float32, rows of length 1 (of zeros for a text without letters)."""
        vectors = np.zeros((len(texts), self.dimensions), np.float32)
        for row, text in enumerate(texts):
            for gram, weight in _weights(text).items():
                place = zlib.crc32(gram.encode("utf-8", "replace"))
                vectors[row, (place >> 1) % self.dimensions] += weight if place & 1 else -weight
        return unit(vectors)


def _weights(text: str) -> dict[str, float]:
    counts: Counter[str] = Counter()
    low: Counter[str] = Counter()
    for word in WORD.findall(text.lower()):
        (low if word in FUNCTION_WORDS else counts).update(_grams(f" {word} "))
    weights = {gram: 1 + log(count) for gram, count in counts.items()}
    for gram in low:
        weights.setdefault(gram, FUNCTION_WORD_WEIGHT)
    return weights


def _grams(word: str) -> Iterator[str]:
    for length in LENGTHS:
        for start in range(len(word) - length + 1):
            yield word[start : start + length]
