"""A round: look, judge, choose for everybody at once, and keep both the proposals and what they were decided on."""

from __future__ import annotations

import time
import uuid
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from mentoring.errors import ChangedMeanwhile, DoubleBooking
from mentoring.openings import Opening
from mentoring.proposals import Proposal, Reason, State, reserve
from scheduler.assignment import Assignment, Candidate, assign
from scheduler.openings import Timetable
from store import challenges, organisations, policies, proposals, rounds, themes
from store.memory import Memory
from suggestions.candidates import Considered
from suggestions.themes import topic_line
from workflows.bootstrap import Parts
from workflows.judging import Judged, Seen, judge, look, taking_part
from workflows.knowing import frame_of

MOST_MENTORS = 10
"""How many mentors, the best first, get their openings looked at for one mentee."""

MOST_OPENINGS = 12
MOST_TIME_REASONS = 2
POINTS_OF_TIME = 0.05
"""What a point of an opening is worth beside the points of the rules, which decide who; this decides when."""

NO_OPENING, NOT_CHOSEN = "no_opening", "chosen_elsewhere"


@dataclass(frozen=True)
class Drafted:
    """One proposal to be, with what it was chosen from."""

    considered: Considered
    opening: Opening


@dataclass(frozen=True)
class Plan:
    """What a round decided. candidates: those with an opening, in the order of the assignment's numbers."""

    seen: Seen
    judged: Judged
    candidates: tuple[Candidate, ...]
    without_opening: tuple[Considered, ...]
    drafted: tuple[Drafted, ...]
    assignment: Assignment
    seconds: float


@dataclass(frozen=True)
class Report:
    """What came of a round. round_id: 0 for one that was only tried."""

    round_id: int
    plan: Plan
    proposals: tuple[Proposal, ...]


def plan(parts: Parts, organisation_id: int, mentee_id: int | None = None, without: Collection[int] = ()) -> Plan:
    """Decides, and changes nothing. mentee_id: only for that mentee; without: mentors not to be thought of."""
    began = time.perf_counter()
    seen = look(parts, organisation_id)
    judged = judge(parts, seen)
    possible = [
        each
        for each in judged.considered
        if each.possible and mentee_id in (None, each.need.person_id) and each.mentor_id not in without
    ]
    candidates, kept, without_opening = _with_openings(seen, _best_mentors(possible))
    assignment = _assign(seen, candidates)
    drafted = tuple(
        Drafted(kept[each.candidate], candidates[each.candidate].openings[each.opening]) for each in assignment.chosen
    )
    seconds = time.perf_counter() - began
    return Plan(seen, judged, tuple(candidates), tuple(without_opening), drafted, assignment, seconds)


def _best_mentors(possible: list[Considered]) -> list[Considered]:
    by_mentee: dict[int, list[Considered]] = {}
    for each in sorted(possible, key=lambda one: (-one.score, one.need.theme_id, one.mentor_id)):
        by_mentee.setdefault(each.need.person_id, []).append(each)
    return [each for mentee in sorted(by_mentee) for each in by_mentee[mentee][:MOST_MENTORS]]


def _with_openings(
    seen: Seen, possible: list[Considered]
) -> tuple[list[Candidate], list[Considered], list[Considered]]:
    """Times lie beyond both people's notice by the policy's lead, so that both have time to answer."""
    by_id = {person.id: person for person in seen.people}
    ids = {each for one in possible for each in (one.need.person_id, one.mentor_id)}
    known = [each for each in (seen.time.participant(by_id[one]) for one in sorted(ids)) if each is not None]
    timetable = Timetable(
        known,
        frame_of(seen.now, seen.policy, seen.policy.session_minutes),
        seen.now + timedelta(hours=seen.policy.lead_hours),
    )
    candidates, kept, without = [], [], []
    for each in possible:
        openings = timetable.openings(each.need.person_id, each.mentor_id, MOST_OPENINGS)
        if openings:
            candidates.append(Candidate(each.need.person_id, each.mentor_id, each.need.theme_id, each.score, openings))
            kept.append(each)
        else:
            without.append(each)
    return candidates, kept, without


def _assign(seen: Seen, candidates: list[Candidate]) -> Assignment:
    ids = {each for one in candidates for each in (one.mentee_id, one.mentor_id)}
    by_id = {person.id: person for person in seen.people}
    participants = {one: seen.time.participant(by_id[one]) for one in ids}
    known = {one: each for one, each in participants.items() if each is not None}
    open_now = Counter(each.pair.mentor_id for each in seen.history if each.blocking)
    seats = {one.mentor_id: max(0, seen.policy.mentor_open_asks - open_now[one.mentor_id]) for one in candidates}
    return assign(candidates, known, seats, points_of_time=POINTS_OF_TIME)


def run_round(parts: Parts, organisation_id: int) -> Report:
    """One round now, by hand. It stands for the day's round where that has not been run: one a day is enough.

    Where somebody is at the day's round just now it is that one, for whoever ends it first: of two at once, the later
    would find every time taken by the other, and tell people so.
    """
    now = parts.clock()
    with parts.database.writing(organisation_id) as memory:
        today = now.astimezone(ZoneInfo(organisations.get(memory).zone)).date()
        round_id = rounds.claim(memory, today, now) or _under_way(memory, today)
        round_id = round_id or rounds.start(memory, policies.current(memory).version, now)
    decided = plan(parts, organisation_id)
    try:
        return _kept(parts, organisation_id, round_id, decided)
    except ChangedMeanwhile:
        with parts.database.reading(organisation_id) as memory:
            made = tuple(each for each in proposals.since(memory, now) if each.round_id == round_id)
        return Report(round_id, decided, made)


def _under_way(memory: Memory, today: date) -> int | None:
    return next((each.id for each in rounds.owed(memory) if each.after is None and each.local_date == today), None)


def daily_rounds(parts: Parts) -> int:
    """Each organisation's daily round, once its hour has come. Returns how many were run."""
    now = parts.clock()
    with parts.database.reading_all() as memory:
        everywhere = organisations.all(memory)
    run = 0
    for organisation in everywhere:
        local = now.astimezone(ZoneInfo(organisation.zone))
        with parts.database.writing(organisation.id) as memory:
            due = local.hour >= policies.current(memory).round_hour
            round_id = rounds.claim(memory, local.date(), now) if due else None
        if round_id is not None:
            run_owed(parts, organisation.id, round_id)
            run += 1
    return run


def run_owed(parts: Parts, organisation_id: int, round_id: int) -> int:
    """Runs a round that was claimed, unless it has been run. Returns how many proposals it made."""
    with parts.database.reading(organisation_id) as memory:
        owed = rounds.get(memory, round_id)
        after = proposals.get(memory, owed.after) if owed.after is not None else None
    if owed.finished_at is not None:
        return 0
    if after is None:
        decided = plan(parts, organisation_id)
    else:
        refused = after.state in (State.DECLINED, State.EXPIRED)
        without = {after.pair.mentor_id} if refused else set()
        decided = plan(parts, organisation_id, after.pair.mentee_id, without)
    try:
        return len(_kept(parts, organisation_id, round_id, decided).proposals)
    except ChangedMeanwhile:
        return 0


def next_best(parts: Parts, organisation_id: int, proposal_id: int) -> int:
    """The next best for the mentee of a proposal that came to nothing through no wish of theirs."""
    with parts.database.reading(organisation_id) as memory:
        owed = [each for each in rounds.owed(memory) if each.after == proposal_id]
    return sum(run_owed(parts, organisation_id, each.id) for each in owed)


def _kept(parts: Parts, organisation_id: int, round_id: int, decided: Plan) -> Report:
    """All in one transaction: a round is kept whole or not at all. Raises ChangedMeanwhile if it was kept before."""
    now = parts.clock()
    with parts.database.writing(organisation_id) as memory:
        challenges.save_vectors(memory, parts.embedder().name, decided.judged.new_vectors)
        ids = themes.replace(memory, decided.judged.themes.themes, decided.judged.needs, now)
        made = []
        for drafted in decided.drafted:
            try:
                made.append(proposals.add(memory, _proposal(parts, decided, drafted, ids, round_id, now)))
            except DoubleBooking:
                continue
        rounds.finish(memory, round_id, record(decided, made, ids), now)
    for each in made:
        parts.nudge("ask", organisation_id, each.id)
    return Report(round_id, decided, tuple(made))


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
            topic=topic_line(theme),
            interval=opening.interval,
            reasons=(*considered.reasons, *_why_then(opening)),
            created_at=now,
            round_id=round_id,
        )
    )


def _why_then(opening: Opening) -> tuple[Reason, ...]:
    best = sorted((each for each in opening.reasons if each.points > 0), key=lambda each: -each.points)
    return tuple(Reason("time", each.name, each.words, each.points) for each in best[:MOST_TIME_REASONS])


def record(decided: Plan, made: Collection[Proposal], ids: Mapping[int, int]) -> dict[str, Any]:
    """What the round decided on, as plain JSON: candidates, scores, probabilities of having been chosen, what stood in
    the way. Themes by id, never by words."""
    chosen = {(each.pair.mentee_id, each.pair.mentor_id): each for each in made}
    openings = {(each.mentee_id, each.mentor_id, each.theme_id): each.openings for each in decided.candidates}
    without = {(each.need.person_id, each.mentor_id, each.need.theme_id) for each in decided.without_opening}
    judged = decided.judged
    in_the_way = Counter(rule for each in judged.considered for rule in each.stood_in_the_way)
    in_the_way[NO_OPENING] = len(without)
    return {
        "as_of": decided.seen.now.isoformat(),
        "seconds": round(decided.seconds, 3),
        "notice": judged.notice,
        "counted": {
            "taking_part": taking_part(decided.seen),
            "needs": len(judged.needs),
            "pairs": len(judged.considered),
        },
        "total": decided.assignment.total,
        "bound": decided.assignment.bound,
        "gap": decided.assignment.gap,
        "needs": [
            {"person_id": each.person_id, "theme_id": ids[each.theme_id], "days": each.days, "p": each.probability}
            for each in judged.needs
        ],
        "candidates": [
            {
                "mentee_id": each.need.person_id,
                "mentor_id": each.mentor_id,
                "theme_id": ids[each.need.theme_id],
                "suitability": round(each.suitability, 4),
                "score": round(each.score, 4),
                "points": {verdict.rule: round(verdict.points, 4) for verdict in each.verdicts if not verdict.veto},
                "in_the_way": list(each.stood_in_the_way),
                "openings": [
                    [opening.interval.start.isoformat(), opening.score]
                    for opening in openings.get((each.need.person_id, each.mentor_id, each.need.theme_id), ())
                ],
                "chosen_with_probability": float((each.need.person_id, each.mentor_id) in chosen),
            }
            for each in judged.considered
            if each.suitability >= decided.seen.policy.minimum_suitability
        ],
        "in_the_way": dict(in_the_way),
        "absences": _absences(decided, {mentee for mentee, _ in chosen}, without),
    }


def _absences(
    decided: Plan, proposed: Collection[int], without: Collection[tuple[int, int, int]]
) -> dict[str, list[dict[str, str]]]:
    """For everybody with a need and no proposal: what stood in the way, the nearest miss first."""
    told: dict[str, list[dict[str, str]]] = {}
    by_mentee: dict[int, list[Considered]] = {}
    for each in decided.judged.considered:
        by_mentee.setdefault(each.need.person_id, []).append(each)
    for mentee_id, looked_at in by_mentee.items():
        if mentee_id not in proposed:
            told[str(mentee_id)] = _misses(looked_at, without, decided.seen.policy.horizon_days)
    return told


def _misses(
    looked_at: list[Considered], without: Collection[tuple[int, int, int]], horizon_days: int
) -> list[dict[str, str]]:
    nearest = sorted(looked_at, key=lambda each: (len(each.stood_in_the_way), -each.suitability))
    misses: dict[str, str] = {}
    for each in nearest:
        if each.possible:
            no_time = (each.need.person_id, each.mentor_id, each.need.theme_id) in without
            rule = NO_OPENING if no_time else NOT_CHOSEN
            misses.setdefault(rule, MISSES[rule].format(days=horizon_days))
        for rule in each.stood_in_the_way:
            misses.setdefault(rule, MISSES.get(rule, MISSES[""]))
    return [{"rule": rule, "words": words} for rule, words in list(misses.items())[:3]]


MISSES = {
    NO_OPENING: "No time in the next {days} days suits both you and the people who could help.",
    NOT_CHOSEN: "The people who could help were needed more elsewhere this time.",
    "minimum_suitability": "Nobody who offers help knows enough about what keeps coming back to you yet.",
    "mentor_time_known": "The calendar of somebody who could help cannot be read at the moment.",
    "mentor_has_room": "The people who could help have enough requests already.",
    "mentee_has_room": "You have an open suggestion already.",
    "monthly_caps_left": "You, or those who could help, have had as many meetings this month as wanted.",
    "mentee_time_known": "Your own calendar cannot be read at the moment.",
    "not_just_refused": "You, or somebody who could help, said “not now” a short while ago.",
    "topic_cooldown": "You had a meeting on this a short while ago.",
    "pair_cooldown": "You met the people who could help a short while ago.",
    "declined_cooldown": "A suggestion with the people who could help was declined a short while ago.",
    "": "The people who could help cannot be suggested to you.",
}
"""What a person is told of each rule that stood in their way; nothing of it names anybody."""
