"""Meetings, and what was said of them, in what is foreseen."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from mentoring.needs import Challenge, Theme
from mentoring.openings import Pair
from mentoring.proposals import Party, Proposal, State
from mentoring.reviews import Helped, Review
from suggestions.tracks import Meeting
from tests.store.building import at, proposal
from workflows.foreseeing import meetings_of, needs_at

ANN, BEN, THEME = 1, 2, 7
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def held(state: State = State.MET) -> Proposal:
    return proposal(THEME, ANN, BEN, at(0), state=state)


@pytest.mark.parametrize(
    ("said", "helped"),
    [(None, None), (Helped.YES, True), (Helped.PARTLY, None), (Helped.NO, False)],
)
def test_a_meeting_counts_for_the_mentee_with_what_they_said_of_it(said: Helped | None, helped: bool | None) -> None:
    met = held()
    assert met.pair == Pair(ANN, BEN)
    reviews = [Review(met.id, ANN, Party.MENTEE, said, NOW)] if said else []
    assert meetings_of([met], reviews) == (Meeting(ANN, THEME, met.interval.end, helped),)


def test_what_the_mentor_says_of_it_is_not_whether_the_mentee_was_helped() -> None:
    (meeting,) = meetings_of([held()], [Review(held().id, BEN, Party.MENTOR, Helped.NO, NOW)])
    assert meeting.helped is None


@pytest.mark.parametrize("state", [State.DECLINED, State.CONFIRMED, State.MISSED, State.EXPIRED])
def test_what_did_not_take_place_is_no_meeting(state: State) -> None:
    assert meetings_of([held(state)], []) == ()


def test_after_a_meeting_it_is_less_likely_to_come_up_again() -> None:
    written = [Challenge(day, ANN, "", NOW - timedelta(days=7 * day + 5)) for day in range(8)]
    themes = (Theme(THEME, "", tuple(range(8))),)
    meeting = Meeting(ANN, THEME, NOW - timedelta(days=2), True)
    without, after = (needs_at(themes, written, NOW, {}, 3, each)[0] for each in ((), (meeting,)))
    assert after.probability < without.probability
