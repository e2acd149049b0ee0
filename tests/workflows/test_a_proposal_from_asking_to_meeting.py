"""What DESIGN.md promises of a proposal, on real CalDAV copies."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from mentoring.errors import BadInput, DoubleBooking, Refused
from mentoring.intervals import Interval
from mentoring.proposals import Partstat, Party, State
from store import organisations, outbox, proposals
from tests.servers import DavServer
from tests.workflows.house import House, nine_to_five
from tests.workflows.neighbours import neighbour
from tests.workflows.pairs import THURSDAY, Pair
from workflows import answering, reading_back


@pytest.fixture
def pair(house: House, dav: DavServer) -> Pair:
    return Pair(house, dav)


def test_the_mentee_is_asked_first_and_the_mentor_hears_nothing_yet(pair: Pair) -> None:
    pair.asked_mentee()
    assert pair.mentee.partstat() == "NEEDS-ACTION"
    assert pair.mentor.events() == []


def test_accepting_in_both_calendars_confirms_with_one_uid(pair: Pair) -> None:
    pair.confirmed()
    mentee, mentor = pair.mentee.invite(), pair.mentor.invite()
    assert mentee["UID"] == mentor["UID"] == pair.now.uid
    assert mentee["SEQUENCE"] == mentor["SEQUENCE"] == 0
    for copy in (pair.mentee, pair.mentor):
        assert [copy.partstat(each.user) for each in (pair.mentee, pair.mentor)] == ["ACCEPTED", "ACCEPTED"]


def test_accepting_on_the_page_shows_in_the_calendar(pair: Pair) -> None:
    pair.asked_mentee()
    pair.house.clock.turn(minutes=1)
    answering.answer(pair.house.parts, pair.house.who(pair.mentee.person), pair.id, Partstat.ACCEPTED)
    pair.house.work()
    assert pair.mentee.partstat() == "ACCEPTED"
    assert pair.mentor.partstat() == "NEEDS-ACTION"


def test_tentative_is_not_yes(pair: Pair) -> None:
    pair.asked_mentee().says(pair.mentee, "TENTATIVE")
    assert pair.now.state is State.ASKED_MENTEE
    assert pair.now.mentee_answer.partstat is Partstat.TENTATIVE
    assert pair.mentor.events() == []


def test_a_no_frees_the_time_and_takes_both_copies_away(pair: Pair) -> None:
    pair.asked_mentor().says(pair.mentor, "DECLINED")
    assert pair.now.state is State.DECLINED
    assert pair.mentee.invites() == pair.mentor.invites() == []
    with pair.house.parts.database.reading(pair.house.organisation_id) as memory:
        window = pair.now.interval
        assert proposals.engagements(memory, [pair.mentee.person.id, pair.mentor.person.id], window) == ()


def test_deleting_the_copy_counts_as_declining(pair: Pair) -> None:
    pair.asked_mentee()
    pair.mentee.delete()
    pair.reads()
    assert pair.now.state is State.DECLINED
    assert pair.now.ended_because == "declined_by_mentee"


def test_a_moved_copy_is_a_counter_proposal_put_to_the_other(pair: Pair) -> None:
    pair.confirmed()
    pair.mentor.move(THURSDAY + timedelta(hours=2))
    pair.reads()
    assert pair.now.state is State.ASKED_MENTOR
    assert pair.now.sequence == 1
    assert pair.now.interval.start == THURSDAY + timedelta(hours=2)
    assert pair.now.mentor_answer.partstat is Partstat.ACCEPTED
    assert pair.mentee.invite()["SEQUENCE"] == 1
    assert pair.mentee.partstat() == "NEEDS-ACTION"
    assert pair.mentee.invite()["DTSTART"].dt == THURSDAY + timedelta(hours=2)
    pair.says(pair.mentee, "ACCEPTED")
    assert pair.now.state is State.CONFIRMED
    assert pair.mentor.invite()["SEQUENCE"] == pair.mentee.invite()["SEQUENCE"] == 1


def test_a_copy_moved_to_where_it_does_not_fit_is_put_back(pair: Pair) -> None:
    pair.asked_mentor()
    pair.mentee.is_busy(THURSDAY + timedelta(hours=3))
    pair.mentor.move(THURSDAY + timedelta(hours=3, minutes=20))
    pair.reads()
    assert pair.now.state is State.ASKED_MENTOR
    assert pair.now.sequence == 0
    assert pair.mentor.invite()["DTSTART"].dt == THURSDAY


def test_another_time_on_the_page_raises_the_sequence_once(pair: Pair) -> None:
    pair.asked_mentee()
    later = THURSDAY + timedelta(hours=4)
    answering.move(pair.house.parts, pair.house.who(pair.mentee.person), pair.id, later)
    pair.house.work()
    pair.house.sweep()
    assert pair.now.sequence == 1
    assert pair.now.state is State.ASKED_MENTOR
    assert {copy.invite()["DTSTART"].dt for copy in (pair.mentee, pair.mentor)} == {later}


def test_a_time_that_does_not_fit_is_refused_on_the_page_and_nothing_changes(pair: Pair) -> None:
    pair.asked_mentee()
    pair.mentor.is_busy(THURSDAY + timedelta(hours=4))
    with pytest.raises(BadInput, match="does not suit the other"):
        answering.move(pair.house.parts, pair.house.who(pair.mentee.person), pair.id, THURSDAY + timedelta(hours=4))
    assert pair.now.sequence == 0


def test_both_calendars_are_read_again_right_before_asking_the_mentee(pair: Pair) -> None:
    pair.mentor.is_busy(THURSDAY - timedelta(minutes=20))
    pair.house.sweep()
    assert pair.now.state is State.WITHDRAWN
    assert pair.now.uid not in pair.uids()


def test_both_calendars_are_read_again_right_before_asking_the_mentor(pair: Pair) -> None:
    pair.asked_mentee()
    pair.mentor.is_busy(THURSDAY)
    pair.says(pair.mentee, "ACCEPTED")
    assert pair.now.state is State.WITHDRAWN
    assert pair.now.uid not in pair.uids()


def test_a_time_that_was_taken_meanwhile_is_replaced_by_the_next_best(pair: Pair) -> None:
    pair.mentor.is_busy(THURSDAY - timedelta(minutes=20))
    pair.house.sweep()
    (following,) = pair.others()
    assert following.pair == pair.now.pair
    assert not following.interval.overlaps(Interval.lasting(THURSDAY - timedelta(minutes=20), 60))
    assert following.state is State.ASKED_MENTEE


def test_after_a_mentors_no_the_mentee_is_offered_the_next_best(house: House, dav: DavServer) -> None:
    pair = Pair(house, dav)
    spare = neighbour(house, dav, "Cora Cedar")
    pair.asked_mentor().says(pair.mentor, "DECLINED")
    (following,) = pair.others()
    assert following.pair.mentor_id == spare.person.id
    assert following.state is State.ASKED_MENTEE
    assert [str(each["UID"]) for each in pair.mentee.invites()] == [following.uid]


def test_the_next_best_is_offered_even_if_the_nudge_is_lost(house: House, dav: DavServer) -> None:
    pair = Pair(house, dav)
    neighbour(house, dav, "Cora Cedar")
    pair.asked_mentor()
    pair.mentor.answer("DECLINED")
    reading_back.read_answers_everywhere(house.parts)
    house.nudges.clear()
    assert pair.others() == []
    house.clock.turn(seconds=40)
    house.sweep()
    assert len(pair.others()) == 1


def test_the_proposals_own_copy_does_not_stand_in_its_own_way(pair: Pair) -> None:
    pair.asked_mentor()
    assert pair.mentee.invite()["DTSTART"].dt == THURSDAY


def test_nobody_is_asked_while_a_calendar_cannot_be_read(house: House, dav: DavServer) -> None:
    pair = Pair(house, dav)
    status, _, _ = dav.ask("DELETE", pair.mentor.calendar, pair.mentor.user)
    assert status in {200, 204}
    house.sweep()
    assert pair.now.state is State.RESERVED
    assert pair.mentee.invites() == []


def test_messages_leave_only_within_the_recipients_working_hours(pair: Pair) -> None:
    pair.house.clock.turn(hours=8)
    pair.house.sweep()
    assert pair.now.state is State.RESERVED
    pair.house.clock.turn(hours=12)
    pair.house.sweep()
    assert pair.now.state is State.ASKED_MENTEE


def test_the_mentor_is_asked_within_the_mentors_own_working_hours(house: House, dav: DavServer) -> None:
    pair = Pair(house, dav, limits=nine_to_five("America/New_York", notice_hours=0))
    with house.parts.database.writing(house.organisation_id) as memory:
        afternoon = Interval.lasting(THURSDAY + timedelta(hours=5), 20)
        proposals.save(memory, replace(pair.now, interval=afternoon))
    pair.asked_mentee().says(pair.mentee, "ACCEPTED")
    assert pair.now.state is State.ASKED_MENTEE, "seven in the morning in New York"
    house.clock.turn(hours=2, minutes=1)
    house.sweep()
    assert pair.now.state is State.ASKED_MENTOR


def test_the_kill_switch_stops_everything_at_once(pair: Pair) -> None:
    with pair.house.parts.database.writing(pair.house.organisation_id) as memory:
        organisations.set_stopped(memory, True)
    pair.house.sweep()
    assert pair.now.state is State.RESERVED
    assert pair.mentee.invites() == []


def test_silence_expires_and_frees_the_time(pair: Pair) -> None:
    pair.asked_mentee()
    assert pair.now.expires_at == pair.house.clock() + timedelta(hours=48)
    pair.house.clock.turn(hours=48)
    pair.house.sweep()
    assert pair.now.state is State.EXPIRED
    assert pair.mentee.invites() == []


def test_a_late_answer_changes_nothing(pair: Pair) -> None:
    pair.asked_mentee()
    pair.house.clock.turn(hours=49)
    with pytest.raises(Refused):
        answering.answer(pair.house.parts, pair.house.who(pair.mentee.person), pair.id, Partstat.ACCEPTED)


def test_a_silent_mentor_expires_after_24_of_their_working_hours(pair: Pair) -> None:
    pair.asked_mentor()
    assert pair.now.expires_at == THURSDAY - timedelta(hours=12)


def test_somebody_else_cannot_answer(pair: Pair, house: House) -> None:
    stranger = house.add("Cora Cedar")
    pair.asked_mentee()
    with pytest.raises(KeyError):
        answering.answer(house.parts, house.who(stranger), pair.id, Partstat.ACCEPTED)


def test_two_live_engagements_of_a_person_never_overlap(pair: Pair, house: House) -> None:
    other = house.add("Dan Dogwood")
    with pytest.raises(DoubleBooking):
        house.reserve(pair.mentee.person, other, THURSDAY + timedelta(minutes=10), pair.now.theme_id)


def test_a_confirmed_meeting_that_is_over_counts_as_held(pair: Pair) -> None:
    pair.confirmed()
    pair.house.clock.now = THURSDAY + timedelta(minutes=20)
    pair.house.sweep()
    assert pair.now.state is State.MET
    assert len(pair.mentee.invites()) == len(pair.mentor.invites()) == 1


def test_an_answer_that_came_in_meanwhile_is_not_overwritten(pair: Pair) -> None:
    """Both say yes: the mentor on the page, while the mentee turns their yes into a no in the calendar."""
    pair.asked_mentor()
    pair.mentee.answer("DECLINED")
    pair.house.clock.turn(minutes=1)
    answering.answer(pair.house.parts, pair.house.who(pair.mentor.person), pair.id, Partstat.ACCEPTED)
    pair.house.work()
    pair.house.clock.turn(minutes=1)
    pair.house.sweep()
    assert pair.now.state is State.DECLINED
    assert pair.now.answer(Party.MENTEE).partstat is Partstat.DECLINED
    assert pair.mentee.invites() == pair.mentor.invites() == []


def test_nothing_is_left_in_the_outbox(pair: Pair) -> None:
    pair.confirmed()
    with pair.house.parts.database.reading(pair.house.organisation_id) as memory:
        assert outbox.unsent(memory) == ()
        assert outbox.failed(memory) == ()
