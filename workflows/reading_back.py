"""Reading answers back from people's calendars: a changed PARTSTAT, a deleted copy, a moved one."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime

from mentoring import proposals as words
from mentoring.errors import ChangedMeanwhile, DoubleBooking, InterludeError
from mentoring.outbox import Act
from mentoring.ports import CopySeen, PlacedCopy
from mentoring.proposals import Answer, Door, Partstat, Party, Proposal
from store import calendars, copies, organisations, outbox, proposals
from store.copies import BEING_REPLACED, Copy
from workflows import accounts, answering, outgoing
from workflows.bootstrap import Parts
from workflows.keeping_on import each_by_itself

log = logging.getLogger("interlude.answering")

THREADS = 16


@dataclass(frozen=True)
class Watched:
    """A copy that may hold an answer, and the connection that it is reached by."""

    proposal: Proposal
    party: Party
    copy: Copy
    connection_id: int


def read_answers_everywhere(parts: Parts) -> int:
    """Looks at every copy that may hold an answer. Returns how many answers were taken in."""
    with parts.database.reading_all() as memory:
        known = organisations.all(memory)
    taken_in: list[int] = []
    each_by_itself(known, lambda each: taken_in.append(read_answers(parts, each.id)))
    return sum(taken_in)


def read_answers(parts: Parts, organisation_id: int) -> int:
    """The same for one organisation."""
    watched = _watched(parts, organisation_id)
    if not watched:
        return 0
    with ThreadPoolExecutor(max_workers=min(THREADS, len(watched))) as pool:
        looks: list[int] = []
        each_by_itself([pool.submit(_look, parts, each) for each in watched], lambda one: looks.append(one.result()))
    return sum(looks)


def _watched(parts: Parts, organisation_id: int) -> list[Watched]:
    now = parts.clock()
    with parts.database.reading(organisation_id) as memory:
        live = [each for each in copies.live(memory) if not each.removed]
        found = {each.id: each for each in proposals.open_proposals(memory)}
        homes = {each.id: each for each in calendars.calendars(memory, None)}
        watched = []
        for copy in live:
            proposal, home = found.get(copy.proposal_id), homes.get(copy.calendar_id)
            if proposal is None or home is None or proposal.interval.start <= now or proposal.state not in words.ASKED:
                continue
            watched.append(Watched(proposal, proposal.party(copy.person_id), copy, home.connection_id))
    return watched


def _look(parts: Parts, watched: Watched) -> int:
    placed = PlacedCopy(watched.copy.href, watched.copy.etag)
    try:
        account = accounts.account(parts, watched.proposal.organisation_id, watched.connection_id)
        provider = parts.copies(account.provider)
        if provider is None:
            return 0
        seen = provider.seen(account, placed, watched.proposal.uid)
        return int(take_in(parts, watched.proposal, watched.party, watched.copy, seen))
    except InterludeError as problem:
        log.info("the copy of proposal %s could not be read: %s", watched.proposal.id, type(problem).__name__)
        return 0


def take_in(parts: Parts, proposal: Proposal, party: Party, copy: Copy | None, seen: CopySeen | None) -> bool:
    """Takes in what a copy says now. Returns whether that changed anything."""
    now = parts.clock()
    if seen is None and copy is not None and copy.etag == BEING_REPLACED:
        return False
    if seen is None:
        gone = Answer(Partstat.DECLINED, now, Door.CALENDAR, proposal.sequence)
        return _recorded(parts, proposal, party, gone)
    if seen.sequence < proposal.sequence:
        return False
    if seen.interval != proposal.interval:
        return _counter_proposal(parts, proposal, party, copy, seen)
    if seen.partstat is (copy.partstat if copy else Partstat.NEEDS_ACTION):
        return False
    said = Answer(seen.partstat, _when(seen, proposal, now), Door.CALENDAR, proposal.sequence)
    changed = seen.partstat is not Partstat.NEEDS_ACTION and _recorded(parts, proposal, party, said)
    _note(parts, proposal, copy, seen, seen.partstat)
    return changed


def _note(parts: Parts, proposal: Proposal, copy: Copy | None, seen: CopySeen, partstat: Partstat) -> None:
    """What the copy says is known now; of one that was never noted, whoever delivers will note it."""
    if copy is not None:
        with parts.database.writing(proposal.organisation_id) as memory:
            copies.save(memory, replace(copy, etag=seen.etag, href=seen.href, partstat=partstat))


def _when(seen: CopySeen, proposal: Proposal, now: datetime) -> datetime:
    """When the answer was given, as far as the calendar tells believably; else now, when it was read."""
    asked_at = proposal.mentee_asked_at or now
    if seen.changed_at and asked_at < seen.changed_at <= now:
        return seen.changed_at
    return now


def _recorded(parts: Parts, proposal: Proposal, party: Party, said: Answer) -> bool:
    after = answering.record(parts, proposal.organisation_id, proposal.id, party, said)
    return after.version != proposal.version


def _counter_proposal(parts: Parts, proposal: Proposal, party: Party, copy: Copy | None, seen: CopySeen) -> bool:
    """A moved copy offers another time: it is put to the other where it fits, and put back where it does not."""
    try:
        fits = _lasts_as_long(proposal, seen) and not answering.stops_a_move(parts, proposal, party, seen.interval)
        if fits and answering.can_answer(proposal, party, parts.clock()):
            _note(parts, proposal, copy, seen, Partstat.ACCEPTED)
            answering.move_to(parts, proposal, party, seen.interval, Door.CALENDAR)
            return True
    except (DoubleBooking, ChangedMeanwhile) as problem:
        log.info("proposal %s could not be moved: %s", proposal.id, type(problem).__name__)
    _put_back(parts, proposal, party)
    return False


def _lasts_as_long(proposal: Proposal, seen: CopySeen) -> bool:
    return seen.interval.minutes == proposal.interval.minutes


def _put_back(parts: Parts, proposal: Proposal, party: Party) -> None:
    now = parts.clock()
    with parts.database.writing(proposal.organisation_id) as memory:
        waiting = any(each.person_id == proposal.person_id(party) for each in outbox.unsent(memory, proposal.id))
        messages = () if waiting else outgoing.write(parts, memory, proposal, party, Act.UPDATE, now)
    outgoing.nudge(parts, proposal.organisation_id, messages)
