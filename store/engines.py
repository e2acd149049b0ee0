"""How each kind of database is opened."""

from __future__ import annotations

from pathlib import Path
from sqlite3 import Connection as SqliteConnection
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import NullPool

from mentoring.errors import BadInput

BUSY_SECONDS = 15
WRITING = "interlude_writing"
"""The execution option of a transaction that may write."""


def parsed(url: str) -> URL:
    """The address with its driver. Raises BadInput for one that cannot be used."""
    try:
        address = make_url(url)
    except ArgumentError as problem:
        raise BadInput.of("INTERLUDE_DATABASE_URL", "is not the address of a database") from problem
    kind = address.get_backend_name()
    if kind == "postgresql":
        return address.set(drivername="postgresql+psycopg")
    if kind != "sqlite":
        raise BadInput.of("INTERLUDE_DATABASE_URL", f"must be SQLite or PostgreSQL, not {kind}")
    if address.database in (None, "", ":memory:"):
        raise BadInput.of("INTERLUDE_DATABASE_URL", "must name a file: several processes share the database")
    return address.set(drivername="sqlite+pysqlite")


def opened(address: URL, for_migration: bool = False) -> Engine:
    """An engine that connects when first used. Its errors show no values.

    for_migration: SQLite rebuilds a table to alter it, which with foreign keys on would delete what refers to it.
    https://www.sqlite.org/lang_altertable.html#otheralter
    """
    pool: dict[str, Any] = {"poolclass": NullPool} if for_migration else {}
    if address.get_backend_name() == "postgresql":
        return create_engine(
            address, hide_parameters=True, pool_pre_ping=True, connect_args={"connect_timeout": 10}, **pool
        )
    engine = create_engine(address, hide_parameters=True, connect_args={"timeout": BUSY_SECONDS}, **pool)
    _prepare_sqlite(engine, foreign_keys=not for_migration)
    return engine


def _prepare_sqlite(engine: Engine, foreign_keys: bool) -> None:
    """SQLAlchemy says BEGIN in place of the driver, which would begin too late to hold a lock while reading.

    https://docs.sqlalchemy.org/en/21/dialects/sqlite.html#sqlite-transactions
    """

    @event.listens_for(engine, "connect")
    def prepare(connection: SqliteConnection, _record: Any) -> None:
        connection.isolation_level = None
        connection.execute("PRAGMA journal_mode = WAL")
        # A commit is on the disk when it returns: an invite must not outlive the record of it in a power cut.
        connection.execute("PRAGMA synchronous = FULL")
        # What was deleted is overwritten, so that a forgotten person's words are not left in the file.
        connection.execute("PRAGMA secure_delete = ON")
        connection.execute(f"PRAGMA foreign_keys = {'ON' if foreign_keys else 'OFF'}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writing = connection.get_execution_options().get(WRITING, False)
        connection.exec_driver_sql(f"PRAGMA query_only = {'OFF' if writing else 'ON'}")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def private_file(address: URL) -> None:
    """Makes an SQLite database's file, readable by its owner only, unless it is there."""
    if address.get_backend_name() == "sqlite" and address.database:
        file = Path(address.database)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
