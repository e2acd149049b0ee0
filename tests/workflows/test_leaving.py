"""Deleting everything: whoever was to be met hears of it first, then nothing is left."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mentoring.errors import BadInput, Missing, Refused
from mentoring.people import Person, Role
from mentoring.proposals import State
from store import audit, organisations, people, proposals
from tests.servers import DavServer
from tests.wires.post import post_office
from tests.workflows.by_mail import MailPair
from tests.workflows.house import House, a_house
from tests.workflows.pairs import Pair
from workflows import leaving, signing_in


def is_there(house: House, who: Person) -> bool:
    with house.parts.database.reading(house.organisation_id) as memory:
        return who.id in people.those(memory, [who.id])


def set_stopped(house: House, stopped: bool) -> None:
    """The kill switch: nothing leaves while it is on."""
    with house.parts.database.writing(house.organisation_id) as memory:
        organisations.set_stopped(memory, stopped)


@pytest.fixture
def pair(house: House, dav: DavServer) -> Pair:
    return Pair(house, dav)


@pytest.mark.parametrize("leaver", ["mentee", "mentor"])
@pytest.mark.parametrize("far", ["reserved", "asked_mentee", "asked_mentor", "confirmed"])
def test_what_was_to_be_leaves_both_calendars_and_the_person_is_gone(pair: Pair, leaver: str, far: str) -> None:
    house = pair.house
    if far != "reserved":
        getattr(pair, far)()
    going, staying = (pair.mentee, pair.mentor) if leaver == "mentee" else (pair.mentor, pair.mentee)
    waiting = leaving.leave(house.parts, house.who(going.person), f" {going.user.upper()} ")
    assert (waiting == 0) == (far == "reserved"), "where nothing is to be told, nothing is waited for"
    house.work()
    house.sweep()
    assert pair.mentee.invites() == pair.mentor.invites() == []
    assert not is_there(house, going.person)
    assert is_there(house, staying.person)


def test_the_page_waits_for_no_server(pair: Pair) -> None:
    """Workers tell it: a server that never answers would keep whoever leaves before a page that hangs."""
    house, ann = pair.house, pair.confirmed().mentee.person
    house.nudges.clear()
    assert leaving.leave(house.parts, house.who(ann), ann.email) == 2
    assert len(pair.mentor.invites()) == len(pair.mentee.invites()) == 1
    assert [job for job, _ in house.nudges] == ["deliver", "deliver"]
    house.work()
    assert pair.mentor.invites() == pair.mentee.invites() == []
    house.sweep()
    assert not is_there(house, ann)


def test_past_meetings_stay_in_the_calendars(pair: Pair) -> None:
    pair.confirmed()
    pair.house.clock.now = pair.now.interval.end + timedelta(minutes=1)
    pair.house.sweep()
    assert pair.now.state is State.MET
    assert leaving.leave(pair.house.parts, pair.house.who(pair.mentee.person), pair.mentee.user) == 0
    assert len(pair.mentor.invites()) == 1


@pytest.mark.parametrize("typed", ["", "ben@example.org", "ann", "ann@example.org.uk"])
def test_another_address_than_their_own_deletes_nothing(tmp_path: Path, typed: str) -> None:
    house = a_house(tmp_path)
    ann = house.add("Ann Ash")
    with pytest.raises(BadInput, match=r"type ann@example\.org"):
        leaving.leave(house.parts, house.who(ann), typed)
    assert signing_in.person(house.parts, house.who(ann)) == ann


def test_the_last_admin_stays(tmp_path: Path) -> None:
    house = a_house(tmp_path)
    zofia, ann = (house.add(name, roles=frozenset({Role.ADMIN})) for name in ("Zofia Zeder", "Ann Ash"))
    assert leaving.leave(house.parts, house.who(zofia), zofia.email) == 0
    with pytest.raises(Refused, match="only admin"):
        leaving.leave(house.parts, house.who(ann), ann.email)
    assert signing_in.person(house.parts, house.who(ann)) == ann


def test_the_log_says_that_somebody_left_and_not_who(tmp_path: Path) -> None:
    house = a_house(tmp_path)
    ann = house.add("Ann Ash")
    leaving.leave(house.parts, house.who(ann), ann.email)
    with house.parts.database.reading(house.organisation_id) as memory:
        (entry,) = audit.recent(memory)
    assert (entry.who, entry.what) == ("somebody who left", "had everything about them deleted")
    assert "Ann" not in str(entry)
    assert "ann" not in str(entry).split()


def test_what_cannot_be_told_yet_keeps_the_rest_and_nobody_can_sign_in_meanwhile(pair: Pair) -> None:
    house, ann = pair.house, pair.confirmed().mentee.person
    set_stopped(house, True)
    assert leaving.leave(house.parts, house.who(ann), ann.email) == 2
    house.clock.turn(hours=1)
    house.sweep()
    assert is_there(house, ann), "the other one's calendar still holds the meeting"
    assert pair.now.state is State.WITHDRAWN
    with pytest.raises(Missing):
        signing_in.person(house.parts, house.who(ann))
    set_stopped(house, False)
    house.sweep()
    house.sweep()
    assert pair.mentor.invites() == []
    assert not is_there(house, ann)


def test_at_night_the_mail_that_calls_it_off_waits_for_the_morning_and_so_does_the_rest(
    tmp_path: Path, dav: DavServer
) -> None:
    with post_office() as office:
        house = a_house(tmp_path, frozenset({dav.host_port, office.host_port}))
        _leaves_at_night(MailPair.of(house, dav, office, mentee="copy").confirmed())


def _leaves_at_night(pair: MailPair) -> None:
    house = pair.house
    house.clock.now = datetime(2026, 11, 24, 22, 0, tzinfo=UTC)
    ann, before = pair.mentee.person, len(pair.mails(pair.mentor))
    assert leaving.leave(house.parts, house.who(ann), ann.email) == 2
    house.work()
    assert pair.mentee.invites() == [], "their own copy is gone at once"
    assert len(pair.mails(pair.mentor)) == before
    house.clock.now = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
    house.sweep()
    assert pair.mails(pair.mentor)[before:][0].invite.method == "CANCEL"
    house.sweep()
    assert not is_there(house, ann)


def test_what_can_never_be_told_keeps_the_rest_for_a_week(pair: Pair) -> None:
    house, ann = pair.house, pair.confirmed().mentee.person
    set_stopped(house, True)
    leaving.leave(house.parts, house.who(ann), ann.email)
    house.clock.turn(days=6, hours=23)
    house.sweep()
    assert is_there(house, ann)
    house.clock.turn(hours=1)
    house.sweep()
    assert not is_there(house, ann)


def test_nothing_is_proposed_to_who_is_leaving(pair: Pair) -> None:
    house, ann = pair.house, pair.confirmed().mentee.person
    set_stopped(house, True)
    leaving.leave(house.parts, house.who(ann), ann.email)
    with house.parts.database.reading(house.organisation_id) as memory:
        found = people.get(memory, ann.id)
        assert proposals.open_proposals(memory) == ()
    assert (found.roles, found.stopped) == (frozenset(), True)


def test_to_leave_twice_is_to_leave_once(tmp_path: Path) -> None:
    """A worker may come to its end while the page still waits."""
    house = a_house(tmp_path)
    ann = house.add("Ann Ash")
    leaving.leave(house.parts, house.who(ann), ann.email)
    assert leaving.finish(house.parts, house.who(ann)) == 0
    assert leaving.finish_everywhere(house.parts) == 0
    with pytest.raises(Missing):
        leaving.leave(house.parts, house.who(ann), ann.email)


def test_what_somebody_died_over_is_done_by_the_sweep(pair: Pair) -> None:
    house, ann = pair.house, pair.confirmed().mentee.person
    with house.parts.database.writing(house.organisation_id) as memory:
        people.note(memory, ann.id, leaving_at=house.clock())
    house.sweep()
    assert pair.mentor.invites() == pair.mentee.invites() == []
    house.sweep()
    assert not is_there(house, ann)


def test_who_is_not_leaving_is_not_deleted(pair: Pair) -> None:
    house, ann = pair.house, pair.confirmed().mentee.person
    leaving.finish(house.parts, house.who(ann))
    house.sweep()
    assert is_there(house, ann)
    assert pair.now.state is State.CONFIRMED
