"""`interlude db`: upkeep of the database. It needs the database's address only, none of the secrets."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from store.database import Database
from store.keyring import Keyring
from workflows.embedded import own_database, var_folder, with_defaults

as_json = click.option("--json", "as_json", is_flag=True, help="For a program.")


@contextmanager
def _opened(url: str) -> Iterator[Database]:
    database = Database(url, Keyring.throwaway())
    try:
        yield database
    finally:
        database.dispose()


def _address() -> str:
    return with_defaults(os.environ)["INTERLUDE_DATABASE_URL"]


def _say(as_json: bool, words: str, **facts: Any) -> None:
    click.echo(json.dumps(facts) if as_json else words)


@click.group()
def db() -> None:
    """Upgrades, checks, backs up and restores the database."""


@db.command()
@as_json
def upgrade(as_json: bool) -> None:
    """Brings the tables to what this version needs."""
    with _opened(_address()) as database:
        database.upgrade()
        _say(as_json, "The database is up to date.", upgraded=True, kind=database.kind)


@db.command()
@as_json
def check(as_json: bool) -> None:
    """Says how the tables differ from what this version needs. Exit code 1 when they do.

    Where there is no database yet, the migrations are tried on an empty one.
    """
    var = var_folder(os.environ)
    if _address() == own_database(var) and not (var / "interlude.sqlite").exists():
        differences, where = _differences_when_new(), "a new database"
    else:
        with _opened(_address()) as database:
            differences, where = database.check(), f"the {database.kind} database"
    words = "\n".join(differences) or f"The tables of {where} are as this version needs them."
    _say(as_json, words, checked=where, differences=differences)
    if differences:
        raise SystemExit(1)


def _differences_when_new() -> list[str]:
    with tempfile.TemporaryDirectory() as folder, _opened(f"sqlite:///{folder}/new.sqlite") as database:
        database.upgrade()
        return database.check()


@db.command()
@click.argument("path", type=click.Path(dir_okay=False, path_type=Path))
@as_json
def backup(path: Path, as_json: bool) -> None:
    """Writes everything to the new file PATH, also while Interlude runs.

    Passwords in it stay encrypted: keep the keys (INTERLUDE_TOKEN_KEYS, INTERLUDE_SECRET_KEY) elsewhere.
    """
    with _opened(_address()) as database:
        rows = database.backup(path)
    _say(as_json, f"{rows} rows are in {path}.", path=str(path), rows=rows)


@db.command()
@click.argument("path", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--replace", is_flag=True, help="Deletes what the database holds now. Stop Interlude first.")
@as_json
def restore(path: Path, replace: bool, as_json: bool) -> None:
    """Reads the backup PATH into the database, which may be of the other kind (SQLite, PostgreSQL)."""
    with _opened(_address()) as database:
        database.upgrade()
        rows = database.restore(path, replace)
    _say(as_json, f"{rows} rows are back from {path}.", path=str(path), rows=rows)
