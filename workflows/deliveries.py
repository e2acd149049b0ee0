"""What one message of the outbox needs to be carried out, read in one go, and whether it is still called for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from mentoring.mail import Organiser
from mentoring.outbox import Act, Carrier, Message
from mentoring.people import Person
from mentoring.policy import Sending
from mentoring.ports import Account, FoundCalendar, PlacedCopy
from mentoring.proposals import Partstat, Party, Proposal
from store import calendars, copies, organiser_events, outbox, people, policies, proposals
from store.calendars import Calendar
from store.copies import Copy
from store.memory import Memory
from store.organiser_events import Event
from workflows import accounts, asking, inviting
from workflows.bootstrap import Parts
from workflows.days_off import working_time

LONGEST_PAUSE = timedelta(minutes=30)
A_DAY = timedelta(days=1)
ANOTHER_YES = timedelta(minutes=1)
"""How often it is looked whether the mentee has said yes again."""


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
    event: Event | None = None

    @property
    def asks(self) -> bool:
        """Whether it asks something of whom it tells, which it may only do in their working hours."""
        return self.message.act is Act.PLACE or any(self._asks_again(party) for party in self.readers)

    def _asks_again(self, party: Party) -> bool:
        return self.message.act is Act.UPDATE and not self.proposal.answer(party).given

    @property
    def readers(self) -> tuple[Party, ...]:
        """Whom it tells something new: its recipient; a change of the organiser's event every other guest of it too.
        That somebody is added counts as one: Google may mail it to all, and it brings along what was not told yet."""
        changes = self.message.carrier is Carrier.EVENT and self.message.act is not Act.REMOVE
        return tuple(party for party in Party if party is self.party or (changes and party in self.guests))

    @property
    def guests(self) -> frozenset[Party]:
        """Who of the two is a guest of the organiser's event, as far as is noted."""
        return frozenset(self.event.heard) if self.event else frozenset()

    @property
    def person(self) -> Person:
        return self.person_of(self.party)

    def person_of(self, party: Party) -> Person:
        return self.mentee if party is Party.MENTEE else self.mentor

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
            return by_copy or self.mailed or self._is_on_the_event
        in_force = self.message.sequence == self.proposal.sequence
        return self.proposal.blocking and self.proposal.asked(self.party) and in_force

    @property
    def _is_on_the_event(self) -> bool:
        by_event = self.message.carrier is Carrier.EVENT
        return by_event and self.event is not None and not self.event.cancelled

    @property
    def _too_early(self) -> bool:
        """Whether it would be the first that the mentor hears of it, and the mentee has taken their yes back."""
        heard = self.mailed or self.placed is not None or self.party in self.guests
        invites = self.message.act in {Act.PLACE, Act.UPDATE} and not heard
        return invites and self.party is Party.MENTOR and self.proposal.mentee_answer.partstat is not Partstat.ACCEPTED

    def must_wait(self, now: datetime) -> timedelta | None:
        """How long it is held back: off work, or while it may not be sent. A copy that asks nothing disturbs nobody."""
        if self._too_early:
            return ANOTHER_YES
        if self.asks and not asking.lets_out(self.sending, self.proposal):
            return LONGEST_PAUSE
        if not self.asks and self.message.carrier is Carrier.COPY:
            return None
        return max((wait for party in self.readers if (wait := self._wait_for(party, now))), default=None)

    def _wait_for(self, party: Party, now: datetime) -> timedelta | None:
        wait = until_at_work(self.person_of(party), now)
        asked = (self.asks and party is self.party) or self._asks_again(party)
        opens = working_time(self.person_of(party).limits, now).next_open(now)
        never = opens is None
        if opens and self.message.act is Act.REMOVE and now < self.proposal.interval.start < opens:
            return None  # it was agreed for a day that they keep quiet since: nobody is to come for nothing
        if wait is None or asked or (party is self.party and not never):
            return wait
        # Who has no working hours at all must still hear that a meeting is off; and news for one guest of an event
        # waits no longer than that for the other to be at work: a day, and it leaves.
        left = self.message.written_at + A_DAY - now
        if left <= timedelta():
            return None
        return left if never else min(left, wait)


def until_at_work(person: Person, now: datetime) -> timedelta | None:
    """How long until that person works again, behind holidays and quiet days; None while they do."""
    opens = working_time(person.limits, now).next_open(now)
    return None if opens == now else (opens or now + LONGEST_PAUSE) - now


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
            event=organiser_events.get(memory, proposal.id),
        )


def _where(memory: Memory, proposal: Proposal, message: Message) -> tuple[Copy | None, Calendar | None]:
    """Where the copy lies, or where a new one goes."""
    if message.carrier is not Carrier.COPY:
        return None, None
    copy = copies.get(memory, proposal.id, message.person_id)
    if copy is None:
        return None, calendars.copies_calendar(memory, message.person_id)
    owned = calendars.calendars(memory, message.person_id)
    return copy, next((each for each in owned if each.id == copy.calendar_id), None)
