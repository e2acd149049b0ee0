"""`interlude propose`: one round now, and with --dry-run only what it would do."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mentoring.needs import Challenge
from mentoring.people import Expertise, Role
from mentoring.policy import Sending
from mentoring.proposals import State
from store import challenges, proposals, rounds
from tests.servers import DavServer
from tests.workflows.commanding import Here
from tests.workflows.house import House
from tests.workflows.neighbours import neighbour

NOTES = (
    "The query plan of the slow report makes no sense to me",
    "Again a query plan that ignores the index, no idea why",
    "Another slow query whose plan I could not read",
)


@pytest.fixture
def recurring(house: House, dav: DavServer) -> House:
    """Ann keeps struggling with what Ben offers to help with; both can be read."""
    ann = neighbour(house, dav, "Ann Ash", roles=frozenset({Role.MENTEE}), expertise=())
    neighbour(
        house,
        dav,
        "Ben Birch",
        roles=frozenset({Role.MENTOR}),
        expertise=(Expertise("reading the query plan of a slow query, and indexes"),),
    )
    with house.parts.database.writing(house.organisation_id) as memory:
        for day, text in enumerate(NOTES, start=2):
            challenges.add(memory, Challenge(0, ann.person.id, text, house.clock() - timedelta(days=day)))
    house.policy(minimum_suitability=0.1)
    return house


def made(house: House) -> list[State]:
    with house.parts.database.reading(house.organisation_id) as memory:
        return [each.state for each in proposals.open_proposals(memory)]


def test_a_dry_run_says_what_would_be_proposed_and_changes_nothing(recurring: House, interlude: Here) -> None:
    told = interlude.run("propose", "--dry-run", "--json").json
    assert told["dry_run"] is True
    (proposal,) = told["proposals"]
    assert set(proposal) == {"mentee", "mentor", "start", "end", "score"}
    assert proposal["start"].endswith("Z")
    assert made(recurring) == []
    with recurring.parts.database.reading(recurring.organisation_id) as memory:
        assert rounds.latest(memory) is None


def test_a_round_reserves_what_the_dry_run_told(recurring: House, interlude: Here) -> None:
    foretold = interlude.run("propose", "--dry-run", "--json").json["proposals"]
    done = interlude.run("propose", "--json")
    assert done.json["proposals"] == foretold
    assert made(recurring) == [State.RESERVED]
    assert recurring.nudges, "a worker is asked to ask"


def test_in_words(recurring: House, interlude: Here) -> None:
    said = interlude.run("propose")
    assert "Ann Ash with Ben Birch" in said.out
    assert "1 proposed; at most 0.00% from the best possible" in said.out
    again = interlude.run("propose", "--dry-run")
    assert again.out.startswith("0 would be proposed"), "one suggestion at a time"


def test_in_review_a_round_reserves_and_nothing_leaves(recurring: House, interlude: Here) -> None:
    recurring.policy(sending=Sending.REVIEW)
    assert len(interlude.run("propose", "--json").json["proposals"]) == 1
    recurring.sweep()
    assert made(recurring) == [State.RESERVED]


def test_nobody_who_has_not_opted_in_is_proposed(house: House, interlude: Here) -> None:
    house.add("Ann Ash", roles=frozenset())
    assert interlude.run("propose", "--dry-run", "--json").json["proposals"] == []


def test_an_unknown_organisation_is_exit_2(interlude: Here) -> None:
    said = interlude.run("propose", "--organisation", "Nowhere", "--json")
    assert (said.code, said.out) == (2, "")
    assert "say which one: Test" in said.err
