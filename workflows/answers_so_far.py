"""What people answered to earlier suggestions, each as it was when they were asked: what likelihood is learned from."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from mentoring.people import Person
from mentoring.proposals import Partstat, Party, Proposal
from suggestions.acceptance import ORDINARY, Answered
from suggestions.likelihood import Own, asking

ASKED_DAYS = 28
FRIDAY = 4

Answers = Mapping[Party, Sequence[Answered]]


def answers_so_far(history: Sequence[Proposal], people: Sequence[Person]) -> Answers:
    """In the order in which people were asked. Silence until it lapsed is a no; what was taken back is no answer.

    Of people who are in the organisation no longer nothing is learned.
    """
    by_id = {person.id: person for person in people}
    here = [each for each in history if each.pair.mentee_id in by_id and each.pair.mentor_id in by_id]
    asked_at: dict[int, list[datetime]] = defaultdict(list)
    for each in here:
        for party in Party:
            at = each.asked_at(party)
            if at is not None:
                asked_at[each.person_id(party)].append(at)
    for moments in asked_at.values():
        moments.sort()
    return {party: _of_party(party, here, by_id, asked_at) for party in Party}


def own_answers(answers: Answers) -> dict[tuple[Party, int], Own]:
    """{(role, person): how often they said yes, of how many answers}."""
    found: dict[tuple[Party, int], Own] = {}
    for party, given in answers.items():
        for each in given:
            yes, number = found.get((party, each.asking.person_id), (0, 0))
            found[party, each.asking.person_id] = yes + each.yes, number + 1
    return found


def _of_party(
    party: Party, history: Sequence[Proposal], people: Mapping[int, Person], asked_at: Mapping[int, list[datetime]]
) -> list[Answered]:
    found: list[Answered] = []
    before: dict[int, list[tuple[datetime, bool]]] = defaultdict(list)
    known = [(at, said, each) for each in history if (at := each.asked_at(party)) and (said := _said(each, party))]
    for at, (said_at, yes), each in sorted(known, key=lambda one: (one[0], one[2].id)):
        person = people[each.person_id(party)]
        told = [was_yes for when, was_yes in before[person.id] if when <= at]
        moments = asked_at[person.id]
        there = each.interval.start.astimezone(ZoneInfo(person.limits.zone))
        one = replace(
            asking(people[each.pair.mentee_id], people[each.pair.mentor_id], _suits(each)),
            person_id=person.id,
            yes=sum(told),
            answers=len(told),
            asked_lately=bisect_left(moments, at) - bisect_left(moments, at - timedelta(days=ASKED_DAYS)),
            notice_days=(each.interval.start - at).total_seconds() / 86400,
            hour=there.hour + there.minute / 60,
            friday=there.weekday() == FRIDAY,
        )
        found.append(Answered(one, yes))
        before[person.id].append((said_at, yes))
    return found


def _said(proposal: Proposal, party: Party) -> tuple[datetime, bool] | None:
    """When they said yes or no, and which; None for what says nothing."""
    answer, asked_at = proposal.answer(party), proposal.asked_at(party)
    assert asked_at is not None
    if answer.partstat in (Partstat.ACCEPTED, Partstat.DECLINED):
        return answer.at or asked_at, answer.partstat is Partstat.ACCEPTED
    if proposal.unanswered:
        return proposal.expires_at or asked_at, False
    return None


def _suits(proposal: Proposal) -> float:
    return next((each.points for each in proposal.reasons if each.name == "suits"), ORDINARY)
