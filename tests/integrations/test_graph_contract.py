"""The wire holds what we send and what it answers against Microsoft's own metadata, where that is present."""

from __future__ import annotations

import os

import pytest

from integrations.outlook_graph import Graph, path
from mentoring.doors import Errand
from mentoring.errors import Refused
from tests.integrations.backends import ANN
from tests.integrations.outlook_backend import connected, outside
from tests.wires.graph import graph_wire
from tests.wires.graph_contract import CONTRACT, AgainstTheContract, check, check_path, check_select

pytestmark = pytest.mark.skipif(
    CONTRACT is None and os.environ.get("INTERLUDE_REQUIRE_ALL") != "1", reason="the metadata is not here"
)
START = {"dateTime": "2026-10-20T07:00:00", "timeZone": "UTC"}


def test_it_is_here_where_everything_is_required() -> None:
    assert CONTRACT is not None


@pytest.mark.parametrize(
    ("schema", "body"),
    [
        ("event-create", {"subject": "x", "start": START, "end": START, "organiser": "x"}),
        ("event-create", {"subject": "x", "start": {**START, "zone": "UTC"}}),
        ("event-create", {"attendees": [{"emailAddress": {"address": "a@b.example"}, "type": "needed"}]}),
        ("event-update", {"singleValueExtendedProperties": []}),
        ("event", {"id": "x", "showAs": "away"}),
        ("event", {"id": 1}),
        ("subscription-create", {"changeType": "created", "secret": "x"}),
        ("error", {"error": {"code": "x"}}),
    ],
)
def test_what_it_does_not_know_is_refused(schema: str, body: dict[str, object]) -> None:
    with pytest.raises(AgainstTheContract):
        check(schema, body)


def test_null_is_taken_where_it_may_be_and_annotations_everywhere() -> None:
    check("event", {"@odata.etag": 'W/"1"', "id": "x", "subject": None, "start": None, "showAs": None})
    with pytest.raises(AgainstTheContract):
        check("event", {"id": None})


def test_paths_methods_and_selected_fields_are_held_against_it_too() -> None:
    check_path("PATCH", "/me/events/AAMk%3D")
    check_select("event", "id,start")
    for wrong in (
        lambda: check_path("PUT", "/me/events/x"),
        lambda: check_path("GET", "/me/meetings"),
        lambda: check_select("event", "id,title"),
    ):
        with pytest.raises(AgainstTheContract):
            wrong()


def test_a_request_that_is_against_it_is_refused_by_the_wire_which_remembers_it() -> None:
    with graph_wire() as wire:
        graph = Graph(outside(wire), connected(wire, ANN, Errand.ORGANISER).account)
        with pytest.raises(Refused):
            graph.send("POST", path("me", "events"), {"organiser": "x"})
        assert "organiser" in wire.violations.pop()
        assert wire.meetings == {}
