"""Each reason of a suggestion can be answered, by its mentee alone, and says on what notes it rests."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mentoring.needs import Challenge
from mentoring.people import Person
from mentoring.proposals import Objection, Proposal, ask_mentee
from store import challenges, proposals
from tests.workflows.house import House
from workflows.pages.suggestions import suggestion
from workflows.reasoning import answer_reason


@pytest.fixture
def two(house: House) -> tuple[House, Person, Person, Proposal]:
    ann, ben = house.add("Ann Ash"), house.add("Ben Birch")
    made = house.reserve(ann, ben, house.clock() + timedelta(days=3), house.theme("query plans", ann))
    with house.parts.database.writing(house.organisation_id) as memory:
        asked = proposals.save(memory, ask_mentee(made, house.clock(), house.clock() + timedelta(days=2)))
    return house, ann, ben, asked


def test_an_answer_is_kept_shown_replaced_and_taken_back(two: tuple[House, Person, Person, Proposal]) -> None:
    house, ann, _, asked = two
    for objection, shown in (
        (Objection.WRONG, {"recurs": "wrong"}),
        (Objection.NEVER, {"recurs": "never"}),
        (None, {}),
    ):
        answer_reason(house.parts, house.who(ann), asked.id, "recurs", objection)
        assert suggestion(house.parts, house.who(ann), asked.id).objections == shown
    assert house.proposal(asked.id).state is asked.state


def test_only_its_mentee_answers_and_only_reasons_that_it_has(two: tuple[House, Person, Person, Proposal]) -> None:
    house, ann, ben, asked = two
    for person, reason in ((ben, "recurs"), (house.add("Cem Cedar"), "recurs"), (ann, "suits")):
        with pytest.raises(KeyError):
            answer_reason(house.parts, house.who(person), asked.id, reason, Objection.WRONG)


def test_its_evidence_is_the_mentees_own_notes_up_to_when_it_was_made(
    two: tuple[House, Person, Person, Proposal],
) -> None:
    house, ann, ben, asked = two
    with house.parts.database.writing(house.organisation_id) as memory:
        challenges.add(memory, Challenge(0, ben.id, "query plans are dull", house.clock() - timedelta(days=1)))
        challenges.add(memory, Challenge(0, ann.id, "lunch was cold", house.clock() - timedelta(days=1)))
    shown = suggestion(house.parts, house.who(ann), asked.id).evidence
    assert [each.text for each in shown] == ["query plans again"] * 3
    assert shown == tuple(sorted(shown, key=lambda each: each.at))
