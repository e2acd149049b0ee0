"""Why this topic, why this person, and what was read, for the mentee; a mentor is told the topic line alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from math import ceil

from mentoring.needs import Need
from mentoring.proposals import Reason
from suggestions.kinds import Kind
from suggestions.rules import BY_NAME, Verdict
from suggestions.suitability import Suitability

TOLD_APART = frozenset({"suits"})
"""Rules whose reason is worded here, with more than the rule knows."""


def for_mentee(
    need: Need, suitability: Suitability, verdicts: Sequence[Verdict], written_at: Mapping[int, datetime], now: datetime
) -> tuple[Reason, ...]:
    """In the order a person asks: why this topic, why this person, what was read. They speak of the mentee's notes
    alone.

    written_at: challenge id → when it was written; without it the span of the notes is not told.
    """
    topic = Reason("topic", "recurs", _recurs(need, written_at, now))
    return (
        topic,
        *_told(verdicts, "topic"),
        *_why_person(suitability),
        *_told(verdicts, "person"),
        *_told(verdicts, "time"),
        Reason("reading", "evidence", f"Read: {len(need.evidence)} of your notes, and when each of you is busy"),
    )


def _recurs(need: Need, written_at: Mapping[int, datetime], now: datetime) -> str:
    moments = [written_at[each] for each in need.evidence if each in written_at]
    days = "1 day" if need.days == 1 else f"{need.days} days"
    if not moments:
        return f"You wrote about this on {days}, most lately on {need.last_at.day} {need.last_at:%B}"
    weeks = max(ceil((now - min(moments)).total_seconds() / (7 * 86400)), 1)
    return f"You wrote about this on {days} in the last {'week' if weeks == 1 else f'{weeks} weeks'}"


def _why_person(suitability: Suitability) -> tuple[Reason, ...]:
    found: list[Reason] = []
    if suitability.knows:
        found.append(Reason("person", "suits", f"Knows: “{suitability.knows}”", suitability.cosine))
    if suitability.went_well:
        found.append(Reason("person", "went_well", _went_well(suitability.went_well[0]), suitability.learned))
    return tuple(found)


def _went_well(label: str) -> str:
    """Without the label where it would tell of what somebody else wrote."""
    if label:
        return f"A meeting of theirs on “{label}” went well"
    return "Meetings of theirs on something like this went well"


def _told(verdicts: Sequence[Verdict], about: str) -> tuple[Reason, ...]:
    """The points that a rule gives and shows to people."""
    return tuple(
        Reason(about, verdict.rule, verdict.words, verdict.points)
        for verdict in verdicts
        if verdict.about == about and verdict.points > 0 and verdict.rule not in TOLD_APART and _shown(verdict.rule)
    )


def _shown(name: str) -> bool:
    spec = BY_NAME[name].spec
    return spec.kind is Kind.POINTS and spec.shown
