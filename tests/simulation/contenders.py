"""What a contender is: it sees what is visible, proposes, and is told what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from mentoring.people import Limits
from tests.simulation.calendars import Booked, Window
from tests.simulation.minds import Said, Wish
from tests.simulation.population import Numbers, Population, Truths


@dataclass(frozen=True)
class Note:
    """Somebody wrote something. theme: where a machine put it, None for nowhere; one in six is wrong."""

    id: int
    person: int
    theme: int | None
    at: datetime


@dataclass(frozen=True)
class Proposed:
    """theme: None for a meeting about nothing in particular. slot: half hour."""

    mentee: int
    mentor: int
    theme: int | None
    slot: int


@dataclass(frozen=True)
class Outcome:
    """What became of a proposal, as far as anybody is told.

    mentor_said: None where the mentor was not asked. held: whether they met, None while it is still to come.
    helped: what the mentee says of it afterwards, None for nothing. at: the last that is known of.
    """

    proposed: Proposed
    week: int
    at: datetime
    mentee_said: Said
    mentor_said: Said | None = None
    mentee_wish: Wish | None = None
    mentor_wish: Wish | None = None
    held: bool | None = None
    helped: bool | None = None

    @property
    def agreed(self) -> bool:
        return self.mentor_said is Said.YES


@dataclass(frozen=True)
class Facts:
    """What everybody may know of the people, all that never changes. Rows are the people's numbers.

    people: of which only what its docstring calls seen may be looked at. theme_vectors: shape (themes, dimensions).
    """

    people: Population = field(repr=False)
    zones: tuple[str, ...]
    limits: tuple[Limits, ...] = field(repr=False)
    theme_vectors: Numbers = field(repr=False)
    expertise: tuple[tuple[tuple[int, Numbers], ...], ...] = field(repr=False)
    """Of each person: (number of the text, its vector)."""


@dataclass(frozen=True)
class Seen:
    """What is visible at a round. booked: a copy, in which a contender may try what fits. notes: all so far.

    free: the calendars, True where free, shape (people, slots of the window).
    """

    week: int
    now: datetime
    notes: Sequence[Note] = field(repr=False)
    window: Window
    booked: Booked = field(repr=False)
    free: Truths = field(repr=False)


class Contender(Protocol):
    """One for each run: it may remember."""

    name: str

    def propose(self, seen: Seen) -> Sequence[Proposed]:
        """What to offer this week. Whatever the rules forbid counts as a fault of the contender."""
        ...

    def told(self, outcomes: Sequence[Outcome]) -> None:
        """What became known since the last round, the latest of each proposal."""
        ...
