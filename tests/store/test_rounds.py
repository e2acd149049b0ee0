"""A round is one worker's at a time, and people are held by one transaction at a time, on either database."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from store import people, proposals, rounds
from store.database import Database
from tests.store.building import NOW, at, kept, organisation, proposal, theme


def test_a_round_is_taken_by_one_of_many_until_its_lease_is_over(database: Database) -> None:
    organisation_id = organisation(database)
    with database.writing(organisation_id) as memory:
        round_id = rounds.claim(memory, NOW.date(), NOW)
    assert round_id

    def take(seconds: float) -> bool:
        with database.writing(organisation_id) as memory:
            return rounds.take(memory, round_id, NOW + timedelta(seconds=seconds), 60)

    with ThreadPoolExecutor(4) as threads:
        assert sorted(threads.map(take, [0, 0, 0, 0])) == [False, False, False, True]
    assert [take(59), take(60)] == [False, True]
    with database.writing(organisation_id) as memory:
        assert rounds.owed(memory, NOW + timedelta(seconds=119)) == ()
        assert [each.id for each in rounds.owed(memory, NOW + timedelta(seconds=120))] == [round_id]
        rounds.finish(memory, round_id, {}, NOW)
    assert not take(999)


def test_who_holds_people_holds_them_alone(database: Database) -> None:
    organisation_id = organisation(database)
    one, other = (each.id for each in kept(database, organisation_id))
    held = threading.Event()

    def hold() -> None:
        with database.writing(organisation_id) as memory:
            people.hold(memory, [other, one])
            held.set()

    with ThreadPoolExecutor(1) as threads:
        with database.writing(organisation_id) as memory:
            people.hold(memory, [one])
            waiting = threads.submit(hold)
            assert not held.wait(0.5)
        waiting.result(20)
    assert held.is_set()


def test_a_list_of_rounds_is_told_what_each_record_says_of_it_without_the_record(database: Database) -> None:
    organisation_id = organisation(database)
    mentee, mentor = (each.id for each in kept(database, organisation_id))
    record = {"seconds": 2.5, "counted": {"needs": 3}, "in_the_way": {"hours": 7}, "gap": 0.25, "candidates": []}
    with database.writing(organisation_id) as memory:
        first = rounds.start(memory, 4, NOW)
        rounds.finish(memory, first, {**record, "for": None}, NOW)
        made = proposals.add(memory, proposal(theme(memory, mentee), mentee, mentor, at(600), round_id=first))
        rounds.owe(memory, made.id, NOW.date(), NOW)
        (owed,) = rounds.owed(memory, NOW)
        rounds.finish(memory, owed.id, {"for": {"mentee_id": mentee}}, NOW)
        begun = rounds.start(memory, 4, NOW)
        unfinished, for_one, for_all = rounds.heads(memory, 9)
        assert rounds.heads(memory, 1, 2) == (for_all,)
        assert rounds.count(memory) == 3
        assert rounds.for_everybody(memory, 9) == rounds.for_everybody(memory, 1) == (first,)
        assert proposals.counted_by_round(memory, [first, owed.id, begun]) == {first: 1}
        assert proposals.of_round(memory, first) == tuple(proposals.those(memory, [made.id, 999]).values()) == (made,)
    told = (for_all.seconds, for_all.counted, for_all.in_the_way, for_all.gap)
    assert told == (2.5, {"needs": 3}, {"hours": 7}, 0.25)
    assert (for_all.after, for_all.mentee_id) == (None, None)
    assert (for_one.after, for_one.mentee_id, for_one.counted, for_one.gap) == (made.id, mentee, {}, None)
    assert (unfinished.id, unfinished.finished_at, unfinished.seconds) == (begun, None, 0.0)
