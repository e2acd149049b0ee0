"""Two rounds at once are one: nobody is told that times are taken which the other round has just kept for them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from mentoring.needs import Challenge
from mentoring.people import Expertise, Role
from store import challenges, rounds
from tests.servers import DavServer
from tests.workflows.house import House
from tests.workflows.neighbours import neighbour
from workflows import proposing

NOTES = (
    "The report query is slow and I cannot read its query plan",
    "Another slow query, and I still cannot read a query plan",
    "A slow query today, and again I could not read its query plan",
)


def test_a_round_by_hand_is_the_days_round_that_is_under_way(house: House, dav: DavServer) -> None:
    ann = neighbour(house, dav, "Ann Ash", roles=frozenset({Role.MENTEE})).person
    knows = (Expertise("Making slow queries fast: reading query plans"),)
    neighbour(house, dav, "Ben Birch", roles=frozenset({Role.MENTOR}), expertise=knows)
    with house.parts.database.writing(house.organisation_id) as memory:
        for number, text in enumerate(NOTES, start=1):
            challenges.add(memory, Challenge(0, ann.id, text, house.clock() - timedelta(days=number)))

    with ThreadPoolExecutor(2) as pool:
        by_hand = [pool.submit(proposing.run_round, house.parts, house.organisation_id) for _ in range(2)]
        first, second = (each.result() for each in by_hand)

    with house.parts.database.reading(house.organisation_id) as memory:
        finished = [each for each in rounds.all(memory) if each.finished_at]
    assert [len(each.proposals) for each in (first, second)] == [1, 1]
    assert first.round_id == second.round_id
    assert [each.id for each in finished] == [first.round_id]
    assert finished[0].record["absences"] == {}
