"""People whose calendars are feeds at one server, whose answers a test writes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from integrations.guarded_http import GuardedHttp, Limits
from mentoring.people import Person
from store import calendars
from store.calendars import Calendar
from tests.integrations.backends import EMPTY
from tests.wires.web import Asked, Told, WebServer, web_server
from tests.workflows.house import House, a_house

QUICK = Limits(connect_seconds=2, read_seconds=30, total_seconds=60, tries=1, pause_seconds=0.01)


@dataclass
class Street:
    """People whose calendars are feeds at one server; `tells` says what a feed answers that is not simply empty."""

    house: House
    server: WebServer
    tells: dict[str, Callable[[], Told]] = field(default_factory=dict)

    def somebody(self, name: str) -> Person:
        person = self.house.add(name)
        self.house.connect(person, f"{self.server.url}/{name}", provider="ics")
        return person

    def calendar(self, person: Person) -> Calendar:
        with self.house.parts.database.reading(person.organisation_id) as memory:
            (found,) = calendars.calendars(memory, person.id)
        return found

    def asked(self, name: str) -> int:
        return sum(each.path == f"/{name}" for each in self.server.asked)

    def later(self, **by: float) -> None:
        self.house.clock.turn(**by)


@contextmanager
def a_street(folder: Path) -> Iterator[Street]:
    """Nobody lives there yet."""
    tells: dict[str, Callable[[], Told]] = {}

    def answer(asked: Asked) -> Told:
        return tells.get(asked.path.removeprefix("/"), lambda: Told(200, EMPTY))()

    with web_server(answer) as server:
        hosts = frozenset({server.host_port})
        house = a_house(folder, hosts)
        house.parts = replace(house.parts, http=GuardedHttp(hosts, limits=QUICK))
        yield Street(house, server, tells)
