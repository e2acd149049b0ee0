"""Answers to the organiser's own event, as its calendar tells them: a guest's response, another time, a removal."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime

from mentoring.errors import NotYet
from mentoring.outbox import Act
from mentoring.people import Person
from mentoring.ports import EventSeen, GuestSeen
from mentoring.proposals import ASKED, Answer, Door, Partstat, Party, Proposal, State
from store import organisations, organiser_events, outbox, people, proposals
from store.organiser_events import REPLACING, Event, Heard
from workflows import answering, asking, outgoing
from workflows.answering import again_if_changed
from workflows.bootstrap import Parts
from workflows.keeping_on import each_by_itself
from workflows.organisers_calendar import OrganisersCalendar, opened

THREADS = 8
AGREED_EVERY = 5
"""An agreed meeting changes seldom: in how many minutes it is looked at once, each in a minute of its own."""

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
    each_by_itself(known, lambda each: taken_in.append(_read(parts, each.id, _in_turn)))
    return sum(taken_in)


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
    if seen is None or seen.cancelled:
        deleted(parts, proposal)
        return 1
    if seen.interval != proposal.interval and event.sequence == proposal.sequence and not event.in_doubt:
        _put_back(parts, proposal, event)
    return int(take_in(parts, proposal, watched.people, event, seen))


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


def guest(seen: EventSeen, person: Person) -> GuestSeen | None:
    """That person as a guest of it."""
    return next((each for each in seen.guests if each.address == person.email), None)


def take_in(parts: Parts, proposal: Proposal, people: Mapping[Party, Person], event: Event, seen: EventSeen) -> bool:
    """Takes in what its guests have answered to the time in force. Returns whether that changed anything."""
    if event.sequence != proposal.sequence or seen.interval != proposal.interval:
        return False
    strangers = {each.address for each in seen.guests} - {each.email for each in people.values()}
    changed = False
    for party, known in event.heard.items():
        found = guest(seen, people[party])
        if found is None and not strangers:
            # Whoever is on it under another name by now has not been taken off.
            changed |= _recorded(parts, proposal, party, Answer(Partstat.DECLINED, parts.clock(), Door.CALENDAR))
        elif found is not None and _is_news(event, known, found):
            changed |= _answered(parts, proposal, party, found)
            _note(parts, proposal, event, seen, party, Heard(found.partstat, found.answered_at))
    return changed


def _is_news(event: Event, known: Heard, found: GuestSeen) -> bool:
    """Whether it was answered since it was last looked at, and to the time that the event shows."""
    if found.partstat is Partstat.NEEDS_ACTION:
        return False
    if found.answered_at is None:
        return found.partstat is not known.partstat
    of_an_earlier_time = event.told_at is not None and found.answered_at < event.told_at
    return found.answered_at != known.at and not of_an_earlier_time


def _answered(parts: Parts, proposal: Proposal, party: Party, found: GuestSeen) -> bool:
    now = parts.clock()
    if found.counter not in (None, proposal.interval) and answering.can_answer(proposal, party, now):
        assert found.counter is not None
        if answering.put_to_the_other(parts, proposal, party, found.counter, Door.CALENDAR):
            return True
    return _recorded(parts, proposal, party, Answer(found.partstat, _when(proposal, party, found, now), Door.CALENDAR))


def _when(proposal: Proposal, party: Party, found: GuestSeen, now: datetime) -> datetime:
    """When the answer was given, as far as the calendar tells believably; else now, when it was read."""
    asked_at = proposal.asked_at(party) or now
    return found.answered_at if found.answered_at and asked_at < found.answered_at <= now else now


def _recorded(parts: Parts, proposal: Proposal, party: Party, said: Answer) -> bool:
    said = replace(said, sequence=proposal.sequence)
    after = answering.record(parts, proposal.organisation_id, proposal.id, party, said)
    return after.version != proposal.version


def _note(parts: Parts, proposal: Proposal, event: Event, seen: EventSeen, party: Party, heard: Heard) -> None:
    """What was heard is known now. Where a change is in doubt, that another version came by an answer is, too."""
    with parts.database.writing(proposal.organisation_id) as memory:
        noted = organiser_events.get(memory, event.proposal_id)
        if noted is not None and noted.event_id == event.event_id:
            version = f"{REPLACING}{seen.version}" if noted.in_doubt else noted.version
            organiser_events.save(memory, replace(noted, version=version, heard={**noted.heard, party: heard}))
