"""The contract suite, against every backend there is."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import pytest

from tests.integrations.backends import ANN, Backend, feed, on, wired
from tests.integrations.contract import PERIOD, CopiesContract, ReadingContract
from tests.servers import DavServer, mail_sink, radicale, xandikos

_NUMBERS = count(1)


@pytest.fixture(scope="module")
def radicale_server() -> Iterator[DavServer]:
    with radicale({ANN: "s3cret: with äöü"}) as server:
        yield server


@pytest.fixture(scope="module")
def xandikos_server() -> Iterator[DavServer]:
    """Whatever the whole suite does to it, it sends nobody a mail."""
    with mail_sink() as sink, xandikos({ANN: "s3cret"}, sink.port) as server:
        yield server
        assert sink.mails == []


class TestRadicale(ReadingContract, CopiesContract):
    not_stored = frozenset({PERIOD})

    @pytest.fixture
    def backend(self, radicale_server: DavServer) -> Backend:
        return on(radicale_server, f"calendar{next(_NUMBERS)}")


class TestXandikos(ReadingContract, CopiesContract):
    @pytest.fixture
    def backend(self, xandikos_server: DavServer) -> Backend:
        return on(xandikos_server, f"calendar{next(_NUMBERS)}")


class TestCalDavWire(ReadingContract, CopiesContract):
    @pytest.fixture(
        params=[
            {},
            {"sync": False},
            {"sync": False, "ctag": False},
            {"weak": True, "etag_on_put": False},
            {"uid_conflicts": False},
        ],
        ids=["rich", "no sync report", "etags only", "weak etags", "no UID check"],
    )
    def backend(self, request: pytest.FixtureRequest) -> Iterator[Backend]:
        with wired(**request.param) as dav:
            yield dav


class TestFeed(ReadingContract):
    @pytest.fixture(params=[True, False], ids=["conditional", "unconditional"])
    def backend(self, request: pytest.FixtureRequest) -> Iterator[Backend]:
        with feed(request.param) as backend:
            yield backend
