"""Every need against everybody who might help with it: what `interlude why` and a round's record tell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from mentoring.needs import Need
from mentoring.openings import Pair
from mentoring.people import Person
from mentoring.policy import scopes_of
from mentoring.proposals import Reason
from suggestions.acceptance import ORDINARY
from suggestions.circumstances import UNREAD, Circumstances, Histories, Load, PairContext
from suggestions.kinds import Fact
from suggestions.limits import minimum_suitability, too_far
from suggestions.reasons import for_mentee
from suggestions.rules import Terms, Verdict, judge, score
from suggestions.suitability import Suitabilities, Suitability
from suggestions.vetoes import mentor_opted_in, not_a_mentor

NOBODY = Load()
TOO_FAR = minimum_suitability.__name__
MARGIN = 0.1
"""So far below the minimum suitability all rules are asked nevertheless: what they measured is kept, so that a lower
minimum can be tried on it; but not of more than MOST_KEPT people for a need, the nearest."""

MOST_KEPT = 40
"""For each need so many people, the nearest to it, are worth keeping with what was measured of them."""


@dataclass(frozen=True, slots=True)
class Considered:
    """One need and one person who might help, and what came of looking at the two.

    score: the sum of all points, comparable among all pairs of a round; 0 where something stands in the way. reasons:
    for the mentee; empty where something stands in the way. facts: what each rule measured, empty far below the
    minimum suitability.
    """

    need: Need
    mentor_id: int
    suitability: float
    score: float
    verdicts: tuple[Verdict, ...]
    reasons: tuple[Reason, ...] = ()
    facts: Mapping[str, Fact] = field(default_factory=dict, repr=False)

    @property
    def mentee_id(self) -> int:
        return self.need.person_id

    @property
    def theme_id(self) -> int:
        return self.need.theme_id

    @property
    def pair(self) -> Pair:
        return Pair(self.need.person_id, self.mentor_id)

    @property
    def stood_in_the_way(self) -> tuple[str, ...]:
        """Names of the rules that vetoed."""
        return tuple(verdict.rule for verdict in self.verdicts if verdict.veto)

    @property
    def possible(self) -> bool:
        return not any(verdict.veto for verdict in self.verdicts)


def consider(
    needs: Sequence[Need], people: Sequence[Person], suitabilities: Suitabilities, circumstances: Circumstances
) -> tuple[Considered, ...]:
    """Looks at everybody for every need, by mentee, theme and mentor. The same values give the same result.

    Far below the policy's minimum suitability the other rules are not asked: such a pair has that one veto (and that of
    not having opted in, if so). Needs of people who are not in `people` are left out. O(needs × people), rules only for
    suitable pairs.
    """
    by_id = {person.id: person for person in sorted(people, key=lambda person: person.id)}
    round_ = _Round(by_id, suitabilities, circumstances)
    ordered = sorted(
        (need for need in needs if need.person_id in by_id), key=lambda need: (need.person_id, need.theme_id)
    )
    return tuple(each for need in ordered for each in round_.look(need))


class _Round:
    def __init__(
        self, people: Mapping[int, Person], suitabilities: Suitabilities, circumstances: Circumstances
    ) -> None:
        self._people = people
        self._suitabilities = suitabilities
        self._now = circumstances
        self._histories = Histories(circumstances)
        self._terms = Terms(circumstances.policy)
        self._scopes = {person.id: scopes_of(person) for person in people.values()}
        self._no_mentor = {person.id: _no_mentor(person) for person in people.values()}

    def look(self, need: Need) -> list[Considered]:
        row = self._suitabilities.scores[self._suitabilities.theme_ids[need.theme_id]].tolist()
        columns = self._suitabilities.person_ids
        others = [(mentor, row[columns[mentor.id]]) for mentor in self._people.values() if mentor.id != need.person_id]
        (least,) = self._terms.of(self._scopes[need.person_id], ())[TOO_FAR]
        if least is None:
            return [self._judged(need, mentor) for mentor, _ in others]
        asked = _asked_from(least, [suitability for _, suitability in others])
        return [
            self._judged(need, mentor) if suitability >= asked else self._below(need, mentor, suitability, least)
            for mentor, suitability in others
        ]

    def _judged(self, need: Need, mentor: Person) -> Considered:
        fit = self._suitabilities.of(need.theme_id, mentor.id, need.person_id)
        values = self._terms.of(self._scopes[need.person_id], self._scopes[mentor.id])
        judged = judge(self._context(need, mentor, fit), self._terms, values)
        verdicts = judged.verdicts
        if any(verdict.veto for verdict in verdicts):
            return Considered(need, mentor.id, fit.score, 0.0, verdicts, (), judged.facts)
        reasons = for_mentee(need, fit, verdicts, self._now.written_at, self._now.now)
        return Considered(need, mentor.id, fit.score, score(verdicts), verdicts, reasons, judged.facts)

    def _below(self, need: Need, mentor: Person, suitability: float, least: float) -> Considered:
        far = Verdict(TOO_FAR, True, 0.0, too_far(suitability, least))
        return Considered(need, mentor.id, suitability, 0.0, (*self._no_mentor[mentor.id], far))

    def _context(self, need: Need, mentor: Person, fit: Suitability) -> PairContext:
        mentee = self._people[need.person_id]
        now = self._now
        return PairContext(
            need=need,
            mentee=mentee,
            mentor=mentor,
            suitability=fit,
            policy=now.policy,
            now=now.now,
            mentee_availability=now.availability.get(mentee.id, UNREAD),
            mentor_availability=now.availability.get(mentor.id, UNREAD),
            mentee_load=now.loads.get(mentee.id, NOBODY),
            mentor_load=now.loads.get(mentor.id, NOBODY),
            earlier=self._histories.earlier(mentee.id, mentor.id),
            said=self._histories.said(mentee.id, mentor.id),
            objected=self._histories.objected(mentee.id),
            mentee_knows=self._suitabilities.score(need.theme_id, mentee.id),
            likelier=self._likelier(mentee, mentor, fit),
        )

    def _likelier(self, mentee: Person, mentor: Person, fit: Suitability) -> float:
        likelihood, loads = self._now.likelihood, self._now.loads
        if likelihood is None:
            return 0.0
        lately = (loads.get(each.id, NOBODY).asked_lately for each in (mentee, mentor))
        # As the reasons of earlier suggestions tell it, from which it was learned: without what meetings add to it.
        return likelihood.likelier(mentee, mentor, fit.cosine if fit.knows else ORDINARY, *lately)


def _asked_from(least: float, suitabilities: Sequence[float]) -> float:
    """From which suitability on all rules are asked."""
    nearest = sorted(suitabilities, reverse=True)[:MOST_KEPT]
    return min(least, max(least - MARGIN, nearest[-1])) if nearest else least


def _no_mentor(person: Person) -> tuple[Verdict, ...]:
    words = not_a_mentor(person)
    return (Verdict(mentor_opted_in.__name__, True, 0.0, words),) if words else ()
