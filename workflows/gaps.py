"""What keeps coming back to a group of people, and nobody can help with: whom to recruit."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from mentoring.people import Person
from store import challenges, people, policies, rounds, themes
from store.memory import Memory
from suggestions.candidates import TOO_FAR, Considered
from suggestions.languages import READ
from suggestions.vetoes import mentor_opted_in

FULL_RULES = frozenset({"mentor_has_room", "monthly_caps_left"})
UNKNOWN_RULES = frozenset({"mentor_time_known"})
FOR_WEEKS = timedelta(days=14)
"""Whoever is full for a shorter time is busy, and no gap."""
LOOK_BACK = 60
ROUNDED_TO = 5
MOST_TEXTS = 3


class Why(StrEnum):
    NOBODY_KNOWS = "nobody_knows"
    ALL_FULL = "all_full"
    CALENDARS_UNKNOWN = "calendars_unknown"


@dataclass(frozen=True)
class Gap:
    """people: rounded to 5. since: the first of the rounds in a row that found it. nearest: what whoever comes nearest
    offers to help with."""

    topic: str
    people: int
    since: datetime
    why: Why
    nearest: tuple[str, ...] = ()


@dataclass(frozen=True)
class Gaps:
    """smaller: further topics of fewer people than minimum_group. others: notes in another language than is read,
    rounded to 5. at: when the round was that found this; None before there was one."""

    gaps: tuple[Gap, ...] = ()
    smaller: int = 0
    minimum_group: int = 5
    others: int = 0
    at: datetime | None = None


def found_by(considered: Iterable[Considered], ids: Mapping[int, int]) -> list[dict[str, Any]]:
    """For a round's record: themes, by id, that somebody needs and nobody can help with, and how many people do.

    Who suits is as the rules had it for each mentee. ids: theme in the plan → theme in the store.
    """
    of_need: dict[tuple[int, int], list[Considered]] = defaultdict(list)
    for each in considered:
        if mentor_opted_in.__name__ not in each.stood_in_the_way:
            of_need[each.need.theme_id, each.need.person_id].append(each)
    whys: dict[int, Counter[Why]] = defaultdict(Counter)
    nearest: dict[int, tuple[float, int]] = {}
    for (theme_id, _), looked_at in sorted(of_need.items()):
        why = _why([each for each in looked_at if TOO_FAR not in each.stood_in_the_way])
        if why is not None:
            whys[theme_id][why] += 1
            best = max((each.suitability, -each.mentor_id) for each in looked_at)
            nearest[theme_id] = max(nearest.get(theme_id, best), best)
    return [
        {
            "theme_id": ids[theme_id],
            "number": counted.total(),
            "why": counted.most_common(1)[0][0].value,
            "nearest": {"mentor_id": -nearest[theme_id][1]},
        }
        for theme_id, counted in whys.items()
    ]


def _why(suitable: Sequence[Considered]) -> Why | None:
    ways = [set(each.stood_in_the_way) for each in suitable]
    if not ways:
        return Why.NOBODY_KNOWS
    if all(each & UNKNOWN_RULES for each in ways):
        return Why.CALENDARS_UNKNOWN
    return Why.ALL_FULL if all(each & (FULL_RULES | UNKNOWN_RULES) for each in ways) else None


def gaps(memory: Memory) -> Gaps:
    """As the latest round for everybody found them: topics in words that enough people used, numbers, no names."""
    policy = policies.current(memory)
    others = _rounded(challenges.number_in_others(memory, sorted(READ)))
    kept = rounds.gaps(memory, LOOK_BACK)
    if not kept:
        return Gaps(minimum_group=policy.minimum_group, others=others)
    now, latest = kept[0]
    labels = {each.id: each.group_label for each in themes.all(memory)}
    everybody = {each.id: each for each in people.everyone(memory)}
    listed, smaller = [], 0
    for each in latest:
        since = _since(each, kept)
        if each["theme_id"] not in labels or (each["why"] == Why.ALL_FULL and now - since < FOR_WEEKS):
            continue
        if each["number"] < policy.minimum_group:
            smaller += 1
            continue
        near = everybody.get(each.get("nearest", {}).get("mentor_id"))
        topic = labels[each["theme_id"]] or "a topic that its people have no word in common for"
        listed.append(Gap(topic, _rounded(each["number"]), since, Why(each["why"]), _offers(near)))
    listed.sort(key=lambda gap: (-gap.people, gap.since, gap.topic))
    return Gaps(tuple(listed), smaller, policy.minimum_group, others, now)


def _since(gap: Mapping[str, Any], kept: Sequence[tuple[datetime, list[dict[str, Any]]]]) -> datetime:
    since = kept[0][0]
    for at, found in kept:
        if (gap["theme_id"], gap["why"]) not in {(each["theme_id"], each["why"]) for each in found}:
            break
        since = at
    return since


def _offers(person: Person | None) -> tuple[str, ...]:
    return tuple(each.text for each in person.expertise[:MOST_TEXTS]) if person else ()


def _rounded(number: int) -> int:
    """To 5; a few are said to be 5, so that nobody is counted out."""
    return max(ROUNDED_TO, ROUNDED_TO * round(number / ROUNDED_TO)) if number else 0
