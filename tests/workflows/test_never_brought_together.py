"""Whom a rule forbids to meet is never chosen, by points or by lot, whatever the points say."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mentoring.intervals import Interval
from mentoring.openings import Opening
from mentoring.people import Person, Role
from mentoring.policy import Policy, RuleSetting, Sending
from mentoring.proposals import State
from suggestions.candidates import consider
from suggestions.circumstances import Circumstances
from suggestions.suitability import suitabilities
from tests.scheduler.people import someone
from tests.scheduler.test_everybody_who_can_meets import limits
from tests.suggestions.people import FREE, NOW, need, person
from tests.suggestions.test_candidates import TEXTS, THEMES
from tests.workflows.house import a_house
from tests.workflows.pairs import THURSDAY
from workflows import asking, reviewing
from workflows.deciding import Chances, best_mentors, decide_on

IDS = (1, 2, 3, 4, 5)
OTHERS = st.sets(st.sampled_from(IDS), max_size=2)


@st.composite
def organisations(draw: st.DrawFn) -> tuple[list[Person], Policy]:
    people = [
        person(
            each,
            "Terraform state",
            never_with=frozenset(draw(OTHERS)) - {each},
            manager_id=draw(st.sampled_from((None, *IDS))),
            languages=draw(st.sampled_from(((), ("de",), ("en",), ("de", "en")))),
        )
        for each in IDS
    ]
    pairs = draw(st.sets(st.sampled_from([frozenset({a, b}) for a in IDS for b in IDS if a < b]), max_size=4))
    weights = tuple(RuleSetting(rule, value=1.0) for rule in draw(st.sets(st.sampled_from(("suits", "fresh")))))
    return people, Policy(forbidden_pairs=frozenset(pairs), exploration_share=0.3, rules=weights)


def may_meet(mentee: Person, mentor: Person, policy: Policy) -> bool:
    both = frozenset({mentee.id, mentor.id})
    return (
        both not in policy.forbidden_pairs
        and mentor.id not in mentee.never_with
        and mentee.id not in mentor.never_with
        and mentee.manager_id != mentor.id
        and mentor.manager_id != mentee.id
        and (not mentee.languages or not mentor.languages or bool({*mentee.languages} & {*mentor.languages}))
    )


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(organisations(), st.integers(0, 2**40))
def test_whom_a_rule_forbids_to_meet_is_never_chosen(case: tuple[list[Person], Policy], seed: int) -> None:
    people, policy = case
    fits = suitabilities(THEMES, [7], people, TEXTS)
    now = Circumstances(policy, NOW, dict.fromkeys(IDS, FREE))
    possible = [each for each in consider([need(each) for each in IDS], people, fits, now) if each.possible]
    times = tuple(Opening(Interval.lasting(NOW + timedelta(days=day), 20)) for day in range(1, 6))
    known = {each: someone(each, limits()) for each in IDS}
    decided = decide_on(
        best_mentors(possible), lambda _: times, known, dict.fromkeys(IDS, 2), Chances(policy.exploration_share, seed)
    )
    by_id = {each.id: each for each in people}
    for each, probability in zip(decided.candidates, decided.probabilities, strict=True):
        assert may_meet(by_id[each.mentee_id], by_id[each.mentor_id], policy)
        assert 0 <= probability <= 1
    could = {a.id for a in people for b in people if a != b and may_meet(a, b, policy)}
    assert {each.mentee_id for each, _ in decided.chosen} <= could
    assert np.isclose(sum(decided.probabilities), len(decided.chosen))


@pytest.mark.parametrize("sending", [Sending.ON, Sending.REVIEW])
def test_two_who_may_not_meet_any_more_are_not_asked_about_what_a_round_reserved(
    tmp_path: Path, sending: Sending
) -> None:
    house = a_house(tmp_path)
    house.policy(sending=sending)
    ann, ben = house.add("Ann Ash"), house.add("Ben Birch")
    waiting = house.reserve(ann, ben, THURSDAY, house.theme("query plans", ann))
    if sending is Sending.REVIEW:
        admin = house.who(house.add("Zofia Zeder", roles=frozenset({Role.ADMIN})))
        reviewing.release(house.parts, admin, {waiting.id: waiting.version})
    house.policy(forbidden_pairs=frozenset({frozenset({ann.id, ben.id})}))
    asking.ask(house.parts, house.organisation_id, waiting.id)
    after = house.proposal(waiting.id)
    assert (after.state, after.ended_because) == (State.WITHDRAWN, asking.NOT_WANTED)
