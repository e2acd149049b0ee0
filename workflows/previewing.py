"""What a draft of the rules would change today: two plans on one look at the organisation, laid side by side.

Nothing is saved and nobody is asked. What is told are names, times and rules, and figures of groups that are large
enough; never notes, nor what a suggestion is about.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mentoring.people import Person
from store.trials import Trial
from suggestions.candidates import Considered
from workflows.bootstrap import Parts
from workflows.group_figures import by_group
from workflows.judging import look_under
from workflows.planning import Drafted, Plan, decide
from workflows.recording import NO_OPENING, NOT_CHOSEN

STEPS = 3
MOST_RULES = 3
LEAST_POINTS = 0.0005
"""A smaller difference of points comes of rounding."""

Pairs = dict[tuple[int, int], Considered]


def steps(parts: Parts, organisation_id: int, trial: Trial) -> Iterator[tuple[int, int, dict[str, Any]]]:
    """Three: the look, the plan by the rules in force, the plan by the draft. All anew where it was left in between."""
    as_it_is, as_drafted = look_under(parts, organisation_id, trial.policy)
    yield 1, STEPS, {}
    before = decide(parts, as_it_is)
    yield 2, STEPS, {}
    after = decide(parts, as_drafted)
    yield 3, STEPS, difference(before, after)


def difference(before: Plan, after: Plan) -> dict[str, Any]:
    """What appears, vanishes and changes by mentee, with the rules that did it, and figures by group."""
    people = {each.id: each for each in before.seen.people}
    was, now = _by_mentee(before), _by_mentee(after)
    known = _pairs(before), _pairs(after)
    without = _without(before), _without(after)
    lines: dict[str, list[dict[str, Any]]] = {"appear": [], "vanish": [], "change": []}
    for mentee_id in sorted({*was, *now}, key=lambda each: people[each].name):
        one, other = was.get(mentee_id), now.get(mentee_id)
        if one and other and _same(one, other):
            continue
        kind = "change" if one and other else "vanish" if one else "appear"
        causes = _causes(one, other, known, without)
        lines[kind].append(_line(people, mentee_id, one, other, causes))
    groups, untold = by_group(before.seen.people, before.seen.policy, {"before": set(was), "after": set(now)})
    return {
        **lines,
        "counts": {"before": len(was), "after": len(now), "same": sum(_stays(was, now))},
        "rules": _most(lines),
        "groups": groups,
        "untold": untold,
    }


def _by_mentee(plan: Plan) -> dict[int, Drafted]:
    return {each.considered.need.person_id: each for each in plan.drafted}


def _pairs(plan: Plan) -> Pairs:
    """The best of each pair's topics."""
    found: Pairs = {}
    for each in plan.judged.considered:
        key = each.pair.mentee_id, each.mentor_id
        if key not in found or _rank(each) > _rank(found[key]):
            found[key] = each
    return found


def _rank(each: Considered) -> tuple[int, float, float]:
    return -len(each.stood_in_the_way), each.score, each.suitability


def _without(plan: Plan) -> set[tuple[int, int]]:
    with_time = {(each.mentee_id, each.mentor_id) for each in plan.candidates}
    return {(each.pair.mentee_id, each.mentor_id) for each in plan.without_opening} - with_time


def _same(one: Drafted, other: Drafted) -> bool:
    return one.considered.mentor_id == other.considered.mentor_id and one.opening.interval == other.opening.interval


def _stays(was: dict[int, Drafted], now: dict[int, Drafted]) -> Iterator[bool]:
    return (each in now and _same(was[each], now[each]) for each in was)


def _causes(
    one: Drafted | None, other: Drafted | None, known: tuple[Pairs, Pairs], without: tuple[set[Any], set[Any]]
) -> list[str]:
    """Names of the rules whose verdict on the pairs is another now; where none is, the whole came out otherwise."""
    found: dict[str, None] = {}
    for drafted in (one, other):
        if drafted is not None:
            pair = drafted.considered.pair
            found |= dict.fromkeys(_different((pair.mentee_id, pair.mentor_id), known, without))
    return list(found)[:MOST_RULES] or [NOT_CHOSEN]


def _different(pair: tuple[int, int], known: tuple[Pairs, Pairs], without: tuple[set[Any], set[Any]]) -> Iterator[str]:
    before, after = known[0].get(pair), known[1].get(pair)
    if before is None or after is None:
        return
    one, other = set(before.stood_in_the_way), set(after.stood_in_the_way)
    if one != other:
        yield from sorted(one ^ other)
    elif (pair in without[0]) != (pair in without[1]):
        yield NO_OPENING
    else:
        yield from _by_points(before, after)


def _by_points(before: Considered, after: Considered) -> list[str]:
    """The largest difference first."""
    one, other = ({each.rule: each.points for each in side.verdicts} for side in (before, after))
    apart = {rule: abs(one.get(rule, 0.0) - other.get(rule, 0.0)) for rule in {*one, *other}}
    return sorted((rule for rule in apart if apart[rule] > LEAST_POINTS), key=lambda rule: (-apart[rule], rule))


def _line(
    people: dict[int, Person], mentee_id: int, one: Drafted | None, other: Drafted | None, causes: list[str]
) -> dict[str, Any]:
    line: dict[str, Any] = {"mentee_id": mentee_id, "mentee": people[mentee_id].name, "rules": causes}
    for prefix, drafted in (("was", one), ("now", other)):
        if drafted is not None:
            mentor = people[drafted.considered.mentor_id]
            line[prefix] = {"mentor_id": mentor.id, "mentor": mentor.name, **_times(drafted)}
    return line


def _times(drafted: Drafted) -> dict[str, str]:
    interval = drafted.opening.interval
    return {"start": interval.start.isoformat(), "end": interval.end.isoformat()}


def _most(lines: dict[str, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """How many differences each rule is behind, the most first."""
    counted: dict[str, int] = {}
    for line in (each for kind in lines.values() for each in kind):
        for rule in line["rules"]:
            counted[rule] = counted.get(rule, 0) + 1
    ranked = sorted(counted.items(), key=lambda each: (-each[1], each[0]))
    return [{"rule": rule, "count": count} for rule, count in ranked]
