"""A real CalDAV server for the workflows' tests, one for the whole run of a process."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers import DavServer, radicale
from tests.workflows.commanding import Here, Installation, here
from tests.workflows.house import House, a_house
from tests.workflows.neighbours import USERS
from tests.workflows.streets import Street, a_street
from workflows.embedded import made_ready


@pytest.fixture(scope="session")
def dav() -> Iterator[DavServer]:
    with radicale(USERS) as server:
        yield server


@pytest.fixture
def house(tmp_path: Path, dav: DavServer) -> House:
    return a_house(tmp_path, frozenset({dav.host_port}))


@pytest.fixture
def street(tmp_path: Path) -> Iterator[Street]:
    with a_street(tmp_path) as opened:
        yield opened


@pytest.fixture
def interlude(house: House, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Here:
    """Commands over the house."""
    return here(house, monkeypatch, capsys)


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    """A new folder with its secrets and a database, as `up` leaves them."""
    made_ready({"INTERLUDE_VAR": str(tmp_path / "var")})
    made = Installation(tmp_path / "var")
    assert made.run("db", "upgrade").code == 0
    return made
