"""Unit vectors, and what is done with them everywhere in this room."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
"""Shape (n, d): one text a row."""

Vector = NDArray[np.float32]
"""Shape (d,)."""

SHORTEST = 1e-9


def unit(vectors: Vectors) -> Vectors:
    """Each row scaled to length 1; a row of zeros stays one."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, SHORTEST), dtype=np.float32)


def centred(vectors: Vectors, centre: Vector) -> Vectors:
    """Where texts lie as seen from the middle of what an organisation writes: what they all share says nothing.

    A row of zeros, of which nothing is known, stays one.
    """
    known = np.any(vectors != 0, axis=1, keepdims=True)
    return unit(np.where(known, vectors - centre, 0))


def as_bytes(vectors: Vectors | Sequence[Vector]) -> list[bytes]:
    """Each row as little-endian float32, to keep."""
    return [row.astype("<f4").tobytes() for row in vectors]


def from_bytes(rows: Sequence[bytes] | Iterable[bytes], dimensions: int) -> Vectors:
    """The rows as they were kept. Raises ValueError when one is of another length."""
    kept = [np.frombuffer(row, dtype="<f4") for row in rows]
    if any(len(row) != dimensions for row in kept):
        raise ValueError(f"a kept vector does not have {dimensions} dimensions")
    return np.asarray(np.stack(kept), dtype=np.float32) if kept else np.zeros((0, dimensions), np.float32)
