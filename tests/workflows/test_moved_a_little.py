"""A meeting moved by less than it lasts: while the calendar does not show that yet, it is not in its own way."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from mentoring.proposals import Partstat, State
from tests.servers import DavServer
from tests.workflows.neighbours_of_all_kinds import Meeting, World, a_world
from tests.workflows.pairs import THURSDAY
from workflows import answering, syncing

A_LITTLE = timedelta(minutes=15)


@pytest.fixture
def world(tmp_path: Path, dav: DavServer) -> Iterator[World]:
    with a_world(tmp_path, dav) as made:
        yield made


def moved_in_the_evening(world: World, kind: str) -> Meeting:
    """By the mentor, when the mentee is off work: the event stays where it was until the next morning."""
    meeting = Meeting.of(world, kind, kind, kind).asked_mentor()
    clock = meeting.house.clock
    clock.now = clock.now.replace(hour=17, minute=0)
    answering.move(meeting.house.parts, meeting.house.who(meeting.mentor), meeting.id, THURSDAY + A_LITTLE)
    meeting.settle()
    return meeting


@pytest.mark.parametrize("kind", ["google", "outlook"])
def test_it_is_asked_for_at_its_new_time_in_the_morning(world: World, kind: str) -> None:
    meeting = moved_in_the_evening(world, kind)
    clock = meeting.house.clock
    clock.now = clock.now.replace(hour=8, minute=5) + timedelta(days=1)
    meeting.settle()
    meeting.settle()
    assert meeting.now.state is not State.WITHDRAWN


@pytest.mark.parametrize("kind", ["google", "outlook"])
def test_a_yes_on_the_page_before_the_calendar_shows_the_move_agrees_it(world: World, kind: str) -> None:
    meeting = moved_in_the_evening(world, kind)
    meeting.house.clock.turn(minutes=5)
    syncing.sync_due(meeting.house.parts)
    answering.answer(meeting.house.parts, meeting.house.who(meeting.mentee), meeting.id, Partstat.ACCEPTED)
    assert meeting.now.state is State.CONFIRMED
