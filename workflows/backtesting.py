"""How the rounds that are kept would have come out under a draft of the rules.

Each round is judged and put together again twice from its record, by the rules in force and by the draft, in the same
way, so that what differs comes of the rules. A round stands by itself: what another one would have led to is not played
on. What people would have answered is not guessed from that, but estimated from what they did answer
(suggestions.off_policy), and where that is too little nothing is told.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mentoring.people import Person, Role
from mentoring.policy import Policy
from mentoring.proposals import Party, Proposal, State
from store import people, policies, proposals, rounds
from store.trials import Trial
from suggestions.off_policy import Answered, Estimate, Wanted, acceptance
from workflows.bootstrap import Parts
from workflows.group_figures import by_group
from workflows.playing_again import Again, Logged, at_the_time, kept, under

MOST_ROUNDS = 500
YES = frozenset({State.CONFIRMED, State.MET, State.REVIEWED, State.MISSED})
NO = frozenset({State.DECLINED, State.EXPIRED})
SIDES = ("in_force", "draft")
LOADS = ((0, 0), (1, 2), (3, 5), (6, 10), (11, None))
"""How many suggestions of all these rounds go to one mentor: from, to."""


@dataclass(frozen=True)
class Played:
    """One round again: whom each of the two sets of rules may choose. answers: mentee, chance that it had, chance under
    the draft, said yes, by how much likelier a yes was thought."""

    was: int
    in_force: tuple[Again, ...]
    draft: tuple[Again, ...]
    answers: tuple[tuple[int, float, float, float, float], ...]


def steps(parts: Parts, organisation_id: int, trial: Trial) -> Iterator[tuple[int, int, dict[str, Any]]]:
    """One a round, the oldest first, from where it was left; the last puts them together."""
    so_far = dict(trial.result) or {"last": 0, "left_out": 0, "rounds": [], "chosen": [], "wanted": [], "answers": []}
    with parts.database.reading(organisation_id) as memory:
        whole = rounds.for_everybody(memory, MOST_ROUNDS)
        in_force, everyone = policies.current(memory), people.everyone(memory)
    left = [each for each in sorted(whole) if each > so_far["last"]]
    of, done = trial.done + len(left) + 1, trial.done
    for round_id in left:
        done += 1
        with parts.database.reading(organisation_id) as memory:
            try:
                found = rounds.get(memory, round_id)
            except KeyError:
                continue
            made = proposals.of_round(memory, round_id)
        so_far = _added(so_far, found, _played(found, made, in_force, trial.policy))
        yield done, of, so_far
    yield of, of, _together(so_far, in_force, everyone)


def _played(of: rounds.Round, made: Sequence[Proposal], in_force: Policy, draft: Policy) -> Played | None:
    """None for a round whose record does not hold what it was judged by."""
    known = kept(of)
    if known is None:
        return None
    one, other, had = tuple(under(known, in_force)), tuple(under(known, draft)), at_the_time(known)
    would = {each.pair: each.chance for each in other}
    answers = []
    for proposal in made:
        pair = proposal.pair.mentee_id, proposal.pair.mentor_id
        said = 1.0 if proposal.state in YES else 0.0 if proposal.state in NO else None
        logged = had.get(pair, Logged())
        if said is not None and logged.chance > 0 and proposal.asked(Party.MENTEE):
            answers.append((pair[0], logged.chance, would.get(pair, 0.0), said, logged.likelier))
    return Played(len(made), one, other, tuple(answers))


def _added(so_far: Mapping[str, Any], of: rounds.Round, played: Played | None) -> dict[str, Any]:
    if played is None:
        return {**so_far, "last": of.id, "left_out": so_far["left_out"] + 1}
    sides = [[each for each in side if each.chosen] for side in (played.in_force, played.draft)]
    counts = {"was": played.was, "in_force": len(sides[0]), "draft": len(sides[1])}
    chosen = [[side, *each.pair] for side, all_of in enumerate(sides) for each in all_of]
    wanted = [[each.mentee_id, each.chance, each.logged, each.likelier] for each in played.draft]
    return {
        "last": of.id,
        "left_out": so_far["left_out"],
        "rounds": [*so_far["rounds"], {"at": of.started_at.isoformat(), **counts}],
        "chosen": [*so_far["chosen"], *chosen],
        "wanted": [*so_far["wanted"], *wanted],
        "answers": [*so_far["answers"], *(list(each) for each in played.answers)],
    }


def _together(so_far: Mapping[str, Any], in_force: Policy, everyone: Sequence[Person]) -> dict[str, Any]:
    sides = {name: [each for each in so_far["chosen"] if each[0] == side] for side, name in enumerate(SIDES)}
    mentors = [each.id for each in everyone if each.opted_in(Role.MENTOR)]
    loads = {name: Counter(each[2] for each in side) for name, side in sides.items()}
    per_mentor = {name: [load.get(each, 0) for each in mentors] for name, load in loads.items()}
    groups, untold = by_group(everyone, in_force, {name: {each[1] for each in side} for name, side in sides.items()})
    totals = {"was": sum(each["was"] for each in so_far["rounds"])}
    return {
        "rounds": so_far["rounds"],
        "left_out": so_far["left_out"],
        "totals": totals | {name: len(side) for name, side in sides.items()},
        "mentors": len(mentors),
        "gini": {name: gini(of) for name, of in per_mentor.items()},
        "loads": [_load(per_mentor, least, most) for least, most in LOADS],
        "groups": groups,
        "untold": untold,
        "acceptance": _estimated(so_far["answers"], so_far["wanted"]),
    }


def _load(per_mentor: Mapping[str, Sequence[int]], least: int, most: int | None) -> dict[str, Any]:
    return {"from": least, "to": most, **{name: _within(of, least, most) for name, of in per_mentor.items()}}


def _within(of: Sequence[int], least: int, most: int | None) -> int:
    return sum(least <= each and (most is None or each <= most) for each in of)


def gini(of: Sequence[int]) -> float | None:
    """0: everybody has as much; towards 1: one has all. None where nobody has anything."""
    total, number = sum(of), len(of)
    if not total:
        return None
    ranked = sum(place * each for place, each in enumerate(sorted(of), start=1))
    return 2 * ranked / (number * total) - (number + 1) / number


def _estimated(answers: Sequence[Sequence[Any]], wanted: Sequence[Sequence[Any]]) -> dict[str, Any]:
    """answers: as in Played. wanted: mentee, chance under the draft, chance at the time, by how much likelier a yes."""
    who, logged, would, said, likelier = ([each[at] for each in answers] for at in range(5))
    plain = sum(said) / len(said) if said else None
    modelled = any([*likelier, *(each[3] for each in wanted)])
    whole = sum(each[1] for each in wanted)
    covered = sum(each[1] for each in wanted if each[2] > 0) / whole if whole else 1.0
    answered = Answered(logged, would, said, who, [_expected(plain, each) for each in likelier] if modelled else ())
    expected = [_expected(plain, each[3]) for each in wanted]
    of_wanted = Wanted([each[1] for each in wanted], expected, [each[0] for each in wanted], covered)
    return {"plain": plain, "covered": covered, **_told(acceptance(answered, of_wanted))}


def _expected(plain: float | None, likelier: float) -> float:
    """What was thought at the time of a yes: so much above what is usual."""
    return min(0.99, max(0.01, (plain or 0.0) + likelier))


def _told(found: Estimate) -> dict[str, Any]:
    return {
        "share": found.share,
        "low": found.low,
        "high": found.high,
        "effective": found.effective,
        "answers": found.answers,
        "method": found.method,
        "refused": found.refused,
    }
