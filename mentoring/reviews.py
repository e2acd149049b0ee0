"""What the two say of a meeting after it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from mentoring.proposals import Party


class Helped(StrEnum):
    """Whether it did. Silence is none of these: it says nothing of the meeting."""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"


@dataclass(frozen=True)
class Review:
    """What one of the two said. settled: the topic is no longer hard, for now; only the mentee can say so.

    Raises ValueError for a mentor who says that it is settled.
    """

    proposal_id: int
    person_id: int
    party: Party
    helped: Helped
    at: datetime
    settled: bool = False

    def __post_init__(self) -> None:
        if self.settled and self.party is Party.MENTOR:
            raise ValueError("whether it is still hard is the mentee's to say")
