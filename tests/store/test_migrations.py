"""Promises of the migrations, on SQLite and PostgreSQL."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest
from sqlalchemy import text

from mentoring.errors import Refused
from store import migrating, organisations
from store.database import Database
from tests.databases import keyring, upgraded


def test_there_is_one_newest_revision() -> None:
    assert len(migrating.heads()) == 1


def test_an_empty_database_comes_to_the_newest_revision_without_drift(empty_url: str) -> None:
    database = Database(empty_url, keyring())
    database.upgrade()
    assert database.check() == []
    database.upgrade()
    assert database.check() == []
    database.dispose()


def test_a_database_without_tables_is_told_apart_from_one_that_differs(
    sqlite_database: Database, tmp_path: Path
) -> None:
    empty = Database(f"sqlite:///{tmp_path / 'empty.sqlite'}", keyring())
    assert "revision none" in empty.check()[0]
    with pytest.raises(Refused, match="interlude db upgrade"), empty.reading_all() as memory:
        organisations.all(memory)
    empty.dispose()


def test_a_changed_table_is_drift(empty_url: str) -> None:
    database = upgraded(empty_url)
    with database.writing_all() as memory:
        memory.connection.execute(text("ALTER TABLE audit ADD COLUMN extra INTEGER"))
        memory.connection.execute(text("DROP INDEX ix_proposals_round_id"))
    found = database.check()
    assert any("extra" in each for each in found)
    assert any("ix_proposals_round_id" in each for each in found)
    database.dispose()


def test_a_missing_guard_against_double_booking_is_drift(empty_url: str) -> None:
    database = upgraded(empty_url)
    drop = {
        "sqlite": "DROP TRIGGER engagements_keep_apart_on_update",
        "postgresql": "ALTER TABLE engagements DROP CONSTRAINT engagements_keep_apart",
    }
    with database.writing_all() as memory:
        memory.connection.execute(text(drop[database.kind]))
    assert len(database.check()) == 1
    assert "engagements_keep_apart" in database.check()[0]
    database.dispose()


def test_upgrading_from_several_places_at_once_does_it_once(empty_url: str) -> None:
    failures: list[BaseException] = []

    def upgrade() -> None:
        try:
            upgraded(empty_url).dispose()
        except BaseException as problem:  # noqa: BLE001 - handed to the test
            failures.append(problem)

    threads = [threading.Thread(target=upgrade) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    database = Database(empty_url, keyring())
    assert database.check() == []
    database.dispose()


def test_a_new_database_file_is_its_owners_only(tmp_path: Path) -> None:
    file = tmp_path / "new" / "interlude.sqlite"
    upgraded(f"sqlite:///{file}").dispose()
    assert file.stat().st_mode & 0o077 == 0
    assert os.access(file, os.R_OK)
