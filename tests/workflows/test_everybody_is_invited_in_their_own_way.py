"""The organisation invites from its mailbox, from Google or from Microsoft; the two are at Google, at Microsoft, on a
CalDAV server, or have but a feed: each is asked once, holds one event, and answers where they always do."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mentoring.proposals import Partstat, Party, State
from tests.servers import DavServer
from tests.workflows.neighbours_of_all_kinds import HOUSE_ADDRESS, KINDS, ORGANISERS, Holds, Meeting, World, a_world

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
    return Holds(shows, 1, 2 if party is Party.MENTEE else 1, 0)
