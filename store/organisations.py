"""The organisations of this installation."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, insert, select, update

from mentoring.hours import zone as known_zone
from mentoring.policy import Policy
from store import policies, tables
from store.memory import Memory


@dataclass(frozen=True)
class Organisation:
    """stopped: the kill switch; nothing is sent while it is on."""

    id: int
    name: str
    zone: str
    stopped: bool = False


def add(memory: Memory, name: str, zone: str) -> Organisation:
    """A new one, with the policy that Interlude starts with. Raises BadInput for an unknown zone."""
    known_zone(zone)
    statement = insert(tables.organisations).values(name=name, zone=zone, stopped=False, sign_in_domains="")
    new = memory.connection.execute(statement.returning(tables.organisations.c.id)).scalar_one()
    policies.publish(memory.inside(new), Policy())
    return Organisation(new, name, zone)


def all(memory: Memory) -> tuple[Organisation, ...]:  # noqa: A001
    """System-wide: every organisation."""
    return tuple(_organisation(row) for row in memory.rows(select(tables.organisations).order_by("id")))


def get(memory: Memory) -> Organisation:
    """The one that the memory is about. Raises KeyError."""
    row = memory.first(select(tables.organisations).where(tables.organisations.c.id == memory.scope))
    if row is None:
        raise KeyError(memory.scope)
    return _organisation(row)


def set_stopped(memory: Memory, stopped: bool) -> None:
    """Turns the kill switch on or off."""
    mine = tables.organisations.c.id == memory.scope
    memory.changed(update(tables.organisations).where(mine).values(stopped=stopped))


def hold(memory: Memory) -> None:
    """Until the transaction ends, whoever else would hold it waits: what is true of all its people then stays so."""
    mine = tables.organisations.c.id == memory.scope
    memory.first(select(tables.organisations.c.id).where(mine).with_for_update(key_share=True))


def sign_in_domains(memory: Memory) -> tuple[str, ...]:
    """Whose addresses may sign in by Google or Microsoft; empty: any."""
    column = tables.organisations.c.sign_in_domains
    row = memory.first(select(column).where(tables.organisations.c.id == memory.scope))
    return tuple(row.sign_in_domains.split()) if row is not None else ()


def set_sign_in_domains(memory: Memory, domains: Iterable[str]) -> None:
    mine = tables.organisations.c.id == memory.scope
    memory.changed(update(tables.organisations).where(mine).values(sign_in_domains="\n".join(domains)))


def _organisation(row: Row[Any]) -> Organisation:
    return Organisation(row.id, row.name, row.zone, row.stopped)
