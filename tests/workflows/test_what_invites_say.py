"""What an invite says follows its reader's own answer: nobody is told to accept what they have accepted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from mentoring import proposals as words
from mentoring.intervals import Interval
from mentoring.mail import Organiser
from mentoring.openings import Pair
from mentoring.people import Person
from mentoring.proposals import Answer, Partstat, Party, Proposal, Reason, State
from mentoring.settings import Settings
from tests.workflows.house import nine_to_five
from workflows import inviting

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
LATER = Interval.lasting(NOW + timedelta(days=3), 20)
ANN, BEN = (
    Person(number, 1, f"{name}@example.org", name, nine_to_five())
    for number, name in enumerate(("Ann Ash", "Ben Birch"), 1)
)
ASKED = Proposal(
    id=1,
    organisation_id=1,
    uid="one@example.org",
    pair=Pair(ANN.id, BEN.id),
    theme_id=1,
    topic="query plans",
    interval=Interval.lasting(NOW + timedelta(days=2), 20),
    reasons=(Reason("topic", "recurs", "you wrote about it on 3 days"), Reason("time", "soon", "it is soon")),
    state=State.ASKED_MENTEE,
    mentee_asked_at=NOW,
)


def said(made: Proposal, party: Party, partstat: Partstat = Partstat.ACCEPTED) -> Proposal:
    return words.answered(made, party, Answer(partstat, NOW, sequence=made.sequence), NOW + timedelta(days=1))


def moved(made: Proposal, by: Party = Party.MENTEE) -> Proposal:
    return words.moved(made, LATER, by, Answer(Partstat.ACCEPTED, NOW), NOW + timedelta(days=1))


def text(made: Proposal, party: Party) -> str:
    settings = Settings("sqlite://", "memory://", "s" * 40, ("k",))
    return inviting.copy_text(made, party, ANN, BEN, Organiser("Interlude", "i@example.org"), settings).description


BOTH_ASKED = words.ask_mentor(said(ASKED, Party.MENTEE), NOW, NOW + timedelta(days=1))


@pytest.mark.parametrize(
    ("made", "party", "standing"),
    [
        (ASKED, Party.MENTEE, "Ben is asked once you accept, and sees only the topic."),
        (said(ASKED, Party.MENTEE), Party.MENTEE, "Ben is asked next, and sees only the topic."),
        (moved(ASKED), Party.MENTEE, "Ben is asked next, and sees only the topic."),
        (moved(BOTH_ASKED), Party.MENTEE, "Ben has been asked."),
        (moved(BOTH_ASKED), Party.MENTOR, "Ann has accepted."),
        (moved(BOTH_ASKED, Party.MENTOR), Party.MENTEE, "Ben has accepted."),
    ],
)
def test_where_the_other_stands_is_said_by_ones_own_answer(made: Proposal, party: Party, standing: str) -> None:
    assert standing in text(made, party)
    asks = made.answer(party).partstat is not Partstat.ACCEPTED
    assert ("Accept or decline" in text(made, party)) is asks
    assert ("You have accepted." in text(made, party)) is not asks


def test_the_reasons_for_a_time_go_with_that_time() -> None:
    assert "It is soon." in text(ASKED, Party.MENTEE)
    assert [each.about for each in moved(ASKED).reasons] == ["topic"]
    assert "Why then" not in text(moved(ASKED), Party.MENTEE)


def test_each_reason_is_a_sentence() -> None:
    assert inviting.why(ASKED)[0] == ("Why this topic", ("You wrote about it on 3 days.",))


@pytest.mark.parametrize("reader", Party)
@pytest.mark.parametrize("by", Party)
def test_a_no_is_told_to_each_in_their_own_words(reader: Party, by: Party) -> None:
    over = said(BOTH_ASKED, by, Partstat.DECLINED)
    other = BEN if reader is Party.MENTEE else ANN
    mine = "You said no. The time is yours again."
    assert inviting.ended(over, reader, other) == (mine if by is reader else f"{other.first_name} could not this time.")
