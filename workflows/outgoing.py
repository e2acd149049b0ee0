"""Writing the outbox, in the same transaction as the change that calls for it."""

from __future__ import annotations

from datetime import datetime

from mentoring.outbox import Act, Carrier, Transition
from mentoring.proposals import Door, Party, Proposal, State
from store import calendars, copies, mailboxes, outbox
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
    said_by: Door | None = None,
) -> tuple[int, ...]:
    """Writes what must be told to that one of the two. Nothing where they can be reached by neither copy nor mail.

    said_by: the door through which they have just told us this themselves; None where it is news to them.
    """
    person_id = proposal.person_id(party)
    carrier = _carrier(memory, proposal, person_id)
    if carrier is None or not _worth_telling(carrier, proposal, act, said_by):
        return ()
    message_id = outbox.write(memory, proposal.id, person_id, act, proposal.sequence, not_before or now, now, carrier)
    parts.observer(Transition.WRITTEN, message_id)
    return (message_id,)


def _carrier(memory: Memory, proposal: Proposal, person_id: int) -> Carrier | None:
    """A copy where one of theirs is, or can be, placed; else as whoever invites does it. What began by mail, or by the
    organiser's event, goes on so: a copy beside it would be a second event."""
    if copies.get(memory, proposal.id, person_id) is not None:
        return Carrier.COPY
    began = outbox.carrier_of(memory, proposal.id, person_id)
    if began in {Carrier.MAIL, Carrier.EVENT}:
        return began
    if calendars.copies_calendar(memory, person_id) is not None:
        return Carrier.COPY
    if proposal.organiser_id is not None:
        return Carrier.EVENT
    return Carrier.MAIL if mailboxes.kept(memory) is not None else None


def _worth_telling(carrier: Carrier, proposal: Proposal, act: Act, said_by: Door | None) -> bool:
    """No event knows of a time that was offered and does not fit. That it is over, the event must always be told: it is
    one for both."""
    if carrier is Carrier.EVENT and act in {Act.REFUSE, Act.REMOVE}:
        return act is Act.REMOVE
    return carrier is Carrier.COPY or _worth_a_mail(proposal, act, said_by)


def _worth_a_mail(proposal: Proposal, act: Act, said_by: Door | None) -> bool:
    """What their own program has told us it shows already. What they said on a page, their calendar must be told: that
    it is over at once, a yes together with the news that both have said it."""
    if said_by is None:
        return True
    return said_by is Door.PAGE and (act is Act.REMOVE or proposal.state is State.CONFIRMED)


def take_back(
    parts: Parts,
    memory: Memory,
    proposal: Proposal,
    now: datetime,
    by: Party | None = None,
    said_by: Door | None = None,
) -> tuple[int, ...]:
    """Writes the removal of every copy that somebody was asked with. by: who has just said so, by which door."""
    return tuple(
        message_id
        for party in Party
        if proposal.asked(party)
        for message_id in write(
            parts, memory, proposal, party, Act.REMOVE, now, said_by=said_by if party is by else None
        )
    )


def nudge(parts: Parts, organisation_id: int, message_ids: tuple[int, ...]) -> None:
    """After the commit: asks a worker to deliver them soon."""
    for message_id in message_ids:
        parts.nudge("deliver", organisation_id, message_id)
        parts.observer(Transition.ENQUEUED, message_id)
