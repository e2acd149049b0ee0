"""A round: decided, and kept together with what it was decided on. Daily, by hand, or owed to one mentee."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from mentoring.errors import ChangedMeanwhile, DoubleBooking
from mentoring.openings import Opening, Pair
from mentoring.proposals import Party, Proposal, Reason, reserve
from store import challenges, note_changes, organisations, people, policies, proposals, rounds
from store.memory import Memory
from suggestions.rules import value_for
from suggestions.themes import topic_line
from workflows import cadence
from workflows.bootstrap import Parts
from workflows.keeping_looks import keep_look
from workflows.keeping_on import each_by_itself
from workflows.planning import Drafted, Plan, plan
from workflows.queue import JOB_TIMEOUT_SECONDS
from workflows.recording import (
    MENTEE_FULL,
    MENTOR_FULL,
    MISSES,
    NO_OPENING,
    TIME_TAKEN,
    Kept,
    nobody_left,
    overtaken,
    put_off,
    record,
)

__all__ = ["MISSES", "NO_OPENING", "Plan", "Report", "daily_rounds", "next_best", "plan", "run_owed", "run_round"]


LEASE_SECONDS = JOB_TIMEOUT_SECONDS + 30
"""How long a round is one worker's: longer than its job may take, so that no second one begins while it runs."""

MOST_TIME_REASONS = 2
MOST_SORTED = 200
"""Of people who wrote something while a round was made, for the sweep does the rest."""

ROOM = {Party.MENTEE: MENTEE_FULL, Party.MENTOR: MENTOR_FULL}
"""The rule that says how many open suggestions somebody may have."""


@dataclass(frozen=True)
class Report:
    """What came of a round. round_id: 0 for one that was only tried."""

    round_id: int
    plan: Plan
    proposals: tuple[Proposal, ...]


def run_round(parts: Parts, organisation_id: int) -> Report:
    """One round now, by hand. It stands for the day's round where that has not been run: one a day is enough.

    Where somebody is at the day's round just now it is that one, for whoever ends it first: of two at once, the later
    would find every time taken by the other, and tell people so.
    """
    now = parts.clock()
    with parts.database.writing(organisation_id) as memory:
        today = now.astimezone(ZoneInfo(organisations.get(memory).zone)).date()
        round_id = rounds.claim(memory, today, now) or rounds.under_way(memory, today)
        round_id = round_id or rounds.start(memory, policies.current(memory).version, now)
        rounds.take(memory, round_id, now, LEASE_SECONDS)
    decided = plan(parts, organisation_id)
    try:
        return _kept(parts, organisation_id, round_id, decided)
    except ChangedMeanwhile:
        with parts.database.reading(organisation_id) as memory:
            made = tuple(each for each in proposals.since(memory, now) if each.round_id == round_id)
        return Report(round_id, decided, made)


def daily_rounds(parts: Parts) -> int:
    """Each organisation's daily round, once its hour has come. Returns how many were due.

    One whose calendars have not been read since an outage waits for them a while. What goes wrong in one organisation
    does not keep the others waiting. A round that is owed the sweep finds.
    """
    with parts.database.reading_all() as memory:
        everywhere = organisations.all(memory)
    run: list[int] = []
    each_by_itself(everywhere, lambda organisation: run.append(_daily(parts, organisation)))
    return sum(run)


def _daily(parts: Parts, organisation: organisations.Organisation) -> int:
    now = parts.clock()
    with parts.database.writing(organisation.id) as memory:
        day = cadence.due_day(policies.current(memory), organisation.zone, now)
        round_id = rounds.claim(memory, day, now) if day else None
    if round_id is None:
        return 0
    run_owed(parts, organisation.id, round_id)
    return 1


def run_owed(parts: Parts, organisation_id: int, round_id: int) -> int:
    """Runs a round that was claimed, unless it has been run or is being run. Returns how many proposals it made."""
    now = parts.clock()
    with parts.database.writing(organisation_id) as memory:
        if cadence.waits_for_readings(memory, rounds.get(memory, round_id), now):
            return 0
        if not rounds.take(memory, round_id, now, LEASE_SECONDS):
            return 0
        if cadence.overtaken(memory, rounds.get(memory, round_id), now):
            rounds.finish(memory, round_id, overtaken(now), now)
            return 0
        try:
            mentee_id = _mentee_of(memory, round_id)
        except KeyError:
            rounds.finish(memory, round_id, nobody_left(now), now)
            return 0
        if mentee_id is not None and _had_enough(memory, round_id, mentee_id):
            rounds.finish(memory, round_id, put_off(mentee_id, now), now)
            return 0
    try:
        return len(_kept(parts, organisation_id, round_id, plan(parts, organisation_id, mentee_id)).proposals)
    except ChangedMeanwhile:
        return 0


def _mentee_of(memory: Memory, round_id: int) -> int | None:
    after = rounds.get(memory, round_id).after
    return None if after is None else proposals.get(memory, after).pair.mentee_id


def _had_enough(memory: Memory, round_id: int, mentee_id: int) -> bool:
    """Whether the mentee was looked for as often that day as the policy wants: the next is the daily round's."""
    day = rounds.get(memory, round_id).local_date
    return day is not None and rounds.next_best_on(memory, mentee_id, day) >= policies.current(memory).next_best_per_day


def next_best(parts: Parts, organisation_id: int, proposal_id: int) -> int:
    """The next best for the mentee of a proposal that came to nothing through no wish of theirs."""
    with parts.database.reading(organisation_id) as memory:
        owed = [each for each in rounds.owed(memory, parts.clock()) if each.after == proposal_id]
    return sum(run_owed(parts, organisation_id, each.id) for each in owed)


def _kept(parts: Parts, organisation_id: int, round_id: int, decided: Plan) -> Report:
    """All in one transaction: a round is kept whole or not at all. Raises ChangedMeanwhile if it was kept before."""
    now, model = parts.clock(), parts.embedder().name
    with parts.database.writing(organisation_id) as memory:
        people.hold(memory, {each for drafted in decided.drafted for each in _both(drafted.considered.pair)})
        challenges.save_vectors(memory, model, decided.judged.new_vectors)
        judged = decided.judged
        ids = keep_look(memory, decided.seen, judged.themes, judged.languages, judged.needs, model)
        drafts = [_proposal(parts, decided, drafted, ids, round_id, now) for drafted in decided.drafted]
        kept = _added(memory, drafts, ids)
        rounds.finish(memory, round_id, record(decided, kept), now)
    with parts.database.reading(organisation_id) as memory:
        stirred = note_changes.waiting(memory, MOST_SORTED)
    for person_id in stirred:
        parts.nudge("sort_notes", organisation_id, person_id)
    for each in kept.made:
        parts.nudge("ask", organisation_id, each.id)
    return Report(round_id, decided, kept.made)


def _added(memory: Memory, drafts: Sequence[Proposal], ids: Mapping[int, int]) -> Kept:
    """Those that still fit: another round may have given the same people something else since this one looked."""
    room = _room(memory, drafts)
    open_now = Counter(each for one in proposals.open_proposals(memory) for each in _seats(one.pair))
    made: list[Proposal] = []
    left_out: dict[Pair, str] = {}
    for draft in drafts:
        refused = _no_room(draft.pair, open_now, room)
        try:
            if not refused:
                made.append(proposals.add(memory, draft))
                open_now.update(_seats(draft.pair))
        except DoubleBooking:
            refused = TIME_TAKEN
        if refused:
            left_out[draft.pair] = refused
    return Kept(tuple(made), ids, left_out)


def _room(memory: Memory, drafts: Sequence[Proposal]) -> dict[tuple[Party, int], float]:
    """How many open suggestions each of those people may have in the role."""
    policy = policies.current(memory)
    by_id = people.those(memory, {each for draft in drafts for each in _both(draft.pair)})
    return {
        (party, person_id): value_for(ROOM[party], policy, by_id.get(person_id)) or 0
        for draft in drafts
        for party, person_id in _seats(draft.pair)
    }


def _no_room(pair: Pair, open_now: Mapping[tuple[Party, int], int], room: Mapping[tuple[Party, int], float]) -> str:
    mentee, mentor = _seats(pair)
    if open_now.get(mentee, 0) >= room[mentee]:
        return MENTEE_FULL
    return MENTOR_FULL if open_now.get(mentor, 0) >= room[mentor] else ""


def _seats(pair: Pair) -> tuple[tuple[Party, int], tuple[Party, int]]:
    return (Party.MENTEE, pair.mentee_id), (Party.MENTOR, pair.mentor_id)


def _both(pair: Pair) -> tuple[int, int]:
    return pair.mentee_id, pair.mentor_id


def _proposal(
    parts: Parts, decided: Plan, drafted: Drafted, ids: Mapping[int, int], round_id: int, now: datetime
) -> Proposal:
    considered, opening = drafted.considered, drafted.opening
    theme = next(each for each in decided.judged.themes.themes if each.id == considered.need.theme_id)
    host = urlsplit(parts.settings.base_url).hostname or "localhost"
    return reserve(
        Proposal(
            id=0,
            organisation_id=0,
            uid=f"{uuid.uuid4()}@{host}",
            pair=considered.pair,
            theme_id=ids[theme.id],
            topic=topic_line(considered.need.label),
            interval=opening.interval,
            reasons=(*considered.reasons, *_why_then(opening)),
            created_at=now,
            round_id=round_id,
        )
    )


def _why_then(opening: Opening) -> tuple[Reason, ...]:
    best = sorted((each for each in opening.reasons if each.points > 0), key=lambda each: -each.points)
    return tuple(Reason("time", each.name, each.words, each.points) for each in best[:MOST_TIME_REASONS])
