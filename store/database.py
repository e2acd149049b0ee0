"""The database: transactions that read and that write, and the upkeep of its tables."""

from __future__ import annotations

import os
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine

from store import backup, migrating
from store.engines import WRITING, opened, parsed, private_file
from store.failures import translated
from store.keyring import Keyring
from store.memory import Memory


class Database:
    """Where everything is kept. url: "sqlite:///var/interlude.db" or "postgresql://…".

    May be shared by threads, and kept across a fork: each process has connections of its own. Every transaction raises
    TryLater while the database is busy or away, Refused when it is not set up, ChangedMeanwhile when a row that is
    referred to has gone. Raises BadInput for an address that cannot be used.
    """

    def __init__(self, url: str, keyring: Keyring) -> None:
        self.keyring = keyring
        self._address = parsed(url)
        self._engine = opened(self._address)
        self._left_behind: list[Engine] = []
        _open.add(self)

    @property
    def kind(self) -> str:
        """ "sqlite" or "postgresql"."""
        return self._address.get_backend_name()

    @contextmanager
    def reading(self, organisation_id: int) -> Iterator[Memory]:
        """One organisation's things, as they were at one moment; nothing can be changed."""
        with self._transaction(writing=False) as connection:
            yield Memory(connection, self.keyring, organisation_id)

    @contextmanager
    def writing(self, organisation_id: int) -> Iterator[Memory]:
        """One organisation's things; committed at the end, all undone by an exception."""
        with self._transaction(writing=True) as connection:
            yield Memory(connection, self.keyring, organisation_id)

    @contextmanager
    def reading_all(self) -> Iterator[Memory]:
        """For the system-wide questions, whose names say so."""
        with self._transaction(writing=False) as connection:
            yield Memory(connection, self.keyring, None)

    @contextmanager
    def writing_all(self) -> Iterator[Memory]:
        """For the system-wide changes: a new organisation, a sign-in link used."""
        with self._transaction(writing=True) as connection:
            yield Memory(connection, self.keyring, None)

    @contextmanager
    def _transaction(self, writing: bool) -> Iterator[Connection]:
        with translated(), self._engine.connect() as connection:
            if self.kind == "postgresql" and not writing:
                connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            connection.execution_options(**{WRITING: writing})
            with connection.begin():
                yield connection

    def upgrade(self) -> None:
        """Brings the tables to what this version needs, all at once or not at all. Safe to run twice at a time."""
        private_file(self._address)
        engine = opened(self._address, for_migration=True)
        try:
            with translated(), engine.connect().execution_options(**{WRITING: True}) as connection, connection.begin():
                migrating.upgrade(connection)
        finally:
            engine.dispose()

    def check(self) -> list[str]:
        """What differs between the tables as they are and as this version needs them; empty when all is well."""
        with self._transaction(writing=False) as connection:
            return migrating.differences(connection)

    def backup(self, path: Path | str) -> int:
        """Writes everything to a new file, as of one moment. Returns the number of rows. Raises BadInput."""
        with self._transaction(writing=False) as connection:
            return backup.write(connection, Path(path))

    def restore(self, path: Path | str, replace: bool = False) -> int:
        """Reads such a file back, all or nothing. Returns the number of rows.

        Raises BadInput for a file that is not a whole backup of this version, and for a database that holds anything
        unless replace is given.
        """
        with self._transaction(writing=True) as connection:
            return backup.read(connection, Path(path), replace)

    def dispose(self) -> None:
        """Closes the connections that are not in use. The next transaction opens new ones."""
        self._engine.dispose()

    def _begin_in_child(self) -> None:
        # The parent's connections are not ours to close, so the engine that holds them is kept from being collected:
        # https://www.sqlite.org/howtocorrupt.html#_carrying_an_open_database_file_across_a_fork_
        self._left_behind.append(self._engine)
        self._engine = opened(self._address)


_open: weakref.WeakSet[Database] = weakref.WeakSet()


def _before_fork() -> None:
    for database in list(_open):
        database.dispose()


def _after_fork_in_child() -> None:
    for database in list(_open):
        database._begin_in_child()  # noqa: SLF001


os.register_at_fork(before=_before_fork, after_in_child=_after_fork_in_child)
