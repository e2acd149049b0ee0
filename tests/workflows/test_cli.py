"""What holds for every command: help, exit codes, and what goes to standard output."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click import Command, Group, Option
from click.testing import CliRunner

from tests.workflows.commanding import Installation
from workflows.cli import COMMANDS, interlude

ALL = ["demo", "up", "web", "worker", "cron", "inbox", "sync", "propose", "replay", "policy", "why", "gaps", "import"]
ALL += ["import-notes", "admin", "mail-in", "doctor", "db", "rotate-keys", "openings", "themes"]


def every_command() -> list[tuple[str, ...]]:
    """The words of each command and subcommand."""
    found: list[tuple[str, ...]] = []
    for name in COMMANDS:
        command = interlude.get_command(None, name)  # type: ignore[arg-type]
        found.append((name,))
        if isinstance(command, Group):
            found += [(name, sub) for sub in command.commands]
    return found


def the(words: tuple[str, ...]) -> Command:
    command = interlude.get_command(None, words[0])  # type: ignore[arg-type]
    assert command is not None
    return command.commands[words[1]] if len(words) > 1 and isinstance(command, Group) else command


def test_the_help_lists_every_command_with_what_it_does() -> None:
    said = CliRunner().invoke(interlude, ["--help"])
    assert said.exit_code == 0
    assert list(COMMANDS) == ALL
    listed = said.stdout.partition("Commands:")[2].split("\n")[1:-1]
    assert [line.split()[0] for line in listed] == ALL
    assert all(len(line) <= 100 for line in said.stdout.splitlines())
    assert "Exit codes: 0" in said.stdout


@pytest.mark.parametrize("words", every_command(), ids=" ".join)
def test_every_command_has_a_help_that_says_what_each_option_means(words: tuple[str, ...]) -> None:
    said = CliRunner().invoke(interlude, [*words, "--help"])
    assert said.exit_code == 0, said.output
    command = the(words)
    assert command.help
    assert command.help[0].isupper()
    options = [each for each in command.params if isinstance(each, Option)]
    assert [each.name for each in options if not each.help] == []


def test_an_unknown_command_is_exit_2() -> None:
    assert CliRunner().invoke(interlude, ["dance"]).exit_code == 2


def test_every_setting_that_is_wrong_is_told_at_once(installation: Installation) -> None:
    wrong = {
        "INTERLUDE_BIND": "nonsense",
        "INTERLUDE_WORKERS": "many",
        "INTERLUDE_TRUSTED_PROXIES": "-1",
        "INTERLUDE_DATABASE_URL": "mysql://host/x",
        "INTERLUDE_TOKEN_KEYS": "no key",
        "INTERLUDE_SECRET_KEY": "short",
        "INTERLUDE_LOG_LEVEL": "loud",
        "INTERLUDE_BASE_URL": "ftp://x",
        "INTERLUDE_ALLOW_HOSTS": "nohost",
    }
    for command in (["sync", "--json"], ["worker"], ["web"], ["up"]):
        said = installation.run(*command, **wrong)
        assert (said.code, said.out) == (2, "")
        told = [line.removeprefix("interlude: ").partition(":")[0] for line in said.err.splitlines()]
        assert sorted(told) == sorted(wrong)


@pytest.mark.parametrize("command", [["sync", "--json"], ["propose", "--json"], ["worker"], ["cron"]], ids=" ".join)
def test_what_is_missing_is_one_sentence(installation: Installation, tmp_path: Path, command: list[str]) -> None:
    """No organisation yet, or no queue: said without a traceback, which `run` sees to."""
    said = installation.run(*command)
    assert said.code in {1, 2}
    assert said.out == ""
    assert len(said.err.splitlines()) == 1
    assert said.err.startswith("interlude: ")


def test_before_the_database_is_set_up_it_says_how(tmp_path: Path) -> None:
    unset = Installation(tmp_path / "var")
    keys = {"INTERLUDE_SECRET_KEY": "s" * 40, "INTERLUDE_TOKEN_KEYS": "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="}
    (tmp_path / "var").mkdir()
    said = unset.run("sync", **keys)
    assert (said.code, said.err) == (1, "interlude: the database is not set up yet: run interlude db upgrade\n")


def test_json_is_exactly_json(installation: Installation, tmp_path: Path) -> None:
    """On an installation whose queue is away, which is said on standard error if at all."""
    installation.run("admin", "add", "root@example.org")
    (tmp_path / "people.csv").write_text("email,name,zone\nann@example.org,Ann,UTC\n")
    (tmp_path / "notes.jsonl").write_text(json.dumps({"person": "a", "at": "2026-11-01T00:00:00Z", "text": "x"}) + "\n")
    for words in (
        ["import", str(tmp_path / "people.csv")],
        ["sync"],
        ["propose"],
        ["propose", "--dry-run"],
        ["why", "ann@example.org"],
        ["doctor"],
        ["rotate-keys"],
        ["db", "check"],
        ["db", "upgrade"],
        ["db", "backup", str(tmp_path / "backup")],
        ["admin", "add", "ben@example.org"],
        ["themes", str(tmp_path / "notes.jsonl")],
    ):
        said = installation.run(*words, "--json")
        assert said.code == (1 if words == ["doctor"] else 0), said
        assert said.json is not None
