"""One transaction's view of what is remembered, of one organisation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Delete,
    Executable,
    Row,
    Select,
    Table,
    Update,
    delete,
    insert,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from mentoring.errors import Missing
from store.keyring import Keyring

BATCH = 5000
"""How many ids go into one IN list: SQLite takes 32,766 parameters, PostgreSQL 65,535."""


class Memory:
    """A transaction, and the organisation whose rows it may see; None for the few system-wide questions.

    Its methods are for the modules of this room, which build every statement from them and so never leave the
    organisation. Other rooms pass it along and read `organisation_id`.
    """

    def __init__(self, connection: Connection, keyring: Keyring, organisation_id: int | None) -> None:
        self.connection = connection
        self.keyring = keyring
        self.organisation_id = organisation_id

    @property
    def scope(self) -> int:
        """The organisation's id. Raises ValueError where there is none, as that is a programming error."""
        if self.organisation_id is None:
            raise ValueError("this question is about one organisation: use reading(organisation_id) or writing(…)")
        return self.organisation_id

    def inside(self, organisation_id: int) -> Memory:
        """The same transaction, of that organisation: for a system-wide change that ends in somebody's rows."""
        return Memory(self.connection, self.keyring, organisation_id)

    def mine(self, table: Table) -> ColumnElement[bool]:
        """The condition that keeps a statement inside the organisation."""
        owner: Column[int] = table.c.organisation_id
        return owner == self.scope

    def select(self, table: Table, *columns: ColumnElement[Any]) -> Select[Any]:
        return select(*(columns or table.c)).select_from(table).where(self.mine(table))

    def update(self, table: Table) -> Update:
        return update(table).where(self.mine(table))

    def delete(self, table: Table) -> Delete:
        return delete(table).where(self.mine(table))

    def rows(self, statement: Executable) -> Sequence[Row[Any]]:
        return self.connection.execute(statement).all()

    def first(self, statement: Executable) -> Row[Any] | None:
        return self.connection.execute(statement).first()

    def get(self, table: Table, row_id: int) -> Row[Any]:
        """The row of that id. Raises KeyError, for another organisation's row as for none."""
        row = self.first(self.select(table).where(table.c.id == row_id))
        if row is None:
            raise Missing(row_id)
        return row

    def changed(self, statement: Update | Delete) -> int:
        """How many rows the statement changed."""
        return self.connection.execute(statement).rowcount

    def insert(self, table: Table, **values: Any) -> int:
        """The new row's id."""
        statement = insert(table).values(organisation_id=self.scope, **values).returning(table.c.id)
        return int(self.connection.execute(statement).scalar_one())

    def insert_many(self, table: Table, rows: Iterable[Mapping[str, Any]]) -> None:
        """Many rows at once; their ids are not asked for."""
        scoped = [{"organisation_id": self.scope, **row} for row in rows]
        if scoped:
            self.connection.execute(insert(table), scoped)

    def insert_new(self, table: Table, **values: Any) -> int | None:
        """The new row's id; None, and no row, when it would clash with a unique key."""
        statement = self._unless_there(table).values(organisation_id=self.scope, **values)
        new = self.connection.execute(statement.returning(table.c.id)).scalar()
        return None if new is None else int(new)

    def insert_missing(self, table: Table, rows: Iterable[Mapping[str, Any]]) -> None:
        """Those of the rows that clash with no unique key."""
        scoped = [{"organisation_id": self.scope, **row} for row in rows]
        if scoped:
            self.connection.execute(self._unless_there(table), scoped)

    def _unless_there(self, table: Table) -> postgresql.Insert | sqlite.Insert:
        if self.connection.dialect.name == "postgresql":
            return postgresql.insert(table).on_conflict_do_nothing()
        return sqlite.insert(table).on_conflict_do_nothing()


def batches(ids: Iterable[Any]) -> Iterator[list[Any]]:
    """The distinct ids, sorted, in lists short enough for one IN."""
    distinct = sorted(set(ids))
    for at in range(0, len(distinct), BATCH):
        yield distinct[at : at + BATCH]
