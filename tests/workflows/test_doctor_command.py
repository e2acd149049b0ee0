"""`interlude doctor`: each thing looked at, and for each that is not well, what to do about it."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.workflows.commanding import Installation, Said
from tests.workflows.test_supervisor import eventually
from workflows.embedded import made_ready


def found(said: Said) -> dict[str, tuple[bool, str]]:
    """Each check by its name: whether it is well, and what to do."""
    return {each["name"]: (each["well"], each["fix"]) for each in said.json}


def test_what_does_not_run_is_named_with_what_to_do(installation: Installation) -> None:
    said = installation.run("doctor", "--json")
    told = found(said)
    assert said.code == 1
    assert told["database"] == (True, "")
    assert told["queue"] == (False, "run: ./run.sh up")
    assert told["organisation"] == (False, "run: interlude admin add EMAIL")
    assert told["text model"][0]
    assert all(fix for well, fix in told.values() if not well)
    words = installation.run("doctor")
    assert words.code == 1
    assert "FIX  queue: does not answer (ConnectionError)\n     run: ./run.sh up\n" in words.out


def test_wrong_settings_are_told_together_and_are_exit_2(installation: Installation) -> None:
    said = installation.run("doctor", "--json", INTERLUDE_BIND="here", INTERLUDE_WORKERS="many")
    assert said.code == 2
    assert set(found(said)) == {"INTERLUDE_BIND", "INTERLUDE_WORKERS"}


def test_a_setting_that_is_none_is_found(installation: Installation) -> None:
    told = found(installation.run("doctor", "--json", INTERLUDE_DATABSE_URL="sqlite:///x", INTERLUDE_SHOE="1"))
    assert told["INTERLUDE_DATABSE_URL"] == (False, "did you mean INTERLUDE_DATABASE_URL?")
    assert told["INTERLUDE_SHOE"] == (False, "take it away; the README lists the settings")


def test_a_database_that_is_not_set_up_or_away_says_so(tmp_path: Path) -> None:
    made_ready({"INTERLUDE_VAR": str(tmp_path / "var")})
    new = Installation(tmp_path / "var")
    assert found(new.run("doctor", "--json"))["database"] == (False, "run: interlude db upgrade")
    away = new.run("doctor", "--json", INTERLUDE_DATABASE_URL="postgresql://nobody:zwetschge@127.0.0.1:1/x")
    assert found(away)["database"][0] is False
    assert "zwetschge" not in away.out + away.err


def test_an_address_that_is_not_https_is_found(installation: Installation) -> None:
    told = found(installation.run("doctor", "--json", INTERLUDE_BASE_URL="http://interlude.example.org"))
    assert told["https"] == (False, "put a TLS proxy in front and set INTERLUDE_BASE_URL to https://…")
    assert told["pages"][0], "they may run on another machine"


@pytest.mark.parametrize(("number", "well"), [("", False), ("1", True)])
def test_behind_tls_a_proxy_that_is_not_believed_is_found(installation: Installation, number: str, well: bool) -> None:
    settings = {"INTERLUDE_BASE_URL": "https://interlude.example.org", "INTERLUDE_TRUSTED_PROXIES": number}
    told = found(installation.run("doctor", "--json", **settings))
    assert ("proxies" not in told) == well
    if not well:
        assert told["proxies"] == (False, "set INTERLUDE_TRUSTED_PROXIES to how many proxies stand in front")


class Up:
    """`interlude up`, at a port of its own."""

    def __init__(self, var: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.installation = Installation(var)
        self.said = var.parent / "said"

    def start(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "workflows.cli", "up"]
        environ = {"PATH": "/usr/bin:/bin", "INTERLUDE_VAR": str(self.installation.var)}
        environ |= {"INTERLUDE_BIND": f"127.0.0.1:{self.port}", "INTERLUDE_WORKERS": "1", "INTERLUDE_WEB_WORKERS": "1"}
        with self.said.open("wb") as output:
            return subprocess.Popen(command, env=environ, stdout=output, stderr=subprocess.STDOUT)


@pytest.fixture
def up(tmp_path: Path) -> Iterator[Up]:
    made = Up(tmp_path / "var")
    running = made.start()
    try:
        eventually(lambda: "Ctrl-C stops" in made.said.read_text() or running.poll() is not None, 90)
        yield made
    finally:
        running.send_signal(signal.SIGINT)
        assert running.wait(60) == 0, made.said.read_text()


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_while_up_runs_all_is_well_and_commands_by_hand_find_what_it_was_told(up: Up) -> None:
    here = up.installation
    said = here.run("doctor", "--json")
    assert said.code == 0, said.out
    assert f"we listen on 127.0.0.1:{up.port}" in said.json[0]["found"]
    assert {"pages", "workers", "cron"} <= set(found(said))
    link = here.run("admin", "add", "root@example.org").out
    assert link.startswith(f"http://127.0.0.1:{up.port}/sign-in/")
    assert (here.var / "running.env").stat().st_mode & 0o777 == 0o600
    assert "SECRET" not in (here.var / "running.env").read_text()
