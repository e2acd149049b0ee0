"""The outbox: what must still be told, by whom it is being told right now, and what came of it."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Update, and_, exists, func, or_, select

from mentoring.outbox import ABOUT_COMING_IN, Act, Carrier, Letter, Message
from store import tables
from store.memory import Memory

_outbox = tables.outbox

WAITING, SENT, SUPERSEDED, GIVEN_UP = "waiting", "sent", "superseded", "given_up"


def write(
    memory: Memory,
    proposal_id: int,
    person_id: int,
    act: Act,
    sequence: int,
    not_before: datetime,
    now: datetime,
    carrier: Carrier = Carrier.COPY,
) -> int:
    """A new message's id. Earlier ones to the same person about the same proposal are superseded by it.

    An earlier one that was tried already, or is being tried, may have had its effect: it stays in front, to be finished
    first, and at once.
    """
    same = _outbox.c.proposal_id == proposal_id, _outbox.c.person_id == person_id, _outbox.c.state == WAITING
    # That another time does not fit is news of its own: what was to be told besides must still be told.
    earlier = (*same, _outbox.c.act == Act.REFUSE.value) if act is Act.REFUSE else same
    untouched = _outbox.c.attempts == 0, _outbox.c.lease == ""
    memory.changed(memory.update(_outbox).where(*earlier, *untouched).values(state=SUPERSEDED))
    memory.changed(memory.update(_outbox).where(*earlier, _outbox.c.not_before > now).values(not_before=now))
    about = {"proposal_id": proposal_id, "sequence": sequence, "letter": ""}
    return memory.insert(_outbox, **about, **_new(person_id, act, carrier, not_before, now))


def write_letter(
    memory: Memory, person_id: int, letter: Letter, not_before: datetime, now: datetime, link_id: int | None = None
) -> int:
    """A new letter's id. It supersedes nothing, and waits for nothing but its time. link_id: as in Message."""
    about = {"proposal_id": None, "sequence": 0, "letter": letter.value, "link_id": link_id}
    return memory.insert(_outbox, **about, **_new(person_id, Act.WRITE, Carrier.MAIL, not_before, now))


def letter_waits(memory: Memory, person_id: int, letter: Letter) -> bool:
    """Whether one of that kind has not left yet, and nobody is sending it."""
    same = _outbox.c.person_id == person_id, _outbox.c.letter == letter.value, _outbox.c.state == WAITING
    waiting = memory.select(_outbox, _outbox.c.id).where(*same, _outbox.c.attempts == 0, _outbox.c.lease == "")
    return memory.first(waiting) is not None


def letter_since(memory: Memory, person_id: int, letter: Letter, since: datetime) -> bool:
    """Whether one of that kind was written since then, sent by now or not, or another waits."""
    same = _outbox.c.person_id == person_id, _outbox.c.letter == letter.value
    written = memory.select(_outbox, _outbox.c.id).where(*same, _outbox.c.written_at >= since)
    return memory.first(written) is not None or letter_waits(memory, person_id, letter)


def letter_about(memory: Memory, person_id: int, letter: Letter, proposal_id: int) -> bool:
    """Whether one of that kind, about that proposal, was ever written to them."""
    same = _outbox.c.person_id == person_id, _outbox.c.letter == letter.value, _outbox.c.link_id == proposal_id
    return memory.first(memory.select(_outbox, _outbox.c.id).where(*same)) is not None


def letter_left(memory: Memory, person_id: int, letter: Letter, proposal_id: int | None, since: datetime) -> bool:
    """Whether one of that kind, about that proposal or about none, has left since then, or may have."""
    same = _outbox.c.person_id == person_id, _outbox.c.letter == letter.value, _outbox.c.tried_at >= since
    about = _outbox.c.link_id.is_(None) if proposal_id is None else _outbox.c.link_id == proposal_id
    return memory.first(memory.select(_outbox, _outbox.c.id).where(*same, about)) is not None


def _new(person_id: int, act: Act, carrier: Carrier, not_before: datetime, now: datetime) -> dict[str, Any]:
    return {
        "person_id": person_id,
        "act": act.value,
        "carrier": carrier.value,
        "written_at": now,
        "not_before": not_before,
        "state": WAITING,
        "attempts": 0,
        "lease": "",
        "last_error": "",
    }


def lease(memory: Memory, message_id: int, now: datetime, lease_seconds: float) -> Message | None:
    """The message, for so long nobody else's; None when it is not due, not next, leased to another, or done.

    Also None while the organisation's kill switch is on, but for a link that somebody asked for to sign in.
    """
    free = _outbox.c.id == message_id, _due(now), _may_leave()
    taken = {"lease": secrets.token_hex(16), "leased_until": now + timedelta(seconds=lease_seconds)}
    row = memory.first(memory.update(_outbox).where(*free).values(**taken).returning(*_outbox.c))
    return _message(row) if row else None


def renew(memory: Memory, message: Message, now: datetime, lease_seconds: float) -> bool:
    """The lease anew, right before what cannot be taken back, which counts as an attempt from here on: a process may
    die in it. False when the lease has passed to somebody else."""
    tried = {"attempts": message.attempts + 1, "tried_at": now}
    until = now + timedelta(seconds=lease_seconds)
    return memory.changed(_held(memory, message).values(leased_until=until, **tried)) == 1


def sent(memory: Memory, message: Message) -> bool:
    """It is done. False, here as below, when the lease has passed to somebody else."""
    return _end(memory, message, state=SENT)


def put_off(memory: Memory, message: Message, at: datetime, why: str) -> bool:
    """Its time has not come; again then, as if nobody had looked at it."""
    as_it_was = {"attempts": message.attempts, "tried_at": message.tried_at}
    return _end(memory, message, not_before=at, last_error=why, **as_it_was)


def retry(memory: Memory, message: Message, at: datetime, error: str, without_effect: bool = False) -> bool:
    """It did not work; again then. without_effect: this attempt has certainly changed nothing outside."""
    return _end(memory, message, not_before=at, last_error=error, **_tried(message, without_effect))


def give_up(memory: Memory, message: Message, error: str, without_effect: bool = False) -> bool:
    """It will not work. without_effect: as above."""
    return _end(memory, message, state=GIVEN_UP, last_error=error, **_tried(message, without_effect))


def _tried(message: Message, without_effect: bool) -> dict[str, Any]:
    """One attempt more. What an earlier one may have done, it may have done still."""
    attempts = {"attempts": message.attempts + 1}
    return attempts | {"tried_at": message.tried_at} if without_effect else attempts


def revive(memory: Memory, message_id: int, now: datetime) -> bool:
    """What was given up is tried again, as one that was tried before. False when it had not been given up."""
    given_up = _outbox.c.id == message_id, _outbox.c.state == GIVEN_UP
    # One attempt, not none: it may have had its effect, so a later message must wait behind it.
    anew = {"state": WAITING, "attempts": 1, "not_before": now, "last_error": ""}
    return memory.changed(memory.update(_outbox).where(*given_up).values(**anew)) == 1


def _end(memory: Memory, message: Message, **values: Any) -> bool:
    return memory.changed(_held(memory, message).values(lease="", leased_until=None, **values)) == 1


def _held(memory: Memory, message: Message) -> Update:
    """The message, while the lease that came with it is the one in force."""
    mine = _outbox.c.id == message.id, _outbox.c.lease == message.lease, _outbox.c.lease != ""
    return memory.update(_outbox).where(*mine, _outbox.c.state == WAITING)


def due_anywhere(memory: Memory, now: datetime, limit: int) -> list[tuple[int, int]]:
    """System-wide: (organisation_id, message_id) of what could be leased now, the longest due first."""
    statement = select(_outbox.c.organisation_id, _outbox.c.id).where(_due(now), _may_leave())
    rows = memory.rows(statement.order_by(_outbox.c.not_before, _outbox.c.id).limit(limit))
    return [(row.organisation_id, row.id) for row in rows]


def _due(now: datetime) -> ColumnElement[bool]:
    """Waiting, its time come, in nobody's hands, and no older one in front of it."""
    older = _outbox.alias("older")
    same = older.c.proposal_id == _outbox.c.proposal_id, older.c.person_id == _outbox.c.person_id
    in_front = exists().where(*same, older.c.id < _outbox.c.id, older.c.state == WAITING)
    unheld = or_(_outbox.c.leased_until.is_(None), _outbox.c.leased_until <= now)
    return and_(_outbox.c.state == WAITING, _outbox.c.not_before <= now, unheld, ~in_front)


def _may_leave() -> ColumnElement[bool]:
    organisations = tables.organisations
    stopped = exists().where(organisations.c.id == _outbox.c.organisation_id, organisations.c.stopped)
    return or_(~stopped, _outbox.c.letter.in_(sorted(ABOUT_COMING_IN)))


def of_proposal(memory: Memory, proposal_id: int) -> tuple[Message, ...]:
    """All that was ever written about it, oldest first."""
    return _messages(memory, _outbox.c.proposal_id == proposal_id)


def carrier_of(memory: Memory, proposal_id: int, person_id: int) -> Carrier | None:
    """How that person has been told of it so far, the latest first; None where nothing was ever written."""
    mine = _outbox.c.proposal_id == proposal_id, _outbox.c.person_id == person_id
    latest = memory.select(_outbox, _outbox.c.carrier).where(*mine).order_by(_outbox.c.id.desc()).limit(1)
    row = memory.first(latest)
    return Carrier(row.carrier) if row else None


def mailed_before(memory: Memory, message: Message) -> bool:
    """Whether an invite of the same event has left for the same person by mail, or may have: one that was tried may
    have got through."""
    same = _outbox.c.proposal_id == message.proposal_id, _outbox.c.person_id == message.person_id
    invites = _outbox.c.act.in_((Act.PLACE.value, Act.UPDATE.value)), _outbox.c.carrier == Carrier.MAIL.value
    tried = memory.select(_outbox, _outbox.c.id).where(*same, *invites, _outbox.c.tried_at.is_not(None))
    return memory.first(tried.where(_outbox.c.id < message.id)) is not None


def never_left(memory: Memory, proposal_id: int, person_id: int) -> bool:
    """Whether that person was to be invited, and no invite has left, nor can have."""
    mine = _outbox.c.proposal_id == proposal_id, _outbox.c.person_id == person_id
    invites = _outbox.c.act.in_((Act.PLACE.value, Act.UPDATE.value))
    rows = memory.rows(memory.select(_outbox, _outbox.c.state, _outbox.c.tried_at).where(*mine, invites))
    return bool(rows) and not any(row.state == SENT or row.tried_at for row in rows)


def unsent(memory: Memory, proposal_id: int | None = None) -> tuple[Message, ...]:
    """What still waits, of one proposal or of all."""
    still = _outbox.c.state == WAITING
    return _messages(memory, still if proposal_id is None else and_(still, _outbox.c.proposal_id == proposal_id))


def waiting(memory: Memory) -> tuple[datetime, ...]:
    """When each message that still waits was written."""
    rows = memory.rows(memory.select(_outbox, _outbox.c.written_at).where(_outbox.c.state == WAITING).order_by("id"))
    return tuple(row.written_at for row in rows)


def failed(memory: Memory) -> tuple[Message, ...]:
    """What was given up, with the error."""
    return _messages(memory, _outbox.c.state == GIVEN_UP)


def purge_letters(memory: Memory, before: datetime) -> None:
    """Forgets the letters that left or came to nothing before then: who was written to, and when."""
    ended = _outbox.c.act == Act.WRITE.value, _outbox.c.state != WAITING
    last_tried = func.coalesce(_outbox.c.tried_at, _outbox.c.not_before)
    memory.changed(memory.delete(_outbox).where(*ended, last_tried < before))


def state(memory: Memory, message_id: int) -> str:
    """ "waiting", "sent", "superseded" or "given_up". Raises KeyError."""
    return str(memory.get(_outbox, message_id).state)


def _messages(memory: Memory, condition: ColumnElement[bool]) -> tuple[Message, ...]:
    rows = memory.rows(memory.select(_outbox).where(condition).order_by("id"))
    # The token belongs to whoever leased it; who only looks must not be able to end the message.
    return tuple(replace(_message(row), lease="") for row in rows)


def _message(row: Row[Any]) -> Message:
    return Message(
        id=row.id,
        organisation_id=row.organisation_id,
        proposal_id=row.proposal_id,
        person_id=row.person_id,
        act=Act(row.act),
        sequence=row.sequence,
        not_before=row.not_before,
        written_at=row.written_at,
        carrier=Carrier(row.carrier),
        letter=Letter(row.letter) if row.letter else None,
        link_id=row.link_id,
        attempts=row.attempts,
        tried_at=row.tried_at,
        lease=row.lease,
        last_error=row.last_error,
    )
