"""What `interlude doctor` finds."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Check:
    """One thing looked at. fix: what to do about it; empty when it is well, or when nothing need be done."""

    name: str
    well: bool
    found: str
    fix: str = ""
