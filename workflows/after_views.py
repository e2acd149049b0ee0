"""What the pages show that ask something: how a meeting was, and what was hard lately. Times are UTC."""

from __future__ import annotations

from dataclasses import dataclass

from mentoring.intervals import Interval
from mentoring.proposals import Party
from mentoring.reviews import Helped


@dataclass(frozen=True)
class AfterPage:
    """How one meeting was, as one of its two says it. can_say: it is over, and not for more than a fortnight. missed:
    somebody said that it did not take place. can_miss: that can still be said. said: what they said last.
    """

    first_name: str
    other: str
    other_first_name: str
    mine_as: Party
    topic: str
    interval: Interval
    zone: str
    twelve_hour: bool = False
    can_say: bool = False
    can_miss: bool = False
    missed: bool = False
    said: Helped | None = None
    settled: bool = False


@dataclass(frozen=True)
class LatelyPage:
    """Somebody is asked what was hard. open: the question is not so old that its page is closed."""

    first_name: str
    open: bool = True
