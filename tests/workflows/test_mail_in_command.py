"""`interlude mail-in`: a mail server keeps what it could not hand over, whatever went wrong."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from mentoring.errors import BadInput, InterludeError, Refused, TryLater
from tests.workflows.commanding import here
from tests.workflows.house import House, a_house
from workflows import receiving
from workflows.bootstrap import Parts
from workflows.embedded import made_ready

RAW = b"From: ann@example.org\r\nTo: interlude@example.org\r\nMessage-ID: <1@x>\r\n\r\nHello\r\n"


@pytest.fixture
def house(tmp_path: Path) -> House:
    return a_house(tmp_path)


@pytest.mark.parametrize(
    "problem",
    [
        TryLater("the database is locked"),
        Refused("the database is not set up yet"),
        BadInput.of("x", "is wrong"),
        InterludeError("it is odd"),
        KeyError("a bug"),
        OSError("the disk is full"),
    ],
)
def test_whatever_went_wrong_the_mail_is_to_be_tried_again(
    house: House, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], problem: Exception
) -> None:
    def fails(parts: Parts, raw: bytes) -> str:
        raise problem

    monkeypatch.setattr(receiving, "take_in", fails)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(RAW)))
    assert here(house, monkeypatch, capfd).run("mail-in").code == 75


def run(var: Path, **settings: str) -> subprocess.CompletedProcess[bytes]:
    environ = {name: value for name, value in os.environ.items() if not name.startswith("INTERLUDE_")}
    environ |= {"INTERLUDE_VAR": str(var), **settings}
    command = [sys.executable, "-m", "workflows.cli", "mail-in"]
    return subprocess.run(command, input=RAW, env=environ, capture_output=True, check=False)


def test_a_database_that_is_not_set_up_and_settings_that_are_wrong_cost_nobody_their_answer(tmp_path: Path) -> None:
    made_ready({"INTERLUDE_VAR": str(tmp_path)})
    before_the_upgrade = run(tmp_path)
    assert (before_the_upgrade.returncode, b"interlude db upgrade" in before_the_upgrade.stderr) == (75, True)
    wrong = run(tmp_path, INTERLUDE_TOKEN_KEYS="no key")
    assert (wrong.returncode, b"INTERLUDE_TOKEN_KEYS" in wrong.stderr) == (75, True)


def test_a_fault_of_ours_is_loud_in_the_log(tmp_path: Path) -> None:
    (tmp_path / "interlude.db").mkdir()
    made_ready({"INTERLUDE_VAR": str(tmp_path)})
    broken = run(tmp_path, INTERLUDE_DATABASE_URL=f"sqlite:///{tmp_path / 'interlude.db'}")
    assert broken.returncode == 75
    assert broken.stderr
