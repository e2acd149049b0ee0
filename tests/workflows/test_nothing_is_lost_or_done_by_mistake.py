"""Answers and invites survive bad moments: nights, second thoughts, dying workers, calendars that leave."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import timedelta

import pytest

from mentoring.errors import ChangedMeanwhile
from mentoring.outbox import Transition
from mentoring.policy import Sending
from mentoring.proposals import Partstat, Party, State
from store import calendars, copies, outbox, people, proposals
from tests.servers import DavServer
from tests.workflows.house import House, nine_to_five
from tests.workflows.neighbours import neighbour
from tests.workflows.pairs import THURSDAY, Pair
from workflows import answering, asking, connecting, sending


class Died(BaseException):
    """The process is gone."""


@pytest.fixture
def pair(house: House, dav: DavServer) -> Pair:
    return Pair(house, dav)


def says_on_the_page(pair: Pair, who: Party, partstat: Partstat, **more: object) -> None:
    person = pair.mentee.person if who is Party.MENTEE else pair.mentor.person
    answering.answer(pair.house.parts, pair.house.who(person), pair.id, partstat, **more)  # type: ignore[arg-type]


def test_a_mentees_yes_waits_for_the_mentors_next_working_day(house: House, dav: DavServer) -> None:
    pair = Pair(house, dav)
    house.policy(lead_hours=0)
    next_week = THURSDAY + timedelta(days=5)
    with house.parts.database.writing(house.organisation_id) as memory:
        proposals.save(memory, replace(pair.now, interval=pair.now.interval.lasting(next_week, 20)))
    house.clock.now = THURSDAY + timedelta(hours=3)
    pair.asked_mentee()
    house.clock.turn(hours=26)
    says_on_the_page(pair, Party.MENTEE, Partstat.ACCEPTED)
    house.nudges.clear()
    house.clock.turn(hours=40)
    house.sweep()
    assert pair.now.state is State.ASKED_MENTEE
    house.clock.now = THURSDAY + timedelta(days=4)
    house.sweep()
    assert pair.now.state is State.ASKED_MENTOR


def test_tentative_on_a_confirmed_meeting_does_not_cancel_it(pair: Pair) -> None:
    pair.confirmed()
    pair.house.clock.turn(hours=30)
    pair.says(pair.mentee, "TENTATIVE")
    assert pair.now.state is State.ASKED_MENTOR
    assert len(pair.mentor.invites()) == 1
    pair.says(pair.mentee, "ACCEPTED")
    assert pair.now.state is State.CONFIRMED


def test_a_mentor_who_is_only_tentative_until_the_end_leaves_the_mentee_the_next_best(pair: Pair) -> None:
    pair.asked_mentor().says(pair.mentor, "TENTATIVE")
    pair.house.clock.now = pair.now.expires_at or pair.house.clock.now
    pair.house.sweep()
    assert pair.now.state is State.EXPIRED
    assert pair.now.ended_because == "the mentor did not answer"


def test_a_calendar_server_that_lost_our_note_gets_the_move_all_the_same(pair: Pair) -> None:
    """Killed between placing a copy and noting where it lies; then the mentee moves it on the page."""

    def dies(transition: Transition, _message: int) -> None:
        if transition is Transition.SENT:
            raise Died

    house, alive = pair.house, pair.house.parts
    house.parts = replace(alive, observer=dies)
    with pytest.raises(Died):
        house.sweep()
    house.parts = alive
    house.nudges.clear()
    later = THURSDAY + timedelta(hours=4)
    answering.move(alive, house.who(pair.mentee.person), pair.id, later)
    house.clock.turn(minutes=2)
    house.sweep()
    assert pair.mentee.invite()["DTSTART"].dt == later
    assert pair.mentee.invite()["SEQUENCE"] == 1
    pair.says(pair.mentee, "DECLINED")
    assert pair.now.state is State.DECLINED


def test_deleting_counts_also_after_an_update_that_failed(pair: Pair, dav: DavServer) -> None:
    pair.asked_mentee()
    house = pair.house
    with house.parts.database.writing(house.organisation_id) as memory:
        before = copies.get(memory, pair.id, pair.mentee.person.id)
        outbox.write(memory, pair.id, pair.mentee.person.id, sending.Act.UPDATE, 0, house.clock(), house.clock())
    assert before is not None
    pair.mentee.delete()
    pair.reads()
    assert pair.now.state is State.DECLINED
    assert pair.mentee.invites() == []


def test_an_answer_to_a_time_that_is_no_longer_the_one_does_not_count(pair: Pair) -> None:
    pair.asked_mentor()
    answering.move(pair.house.parts, pair.house.who(pair.mentee.person), pair.id, THURSDAY + timedelta(hours=4))
    with pytest.raises(ChangedMeanwhile):
        says_on_the_page(pair, Party.MENTOR, Partstat.ACCEPTED, sequence=0)
    assert pair.now.mentor_answer.partstat is Partstat.NEEDS_ACTION
    says_on_the_page(pair, Party.MENTOR, Partstat.ACCEPTED, sequence=1)
    assert pair.now.state is State.CONFIRMED


def test_an_invite_that_was_held_up_until_evening_leaves_the_next_morning(pair: Pair) -> None:
    house = pair.house
    house.clock.turn(hours=3, minutes=59)
    asking.ask(house.parts, house.organisation_id, pair.id)
    house.nudges.clear()
    house.clock.turn(hours=1)
    house.sweep()
    assert pair.mentee.invites() == []
    house.clock.turn(hours=16)
    house.sweep()
    assert pair.mentee.partstat() == "NEEDS-ACTION"


def test_nothing_is_asked_once_sending_is_switched_off(pair: Pair) -> None:
    asking.ask(pair.house.parts, pair.house.organisation_id, pair.id)
    pair.house.nudges.clear()
    pair.house.policy(sending=Sending.OFF)
    pair.house.sweep()
    assert pair.mentee.invites() == []


def test_a_moved_time_is_read_again_before_the_other_is_asked_in_the_morning(pair: Pair) -> None:
    house, later = pair.house, THURSDAY + timedelta(hours=4)
    pair.asked_mentor()
    house.clock.turn(hours=6)
    answering.move(house.parts, house.who(pair.mentee.person), pair.id, later)
    pair.mentor.is_busy(later)
    house.work()
    house.clock.turn(hours=15)
    house.sweep()
    assert pair.now.state is State.WITHDRAWN
    assert pair.now.uid not in pair.uids()


def test_somebody_who_stopped_everything_is_not_asked(pair: Pair) -> None:
    with pair.house.parts.database.writing(pair.house.organisation_id) as memory:
        people.stop(memory, pair.mentee.person.id)
    pair.house.sweep()
    assert pair.now.state is State.WITHDRAWN
    assert pair.mentee.invites() == []


def test_who_opted_out_after_the_mentee_said_yes_is_not_asked(pair: Pair) -> None:
    pair.asked_mentee()
    with pair.house.parts.database.writing(pair.house.organisation_id) as memory:
        people.set_roles(memory, pair.mentor.person.id, [])
    pair.says(pair.mentee, "ACCEPTED")
    assert pair.now.state is State.WITHDRAWN
    assert pair.mentor.invites() == pair.mentee.invites() == []


def test_disconnecting_takes_open_invites_away_from_both(pair: Pair) -> None:
    pair.asked_mentor()
    assert _disconnects(pair) == 0
    assert pair.now.state is State.WITHDRAWN
    assert pair.mentor.invites() == []
    pair.house.work()
    assert pair.mentee.invites() == []


def test_disconnecting_leaves_a_confirmed_meeting_confirmed_and_no_copy_behind(pair: Pair) -> None:
    pair.confirmed()
    assert _disconnects(pair) == 0
    pair.reads()
    assert pair.now.state is State.CONFIRMED
    assert pair.mentor.invites() == []
    assert len(pair.mentee.invites()) == 1


def test_what_is_said_with_a_no_is_kept_with_the_no(pair: Pair) -> None:
    pair.asked_mentor()
    says_on_the_page(pair, Party.MENTOR, Partstat.DECLINED, feedback="not_this_person")
    with pair.house.parts.database.reading(pair.house.organisation_id) as memory:
        (said,) = proposals.feedback(memory)
    assert said.about == "not_this_person"
    pair.house.work()
    assert pair.others() == []


def test_one_secret_that_cannot_be_opened_stops_nobody_else(pair: Pair, house: House, dav: DavServer) -> None:
    pair.asked_mentee()
    other = neighbour(house, dav, "Zoe Zelkova", limits=nine_to_five())
    with house.parts.database.reading(house.organisation_id) as memory:
        (broken,) = calendars.connections(memory, other.person.id)
    _spoil(house, broken.id)
    pair.says(pair.mentee, "ACCEPTED")
    assert pair.now.state is State.ASKED_MENTOR


def _disconnects(pair: Pair) -> int:
    house, who = pair.house, pair.house.who(pair.mentor.person)
    with house.parts.database.reading(house.organisation_id) as memory:
        (connection,) = calendars.connections(memory, pair.mentor.person.id)
    return connecting.disconnect(house.parts, who, connection.id).left_behind


def _spoil(house: House, connection_id: int) -> None:
    path = house.parts.settings.database_url.removeprefix("sqlite:///")
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE connections SET secret = 'not a token' WHERE id = ?", (connection_id,))
