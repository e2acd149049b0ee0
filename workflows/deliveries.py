"""What one message of the outbox needs to be carried out, read in one go, and whether it is still called for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from mentoring.mail import Organiser
from mentoring.outbox import Act, Carrier, Message
from mentoring.people import Person
from mentoring.policy import Sending
from mentoring.ports import Account, FoundCalendar, PlacedCopy
from mentoring.proposals import Party, Proposal
from store import calendars, copies, outbox, people, policies, proposals
from store.calendars import Calendar
from store.copies import Copy
from store.memory import Memory
from workflows import accounts, asking, inviting
from workflows.bootstrap import Parts

LONGEST_PAUSE = timedelta(minutes=30)
A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Delivery:
    """One message about a proposal. mailed: an invite to the same person may have left by mail before.

    copy, calendar, account: where the person's copy lies or would go; None for a person who is told by mail.
    """

    message: Message
    proposal: Proposal
    party: Party
    mentee: Person
    mentor: Person
    organiser: Organiser
    sending: Sending
    copy: Copy | None = None
    calendar: Calendar | None = None
    account: Account | None = None
    mailed: bool = False

    @property
    def asks(self) -> bool:
        """Whether it asks something of its recipient, which it may only do in their working hours."""
        unanswered = not self.proposal.answer(self.party).given
        return self.message.act is Act.PLACE or (self.message.act is Act.UPDATE and unanswered)

    @property
    def person(self) -> Person:
        return self.mentee if self.party is Party.MENTEE else self.mentor

    @property
    def found(self) -> FoundCalendar:
        assert self.calendar is not None
        return self.calendar.found

    @property
    def placed(self) -> PlacedCopy | None:
        return PlacedCopy(self.copy.href, self.copy.etag) if self.copy and not self.copy.removed else None

    @property
    def called_for(self) -> bool:
        """Whether the world still asks for this message: an invite only while it is open and at this SEQUENCE."""
        by_copy = self.message.carrier is Carrier.COPY
        if by_copy and (self.calendar is None or self.account is None):
            return False
        if self.message.act is Act.REMOVE:
            return by_copy or self.mailed
        in_force = self.message.sequence == self.proposal.sequence
        return self.proposal.blocking and self.proposal.asked(self.party) and in_force

    def must_wait(self, now: datetime) -> timedelta | None:
        """How long it is held back: off work, or while it may not be sent. A copy that asks nothing disturbs nobody."""
        if self.asks and not asking.lets_out(self.sending, self.proposal):
            return LONGEST_PAUSE
        if not self.asks and self.message.carrier is Carrier.COPY:
            return None
        if not self.asks and self.person.limits.hours.next_open(now) is None:
            # Who has no working hours at all must still hear that a meeting is off: a day, and it leaves.
            left = self.message.written_at + A_DAY - now
            return left if left > timedelta() else None
        return until_at_work(self.person, now)


def until_at_work(person: Person, now: datetime) -> timedelta | None:
    """How long until that person works again; None while they do."""
    hours = person.limits.hours
    return None if hours.open_at(now) else (hours.next_open(now) or now + LONGEST_PAUSE) - now


def gather(parts: Parts, message: Message) -> Delivery:
    """Raises Reconnect where the calendar's password can no longer be opened."""
    assert message.proposal_id is not None
    with parts.database.reading(message.organisation_id) as memory:
        proposal = proposals.get(memory, message.proposal_id)
        copy, calendar = _where(memory, proposal, message)
        return Delivery(
            message=message,
            proposal=proposal,
            party=proposal.party(message.person_id),
            mentee=people.get(memory, proposal.pair.mentee_id),
            mentor=people.get(memory, proposal.pair.mentor_id),
            organiser=inviting.organiser_of(memory, parts.settings, proposal),
            sending=policies.current(memory).sending,
            copy=copy,
            calendar=calendar,
            account=accounts.account_in(parts, memory, calendar.connection_id) if calendar else None,
            mailed=outbox.mailed_before(memory, message),
        )


def _where(memory: Memory, proposal: Proposal, message: Message) -> tuple[Copy | None, Calendar | None]:
    """Where the copy lies, or where a new one goes."""
    if message.carrier is Carrier.MAIL:
        return None, None
    copy = copies.get(memory, proposal.id, message.person_id)
    if copy is None:
        return None, calendars.copies_calendar(memory, message.person_id)
    owned = calendars.calendars(memory, message.person_id)
    return copy, next((each for each in owned if each.id == copy.calendar_id), None)
