"""Answers that come in by mail: kept first, without the mail's words, then counted as those from any other door."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from integrations import mail_in
from mentoring import proposals as words
from mentoring.errors import ChangedMeanwhile, Missing, TryLater
from mentoring.mail import Incoming, NoReply, Reply, SetAside
from mentoring.outbox import Act
from mentoring.proposals import ASKED, Answer, Door, Partstat, Party, Proposal
from store import mailboxes, organisations, people, proposals, replies
from store.memory import Memory
from workflows import answering, outgoing
from workflows.bootstrap import Parts

log = logging.getLogger("interlude.receiving")

AGAIN = timedelta(minutes=2)
PATIENCE = timedelta(seconds=30)
"""How long the sweep leaves an answer to the worker that was nudged for it."""


def take_in(parts: Parts, raw: bytes, *, whole: bool = True, inbox_of: int | None = None) -> str:
    """One mail, as it came. Says what became of it, in a word for the log. Raises TryLater while it cannot be kept.

    An answer counts only from the attendee whom it names, for the SEQUENCE in force. Anything else is set aside.
    whole: False where only header lines of it are given. inbox_of: the organisation whose inbox it lay in: whoever runs
    that inbox can put anything into it, so nothing in there answers for another one.
    """
    incoming = mail_in.read(raw, whole)
    content = incoming.content
    if isinstance(content, NoReply):
        return _set_aside(parts, incoming, content.why, inbox_of)
    with parts.database.reading_all() as memory:
        found = proposals.find_anywhere(memory, content.uid)
    if found is None or inbox_of not in (None, found[0]):
        return _set_aside(parts, incoming, SetAside.UNKNOWN_EVENT, inbox_of)
    organisation_id, proposal_id = found
    reply_id = _keep(parts, organisation_id, proposal_id, content)
    if reply_id is None:
        return "set aside"
    parts.nudge("count_reply", organisation_id, reply_id)
    return "kept"


def _set_aside(parts: Parts, incoming: Incoming, why: SetAside, inbox_of: int | None) -> str:
    organisation_id = inbox_of or _whose(parts, incoming)
    if organisation_id is None:
        log.warning("a mail that is for no organisation here was left alone: %s", why)
        return "not ours"
    with parts.database.writing(organisation_id) as memory:
        sender = people.by_email(memory, incoming.content.sender) if incoming.content.sender else None
        replies.set_aside(memory, incoming.content.trace, why, parts.clock(), person_id=sender.id if sender else None)
    return "set aside"


def _whose(parts: Parts, incoming: Incoming) -> int | None:
    """The organisation to whose mailbox it was sent; the only one there is, where the mail does not say."""
    with parts.database.reading_all() as memory:
        known = organisations.all(memory)
    for each in known:
        with parts.database.reading(each.id) as memory:
            mine = mailboxes.organiser(memory)
        if mine is not None and mine.address.lower() in incoming.recipients:
            return each.id
    return known[0].id if len(known) == 1 else None


def _keep(parts: Parts, organisation_id: int, proposal_id: int, reply: Reply) -> int | None:
    """The id under which it waits to be counted; None where it is none, or came before."""
    now = parts.clock()
    with parts.database.writing(organisation_id) as memory:
        proposal = proposals.get(memory, proposal_id)
        party = _named(memory, proposal, reply)
        why = _why_not(proposal, party, reply, now)
        if why is not None or party is None:
            named = proposal.person_id(party) if party else None
            replies.set_aside(memory, reply.trace, why or SetAside.SOMEBODY_ELSE, now, proposal.id, named)
            return None
        return replies.add(
            memory,
            reply.trace,
            now,
            proposal_id=proposal.id,
            person_id=proposal.person_id(party),
            partstat=reply.partstat,
            sequence=reply.sequence,
            stamp=reply.stamp,
            counter=reply.counter,
            try_at=now + PATIENCE,
        )


def _named(memory: Memory, proposal: Proposal, reply: Reply) -> Party | None:
    """Which of the two it answers for, who must have sent it too."""
    if reply.attendee != reply.sender:
        return None
    known = people.those(memory, (proposal.person_id(party) for party in Party))
    return next((party for party in Party if known[proposal.person_id(party)].email == reply.attendee), None)


def _why_not(proposal: Proposal, party: Party | None, reply: Reply, now: datetime) -> SetAside | None:
    """Why that answer does not count now, whoever brings it."""
    if party is None:
        return SetAside.SOMEBODY_ELSE
    if not proposal.asked(party):
        return SetAside.NOT_ASKED
    if proposal.state not in ASKED or not answering.can_answer(proposal, party, now):
        return SetAside.TOO_LATE
    if reply.sequence != proposal.sequence:
        return SetAside.OLD_VERSION
    return SetAside.NOT_AN_ANSWER if reply.partstat is Partstat.NEEDS_ACTION and reply.counter is None else None


def count(parts: Parts, organisation_id: int, reply_id: int) -> str:
    """Counts an answer that was kept, once; found again by the sweep while it could not be judged."""
    with parts.database.reading(organisation_id) as memory:
        try:
            kept = replies.get(memory, reply_id)
        except Missing:
            return "it went with its proposal"
        if kept.state != replies.WAITING or kept.proposal_id is None or kept.person_id is None:
            return "counted already"
        proposal = proposals.get(memory, kept.proposal_id)
    party = proposal.party(kept.person_id)
    try:
        why = _counted(parts, proposal, party, kept)
    except (TryLater, ChangedMeanwhile) as problem:
        with parts.database.writing(organisation_id) as memory:
            replies.again(memory, reply_id, parts.clock() + AGAIN)
        return f"again later: {problem}"
    with parts.database.writing(organisation_id) as memory:
        if why is None:
            replies.counted(memory, reply_id)
        else:
            replies.not_counted(memory, reply_id, why)
    return f"set aside: {why}" if why else "counted"


def _counted(parts: Parts, proposal: Proposal, party: Party, kept: replies.Kept) -> SetAside | None:
    now = parts.clock()
    if kept.sequence != proposal.sequence:
        return SetAside.OLD_VERSION
    if not answering.can_answer(proposal, party, min(kept.received_at, now)) or proposal.interval.start <= now:
        return SetAside.TOO_LATE
    said = Answer(kept.partstat, _when(kept, proposal, party, now), Door.MAIL, kept.sequence)
    if not words.counts(proposal, party, said) and said.partstat is not proposal.answer(party).partstat:
        return SetAside.OVERTAKEN
    if kept.counter is None or not _offered(parts, proposal, party, kept, said):
        answering.record(parts, proposal.organisation_id, proposal.id, party, said)
    return None


def _offered(parts: Parts, proposal: Proposal, party: Party, kept: replies.Kept, said: Answer) -> bool:
    """Whether the other time that it offers is all there is to count. Raises as below; what it says of the time in
    force counts before, since that time need not be known."""
    try:
        return _put_to_the_other(parts, proposal, party, kept) or said.partstat not in answering.NO_YES
    except TryLater:
        if said.partstat is Partstat.DECLINED:
            return False
        if said.partstat in answering.NO_YES:
            answering.record(parts, proposal.organisation_id, proposal.id, party, said)
        raise


def _when(kept: replies.Kept, proposal: Proposal, party: Party, now: datetime) -> datetime:
    """When it was given, as far as the mail tells believably; else when it came in."""
    asked_at = proposal.asked_at(party) or now
    if kept.stamp is not None and asked_at < kept.stamp <= now:
        return kept.stamp
    return min(kept.received_at, now)


def _put_to_the_other(parts: Parts, proposal: Proposal, party: Party, kept: replies.Kept) -> bool:
    """Another time (METHOD:COUNTER, RFC 5546 section 3.2.7): put to the other where it fits, refused where it does not.

    Returns whether it fitted. Raises TryLater while one of the two calendars is unknown, and ChangedMeanwhile.
    """
    interval = kept.counter
    if interval is None or interval == proposal.interval:
        return True
    if answering.put_to_the_other(parts, proposal, party, interval, Door.MAIL):
        return True
    if kept.partstat is not Partstat.DECLINED:
        _refuse(parts, proposal, party, kept.id)
    return False


def _refuse(parts: Parts, proposal: Proposal, party: Party, reply_id: int) -> None:
    """Told once: in the transaction that ends the reply, and of the proposal as it was judged."""
    with parts.database.writing(proposal.organisation_id) as memory:
        if proposals.get(memory, proposal.id).version != proposal.version:
            raise ChangedMeanwhile("the proposal has changed while another time for it was judged")
        if not replies.counted(memory, reply_id):
            return
        messages = outgoing.write(parts, memory, proposal, party, Act.REFUSE, parts.clock())
    outgoing.nudge(parts, proposal.organisation_id, messages)
