"""How likely it is that both of a pair say yes, from what is learned of each role."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from mentoring.people import Person, Seniority
from mentoring.proposals import Party
from suggestions.acceptance import Asking, Model

LADDER = tuple(Seniority)

Own = tuple[int, int]
"""(how often they said yes, of how many answers)."""


@dataclass(frozen=True)
class Likelihood:
    """models: of each role. own: what each person answered so far in each role."""

    models: Mapping[Party, Model] = field(repr=False)
    own: Mapping[tuple[Party, int], Own] = field(default_factory=dict, repr=False)

    def likelier(
        self, mentee: Person, mentor: Person, suits: float, mentee_asked_lately: int, mentor_asked_lately: int
    ) -> float:
        """By how much the chance that both say yes is above that of an ordinary suggestion, -1..1."""
        plain = asking(mentee, mentor, suits)
        chance = usual = 1.0
        for party, person, lately in (
            (Party.MENTEE, mentee, mentee_asked_lately),
            (Party.MENTOR, mentor, mentor_asked_lately),
        ):
            yes, answers = self.own.get((party, person.id), (0, 0))
            model = self.models[party]
            one = replace(plain, person_id=person.id, yes=yes, answers=answers, asked_lately=lately)
            chance, usual = chance * model.chance(one), usual * model.usual
        return chance - usual


def asking(mentee: Person, mentor: Person, suits: float) -> Asking:
    """What an asking is, as far as it is the same for both of a pair."""
    return Asking(
        person_id=0,
        suits=suits,
        another_department=bool(mentee.department and mentor.department and mentee.department != mentor.department),
        steps=LADDER.index(mentor.seniority) - LADDER.index(mentee.seniority),
    )
