"""The sample's people answer invites, in their calendar apps and by mail; some leave theirs open, for a visitor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_fixed

from integrations import sample_calendar_app, sample_mailbox
from integrations.sample_mailbox import mails_folder
from mentoring.errors import Refused, TryLater
from mentoring.outbox import Carrier
from mentoring.people import Person, Role
from mentoring.proposals import Partstat, Party, Proposal, State
from store import copies, outbox, people, proposals
from store.memory import Memory
from workflows.bootstrap import Parts
from workflows.days_off import working_time
from workflows.sample import mail_program
from workflows.sample.people import named
from workflows.sample.servers import Servers

ENOUGH_TO_LEAVE_ONE = {Party.MENTEE: 3, Party.MENTOR: 2}
ENOUGH_TO_DECLINE_ONE = 5
ASKED = {Party.MENTEE: State.ASKED_MENTEE, Party.MENTOR: State.ASKED_MENTOR}


@dataclass(frozen=True)
class Said:
    """What one of them answered. by_mail: otherwise in their calendar app."""

    proposal_id: int
    name: str
    party: Party
    partstat: Partstat
    by_mail: bool = False


@dataclass(frozen=True)
class Waiting:
    """An invite that has reached one of the two and is unanswered. by_mail: otherwise it lies in their calendar."""

    proposal: Proposal
    by_mail: bool


def waiting_for(parts: Parts, organisation_id: int, party: Party) -> tuple[Waiting, ...]:
    """What waits for somebody asked as that party; first what can go on at once."""
    now = parts.clock()
    with parts.database.reading(organisation_id) as memory:
        everyone = {each.id: each for each in people.everyone(memory)}
        asked = [each for each in proposals.open_proposals(memory, now) if each.state is ASKED[party]]
        unanswered = [each for each in asked if not each.answer(party).given]
        found = [each for proposal in unanswered if (each := _reached(memory, proposal, party))]

    def when(waiting: Waiting) -> tuple[bool, bool, bool]:
        """Those whose mentor is at work first, and an admin before others: a visitor meets the admin anyway."""
        at_work = working_time(everyone[waiting.proposal.pair.mentor_id].limits, now).open_at(now)
        is_admin = Role.ADMIN in everyone[waiting.proposal.person_id(party)].roles
        return not at_work, not is_admin, not waiting.by_mail

    return tuple(sorted(found, key=when))


def _reached(memory: Memory, proposal: Proposal, party: Party) -> Waiting | None:
    """By which way the invite has got there, if it has."""
    person_id = proposal.person_id(party)
    told = [each for each in outbox.of_proposal(memory, proposal.id) if each.person_id == person_id]
    mails = [each.id for each in told if each.carrier is Carrier.MAIL]
    if any(outbox.state(memory, message_id) == outbox.SENT for message_id in mails):
        return Waiting(proposal, by_mail=True)
    copy = copies.get(memory, proposal.id, person_id)
    return Waiting(proposal, by_mail=False) if copy and not copy.removed else None


def answers(waiting: Sequence[Waiting], party: Party) -> list[tuple[Waiting, Partstat]]:
    """Who says what. Where there are enough, the last one of each kind says nothing yet, and one says no.

    However few were asked by mail, one of them says yes.
    """
    enough = ENOUGH_TO_LEAVE_ONE[party]
    mails, copied = ([each for each in waiting if each.by_mail is kind] for kind in (True, False))
    left_open = copied[-1:] if len(waiting) >= enough else []
    left_open += mails[-1:] if len(mails) >= enough else []
    refusing = [each for each in copied if each not in left_open][-1:]
    if party is Party.MENTOR or len(waiting) < ENOUGH_TO_DECLINE_ONE:
        refusing = []
    answering = (each for each in waiting if each not in left_open)
    return [(each, Partstat.DECLINED if each in refusing else Partstat.ACCEPTED) for each in answering]


def answer_some(parts: Parts, servers: Servers, organisation_id: int, party: Party) -> list[Said]:
    """Has some of them answer, each as they were asked: by CalDAV as the owner of their calendar, or by mail.

    Interlude is told nothing about it but what it finds in the calendar, or in the mail that comes in.
    """
    said = []
    for waiting, partstat in answers(waiting_for(parts, organisation_id, party), party):
        with parts.database.reading(organisation_id) as memory:
            person = people.get(memory, waiting.proposal.person_id(party))
        if waiting.by_mail:
            _by_mail(parts, person, waiting.proposal, partstat)
        else:
            _in_their_calendar(parts, servers, person, waiting.proposal, partstat)
        said.append(Said(waiting.proposal.id, person.name, party, partstat, waiting.by_mail))
    return said


def _in_their_calendar(parts: Parts, servers: Servers, person: Person, proposal: Proposal, partstat: Partstat) -> None:
    owner = named(person.name)
    account, url = servers.account(owner), servers.calendar_url(owner)
    sample_calendar_app.answer(parts.http, account, url, proposal.uid, person.email, partstat, parts.clock())


def _by_mail(parts: Parts, person: Person, proposal: Proposal, partstat: Partstat) -> None:
    """A server that cannot take it now is asked again, as mail programs do. Raises Refused where there is no invite."""
    invite = sample_mailbox.asking(mails_folder(parts.settings.var), person.email, proposal.uid)
    if invite is None:
        raise Refused(f"the mail that asks {person.name} is not in their mailbox")
    later = retry_if_exception_type(TryLater)
    for attempt in Retrying(retry=later, stop=stop_after_attempt(5), wait=wait_fixed(2), reraise=True):
        with attempt:
            mail_program.answer(parts, person, invite, partstat)
