"""Carrying the outbox out: lease, call, record. A process may die at any line of this; nothing is lost or doubled."""

from __future__ import annotations

import logging
from datetime import timedelta

from mentoring.attention import Kind
from mentoring.errors import ChangedMeanwhile, InterludeError, NotYet, Reconnect, Refused, TryLater
from mentoring.outbox import ASKING, Act, Carrier, Message, Transition
from mentoring.ports import PlacedCopy
from store import outbox
from workflows import asking, attention, letters, mailing, organisers_calendar, organising, placing
from workflows.bootstrap import Parts
from workflows.deliveries import LONGEST_PAUSE, Delivery, gather
from workflows.inviting import last_change
from workflows.keeping_on import each_by_itself

log = logging.getLogger("interlude.sending")

BATCH = 100
FRESH = timedelta(minutes=2)
PATIENCE_ATTEMPTS = 200
ALLOWANCE_PAUSE = timedelta(hours=6)
NOT_CALLED_FOR = "no longer called for"


def deliver_due(parts: Parts) -> int:
    """Delivers every message that is due, of all organisations. Returns how many. One that fails keeps none back."""
    with parts.database.reading_all() as memory:
        due = outbox.due_anywhere(memory, parts.clock(), BATCH)
    each_by_itself(due, lambda each: deliver(parts, *each))
    return len(due)


def deliver(parts: Parts, organisation_id: int, message_id: int) -> str:
    """Carries one message out, if it is due and nobody else holds it. Says what became of it, for the log."""
    with parts.database.writing(organisation_id) as memory:
        message = outbox.lease(memory, message_id, parts.clock(), parts.lease_seconds)
    if message is None:
        return "not due"
    parts.observer(Transition.LEASED, message.id)
    try:
        return _letter(parts, message) if message.act is Act.WRITE else _deliver_leased(parts, message)
    except NotYet as problem:
        return _put_off(parts, message, problem.after, str(problem))
    except TryLater as problem:
        return _again(parts, message, problem.after, problem)
    except Reconnect as problem:
        return _again(parts, message, LONGEST_PAUSE, problem)
    except ChangedMeanwhile as problem:
        return _again(parts, message, timedelta(seconds=1), problem)
    except Refused as problem:
        return _give_up(parts, message, problem)
    except Exception:
        # A bug, which stays loud; but its message must not come first for ever, nor be forgotten.
        _again(parts, message, LONGEST_PAUSE, InterludeError("a fault of ours, see the log"))
        raise


def _letter(parts: Parts, message: Message) -> str:
    if wait := mailing.letter_must_wait(parts, message):
        return _put_off(parts, message, wait, "waits until it may be sent")
    written = letters.mail_for(parts, message)
    if written is None:
        return _ended(parts, message, NOT_CALLED_FOR)
    mailing.ready(parts, message)
    if message.letter in ASKING and not attention.claim(parts, message, Kind(message.letter.value)):
        return _put_off(parts, message, ALLOWANCE_PAUSE, "waits until they have had fewer messages")
    mailing.post(parts, message, written)
    parts.observer(Transition.SENT, message.id)
    return _ended(parts, message, "written")


def _deliver_leased(parts: Parts, message: Message) -> str:
    delivery = gather(parts, message)
    if not delivery.called_for:
        organising.tidy(parts, delivery)
        return _ended(parts, message, NOT_CALLED_FOR, delivery)
    if wait := delivery.must_wait(parts.clock()):
        why = "waits until it may be asked" if delivery.asks else "waits for their hours"
        return _put_off(parts, message, wait, why)
    _check_awake(parts, delivery)
    if delivery.asks and not _still_free(parts, delivery):
        return _ended(parts, message, "its time is taken, so it was withdrawn", delivery)
    placed = _carried_out(parts, delivery)
    parts.observer(Transition.SENT, message.id)
    return _ended(parts, message, str(message.act), delivery, placed)


def _check_awake(parts: Parts, delivery: Delivery) -> None:
    """Raises NotYet before anything is read for it, while what it would leave by rests."""
    message, organiser_id = delivery.message, delivery.proposal.organiser_id
    if message.carrier is Carrier.MAIL:
        mailing.ready(parts, message)
    elif message.carrier is Carrier.EVENT and organiser_id is not None:
        organisers_calendar.awake(parts, message.organisation_id, organiser_id)


def _carried_out(parts: Parts, delivery: Delivery) -> PlacedCopy | None:
    """Returns where a copy lies now."""
    if delivery.message.carrier is Carrier.MAIL:
        mailing.carry_out(parts, delivery)
    elif delivery.message.carrier is Carrier.EVENT:
        organising.carry_out(parts, delivery)
    else:
        placed = placing.carry_out(parts, organising.before_a_copy(parts, delivery))
        organising.tidy(parts, delivery)
        return placed
    return None


def _still_free(parts: Parts, delivery: Delivery) -> bool:
    """Reads both calendars again before an invite that has been waiting; a new one was read a moment ago."""
    waited = parts.clock() - last_change(delivery.proposal)
    if delivery.message.first_time and waited < FRESH:
        return True
    parts.observer(Transition.READ_AGAIN, delivery.message.id)
    return asking.still_fits(parts, delivery.proposal)


def _ended(
    parts: Parts,
    message: Message,
    outcome: str,
    delivery: Delivery | None = None,
    placed: PlacedCopy | None = None,
) -> str:
    """Notes that it is done, and where the copy lies."""
    with parts.database.writing(message.organisation_id) as memory:
        if not outbox.sent(memory, message):
            return "another worker had taken it over"
        if delivery is not None and message.carrier is Carrier.COPY:
            placing.note(memory, delivery, placed)
    parts.observer(Transition.RECORDED, message.id)
    return outcome


def _put_off(parts: Parts, message: Message, after: timedelta, why: str) -> str:
    """Waiting is no attempt: however long it waits, it is not given up for that."""
    with parts.database.writing(message.organisation_id) as memory:
        outbox.put_off(memory, message, parts.clock() + after, why)
    parts.observer(Transition.RETRIED, message.id)
    return f"again later: {why}"


def _again(parts: Parts, message: Message, after: timedelta, problem: InterludeError) -> str:
    """Later, for longer and longer; an invite that came to nothing meanwhile is dropped by then."""
    attempts = message.attempts + 1
    if attempts >= PATIENCE_ATTEMPTS:
        return _give_up(parts, message, problem)
    pause = max(after, min(LONGEST_PAUSE, timedelta(seconds=2 ** min(attempts, 11))))
    with parts.database.writing(message.organisation_id) as memory:
        outbox.retry(memory, message, parts.clock() + pause, str(problem), problem.without_effect)
    parts.observer(Transition.RETRIED, message.id)
    return f"again later: {problem}"


def _give_up(parts: Parts, message: Message, problem: InterludeError) -> str:
    """The page still shows what the calendar could not; an admin sees the failure."""
    with parts.database.writing(message.organisation_id) as memory:
        outbox.give_up(memory, message, str(problem), problem.without_effect)
    parts.observer(Transition.GIVEN_UP, message.id)
    log.warning("message %s given up: %s", message.id, problem)
    return f"given up: {problem}"
