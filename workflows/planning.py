"""What a round decides: who is to meet whom, and when, for everybody at once. Nothing is changed here."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

from mentoring.openings import Opening
from mentoring.policy import scopes_of
from mentoring.proposals import Party, State
from scheduler.assignment import Assignment, Candidate
from scheduler.openings import Timetable
from suggestions.candidates import Considered
from suggestions.objections import Objected, not_counted
from suggestions.rules import Terms
from workflows.bootstrap import Parts
from workflows.deciding import Chances, best_mentors, decide_on, seats_left, seed_at
from workflows.judging import Judged, Seen, judge, look
from workflows.knowing import frame_of

MOST_OPENINGS = 12
"""How many times, the best first, are kept of a pair."""

IN_VAIN = frozenset({State.DECLINED, State.EXPIRED})


@dataclass(frozen=True)
class Drafted:
    """One proposal to be, with what it was chosen from."""

    considered: Considered
    opening: Opening


@dataclass(frozen=True)
class Plan:
    """What a round decided. mentee_id: whom it was for, None for everybody. tried: mentors who were not thought of.

    candidates: those with an opening, in the order of the assignment's numbers. probabilities: of each of them to have
    been chosen. explored: mentees whose mentor was drawn (scheduler.exploring).
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
    probabilities: tuple[float, ...] = ()
    explored: frozenset[int] = frozenset()


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
    best = best_mentors(possible)
    timetable = _timetable(seen, best)
    decided = decide_on(
        best,
        _openings_of(seen, timetable),
        timetable.people,
        _seats(seen, best),
        Chances(seen.policy.exploration_share, seed_at(seen.now)),
    )
    return Plan(
        seen=seen,
        judged=judged,
        candidates=decided.candidates,
        without_opening=decided.without_opening,
        drafted=tuple(Drafted(each, opening) for each, opening in decided.chosen),
        assignment=decided.assignment,
        probabilities=decided.probabilities,
        explored=decided.explored,
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


def _timetable(seen: Seen, best: Collection[Considered]) -> Timetable:
    """Times lie beyond both people's notice by the policy's lead, so that both have time to answer."""
    by_id = {person.id: person for person in seen.people}
    ids = {each for one in best for each in (one.mentee_id, one.mentor_id)}
    known = [each for each in (seen.time.participant(by_id[one]) for one in sorted(ids)) if each is not None]
    return Timetable(
        known,
        frame_of(seen.now, seen.policy, seen.policy.session_minutes),
        seen.now + timedelta(hours=seen.policy.lead_hours),
    )


def _openings_of(seen: Seen, timetable: Timetable) -> Callable[[Considered], tuple[Opening, ...]]:
    """Without what the mentee said is of no matter to them about a time."""
    answered: dict[int, list[Objected]] = {}
    for one in seen.objected:
        answered.setdefault(one.mentee_id, []).append(one)

    def openings(each: Considered) -> tuple[Opening, ...]:
        of_no_matter = not_counted(answered.get(each.mentee_id, ()), each.mentor_id, seen.now)
        before = each.need.next_at
        return timetable.openings(each.mentee_id, each.mentor_id, MOST_OPENINGS, of_no_matter, before)

    return openings


def _seats(seen: Seen, best: Collection[Considered]) -> dict[int, int]:
    terms = Terms(seen.policy)
    scopes = {person.id: scopes_of(person) for person in seen.people}
    return {each.mentor_id: seats_left(terms, scopes[each.mentor_id], each.facts) for each in best}
