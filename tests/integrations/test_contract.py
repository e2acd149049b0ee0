"""The contract suite, against every backend there is."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import pytest

from tests.integrations.backends import ANN, BOB, Backend, feed, on, wired
from tests.integrations.contract import PERIOD, CopiesContract, ReadingContract, meeting, read, spans, text
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
    @pytest.fixture(
        params=[{}, {"honours_zone": False}, {"tenant": "22222222-aaaa-bbbb-cccc-000000000002"}],
        ids=["common", "times in the mailbox's own zone", "one tenant"],
    )
    def backend(self, request: pytest.FixtureRequest) -> Iterator[Backend]:
        with graphed(**request.param) as backend:
            yield backend

    def test_rule_2_other_owners_or_another_zone_are_a_full_reading(self, backend: Backend) -> None:
        """Whose answer counts is Microsoft's to know: it is the account's."""
        backend.keep("m1.ics", text(meeting(owner=BOB, owner_partstat="DECLINED")))
        first = read(backend)
        assert len(spans(first)) == 1
        assert spans(read(backend, first.cursor, owners=frozenset({BOB}))) == spans(first)  # type: ignore[union-attr]
        assert read(backend, first.cursor, zone="Asia/Tokyo") is not None  # type: ignore[union-attr]
