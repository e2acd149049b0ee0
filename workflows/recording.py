"""What a round keeps of its decision, as plain JSON, and what it tells those who got no proposal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mentoring.openings import Pair
from mentoring.proposals import Proposal
from suggestions.candidates import Considered
from workflows import gaps, kept_rounds
from workflows.guessing import how_good
from workflows.judging import taking_part
from workflows.planning import Plan

NO_OPENING, NOT_CHOSEN, TRIED = "no_opening", "chosen_elsewhere", "tried_lately"
TIME_TAKEN, ENOUGH_TODAY, SETTLED = "time_taken", "next_best_per_day", "settled"
MENTEE_FULL, MENTOR_FULL = "mentee_has_room", "mentor_has_room"
MOST_MISSES = 3

MISSES = {
    NO_OPENING: "No time in the next {days} days suits both you and the people who could help.",
    NOT_CHOSEN: "The people who could help were needed more elsewhere this time.",
    TRIED: "The people who could help were asked for you already a short while ago.",
    TIME_TAKEN: "The time that was found for you was taken just then; the next round looks for another.",
    ENOUGH_TODAY: "You have been offered enough for one day; the next daily round looks again.",
    SETTLED: "What kept coming back is no longer hard for you, as you said.",
    "minimum_suitability": "Nobody who offers help knows enough about what keeps coming back to you yet.",
    "mentor_time_known": "The calendar of somebody who could help cannot be read at the moment.",
    MENTOR_FULL: "The people who could help have enough requests already.",
    MENTEE_FULL: "You have an open suggestion already.",
    "monthly_caps_left": "You, or those who could help, have had as many meetings this month as wanted.",
    "weekly_messages_left": "You, or those who could help, have had enough messages this week.",
    "mentee_time_known": "Your own calendar cannot be read at the moment.",
    "not_just_refused": "You, or somebody who could help, said “not now” a short while ago.",
    "topic_as_answered": "You said of why this topic was chosen that it is wrong, not now, or never.",
    "person_as_answered": "You said of what somebody knows that it is wrong, not now, or never.",
    "common_language": "You share no language with the people who could help.",
    "shared_way": "You and the people who could help like to meet in different ways.",
    "not_yet": "What keeps coming back to you is not expected again for a good while; a suggestion comes before that.",
    "topic_cooldown": "You had a meeting on this a short while ago.",
    "pair_cooldown": "You met the people who could help a short while ago.",
    "declined_cooldown": "A suggestion with the people who could help was declined a short while ago.",
    "ignored_cooldown": "A suggestion with the people who could help was left unanswered a short while ago.",
    "left_in_peace": "You, or somebody who could help, left a suggestion unanswered, so the next one waits.",
    "withdrawn_cooldown": "Suggestions with the people who could help had to be taken back a short while ago.",
    "": "The people who could help cannot be suggested to you.",
}
"""What a person is told of each rule that stood in their way; nothing of it names anybody."""


@dataclass(frozen=True)
class Kept:
    """What became of a plan when it was kept. ids: theme in the plan → theme in the store.

    left_out: what was drafted and no longer fitted, and why.
    """

    made: tuple[Proposal, ...]
    ids: Mapping[int, int]
    left_out: Mapping[Pair, str]


Record = dict[str, Any]
Row = tuple[int, int, int]
"""(mentee, mentor, theme in the plan)."""


def record(decided: Plan, kept: Kept) -> Record:
    """What the round decided on: candidates with what was measured of them, probabilities of having been chosen, what
    stood in the way. Themes by id, never by words."""
    judged = decided.judged
    probabilities = {
        (each.mentee_id, each.mentor_id, each.theme_id): probability
        for each, probability in zip(decided.candidates, decided.probabilities, strict=True)
    }
    return {
        **_head(decided.seen.now, decided.mentee_id),
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
        "acceptance": {} if decided.mentee_id is not None else how_good(decided.seen),
        "explored": {"mentee_ids": sorted(decided.explored)},
        **kept_rounds.keep(decided, kept.ids, kept.left_out, probabilities),
        "gaps": gaps.found_by(judged.considered, kept.ids),
        "in_the_way": _in_the_way(decided),
        "absences": _absences(decided, kept),
    }


def put_off(mentee_id: int, now: datetime) -> Record:
    """The record of a round for one mentee who has been offered enough for a day: it waits for the daily round."""
    told = [{"rule": ENOUGH_TODAY, "words": MISSES[ENOUGH_TODAY]}]
    return {**_head(now, mentee_id), "in_the_way": {ENOUGH_TODAY: 1}, "absences": {str(mentee_id): told}}


def nobody_left(now: datetime) -> Record:
    """The record of a round for one mentee who has been forgotten since."""
    return _head(now, None) | {"for": {}}


def overtaken(now: datetime) -> Record:
    """The record of a round that nobody came to before the next one was due, which stands for it."""
    return _head(now, None) | {"overtaken": True}


def _head(now: datetime, mentee_id: int | None) -> Record:
    """for: whom the round was for, None for everybody; named so that store.forgetting finds them."""
    return {"as_of": now.isoformat(), "for": None if mentee_id is None else {"mentee_id": mentee_id}}


def _in_the_way(decided: Plan) -> dict[str, int]:
    considered = decided.judged.considered
    counted = Counter(rule for each in considered for rule in each.stood_in_the_way)
    counted[NO_OPENING] = len({_row(each) for each in decided.without_opening})
    counted[TRIED] = sum(each.possible and each.mentor_id in decided.tried for each in considered)
    counted[SETTLED] = len(decided.judged.settled)
    return {rule: number for rule, number in counted.items() if number or rule not in (TRIED, SETTLED)}


def _absences(decided: Plan, kept: Kept) -> dict[str, list[dict[str, str]]]:
    """For everybody the round was for who has a need, or said that they have it no longer, and got no proposal: what
    stood in the way, the nearest miss first."""
    proposed = {each.pair.mentee_id for each in kept.made}
    by_mentee: dict[int, list[Considered]] = {}
    for each in decided.judged.considered:
        if each.need.person_id not in proposed:
            by_mentee.setdefault(each.need.person_id, []).append(each)
    without = {_row(each) for each in decided.without_opening}
    found = {mentee_id: _misses(looked_at, decided, kept, without) for mentee_id, looked_at in by_mentee.items()}
    at_rest = {need.person_id: [{"rule": SETTLED, "words": MISSES[SETTLED]}] for need in decided.judged.settled}
    return {str(mentee_id): told for mentee_id, told in (at_rest | found).items() if mentee_id not in proposed}


def _misses(
    looked_at: Collection[Considered], decided: Plan, kept: Kept, without: Collection[Row]
) -> list[dict[str, str]]:
    nearest = sorted(looked_at, key=lambda each: (len(each.stood_in_the_way), -each.suitability))
    misses: dict[str, str] = {}
    for each in nearest:
        for rule in each.stood_in_the_way or (_why_not(each, decided, kept, without),):
            misses.setdefault(rule, MISSES.get(rule, MISSES[""]).format(days=decided.seen.policy.horizon_days))
    return [{"rule": rule, "words": words} for rule, words in list(misses.items())[:MOST_MISSES]]


def _why_not(possible: Considered, decided: Plan, kept: Kept, without: Collection[Row]) -> str:
    """Why somebody whom no rule ruled out was not proposed."""
    if possible.mentor_id in decided.tried:
        return TRIED
    if _row(possible) in without:
        return NO_OPENING
    return kept.left_out.get(possible.pair, NOT_CHOSEN)


def _row(each: Considered) -> Row:
    return each.need.person_id, each.mentor_id, each.need.theme_id
