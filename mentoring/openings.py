"""Times a pair can meet, and what blocks a person's time for Interlude."""

from __future__ import annotations

from dataclasses import dataclass

from mentoring.intervals import Interval


@dataclass(frozen=True)
class Pair:
    """Who would be helped by whom."""

    mentee_id: int
    mentor_id: int

    def __post_init__(self) -> None:
        if self.mentee_id == self.mentor_id:
            raise ValueError("nobody mentors themselves")


@dataclass(frozen=True)
class Preference:
    """One reason why a time is a good or bad one. points: what it adds to the score, negative for a drawback."""

    name: str
    points: float
    words: str


@dataclass(frozen=True)
class Opening:
    """A time both people of a pair can meet. score: higher is what people would rather choose, with its reasons."""

    interval: Interval
    score: float = 0.0
    reasons: tuple[Preference, ...] = ()


@dataclass(frozen=True)
class Engagement:
    """A person's time that a proposal blocks. The database refuses two live ones that overlap for one person."""

    person_id: int
    interval: Interval
    proposal_id: int
