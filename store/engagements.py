"""What blocks people's time. Two of one person's that overlap are refused by the database itself.

Other rooms find these functions in store.proposals.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Row
from sqlalchemy.exc import DBAPIError

from mentoring.errors import DoubleBooking
from mentoring.intervals import Interval
from mentoring.openings import Engagement
from mentoring.proposals import BLOCKING, Proposal, State
from store import tables
from store.failures import meaning_of
from store.memory import Memory, batches

OCCUPYING = BLOCKING | {State.MET, State.REVIEWED, State.MISSED}
"""The states with engagements: those that hold time, and those that held it and count towards people's caps."""

_engagements = tables.engagements


def follow(memory: Memory, proposal: Proposal) -> None:
    """Makes the rows what the proposal's state and time call for. Raises DoubleBooking, leaving the rows as they were.

    The transaction goes on after that: the caller may try another time in it.
    """
    people = (proposal.pair.mentee_id, proposal.pair.mentor_id) if proposal.state in OCCUPYING else ()
    wanted = {(person_id, proposal.interval) for person_id in people}
    of_proposal = _engagements.c.proposal_id == proposal.id
    rows = memory.rows(memory.select(_engagements).where(of_proposal))
    if {(row.person_id, Interval(row.start_at, row.end_at)) for row in rows} == wanted:
        return
    try:
        with memory.connection.begin_nested():
            memory.changed(memory.delete(_engagements).where(of_proposal))
            _block(memory, proposal, sorted(people))
    except DBAPIError as problem:
        if isinstance(meaning := meaning_of(problem), DoubleBooking):
            raise meaning from problem
        raise


def _block(memory: Memory, proposal: Proposal, person_ids: list[int]) -> None:
    if not person_ids:
        return
    # One at a time for each person, in one order for everybody: two that book the same two people would else wait for
    # each other. SQLite has one writer anyway and leaves FOR UPDATE out.
    people = memory.select(tables.people, tables.people.c.id).where(tables.people.c.id.in_(person_ids))
    memory.rows(people.order_by(tables.people.c.id).with_for_update(key_share=True))
    times = {"proposal_id": proposal.id, "start_at": proposal.interval.start, "end_at": proposal.interval.end}
    memory.insert_many(_engagements, [{"person_id": person_id, **times} for person_id in person_ids])


def engagements(memory: Memory, person_ids: Iterable[int], window: Interval) -> tuple[Engagement, ...]:
    """Those of these people that touch the window, by start."""
    found: list[Engagement] = []
    touching = _engagements.c.start_at < window.end, _engagements.c.end_at > window.start
    for ids in batches(person_ids):
        statement = memory.select(_engagements).where(_engagements.c.person_id.in_(ids), *touching)
        found += (_engagement(row) for row in memory.rows(statement))
    return tuple(sorted(found, key=lambda each: (each.interval, each.person_id)))


def booked(memory: Memory, person_ids: Iterable[int], window: Interval) -> dict[int, tuple[Interval, ...]]:
    """Each person's booked times that touch the window, for judging caps; empty for nothing."""
    wanted = set(person_ids)
    found: dict[int, list[Interval]] = defaultdict(list)
    for engagement in engagements(memory, wanted, window):
        found[engagement.person_id].append(engagement.interval)
    return {person_id: tuple(found[person_id]) for person_id in wanted}


def _engagement(row: Row[Any]) -> Engagement:
    return Engagement(row.person_id, Interval(row.start_at, row.end_at), row.proposal_id)
