"""The provider dies before, during and after each thing that is written there: one event remains, and each is told
once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from mentoring.proposals import Partstat, State
from store import organisers, outbox
from tests.servers import DavServer, free_port
from tests.workflows.neighbours_of_all_kinds import HOUSE_ADDRESS, ORGANISERS, Holds, Meeting, World, a_world
from workflows import answering, asking
from workflows import organisers as organisers_flow

YES, NO = Partstat.ACCEPTED, Partstat.DECLINED
ACCOUNTS = [each for each in ORGANISERS if each != "mailbox"]
FAULTS = ("before", "refused", "after", "during", "504 after")
"""The connection ends before anything is done; it is not done and said so; done, and nothing is heard of it; done, and
half of the answer is heard; done, and a gateway says that it took too long."""
LONG = 31
"""Minutes after which everything is tried again."""

an_account = pytest.mark.parametrize("organiser", ACCOUNTS)
each_fault = pytest.mark.parametrize("fault", FAULTS)


@pytest.fixture
def world(tmp_path: Path, dav: DavServer) -> Iterator[World]:
    with a_world(tmp_path, dav) as made:
        yield made


def fails(world: World, organiser: str, write: str, fault: str) -> None:
    """The next write of that kind: create, change or cancel."""
    if organiser == "google":
        method = {"create": "events.insert", "change": "events.patch", "cancel": "events.delete"}[write]
        how: dict[str, dict[str, object]] = {
            "before": {"status": 0},
            "refused": {"status": 503},
            "after": {"status": 0, "committed": True},
            "during": {"status": 200, "committed": True, "cut": 9},
            "504 after": {"status": 504, "committed": True},
        }
        world.google.fail(method, account=HOUSE_ADDRESS["google"], **how[fault])  # type: ignore[arg-type]
        return
    method = {"create": "POST", "change": "PATCH", "cancel": "DELETE"}[write]
    if fault == "refused":
        world.graph.fail(503, method=method, path="/me/events")
    elif fault == "504 after":
        world.graph.fail(504, method=method, path="/me/events", after=True)
    else:
        world.graph.fail(method=method, path="/me/events", cut=fault)


def comes_right(meeting: Meeting) -> None:
    meeting.settle()
    meeting.house.clock.turn(minutes=LONG)
    meeting.settle()
    assert meeting.unsent() == ()


@each_fault
@an_account
def test_while_the_event_is_made(world: World, organiser: str, fault: str) -> None:
    fails(world, organiser, "create", fault)
    meeting = Meeting.of(world, organiser, "ics", "ics").asked_mentee()
    comes_right(meeting)
    assert (meeting.holds(meeting.mentee), meeting.organisers_events()) == (Holds(0, 1, 0, 0), 1)
    event = world.event(meeting.id)
    assert event is not None
    assert event.lives


@each_fault
@an_account
def test_while_the_mentor_is_added(world: World, organiser: str, fault: str) -> None:
    meeting = Meeting.of(world, organiser, "ics", "ics").asked_mentee()
    fails(world, organiser, "change", fault)
    meeting.says(meeting.mentee, YES)
    comes_right(meeting)
    # Google tells the mentee, too, that somebody was added.
    assert [meeting.holds(each) for each in meeting.both] == [
        Holds(0, 1, int(organiser == "google"), 0),
        Holds(0, 1, 0, 0),
    ]
    meeting.says(meeting.mentor, YES)
    assert meeting.now.state is State.CONFIRMED


@each_fault
@an_account
def test_while_both_are_told_that_it_takes_place(world: World, organiser: str, fault: str) -> None:
    """Only words change, which cannot be seen from outside."""
    meeting = Meeting.of(world, organiser, "ics", "ics").asked_mentor()
    added = meeting.holds(meeting.mentee).updates
    fails(world, organiser, "change", fault)
    meeting.says(meeting.mentor, YES)
    comes_right(meeting)
    assert "it takes place." in meeting.says_at_the_organiser()
    assert [meeting.holds(each) for each in meeting.both] == [Holds(0, 1, added + 1, 0), Holds(0, 1, 1, 0)]


@each_fault
@an_account
def test_while_it_is_taken_back(world: World, organiser: str, fault: str) -> None:
    meeting = Meeting.of(world, organiser, "ics", "ics").confirmed()
    fails(world, organiser, "cancel", fault)
    asking.withdraw(world.house.parts, meeting.now, "a test")
    comes_right(meeting)
    assert meeting.organisers_events() == 0
    assert [meeting.holds(each).cancels for each in meeting.both] == [1, 1]


@an_account
def test_an_answer_given_while_a_change_is_in_doubt_is_not_lost(world: World, organiser: str) -> None:
    meeting = Meeting.of(world, organiser, "ics", "ics").asked_mentor()
    fails(world, organiser, "change", "504 after")
    meeting.says(meeting.mentor, YES)
    assert meeting.unsent() != ()
    meeting.says(meeting.mentee, NO)
    assert meeting.now.ended_because == "declined_by_mentee"
    comes_right(meeting)
    assert meeting.organisers_events() == 0


@an_account
def test_one_that_was_made_and_never_heard_of_is_taken_back_all_the_same(world: World, organiser: str) -> None:
    fails(world, organiser, "create", "after")
    meeting = Meeting.of(world, organiser, "ics", "ics").asked_mentee()
    asking.withdraw(world.house.parts, meeting.now, "a test")
    comes_right(meeting)
    assert world.mails(meeting.mentee) == ["invite", "cancel"]


@an_account
def test_one_that_was_never_made_is_taken_back_without_asking_anybody(world: World, organiser: str) -> None:
    fails(world, organiser, "create", "before")
    meeting = Meeting.of(world, organiser, "ics", "ics").asked_mentee()
    asking.withdraw(world.house.parts, meeting.now, "a test")
    comes_right(meeting)
    assert world.mails(meeting.mentee) == []


@an_account
def test_a_server_that_is_not_there_is_waited_for(world: World, organiser: str) -> None:
    meeting = Meeting.of(world, organiser, "ics", "ics")
    parts = world.house.parts
    nowhere = f"http://127.0.0.1:{free_port()}/"
    away = {"google": {"google_api_url": nowhere}, "outlook": {"graph_url": nowhere}}[organiser]
    world.house.parts = replace(parts, settings=replace(parts.settings, **away))
    meeting.asked_mentee()
    for _ in range(3):
        meeting.settle()
    assert world.problem()
    world.house.parts = parts
    comes_right(meeting)
    assert (meeting.holds(meeting.mentee), meeting.organisers_events()) == (Holds(0, 1, 0, 0), 1)
    assert world.problem() == ""


# --- An account that lets us in no more ------------------------------------------------------------------------------


@an_account
def test_withdrawn_consent_is_told_to_the_admins_and_nothing_is_lost_or_hammered(world: World, organiser: str) -> None:
    meeting = Meeting.of(world, organiser, "ics", "ics").asked_mentee()
    world.withdraw(organiser)
    asked = world.requests(organiser)
    asking_again(meeting)
    with world.house.parts.database.reading(world.house.organisation_id) as memory:
        kept = organisers.kept(memory)
    assert kept is not None
    assert kept.failing_since is not None
    assert kept.problem
    assert world.requests(organiser) - asked < 20, "it rests"
    organisers_flow.connected(world.house.parts, world.admin(), organiser, world.granted(organiser))
    meeting.house.clock.turn(minutes=LONG)
    meeting.settle()
    assert meeting.holds(meeting.mentor).invites == 1
    with world.house.parts.database.reading(world.house.organisation_id) as memory:
        again = organisers.kept(memory)
        assert again is not None
        assert (again.id, again.problem, again.failing_since) == (kept.id, "", None)
        assert max(each.attempts for each in outbox.of_proposal(memory, meeting.id)) <= 2, "waiting is no attempt"


@an_account
def test_each_admin_is_mailed_once_when_it_breaks_and_once_more_when_it_breaks_again(
    world: World, organiser: str
) -> None:
    meeting, mia = Meeting.of(world, organiser, "ics", "ics"), world.admin()
    world.withdraw(organiser)
    meeting.asked_mentee()
    a_day(meeting)
    (letter,) = world.office.to("mia@house.example")
    assert letter.mail["Subject"] == "Interlude can no longer invite anybody"
    assert HOUSE_ADDRESS[organiser] in letter.raw.decode()
    organisers_flow.connected(world.house.parts, mia, organiser, world.granted(organiser))
    meeting.house.clock.turn(minutes=LONG)
    meeting.settle()
    assert len(world.office.to("mia@house.example")) == 1
    assert meeting.holds(meeting.mentee).invites == 1
    world.withdraw(organiser)
    answering.answer(world.house.parts, world.house.who(meeting.mentee), meeting.id, YES)
    a_day(meeting)
    assert len(world.office.to("mia@house.example")) == 2


def a_day(meeting: Meeting) -> None:
    for _ in range(8):
        meeting.house.clock.turn(hours=3)
        meeting.settle()


@an_account
def test_an_invite_that_never_left_is_nobodys_silence(world: World, organiser: str) -> None:
    meeting = Meeting.of(world, organiser, "ics", "ics")
    world.withdraw(organiser)
    meeting.asked_mentee()
    expires_at = meeting.now.expires_at
    assert expires_at is not None
    world.house.clock.now = expires_at
    meeting.settle()
    assert (meeting.now.state, meeting.now.ended_because) == (State.EXPIRED, "the invite could not be sent")
    assert not meeting.now.unanswered


@an_account
def test_what_is_refused_of_one_event_keeps_no_other_from_being_told(world: World, organiser: str) -> None:
    """Admins see that message among those that were given up, and may have it tried again."""
    meeting = Meeting.of(world, organiser, "ics", "ics").asked_mentee()
    if organiser == "google":
        world.google.fail("events.patch", account=HOUSE_ADDRESS["google"], status=403, reason="forbidden")
    else:
        world.graph.fail(403, method="PATCH", path="/me/events/")
    meeting.says(meeting.mentee, YES)
    assert world.problem() == ""
    with world.house.parts.database.reading(world.house.organisation_id) as memory:
        (given_up,) = outbox.failed(memory)
    assert "does not let the organiser's account change this event" in given_up.last_error
    other = Meeting.of(world, organiser, "ics", "ics").confirmed()
    assert other.now.state is State.CONFIRMED


def asking_again(meeting: Meeting) -> None:
    """The mentee accepts on the page, and ten minutes pass."""
    house = meeting.house
    answering.answer(house.parts, house.who(meeting.mentee), meeting.id, YES)
    for _ in range(60):
        house.clock.turn(seconds=10)
        house.sweep()
    meeting.settle()
