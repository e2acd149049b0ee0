"""What rounds decided, and what stood in the way of somebody, for admins: names and rules, never notes."""

from __future__ import annotations

from collections.abc import Mapping

from mentoring.errors import Missing
from mentoring.people import Person
from store import directory, people, policies, proposals, rounds
from store.memory import Memory
from suggestions.rules import BY_NAME, meaning
from workflows import explaining, guessing, hours_in_words, steering
from workflows.admin_views import PAGE_SIZE, Part, RoundLine, RoundsPage
from workflows.bootstrap import Parts
from workflows.proposing import MISSES, NO_OPENING
from workflows.views import PersonChoice, RoundAbsence, RoundPage, RoundProposal, RuleCount, Who, WhyPage

NO_TIME = "No time before the horizon suits both."
NOBODY = "somebody who left"


def last_round(parts: Parts, who: Who) -> RoundPage | None:
    """The last round for everybody that was finished. Raises NotAllowed for anybody but an admin."""
    with parts.database.reading(who.organisation_id) as memory:
        admin = steering.admin(memory, who)
        last = next(iter(rounds.for_everybody(memory, 1)), None)
        return None if last is None else _page(memory, rounds.get(memory, last), admin)


def round_page(parts: Parts, who: Who, round_id: int) -> RoundPage:
    """One round. Raises NotAllowed for anybody but an admin, Missing for none."""
    with parts.database.reading(who.organisation_id) as memory:
        admin = steering.admin(memory, who)
        return _page(memory, rounds.get(memory, round_id), admin)


def rounds_page(parts: Parts, who: Who, number: int = 1) -> RoundsPage:
    """All that are kept, the latest first. number: which page. Raises NotAllowed for anybody but an admin."""
    with parts.database.reading(who.organisation_id) as memory:
        admin = steering.admin(memory, who)
        total = rounds.count(memory)
        part = Part(min(number, Part(total=total).last), total)
        shown = rounds.heads(memory, PAGE_SIZE, part.skipped)
        made = proposals.counted_by_round(memory, (each.id for each in shown))
        names = directory.names(memory)
        being_made = steering.round_under_way(memory, parts.clock())
    lines = tuple(_line(each, made.get(each.id, 0), names) for each in shown)
    return RoundsPage(admin.limits.zone, lines, part, being_made)


def _line(head: rounds.Head, made: int, names: Mapping[int, str]) -> RoundLine:
    in_the_way = _in_the_way(head.in_the_way)
    return RoundLine(
        id=head.id,
        at=head.started_at,
        finished=head.finished_at is not None,
        seconds=head.seconds,
        for_whom="" if head.after is None else names.get(head.mentee_id or 0, NOBODY),
        people=head.counted.get("taking_part", 0),
        needs=head.counted.get("needs", 0),
        pairs=head.counted.get("pairs", 0),
        proposals=made,
        most_in_the_way=in_the_way[0].words if in_the_way else "",
        policy_version=head.policy_version,
        gap=head.gap,
    )


def _page(memory: Memory, shown: rounds.Round, admin: Person) -> RoundPage:
    names = directory.names(memory)
    record = shown.record
    counted = record.get("counted", {})
    policy = next((each for each in policies.history(memory) if each.version == shown.policy_version), None)
    for_whom = (record.get("for") or {}).get("mentee_id")
    return RoundPage(
        id=shown.id,
        zone=admin.limits.zone,
        at=shown.started_at,
        seconds=record.get("seconds", 0.0),
        policy_version=shown.policy_version,
        people=counted.get("taking_part", 0),
        needs=counted.get("needs", 0),
        pairs=counted.get("pairs", 0),
        proposals=_made(memory, shown.id, names),
        in_the_way=_in_the_way(record.get("in_the_way", {})),
        gap=record.get("gap"),
        replayable=shown.replayable,
        for_whom="" if shown.after is None else names.get(for_whom or 0, NOBODY),
        absent=_absent(record.get("absences", {}), names),
        policy_author=policy.author if policy else "",
        policy_reason=policy.reason if policy else "",
        finished=shown.finished_at is not None,
        guesses=guessing.read(record.get("acceptance", {})),
        explored=len(record["explored"]["mentee_ids"]) if "explored" in record else None,
    )


def _made(memory: Memory, round_id: int, names: Mapping[int, str]) -> tuple[RoundProposal, ...]:
    return tuple(
        RoundProposal(
            mentee_id=each.pair.mentee_id,
            mentee=names[each.pair.mentee_id],
            mentor_id=each.pair.mentor_id,
            mentor=names[each.pair.mentor_id],
            interval=each.interval,
            state=each.state,
        )
        for each in proposals.of_round(memory, round_id)
    )


def _in_the_way(counts: Mapping[str, int]) -> tuple[RuleCount, ...]:
    ranked = sorted(counts.items(), key=lambda each: (-each[1], each[0]))
    return tuple(RuleCount(rule, rule_in_words(rule), count) for rule, count in ranked if count)


def _absent(absences: Mapping[str, list[dict[str, str]]], names: Mapping[int, str]) -> tuple[RoundAbsence, ...]:
    """By name. The words are those for the person, so an admin is told the rules."""
    known = [(PersonChoice(int(each), names[int(each)]), told) for each, told in absences.items() if int(each) in names]
    return tuple(
        RoundAbsence(person, tuple(rule_in_words(each["rule"]) for each in told))
        for person, told in sorted(known, key=lambda one: one[0].name)
    )


def rule_in_words(rule: str) -> str:
    """What a rule means, or what else stood in the way is called."""
    if rule in BY_NAME:
        return meaning(rule)
    return NO_TIME if rule == NO_OPENING else MISSES.get(rule, rule)


def why(parts: Parts, who: Who, mentee_id: int | None = None, mentor_id: int | None = None) -> WhyPage:
    """Raises NotAllowed for anybody but an admin, KeyError for nobody."""
    with parts.database.reading(who.organisation_id) as memory:
        zone = steering.admin(memory, who).limits.zone
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
    days = hours_in_words.days(found.hours, found.asked_about, zone)
    return WhyPage(choices, mentee, mentor, found.findings, found.proposed, zone, days)
