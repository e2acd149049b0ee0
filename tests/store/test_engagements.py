"""Two live engagements of one person never overlap: the database refuses it, whatever comes at it from wherever."""

from __future__ import annotations

import multiprocessing
import threading
import uuid
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mentoring.errors import ChangedMeanwhile, DoubleBooking, TryLater
from mentoring.intervals import Interval
from mentoring.proposals import BLOCKING, Proposal, State
from store import engagements as rows
from store import proposals
from store.database import Database
from tests.databases import keyring
from tests.store.building import at, kept, organisation, proposal, theme

WHENEVER = at(-24 * 60, 60 * 24 * 60)
STATES = sorted(State)

Step = tuple[str, int, int, float, int, State]

steps = st.lists(
    st.tuples(
        st.sampled_from(["add", "move", "state"]),
        st.integers(0, 3),
        st.integers(0, 3),
        st.integers(0, 20).map(lambda place: place * 5.0),
        st.sampled_from([10, 20, 30]),
        st.sampled_from(STATES),
    ),
    max_size=25,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=steps)
def test_whatever_is_tried_the_rows_are_those_of_a_plain_model(database: Database, steps: list[Step]) -> None:
    organisation_id = organisation(database)
    people = [each.id for each in kept(database, organisation_id, 4)]
    with database.writing(organisation_id) as memory:
        topic = theme(memory, people[0])
    model: dict[int, Proposal] = {}
    for step in steps:
        wanted = _wanted(model, people, topic, step)
        if wanted is None:
            continue
        fits = not _clashes(model, wanted)
        with database.writing(organisation_id) as memory:
            try:
                saved = (proposals.add if wanted.id == 0 else proposals.save)(memory, wanted)
            except DoubleBooking:
                assert not fits
            else:
                assert fits
                model[saved.id] = saved
    with database.reading(organisation_id) as memory:
        found = {(e.person_id, e.interval, e.proposal_id) for e in proposals.engagements(memory, people, WHENEVER)}
        assert {each.id: proposals.get(memory, each.id) for each in model.values()} == model
    assert found == {(who, when, id_) for id_, who, when in _held(model.values())}


def _wanted(model: dict[int, Proposal], people: list[int], topic: int, step: Step) -> Proposal | None:
    """The proposal that the step asks for, if it asks for any."""
    what, first, second, minutes, lasting, state = step
    if what == "add":
        when = at(minutes, lasting)
        return proposal(topic, people[first], people[second], when, state=state) if first != second else None
    if not model:
        return None
    chosen = list(model.values())[first % len(model)]
    return replace(chosen, interval=at(minutes, lasting)) if what == "move" else replace(chosen, state=state)


def _held(known: Iterable[Proposal]) -> list[tuple[int, int, Interval]]:
    return [
        (each.id, who, each.interval)
        for each in known
        if each.state in rows.OCCUPYING
        for who in (each.pair.mentee_id, each.pair.mentor_id)
    ]


def _clashes(model: dict[int, Proposal], wanted: Proposal) -> bool:
    others = [each for each in _held(model.values()) if each[0] != wanted.id]
    return any(who == other and when.overlaps(taken) for _, who, when in _held([wanted]) for _, other, taken in others)


def test_meetings_that_touch_do_not_overlap(database: Database) -> None:
    organisation_id, mentee, mentor, topic = _two(database)
    with database.writing(organisation_id) as memory:
        proposals.add(memory, proposal(topic, mentee, mentor, at(0, 20)))
        proposals.add(memory, proposal(topic, mentee, mentor, at(20, 20)))
        assert len(proposals.engagements(memory, [mentee], WHENEVER)) == 2


def test_after_a_refusal_the_same_transaction_may_try_another_time(database: Database) -> None:
    organisation_id, mentee, mentor, topic = _two(database)
    with database.writing(organisation_id) as memory:
        proposals.add(memory, proposal(topic, mentee, mentor, at(0)))
        with pytest.raises(DoubleBooking):
            proposals.add(memory, proposal(topic, mentor, mentee, at(10)))
        proposals.add(memory, proposal(topic, mentor, mentee, at(60)))
    with database.reading(organisation_id) as memory:
        assert [each.interval for each in proposals.open_proposals(memory)] == [at(0), at(60)]


def test_a_refused_move_leaves_the_proposal_as_it_was(database: Database) -> None:
    organisation_id, mentee, mentor, topic = _two(database)
    with database.writing(organisation_id) as memory:
        proposals.add(memory, proposal(topic, mentee, mentor, at(0)))
        second = proposals.add(memory, proposal(topic, mentee, mentor, at(60)))
        with pytest.raises(DoubleBooking):
            proposals.save(memory, replace(second, interval=at(10)))
        assert proposals.get(memory, second.id) == second
        assert {each.interval for each in proposals.engagements(memory, [mentor], WHENEVER)} == {at(0), at(60)}


@pytest.mark.parametrize("state", STATES)
def test_time_is_held_exactly_in_the_states_that_hold_it(database: Database, state: State) -> None:
    organisation_id, mentee, mentor, topic = _two(database)
    with database.writing(organisation_id) as memory:
        reserved = proposals.add(memory, proposal(topic, mentee, mentor, at(0)))
        proposals.save(memory, replace(reserved, state=state))
        held = {each.person_id for each in proposals.engagements(memory, [mentee, mentor], WHENEVER)}
    counts = state in BLOCKING or state in {State.MET, State.REVIEWED, State.MISSED}
    assert held == ({mentee, mentor} if counts else set())


def test_a_stale_proposal_is_not_saved(database: Database) -> None:
    organisation_id, mentee, mentor, topic = _two(database)
    with database.writing(organisation_id) as memory:
        read = proposals.add(memory, proposal(topic, mentee, mentor, at(0)))
        newer = proposals.save(memory, replace(read, topic="Slow builds on Mondays"))
        assert newer.version == read.version + 1
        with pytest.raises(ChangedMeanwhile):
            proposals.save(memory, replace(read, state=State.WITHDRAWN))
        assert proposals.get(memory, read.id) == newer


def test_booked_time_is_told_by_person_for_caps(database: Database) -> None:
    organisation_id, mentee, mentor, topic = _two(database)
    with database.writing(organisation_id) as memory:
        proposals.add(memory, proposal(topic, mentee, mentor, at(0)))
        assert proposals.booked(memory, [mentee, mentor, 999], at(-60, 600)) == {
            mentee: (at(0),),
            mentor: (at(0),),
            999: (),
        }
        assert proposals.booked(memory, [mentee], at(20, 60)) == {mentee: ()}


def test_threads_that_want_the_same_mentor_at_once_get_them_once(database: Database) -> None:
    organisation_id, mentor, mentees, topic = _many(database)
    pairs = [(mentor, each) if place % 2 else (each, mentor) for place, each in enumerate(mentees)]
    outcomes = _at_once([partial(_book, database, organisation_id, topic, *pair) for pair in pairs])
    assert sorted(outcomes) == ["booked", *["refused"] * (len(mentees) - 1)]


def test_the_same_two_people_booked_from_both_sides_at_once_are_booked_once(database: Database) -> None:
    organisation_id, one, other, topic = _two(database)
    for minutes in range(0, 400, 40):
        tries = [
            (one, other, minutes),
            (other, one, minutes + 5),
            (one, other, minutes + 10),
            (other, one, minutes + 15),
        ]
        outcomes = _at_once([partial(_book, database, organisation_id, topic, *each) for each in tries])
        assert sorted(outcomes) == ["booked", "refused", "refused", "refused"]


def test_processes_that_want_the_same_mentor_at_once_get_them_once(database: Database, database_url: str) -> None:
    organisation_id, mentor, mentees, topic = _many(database, 3)
    database.dispose()
    context = multiprocessing.get_context("spawn")
    with context.Pool(len(mentees)) as pool:
        tries = [(database_url, organisation_id, topic, mentee, mentor) for mentee in mentees]
        outcomes = [each for some in pool.starmap(book_many, tries) for each in some]
    assert outcomes.count("booked") == TIMES
    with database.reading(organisation_id) as memory:
        found = [each.interval for each in proposals.engagements(memory, [mentor], WHENEVER)]
    assert found == [at(60 * place) for place in range(TIMES)]


def test_a_forked_child_opens_connections_of_its_own(database: Database) -> None:
    organisation_id, mentee, mentor, topic = _two(database)
    with database.reading(organisation_id) as memory:
        proposals.open_proposals(memory)
    context = multiprocessing.get_context("fork")
    child = context.Process(target=_book, args=(database, organisation_id, topic, mentee, mentor))
    child.start()
    child.join(60)
    assert child.exitcode == 0
    assert _book(database, organisation_id, topic, mentee, mentor) == "refused"


TIMES = 10


def book_many(url: str, organisation_id: int, topic: int, mentee: int, mentor: int) -> list[str]:
    """In a process of its own: tries for every hour."""
    database = Database(url, keyring())
    outcomes = [_book(database, organisation_id, topic, mentee, mentor, 60 * place) for place in range(TIMES)]
    database.dispose()
    return outcomes


def _book(database: Database, organisation_id: int, topic: int, mentee: int, mentor: int, minutes: int = 0) -> str:
    for _ in range(5):
        try:
            with database.writing(organisation_id) as memory:
                proposals.add(memory, proposal(topic, mentee, mentor, at(minutes), uid=str(uuid.uuid4())))
            return "booked"
        except DoubleBooking:
            return "refused"
        except TryLater:
            continue
    return "never"


def _at_once(calls: list[Callable[[], str]]) -> list[str]:
    """What each of them said, all of them started together."""
    ready = threading.Barrier(len(calls))

    def call(each: Callable[[], str]) -> str:
        ready.wait()
        return each()

    with ThreadPoolExecutor(len(calls)) as threads:
        return list(threads.map(call, calls))


def _two(database: Database) -> tuple[int, int, int, int]:
    organisation_id = organisation(database)
    mentee, mentor = kept(database, organisation_id, 2)
    with database.writing(organisation_id) as memory:
        return organisation_id, mentee.id, mentor.id, theme(memory, mentee.id)


def _many(database: Database, number: int = 6) -> tuple[int, int, list[int], int]:
    organisation_id = organisation(database)
    mentor, *mentees = kept(database, organisation_id, number + 1)
    with database.writing(organisation_id) as memory:
        return organisation_id, mentor.id, [each.id for each in mentees], theme(memory, mentor.id)
