"""The plain way to say how likely a theme comes up again: a decayed Poisson rate with a Gamma prior, no season, no end,
no hindsight. What is better has to beat it."""

from __future__ import annotations

from collections.abc import Sequence
from math import log

AHEAD, HALF_LIFE = 28, 56.0


def chances(histories: Sequence[tuple[Sequence[int], int]], today: int) -> list[float]:
    """For each (days on which it came up, the person's first day): the probability of another within 28 days."""
    events = [sum(2 ** ((day - today) / HALF_LIFE) for day in days) for days, _ in histories]
    lengths = [max(today - first + 1, AHEAD) for _, first in histories]
    exposures = [HALF_LIFE / log(2) * (1 - 2 ** (-length / HALF_LIFE)) for length in lengths]
    prior = (AHEAD + sum(exposures)) / (1 + sum(events))
    return [
        1 - ((prior + seen) / (prior + seen + AHEAD)) ** (1 + came)
        for came, seen in zip(events, exposures, strict=True)
    ]
