"""Writing the outbox, in the same transaction as the change that calls for it."""

from __future__ import annotations

from datetime import datetime

from mentoring.outbox import Act, Transition
from mentoring.proposals import Party, Proposal
from store import calendars, copies, outbox
from store.memory import Memory
from workflows.bootstrap import Parts


def write(
    parts: Parts,
    memory: Memory,
    proposal: Proposal,
    party: Party,
    act: Act,
    now: datetime,
    not_before: datetime | None = None,
) -> tuple[int, ...]:
    """Writes what must be told to that one of the two. Nothing where no copy of theirs is, or can be, placed."""
    person_id = proposal.person_id(party)
    has_copy = copies.get(memory, proposal.id, person_id) is not None
    if not has_copy and calendars.copies_calendar(memory, person_id) is None:
        return ()
    message_id = outbox.write(memory, proposal.id, person_id, act, proposal.sequence, not_before or now, now)
    parts.observer(Transition.WRITTEN, message_id)
    return (message_id,)


def take_back(parts: Parts, memory: Memory, proposal: Proposal, now: datetime) -> tuple[int, ...]:
    """Writes the removal of every copy that somebody was asked with."""
    return tuple(
        message_id
        for party in Party
        if proposal.asked(party)
        for message_id in write(parts, memory, proposal, party, Act.REMOVE, now)
    )


def nudge(parts: Parts, organisation_id: int, message_ids: tuple[int, ...]) -> None:
    """After the commit: asks a worker to deliver them soon."""
    for message_id in message_ids:
        parts.nudge("deliver", organisation_id, message_id)
        parts.observer(Transition.ENQUEUED, message_id)
