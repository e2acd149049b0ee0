"""Why this, and why not: what was considered and what stood in the way, in names and rules, never in notes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from mentoring.people import Person
from mentoring.proposals import Proposal
from scheduler.grid import Frame
from scheduler.hour_by_hour import Stretch, hour_by_hour
from scheduler.refusals import WORDS, Removed, WhyNot, why_not
from suggestions.candidates import Considered
from suggestions.preferences import suits
from suggestions.rules import Verdict, meaning
from workflows.bootstrap import Parts
from workflows.judging import Seen, judge, look
from workflows.knowing import frame_of
from workflows.proposing import MISSES, NO_OPENING
from workflows.recording import SETTLED
from workflows.views import Finding


@dataclass(frozen=True)
class Explained:
    """What stood in the way of one mentee, or of one pair. proposed: a suggestion for them is open.

    hours: of the two, or of the mentee alone, as a round looks at them; empty while the time of one is unknown.
    """

    mentee: Person
    mentor: Person | None
    proposed: bool
    findings: tuple[Finding, ...]
    hours: tuple[Stretch, ...] = ()

    @property
    def asked_about(self) -> tuple[Person, ...]:
        """Those whose hours are told."""
        return (self.mentee,) if self.mentor is None else (self.mentee, self.mentor)


def explain(parts: Parts, organisation_id: int, mentee_id: int, mentor_id: int | None = None) -> Explained:
    """As things are now, apart from the suggestion asked about itself, which would always be in its own way.

    Raises KeyError for nobody.
    """
    seen = look(parts, organisation_id)
    people = {person.id: person for person in seen.people}
    mentee, mentor = people[mentee_id], people[mentor_id] if mentor_id is not None else None
    open_ones = [
        each
        for each in seen.history
        if each.blocking and each.pair.mentee_id == mentee_id and mentor_id in (None, each.pair.mentor_id)
    ]
    open_now, seen = bool(open_ones), _without(seen, open_ones)
    judged = judge(parts, seen, mentee_id)
    mine, at_rest = judged.considered, _settled(mentee, len(judged.settled))
    hours = _hour_by_hour(seen, (mentee,) if mentor is None else (mentee, mentor))
    if not mine:
        return Explained(mentee, mentor, open_now, at_rest or (_no_need(seen, mentee),), hours)
    if mentor is None:
        overview = *_overview(mine), *at_rest, *_times_of_all(seen, mentee, people, mine)
        return Explained(mentee, None, open_now, overview, hours)
    of_pair = [each for each in mine if each.mentor_id == mentor.id]
    nearest = min(of_pair, key=lambda each: (len(each.stood_in_the_way), -each.suitability), default=None)
    if nearest is None:
        return Explained(mentee, mentor, open_now, ())
    return Explained(mentee, mentor, open_now, (*_verdicts(nearest), *_times(seen, mentee, mentor)), hours)


def _without(seen: Seen, left_out: Collection[Proposal]) -> Seen:
    ids = {each.id for each in left_out}
    booked = {
        person_id: tuple(each for each in engagements if each.proposal_id not in ids)
        for person_id, engagements in seen.time.booked.items()
    }
    history = tuple(each for each in seen.history if each.id not in ids)
    asked = {
        person_id: tuple(each for each in messages if each.proposal_id not in ids)
        for person_id, messages in seen.asked.items()
    }
    return replace(seen, history=history, asked=asked, time=replace(seen.time, booked=booked))


def _settled(mentee: Person, topics: int) -> tuple[Finding, ...]:
    """What they took out of the way themselves: so many topics that would be needs."""
    if not topics:
        return ()
    number = "One topic that kept coming back is" if topics == 1 else f"{topics} topics that kept coming back are"
    words = f"{number} no longer hard for {mentee.first_name}, as they said, and they have not written of it since"
    return (Finding(SETTLED, words, veto=True),)


def _no_need(seen: Seen, mentee: Person) -> Finding:
    days = seen.policy.recurrence_days
    written = sum(each.person_id == mentee.id for each in seen.challenges)
    notes = "1 note" if written == 1 else f"{written} notes"
    words = f"Nothing has come up on {days} or more different days in what {mentee.first_name} wrote ({notes})"
    return Finding("recurs", words, veto=True)


def _overview(mine: Sequence[Considered]) -> tuple[Finding, ...]:
    """What stood in the way of the nearest miss comes first."""
    nearest = sorted(mine, key=lambda each: (len(each.stood_in_the_way), -each.suitability))
    counted = Counter(rule for each in nearest for rule in each.stood_in_the_way)
    return (
        Finding("considered", _looked_at(mine), veto=False),
        *(
            Finding(rule, f"{meaning(rule)} Stood in the way of {n} of {len(mine)} pairs.", veto=True)
            for rule, n in counted.items()
        ),
    )


def _looked_at(mine: Sequence[Considered]) -> str:
    topics, people = len({each.need.theme_id for each in mine}), len({each.mentor_id for each in mine})
    possible = len({each.mentor_id for each in mine if each.possible})
    recurring = "one recurring topic" if topics == 1 else f"{topics} recurring topics"
    passed = {0: "the rules let none of them through", 1: "the rules let one of them through"}
    return f"{people} people looked at for {recurring}; " + passed.get(
        possible, f"the rules let {possible} of them through"
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
    return None if one is None or other is None else why_not(one, other, *_looked_at_by_a_round(seen))


def _hour_by_hour(seen: Seen, people: Sequence[Person]) -> tuple[Stretch, ...]:
    known = [each for each in map(seen.time.participant, people) if each is not None]
    return hour_by_hour(known, *_looked_at_by_a_round(seen)) if len(known) == len(people) else ()


def _looked_at_by_a_round(seen: Seen) -> tuple[Frame, datetime]:
    """The starts that it asks about, and the moment that people's notice counts from."""
    earliest = seen.now + timedelta(hours=seen.policy.lead_hours)
    return frame_of(seen.now, seen.policy, seen.policy.session_minutes), earliest


def _hours(person: Person, removed: Removed) -> tuple[Finding, ...]:
    return tuple(
        Finding(f"time: {cause}", f"{person.first_name}, {WORDS[cause]}: {minutes / 60:.1f} hours removed", veto=False)
        for cause, minutes in removed.minutes.items()
        if minutes
    )


def _no_opening(seen: Seen, other: str) -> Finding:
    words = MISSES[NO_OPENING].format(days=seen.policy.horizon_days)
    return Finding(NO_OPENING, words.replace("you and the people who could help", f"them and {other}"), veto=True)
