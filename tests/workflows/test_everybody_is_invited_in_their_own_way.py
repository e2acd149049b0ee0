"""The organisation invites from its mailbox, from Google or from Microsoft; the two are at Google, at Microsoft, on a
CalDAV server, or have but a feed: each is asked once, holds one event, and answers where they always do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from mentoring.hours import DayHours, WeeklyHours
from mentoring.intervals import Interval
from mentoring.outbox import Act
from mentoring.ports import Account
from mentoring.proposals import Door, Partstat, Party, State
from store import calendars, mailboxes, organisations, organiser_events, organisers, people
from tests.servers import DavServer
from tests.workflows.house import nine_to_five
from tests.workflows.neighbours_of_all_kinds import HOUSE_ADDRESS, KINDS, ORGANISERS, Holds, Meeting, World, a_world
from tests.workflows.pairs import THURSDAY
from workflows import answering, asking, connecting, leaving, organiser_answers, outgoing, sending
from workflows import organisers as organisers_flow

YES, NO, MAYBE = Partstat.ACCEPTED, Partstat.DECLINED, Partstat.TENTATIVE


@pytest.fixture
def world(tmp_path: Path, dav: DavServer) -> Iterator[World]:
    with a_world(tmp_path, dav) as made:
        yield made


@pytest.mark.parametrize("mentor", KINDS)
@pytest.mark.parametrize("mentee", KINDS)
@pytest.mark.parametrize("organiser", ORGANISERS)
def test_from_the_proposal_to_both_answers(world: World, organiser: str, mentee: str, mentor: str) -> None:
    meeting = Meeting.of(world, organiser, mentee, mentor).asked_mentee()
    assert meeting.now.state is State.ASKED_MENTEE
    assert (meeting.holds(meeting.mentee).invites, meeting.holds(meeting.mentor)) == (
        0 if mentee == "caldav" else 1,
        Holds(0, 0, 0, 0),
    )
    meeting.says(meeting.mentee, YES)
    assert meeting.now.state is State.ASKED_MENTOR
    meeting.says(meeting.mentor, YES)
    assert meeting.now.state is State.CONFIRMED
    assert meeting.holds(meeting.mentee) == as_expected(organiser, mentee, mentor, Party.MENTEE)
    assert meeting.holds(meeting.mentor) == as_expected(organiser, mentor, mentee, Party.MENTOR)
    on_it = (mentee != "caldav") + (mentor != "caldav")
    made = {"mailbox": 0, "google": int(on_it > 0), "outlook": 1}
    assert meeting.organisers_events() == made[organiser]
    assert meeting.now.organiser_address == HOUSE_ADDRESS[organiser]


def as_expected(organiser: str, kind: str, others: str, party: Party) -> Holds:
    """Once it is confirmed."""
    if kind == "caldav":
        return Holds(1, 0, 0, 0)
    if organiser == "mailbox":
        return Holds(0, 1, int(party is Party.MENTEE), 0)
    shows = int(kind == organiser)
    if others == "caldav":
        # The mentee alone is told that it takes place: the mentor has just said so.
        return Holds(shows, 1, int(party is Party.MENTEE), 0)
    # That both have accepted; and Google tells the mentee that the mentor was added, where Outlook does not.
    return Holds(shows, 1, 1 + (party is Party.MENTEE and organiser == "google"), 0)


# --- What may come of it ---------------------------------------------------------------------------------------------

LATER = Interval.lasting(THURSDAY + timedelta(hours=2), 20)
AT_NIGHT = Interval.lasting(THURSDAY.replace(hour=3), 20)
ACCOUNTS = [each for each in ORGANISERS if each != "mailbox"]
SOME = [("google", "outlook"), ("outlook", "ics"), ("caldav", "google"), ("ics", "caldav"), ("caldav", "caldav")]
"""Each kind once as a mentee and once as a mentor, as guests of one event, beside a copy, and both by copies."""

some_pairs = pytest.mark.parametrize(("mentee", "mentor"), SOME)
an_account = pytest.mark.parametrize("organiser", ACCOUNTS)


@some_pairs
@an_account
def test_a_mentors_no_takes_both_events_away_and_cancels_once(
    world: World, organiser: str, mentee: str, mentor: str
) -> None:
    meeting = Meeting.of(world, organiser, mentee, mentor).asked_mentor()
    meeting.says(meeting.mentor, NO)
    meeting.settle()
    assert meeting.now.state is State.DECLINED
    for who, kind in ((meeting.mentee, mentee), (meeting.mentor, mentor)):
        held = meeting.holds(who)
        assert (held.events, held.cancels) == (0, 0 if kind == "caldav" else 1)
    assert meeting.organisers_events() == 0


@some_pairs
@an_account
def test_a_mentees_no_ends_it_before_the_mentor_hears_of_it(
    world: World, organiser: str, mentee: str, mentor: str
) -> None:
    meeting = Meeting.of(world, organiser, mentee, mentor).asked_mentee()
    meeting.says(meeting.mentee, NO)
    assert meeting.now.ended_because == "declined_by_mentee"
    assert meeting.holds(meeting.mentor) == Holds(0, 0, 0, 0)
    assert (meeting.holds(meeting.mentee).events, meeting.organisers_events()) == (0, 0)


@some_pairs
@an_account
def test_a_move_on_the_page_asks_the_other_anew_on_the_same_event(
    world: World, organiser: str, mentee: str, mentor: str
) -> None:
    meeting = Meeting.of(world, organiser, mentee, mentor).confirmed()
    uid = meeting.now.uid
    answering.move(world.house.parts, world.house.who(meeting.mentee), meeting.id, LATER.start)
    meeting.settle()
    assert (meeting.now.interval, meeting.now.sequence, meeting.now.uid) == (LATER, 1, uid)
    assert meeting.now.state is State.ASKED_MENTOR
    assert meeting.times() == {LATER}
    meeting.settle()
    assert meeting.now.mentor_answer.partstat is Partstat.NEEDS_ACTION, "their yes was to the earlier time"
    meeting.says(meeting.mentor, YES)
    assert meeting.now.state is State.CONFIRMED
    assert meeting.now.mentor_answer.door is Door.CALENDAR


@some_pairs
@an_account
def test_what_is_taken_back_goes_from_every_calendar(world: World, organiser: str, mentee: str, mentor: str) -> None:
    meeting = Meeting.of(world, organiser, mentee, mentor).confirmed()
    asking.withdraw(world.house.parts, meeting.now, "a test")
    meeting.settle()
    assert [meeting.holds(each).events for each in meeting.both] == [0, 0]
    assert meeting.organisers_events() == 0
    assert [meeting.holds(each).cancels for each in meeting.both] == [
        int(not meeting.has_copy(each)) for each in meeting.both
    ]
    meeting.settle()
    assert meeting.unsent() == ()


@pytest.mark.parametrize("mentee", ["google", "caldav"])
@an_account
def test_an_offer_of_another_time_is_put_to_the_other(world: World, organiser: str, mentee: str) -> None:
    """By the mentor, whose program offers it: Outlook's, at Microsoft; a calendar with a copy, anywhere."""
    mentor = "outlook" if organiser == "outlook" else "caldav"
    meeting = Meeting.of(world, organiser, mentee, mentor).asked_mentor()
    meeting.says(meeting.mentor, MAYBE, LATER)
    assert (meeting.now.interval, meeting.now.sequence) == (LATER, 1)
    assert meeting.now.mentor_answer.partstat is YES
    assert meeting.now.mentee_answer.partstat is Partstat.NEEDS_ACTION
    assert meeting.times() == {LATER}
    meeting.says(meeting.mentee, YES)
    assert meeting.now.state is State.CONFIRMED


def test_an_offer_that_does_not_fit_leaves_the_answer_that_came_with_it(world: World) -> None:
    meeting = Meeting.of(world, "outlook", "google", "outlook").asked_mentor()
    meeting.says(meeting.mentor, MAYBE, AT_NIGHT)
    assert (meeting.now.sequence, meeting.now.mentor_answer.partstat) == (0, MAYBE)
    asked = len(world.graph.asked)
    meeting.settle()
    assert meeting.now.sequence == 0
    assert len(world.graph.asked) - asked < 6, "it is not judged again each minute"


@an_account
def test_an_event_deleted_in_the_organisers_calendar_is_off(world: World, organiser: str) -> None:
    meeting = Meeting.of(world, organiser, "google", "caldav").confirmed()
    meeting.delete_at_the_organiser()
    meeting.settle()
    world.house.clock.turn(minutes=5)
    meeting.settle()
    assert meeting.now.state is State.WITHDRAWN
    assert "deleted from the organiser's calendar" in meeting.now.ended_because
    assert [meeting.holds(each).events for each in meeting.both] == [0, 0]
    assert meeting.holds(meeting.mentee).cancels == 1, "the provider has told them, and nobody does again"


@an_account
def test_a_guest_taken_off_the_event_has_declined(world: World, organiser: str) -> None:
    meeting = Meeting.of(world, organiser, "ics", "google").confirmed()
    meeting.take_off(meeting.mentor)
    meeting.settle()
    assert meeting.now.ended_because == "declined_by_mentor"


@an_account
def test_an_answer_to_the_earlier_time_does_not_count_for_the_new_one(world: World, organiser: str) -> None:
    """It was given while the event still showed it: its change waited for the morning."""
    meeting = Meeting.of(world, organiser, "google", "outlook").confirmed()
    world.house.clock.now = world.house.clock.now.replace(hour=17)
    answering.move(world.house.parts, world.house.who(meeting.mentee), meeting.id, LATER.start)
    meeting.says(meeting.mentor, MAYBE)
    assert meeting.times() == {meeting.first}
    assert meeting.now.mentor_answer.partstat is Partstat.NEEDS_ACTION
    world.house.clock.turn(hours=16)
    meeting.settle()
    meeting.settle()
    assert meeting.times() == {LATER}
    assert meeting.now.mentor_answer.partstat is Partstat.NEEDS_ACTION
    meeting.says(meeting.mentor, YES)
    assert meeting.now.state is State.CONFIRMED


@an_account
def test_an_answer_that_nobody_has_read_yet_is_found_before_the_event_is_written(world: World, organiser: str) -> None:
    meeting = Meeting.of(world, organiser, "google", "outlook").asked_mentor()
    meeting.answers_there(meeting.mentee, NO)
    answering.answer(world.house.parts, world.house.who(meeting.mentor), meeting.id, YES)
    assert meeting.now.state is State.CONFIRMED
    world.house.work()
    assert meeting.now.ended_because == "declined_by_mentee"
    assert meeting.holds(meeting.mentor).updates == 0, "nobody was told that it takes place"


@an_account
def test_an_event_moved_in_the_organisers_calendar_is_put_back(world: World, organiser: str) -> None:
    """That is not how the two agree on another time, and no answer to that one counts."""
    meeting = Meeting.of(world, organiser, "google", "outlook").confirmed()
    meeting.move_by_hand(LATER)
    meeting.settle()
    assert meeting.times() == {meeting.first}
    assert (meeting.now.interval, meeting.now.state) == (meeting.first, State.CONFIRMED)
    meeting.settle()
    assert meeting.unsent() == ()


@an_account
def test_a_silent_mentor_is_cancelled_once(world: World, organiser: str) -> None:
    meeting = Meeting.of(world, organiser, "google", "ics").asked_mentor()
    expires_at = meeting.now.expires_at
    assert expires_at is not None
    world.house.clock.now = expires_at
    meeting.settle()
    assert meeting.now.state is State.EXPIRED
    world.house.clock.turn(hours=16)  # it lapses at the end of a day: they hear of it the next morning
    for _ in range(2):
        meeting.settle()
    assert [meeting.holds(each).cancels for each in meeting.both] == [1, 1]
    assert meeting.organisers_events() == 0


@an_account
def test_one_of_the_two_can_be_taken_off_and_has_declined_nothing_by_it(world: World, organiser: str) -> None:
    meeting, house = Meeting.of(world, organiser, "google", "ics").confirmed(), world.house
    with house.parts.database.writing(house.organisation_id) as memory:
        off = outgoing.write(house.parts, memory, meeting.now, Party.MENTEE, Act.REMOVE, house.clock())
    assert sending.deliver(house.parts, house.organisation_id, *off) == "remove"
    assert meeting.guests() == {meeting.mentor.email}
    meeting.settle()
    assert meeting.now.state is State.CONFIRMED
    assert [meeting.holds(each).cancels for each in meeting.both] == [1, 0]


def test_what_is_agreed_is_looked_at_less_often_than_what_waits_for_an_answer(world: World) -> None:
    agreed = Meeting.of(world, "google", "ics", "ics").confirmed()
    waits = Meeting.of(world, "google", "ics", "ics").asked_mentee()
    looked: dict[int, int] = {agreed.id: 0, waits.id: 0}
    for _ in range(10):
        world.house.clock.turn(minutes=1)
        before = len(world.google.called("events.get"))
        organiser_answers.read_everywhere(world.house.parts)
        for call in world.google.called("events.get")[before:]:
            looked[agreed.id if call.path["eventId"] == agreed.event_id() else waits.id] += 1
    assert looked == {agreed.id: 2, waits.id: 10}


# --- What the event says ---------------------------------------------------------------------------------------------


@an_account
def test_the_event_says_no_reason_to_the_mentor_nor_to_whoever_can_open_its_calendar(
    world: World, organiser: str
) -> None:
    """Not even before the mentor is on it: admins may see names and topics, notes never."""
    meeting = Meeting.of(world, organiser, "outlook", "google").asked_mentee()
    assert any("You wrote about this" in each.words for each in meeting.now.reasons)
    for on_it in ({meeting.mentee.email}, {meeting.mentee.email, meeting.mentor.email}):
        said = meeting.says_at_the_organiser()
        assert meeting.guests() == on_it
        assert not [each for each in meeting.now.reasons if each.words.rstrip(".") in said]
        assert "It is about: query plans. Ben Birch could help Ann Ash with it." in said
        assert f"/suggestions/{meeting.id}" in said
        meeting.says(meeting.mentee, YES)
    assert "You wrote about this" not in str(world.google.mails)


@an_account
def test_nothing_that_the_event_says_changes_when_the_mentor_joins(world: World, organiser: str) -> None:
    meeting = Meeting.of(world, organiser, "ics", "ics").asked_mentee()
    before = meeting.says_at_the_organiser()
    meeting.says(meeting.mentee, YES)
    assert len(meeting.guests()) == 2
    assert meeting.says_at_the_organiser() == before


@an_account
def test_news_for_the_mentee_never_adds_the_mentor(world: World, organiser: str) -> None:
    """Whose own message may have to wait, for their working hours or for a calendar that is not known."""
    meeting = Meeting.of(world, organiser, "google", "ics").asked_mentee()
    house = world.house
    answering.answer(house.parts, house.who(meeting.mentee), meeting.id, YES)
    asking.ask(house.parts, house.organisation_id, meeting.id)
    assert meeting.now.state is State.ASKED_MENTOR
    with house.parts.database.writing(house.organisation_id) as memory:
        news = outgoing.write(house.parts, memory, meeting.now, Party.MENTEE, Act.UPDATE, house.clock())
    assert sending.deliver(house.parts, house.organisation_id, *news) == "update"
    assert meeting.guests() == {meeting.mentee.email}
    house.work()
    assert meeting.guests() == {meeting.mentee.email, meeting.mentor.email}


# --- When it may leave -----------------------------------------------------------------------------------------------


@an_account
def test_a_change_of_the_event_waits_until_whom_it_asks_is_at_work(world: World, organiser: str) -> None:
    """Though the one who moved it works all night."""
    meeting = Meeting.of(world, organiser, "google", "outlook").confirmed()
    with world.house.parts.database.writing(world.house.organisation_id) as memory:
        always = WeeklyHours.every("UTC", [DayHours(0, 1440)], range(7))
        people.save(memory, replace(meeting.mentee, limits=replace(meeting.mentee.limits, hours=always)))
    world.house.clock.now = world.house.clock.now.replace(hour=17)
    updates = meeting.holds(meeting.mentor).updates
    answering.move(world.house.parts, world.house.who(meeting.mentee), meeting.id, LATER.start)
    meeting.settle()
    assert (meeting.holds(meeting.mentor).updates, meeting.times()) == (updates, {meeting.first})
    world.house.clock.turn(hours=16)
    meeting.settle()
    assert (meeting.holds(meeting.mentor).updates, meeting.times()) == (updates + 1, {LATER})


@an_account
def test_nobody_is_mailed_at_night_because_the_mentor_is_added(world: World, organiser: str) -> None:
    """The mentor's morning in Berlin is the mentee's night in New York."""
    world.invites_from(organiser)
    ann, ben = world.member("ics", "Ann Ash"), world.member("ics", "Ben Birch")
    with world.house.parts.database.writing(world.house.organisation_id) as memory:
        people.save(memory, replace(ann, limits=nine_to_five("America/New_York")))
    at_four = THURSDAY.replace(hour=15)
    made = world.house.reserve(ann, ben, at_four, world.house.theme("query plans", ann))
    meeting, clock = Meeting(world, organiser, ann, ben, made.id), world.house.clock
    clock.now = clock.now.replace(hour=20)
    meeting.asked_mentee().says(ann, YES)
    clock.now = (clock.now + timedelta(days=1)).replace(hour=8, minute=5)
    meeting.settle()
    meeting.settle()
    assert (meeting.now.state, meeting.guests(), meeting.holds(ann).updates) == (State.ASKED_MENTOR, {ann.email}, 0)
    clock.now = clock.now.replace(hour=14, minute=5)
    meeting.settle()
    meeting.settle()
    assert meeting.guests() == {ann.email, ben.email}


@pytest.mark.parametrize("mentor", ["ics", "caldav"])
@pytest.mark.parametrize("organiser", ORGANISERS)
def test_the_mentor_is_not_invited_while_the_mentee_has_taken_the_yes_back(
    world: World, organiser: str, mentor: str
) -> None:
    meeting = Meeting.of(world, organiser, "ics", mentor).asked_mentee()
    house, mentee = world.house, world.house.who(meeting.mentee)
    answering.answer(house.parts, mentee, meeting.id, YES)
    asking.ask(house.parts, house.organisation_id, meeting.id)
    answering.answer(house.parts, mentee, meeting.id, MAYBE)
    for _ in range(2):
        meeting.settle()
    none = Holds(0, 0, 0, 0)
    assert (meeting.now.state, meeting.holds(meeting.mentor)) == (State.ASKED_MENTOR, none)
    answering.answer(house.parts, mentee, meeting.id, YES)
    for _ in range(2):
        meeting.settle()
    told = meeting.holds(meeting.mentor)
    assert (told.events, told.invites) == ((1, 0) if mentor == "caldav" else (0, 1))


@an_account
def test_nothing_leaves_through_an_account_while_the_kill_switch_is_on(world: World, organiser: str) -> None:
    meeting = Meeting.of(world, organiser, "google", "outlook").asked_mentee()
    with world.house.parts.database.writing(world.house.organisation_id) as memory:
        organisations.set_stopped(memory, True)
    meeting.says(meeting.mentee, NO)
    assert (meeting.now.state, meeting.organisers_events()) == (State.DECLINED, 1)
    with world.house.parts.database.writing(world.house.organisation_id) as memory:
        organisations.set_stopped(memory, False)
    meeting.settle()
    assert meeting.organisers_events() == 0


# --- Another one invites ---------------------------------------------------------------------------------------------


def test_what_one_of_them_began_goes_on_through_it_while_the_next_one_invites_to_what_is_new(world: World) -> None:
    first = Meeting.of(world, "google", "google", "ics").asked_mentee()
    second = Meeting.of(world, "outlook", "outlook", "ics").asked_mentee()
    third = Meeting.of(world, "mailbox", "ics", "ics").asked_mentee()
    for meeting in (first, second, third):
        meeting.says(meeting.mentee, YES)
        meeting.says(meeting.mentor, YES)
        assert meeting.now.state is State.CONFIRMED
        assert meeting.now.organiser_address == HOUSE_ADDRESS[meeting.organiser]
        assert [meeting.holds(each).invites for each in meeting.both] == [1, 1]
    parts = world.house.parts
    asking.withdraw(parts, first.now, "a test")
    first.settle()
    assert [first.holds(each).cancels for each in first.both] == [1, 1]
    assert organisers_flow.finish(parts, world.house.organisation_id) == 1, "Google's has nothing left to do"
    assert [each.revoked for each in world.google.sign_in.grants if each.email == HOUSE_ADDRESS["google"]] == [True]
    world.house.clock.turn(days=5)
    assert organisers_flow.finish(parts, world.house.organisation_id) == 1, "the meeting of Microsoft's is over"


def test_what_an_account_gave_is_not_given_back_while_somebody_has_its_calendars_connected(world: World) -> None:
    meeting = Meeting.of(world, "google", "google", "ics").confirmed()
    with world.house.parts.database.writing(world.house.organisation_id) as memory:
        account = Account("google", "", HOUSE_ADDRESS["google"], world.google.secret(HOUSE_ADDRESS["google"]))
        calendars.connect(memory, meeting.mentor.id, account, [], world.house.clock(), account.username)
        organisers.put_aside(memory, world.house.clock())
    world.house.clock.turn(days=5)
    assert organisers_flow.finish(world.house.parts, world.house.organisation_id) == 1
    assert not any(each.revoked for each in world.google.sign_in.grants)


def test_the_mailboxs_address_may_change_and_an_event_keeps_its_organiser(world: World) -> None:
    meeting = Meeting.of(world, "mailbox", "ics", "ics").asked_mentee()
    with world.house.parts.database.writing(world.house.organisation_id) as memory:
        mailboxes.save(memory, replace(world.office.mailbox, address="new@house.example"), world.house.clock())
    meeting.says(meeting.mentee, YES)
    meeting.says(meeting.mentor, YES)
    assert meeting.now.state is State.CONFIRMED
    assert {each.invite.organiser for each in world.office.arrived} == {HOUSE_ADDRESS["mailbox"]}
    assert str(world.office.arrived[-1].mail["From"]).endswith("<new@house.example>")


def test_who_disconnects_a_calendar_goes_on_as_a_guest(world: World) -> None:
    meeting = Meeting.of(world, "google", "caldav", "ics").confirmed()
    with world.house.parts.database.reading(world.house.organisation_id) as memory:
        (connection,) = calendars.connections(memory, meeting.mentee.id)
    gone = connecting.disconnect(world.house.parts, world.house.who(meeting.mentee), connection.id)
    assert gone.left_behind == 0
    asking.withdraw(world.house.parts, meeting.now, "a test")
    meeting.settle()
    assert (meeting.organisers_events(), meeting.holds(meeting.mentor).cancels) == (0, 1)


def test_somebody_who_leaves_has_their_meetings_taken_back_by_the_account(world: World) -> None:
    meeting = Meeting.of(world, "google", "google", "ics").confirmed()
    uid = meeting.now.uid
    leaving.leave(world.house.parts, world.house.who(meeting.mentor), meeting.mentor.email)
    for _ in range(2):
        world.house.clock.turn(minutes=1)
        world.house.sweep()
    assert world.google.event(uid).cancelled
    with world.house.parts.database.reading(world.house.organisation_id) as memory:
        assert organiser_events.get(memory, meeting.id) is None
