"""What a guest of the organiser's event has said counts once, whatever else happens to that event: it is not found, is
moved by hand, is about to be moved; its guests are changed, or known by another name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from mentoring.intervals import Interval
from mentoring.ports import EventSeen, GuestSeen
from mentoring.proposals import Partstat, Party, State
from store import organiser_events, people
from store.organiser_events import Heard
from tests.servers import DavServer
from tests.workflows.house import a_person
from tests.workflows.neighbours_of_all_kinds import HOUSE_ADDRESS, ORGANISERS, Meeting, World, a_world
from tests.workflows.pairs import THURSDAY
from workflows import answering, organiser_answers, organiser_guests, syncing

YES, NO, MAYBE = Partstat.ACCEPTED, Partstat.DECLINED, Partstat.TENTATIVE
LATER = Interval.lasting(THURSDAY + timedelta(hours=2), 20)
ROOM = "room4@house.example"
LONG_ENOUGH = 6
"""Minutes after which also what is agreed has been looked at again."""

an_account = pytest.mark.parametrize("organiser", [each for each in ORGANISERS if each != "mailbox"])


@pytest.fixture
def world(tmp_path: Path, dav: DavServer) -> Iterator[World]:
    with a_world(tmp_path, dav) as made:
        yield made


def later(meeting: Meeting) -> None:
    meeting.house.clock.turn(minutes=LONG_ENOUGH)
    meeting.settle()


# --- An event that is not found --------------------------------------------------------------------------------------


def is_lost(world: World, organiser: str) -> None:
    """At the next look: the provider knows nothing of it, for once."""
    if organiser == "google":
        world.google.fail("events.get", account=HOUSE_ADDRESS["google"], status=404, reason="notFound")
    else:
        said = b'{"error": {"code": "ErrorItemNotFound", "message": ""}}'
        world.graph.fail(404, method="GET", path="/me/events/", body=said)


@an_account
def test_an_event_that_is_not_found_for_once_is_not_taken_for_deleted(world: World, organiser: str) -> None:
    meeting = Meeting.of(world, organiser, "ics", "ics").confirmed()
    for _ in range(2):
        is_lost(world, organiser)
        organiser_answers.read_organiser(world.house.parts, world.house.organisation_id)
        later(meeting)
        assert meeting.now.state is State.CONFIRMED
    event = world.event(meeting.id)
    assert event is not None
    assert event.missed_at is None, "it was found since"


@an_account
def test_an_event_that_is_not_found_twice_some_minutes_apart_is_deleted(world: World, organiser: str) -> None:
    meeting, house = Meeting.of(world, organiser, "ics", "ics").confirmed(), world.house
    for _ in range(2):
        is_lost(world, organiser)
        organiser_answers.read_organiser(house.parts, house.organisation_id)
    assert meeting.now.state is State.CONFIRMED, "that was twice within the same minute"
    house.clock.turn(minutes=3)
    is_lost(world, organiser)
    organiser_answers.read_organiser(house.parts, house.organisation_id)
    assert meeting.now.state is State.WITHDRAWN


@an_account
def test_what_is_to_be_told_by_an_event_that_is_not_found_is_told_once_it_is(world: World, organiser: str) -> None:
    meeting = Meeting.of(world, organiser, "ics", "ics").asked_mentee()
    answering.answer(world.house.parts, world.house.who(meeting.mentee), meeting.id, YES)
    world.house.nudges.clear()
    is_lost(world, organiser)
    world.house.sweep()
    assert meeting.guests() == {meeting.mentee.email}
    for _ in range(4):
        meeting.settle()
    assert meeting.now.state is State.ASKED_MENTOR
    assert meeting.guests() == {each.email for each in meeting.both}


# --- A no that comes with something else -----------------------------------------------------------------------------


def is_unknown(meeting: Meeting) -> None:
    """The mentee's calendar, from now on: they took their permission back."""
    meeting.world.google.withdraw(meeting.mentee.email)
    meeting.house.clock.turn(minutes=2)
    syncing.sync_due(meeting.house.parts)


@pytest.mark.parametrize("organiser", ["mailbox", "outlook"])
def test_a_no_with_another_time_counts_though_a_calendar_is_unknown(world: World, organiser: str) -> None:
    meeting = Meeting.of(world, organiser, "google", "outlook").confirmed()
    is_unknown(meeting)
    meeting.says(meeting.mentor, NO, LATER)
    later(meeting)
    assert meeting.now.ended_because == "declined_by_mentor"


@pytest.mark.parametrize("organiser", ["mailbox", "outlook"])
def test_a_maybe_with_another_time_counts_at_once_and_the_offer_once_both_calendars_are_known(
    world: World, organiser: str
) -> None:
    meeting = Meeting.of(world, organiser, "google", "outlook").asked_mentor()
    is_unknown(meeting)
    meeting.says(meeting.mentor, MAYBE, LATER)
    later(meeting)
    assert (meeting.now.state, meeting.now.mentor_answer.partstat) == (State.ASKED_MENTOR, MAYBE)
    world.connected_at("google", meeting.mentee)
    for _ in range(3):
        later(meeting)
    assert (meeting.now.interval, meeting.now.sequence) == (LATER, 1)


@an_account
def test_a_no_beside_a_change_by_hand_ends_it_and_is_not_written_over(world: World, organiser: str) -> None:
    meeting = Meeting.of(world, organiser, "ics", "ics").confirmed()
    meeting.move_by_hand(LATER)
    meeting.says(meeting.mentor, NO)
    later(meeting)
    assert meeting.now.ended_because == "declined_by_mentor"


@an_account
def test_a_no_to_the_earlier_time_counts_from_whom_the_new_one_was_not_told(world: World, organiser: str) -> None:
    meeting, house = Meeting.of(world, organiser, "ics", "ics").confirmed(), world.house
    house.clock.now = house.clock.now.replace(hour=17)
    answering.move(house.parts, house.who(meeting.mentor), meeting.id, LATER.start)
    meeting.settle()
    assert meeting.times() == {meeting.first}
    meeting.says(meeting.mentee, NO)
    assert meeting.now.ended_because == "declined_by_mentee"


@an_account
def test_a_no_to_the_earlier_time_says_nothing_of_the_one_that_they_moved_it_to(world: World, organiser: str) -> None:
    meeting, house = Meeting.of(world, organiser, "ics", "ics").confirmed(), world.house
    house.clock.now = house.clock.now.replace(hour=17)
    answering.move(house.parts, house.who(meeting.mentor), meeting.id, LATER.start)
    meeting.says(meeting.mentor, NO)
    assert meeting.now.blocking


@an_account
def test_the_latest_answer_wins_whichever_is_read_first(world: World, organiser: str) -> None:
    meeting = Meeting.of(world, organiser, "ics", "ics").asked_mentee()
    meeting.house.clock.turn(minutes=1)
    meeting.answers_there(meeting.mentee, NO)
    meeting.house.clock.turn(seconds=20)
    answering.answer(world.house.parts, world.house.who(meeting.mentee), meeting.id, YES)
    meeting.settle()
    assert meeting.now.mentee_answer.partstat is YES
    meeting.says(meeting.mentee, NO)
    assert meeting.now.ended_because == "declined_by_mentee"


# --- Who is who ------------------------------------------------------------------------------------------------------


@an_account
@pytest.mark.parametrize("known", [True, False], ids=["that was there before", "that came in their place"])
def test_who_is_taken_off_has_declined_though_a_room_is_on_it(world: World, organiser: str, known: bool) -> None:
    meeting = Meeting.of(world, organiser, "ics", "ics").confirmed()
    if known:
        meeting.put_on(ROOM)
        later(meeting)
        assert meeting.now.state is State.CONFIRMED
        meeting.take_off(meeting.mentor)
    else:
        meeting.take_off(meeting.mentor, ROOM)
    later(meeting)
    assert meeting.now.ended_because == "declined_by_mentor"


@an_account
def test_whose_address_changes_answers_by_the_one_that_was_invited(world: World, organiser: str) -> None:
    meeting, house = Meeting.of(world, organiser, "ics", "ics").asked_mentee(), world.house
    invited = meeting.mentee.email
    with house.parts.database.writing(house.organisation_id) as memory:
        people.save(memory, replace(meeting.mentee, email="new@example.org"))
    meeting.says(meeting.mentee, YES)
    assert meeting.now.state is State.ASKED_MENTOR
    assert meeting.guests() == {invited, meeting.mentor.email}, "nobody is invited twice"


@an_account
def test_whom_the_provider_knows_by_another_address_answers_by_that(world: World, organiser: str) -> None:
    meeting, alias = Meeting.of(world, organiser, "ics", "ics").asked_mentee(), "ann.ash@example.org"
    meeting.take_off(meeting.mentee, alias)
    meeting.settle()
    assert meeting.now.state is State.ASKED_MENTEE
    meeting.house.clock.turn(minutes=1)
    meeting.guest_answers(alias, YES)
    meeting.settle()
    assert meeting.now.state is State.ASKED_MENTOR
    assert meeting.guests() == {alias, meeting.mentor.email}
    meeting.guest_answers(alias, NO)
    meeting.settle()
    assert meeting.now.ended_because == "declined_by_mentee"


@an_account
def test_nothing_is_kept_of_who_else_is_on_an_event_but_a_keyed_hash(world: World, organiser: str) -> None:
    meeting = Meeting.of(world, organiser, "ics", "ics").confirmed()
    meeting.put_on(ROOM)
    later(meeting)
    with world.house.parts.database.reading(world.house.organisation_id) as memory:
        event = organiser_events.get(memory, meeting.id)
    assert event is not None
    key = organiser_guests.hashed(world.house.parts, world.house.organisation_id)
    assert (event.strangers, ROOM in str(event)) == (frozenset({key(ROOM)}), False)


def test_of_two_who_came_in_the_place_of_one_nobody_is_taken_for_them() -> None:
    ann, ben = "ann@example.org", "ben@example.org"
    both = {Party.MENTEE: a_person("Ann", 1, email=ann), Party.MENTOR: a_person("Ben", 1, email=ben)}
    expected = {Party.MENTEE: Heard(address=ann), Party.MENTOR: Heard(address=ben)}
    there = tuple(GuestSeen(each, MAYBE) for each in (ann, ROOM, "somebody@example.org"))
    seen = EventSeen("id", "uid", "1", LATER, there)
    guests = organiser_guests.told_apart(seen, both, expected, lambda _: False)
    assert (set(guests.found), guests.taken_off, guests.unclear) == ({Party.MENTEE}, set(), {Party.MENTOR})
    assert not guests.clear
    old = organiser_guests.told_apart(seen, both, expected, lambda address: address == ROOM)
    assert old.found[Party.MENTOR].address == "somebody@example.org"
    assert [each.address for each in old.others] == [ROOM]
