"""Who was considered for what, and what stood in the way."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pytest

from mentoring.needs import Theme
from mentoring.people import Person, Role
from mentoring.policy import Policy, RuleSetting
from mentoring.proposals import Party
from suggestions.acceptance import ORDINARY, Model
from suggestions.candidates import Considered, consider
from suggestions.circumstances import Circumstances, Load
from suggestions.likelihood import Likelihood
from suggestions.suitability import Experience, Outcome, suitabilities
from suggestions.themes import Themes
from tests.suggestions.people import FREE, NOW, days_ago, directions, need, person

KNOWS = {"Terraform state": 0, "Giving talks": 1, "Postgres": 2}
TEXTS = dict(zip(KNOWS, directions(0, 1, 2), strict=True))
CENTROIDS = dict(zip((7, 8), directions(0, 1), strict=True))
THEMES = Themes(
    (Theme(7, "state lock", (11, 12, 13)), Theme(8, "nervous talks", (21, 22))), CENTROIDS, np.zeros(40, np.float32)
)


def looked_at(people: list[Person], **more: object) -> dict[int, Considered]:
    """What came of everybody for person 1's need, by mentor."""
    plain = Circumstances(
        Policy(),
        NOW,
        {each.id: FREE for each in people},
        written_at={11: days_ago(30), 12: days_ago(20), 13: days_ago(10)},
    )
    fits = suitabilities(THEMES, [7, 8], people, TEXTS)
    found = consider([need()], people, fits, replace(plain, **more))  # type: ignore[arg-type]
    return {each.mentor_id: each for each in found}


def test_everybody_but_the_mentee_is_considered() -> None:
    found = looked_at([person(1), person(2, "Terraform state"), person(3, "Giving talks"), person(4)])
    assert sorted(found) == [2, 3, 4]
    assert found[2].possible
    assert found[3].stood_in_the_way == found[4].stood_in_the_way == ("minimum_suitability",)


def test_who_knows_the_topic_better_scores_higher() -> None:
    mixed = dict(TEXTS) | {"A bit of both": TEXTS["Terraform state"] + TEXTS["Giving talks"]}
    people = [person(1), person(2, "Terraform state"), person(3, "A bit of both")]
    fits = suitabilities(THEMES, [7], people, mixed)
    near, half = consider([need()], people, fits, Circumstances(Policy(), NOW, dict.fromkeys((1, 2, 3), FREE)))
    assert near.score > half.score > 0


def test_somebody_who_did_not_opt_in_is_told_apart_from_somebody_who_does_not_suit() -> None:
    found = looked_at(
        [person(1), person(2, "Terraform state", roles=frozenset({Role.MENTEE})), person(3, roles=frozenset())]
    )
    assert found[2].stood_in_the_way == ("mentor_opted_in",)
    assert found[3].stood_in_the_way == ("mentor_opted_in", "minimum_suitability")


def test_every_veto_that_stood_in_the_way_is_named() -> None:
    people = [person(1, manager_id=2), person(2, "Terraform state")]
    found = looked_at(people, loads={2: Load(open_as_mentor=5)}, availability={1: FREE})
    assert found[2].stood_in_the_way == ("mentor_time_known", "no_reporting_line", "mentor_has_room")
    assert found[2].score == 0
    assert not found[2].reasons


def test_without_the_minimum_everybody_is_asked_of_the_rules() -> None:
    policy = Policy(rules=(RuleSetting("minimum_suitability", on=False),))
    assert looked_at([person(1), person(2)], policy=policy)[2].possible


def test_reasons_say_why_this_topic_and_why_this_person() -> None:
    words = [reason.words for reason in looked_at([person(1), person(2, "Terraform state")])[2].reasons]
    assert words[0] == "You wrote about this on 3 days in the last 5 weeks"
    assert "Knows: “Terraform state”" in words
    assert words[-1] == "Read: 3 of your notes, and when each of you is busy"


def test_reasons_are_about_what_they_can_be_answered_for() -> None:
    reasons = looked_at([person(1), person(2, "Terraform state")])[2].reasons
    assert {reason.about for reason in reasons} <= {"topic", "person", "time", "reading"}


def test_the_order_of_people_and_needs_plays_no_part() -> None:
    people = [person(1), person(2, "Terraform state"), person(3, "Giving talks")]
    needs = [need(), need(2, 8), need(1, 8)]
    now = Circumstances(Policy(), NOW, dict.fromkeys((1, 2, 3), FREE))
    forward = consider(needs, people, suitabilities(THEMES, [7, 8], people, TEXTS), now)
    backward = consider(needs[::-1], people[::-1], suitabilities(THEMES, [8, 7], people[::-1], TEXTS), now)
    assert forward == backward


@pytest.mark.parametrize(
    ("outcome", "sign"), [(Outcome.WENT_WELL, 1), (Outcome.WENT_BADLY, -1), (Outcome.DECLINED, -1)]
)
def test_experience_on_a_like_theme_counts_and_on_another_does_not(outcome: Outcome, sign: int) -> None:
    people = [person(2, "Terraform state", "Giving talks")]
    before = suitabilities(THEMES, [7, 8], people, TEXTS)
    after = suitabilities(THEMES, [7, 8], people, TEXTS, [Experience(2, CENTROIDS[7], "state lock", outcome)])
    learned = after.of(7, 2).learned
    assert learned * sign > 0.05
    assert abs(after.of(8, 2).learned) < 0.01
    assert after.of(7, 2).cosine == before.of(7, 2).cosine
    assert after.of(7, 2).went_well == (("state lock",) if outcome is Outcome.WENT_WELL else ())


def learned(outcome: Outcome, counts: float = 1.0) -> float:
    went = Experience(2, CENTROIDS[7], "state lock", outcome, counts=counts)
    return suitabilities(THEMES, [7], [person(2, "Terraform state")], TEXTS, [went]).of(7, 2).learned


def test_a_meeting_of_which_nobody_said_anything_teaches_little_and_is_not_said_to_have_gone_well() -> None:
    assert 0 < learned(Outcome.MET) < learned(Outcome.WENT_WELL) / 2
    went = Experience(2, CENTROIDS[7], "state lock", Outcome.MET)
    assert suitabilities(THEMES, [7], [person(2, "Terraform state")], TEXTS, [went]).of(7, 2).went_well == ()


@pytest.mark.parametrize("outcome", list(Outcome))
def test_what_counts_half_teaches_half(outcome: Outcome) -> None:
    assert learned(outcome, 0.5) == pytest.approx(learned(outcome) / 2)


def told_of_experience(reader_id: int, label: str, own: dict[int, str]) -> list[str]:
    """What person reader_id is told of a mentor whose meeting on a like theme went well."""
    people = [person(1), person(2, "Terraform state"), person(3)]
    went_well = Experience(2, CENTROIDS[7], label, Outcome.WENT_WELL, own)
    fits = suitabilities(THEMES, [7], people, TEXTS, [went_well])
    found = consider([need(reader_id)], people, fits, Circumstances(Policy(), NOW, dict.fromkeys((1, 2, 3), FREE)))
    (mentor,) = [each for each in found if each.mentor_id == 2]
    return [reason.words for reason in mentor.reasons if reason.name == "went_well"]


def test_whoever_wrote_of_the_theme_is_told_in_their_own_words_and_others_in_those_of_a_group() -> None:
    assert told_of_experience(1, "", {1: "state lock"}) == ["A meeting of theirs on “state lock” went well"]
    assert told_of_experience(1, "locks", {1: "state lock"}) == ["A meeting of theirs on “state lock” went well"]
    assert told_of_experience(1, "locks", {3: "state lock"}) == ["A meeting of theirs on “locks” went well"]


def test_a_label_made_of_what_a_few_others_wrote_is_not_told() -> None:
    assert told_of_experience(1, "", {3: "state lock"}) == ["Meetings of theirs on something like this went well"]
    assert told_of_experience(1, "", {}) == ["Meetings of theirs on something like this went well"]


def test_the_chance_of_a_yes_goes_by_what_earlier_suggestions_told_of_whom_they_suited() -> None:
    """It is learned from the declared knowledge that they told; so what meetings add to it is not taken for that."""
    knows_of_suits = Model(0.5, 99, np.array([0.0, 0.0, 1.0, *[0.0] * 7]))
    now = Circumstances(
        Policy(), NOW, dict.fromkeys((1, 2, 3), FREE), likelihood=Likelihood(dict.fromkeys(Party, knows_of_suits))
    )
    people = [person(1), person(2, "Terraform state"), person(3)]
    taught = [Experience(each, CENTROIDS[7], "state lock", Outcome.WENT_WELL) for each in (2, 2, 3, 3)]
    for experiences in ([], taught):
        found = consider([need()], people, suitabilities(THEMES, [7], people, TEXTS, experiences), now)
        likelier = {each.mentor_id: each.facts.get("likely_accepted", 0.0) for each in found}
        told = next(each.points for each in found[0].reasons if each.name == "suits")
        yes = 1 / (1 + np.exp(-2 * (told - ORDINARY)))
        assert likelier[2] == pytest.approx(yes**2 - 0.25, abs=1e-4)
        assert likelier[3] == 0.0, "nothing was told of them"


def test_suitability_stays_within_one() -> None:
    many = [Experience(2, CENTROIDS[7], "state lock", Outcome.WENT_WELL)] * 50
    assert suitabilities(THEMES, [7], [person(2, "Terraform state")], TEXTS, many).of(7, 2).score <= 1


@pytest.mark.slow
def test_a_thousand_people_are_considered_within_seconds() -> None:
    people = [person(each, list(KNOWS)[each % 3]) for each in range(1, 1001)]
    now = Circumstances(Policy(), NOW, {each.id: FREE for each in people})
    needs = [need(each, 7 + each % 2) for each in range(1, 301)]
    began = time.perf_counter()
    found = consider(needs, people, suitabilities(THEMES, [7, 8], people, TEXTS), now)
    assert len(found) == 300 * 999
    assert time.perf_counter() - began < 60
