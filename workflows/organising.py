"""Telling somebody as a guest of the organiser's own event: made, and made to be what it should be now.

One event serves both, so each step reads it first and changes only what differs: of two messages that call for the
same, the second finds it done.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from mentoring.errors import ChangedMeanwhile, InterludeError, NotYet
from mentoring.outbox import Act, Carrier
from mentoring.people import Person
from mentoring.ports import EventSeen, EventText, GuestSeen
from mentoring.proposals import Party
from store import organiser_events, proposals
from store.organiser_events import REPLACING, Event, Heard
from workflows import event_texts, inviting, organiser_answers, organiser_guests
from workflows.bootstrap import Parts
from workflows.deliveries import Delivery, gather
from workflows.organiser_answers import MISSED_FOR
from workflows.organiser_guests import Guests
from workflows.organisers_calendar import OrganisersCalendar, opened
from workflows.placing import hold


def carry_out(parts: Parts, delivery: Delivery) -> None:
    """Raises as providers do, and NotYet while nothing can be done with the organiser's account."""
    calendar = _calendar(parts, delivery)
    if delivery.message.act is Act.REMOVE and not delivery.proposal.blocking:
        _cancel(parts, calendar, delivery)
        return
    _make_so(parts, calendar, delivery, frozenset({delivery.party}))


def before_a_copy(parts: Parts, delivery: Delivery) -> Delivery:
    """Where only its creation tells the UID of the organiser's event, it comes before any copy, without guests, whom it
    would mail. As long as it has none, it follows the copies. Returns the delivery as it is with that UID."""
    event, proposal = delivery.event, delivery.proposal
    if delivery.message.act is Act.REMOVE or proposal.organiser_id is None or delivery.guests:
        return delivery
    follows = event is not None and event.lives and event.sequence != proposal.sequence
    if follows or event is None or not event.event_id:
        calendar = _calendar(parts, delivery)
        if follows or not calendar.promised_uid(inviting.event_key(parts, proposal)):
            _make_so(parts, calendar, delivery, frozenset())
            return gather(parts, delivery.message)
    return delivery


def tidy(parts: Parts, delivery: Delivery) -> None:
    """Takes an event without guests away with the copies that it was made for: no message of its own does."""
    over = delivery.message.carrier is Carrier.COPY and not delivery.proposal.blocking
    if over and delivery.event is not None and not delivery.event.cancelled and not delivery.guests:
        _cancel(parts, _calendar(parts, delivery), delivery)


def _calendar(parts: Parts, delivery: Delivery) -> OrganisersCalendar:
    assert delivery.proposal.organiser_id is not None
    return opened(parts, delivery.message.organisation_id, delivery.proposal.organiser_id)


def _make_so(parts: Parts, calendar: OrganisersCalendar, delivery: Delivery, joining: frozenset[Party]) -> None:
    """Its guests are those who are on it and who joins; nobody joins by a message to somebody else."""
    event = delivery.event
    if event is None or not event.event_id:
        event, seen = _created(parts, calendar, delivery, joining)
        delivery = replace(delivery, proposal=replace(delivery.proposal, uid=seen.uid), event=event)
    else:
        seen = _still_there(parts, delivery, event, calendar.event(event.event_id))
        event = replace(event, missed_at=None)
    guests = organiser_guests.as_noted(parts, delivery.proposal.organisation_id, event, _people(delivery), seen)
    if organiser_answers.take_in(parts, delivery.proposal, event, seen, guests):
        raise ChangedMeanwhile("an answer came in meanwhile")
    delivery, on_it = _by_their_names(delivery, guests), frozenset(guests.found)
    leaves = delivery.message.act is Act.REMOVE
    text = _text(parts, delivery, on_it - joining if leaves else on_it | joining, guests.others)
    said = event_texts.hashed(parts, delivery.message.organisation_id, text)
    if _is(seen, text, event, said):
        if event.in_doubt or event.sequence != delivery.proposal.sequence:
            _note(parts, delivery, _as_sent(event, delivery, text, seen, said))
        return
    _change(parts, calendar, delivery, event, seen, text, said)


def _people(delivery: Delivery) -> Mapping[Party, Person]:
    return {Party.MENTEE: delivery.mentee, Party.MENTOR: delivery.mentor}


def _by_their_names(delivery: Delivery, guests: Guests) -> Delivery:
    """With the addresses by which they are on the event, so that nobody is invited to it once more by another."""
    mentee, mentor = (
        replace(each, email=guests.found[party].address) if party in guests.found else each
        for party, each in _people(delivery).items()
    )
    return replace(delivery, mentee=mentee, mentor=mentor)


def _text(parts: Parts, delivery: Delivery, guests: frozenset[Party], others: tuple[GuestSeen, ...] = ()) -> EventText:
    return event_texts.event_text(parts, delivery.proposal, _people(delivery), guests, others)


def _created(
    parts: Parts, calendar: OrganisersCalendar, delivery: Delivery, guests: frozenset[Party]
) -> tuple[Event, EventSeen]:
    """The event, noted, with its UID: before anything else goes out. It may be an older one that nobody noted."""
    assert delivery.proposal.organiser_id is not None
    text = _text(parts, delivery, guests)
    said = event_texts.hashed(parts, delivery.message.organisation_id, text)
    event = delivery.event or Event(
        delivery.proposal.id, delivery.proposal.organiser_id, said=said, sequence=delivery.proposal.sequence
    )
    hold(parts, delivery.message)
    # Noted before: whoever must take it back has to know that it may be there.
    _begin(parts, delivery, delivery.event, event)
    seen = _still_there(parts, delivery, event, calendar.create(text))
    there = _as_answered(delivery, text, seen)
    asked = {party: Heard(address=each.address) for party, each in there.found.items()}
    noted = replace(event, event_id=seen.id, version=seen.version, told_at=seen.changed_at, heard=asked)
    event = replace(noted, strangers=_strangers(parts, delivery, there))
    with parts.database.writing(delivery.message.organisation_id) as memory:
        if not calendar.promised_uid(text.key):
            # It was nobody's yet: with no event noted, nothing has gone out.
            proposals.save(memory, replace(proposals.get(memory, delivery.proposal.id), uid=seen.uid))
        organiser_events.save(memory, event)
    return event, seen


def _still_there(parts: Parts, delivery: Delivery, event: Event, seen: EventSeen | None) -> EventSeen:
    if organiser_answers.is_gone(parts, delivery.proposal, event, seen):
        organiser_answers.deleted(parts, delivery.proposal)
        raise ChangedMeanwhile("its event was deleted from the organiser's calendar")
    if seen is None:
        raise NotYet("its event was not found in the organiser's calendar; it is looked for once more", MISSED_FOR)
    return seen


def _as_answered(delivery: Delivery, text: EventText, seen: EventSeen) -> Guests:
    """Who is who on the event that the provider answers with to that text, with which it may have put another address
    of theirs in the place of one."""
    written = {each.address for each in text.guests}
    people = _people(delivery)
    asked = {party: Heard(address=people[party].email) for party in Party if people[party].email in written}
    return organiser_guests.told_apart(seen, people, asked, lambda address: address in written)


def _strangers(parts: Parts, delivery: Delivery, guests: Guests) -> frozenset[str]:
    key = organiser_guests.hashed(parts, delivery.proposal.organisation_id)
    return frozenset(key(each.address) for each in guests.others)


def _is(seen: EventSeen, text: EventText, event: Event, said: str) -> bool:
    """Whether it is what it should be, as far as can be seen.

    Its words cannot: they are those written last, unless it is in doubt whether they were. Then, another version than
    the one to be replaced, without any answer that would explain it, is ours.
    """
    same = seen.interval == text.interval and _addresses(seen) == {each.address for each in text.guests}
    return same and event.said == said and not (event.in_doubt and seen.version == event.replaced)


def _addresses(seen: EventSeen) -> set[str]:
    return {each.address for each in seen.guests}


def _change(
    parts: Parts,
    calendar: OrganisersCalendar,
    delivery: Delivery,
    event: Event,
    seen: EventSeen,
    text: EventText,
    said: str,
) -> None:
    hold(parts, delivery.message)
    doubted = replace(event, version=f"{REPLACING}{seen.version}", said=said)
    _begin(parts, delivery, event, doubted)
    try:
        now = calendar.change(seen, text)
    except InterludeError as problem:
        if problem.without_effect or isinstance(problem, ChangedMeanwhile):
            # Where an answer was noted meanwhile, it stays in doubt, and is compared anew.
            with parts.database.writing(delivery.message.organisation_id) as memory:
                organiser_events.swap(memory, doubted, event)
        raise
    told_at = now.changed_at if event.sequence != delivery.proposal.sequence else event.told_at
    there = _as_answered(delivery, text, now)
    heard = {party: Heard(each.partstat, each.answered_at, each.address) for party, each in there.found.items()}
    strangers, sequence = _strangers(parts, delivery, there), delivery.proposal.sequence
    written = replace(doubted, version=now.version, sequence=sequence, told_at=told_at)
    _note(parts, delivery, replace(written, heard=heard, strangers=strangers))


def _as_sent(event: Event, delivery: Delivery, text: EventText, seen: EventSeen, said: str) -> Event:
    """As it was written by a change whose outcome nobody heard of: what has been answered since is news."""
    sent = {each.address: each.partstat for each in text.guests}
    people = _people(delivery)
    addresses = {party: people[party].email for party in Party}
    heard = {party: Heard(sent[each], address=each) for party, each in addresses.items() if each in sent}
    moved = event.sequence != delivery.proposal.sequence
    told_at = delivery.message.tried_at if moved else event.told_at
    sequence = delivery.proposal.sequence
    return replace(event, version=seen.version, said=said, sequence=sequence, told_at=told_at, heard=heard)


def _begin(parts: Parts, delivery: Delivery, before: Event | None, after: Event) -> None:
    """Raises ChangedMeanwhile where another message has begun with it, or an answer to it was noted."""
    with parts.database.writing(delivery.message.organisation_id) as memory:
        if not organiser_events.swap(memory, before, after):
            raise ChangedMeanwhile("somebody else is changing the same event")


def _note(parts: Parts, delivery: Delivery, event: Event) -> None:
    with parts.database.writing(delivery.message.organisation_id) as memory:
        organiser_events.save(memory, event)


def _cancel(parts: Parts, calendar: OrganisersCalendar, delivery: Delivery) -> None:
    event = delivery.event
    assert event is not None
    hold(parts, delivery.message)
    event_id = event.event_id
    if not event_id:
        # It may have been made without anybody noting it. Where it was not, this makes it, and asks nobody.
        event_id = calendar.create(_text(parts, delivery, frozenset())).id
    calendar.cancel(event_id)
    _note(parts, delivery, replace(event, event_id=event_id, cancelled=True))
