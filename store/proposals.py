"""Proposals, with the time they block, the answers to them, and what people said when they declined."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, func, or_, select

from mentoring.errors import ChangedMeanwhile
from mentoring.intervals import Interval
from mentoring.openings import Pair
from mentoring.proposals import ASKED, BLOCKING, OPEN, Answer, Door, Partstat, Party, Proposal, Reason, State
from store import tables
from store.answers import Feedback, answer_reason, answers, feedback, log_answer, of_reasons, save_feedback
from store.engagements import booked, engagements, follow
from store.memory import Memory, batches

__all__ = [
    "Feedback",
    "add",
    "ahead_of",
    "answer_reason",
    "answers",
    "behind",
    "booked",
    "by_uid",
    "confirmed_before",
    "counted_by_round",
    "engagements",
    "feedback",
    "find_anywhere",
    "get",
    "log_answer",
    "of_person",
    "of_reasons",
    "of_round",
    "open_proposals",
    "save",
    "save_feedback",
    "since",
    "those",
]

_proposals = tables.proposals

SAME_NAMES = (
    "uid",
    "theme_id",
    "topic",
    "sequence",
    "created_at",
    "mentee_asked_at",
    "mentor_asked_at",
    "expires_at",
    "released_at",
    "ended_because",
    "round_id",
    "organiser_id",
    "organiser_name",
    "organiser_address",
)
"""Fields that are columns of the same name and type."""


def add(memory: Memory, proposal: Proposal) -> Proposal:
    """The proposal with its id. Raises DoubleBooking when its state blocks time that is taken; then nothing is kept."""
    with memory.connection.begin_nested():
        new = memory.insert(_proposals, **_columns(proposal), version=1)
        kept = replace(proposal, id=new, organisation_id=memory.scope, version=1)
        follow(memory, kept)
    return kept


def save(memory: Memory, proposal: Proposal) -> Proposal:
    """The proposal with its next version; the time it blocks follows its state.

    Raises ChangedMeanwhile when it is not the version that was read, and DoubleBooking as add does.
    """
    kept = replace(proposal, version=proposal.version + 1)
    as_read = _proposals.c.id == proposal.id, _proposals.c.version == proposal.version
    with memory.connection.begin_nested():
        statement = memory.update(_proposals).where(*as_read).values(**_columns(kept), version=kept.version)
        if not memory.changed(statement):
            raise ChangedMeanwhile("the proposal has changed meanwhile; read it again")
        follow(memory, kept)
    return kept


def get(memory: Memory, proposal_id: int) -> Proposal:
    """Raises KeyError."""
    return _proposal(memory.get(_proposals, proposal_id))


def by_uid(memory: Memory, uid: str) -> Proposal | None:
    row = memory.first(memory.select(_proposals).where(_proposals.c.uid == uid))
    return _proposal(row) if row else None


def find_anywhere(memory: Memory, uid: str) -> tuple[int, int] | None:
    """System-wide: (organisation_id, proposal_id) of the event of that UID, which a mail names."""
    row = memory.first(select(_proposals.c.organisation_id, _proposals.c.id).where(_proposals.c.uid == uid))
    return (row.organisation_id, row.id) if row else None


def open_proposals(memory: Memory, now: datetime | None = None) -> tuple[Proposal, ...]:
    """Those that block time, by start; given `now`, without the confirmed ones that are over."""
    if now is None:
        return _all(memory, _proposals.c.state.in_(sorted(BLOCKING)))
    ahead = and_(_proposals.c.state == State.CONFIRMED.value, _proposals.c.end_at > now)
    return _all(memory, or_(_proposals.c.state.in_(sorted(OPEN)), ahead))


def confirmed_before(memory: Memory, moment: datetime) -> tuple[Proposal, ...]:
    """Confirmed ones that were over by then."""
    return _all(memory, and_(_proposals.c.state == State.CONFIRMED.value, _proposals.c.end_at <= moment))


def of_person(memory: Memory, person_id: int, since: datetime | None = None) -> tuple[Proposal, ...]:
    """In either role, by start; since: only those that end later."""
    either = or_(_proposals.c.mentee_id == person_id, _proposals.c.mentor_id == person_id)
    return _all(memory, either if since is None else and_(either, _proposals.c.end_at > since))


def ahead_of(memory: Memory, person_id: int, now: datetime) -> tuple[Proposal, ...]:
    """What the person was asked about, in either role, that is agreed or waits for an answer, and not over; by
    start."""
    ahead = _proposals.c.state.in_(sorted(ASKED)), _proposals.c.end_at > now
    return _all(memory, and_(_asked(person_id), *ahead))


def behind(
    memory: Memory, person_id: int, since: datetime, now: datetime, limit: int, skip: int = 0
) -> tuple[Proposal, ...]:
    """What the person was asked about, in either role, that was to begin since then and is over or came to nothing.

    The latest first; limit: how many at most, after so many that are skipped.
    """
    over = or_(_proposals.c.state.not_in(sorted(ASKED)), _proposals.c.end_at <= now)
    statement = memory.select(_proposals).where(_asked(person_id), over, _proposals.c.start_at > since)
    ordered = statement.order_by(_proposals.c.start_at.desc(), _proposals.c.id.desc())
    return tuple(_proposal(row) for row in memory.rows(ordered.limit(limit).offset(skip)))


def _asked(person_id: int) -> ColumnElement[bool]:
    as_mentee = and_(_proposals.c.mentee_id == person_id, _proposals.c.mentee_asked_at.is_not(None))
    as_mentor = and_(_proposals.c.mentor_id == person_id, _proposals.c.mentor_asked_at.is_not(None))
    return or_(as_mentee, as_mentor)


def since(memory: Memory, moment: datetime) -> tuple[Proposal, ...]:
    """Those made since then or that end later, in any state, by start: what cooldowns are judged by."""
    return _all(memory, or_(_proposals.c.created_at >= moment, _proposals.c.end_at > moment))


def of_round(memory: Memory, round_id: int) -> tuple[Proposal, ...]:
    """Those that the round made, in any state, by start."""
    return _all(memory, _proposals.c.round_id == round_id)


def counted_by_round(memory: Memory, round_ids: Iterable[int]) -> dict[int, int]:
    """How many each of the rounds made; one that made none is left out."""
    counted: dict[int, int] = {}
    for ids in batches(round_ids):
        made = memory.select(_proposals, _proposals.c.round_id, func.count().label("number"))
        rows = memory.rows(made.where(_proposals.c.round_id.in_(ids)).group_by(_proposals.c.round_id))
        counted |= {row.round_id: row.number for row in rows}
    return counted


def those(memory: Memory, ids: Iterable[int]) -> dict[int, Proposal]:
    """Those of these ids that are there, by id."""
    found = (each for some in batches(ids) for each in _all(memory, _proposals.c.id.in_(some)))
    return {each.id: each for each in found}


def _all(memory: Memory, condition: Any) -> tuple[Proposal, ...]:
    statement = memory.select(_proposals).where(condition).order_by(_proposals.c.start_at, _proposals.c.id)
    return tuple(_proposal(row) for row in memory.rows(statement))


def _columns(proposal: Proposal) -> dict[str, Any]:
    columns = {name: getattr(proposal, name) for name in SAME_NAMES}
    for party in Party:
        columns |= _answer_columns(party, proposal.answer(party))
    return columns | {
        "mentee_id": proposal.pair.mentee_id,
        "mentor_id": proposal.pair.mentor_id,
        "start_at": proposal.interval.start,
        "end_at": proposal.interval.end,
        "state": proposal.state.value,
        "reasons": [[each.about, each.name, each.words, each.points] for each in proposal.reasons],
    }


def _answer_columns(party: Party, answer: Answer) -> dict[str, Any]:
    return {
        f"{party}_partstat": answer.partstat.value,
        f"{party}_answered_at": answer.at,
        f"{party}_door": answer.door.value if answer.door else None,
        f"{party}_answer_sequence": answer.sequence,
    }


def _answer(row: Row[Any], party: Party) -> Answer:
    known = row._mapping  # noqa: SLF001 - SQLAlchemy's documented access by name
    door = known[f"{party}_door"]
    return Answer(
        partstat=Partstat(known[f"{party}_partstat"]),
        at=known[f"{party}_answered_at"],
        door=Door(door) if door else None,
        sequence=known[f"{party}_answer_sequence"],
    )


def _proposal(row: Row[Any]) -> Proposal:
    return Proposal(
        id=row.id,
        organisation_id=row.organisation_id,
        pair=Pair(row.mentee_id, row.mentor_id),
        interval=Interval(row.start_at, row.end_at),
        reasons=tuple(Reason(*each) for each in row.reasons),
        state=State(row.state),
        mentee_answer=_answer(row, Party.MENTEE),
        mentor_answer=_answer(row, Party.MENTOR),
        version=row.version,
        **{name: getattr(row, name) for name in SAME_NAMES},
    )
