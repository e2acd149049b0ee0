"""`interlude db`, as a program and as a person use it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.fixture
def var(tmp_path: Path) -> Path:
    return tmp_path / "var"


def interlude(var: Path, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """Runs the command with nothing set but where to write."""
    plain = {"PATH": os.environ["PATH"], "INTERLUDE_VAR": str(var), **environ}
    command = [sys.executable, "-m", "workflows.cli", "db", *arguments]
    return subprocess.run(command, env=plain, capture_output=True, text=True, check=False)


def test_check_works_with_nothing_set(var: Path) -> None:
    done = interlude(var, "check", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {"checked": "a new database", "differences": []}
    assert not var.exists()


def test_an_upgrade_a_backup_and_a_restore_make_a_round_trip(var: Path, tmp_path: Path) -> None:
    assert interlude(var, "upgrade").stdout == "The database is up to date.\n"
    assert interlude(var, "check").stdout == "The tables of the sqlite database are as this version needs them.\n"
    file = tmp_path / "backup.jsonl"
    assert json.loads(interlude(var, "backup", str(file), "--json").stdout) == {"path": str(file), "rows": 0}
    restored = interlude(tmp_path / "other", "restore", str(file), "--json")
    assert json.loads(restored.stdout) == {"path": str(file), "rows": 0}


def test_what_cannot_be_used_is_exit_2_and_a_sentence(var: Path, tmp_path: Path) -> None:
    interlude(var, "upgrade")
    (tmp_path / "there").write_text("precious")
    for arguments, environ, words in [
        (["backup", str(tmp_path / "there")], {}, "exists already"),
        (["restore", str(tmp_path / "there")], {}, "line 1 is not a line of a backup"),
        (["check"], {"INTERLUDE_DATABASE_URL": "mysql://host/x"}, "must be SQLite or PostgreSQL"),
    ]:
        done = interlude(var, *arguments, **environ)
        assert (done.returncode, words in done.stderr, "Traceback" in done.stderr) == (2, True, False), done.stderr


def test_a_difference_or_a_database_that_is_away_is_exit_1(var: Path) -> None:
    behind = interlude(var, "check", INTERLUDE_DATABASE_URL=f"sqlite:///{var.parent}/empty.sqlite")
    assert behind.returncode == 1
    assert "revision none" in behind.stdout
    away = interlude(var, "upgrade", INTERLUDE_DATABASE_URL="postgresql://nobody@127.0.0.1:1/interlude")
    assert away.returncode == 1
    assert "cannot be reached" in away.stderr
