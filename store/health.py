"""How things stand, in bulk: what the admin's page and the doctor show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from store import tables
from store.memory import Memory


@dataclass(frozen=True)
class CalendarHealth:
    """One calendar, whose it is, and how its last reading went; no address and nothing of what is in it."""

    calendar_id: int
    person_id: int
    owner: str
    provider: str
    name: str
    counts_as_busy: bool
    holds_copies: bool
    state: str
    problem: str
    problem_since: datetime | None
    read_at: datetime | None
    next_read_at: datetime | None


@dataclass(frozen=True)
class Figures:
    """System-wide counts, for the doctor."""

    organisations: int
    people: int
    calendars: int
    calendars_with_problems: int
    messages_waiting: int
    messages_given_up: int


def calendars(memory: Memory) -> tuple[CalendarHealth, ...]:
    """Every calendar of the organisation: those with problems first, then by owner. One query."""
    calendar, connection, person = tables.calendars, tables.connections, tables.people
    own = [calendar.c[name] for name in CalendarHealth.__dataclass_fields__ if name in calendar.c]
    columns = (
        calendar.c.id.label("calendar_id"),
        person.c.name.label("owner"),
        connection.c.provider,
        connection.c.state,
    )
    statement = (
        memory.select(calendar, *own, *columns)
        .join(connection, connection.c.id == calendar.c.connection_id)
        .join(person, person.c.id == calendar.c.person_id)
        .order_by(calendar.c.problem == "", person.c.name, calendar.c.id)
    )
    names = CalendarHealth.__dataclass_fields__
    return tuple(CalendarHealth(**{name: getattr(row, name) for name in names}) for row in memory.rows(statement))


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
