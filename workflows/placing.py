"""Telling somebody by a copy in their own calendar: put in, replaced, taken out; an answer found in it comes first."""

from __future__ import annotations

from dataclasses import replace

from mentoring.errors import ChangedMeanwhile, InterludeError, Refused, TakenAway
from mentoring.outbox import Act, Message, Transition
from mentoring.ports import CopySeen, CopyText, PlacedCopy, PlacesCopies
from store import copies, outbox
from store.copies import BEING_REPLACED, Copy
from store.memory import Memory
from workflows import reading_back
from workflows.bootstrap import Parts
from workflows.deliveries import Delivery
from workflows.inviting import copy_text


def carry_out(parts: Parts, delivery: Delivery) -> PlacedCopy | None:
    """Returns where the copy lies now; None once it is taken out. Raises as providers do."""
    assert delivery.account is not None
    provider = parts.copies(delivery.account.provider)
    if provider is None:
        raise Refused("this calendar can only be read")
    if delivery.message.act is Act.REMOVE:
        _remove(parts, provider, delivery)
        return None
    text = copy_text(
        delivery.proposal, delivery.party, delivery.mentee, delivery.mentor, delivery.organiser, parts.settings
    )
    seen = _seen(provider, delivery)
    gone = seen is None and delivery.placed is not None and not _was_replacing(delivery)
    if (seen or gone) and reading_back.take_in(parts, delivery.proposal, delivery.party, delivery.copy, seen):
        raise ChangedMeanwhile("an answer came in meanwhile")
    if gone:
        raise Refused("the copy was deleted from the calendar")
    if seen is None:
        hold(parts, delivery.message)
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
    hold(parts, delivery.message, replacing=delivery.copy)
    try:
        return provider.update(delivery.account, PlacedCopy(seen.href, seen.etag), text)
    except TakenAway:
        raise
    except InterludeError:
        if delivery.copy is not None:
            with parts.database.writing(delivery.message.organisation_id) as memory:
                copies.save(memory, delivery.copy)
        raise


def hold(parts: Parts, message: Message, replacing: Copy | None = None) -> None:
    """The lease anew, so that it outlasts the call that follows, however long the reading before it took.

    replacing: noted first, since some servers let a copy be replaced only by taking it away and putting it anew.
    Whoever finds it gone then knows that it was us. Raises ChangedMeanwhile when the lease has passed to another.
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
        hold(parts, delivery.message)
        provider.remove(delivery.account, placed)


def note(memory: Memory, delivery: Delivery, placed: PlacedCopy | None) -> None:
    """In the transaction that ends the message: where the copy lies now, or that it lies nowhere any more."""
    if placed is not None and delivery.calendar is not None:
        copies.save(memory, _copy(delivery, placed))
    elif delivery.message.act is Act.REMOVE and delivery.copy is not None:
        copies.save(memory, replace(delivery.copy, etag="", removed=True))


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
