"""Writing the letters that ask: a reminder at half of the time to answer, how it was after a meeting, and every few
weeks what was hard. What nobody answers lapses, and lowers their allowance."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from mentoring.attention import Kind
from mentoring.outbox import Carrier, Letter, Transition
from mentoring.people import Person, Role
from mentoring.policy import Policy, Sending
from mentoring.proposals import OPEN, Party, Proposal
from store import attention, challenges, mailboxes, outbox, people, policies, proposals
from store.memory import Memory
from workflows import answering
from workflows.bootstrap import Parts

SHORTEST = timedelta(hours=8)
"""Who has less time than that to answer is not reminded: half of it is no reminder, but haste."""

QUIET_FOR = timedelta(weeks=3)
"""Who wrote something down in that time is not asked what was hard."""

LAPSES_AFTER = timedelta(days=7)
"""After that long a question without an answer counts as one that was left unanswered. A late answer still counts."""

ASKING = (Kind.REVIEW, Kind.SURVEY)


def remind_due(parts: Parts, organisation_ids: Iterable[int]) -> int:
    """Writes the one reminder to everybody whose invite by mail is open, unanswered, and past half of its time. Returns
    how many."""
    written = 0
    for organisation_id in organisation_ids:
        with parts.database.reading(organisation_id) as memory:
            due = list(_to_remind(memory, proposals.open_proposals(memory), parts.clock()))
        for proposal, party in due:
            written += _remind(parts, proposal, party)
    return written


def _to_remind(memory: Memory, open_now: Iterable[Proposal], now: datetime) -> Iterable[tuple[Proposal, Party]]:
    for proposal in open_now:
        for party in Party:
            if _is_half_over(proposal, party, now) and _by_mail_and_not_yet(memory, proposal, party):
                yield proposal, party


def _is_half_over(proposal: Proposal, party: Party, now: datetime) -> bool:
    asked_at, expires_at = proposal.asked_at(party), proposal.expires_at
    if proposal.state not in OPEN or asked_at is None or expires_at is None or proposal.answer(party).given:
        return False
    time = expires_at - asked_at
    return time >= SHORTEST and asked_at + time / 2 <= now and answering.can_answer(proposal, party, now)


def _by_mail_and_not_yet(memory: Memory, proposal: Proposal, party: Party) -> bool:
    """A copy in their calendar, and an event that they are a guest of, they see each time they look there."""
    person_id = proposal.person_id(party)
    if outbox.carrier_of(memory, proposal.id, person_id) is not Carrier.MAIL:
        return False
    return not outbox.letter_about(memory, person_id, Letter.REMINDER, proposal.id)


def _remind(parts: Parts, proposal: Proposal, party: Party) -> bool:
    """Two sweeps at once write it once: the second waits for the first, and finds it."""
    now, person_id = parts.clock(), proposal.person_id(party)
    with parts.database.writing(proposal.organisation_id) as memory:
        people.hold(memory, [person_id])
        if outbox.letter_about(memory, person_id, Letter.REMINDER, proposal.id):
            return False
        message_id = outbox.write_letter(memory, person_id, Letter.REMINDER, now, now, proposal.id)
    _written(parts, proposal.organisation_id, message_id)
    return True


def ask_how_it_was(memory: Memory, proposal: Proposal, now: datetime) -> tuple[int, ...]:
    """In the transaction in which a meeting turns out to be over: a question to each of the two. Returns the messages'
    ids; none where there is no mailbox to write from."""
    if mailboxes.kept(memory) is None:
        return ()
    return tuple(
        outbox.write_letter(memory, proposal.person_id(party), Letter.REVIEW, now, now, proposal.id) for party in Party
    )


def survey_due(parts: Parts, organisation_id: int) -> int:
    """Asks those who take part to get help, and wrote nothing down for a while, what was hard. Returns how many. While
    an admin releases what leaves, none is sent: nobody could release it."""
    now = parts.clock()
    with parts.database.writing(organisation_id) as memory:
        policy = policies.current(memory)
        if not policy.survey_weeks or policy.sending is not Sending.ON or mailboxes.kept(memory) is None:
            return 0
        wrote = {each.person_id for each in challenges.everything(memory, since=now - QUIET_FOR)}
        asked = [each for each in people.everyone(memory) if each.id not in wrote and _may_be_surveyed(each, now)]
        people.hold(memory, (each.id for each in asked))
        written = [
            outbox.write_letter(memory, each.id, Letter.SURVEY, now, now)
            for each in asked
            if not _surveyed(memory, each, policy, now)
        ]
    for message_id in written:
        _written(parts, organisation_id, message_id)
    return len(written)


def _may_be_surveyed(person: Person, now: datetime) -> bool:
    long_here = person.joined_at is not None and person.joined_at <= now - QUIET_FOR
    paused = person.limits.paused_until is not None and person.limits.paused_until > now
    return person.opted_in(Role.MENTEE) and long_here and not paused and person.leaving_at is None


def _surveyed(memory: Memory, person: Person, policy: Policy, now: datetime) -> bool:
    since = now - timedelta(weeks=policy.survey_weeks)
    if attention.asked(memory, person.id, Kind.SURVEY, since=since):
        return True
    return outbox.letter_since(memory, person.id, Letter.SURVEY, since)


def lapse(memory: Memory, now: datetime) -> None:
    """Questions that were left unanswered for a week; silence says nothing of the meeting, and is never a no. One that
    was counted and never left, since no mail could, is nobody's silence."""
    for each in attention.waiting(memory, ASKING, now - LAPSES_AFTER):
        if outbox.letter_left(memory, each.person_id, Letter(each.kind.value), each.proposal_id, each.at):
            attention.ignored(memory, each.person_id, now, each.kind, each.proposal_id)
        else:
            attention.never_left(memory, each)


def _written(parts: Parts, organisation_id: int, message_id: int) -> None:
    parts.observer(Transition.WRITTEN, message_id)
    parts.nudge("deliver", organisation_id, message_id)
    parts.observer(Transition.ENQUEUED, message_id)
