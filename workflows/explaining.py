"""Why this, and why not: what was considered and what stood in the way, in names and rules, never in notes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from mentoring.people import Person
from scheduler.refusals import WORDS, Removed, WhyNot, why_not
from suggestions.candidates import Considered
from suggestions.preferences import suits
from suggestions.rules import Verdict, meaning
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
    mine = judge(parts, seen, mentee_id).considered
    if not mine:
        return Explained(mentee, mentor, open_now, (_no_need(seen, mentee),))
    if mentor is None:
        return Explained(mentee, None, open_now, (*_overview(mine), *_times_of_all(seen, mentee, people, mine)))
    of_pair = [each for each in mine if each.mentor_id == mentor.id]
    nearest = min(of_pair, key=lambda each: (len(each.stood_in_the_way), -each.suitability), default=None)
    if nearest is None:
        return Explained(mentee, mentor, open_now, ())
    return Explained(mentee, mentor, open_now, (*_verdicts(nearest), *_times(seen, mentee, mentor)))


def _no_need(seen: Seen, mentee: Person) -> Finding:
    days = seen.policy.recurrence_days
    written = sum(each.person_id == mentee.id for each in seen.challenges)
    notes = "1 note" if written == 1 else f"{written} notes"
    words = f"Nothing has come up on {days} or more different days in what {mentee.first_name} wrote ({notes})"
    return Finding("recurs", words, veto=True)


def _overview(mine: Sequence[Considered]) -> tuple[Finding, ...]:
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
    return tuple(
        Finding(each.rule, _words(each, considered), each.veto, round(each.points, 3)) for each in considered.verdicts
    )


def _words(verdict: Verdict, considered: Considered) -> str:
    """Without the expertise that fits, which would tell an admin what keeps coming back to the mentee."""
    if verdict.rule == suits.__name__:
        return f"Suitability for a topic that keeps coming back is {considered.suitability:.2f}"
    return verdict.words


def _times_of_all(
    seen: Seen, mentee: Person, people: Mapping[int, Person], mine: Sequence[Considered]
) -> tuple[Finding, ...]:
    """What is left of the horizon to the mentee, where none of those who could help shares enough of it."""
    possible = sorted({each.mentor_id for each in mine if each.possible})
    looked_at = [each for each in (_why_not(seen, mentee, people[one]) for one in possible) if each]
    if not looked_at or any(each.openings for each in looked_at):
        return ()
    return (*_hours(mentee, looked_at[0].people[0]), _no_opening(seen, "the people who could help"))


def _times(seen: Seen, mentee: Person, mentor: Person) -> tuple[Finding, ...]:
    """How many hours of the horizon each cause took from each of the two, and what is left."""
    why = _why_not(seen, mentee, mentor)
    if why is None:
        return ()
    found = (*_hours(mentee, why.people[0]), *_hours(mentor, why.people[1]))
    if not why.openings:
        return (*found, _no_opening(seen, mentor.first_name))
    starts = "1 start is" if why.openings == 1 else f"{why.openings} starts are"
    return (
        *found,
        Finding("openings", f"{why.shared_minutes / 60:.1f} hours suit both, {starts} possible", veto=False),
    )


def _why_not(seen: Seen, mentee: Person, mentor: Person) -> WhyNot | None:
    """The same time that a round looks at. None while that of one of the two is unknown."""
    one, other = seen.time.participant(mentee), seen.time.participant(mentor)
    if one is None or other is None:
        return None
    earliest = seen.now + timedelta(hours=seen.policy.lead_hours)
    return why_not(one, other, frame_of(seen.now, seen.policy, seen.policy.session_minutes), earliest)


def _hours(person: Person, removed: Removed) -> tuple[Finding, ...]:
    return tuple(
        Finding(f"time: {cause}", f"{person.first_name}, {WORDS[cause]}: {minutes / 60:.1f} hours removed", veto=False)
        for cause, minutes in removed.minutes.items()
        if minutes
    )


def _no_opening(seen: Seen, other: str) -> Finding:
    words = MISSES[NO_OPENING].format(days=seen.policy.horizon_days)
    return Finding(NO_OPENING, words.replace("you and the people who could help", f"them and {other}"), veto=True)
