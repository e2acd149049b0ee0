"""What a round decided on, to and from plain JSON: enough to decide it again, under its own policy or another.

Of each need the nearest in suitability are kept (suggestions.candidates.MOST_KEPT), down to a margin below the minimum
(suggestions.candidates.MARGIN), and all whose times were looked at. Times are minutes from the round's own minute. No
words that anybody wrote, and people only where store.forgetting finds them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from mentoring.errors import Refused
from mentoring.hours import DayHours, WeeklyHours
from mentoring.intervals import Interval, Intervals
from mentoring.openings import Opening, Pair
from mentoring.people import Limits
from mentoring.policy import Policy, Scope, ScopeKind
from scheduler.participants import Participant
from store import policies
from suggestions.candidates import MOST_KEPT, Considered
from suggestions.judged_again import Measured
from workflows import kept_tables
from workflows.deciding import seed_at
from workflows.kept_tables import Row
from workflows.planning import Plan

ALL_DAY = DayHours(0, 1440)


class NotReplayable(Refused):
    """The record does not hold all that the round decided on."""


@dataclass(frozen=True)
class Meant:
    """A proposal that the round decided to make. left_out: why it was not made after all, "" where it was."""

    pair: Pair
    theme_id: int
    start: datetime
    left_out: str = ""


@dataclass(frozen=True)
class KeptRound:
    """A round as its record tells of it.

    mentee_id: whom it was for, None for everybody. measured: whom it considered, with scores and probabilities of
    having been chosen in the same order. openings: of each topic of a pair whose times were looked at, maybe none; the
    times of other pairs are unknown. people: limits and what was booked; what was busy is in the openings. tried:
    mentors who were not thought of.
    """

    policy: Policy
    now: datetime
    seed: int
    mentee_id: int | None
    measured: tuple[Measured, ...] = field(repr=False)
    scores: tuple[float, ...] = field(repr=False)
    probabilities: tuple[float, ...] = field(repr=False)
    openings: Mapping[Row, tuple[Opening, ...]] = field(repr=False)
    people: Mapping[int, Participant] = field(repr=False)
    tried: frozenset[int]
    meant: tuple[Meant, ...] = field(repr=False)


def keep(
    decided: Plan, ids: Mapping[int, int], left_out: Mapping[Pair, str], probabilities: Mapping[Row, float]
) -> dict[str, Any]:
    """ids: theme in the plan → theme in the store. left_out: what was decided and no longer fitted, and why.
    probabilities: (mentee, mentor, theme in the plan) → that it is chosen; 0 for those not named."""
    considered = worth_keeping(decided)
    rows = [(each.mentee_id, each.mentor_id, ids[each.theme_id]) for each in considered]
    in_rows = sorted({person_id for mentee, mentor, _ in rows for person_id in (mentee, mentor)})
    needs = [(each.person_id, ids[each.theme_id]) for each in decided.judged.needs]
    of_pairs, of_people, of_needs = kept_tables.put(rows, [each.facts for each in considered], in_rows, needs)
    zero = _minute(decided.seen.now)
    openings = _openings(decided, considered)
    return {
        "policy": policies.body_of(decided.seen.policy),
        "policy_version": decided.seen.policy.version,
        "seed": seed_at(decided.seen.now),
        "tried": {"mentor_ids": sorted(decided.tried)},
        "people": _people(decided, in_rows, zero) | of_people,
        "needs": {
            "person_id": [person_id for person_id, _ in needs],
            "theme_id": [theme_id for _, theme_id in needs],
            "days": [each.days for each in decided.judged.needs],
            "p": [each.probability for each in decided.judged.needs],
        }
        | of_needs,
        "candidates": {
            "mentee_id": [mentee for mentee, _, _ in rows],
            "mentor_id": [mentor for _, mentor, _ in rows],
            "theme_id": [theme for _, _, theme in rows],
            "score": [each.score for each in considered],
            "chosen_with_probability": [
                probabilities.get((each.mentee_id, each.mentor_id, each.theme_id), 0) for each in considered
            ],
            "openings": [_times(openings.get(_row(each)), zero) for each in considered],
        }
        | of_pairs,
        "chosen": {
            "mentee_id": [each.considered.mentee_id for each in decided.drafted],
            "mentor_id": [each.considered.mentor_id for each in decided.drafted],
            "theme_id": [ids[each.considered.theme_id] for each in decided.drafted],
            "start": [_minutes(each.opening.interval.start, zero) for each in decided.drafted],
            "left_out": [left_out.get(each.considered.pair, "") for each in decided.drafted],
        },
    }


def worth_keeping(decided: Plan) -> list[Considered]:
    """In the order in which they were considered."""
    looked_at = {_row(each) for each in decided.without_opening} | {
        (each.mentee_id, each.mentor_id, each.theme_id) for each in decided.candidates
    }
    measured = (each for each in decided.judged.considered if each.facts)
    found: list[Considered] = []
    for _, group in groupby(measured, key=lambda each: (each.mentee_id, each.theme_id)):
        of_need = list(group)
        nearest = sorted(of_need, key=lambda each: -each.suitability)[:MOST_KEPT]
        wanted = {each.mentor_id for each in nearest} | {each.mentor_id for each in of_need if _row(each) in looked_at}
        found += [each for each in of_need if each.mentor_id in wanted]
    return found


def _openings(decided: Plan, considered: Iterable[Considered]) -> dict[Row, tuple[Opening, ...]]:
    """Of each topic its own, for it may have a time before which a meeting helps. A topic of such a pair that nobody
    looked at has those of another."""
    of_topic = {(each.mentee_id, each.mentor_id, each.theme_id): each.openings for each in decided.candidates}
    of_pair = {Pair(each.mentee_id, each.mentor_id): each.openings for each in decided.candidates}
    of_pair |= dict.fromkeys((each.pair for each in decided.without_opening), ())
    return {_row(each): of_topic.get(_row(each), of_pair[each.pair]) for each in considered if each.pair in of_pair}


def _row(each: Considered) -> Row:
    return each.mentee_id, each.mentor_id, each.theme_id


def _people(decided: Plan, ids: Collection[int], zero: datetime) -> dict[str, Any]:
    by_id = {person.id: person for person in decided.seen.people}
    people = [by_id[each] for each in ids]
    limits = [person.limits for person in people]
    return {
        "person_id": list(ids),
        "department": [person.department for person in people],
        "groups": [sorted(person.groups) for person in people],
        "zone": [each.zone for each in limits],
        "buffer_minutes": [each.buffer_minutes for each in limits],
        "per_day": [each.per_day for each in limits],
        "per_week": [each.per_week for each in limits],
        "per_month": [each.per_month for each in limits],
        "booked": [
            [[_minutes(end, zero) for end in (each.interval.start, each.interval.end)] for each in booked]
            for booked in (decided.seen.time.booked.get(person_id, ()) for person_id in ids)
        ],
    }


def _times(openings: Iterable[Opening] | None, zero: datetime) -> list[list[float]] | None:
    return None if openings is None else [[_minutes(each.interval.start, zero), each.score] for each in openings]


def _minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)


def _minutes(moment: datetime, zero: datetime) -> float:
    exact = (moment - zero) / timedelta(minutes=1)
    return int(exact) if exact == int(exact) else exact


def read(record: Mapping[str, Any]) -> KeptRound:
    """The round of that record. Raises NotReplayable where it keeps none: an earlier version, or a round that looked
    for nobody."""
    if not {"policy", "people", "chosen"} <= record.keys():
        raise NotReplayable("this round keeps nothing to decide it again from")
    now = datetime.fromisoformat(record["as_of"])
    policy = policies.from_body(record["policy"], version=record["policy_version"])
    table = record["candidates"]
    rows: list[Row] = list(zip(table["mentee_id"], table["mentor_id"], table["theme_id"], strict=True))
    scopes = _scopes(record["people"])
    facts = kept_tables.got(rows, table, record["people"], record["needs"])
    minutes = policy.session_minutes
    return KeptRound(
        policy=policy,
        now=now,
        seed=record["seed"],
        mentee_id=(record["for"] or {}).get("mentee_id"),
        measured=tuple(
            Measured(*row, each, scopes[row[0]], scopes[row[1]]) for row, each in zip(rows, facts, strict=True)
        ),
        scores=tuple(table["score"]),
        probabilities=tuple(table["chosen_with_probability"]),
        openings={
            row: tuple(_opening(start, score, minutes, _minute(now)) for start, score in openings)
            for row, openings in zip(rows, table["openings"], strict=True)
            if openings is not None
        },
        people=_participants(record["people"], now),
        tried=frozenset(record["tried"]["mentor_ids"]),
        meant=_meant(record["chosen"], _minute(now)),
    )


def _scopes(people: Mapping[str, Any]) -> dict[int, frozenset[Scope]]:
    return {
        person_id: frozenset(
            {Scope(ScopeKind.GROUP, each) for each in groups}
            | ({Scope(ScopeKind.DEPARTMENT, department)} if department else set())
        )
        for person_id, department, groups in zip(
            people["person_id"], people["department"], people["groups"], strict=True
        )
    }


def _opening(start: float, score: float, minutes: int, zero: datetime) -> Opening:
    return Opening(Interval.lasting(zero + timedelta(minutes=start), minutes), score)


def _participants(people: Mapping[str, Any], now: datetime) -> dict[int, Participant]:
    """With limits and what was booked. Hours are in the openings already."""
    zero = _minute(now)
    found = {}
    named = ("person_id", "zone", "buffer_minutes", "per_day", "per_week", "per_month", "booked")
    for person_id, zone, buffer, day, week, month, booked in zip(*(people[each] for each in named), strict=True):
        limits = Limits(WeeklyHours.every(zone, [ALL_DAY]), buffer, per_day=day, per_week=week, per_month=month)
        held = tuple(Interval(*(zero + timedelta(minutes=end) for end in each)) for each in booked)
        found[person_id] = Participant(person_id, limits, Intervals(), held, Interval.lasting(now, 1))
    return found


def _meant(chosen: Mapping[str, Any], zero: datetime) -> tuple[Meant, ...]:
    named = ("mentee_id", "mentor_id", "theme_id", "start", "left_out")
    return tuple(
        Meant(Pair(mentee, mentor), theme, zero + timedelta(minutes=start), left_out)
        for mentee, mentor, theme, start, left_out in zip(*(chosen[each] for each in named), strict=True)
    )
