"""How many there are of what, for the doctor."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from store import tables
from store.memory import Memory


@dataclass(frozen=True)
class Figures:
    """System-wide counts."""

    organisations: int
    people: int
    calendars: int
    calendars_with_problems: int
    messages_waiting: int
    messages_given_up: int


def figures_anywhere(memory: Memory) -> Figures:
    """System-wide: how many there are of what."""
    outbox, calendar = tables.outbox.c, tables.calendars.c
    counts = {
        "organisations": select(func.count()).select_from(tables.organisations),
        "people": select(func.count()).select_from(tables.people),
        "calendars": select(func.count()).select_from(tables.calendars),
        "calendars_with_problems": select(func.count()).where(calendar.counts_as_busy, calendar.problem != ""),
        "messages_waiting": select(func.count()).where(outbox.state == "waiting"),
        "messages_given_up": select(func.count()).where(outbox.state == "given_up"),
    }
    row = memory.rows(select(*(count.scalar_subquery().label(name) for name, count in counts.items())))[0]
    return Figures(**{name: getattr(row, name) for name in counts})
