"""What is hard for people, and what of it comes back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Challenge:
    """Something a person struggles with, in their words. source: "note", "question", "import" …"""

    id: int
    person_id: int
    text: str
    at: datetime
    source: str = "note"


@dataclass(frozen=True)
class Theme:
    """Challenges of an organisation that mean the same. label: made of words its challenges share."""

    id: int
    label: str
    challenge_ids: tuple[int, ...]


@dataclass(frozen=True)
class Need:
    """A theme that recurs for a person.

    evidence: ids of that person's own challenges on the theme. days: distinct local days among them.
    probability: that it comes up again within 28 days of `as_of`, in 0..1.
    """

    person_id: int
    theme_id: int
    label: str
    evidence: tuple[int, ...]
    days: int
    last_at: datetime
    probability: float

    def settled(self, said_at: datetime | None) -> bool:
        """Whether they said, at that time, that it is no longer hard for them, and have not written of it since."""
        return said_at is not None and self.last_at <= said_at
