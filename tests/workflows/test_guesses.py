"""What rounds learn of answers: each as it was when they were asked, kept and told of all together."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from mentoring.hours import DayHours, WeeklyHours
from mentoring.intervals import Interval
from mentoring.openings import Pair
from mentoring.people import Limits, Person
from mentoring.proposals import Answer, Partstat, Party, Proposal, Reason, State
from workflows.answers_so_far import answers_so_far, own_answers
from workflows.guessing import read

MONDAY = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
YES, NO, SILENCE = Partstat.ACCEPTED, Partstat.DECLINED, Partstat.NEEDS_ACTION
PEOPLE = [
    Person(
        each, 1, f"p{each}@example.org", "Ann Ash", Limits(WeeklyHours.every("Europe/Berlin", [DayHours(540, 1020)]))
    )
    for each in (1, 2, 3)
]


def asked(number: int, mentees: Partstat, mentors: Partstat | None = None, mentor: int = 2) -> Proposal:
    """In week `number`, for that Friday at ten; answered on the next day, the mentor one later. Silence lapsed."""
    at = MONDAY + timedelta(weeks=number)
    silent = SILENCE in (mentees, mentors)
    state = State.EXPIRED if silent else State.DECLINED if NO in (mentees, mentors) else State.CONFIRMED
    proposal = Proposal(
        number + 1, 1, f"{number}@example.org", Pair(1, mentor), 7, "state lock",
        Interval.lasting(at + timedelta(days=4), 20),
        reasons=(Reason("person", "suits", "Knows: “Terraform”", 0.7),),
        state=state, mentee_answer=Answer(mentees, at + timedelta(days=1)), mentee_asked_at=at,
        expires_at=at + timedelta(days=2),
    )  # fmt: skip
    if mentors is None:
        return proposal
    answer = Answer(mentors, at + timedelta(days=2))
    return replace(proposal, mentor_asked_at=at + timedelta(days=1), mentor_answer=answer)


def test_silence_is_a_no_and_what_was_taken_back_is_no_answer() -> None:
    taken_back = replace(asked(2, SILENCE), state=State.WITHDRAWN)
    answers = answers_so_far([asked(0, YES, NO), asked(1, SILENCE), taken_back], PEOPLE)
    assert [each.yes for each in answers[Party.MENTEE]] == [True, False]
    assert [each.yes for each in answers[Party.MENTOR]] == [False]
    assert own_answers(answers) == {(Party.MENTEE, 1): (1, 2), (Party.MENTOR, 2): (0, 1)}


def test_each_answer_knows_only_what_was_known_when_they_were_asked() -> None:
    given = answers_so_far([asked(0, YES), asked(1, NO), asked(2, YES)], PEOPLE)[Party.MENTEE]
    assert [(each.asking.yes, each.asking.answers) for each in given] == [(0, 0), (1, 1), (1, 2)]
    assert [each.asking.asked_lately for each in given] == [0, 1, 2]
    first = given[0].asking
    assert (first.suits, first.notice_days, first.hour, first.friday) == (0.7, 4.0, 10.0, True)


def test_what_is_answered_after_they_were_asked_anew_is_not_known_yet() -> None:
    late = replace(asked(0, YES), mentee_answer=Answer(YES, MONDAY + timedelta(days=30)))
    given = answers_so_far([late, asked(1, NO)], PEOPLE)[Party.MENTEE]
    assert given[1].asking.answers == 0


def test_of_who_is_here_no_longer_nothing_is_learned() -> None:
    answers = answers_so_far([asked(0, YES, YES, mentor=9)], PEOPLE)
    assert own_answers(answers) == {}


def test_a_round_that_kept_no_guesses_shows_none() -> None:
    assert read({}) == ()
