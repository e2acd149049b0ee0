"""How calendars are: to whom they belong on their own page, to admins on a page of everybody's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from mentoring.errors import NotAllowed
from mentoring.people import Role
from store import calendars, tables
from tests.integrations.ical_tables import calendar
from tests.wires.google import google_wire
from tests.wires.web import Told
from tests.workflows.at_google import ANN, OTHER, at_google
from tests.workflows.cloud import Cloud, a_cloud
from tests.workflows.house import a_house
from tests.workflows.streets import Street
from workflows import pages, syncing
from workflows.calendar_words import for_admins, place
from workflows.pages.all_calendars import ASK_THEM, BY_ITSELF, LOOK_AT_WORKERS
from workflows.views import CalendarStatus, Who


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[Cloud]:
    with a_cloud(tmp_path) as opened:
        yield opened


def an_admin(street: Street) -> Who:
    return street.house.who(street.house.add("Zoe", roles=frozenset({Role.ADMIN})))


def test_their_owner_sees_by_whom_we_are_told_how_often_we_ask_besides_and_when_that_is_renewed(cloud: Cloud) -> None:
    ann = cloud.somebody("Ann")
    (connection,) = pages.calendars_page(cloud.house.parts, cloud.house.who(ann)).connections
    (shown,) = connection.calendars
    assert (shown.told_by, shown.every_minutes) == ("Google", 60)
    assert shown.renewed_at == cloud.watches()[0].renew_at
    parts = replace(cloud.house.parts, settings=replace(cloud.house.parts.settings, push_url=""))
    (connection,) = pages.calendars_page(parts, cloud.house.who(ann)).connections
    (shown,) = connection.calendars
    assert (shown.told_by, shown.every_minutes, shown.renewed_at) == ("", 15, None)


def test_an_admin_sees_everybodys_with_what_needs_looking_at_first(street: Street) -> None:
    admin = an_admin(street)
    for name in ("cara", "ann", "bob"):
        street.somebody(name)
    street.tells["bob"] = lambda: Told(401)
    street.tells["cara"] = lambda: Told(503)
    street.later(minutes=20)
    syncing.sync_due(street.house.parts)
    page = pages.all_calendars(street.house.parts, admin)
    assert [each.person for each in page.lines] == ["bob", "cara", "ann"]
    assert [each.what_to_do for each in page.lines] == [ASK_THEM, BY_ITSELF, ""]
    assert page.counts == {CalendarStatus.TROUBLE: 2, CalendarStatus.FRESH: 1}
    (feeds,) = page.providers
    assert (feeds.kind, feeds.calendars, feeds.told) == ("Calendar feed", 3, 0)
    only = pages.all_calendars(street.house.parts, admin, CalendarStatus.FRESH)
    assert [each.person for each in only.lines] == ["ann"]
    street.later(hours=4)
    stale = pages.all_calendars(street.house.parts, admin, CalendarStatus.STALE)
    assert [each.what_to_do for each in stale.lines] == [LOOK_AT_WORKERS]


def test_of_thousands_a_page_shows_fifty_and_the_last_page_the_rest(street: Street) -> None:
    admin = an_admin(street)
    person = street.somebody("ann")
    (known,) = [street.calendar(person)]
    with street.house.parts.database.writing(person.organisation_id) as memory:
        plain = {"connection_id": known.connection_id, "person_id": person.id, "name": "x", "zone": "", "cursor": ""}
        plain |= {"writable": False, "counts_as_busy": True, "holds_copies": False, "problem": ""}
        memory.insert_many(tables.calendars, [plain | {"href": str(number)} for number in range(2006)])
    first = pages.all_calendars(street.house.parts, admin)
    last = pages.all_calendars(street.house.parts, admin, number=999)
    assert (first.part.total, len(first.lines), last.part.number, len(last.lines)) == (2007, 50, 41, 7)


def test_nothing_says_what_a_calendar_is_called_or_holds(street: Street) -> None:
    admin = an_admin(street)
    text = b"X-WR-CALNAME:Plantedname\r\n" + b"BEGIN:VEVENT"
    held = calendar("UID:a|DTSTAMP:20261101T000000Z|DTSTART:20261125T090000Z|SUMMARY:Plantedtitle")
    street.tells["ann"] = lambda: Told(200, held.replace(b"BEGIN:VEVENT", text, 1))
    street.somebody("ann")
    page = pages.all_calendars(street.house.parts, admin)
    assert len(page.lines) == 1
    assert "Planted" not in repr(page)
    assert f"{street.server.url}/ann" not in repr(page)


@pytest.mark.parametrize(
    ("account", "told"),
    [(OTHER, "Google Calendar"), (ANN, "Google Calendar, harbour.example")],
    ids=["private", "work"],
)
def test_of_an_account_admins_are_told_its_kind_and_no_domain_but_the_persons_own(
    tmp_path: Path, account: str, told: str
) -> None:
    house = a_house(tmp_path)
    with google_wire(house.clock) as wire:
        there = at_google(house, wire)
        ann = house.add("Ann Ash", email="a.ash@harbour.example", roles=frozenset({Role.MENTEE}))
        there.connects(ann, account)
    house.clock.turn(hours=5)
    admin = house.who(house.add("Zoe", roles=frozenset({Role.ADMIN})))
    everybodys = pages.all_calendars(house.parts, admin)
    one = pages.person_page(house.parts, admin, ann.id)
    overview = pages.health(house.parts, admin)
    assert {each.account for page in (everybodys.lines, one.calendars, overview.unknown) for each in page} == {told}
    assert account not in f"{everybodys}{one}{overview}"


def test_of_a_server_of_ones_own_admins_are_told_the_host_and_neither_path_nor_name(street: Street) -> None:
    ann = street.somebody("ann")
    with street.house.parts.database.writing(ann.organisation_id) as memory:
        (known,) = calendars.connections(memory, ann.id)
    dav = replace(known, provider="caldav", address="https://ann.ash@dav.example:8443/principals/ann.ash/")
    assert for_admins(dav, ann.email) == "CalDAV, dav.example:8443"
    assert place(dav) == "dav.example:8443/principals/ann.ash/"


def test_only_admins_may_look(street: Street) -> None:
    with pytest.raises(NotAllowed):
        pages.all_calendars(street.house.parts, street.house.who(street.somebody("ann")))
