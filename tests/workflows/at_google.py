"""People of a house who go to Google, as browsers do: there, and back with what it says."""

from __future__ import annotations

from dataclasses import dataclass, replace
from http.client import HTTPConnection
from urllib.parse import parse_qsl, urlencode, urlsplit

from mentoring.doors import Errand
from mentoring.people import Person
from store import calendars
from store.calendars import Calendar, Connection
from tests.wires.google import GoogleWire
from tests.workflows.house import House
from workflows import consenting
from workflows.door_views import CameIn, Connected, Returned, SetOut
from workflows.views import Who

ANN, OTHER = "ann.ash@harbour.example", "ann.private@mail.example"


@dataclass
class AtGoogle:
    """A house that Google is set up for."""

    house: House
    wire: GoogleWire

    def set_out(self, person: Person | None, errand: Errand = Errand.CALENDARS) -> SetOut:
        return consenting.begin(self.house.parts, errand, "google", self.house.who(person) if person else None)

    def back(self, to: SetOut, as_whom: str = "") -> dict[str, str]:
        """What Google appends to our address, once that account was chosen there, or the one hinted at."""
        self.wire.sign_in.signing_in = as_whom
        there = urlsplit(to.url)
        asked = [(name, said) for name, said in parse_qsl(there.query) if not (as_whom and name == "login_hint")]
        connection = HTTPConnection(there.netloc)
        connection.request("GET", f"{there.path}?{urlencode(asked)}")
        location = connection.getresponse().headers["Location"]
        connection.close()
        return dict(parse_qsl(urlsplit(location).query))

    def ends(self, to: SetOut, query: dict[str, str]) -> Returned:
        """In the same browser, as whoever began."""
        return consenting.come_back(self.house.parts, to.under_way, "google", to.under_way.who, query)

    def connects(self, person: Person, as_whom: str = ANN) -> Connected:
        to = self.set_out(person)
        came = self.ends(to, self.back(to, as_whom))
        assert isinstance(came, Connected)
        self.house.work()
        return came

    def signs_in(self, as_whom: str = ANN) -> Who:
        to = self.set_out(None, Errand.SIGN_IN)
        came = self.ends(to, self.back(to, as_whom))
        assert isinstance(came, CameIn)
        return came.who

    def connections(self, person: Person) -> tuple[Connection, ...]:
        with self.house.parts.database.reading(self.house.organisation_id) as memory:
            return calendars.connections(memory, person.id)

    def calendars(self, person: Person) -> tuple[Calendar, ...]:
        with self.house.parts.database.reading(self.house.organisation_id) as memory:
            return calendars.calendars(memory, person.id)


def at_google(house: House, wire: GoogleWire) -> AtGoogle:
    """Ann's account at work, with another calendar, and a private one."""
    house.parts = replace(house.parts, settings=replace(house.parts.settings, **wire.settings()))  # type: ignore[arg-type]
    wire.account(ANN, calendars=("Team",), name="Ann Ash", hd="harbour.example")
    wire.account(OTHER, name="Ann")
    return AtGoogle(house, wire)
