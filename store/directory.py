"""Everybody of an organisation in a line each, in one query, for pages that list or name them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from mentoring.people import Role
from store import tables
from store.memory import Memory

_people = tables.people


@dataclass(frozen=True)
class Line:
    """Who somebody is, and how far they have come in."""

    id: int
    name: str
    email: str
    roles: frozenset[Role]
    manager_id: int | None
    stopped: bool
    invited_at: datetime | None
    joined_at: datetime | None
    leaving_at: datetime | None

    @property
    def to_invite(self) -> bool:
        """Whether nobody has asked them to join yet, and they have neither come by themselves nor want to be left
        alone."""
        asked_or_here = self.invited_at or self.joined_at or self.roles & {Role.MENTEE, Role.MENTOR}
        return not (asked_or_here or self.stopped or self.leaving_at)


def everyone(memory: Memory) -> tuple[Line, ...]:
    """By name."""
    columns = (_people.c[name] for name in ("id", "name", "email", "roles", "manager_id", "stopped"))
    moments = (_people.c.invited_at, _people.c.joined_at, _people.c.leaving_at)
    rows = memory.rows(memory.select(_people, *columns, *moments).order_by(_people.c.name, _people.c.id))
    return tuple(
        Line(
            id=row.id,
            name=row.name,
            email=row.email,
            roles=frozenset(Role(role) for role in row.roles),
            manager_id=row.manager_id,
            stopped=row.stopped,
            invited_at=row.invited_at,
            joined_at=row.joined_at,
            leaving_at=row.leaving_at,
        )
        for row in rows
    )


def names(memory: Memory) -> dict[int, str]:
    """Everybody's name by id."""
    return {row.id: row.name for row in memory.rows(memory.select(_people, _people.c.id, _people.c.name))}
