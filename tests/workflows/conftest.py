"""A real CalDAV server for the workflows' tests, one for the whole run of a process."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers import DavServer, radicale
from tests.workflows.house import House, a_house
from tests.workflows.neighbours import USERS


@pytest.fixture(scope="session")
def dav() -> Iterator[DavServer]:
    with radicale(USERS) as server:
        yield server


@pytest.fixture
def house(tmp_path: Path, dav: DavServer) -> House:
    return a_house(tmp_path, frozenset({dav.host_port}))
