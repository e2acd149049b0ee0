"""Promises of the migrations, on SQLite and PostgreSQL."""

from __future__ import annotations

import os
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import text

from mentoring.attention import Kind
from mentoring.errors import Refused
from mentoring.outbox import Act, Carrier, Letter
from store import attention, directory, links, migrating, organisations, outbox
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


def test_who_has_done_anything_before_the_upgrade_has_joined_and_is_not_invited(empty_url: str) -> None:
    database = Database(empty_url, keyring())
    with database.writing_all() as memory:
        command.upgrade(migrating._config(memory.connection), "0001")
        for statement in BEFORE_THE_UPGRADE:
            memory.connection.execute(text(statement))
    database.upgrade()
    with database.reading(1) as memory:
        joined = {each.name for each in directory.everyone(memory) if each.joined_at is not None}
        to_invite = {each.name for each in directory.everyone(memory) if each.to_invite}
        moments = {each.joined_at for each in directory.everyone(memory)} - {None}
    assert joined == {"mentee", "connected", "wrote", "asked", "asking"}
    assert to_invite == {"imported"}
    (moment,) = moments
    assert moment is not None
    assert moment.tzinfo is UTC
    database.dispose()


def test_what_was_there_before_an_upgrade_is_there_after_it_without_drift(empty_url: str) -> None:
    database = Database(empty_url, keyring())
    with database.writing_all() as memory:
        command.upgrade(migrating._config(memory.connection), "0001")
        for statement in (*BEFORE_THE_UPGRADE, *TOLD_BEFORE):
            memory.connection.execute(text(statement))
    database.upgrade()
    assert database.check() == []
    with database.reading(1) as memory:
        assert len(directory.names(memory)) == 6
        waiting, given_up = outbox.of_proposal(memory, 1)
        assert [each.id for each in outbox.unsent(memory)] == [waiting.id]
        assert [each.id for each in outbox.failed(memory)] == [given_up.id]
        assert links.unused_since(memory, 1, "sign_in", datetime(2025, 12, 31, tzinfo=UTC)) == 1
    assert (waiting.person_id, waiting.act, waiting.carrier, waiting.attempts) == (5, Act.UPDATE, Carrier.COPY, 3)
    assert (waiting.letter, waiting.link_id, waiting.tried_at, waiting.last_error) == (None, None, None, "it is down")
    with database.reading(1) as memory:
        (asked,) = attention.of_people(memory, [5], datetime(2025, 12, 31, tzinfo=UTC))[5]
    assert (asked.kind, asked.answered_at, asked.ignored_at) == (Kind.SUGGESTION, asked.at, None)
    with database.writing(1) as memory:
        later = outbox.write_letter(memory, 6, Letter.WELCOME, given_up.not_before, given_up.not_before)
    assert later > given_up.id, "no id is given out twice"
    database.dispose()


def _somebody(person_id: int, name: str, roles: str = "[]") -> str:
    columns = "id, organisation_id, email, name, limits, roles, department, title, seniority, stopped"
    values = f"{person_id}, 1, '{name}@example.org', '{name}', '{LIMITS}', '{roles}', '', '', 'middle', false"
    return f"INSERT INTO people ({columns}) VALUES ({values})"


LIMITS = "{}"
WHEN = "'2026-01-01 00:00:00.000000'"
BEFORE_THE_UPGRADE = (
    "INSERT INTO organisations (id, name, zone, stopped) VALUES (1, 'Before', 'UTC', false)",
    _somebody(1, "mentee", '["mentee"]'),
    _somebody(2, "connected"),
    _somebody(3, "wrote"),
    _somebody(4, "asked"),
    _somebody(5, "asking"),
    _somebody(6, "imported"),
    (
        "INSERT INTO connections (organisation_id, person_id, provider, address, address_key, username, secret,"
        f" created_at, state, problem) VALUES (1, 2, 'ics', '', '', '', '', {WHEN}, 'ok', '')"
    ),
    f"INSERT INTO challenges (organisation_id, person_id, text, at, source) VALUES (1, 3, 'x', {WHEN}, 'page')",
    f"INSERT INTO themes (id, organisation_id, label, created_at) VALUES (1, 1, 'x', {WHEN})",
    (
        "INSERT INTO proposals (organisation_id, uid, mentee_id, mentor_id, theme_id, topic, start_at, end_at, reasons,"
        " state, sequence, mentee_partstat, mentee_answer_sequence, mentor_partstat, mentor_answer_sequence,"
        " ended_because, version, mentee_asked_at, mentee_answered_at)"
        f" VALUES (1, 'x', 5, 4, 1, 'x', {WHEN}, {WHEN}, '[]', 'met', 0, '', 0, '', 0, '', 1, {WHEN}, {WHEN})"
    ),
)


_TOLD = (
    "organisation_id, proposal_id, person_id, act, sequence, written_at, not_before, state, attempts, lease, last_error"
)
TOLD_BEFORE = (
    f"INSERT INTO outbox ({_TOLD}) VALUES (1, 1, 5, 'update', 1, {WHEN}, {WHEN}, 'waiting', 3, '', 'it is down')",
    f"INSERT INTO outbox ({_TOLD}) VALUES (1, 1, 4, 'place', 0, {WHEN}, {WHEN}, 'given_up', 200, '', 'it was down')",
    (
        "INSERT INTO sign_in_links (organisation_id, person_id, token_hash, purpose, created_at, expires_at)"
        f" VALUES (1, 1, 'x', 'sign_in', {WHEN}, '2026-01-02 00:00:00.000000')"
    ),
)


def test_a_new_database_file_is_its_owners_only(tmp_path: Path) -> None:
    file = tmp_path / "new" / "interlude.sqlite"
    upgraded(f"sqlite:///{file}").dispose()
    assert file.stat().st_mode & 0o077 == 0
    assert os.access(file, os.R_OK)
