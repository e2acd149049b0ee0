"""`interlude sync`: every calendar is read now, and what could not be read is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from store import calendars
from tests.servers import DavServer
from tests.wires.web import Told, web_server
from tests.workflows.commanding import Here, here
from tests.workflows.house import House, a_house
from tests.workflows.neighbours import neighbour
from workflows import connecting

FEED = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\nX-WR-CALNAME:Rota\r\nEND:VCALENDAR\r\n"


def test_real_calendars_are_read(interlude: Here, house: House, dav: DavServer) -> None:
    neighbour(house, dav, "Ann Ash")
    neighbour(house, dav, "Ben Birch")
    assert interlude.run("sync").out == "2 of 2 calendars read\n"
    assert interlude.run("sync", "--json").json == {"read": 2, "failed": []}


def test_one_that_is_gone_is_named_with_its_owner_and_exit_code_1(
    interlude: Here, house: House, dav: DavServer
) -> None:
    neighbour(house, dav, "Ann Ash")
    ben = neighbour(house, dav, "Ben Birch")
    dav.ask("DELETE", ben.calendar, ben.user)
    said = interlude.run("sync", "--json")
    assert said.code == 1
    (failed,) = said.json["failed"]
    assert (failed["person"], failed["name"]) == ("Ben Birch", "Work")
    assert failed["problem"]
    assert "Ben Birch, Work: " in interlude.run("sync").out


def test_what_does_not_count_as_busy_is_not_read(interlude: Here, house: House, dav: DavServer) -> None:
    ann = neighbour(house, dav, "Ann Ash")
    with house.parts.database.reading(house.organisation_id) as memory:
        (connection,) = calendars.connections(memory, ann.person.id)
    connecting.choose(house.parts, house.who(ann.person), connection.id, [], None)
    assert interlude.run("sync", "--json").json == {"read": 0, "failed": []}


def test_a_feeds_secret_address_is_not_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = Told(200, FEED)
    with web_server(lambda asked: answer) as feeds:
        house = a_house(tmp_path, frozenset({feeds.host_port}))
        house.connect(house.add("Cora Cedar"), f"{feeds.url}/private-zwetschge/rota.ics", provider="ics")
        answer.body = FEED[:40]
        said = here(house, monkeypatch, capsys).run("sync")
    assert said.code == 1
    assert "Cora Cedar, Rota: " in said.out
    assert "zwetschge" not in said.out + said.err
