"""What is Microsoft's own about connecting: tokens that rotate, and a permission that only its owner can end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest

from mentoring.doors import Errand, Granted
from mentoring.errors import ConnectedBySomebody, NotGiven
from mentoring.people import Person
from store import calendars
from tests.wires.graph import GraphWire, graph_wire
from tests.workflows.house import House, a_house
from workflows import connecting, consenting, pages, signing_in_elsewhere, syncing
from workflows.door_views import Connected, GivenBack, SetOut
from workflows.views import CalendarStatus

ANN = "ann@contoso.example"


@dataclass
class AtMicrosoft:
    house: House
    wire: GraphWire

    def back(self, to: SetOut) -> dict[str, str]:
        there = urlsplit(to.url)
        connection = HTTPConnection(there.netloc)
        connection.request("GET", f"{there.path}?{there.query}")
        location = connection.getresponse().headers["Location"]
        connection.close()
        return dict(parse_qsl(urlsplit(location).query))

    def ends(self, to: SetOut) -> Connected:
        came = consenting.come_back(self.house.parts, to.under_way, "outlook", to.under_way.who, self.back(to))
        assert isinstance(came, Connected)
        self.house.work()
        return came

    def connects(self, person: Person) -> Connected:
        return self.ends(consenting.begin(self.house.parts, Errand.CALENDARS, "outlook", self.house.who(person)))

    def statuses(self, person: Person) -> set[CalendarStatus]:
        (shown,) = pages.calendars_page(self.house.parts, self.house.who(person)).connections
        return {each.status for each in shown.calendars if each.counts_as_busy}

    def reads(self, person: Person) -> None:
        syncing.read_again(self.house.parts, self.house.organisation_id, [person.id])


@pytest.fixture
def there(tmp_path: Path) -> Iterator[AtMicrosoft]:
    house = a_house(tmp_path)
    with graph_wire() as wire:
        wire.account(ANN)
        house.parts = replace(house.parts, settings=replace(house.parts.settings, **wire.settings()))  # type: ignore[arg-type]
        yield AtMicrosoft(house, wire)


def test_a_refresh_token_that_is_good_once_is_replaced_by_the_next_each_time(there: AtMicrosoft) -> None:
    there.wire.entra.strict_rotation = True
    ann = there.house.add("Ann Ash")
    there.connects(ann)
    for _ in range(3):
        there.wire.entra.expire(ANN)
        there.house.clock.turn(minutes=20)
        there.reads(ann)
        assert there.statuses(ann) == {CalendarStatus.FRESH}


def test_what_was_given_in_part_is_left_standing_since_only_they_can_end_it(there: AtMicrosoft) -> None:
    there.wire.entra.identities[ANN].withheld = frozenset({"Calendars.ReadBasic"})
    with pytest.raises(NotGiven) as refused:
        there.connects(there.house.add("Ann Ash"))
    assert refused.value.left_standing


def test_who_would_leave_is_told_that_only_they_can_end_the_permission(there: AtMicrosoft) -> None:
    ann = there.house.add("Ann Ash")
    there.connects(ann)
    assert pages.taking_part_page(there.house.parts, there.house.who(ann)).stands_at == ("outlook",)


def test_a_withdrawn_permission_is_mended_by_one_button_and_what_was_chosen_stays(there: AtMicrosoft) -> None:
    there.wire.calendar(ANN, "Team")
    ann = there.house.add("Ann Ash")
    came, who = there.connects(ann), there.house.who(ann)
    with there.house.parts.database.reading(there.house.organisation_id) as memory:
        chosen = calendars.calendars(memory, ann.id)[0]
    connecting.choose(there.house.parts, who, came.connection_id, [chosen.id], None)
    there.wire.entra.revoke(ANN)
    there.house.clock.turn(minutes=20)
    there.reads(ann)
    assert there.statuses(ann) == {CalendarStatus.TROUBLE}
    there.wire.entra.refused.clear()
    to = consenting.begin_to_mend(there.house.parts, who, came.connection_id)
    assert "login_hint=ann%40contoso.example" in to.url
    assert there.ends(to) == Connected(came.connection_id, ANN, again=True)
    assert there.statuses(ann) == {CalendarStatus.FRESH}
    with there.house.parts.database.reading(there.house.organisation_id) as memory:
        assert [each.id for each in calendars.calendars(memory, ann.id) if each.counts_as_busy] == [chosen.id]


def test_what_was_withheld_is_named_and_nothing_is_saved(there: AtMicrosoft) -> None:
    there.wire.entra.identities[ANN].withheld = frozenset({"Calendars.ReadBasic"})
    ann = there.house.add("Ann Ash")
    with pytest.raises(NotGiven) as refused:
        there.connects(ann)
    assert refused.value.missing == ("seeing when you are busy",)
    assert pages.calendars_page(there.house.parts, there.house.who(ann)).connections == ()


def test_an_account_that_signs_a_colleague_in_is_not_connected(there: AtMicrosoft) -> None:
    ann, ben = there.house.add("Ann Ash"), there.house.add("Ben Birch")
    subject = there.wire.subject(ANN)
    signing_in_elsewhere.add(there.house.parts, there.house.who(ann), "outlook", Granted(subject, "a123@x.example"))
    with pytest.raises(ConnectedBySomebody, match="signs in"):
        there.connects(ben)
    assert there.connects(ann).address == ANN


def test_only_its_owner_ends_the_permission_at_microsoft_and_is_told_so(there: AtMicrosoft) -> None:
    ann = there.house.add("Ann Ash")
    came = there.connects(ann)
    gone = connecting.disconnect(there.house.parts, there.house.who(ann), came.connection_id)
    assert (gone.provider, gone.given_back) == ("outlook", GivenBack.STANDS)
