"""The contract suite, against every backend there is."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from types import MappingProxyType

import pytest

from mentoring.availability import Busyness
from tests.integrations.backends import ANN, Backend, at_google, feed, on, wired
from tests.integrations.contract import PERIOD, CopiesContract, ReadingContract
from tests.integrations.outlook_backend import graphed
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


class TestOutlook(ReadingContract):
    knows_the_owner = True

    @pytest.fixture(
        params=[{}, {"honours_zone": False}, {"tenant": "22222222-aaaa-bbbb-cccc-000000000002"}],
        ids=["common", "times in the mailbox's own zone", "one tenant"],
    )
    def backend(self, request: pytest.FixtureRequest) -> Iterator[Backend]:
        with graphed(**request.param) as backend:
            yield backend


class TestGoogle(ReadingContract):
    """Google's free/busy knows busy and free, merges, and judges by itself what its owner declined."""

    kinds = MappingProxyType(
        {
            Busyness.TENTATIVE: Busyness.BUSY,
            Busyness.UNANSWERED: Busyness.BUSY,
            Busyness.OUT_OF_OFFICE: Busyness.BUSY,
            # A working location takes no time at Google, unless its owner says otherwise.
            Busyness.WORKING_ELSEWHERE: None,
        }
    )
    tells_events = False
    knows_the_owner = True

    @pytest.fixture(params=[250, 2], ids=["whole", "in pages"])
    def backend(self, request: pytest.FixtureRequest) -> Iterator[Backend]:
        with at_google(page_size=request.param) as backend:
            yield backend
