"""`interlude …` as somebody types it, in an installation of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.workflows.house import House
from workflows.cli import main
from workflows.commands import running


@dataclass
class Said:
    """What a command said and how it ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """All of its standard output, which must be exactly one JSON value in one line."""
        assert self.out.count("\n") == 1, self.out + self.err
        return json.loads(self.out)


@dataclass
class Installation:
    """A folder, and what else is set."""

    var: Path
    settings: dict[str, str] = field(default_factory=dict)

    def run(self, *arguments: str, **more: str) -> Said:
        """In a process of its own, with no other setting."""
        environ = {name: value for name, value in os.environ.items() if not name.startswith("INTERLUDE_")}
        environ |= {"INTERLUDE_VAR": str(self.var), **self.settings, **more}
        command = [sys.executable, "-m", "workflows.cli", *arguments]
        done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
        assert "Traceback" not in done.stderr, done.stderr
        return Said(done.returncode, done.stdout, done.stderr)


@dataclass
class Here:
    """Commands in this process, working with the parts of a house: their clock, and their real calendars."""

    house: House
    capture: pytest.CaptureFixture[str]

    def run(self, *arguments: str) -> Said:
        self.capture.readouterr()
        try:
            main(list(arguments))
            code: Any = 0
        except SystemExit as ended:
            code = ended.code
        said = self.capture.readouterr()
        return Said(int(code or 0), said.out, said.err)


def here(house: House, monkeypatch: pytest.MonkeyPatch, capture: pytest.CaptureFixture[str]) -> Here:
    """The one seam: where commands get their parts from."""
    monkeypatch.setattr(running, "parts", lambda: house.parts)
    return Here(house, capture)
