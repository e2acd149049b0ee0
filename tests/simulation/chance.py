"""Random numbers that depend on what they are about, not on what was asked before.

Two contenders who offer the same person the same thing in the same week meet the same luck: what differs between them
is what they did. (Common random numbers.)
"""

from __future__ import annotations

from statistics import NormalDist

_EVERY_BIT = (1 << 64) - 1
_STANDARD = NormalDist()


def uniform(*keys: int) -> float:
    """In 0..1, both excluded: the same for the same keys, of which the first is the seed. Mixed by SplitMix64."""
    state = 0x9E3779B97F4A7C15
    for key in keys:
        state = (state ^ (key & _EVERY_BIT)) + 0x9E3779B97F4A7C15 & _EVERY_BIT
        state = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9 & _EVERY_BIT
        state = (state ^ (state >> 27)) * 0x94D049BB133111EB & _EVERY_BIT
        state ^= state >> 31
    return ((state >> 11) + 0.5) / (1 << 53)


def normal(*keys: int) -> float:
    """From the standard normal distribution, in the same way."""
    return _STANDARD.inv_cdf(uniform(*keys))
