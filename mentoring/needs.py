"""What is hard for people, and what of it comes back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True)
class Challenge:
    """Something a person struggles with, in their words. source: "note", "question", "import" …

    language: ISO 639-1; "und" where it could not be told, empty until somebody has looked.
    """

    id: int
    person_id: int
    text: str
    at: datetime
    source: str = "note"
    language: str = ""


@dataclass(frozen=True)
class Theme:
    """Challenges of an organisation that mean the same. label: made of words its challenges share.

    group_label: only of words that enough of its people used, for others to read; empty where there are none.
    """

    id: int
    label: str
    challenge_ids: tuple[int, ...]
    group_label: str = ""


class WishKind(StrEnum):
    """TOGETHER: two notes are about the same. APART: they are not. NAMED: what the note is about is called so."""

    TOGETHER = "together"
    APART = "apart"
    NAMED = "named"


@dataclass(frozen=True)
class ThemeWish:
    """What a person says of the grouping of their own notes; of two that contradict each other, the later counts.

    with_id: the other note, None for a name. What was said at once carries the same time, and no other wish of the
    person does.
    """

    person_id: int
    challenge_id: int
    kind: WishKind
    at: datetime
    with_id: int | None = None
    name: str = ""


@dataclass(frozen=True)
class Need:
    """A theme that recurs for a person.

    evidence: ids of that person's own challenges on the theme. days: distinct local days among them.
    probability: that it comes up again within 28 days of `as_of`, in 0..1. rate: days a week on which it comes up, as
    long as it is not over; trend: how that changes a week. season_days: the length of its season, where it has one.
    next_at: when it comes up next, if it does, as likely before as after; next_from, next_until: between which moments
    with a chance of four in five.
    """

    person_id: int
    theme_id: int
    label: str
    evidence: tuple[int, ...]
    days: int
    last_at: datetime
    probability: float
    rate: float = 0.0
    trend: float = 0.0
    season_days: int | None = None
    next_at: datetime | None = None
    next_from: datetime | None = None
    next_until: datetime | None = None

    def settled(self, said_at: datetime | None) -> bool:
        """Whether they said, at that time, that it is no longer hard for them, and have not written of it since."""
        return said_at is not None and self.last_at <= said_at
