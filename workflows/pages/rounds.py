"""What the last round decided, and what stood in the way of somebody, for admins: names and rules, never notes."""

from __future__ import annotations

from mentoring.errors import Missing
from mentoring.proposals import Proposal
from store import people, proposals, rounds
from store.memory import Memory
from suggestions.rules import BY_NAME, meaning
from workflows import explaining, steering
from workflows.bootstrap import Parts
from workflows.proposing import MISSES, NO_OPENING
from workflows.views import PersonChoice, RoundPage, RoundProposal, RuleCount, Who, WhyPage

LOOK_BACK = 35
NO_TIME = "No time before the horizon suits both."


def last_round(parts: Parts, who: Who) -> RoundPage | None:
    """The last round for everybody that was finished. Raises NotAllowed for anybody but an admin."""
    with parts.database.reading(who.organisation_id) as memory:
        admin = steering.admin(memory, who)
        finished = (each for each in rounds.all(memory, LOOK_BACK) if each.finished_at and each.after is None)
        last = next(finished, None)
        if last is None:
            return None
        made = _made(memory, last.id, last)
    counted = last.record.get("counted", {})
    return RoundPage(
        id=last.id,
        zone=admin.limits.zone,
        at=last.started_at,
        seconds=last.record.get("seconds", 0.0),
        policy_version=last.policy_version,
        people=counted.get("taking_part", 0),
        needs=counted.get("needs", 0),
        pairs=counted.get("pairs", 0),
        proposals=made,
        in_the_way=_in_the_way(last.record.get("in_the_way", {})),
        gap=last.record.get("gap"),
        replayable=last.replayable,
    )


def _made(memory: Memory, round_id: int, last: rounds.Round) -> tuple[RoundProposal, ...]:
    names = {each.id: each.name for each in people.everyone(memory)}
    mine: list[Proposal] = [each for each in proposals.since(memory, last.started_at) if each.round_id == round_id]
    return tuple(
        RoundProposal(
            mentee_id=each.pair.mentee_id,
            mentee=names[each.pair.mentee_id],
            mentor_id=each.pair.mentor_id,
            mentor=names[each.pair.mentor_id],
            interval=each.interval,
            state=each.state,
        )
        for each in mine
    )


def _in_the_way(counts: dict[str, int]) -> tuple[RuleCount, ...]:
    ranked = sorted(counts.items(), key=lambda each: (-each[1], each[0]))
    return tuple(RuleCount(rule, _words(rule), count) for rule, count in ranked if count)


def _words(rule: str) -> str:
    if rule in BY_NAME:
        return meaning(rule)
    return NO_TIME if rule == NO_OPENING else MISSES.get(rule, rule)


def why(parts: Parts, who: Who, mentee_id: int | None = None, mentor_id: int | None = None) -> WhyPage:
    """Raises NotAllowed for anybody but an admin, KeyError for nobody."""
    with parts.database.reading(who.organisation_id) as memory:
        steering.admin(memory, who)
        choices = tuple(
            PersonChoice(each.id, each.name) for each in sorted(people.everyone(memory), key=lambda one: one.name)
        )
    if mentee_id is None or mentee_id == mentor_id:
        return WhyPage(choices)
    if not {mentee_id, mentor_id} - {None} <= {each.person_id for each in choices}:
        raise Missing(mentee_id)
    found = explaining.explain(parts, who.organisation_id, mentee_id, mentor_id)
    mentor = PersonChoice(found.mentor.id, found.mentor.name) if found.mentor else None
    mentee = PersonChoice(found.mentee.id, found.mentee.name)
    return WhyPage(choices, mentee, mentor, found.findings, found.proposed)
