"""Every answer as it came in, and what people said about a suggestion they did not want.

Other rooms find these functions in store.proposals.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from mentoring.proposals import Answer, Door, Partstat, Party
from store import tables
from store.memory import Memory

_answers = tables.answers
_feedback = tables.feedback


@dataclass(frozen=True)
class Feedback:
    """What a person said about a suggestion ("not_now", "not_this_topic" …), or of one of its reasons ("wrong" …).

    reason_name: empty for the suggestion as a whole.
    """

    proposal_id: int
    person_id: int
    about: str
    reason_name: str
    at: datetime
    mentee_id: int
    mentor_id: int
    theme_id: int


def log_answer(memory: Memory, proposal_id: int, party: Party, answer: Answer) -> None:
    """Keeps it, whether or not it changed anything."""
    memory.insert(
        _answers,
        proposal_id=proposal_id,
        party=party.value,
        partstat=answer.partstat.value,
        at=answer.at,
        door=answer.door.value if answer.door else None,
        sequence=answer.sequence,
    )


def answers(memory: Memory, proposal_id: int) -> tuple[tuple[Party, Answer], ...]:
    """In the order in which they came."""
    rows = memory.rows(memory.select(_answers).where(_answers.c.proposal_id == proposal_id).order_by("id"))
    return tuple(
        (Party(row.party), Answer(Partstat(row.partstat), row.at, Door(row.door) if row.door else None, row.sequence))
        for row in rows
    )


def save_feedback(
    memory: Memory, proposal_id: int, person_id: int, about: str, reason_name: str, now: datetime
) -> None:
    memory.insert(_feedback, proposal_id=proposal_id, person_id=person_id, about=about, reason_name=reason_name, at=now)


def answer_reason(
    memory: Memory, proposal_id: int, person_id: int, reason_name: str, about: str, now: datetime
) -> None:
    """What they say of that reason, in place of what they said of it before. about: empty to take it back."""
    same = _feedback.c.proposal_id == proposal_id, _feedback.c.person_id == person_id
    memory.changed(memory.delete(_feedback).where(*same, _feedback.c.reason_name == reason_name))
    if about:
        save_feedback(memory, proposal_id, person_id, about, reason_name, now)


def of_reasons(memory: Memory, proposal_id: int, person_id: int) -> dict[str, str]:
    """{reason: what they said of it}."""
    mine = _feedback.c.proposal_id == proposal_id, _feedback.c.person_id == person_id, _feedback.c.reason_name != ""
    return {row.reason_name: row.about for row in memory.rows(memory.select(_feedback).where(*mine))}


def feedback(memory: Memory, since: datetime | None = None) -> tuple[Feedback, ...]:
    """The organisation's, oldest first, each with the pair and the theme it was about."""
    about = tables.proposals
    pair = about.c.mentee_id, about.c.mentor_id, about.c.theme_id
    statement = memory.select(_feedback, *_feedback.c, *pair).join(about, about.c.id == _feedback.c.proposal_id)
    if since is not None:
        statement = statement.where(_feedback.c.at >= since)
    rows = memory.rows(statement.order_by(_feedback.c.at, _feedback.c.id))
    names = Feedback.__dataclass_fields__
    return tuple(Feedback(**{name: getattr(row, name) for name in names}) for row in rows)
