"""Migrations: bringing a database's tables to what this version needs, and saying where they differ."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from store.tables import metadata

MIGRATIONS = Path(__file__).parent / "migrations"
UPGRADE_LOCK = 0x1E7E41DE
"""PostgreSQL's advisory lock that lets one process migrate at a time; SQLite has one writer anyway."""

GUARDS = {
    "sqlite": (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        {"engagements_keep_apart_on_insert", "engagements_keep_apart_on_update"},
    ),
    "postgresql": (
        "SELECT conname FROM pg_constraint WHERE contype = 'x' AND conrelid = 'engagements'::regclass",
        {"engagements_keep_apart"},
    ),
}
"""What keeps engagements apart, which the metadata cannot say: how to find the names, and the names."""


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def heads() -> list[str]:
    """The newest revisions of this version; more than one is a mistake of ours."""
    return list(ScriptDirectory.from_config(_config()).get_heads())


def current(connection: Connection) -> str | None:
    """The revision that the database is at."""
    return MigrationContext.configure(connection).get_current_revision()


def upgrade(connection: Connection) -> None:
    """Runs the missing migrations inside the caller's transaction."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": UPGRADE_LOCK})
    command.upgrade(_config(connection), "head")
    if connection.dialect.name == "sqlite":
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        if broken:
            raise RuntimeError(f"the migration left rows that refer to nothing: {broken[:5]}")


def differences(connection: Connection) -> list[str]:
    """A sentence for each way in which the database is not what this version needs."""
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    at, newest = context.get_current_heads(), heads()
    if set(at) != set(newest):
        return [f"the database is at revision {', '.join(at) or 'none'}, this version needs {', '.join(newest)}"]
    found = [_sentence(difference) for difference in compare_metadata(context, metadata)]
    return found + _missing_guards(connection)


def _missing_guards(connection: Connection) -> list[str]:
    question, names = GUARDS[connection.dialect.name]
    there = set(connection.exec_driver_sql(question).scalars())
    return [f"{name}, which keeps engagements apart, is missing" for name in sorted(names - there)]


def _sentence(difference: Any) -> str:
    """Alembic's tuples, or lists of them for one column, in words."""
    if isinstance(difference, list):
        return "; ".join(_sentence(each) for each in difference)
    what, *details = difference
    names = [str(getattr(each, "name", each)) for each in details if each is not None and not isinstance(each, dict)]
    return f"{what.replace('_', ' ')}: {' '.join(names)}"
