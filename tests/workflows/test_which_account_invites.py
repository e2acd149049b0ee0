"""An account of the organisation is connected, put aside, and given back once nothing is left to do with it."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from mentoring.doors import Granted
from mentoring.errors import ConnectedBySomebody, Missing, NotAllowed, NotGiven, Refused
from mentoring.people import Role
from mentoring.proposals import Partstat, State
from store import audit, organisations, organisers
from store.organisers import Kept
from tests.databases import PostgresServer
from tests.servers import DavServer
from tests.wires.web import Asked, Told, web_server
from tests.workflows.house import a_house
from tests.workflows.neighbours_of_all_kinds import HOUSE_ADDRESS, Meeting, World, a_world
from workflows import organisers as organising
from workflows import pages, signing_in_elsewhere
from workflows.views import Who


@pytest.fixture
def world(tmp_path: Path, dav: DavServer) -> Iterator[World]:
    with a_world(tmp_path, dav) as made:
        yield made


@pytest.fixture
def mia(world: World) -> Who:
    return world.admin()


def in_force(world: World) -> Kept | None:
    with world.house.parts.database.reading(world.house.organisation_id) as memory:
        return organisers.kept(memory)


def revoked(world: World) -> list[bool]:
    return [each.revoked for each in world.google.sign_in.grants if each.email == HOUSE_ADDRESS["google"]]


def test_an_admin_connects_it_and_it_is_noted_who_did(world: World, mia: Who) -> None:
    organising.connected(world.house.parts, mia, "google", world.granted("google"))
    kept = in_force(world)
    assert kept is not None
    assert (kept.provider, kept.address, kept.name) == ("google", HOUSE_ADDRESS["google"], "Test")
    with world.house.parts.database.reading(world.house.organisation_id) as memory:
        latest = audit.recent(memory)[0]
    assert (latest.who, latest.subject) == ("Mia Admin", HOUSE_ADDRESS["google"])


def test_nobody_but_an_admin_does(world: World) -> None:
    ann = world.house.who(world.house.add("Ann Ash"))
    with pytest.raises(NotAllowed):
        organising.connected(world.house.parts, ann, "google", world.granted("google"))
    assert in_force(world) is None


def test_a_permission_that_lacks_something_invites_nobody(world: World, mia: Who) -> None:
    lacking = replace(world.granted("google"), missing=("making events",))
    with pytest.raises(NotGiven) as told:
        organising.connected(world.house.parts, mia, "google", lacking)
    assert told.value.missing == ("making events",)
    assert in_force(world) is None


def test_an_account_without_an_address_invites_nobody(world: World, mia: Who) -> None:
    with pytest.raises(Refused, match="no mail address"):
        organising.connected(world.house.parts, mia, "google", replace(world.granted("google"), address=""))
    assert in_force(world) is None


@pytest.mark.postgres
def test_one_who_connects_an_account_meanwhile_is_waited_for(tmp_path: Path, postgres_server: PostgresServer) -> None:
    """Else it could become somebody's own and the organisation's at once."""
    house = a_house(tmp_path, url=postgres_server.new_database())
    admin = house.who(house.add("Zoe Zeal", roles=frozenset({Role.ADMIN})))
    with ThreadPoolExecutor(1) as pool:
        with house.parts.database.writing(house.organisation_id) as memory:
            organisations.hold(memory)
            connecting = pool.submit(
                organising.connected, house.parts, admin, "google", Granted("1", "house@harbour.example", secret="{}")
            )
            with pytest.raises(TimeoutError):
                connecting.result(timeout=1)
        connecting.result(timeout=10)


def test_a_members_own_account_is_refused_by_its_address_and_by_its_name_there(world: World, mia: Who) -> None:
    ann = world.member("google", "Ann Ash")
    granted = world.granted("google")
    for theirs in (replace(granted, address=ann.email), replace(granted, subject=ann.email)):
        with pytest.raises(Refused, match="a member's own"):
            organising.connected(world.house.parts, mia, "google", theirs)
    assert in_force(world) is None


def test_an_account_that_signs_a_member_in_is_a_members_own_whatever_its_address(world: World, mia: Who) -> None:
    ann = world.house.who(world.house.add("Ann Ash"))
    granted = world.granted("google")
    signing_in_elsewhere.add(world.house.parts, ann, "google", replace(granted, address="a123@contoso.example"))
    with pytest.raises(Refused, match="a member's own"):
        organising.connected(world.house.parts, mia, "google", granted)
    assert in_force(world) is None


def test_the_account_that_invites_signs_no_member_in(world: World, mia: Who) -> None:
    granted = world.granted("google")
    organising.connected(world.house.parts, mia, "google", granted)
    with pytest.raises(ConnectedBySomebody, match="nobody’s own"):
        signing_in_elsewhere.add(world.house.parts, mia, "google", granted)
    organising.connected(world.house.parts, mia, "google", granted)


def test_one_with_nothing_left_to_do_is_given_back_and_forgotten_at_once(world: World, mia: Who) -> None:
    organising.connected(world.house.parts, mia, "google", world.granted("google"))
    organising.put_aside(world.house.parts, mia)
    assert revoked(world) == [True]
    assert pages.organiser_page(world.house.parts, mia).earlier == ()
    with pytest.raises(Missing):
        organising.put_aside(world.house.parts, mia)


def test_while_it_cannot_be_given_back_it_is_kept(world: World, mia: Who) -> None:
    parts = world.house.parts
    organising.connected(parts, mia, "google", world.granted("google"))
    world.house.parts = replace(parts, settings=replace(parts.settings, google_revoke_url="http://127.0.0.1:9/revoke"))
    organising.put_aside(world.house.parts, mia)
    (earlier,) = pages.organiser_page(parts, mia).earlier
    assert earlier.meetings == 0
    assert organising.finish_everywhere(parts) == 1
    assert revoked(world) == [True]


def test_one_connected_anew_while_it_is_given_back_stays(world: World, mia: Who) -> None:
    """In another tab, while Google takes its time."""
    parts = world.house.parts

    def answer(_: Asked) -> Told:
        world.house.clock.turn(seconds=1)
        organising.connected(parts, mia, "google", world.granted("google"))
        return Told(200, b"{}")

    with web_server(answer) as slow:
        known = replace(parts.settings, google_revoke_url=f"{slow.url}/revoke")
        organising.connected(parts, mia, "google", world.granted("google"))
        world.house.parts = replace(parts, settings=known)
        organising.put_aside(world.house.parts, mia)
    assert in_force(world) is not None
    assert pages.organiser_page(parts, mia).earlier == ()


@pytest.mark.parametrize("organiser", ["google", "outlook"])
def test_an_event_beside_a_copy_is_taken_away_before_its_account_is_forgotten(
    world: World, mia: Who, organiser: str
) -> None:
    meeting = Meeting.of(world, organiser, "caldav", "ics").asked_mentee()
    kept = in_force(world)
    assert kept is not None
    organising.put_aside(world.house.parts, mia)
    organising.take_back(world.house.parts, mia, kept.id)
    meeting.settle()
    assert (meeting.organisers_events(), meeting.holds(meeting.mentee).events) == (0, 0)
    organising.finish_everywhere(world.house.parts)
    assert pages.organiser_page(world.house.parts, mia).earlier == ()


def test_the_page_counts_what_goes_on_through_each(world: World, mia: Who) -> None:
    Meeting.of(world, "mailbox", "ics", "ics").asked_mentee()
    Meeting.of(world, "google", "ics", "ics").confirmed()
    world.invites_from("outlook")
    page = pages.organiser_page(world.house.parts, mia)
    assert page.in_force is not None
    assert (page.in_force.provider, page.in_force.meetings, page.by_mailbox) == ("outlook", 0, 1)
    assert [(each.provider, each.meetings) for each in page.earlier] == [("google", 1)]


def test_what_it_began_is_taken_back_when_an_admin_does_not_want_to_wait(world: World, mia: Who) -> None:
    meeting = Meeting.of(world, "google", "google", "ics").confirmed()
    organiser = in_force(world)
    assert organiser is not None
    with pytest.raises(Missing):
        organising.take_back(world.house.parts, mia, organiser.id)
    organising.put_aside(world.house.parts, mia)
    assert organising.take_back(world.house.parts, mia, organiser.id) == 1
    assert meeting.now.state is State.WITHDRAWN
    assert revoked(world) == [False], "its guests have not heard of it yet"
    meeting.settle()
    assert [meeting.holds(each).cancels for each in meeting.both] == [1, 1]
    assert organising.finish_everywhere(world.house.parts) == 1
    assert revoked(world) == [True]


def test_a_meeting_that_nobody_could_invite_to_is_the_mailboxs_once_there_is_one(world: World) -> None:
    """Its mentee holds a copy; the mentor is asked by mail."""
    world.no_mailbox = True
    meeting = Meeting.of(world, "mailbox", "caldav", "ics").asked_mentee()
    assert (meeting.now.state, meeting.now.organiser_address) == (State.ASKED_MENTEE, "")
    world.no_mailbox = False
    world.invites_from("mailbox")
    meeting.says(meeting.mentee, Partstat.ACCEPTED)
    assert meeting.now.organiser_address == HOUSE_ADDRESS["mailbox"]
    assert meeting.holds(meeting.mentor).invites == 1
