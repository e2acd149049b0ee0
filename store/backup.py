"""A backup: every row as a line of JSON, the same for SQLite and PostgreSQL.

One format for both needs no client tools of a fitting version, and takes an installation from one kind of database to
the other. Passwords, tokens and the addresses of connected accounts stay encrypted in it and need the keys. All else is
in clear, as in the database: names, mail addresses, notes, topics, when people are busy. Keep it as you keep those.
"""

from __future__ import annotations

import json
import os
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Connection, Date, LargeBinary, Table, func, insert, select, text, update
from sqlalchemy.exc import IntegrityError

from mentoring.errors import BadInput
from store import migrating
from store.columns import Moment
from store.tables import metadata

FORMAT = 1
ROWS_A_BATCH = 1000


def write(connection: Connection, path: Path) -> int:
    """Everything, to a new file that only its owner may read. Returns the number of rows."""
    if path.exists():
        raise BadInput.of(str(path), "exists already; a backup never overwrites a file")
    unfinished = path.with_name(f".{path.name}.unfinished")
    try:
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    except OSError as problem:
        raise BadInput.of(str(path), f"cannot be written: {problem.strerror}") from problem
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        rows = 0
        for line in _lines(connection):
            rows += "row" in line
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
        file.write(json.dumps({"end": True, "rows": rows}) + "\n")
        file.flush()
        os.fsync(descriptor)
    unfinished.replace(path)
    return rows


def _lines(connection: Connection) -> Iterator[dict[str, Any]]:
    yield {"interlude": FORMAT, "revision": migrating.current(connection)}
    for table in metadata.sorted_tables:
        columns = [column.name for column in table.c]
        yield {"table": table.name, "columns": columns, "next_id": _next_id(connection, table)}
        statement = select(table).order_by(*table.primary_key.columns).execution_options(yield_per=ROWS_A_BATCH)
        for row in connection.execute(statement):
            yield {"row": [_plain(value) for value in row]}


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return b64encode(value).decode()
    return value.isoformat() if isinstance(value, date) else value


def _value(column: Column[Any], plain: Any) -> Any:
    read = next((reader for kind, reader in _READERS.items() if isinstance(column.type, kind)), None)
    return plain if plain is None or read is None else read(plain)


_READERS: dict[type[Any], Callable[[str], Any]] = {
    Moment: datetime.fromisoformat,
    Date: date.fromisoformat,
    LargeBinary: b64decode,
}
"""How the types that JSON lacks are read again."""


def read(connection: Connection, path: Path, replace: bool) -> int:
    """Puts a backup's rows in place of what is there. Returns their number."""
    if not replace and connection.execute(select(func.count()).select_from(metadata.tables["organisations"])).scalar():
        raise BadInput.of("", "the database holds an organisation already; restoring would replace everything in it")
    for table in reversed(metadata.sorted_tables):
        connection.execute(table.delete())
    try:
        with path.open(encoding="utf-8") as file:
            return _Restoring(connection, path).run(enumerate(file, start=1))
    except OSError as problem:
        raise BadInput.of(str(path), f"cannot be read: {problem.strerror}") from problem


class _Restoring:
    """Reads line by line, writes in batches, and is content only with the last line."""

    def __init__(self, connection: Connection, path: Path) -> None:
        self.connection = connection
        self.path = path
        self.table: Table | None = None
        self.columns: list[Column[Any]] = []
        self.waiting: list[dict[str, Any]] = []
        self.managers: list[dict[str, Any]] = []
        self.rows = 0

    def run(self, lines: Iterator[tuple[int, str]]) -> int:
        ended = False
        for number, line in lines:
            try:
                ended = self._take(json.loads(line), number)
            except (ValueError, KeyError, TypeError) as problem:
                raise BadInput.of(str(self.path), f"line {number} is not a line of a backup") from problem
            except IntegrityError as problem:
                words = f"does not fit together: before line {number}, a row is missing or there twice"
                raise BadInput.of(str(self.path), words) from problem
        if not ended:
            raise BadInput.of(str(self.path), "is not a whole backup: its last line is missing")
        return self.rows

    def _take(self, line: dict[str, Any], number: int) -> bool:
        if number == 1:
            self._begin(line)
        elif "row" in line:
            self._row(line["row"])
        elif "table" in line:
            self._next_table(line)
        else:
            self._flush()
            if line["rows"] != self.rows:
                raise ValueError(line)
            self._name_managers()
            return bool(line["end"])
        return False

    def _begin(self, line: dict[str, Any]) -> None:
        at = migrating.current(self.connection)
        if line["interlude"] != FORMAT or line["revision"] != at:
            words = f"was made at revision {line['revision']}, the database is at {at}: use the version that made it"
            raise BadInput.of(str(self.path), words)

    def _next_table(self, line: dict[str, Any]) -> None:
        self._flush()
        self.table = metadata.tables[line["table"]]
        self.columns = [self.table.c[name] for name in line["columns"]]
        if line["next_id"] is not None:
            _set_next_id(self.connection, self.table, int(line["next_id"]))

    def _row(self, plain: list[Any]) -> None:
        row = {column.name: _value(column, value) for column, value in zip(self.columns, plain, strict=True)}
        if row.get("manager_id") is not None:
            # A manager may come after their people; all are named once everybody is there.
            self.managers.append({"id": row["id"], "manager_id": row["manager_id"]})
            row["manager_id"] = None
        self.waiting.append(row)
        if len(self.waiting) >= ROWS_A_BATCH:
            self._flush()

    def _flush(self) -> None:
        if self.table is not None and self.waiting:
            self.connection.execute(insert(self.table), self.waiting)
            self.rows += len(self.waiting)
            self.waiting = []

    def _name_managers(self) -> None:
        people = metadata.tables["people"]
        for row in self.managers:
            self.connection.execute(update(people).where(people.c.id == row["id"]).values(manager_id=row["manager_id"]))


def _next_id(connection: Connection, table: Table) -> int | None:
    """The id that the next row gets: those of deleted rows are not given again, after a restore either."""
    if "id" not in table.c:
        return None
    if connection.dialect.name == "sqlite":
        question = text("SELECT seq + 1 FROM sqlite_sequence WHERE name = :name")
        return int(connection.execute(question, {"name": table.name}).scalar() or 1)
    question = text(f"SELECT last_value + is_called::int FROM {_sequence(connection, table)}")  # noqa: S608 - PostgreSQL's own name
    return int(connection.execute(question).scalar_one())


def _set_next_id(connection: Connection, table: Table, next_id: int) -> None:
    if connection.dialect.name == "sqlite":
        connection.execute(text("DELETE FROM sqlite_sequence WHERE name = :name"), {"name": table.name})
        statement = text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :seq)")
        connection.execute(statement, {"name": table.name, "seq": next_id - 1})
        return
    sequence = _sequence(connection, table)
    connection.execute(text("SELECT setval(:sequence, :next, false)"), {"sequence": sequence, "next": next_id})


def _sequence(connection: Connection, table: Table) -> str:
    question = text("SELECT pg_get_serial_sequence(:name, 'id')")
    return str(connection.execute(question, {"name": table.name}).scalar_one())
