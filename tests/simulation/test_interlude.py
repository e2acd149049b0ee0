"""Interlude plays with what a round would have read, and with nothing else."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mentoring.proposals import Partstat, Party, State
from tests.simulation.calendars import moment
from tests.simulation.contenders import Outcome, Proposed
from tests.simulation.interlude import Interlude, asked_of, proposal, reviews, settled
from tests.simulation.minds import Said
from tests.simulation.play import facts_of, play
from tests.simulation.world import make
from tests.simulation.worlds import WORLDS
from workflows.counting import silences

ONE = Proposed(0, 4, 6, 300)


def outcome(mentee: Said, mentor: Said | None = None, held: bool | None = None, helped: bool | None = None) -> Outcome:
    return Outcome(ONE, 0, moment(301), mentee, mentor, held=held, helped=helped)


@pytest.mark.parametrize(
    ("became", "state", "answers"),
    [
        (outcome(Said.NOTHING), State.EXPIRED, ("NEEDS-ACTION", "NEEDS-ACTION")),
        (outcome(Said.NO), State.DECLINED, ("DECLINED", "NEEDS-ACTION")),
        (outcome(Said.YES, Said.NOTHING), State.EXPIRED, ("ACCEPTED", "NEEDS-ACTION")),
        (outcome(Said.YES, Said.NO), State.DECLINED, ("ACCEPTED", "DECLINED")),
        (outcome(Said.YES, Said.YES), State.CONFIRMED, ("ACCEPTED", "ACCEPTED")),
        (outcome(Said.YES, Said.YES, True), State.MET, ("ACCEPTED", "ACCEPTED")),
        (outcome(Said.YES, Said.YES, False), State.MISSED, ("ACCEPTED", "ACCEPTED")),
    ],
)
def test_an_outcome_is_told_as_the_product_would_have_kept_it(
    became: Outcome, state: State, answers: tuple[str, str]
) -> None:
    kept = proposal(7, became, ())
    assert kept.state is state
    assert (kept.mentee_answer.partstat, kept.mentor_answer.partstat) == tuple(Partstat(each) for each in answers)
    assert kept.asked(Party.MENTOR) == (became.mentor_said is not None)
    assert kept.interval.end - kept.interval.start == timedelta(minutes=30)


def test_whoever_says_nothing_is_silent_and_whoever_answers_is_not() -> None:
    assert silences([proposal(1, outcome(Said.NOTHING), ())])[Party.MENTEE, 1].times == 1
    mentors = silences([proposal(1, outcome(Said.YES, Said.NOTHING), ())])
    assert set(mentors) == {(Party.MENTOR, 5)}
    assert not silences([proposal(1, outcome(Said.YES, Said.NO), ())])


def test_messages_left_without_an_answer_count_against_the_allowance_of_who_left_them() -> None:
    became = [outcome(Said.NOTHING), outcome(Said.YES, Said.NO), outcome(Said.YES, Said.YES, True, None)]
    history = [proposal(number, each, ()) for number, each in enumerate(became, 1)]
    told = asked_of(history, became, moment(301) + timedelta(days=8))
    assert not asked_of(history, became, moment(301) + timedelta(days=6))[1][-1].ignored_at
    assert [bool(each.answered_at) for each in told[1]] == [False, True, True, False]
    assert [each.kind.value for each in told[1]] == ["suggestion", "suggestion", "suggestion", "review"]
    assert [bool(each.ignored_at) for each in told[1]] == [True, False, False, True]
    assert [bool(each.answered_at) for each in told[5]] == [True, True]


def test_only_a_meeting_that_the_mentee_says_helped_settles_the_topic() -> None:
    helped, not_helped, nothing = (outcome(Said.YES, Said.YES, True, said) for said in (True, False, None))
    assert set(settled([helped])) == {(1, 7)}
    assert not settled([not_helped, nothing])
    assert [each.settled for each in reviews(1, helped)] == [True]
    assert [each.settled for each in reviews(1, not_helped)] == [False]
    assert not list(reviews(1, nothing))


@pytest.mark.parametrize("name", WORLDS)
def test_leaving_out_what_cannot_come_to_anything_changes_nothing(name: str) -> None:
    world = make(WORLDS[name](), 50, 4, 2)
    quick = play(world, Interlude(facts_of(world), 2, enough=50))
    assert play(world, Interlude(facts_of(world), 2, enough=None)) == quick
    assert quick.outcomes
