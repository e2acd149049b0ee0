"""How often calendars are read, when a reading is too old, when the round runs, and whose answer counts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from mentoring.availability import Unknown
from mentoring.intervals import Interval
from mentoring.people import Person
from mentoring.proposals import Answer, Door, Partstat, Party, State, counts
from store import calendars, people, policies, proposals, rounds
from tests.servers import DavServer
from tests.workflows.house import House, nine_to_five
from tests.workflows.neighbours import neighbour
from tests.workflows.test_a_proposal_from_asking_to_meeting import THURSDAY, Pair
from workflows import asking, proposing, syncing
from workflows.knowing import time_of


def read_in(house: House, person: Person) -> timedelta | None:
    """How long after the last reading the next one is due."""
    with house.parts.database.reading(house.organisation_id) as memory:
        (calendar,) = calendars.calendars(memory, person.id)
    assert calendar.read_at is not None
    return calendar.next_read_at and calendar.next_read_at - calendar.read_at


def test_calendars_are_read_each_minute_while_a_proposal_is_open_else_as_the_policy_says(
    house: House, dav: DavServer
) -> None:
    ann = neighbour(house, dav, "Ann Ash")
    assert read_in(house, ann.person) == timedelta(minutes=15)
    ben = neighbour(house, dav, "Ben Birch")
    house.reserve(ann.person, ben.person, THURSDAY, house.theme("query plans", ann.person))
    syncing.read_again(house.parts, house.organisation_id, (ann.person.id,))
    assert read_in(house, ann.person) == timedelta(minutes=1)


def test_a_reading_that_is_too_old_is_unknown_and_not_free(house: House, dav: DavServer) -> None:
    ann = neighbour(house, dav, "Ann Ash").person
    house.clock.turn(minutes=181)
    with house.parts.database.reading(house.organisation_id) as memory:
        time = time_of(memory, (ann,), policies.current(memory), house.clock())
    assert isinstance(time.availability[ann.id], Unknown)
    assert time.participant(ann) is None


@pytest.mark.parametrize(("hour", "runs"), [(4, 0), (5, 1), (11, 1)])
def test_the_round_runs_once_a_day_from_one_hour_on_in_the_organisations_zone(
    house: House, hour: int, runs: int
) -> None:
    """The policy says six o'clock, and the organisation is in Berlin."""
    house.clock.now = datetime(2026, 11, 24, hour, 5, tzinfo=UTC)
    assert proposing.daily_rounds(house.parts) == runs
    assert proposing.daily_rounds(house.parts) == 0
    with house.parts.database.reading(house.organisation_id) as memory:
        assert len([each for each in rounds.all(memory) if each.finished_at]) == runs


def test_caps_are_judged_again_before_the_mentor_is_asked(house: House, dav: DavServer) -> None:
    """Another meeting on the mentor's day came in between: one a day is what they allow."""
    pair = Pair(house, dav).asked_mentee()
    other = house.add("Dan Dogwood")
    house.reserve(other, pair.mentor.person, THURSDAY + timedelta(hours=3), pair.now.theme_id)
    pair.says(pair.mentee, "ACCEPTED")
    assert pair.now.state is State.WITHDRAWN
    assert pair.mentor.invites() == []


def test_limits_changed_meanwhile_are_judged_again(house: House, dav: DavServer) -> None:
    pair = Pair(house, dav).asked_mentee()
    with house.parts.database.writing(house.organisation_id) as memory:
        later = nine_to_five("America/Los_Angeles")
        people.save(memory, replace(people.get(memory, pair.mentor.person.id), limits=later))
    found = asking.case(house.parts, house.organisation_id, pair.id)
    assert asking.in_the_way(house.parts, found, house.clock())


def test_an_answer_for_an_older_sequence_or_from_before_the_latest_changes_nothing(
    house: House, dav: DavServer
) -> None:
    now, at = Pair(house, dav).asked_mentee().now, house.clock()
    first = Answer(Partstat.ACCEPTED, at + timedelta(minutes=5), Door.CALENDAR, 0)
    assert counts(now, Party.MENTEE, first)
    said = replace(now, mentee_answer=first)
    assert not counts(said, Party.MENTEE, Answer(Partstat.DECLINED, at + timedelta(minutes=4), Door.PAGE, 0))
    assert counts(said, Party.MENTEE, Answer(Partstat.DECLINED, at + timedelta(minutes=6), Door.PAGE, 0))
    later = Answer(Partstat.DECLINED, at + timedelta(minutes=9), Door.CALENDAR, 0)
    assert not counts(replace(now, sequence=1), Party.MENTEE, later)


def test_a_meeting_that_was_called_off_holds_no_time(house: House, dav: DavServer) -> None:
    pair = Pair(house, dav).asked_mentee()
    pair.says(pair.mentee, "DECLINED")
    with house.parts.database.reading(house.organisation_id) as memory:
        day = Interval.lasting(THURSDAY, 24 * 60)
        assert proposals.engagements(memory, [pair.mentee.person.id, pair.mentor.person.id], day) == ()
