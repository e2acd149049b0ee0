"""What a round decides: who is to meet whom, and when, for everybody at once. Nothing is changed here."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

from mentoring.openings import Opening
from mentoring.people import Person
from mentoring.proposals import Party, State
from scheduler.assignment import Assignment, Candidate, assign
from scheduler.openings import Timetable
from suggestions.candidates import Considered
from suggestions.limits import mentor_has_room
from suggestions.objections import Objected, not_counted
from suggestions.rules import value_for
from workflows.bootstrap import Parts
from workflows.judging import Judged, Seen, judge, look
from workflows.knowing import frame_of

MOST_MENTORS = 10
"""How many mentors, the best first, get their openings looked at for one mentee."""

MOST_OPENINGS = 12
POINTS_OF_TIME = 0.05
"""What a point of an opening is worth beside the points of the rules, which decide who; this decides when."""

IN_VAIN = frozenset({State.DECLINED, State.EXPIRED})


@dataclass(frozen=True)
class Drafted:
    """One proposal to be, with what it was chosen from."""

    considered: Considered
    opening: Opening


@dataclass(frozen=True)
class Plan:
    """What a round decided. mentee_id: whom it was for, None for everybody. tried: mentors who were not thought of.

    candidates: those with an opening, in the order of the assignment's numbers.
    """

    seen: Seen
    judged: Judged
    candidates: tuple[Candidate, ...]
    without_opening: tuple[Considered, ...]
    drafted: tuple[Drafted, ...]
    assignment: Assignment
    seconds: float = 0.0
    mentee_id: int | None = None
    tried: frozenset[int] = frozenset()


def plan(parts: Parts, organisation_id: int, mentee_id: int | None = None) -> Plan:
    """Decides. mentee_id: only for that mentee, without the mentors who were tried for them in vain of late."""
    return decide(parts, look(parts, organisation_id), mentee_id)


def decide(parts: Parts, seen: Seen, mentee_id: int | None = None) -> Plan:
    """The same on what was seen already."""
    began = time.perf_counter()
    chosen = choose(seen, judge(parts, seen, mentee_id), mentee_id)
    return replace(chosen, seconds=time.perf_counter() - began)


def choose(seen: Seen, judged: Judged, mentee_id: int | None = None) -> Plan:
    """The same on what was judged already: times, and who is to meet whom. Asks nothing of anybody."""
    tried = frozenset[int]() if mentee_id is None else frozenset(tried_in_vain(seen, mentee_id))
    possible = [each for each in judged.considered if each.possible and each.mentor_id not in tried]
    candidates, kept, without_opening = _with_openings(seen, _best_mentors(possible))
    assignment = _assign(seen, candidates)
    drafted = tuple(
        Drafted(kept[each.candidate], candidates[each.candidate].openings[each.opening]) for each in assignment.chosen
    )
    return Plan(
        seen=seen,
        judged=judged,
        candidates=tuple(candidates),
        without_opening=tuple(without_opening),
        drafted=drafted,
        assignment=assignment,
        mentee_id=mentee_id,
        tried=tried,
    )


def tried_in_vain(seen: Seen, mentee_id: int) -> Iterator[int]:
    """Mentors of the mentee's own proposals of late: one that a no or silence ended, or several that were taken
    back."""
    since = seen.now - timedelta(days=seen.policy.tried_days)
    withdrawn: Counter[int] = Counter()
    for each in seen.history:
        at = each.mentee_asked_at or each.created_at
        if each.pair.mentee_id != mentee_id or at is None or at < since:
            continue
        withdrawn[each.pair.mentor_id] += each.state is State.WITHDRAWN
        if each.state in IN_VAIN and each.asked(Party.MENTEE):
            yield each.pair.mentor_id
    yield from (mentor for mentor, times in withdrawn.items() if times >= seen.policy.tried_withdrawals)


def _best_mentors(possible: Collection[Considered]) -> list[Considered]:
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
    answered: dict[int, list[Objected]] = {}
    for one in seen.objected:
        answered.setdefault(one.mentee_id, []).append(one)
    candidates, kept, without = [], [], []
    for each in possible:
        of_no_matter = not_counted(answered.get(each.need.person_id, ()), each.mentor_id, seen.now)
        openings = timetable.openings(each.need.person_id, each.mentor_id, MOST_OPENINGS, of_no_matter)
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
    seats = {one.mentor_id: _seats(by_id[one.mentor_id], seen, open_now[one.mentor_id]) for one in candidates}
    return assign(candidates, known, seats, points_of_time=POINTS_OF_TIME)


def _seats(mentor: Person, seen: Seen, taken: int) -> int:
    return max(0, int(value_for(mentor_has_room.__name__, seen.policy, mentor) or 0) - taken)
