"""A round is one worker's at a time, and people are held by one transaction at a time, on either database."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from store import people, rounds
from store.database import Database
from tests.store.building import NOW, kept, organisation


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
