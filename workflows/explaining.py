"""Why this, and why not: what was considered and what stood in the way, in names and rules, never in notes."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from mentoring.people import Person
from scheduler.refusals import WORDS, Cause, why_not
from suggestions.candidates import Considered
from suggestions.rules import meaning
from workflows.bootstrap import Parts
from workflows.judging import Seen, judge, look
from workflows.knowing import frame_of
from workflows.proposing import MISSES, NO_OPENING
from workflows.views import Finding


@dataclass(frozen=True)
class Explained:
    """What stood in the way of one mentee, or of one pair. proposed: a suggestion for them is open."""

    mentee: Person
    mentor: Person | None
    proposed: bool
    findings: tuple[Finding, ...]


def explain(parts: Parts, organisation_id: int, mentee_id: int, mentor_id: int | None = None) -> Explained:
    """As things are now. Raises KeyError for nobody."""
    seen = look(parts, organisation_id)
    people = {person.id: person for person in seen.people}
    mentee, mentor = people[mentee_id], people[mentor_id] if mentor_id is not None else None
    open_now = any(
        each.blocking and each.pair.mentee_id == mentee_id and mentor_id in (None, each.pair.mentor_id)
        for each in seen.history
    )
    judged = judge(parts, seen)
    mine = [each for each in judged.considered if each.need.person_id == mentee_id]
    if not mine:
        return Explained(mentee, mentor, open_now, (_no_need(seen, mentee),))
    if mentor is None:
        return Explained(mentee, None, open_now, _overview(mine))
    of_pair = [each for each in mine if each.mentor_id == mentor.id]
    nearest = min(of_pair, key=lambda each: (len(each.stood_in_the_way), -each.suitability), default=None)
    if nearest is None:
        return Explained(mentee, mentor, open_now, ())
    return Explained(mentee, mentor, open_now, (*_verdicts(nearest), *_times(seen, mentee, mentor)))


def _no_need(seen: Seen, mentee: Person) -> Finding:
    days = seen.policy.recurrence_days
    written = sum(each.person_id == mentee.id for each in seen.challenges)
    words = f"Nothing has come up on {days} or more different days in what {mentee.first_name} wrote ({written} notes)"
    return Finding("recurs", words, veto=True)


def _overview(mine: list[Considered]) -> tuple[Finding, ...]:
    counted = Counter(rule for each in mine for rule in each.stood_in_the_way)
    possible = sum(each.possible for each in mine)
    topics = len({each.need.theme_id for each in mine})
    people = len({each.mentor_id for each in mine})
    looked_at = Finding("considered", f"{people} people for {topics} recurring topics; {possible} possible", veto=False)
    return (
        looked_at,
        *(
            Finding(rule, f"{meaning(rule)} Stood in the way {n} times.", veto=True)
            for rule, n in counted.most_common()
        ),
    )


def _verdicts(considered: Considered) -> tuple[Finding, ...]:
    return tuple(Finding(each.rule, each.words, each.veto, round(each.points, 3)) for each in considered.verdicts)


def _times(seen: Seen, mentee: Person, mentor: Person) -> tuple[Finding, ...]:
    """How many hours of the horizon each cause took from each of the two, and what is left."""
    pair = [seen.time.participant(each) for each in (mentee, mentor)]
    if pair[0] is None or pair[1] is None:
        return ()
    frame = frame_of(seen.now, seen.policy, seen.policy.session_minutes)
    why = why_not(pair[0], pair[1], frame, seen.now)
    found = [
        Finding(f"time: {cause}", f"{person.first_name}, {WORDS[cause]}: {minutes / 60:.1f} hours removed", veto=False)
        for person, removed in zip((mentee, mentor), why.people, strict=True)
        for cause, minutes in removed.minutes.items()
        if minutes and cause in Cause
    ]
    if not why.openings:
        words = MISSES[NO_OPENING].format(days=seen.policy.horizon_days)
        return (*found, Finding(NO_OPENING, words.replace("you and the people who could help", "both"), veto=True))
    shared = f"{why.shared_minutes / 60:.1f} hours suit both, {why.openings} starts are possible"
    return (*found, Finding("openings", shared, veto=False))
