"""Answers to the organiser's own event, as its calendar tells them: a guest's response, another time, a removal."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from mentoring import proposals as words
from mentoring.errors import NotYet, TryLater
from mentoring.outbox import Act
from mentoring.people import Person
from mentoring.ports import EventSeen, GuestSeen
from mentoring.proposals import ASKED, Answer, Door, Partstat, Party, Proposal, State
from store import organisations, organiser_events, outbox, people, proposals, watches
from store.organiser_events import REPLACING, Event, Heard
from workflows import answering, asking, organiser_guests, outgoing
from workflows.answering import again_if_changed
from workflows.bootstrap import Parts
from workflows.keeping_on import each_by_itself
from workflows.organiser_guests import Guests
from workflows.organisers_calendar import OrganisersCalendar, opened

THREADS = 8
AGREED_EVERY = 5
"""An agreed meeting changes seldom: in how many minutes it is looked at once, each in a minute of its own."""

MISSED_FOR = timedelta(minutes=3)
"""How long an event must not have been found before it counts as deleted: a provider may lose sight of one for once."""

TOLD_LATELY = timedelta(minutes=2)
"""Longer than from one tick to the next."""

DELETED = "its event was deleted from the organiser's calendar"


@dataclass(frozen=True)
class Watched:
    """An event that may hold an answer, and its two people."""

    proposal: Proposal
    people: Mapping[Party, Person]
    event: Event


def read_everywhere(parts: Parts) -> int:
    """Looks at the events that may hold an answer. Returns how many brought one."""
    with parts.database.reading_all() as memory:
        known = organisations.all(memory)
    taken_in: list[int] = []
    each_by_itself(known, lambda each: taken_in.append(_read(parts, each.id, _wanted(parts, each.id))))
    return sum(taken_in)


def _wanted(parts: Parts, organisation_id: int) -> Callable[[Proposal, datetime], bool]:
    """Which are looked at now. A word right behind another was not acted on: it may have been about any of them."""
    with parts.database.reading(organisation_id) as memory:
        told = watches.organisers_heard_since(memory, parts.clock() - TOLD_LATELY)
    return _always if told else _in_turn


def read_organiser(parts: Parts, organisation_id: int) -> int:
    """The same for one organisation, and for all its events at once: something in that calendar has changed."""
    return _read(parts, organisation_id, _always)


def _always(_: Proposal, __: datetime) -> bool:
    return True


def _in_turn(proposal: Proposal, now: datetime) -> bool:
    return proposal.state is not State.CONFIRMED or now.minute % AGREED_EVERY == proposal.id % AGREED_EVERY


def _read(parts: Parts, organisation_id: int, wanted: Callable[[Proposal, datetime], bool]) -> int:
    by_organiser: defaultdict[int, list[Watched]] = defaultdict(list)
    for each in _watched(parts, organisation_id):
        if wanted(each.proposal, parts.clock()):
            by_organiser[each.event.organiser_id].append(each)
    looks: list[int] = []
    each_by_itself(by_organiser, lambda one: looks.append(_read_one(parts, organisation_id, one, by_organiser[one])))
    return sum(looks)


def _watched(parts: Parts, organisation_id: int) -> list[Watched]:
    now = parts.clock()
    with parts.database.reading(organisation_id) as memory:
        live = organiser_events.live(memory)
        if not live:
            return []
        found = {each.id: each for each in proposals.open_proposals(memory, now)}
        known = people.those(
            memory, {each for one in found.values() for each in (one.pair.mentee_id, one.pair.mentor_id)}
        )
    return [
        Watched(proposal, {party: known[proposal.person_id(party)] for party in Party}, event)
        for event in live
        if (proposal := found.get(event.proposal_id)) and proposal.state in ASKED and now < proposal.interval.start
    ]


def _read_one(parts: Parts, organisation_id: int, organiser_id: int, watched: list[Watched]) -> int:
    try:
        calendar = opened(parts, organisation_id, organiser_id)
    except NotYet:
        return 0
    with ThreadPoolExecutor(max_workers=min(THREADS, len(watched))) as pool:
        looks: list[int] = []
        begun = [pool.submit(_look, parts, calendar, each) for each in watched]
        each_by_itself(begun, lambda one: looks.append(one.result()))
    return sum(looks)


def _look(parts: Parts, calendar: OrganisersCalendar, watched: Watched) -> int:
    proposal, event = watched.proposal, watched.event
    seen = calendar.event(event.event_id)
    if is_gone(parts, proposal, event, seen):
        deleted(parts, proposal)
        return 1
    if seen is None:
        return 0
    guests = organiser_guests.as_noted(parts, proposal.organisation_id, event, watched.people, seen)
    if take_in(parts, proposal, event, seen, guests):
        return 1
    if seen.interval != proposal.interval and event.sequence == proposal.sequence and not event.in_doubt:
        _put_back(parts, proposal, event)
    return 0


def is_gone(parts: Parts, proposal: Proposal, event: Event, seen: EventSeen | None) -> bool:
    """Whether somebody took it out of the organiser's calendar: it is there as a cancelled one, or was not found at two
    looks, some minutes apart."""
    now = parts.clock()
    if seen is not None:
        if event.missed_at is not None:
            _note(parts, proposal, event, lambda noted: replace(noted, missed_at=None))
        return seen.cancelled
    if event.missed_at is None:
        _note(parts, proposal, event, lambda noted: replace(noted, missed_at=noted.missed_at or now))
        return False
    return now - event.missed_at >= MISSED_FOR


@again_if_changed
def deleted(parts: Parts, known: Proposal) -> None:
    """Somebody took the event out of the organiser's calendar, which told its guests: it is off."""
    with parts.database.reading(known.organisation_id) as memory:
        proposal = proposals.get(memory, known.id)
    if proposal.blocking:
        asking.withdraw(parts, proposal, DELETED)


def _put_back(parts: Parts, proposal: Proposal, event: Event) -> None:
    """Somebody moved it in the organiser's calendar, which is not how the two agree on another time."""
    party = next(iter(event.heard), None)
    with parts.database.writing(proposal.organisation_id) as memory:
        messages: tuple[int, ...] = ()
        if party is not None and not outbox.unsent(memory, proposal.id):
            messages = outgoing.write(parts, memory, proposal, party, Act.UPDATE, parts.clock())
    outgoing.nudge(parts, proposal.organisation_id, messages)


def take_in(parts: Parts, proposal: Proposal, event: Event, seen: EventSeen, guests: Guests) -> bool:
    """Takes in what its guests have answered. Returns whether that changed anything."""
    changed = False
    for party, known in event.heard.items():
        found = guests.found.get(party)
        if found is None:
            changed |= party in guests.taken_off and _taken_off(parts, proposal, party, event)
        elif not _is_news(event, known, found):
            continue
        elif event.sequence == proposal.sequence and seen.interval == proposal.interval:
            changed |= _answered(parts, proposal, party, event, seen, found)
        elif _is_no_all_the_same(proposal, party, event, found):
            changed |= _recorded(parts, proposal, party, _said(parts, proposal, party, seen, found))
    _note_guests(parts, proposal, event, guests)
    return changed


def _is_news(event: Event, known: Heard, found: GuestSeen) -> bool:
    """Whether it was answered since it was last looked at, and to the time that the event shows."""
    if found.partstat is Partstat.NEEDS_ACTION:
        return False
    if found.answered_at is None:
        return found.partstat is not known.partstat
    of_an_earlier_time = event.told_at is not None and found.answered_at < event.told_at
    return found.answered_at != known.at and not of_an_earlier_time


def _is_no_all_the_same(proposal: Proposal, party: Party, event: Event, found: GuestSeen) -> bool:
    """A no counts for the time in force also where the event shows another one: where somebody put that there by hand,
    or whoever says so was not told of the one in force yet."""
    knows_of_it = event.sequence != proposal.sequence and proposal.answer(party).given
    return found.partstat is Partstat.DECLINED and not knows_of_it


def _taken_off(parts: Parts, proposal: Proposal, party: Party, event: Event) -> bool:
    if event.sequence != proposal.sequence:
        return False
    return _recorded(parts, proposal, party, Answer(Partstat.DECLINED, parts.clock(), Door.CALENDAR, proposal.sequence))


def _answered(parts: Parts, proposal: Proposal, party: Party, event: Event, seen: EventSeen, found: GuestSeen) -> bool:
    said = _said(parts, proposal, party, seen, found)
    try:
        moved = _put_to_the_other(parts, proposal, party, found, said)
    except TryLater:
        if said.partstat not in answering.NO_YES:
            raise
        # Not noted: the other time is judged at the next look, unless the event is written before.
        return _recorded(parts, proposal, party, said)
    changed = moved or _recorded(parts, proposal, party, said)
    heard = Heard(found.partstat, found.answered_at, found.address)
    _note(parts, proposal, event, lambda noted: _with(noted, seen, party, heard))
    return changed


def _put_to_the_other(parts: Parts, proposal: Proposal, party: Party, found: GuestSeen, said: Answer) -> bool:
    """Whether another time that came with it took the place of the one in force. Raises TryLater, ChangedMeanwhile."""
    same = found.partstat is proposal.answer(party).partstat
    overtaken = not same and not words.counts(proposal, party, said)
    if found.counter is None or found.counter == proposal.interval or overtaken:
        return False
    can_answer = answering.can_answer(proposal, party, parts.clock())
    return can_answer and answering.put_to_the_other(parts, proposal, party, found.counter, Door.CALENDAR)


def _said(parts: Parts, proposal: Proposal, party: Party, seen: EventSeen, found: GuestSeen) -> Answer:
    """When it was: as the calendar tells, if believably; where it does not tell, the event was changed by it, so it is
    no later than its last change. Else now, when it was read."""
    now = parts.clock()
    asked_at, told = proposal.asked_at(party) or now, found.answered_at or seen.changed_at
    at = told if told is not None and asked_at < told <= now else now
    return Answer(found.partstat, at, Door.CALENDAR, proposal.sequence)


def _recorded(parts: Parts, proposal: Proposal, party: Party, said: Answer) -> bool:
    after = answering.record(parts, proposal.organisation_id, proposal.id, party, said)
    return after.version != proposal.version


def _with(noted: Event, seen: EventSeen, party: Party, heard: Heard) -> Event:
    """What was heard is known now. Where a change is in doubt, that another version came by an answer is, too."""
    version = f"{REPLACING}{seen.version}" if noted.in_doubt else noted.version
    return replace(noted, version=version, heard={**noted.heard, party: heard})


def _note_guests(parts: Parts, proposal: Proposal, event: Event, guests: Guests) -> None:
    """By which names everybody is on it, as long as nobody is missed."""
    key = organiser_guests.hashed(parts, proposal.organisation_id)
    strangers = frozenset(key(each.address) for each in guests.others)
    addresses = {party: guests.found[party].address for party in event.heard if party in guests.found}
    if guests.clear and (
        strangers != event.strangers or any(event.heard[p].address != addresses[p] for p in addresses)
    ):
        _note(parts, proposal, event, lambda noted: _known_by(noted, addresses, strangers))


def _known_by(noted: Event, addresses: Mapping[Party, str], strangers: frozenset[str]) -> Event:
    heard = {party: replace(each, address=addresses.get(party, each.address)) for party, each in noted.heard.items()}
    return replace(noted, heard=heard, strangers=strangers)


def _note(parts: Parts, proposal: Proposal, event: Event, changed: Callable[[Event], Event]) -> None:
    """Beside what others note of it at the same time, and nothing once it shows another time than the one seen."""
    with parts.database.writing(proposal.organisation_id) as memory:
        noted = organiser_events.get(memory, event.proposal_id, to_change=True)
        if noted is not None and (noted.event_id, noted.sequence) == (event.event_id, event.sequence):
            organiser_events.save(memory, changed(noted))
