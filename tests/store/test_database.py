"""Promises of the database as a whole: transactions, moments, secrets, trouble, backups."""

from __future__ import annotations

import json
import socket
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import StatementError

from mentoring.errors import BadInput, Refused, TryLater
from mentoring.intervals import Interval
from mentoring.needs import Challenge
from store import audit, challenges, organisations, people, proposals
from store.database import Database
from tests.databases import keyring, upgraded
from tests.store.building import NOW, caldav, connected, kept, organisation, somebody
from tests.store.everything import dump, planted


def test_what_happens_in_a_failed_transaction_did_not_happen(database: Database) -> None:
    organisation_id = organisation(database)
    with pytest.raises(RuntimeError):
        _note_and_fail(database, organisation_id)
    with database.reading(organisation_id) as memory:
        assert audit.recent(memory) == ()


def _note_and_fail(database: Database, organisation_id: int) -> None:
    with database.writing(organisation_id) as memory:
        audit.note(memory, "who", "what", "subject", NOW)
        raise RuntimeError


def test_who_only_reads_cannot_write(database: Database) -> None:
    organisation_id = organisation(database)
    with pytest.raises(Exception, match=r"readonly|read-only"), database.reading(organisation_id) as memory:
        audit.note(memory, "who", "what", "subject", NOW)


def test_a_reading_sees_one_moment(database: Database) -> None:
    organisation_id = organisation(database)
    with database.reading(organisation_id) as memory:
        assert audit.recent(memory) == ()
        with database.writing(organisation_id) as other:
            audit.note(other, "who", "what", "subject", NOW)
        assert audit.recent(memory) == ()


def test_a_writer_that_has_read_is_never_told_that_its_reading_is_stale(sqlite_database: Database) -> None:
    """BEGIN IMMEDIATE: a writer that began with a reading would fail at its first change otherwise."""
    said: list[str] = []
    event.listen(sqlite_database._engine, "before_cursor_execute", lambda *some: said.append(some[2]))
    organisation(sqlite_database)
    assert "BEGIN IMMEDIATE" in said


@pytest.mark.parametrize("zone", [UTC, timezone(timedelta(hours=5, minutes=30))])
def test_moments_come_back_in_utc_and_to_the_microsecond(database: Database, zone: timezone) -> None:
    organisation_id = organisation(database)
    (person,) = kept(database, organisation_id, 1)
    moment = datetime(2026, 3, 29, 1, 59, 59, 999999, tzinfo=zone)
    with database.writing(organisation_id) as memory:
        found = challenges.add(memory, Challenge(0, person.id, "text", moment))
    assert found.at == moment
    assert found.at.tzinfo is UTC


def test_moments_without_a_zone_are_refused(database: Database) -> None:
    organisation_id = organisation(database)
    (person,) = kept(database, organisation_id, 1)
    naive = datetime(2026, 11, 23, 9, 0)  # noqa: DTZ001
    with pytest.raises(StatementError, match="has no time zone"), database.writing(organisation_id) as memory:
        challenges.add(memory, Challenge(0, person.id, "text", naive))
    with pytest.raises(StatementError, match="has no time zone"), database.reading(organisation_id) as memory:
        challenges.everything(memory, since=naive)


def test_secrets_are_not_in_the_database_in_clear(database: Database, tmp_path: Path) -> None:
    organisation_id = organisation(database)
    (person,) = kept(database, organisation_id, 1)
    with database.writing(organisation_id) as memory:
        connected(memory, person.id, account=caldav(secret="correct horse battery"))
    assert not any("correct horse" in row for rows in dump(database).values() for row in rows)
    database.dispose()
    assert not any(b"correct horse" in file.read_bytes() for file in tmp_path.iterdir())


def test_a_sign_in_links_token_is_kept_as_its_hash_only(database: Database) -> None:
    organisation_id = organisation(database)
    with database.writing(organisation_id) as memory:
        token = planted(memory).token
    assert not any(token in row for rows in dump(database).values() for row in rows)


def test_errors_show_no_values(database: Database) -> None:
    organisation_id = organisation(database)
    with pytest.raises(Exception, match="hidden") as caught, database.writing(organisation_id) as memory:
        memory.insert(people.tables.challenges, text="Zwetschgenkuchen", at=NOW, source="note")
    assert "Zwetschgenkuchen" not in str(caught.value).partition("DETAIL")[0]


def test_a_busy_database_is_tried_later(sqlite_database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("store.engines.BUSY_SECONDS", 0.1)
    impatient = Database(sqlite_database._address.render_as_string(), keyring())
    with sqlite_database.writing_all(), pytest.raises(TryLater, match="busy"), impatient.writing_all():
        pass
    impatient.dispose()


def test_a_database_that_is_away_is_tried_later() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        away = Database(f"postgresql://somebody@127.0.0.1:{closed.getsockname()[1]}/interlude", keyring())
        with pytest.raises(TryLater, match="cannot be reached"), away.reading_all() as memory:
            organisations.all(memory)


def test_a_connection_that_the_server_closed_is_opened_anew(database: Database) -> None:
    if database.kind == "sqlite":
        return  # nobody can close a file under us
    organisation(database)
    other = Database(database._address.render_as_string(hide_password=False), keyring())
    with other.writing_all() as memory:
        end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
        memory.connection.execute(text(f"{end} AND datname = current_database()"))
    with database.reading_all() as memory:
        assert len(organisations.all(memory)) == 1
    other.dispose()


@pytest.mark.parametrize("url", ["", "mysql://host/x", "sqlite://", "sqlite:///:memory:", "not an address"])
def test_an_address_that_cannot_be_used_names_the_setting(url: str) -> None:
    with pytest.raises(BadInput, match="INTERLUDE_DATABASE_URL"):
        Database(url, keyring())


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    nowhere = Database(f"sqlite:///{tmp_path}/nowhere/interlude.sqlite", keyring())
    with pytest.raises(Refused, match="folder"), nowhere.reading_all() as memory:
        organisations.all(memory)


def test_a_backup_restores_every_row_as_it_was(database: Database, empty_url: str, tmp_path: Path) -> None:
    """From each kind of database into each kind."""
    organisation_id = organisation(database)
    with database.writing(organisation_id) as memory:
        person = planted(memory)
        gone = people.add(memory, somebody("Gone"))
        people.forget(memory, gone.id)
    file = tmp_path / "backup.jsonl"
    rows = database.backup(file)
    assert file.stat().st_mode & 0o077 == 0
    other = upgraded(empty_url)
    assert other.restore(file) == rows
    assert dump(other) == dump(database)
    with other.writing(organisation_id) as memory:
        assert people.add(memory, somebody("Next")).id > gone.id
        assert proposals.engagements(memory, [person.person_id], Interval(NOW, NOW + timedelta(days=1)))
    other.dispose()


def test_a_restore_replaces_only_when_told_to(database: Database, tmp_path: Path) -> None:
    organisation(database, "Before")
    database.backup(tmp_path / "backup.jsonl")
    organisation(database, "After")
    with pytest.raises(BadInput, match="replace"):
        database.restore(tmp_path / "backup.jsonl")
    database.restore(tmp_path / "backup.jsonl", replace=True)
    with database.reading_all() as memory:
        assert [each.name for each in organisations.all(memory)] == ["Before"]


def test_a_backup_that_is_cut_off_or_altered_restores_nothing(database: Database, tmp_path: Path) -> None:
    organisation(database, "Kept")
    whole = tmp_path / "whole.jsonl"
    database.backup(whole)
    lines = whole.read_text().splitlines()
    middle = next(place for place, line in enumerate(lines) if '"row"' in line)
    broken = {
        "is not a whole backup": lines[:-1],
        "does not fit together": lines[:middle] + lines[middle + 1 :],
        "line 3 ": [*lines[:2], "{nonsense", *lines[2:]],
        "revision": [json.dumps({"interlude": 1, "revision": "older"}), *lines[1:]],
    }
    for place, (words, some) in enumerate(broken.items()):
        file = tmp_path / f"{place}.jsonl"
        file.write_text("\n".join(some))
        with pytest.raises(BadInput, match=words):
            database.restore(file, replace=True)
    with database.reading_all() as memory:
        assert [each.name for each in organisations.all(memory)] == ["Kept"]


def test_a_backup_never_overwrites_a_file(database: Database, tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("precious")
    with pytest.raises(BadInput, match="exists already"):
        database.backup(tmp_path / "precious")
    with pytest.raises(BadInput, match="cannot be written"):
        database.backup(tmp_path / "nowhere" / "backup")
    with pytest.raises(BadInput, match="cannot be read"):
        database.restore(tmp_path / "nowhere")
