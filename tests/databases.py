"""A fresh, empty database for a test, on SQLite and on a real PostgreSQL that the session starts for itself."""

from __future__ import annotations

import functools
import getpass
import itertools
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from store.database import Database
from store.keyring import Keyring
from store.tables import metadata

TOKEN_KEY = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
SECRET_KEY = "a secret key for tests, 32 characters or more"
_numbers = itertools.count(1)


def keyring() -> Keyring:
    return Keyring((TOKEN_KEY,), SECRET_KEY)


@dataclass(frozen=True)
class PostgresServer:
    """A server of this session's own, reached by its socket in `folder`."""

    folder: Path

    def url(self, name: str) -> str:
        return f"postgresql://interlude@/{name}?host={self.folder}"

    def new_database(self) -> str:
        """The address of a new database, without tables."""
        name = f"test_{next(_numbers)}"
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')
        return self.url(name)


def postgres_binaries() -> Path | None:
    """The folder with initdb and pg_ctl: Debian keeps them out of PATH."""
    found = [path for path in Path("/usr/lib/postgresql").glob("*/bin") if (path / "initdb").exists()]
    if found:
        return max(found, key=lambda path: int(path.parent.name))
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


def _as_its_user() -> list[str]:
    """PostgreSQL refuses to run as root."""
    return ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    binaries = postgres_binaries()
    if binaries is None:
        missing = "PostgreSQL's initdb is not installed"
        if os.environ.get("INTERLUDE_REQUIRE_ALL") == "1":
            pytest.fail(missing)
        pytest.skip(missing)
    with tempfile.TemporaryDirectory(prefix="interlude-pg-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres")
        cluster = folder / "cluster"
        initdb = [binaries / "initdb", "-D", cluster, "-U", "interlude", "-A", "trust", "-E", "UTF8", "--locale=C"]
        _run(*_as_its_user(), *initdb, "--no-sync")
        # No TCP at all, and nothing kept safe from a power cut: the data lives as long as the session.
        options = f"-k {folder} -c listen_addresses='' -c fsync=off -c full_page_writes=off -c max_connections=60"
        start = [binaries / "pg_ctl", "-D", cluster, "-w", "-l", folder / "log", "-o", options, "start"]
        _run(*_as_its_user(), *start)
        try:
            yield PostgresServer(folder)
        finally:
            _run(*_as_its_user(), binaries / "pg_ctl", "-D", cluster, "-m", "immediate", "stop")


def _run(*command: str | Path) -> None:
    done = subprocess.run(command, cwd="/", stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.fail(f"{command} said, as {getpass.getuser()}: {done.stdout}{done.stderr}")


@pytest.fixture(scope="session")
def shared_postgres_url(postgres_server: PostgresServer) -> str:
    """A migrated database that tests use one after another: making one for each takes longer than most tests."""
    url = postgres_server.new_database()
    upgraded(url).dispose()
    return url


def emptied(url: str) -> str:
    """The database without its rows. The ids go on counting."""
    with psycopg.connect(url) as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(f'DELETE FROM "{table.name}"')
    return url


@functools.cache
def _migrated() -> bytes:
    """The file of a migrated database without rows: running the migrations takes longer than most tests."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "template.sqlite"
        upgraded(f"sqlite:///{file}").dispose()
        return file.read_bytes()


def new_sqlite(file: Path) -> str:
    """The address of a migrated database without rows, in that new file."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(_migrated())
    return f"sqlite:///{file}"


def upgraded(url: str) -> Database:
    database = Database(url, keyring())
    database.upgrade()
    return database


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database without tables."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'empty.sqlite'}"
    server: PostgresServer = request.getfixturevalue("postgres_server")
    return server.new_database()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a migrated database without rows. Do not change its tables."""
    if request.param == "sqlite":
        return new_sqlite(tmp_path / "interlude.sqlite")
    return emptied(request.getfixturevalue("shared_postgres_url"))


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A migrated, empty database; each test that asks for it runs on SQLite and on PostgreSQL."""
    opened = Database(database_url, keyring())
    yield opened
    opened.dispose()


@pytest.fixture
def sqlite_database(tmp_path: Path) -> Iterator[Database]:
    """The same on SQLite only, for tests that are about something else."""
    opened = Database(new_sqlite(tmp_path / "interlude.sqlite"), keyring())
    yield opened
    opened.dispose()
