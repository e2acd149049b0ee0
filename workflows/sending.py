"""Carrying the outbox out: lease, call, record. A process may die at any line of this; nothing is lost or doubled."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from mentoring.errors import ChangedMeanwhile, InterludeError, Reconnect, Refused, TakenAway, TryLater
from mentoring.outbox import Act, Message, Transition
from mentoring.people import Person
from mentoring.policy import Sending
from mentoring.ports import Account, CopySeen, CopyText, FoundCalendar, PlacedCopy, PlacesCopies
from mentoring.proposals import Party, Proposal
from store import calendars, copies, organisations, outbox, people, policies, proposals
from store.calendars import Calendar
from store.copies import BEING_REPLACED, Copy
from store.memory import Memory
from workflows import asking, reading_back
from workflows.bootstrap import Parts
from workflows.inviting import copy_text, last_change
from workflows.keeping_on import each_by_itself

log = logging.getLogger("interlude.sending")

BATCH = 100
FRESH = timedelta(minutes=2)
PATIENCE_ATTEMPTS = 200
LONGEST_PAUSE = timedelta(minutes=30)


@dataclass(frozen=True)
class Delivery:
    """Everything that one message needs, read in one go."""

    message: Message
    proposal: Proposal
    party: Party
    mentee: Person
    mentor: Person
    copy: Copy | None
    calendar: Calendar | None
    account: Account | None
    may_send: bool = True

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


def deliver_due(parts: Parts) -> int:
    """Delivers every message that is due, of all organisations. Returns how many. One that fails keeps none back."""
    with parts.database.reading_all() as memory:
        due = outbox.due_anywhere(memory, parts.clock(), BATCH)
    each_by_itself(due, lambda each: deliver(parts, *each))
    return len(due)


def deliver(parts: Parts, organisation_id: int, message_id: int) -> str:
    """Carries one message out, if it is due and nobody else holds it. Says what became of it, for the log."""
    with parts.database.writing(organisation_id) as memory:
        if organisations.get(memory).stopped:
            return "sending is stopped"
        message = outbox.lease(memory, message_id, parts.clock(), parts.lease_seconds)
    if message is None:
        return "not due"
    parts.observer(Transition.LEASED, message.id)
    try:
        return _deliver_leased(parts, message)
    except TryLater as problem:
        return _again(parts, message, problem.after, str(problem))
    except Reconnect as problem:
        return _again(parts, message, LONGEST_PAUSE, str(problem))
    except ChangedMeanwhile as problem:
        return _again(parts, message, timedelta(seconds=1), str(problem))
    except Refused as problem:
        return _give_up(parts, message, str(problem))
    except Exception:
        # A bug, which stays loud; but its message must not come first for ever, nor be forgotten.
        _again(parts, message, LONGEST_PAUSE, "a fault of ours, see the log")
        raise


def _deliver_leased(parts: Parts, message: Message) -> str:
    delivery = _gather(parts, message)
    if not _called_for(delivery):
        return _recorded(parts, delivery, None, "no longer called for")
    if delivery.asks:
        if wait := _must_wait(delivery, parts.clock()):
            return _again(parts, message, wait, "waits until it may be asked")
        if not _still_free(parts, delivery):
            return _recorded(parts, delivery, None, "its time is taken, so it was withdrawn")
    placed = _carry_out(parts, delivery)
    parts.observer(Transition.SENT, message.id)
    return _recorded(parts, delivery, placed, str(message.act))


def _gather(parts: Parts, message: Message) -> Delivery:
    with parts.database.reading(message.organisation_id) as memory:
        proposal = proposals.get(memory, message.proposal_id)
        party = proposal.party(message.person_id)
        copy = copies.get(memory, proposal.id, message.person_id)
        calendar = _calendar(memory, copy, message.person_id)
        return Delivery(
            message=message,
            proposal=proposal,
            party=party,
            mentee=people.get(memory, proposal.pair.mentee_id),
            mentor=people.get(memory, proposal.pair.mentor_id),
            copy=copy,
            calendar=calendar,
            account=calendars.account(memory, calendar.connection_id) if calendar else None,
            may_send=policies.current(memory).sending is Sending.ON,
        )


def _calendar(memory: Memory, copy: Copy | None, person_id: int) -> Calendar | None:
    """Where the copy lies, or where a new one goes."""
    if copy is None:
        return calendars.copies_calendar(memory, person_id)
    owned = calendars.calendars(memory, person_id)
    return next((each for each in owned if each.id == copy.calendar_id), None)


def _called_for(delivery: Delivery) -> bool:
    """Whether the world still asks for this message: an invite only while it is open and at this SEQUENCE."""
    if delivery.calendar is None or delivery.account is None:
        return False
    if delivery.message.act is Act.REMOVE:
        return True
    in_force = delivery.message.sequence == delivery.proposal.sequence
    return delivery.proposal.blocking and delivery.proposal.asked(delivery.party) and in_force


def _must_wait(delivery: Delivery, now: datetime) -> timedelta | None:
    """How long a message that asks something of somebody is held back: off work, or while sending is not on."""
    if not delivery.may_send:
        return LONGEST_PAUSE
    hours = delivery.person.limits.hours
    return None if hours.open_at(now) else (hours.next_open(now) or now + LONGEST_PAUSE) - now


def _still_free(parts: Parts, delivery: Delivery) -> bool:
    """Reads both calendars again before an invite that has been waiting; a new one was read a moment ago."""
    waited = parts.clock() - last_change(delivery.proposal)
    if delivery.message.attempts <= 1 and waited < FRESH:
        return True
    parts.observer(Transition.READ_AGAIN, delivery.message.id)
    return asking.still_fits(parts, delivery.proposal)


def _carry_out(parts: Parts, delivery: Delivery) -> PlacedCopy | None:
    assert delivery.account is not None
    provider = parts.copies(delivery.account.provider)
    if provider is None:
        raise Refused("this calendar can only be read")
    if delivery.message.act is Act.REMOVE:
        _remove(parts, provider, delivery)
        return None
    text = copy_text(delivery.proposal, delivery.party, delivery.mentee, delivery.mentor, parts.settings)
    seen = _seen(provider, delivery)
    gone = seen is None and delivery.placed is not None and not _was_replacing(delivery)
    if (seen or gone) and reading_back.take_in(parts, delivery.proposal, delivery.party, delivery.copy, seen):
        raise ChangedMeanwhile("an answer came in meanwhile")
    if gone:
        raise Refused("the copy was deleted from the calendar")
    if seen is None:
        _hold(parts, delivery.message)
        return provider.place(delivery.account, delivery.found, text)
    return _update(parts, provider, delivery, seen, text)


def _seen(provider: PlacesCopies, delivery: Delivery) -> CopySeen | None:
    """The copy as it is now, also one that nobody noted: a process may have died right after placing it."""
    assert delivery.account is not None
    if delivery.placed is None:
        return provider.find(delivery.account, delivery.found, delivery.proposal.uid)
    return provider.seen(delivery.account, delivery.placed, delivery.proposal.uid)


def _update(parts: Parts, provider: PlacesCopies, delivery: Delivery, seen: CopySeen, text: CopyText) -> PlacedCopy:
    assert delivery.account is not None
    _hold(parts, delivery.message, replacing=delivery.copy)
    try:
        return provider.update(delivery.account, PlacedCopy(seen.href, seen.etag), text)
    except TakenAway:
        raise
    except InterludeError:
        if delivery.copy is not None:
            with parts.database.writing(delivery.message.organisation_id) as memory:
                copies.save(memory, delivery.copy)
        raise


def _hold(parts: Parts, message: Message, replacing: Copy | None = None) -> None:
    """The lease anew, so that it outlasts the call that follows, however long the reading before it took.

    replacing: noted first, since some servers let a copy be replaced only by taking it away and putting it anew.
    Whoever finds it gone then knows that it was us.
    """
    with parts.database.writing(message.organisation_id) as memory:
        if not outbox.renew(memory, message, parts.clock(), parts.lease_seconds):
            raise ChangedMeanwhile("another worker has taken it over")
        if replacing is not None:
            copies.save(memory, replace(replacing, etag=BEING_REPLACED))
    parts.observer(Transition.SENDING, message.id)


def _was_replacing(delivery: Delivery) -> bool:
    return delivery.copy is not None and delivery.copy.etag == BEING_REPLACED


def _remove(parts: Parts, provider: PlacesCopies, delivery: Delivery) -> None:
    assert delivery.account is not None
    placed = delivery.placed
    if placed is None:
        seen = _seen(provider, delivery)
        placed = PlacedCopy(seen.href, seen.etag) if seen else None
    if placed is not None:
        _hold(parts, delivery.message)
        provider.remove(delivery.account, placed)


def _recorded(parts: Parts, delivery: Delivery, placed: PlacedCopy | None, outcome: str) -> str:
    """Notes that it is done, and where the copy lies."""
    message = delivery.message
    with parts.database.writing(message.organisation_id) as memory:
        if not outbox.sent(memory, message):
            return "another worker had taken it over"
        if placed is not None and delivery.calendar is not None:
            copies.save(memory, _copy(delivery, placed))
        elif message.act is Act.REMOVE and delivery.copy is not None:
            copies.save(memory, _removed(delivery.copy))
    parts.observer(Transition.RECORDED, message.id)
    return outcome


def _copy(delivery: Delivery, placed: PlacedCopy) -> Copy:
    assert delivery.calendar is not None
    return Copy(
        proposal_id=delivery.proposal.id,
        person_id=delivery.person.id,
        calendar_id=delivery.calendar.id,
        href=placed.href,
        etag=placed.etag,
        sequence=delivery.proposal.sequence,
        partstat=delivery.proposal.answer(delivery.party).partstat,
        removed=False,
    )


def _removed(copy: Copy) -> Copy:
    return Copy(copy.proposal_id, copy.person_id, copy.calendar_id, copy.href, "", copy.sequence, copy.partstat, True)


def _again(parts: Parts, message: Message, after: timedelta, why: str) -> str:
    """Later, for longer and longer; an invite that came to nothing meanwhile is dropped by then."""
    if message.attempts >= PATIENCE_ATTEMPTS:
        return _give_up(parts, message, why)
    pause = max(after, min(LONGEST_PAUSE, timedelta(seconds=2 ** min(message.attempts, 11))))
    with parts.database.writing(message.organisation_id) as memory:
        outbox.retry(memory, message, parts.clock() + pause, why)
    parts.observer(Transition.RETRIED, message.id)
    return f"again later: {why}"


def _give_up(parts: Parts, message: Message, why: str) -> str:
    """The page still shows what the calendar could not; an admin sees the failure."""
    with parts.database.writing(message.organisation_id) as memory:
        outbox.give_up(memory, message, why)
    parts.observer(Transition.GIVEN_UP, message.id)
    log.warning("message %s given up: %s", message.id, why)
    return f"given up: {why}"
