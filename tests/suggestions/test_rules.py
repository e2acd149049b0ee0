"""Each rule both ways: it speaks where it should, and stays silent where it should."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from mentoring.attention import Attention
from mentoring.availability import Unknown
from mentoring.needs import Need
from mentoring.people import Role, Seniority, Way
from mentoring.policy import Policy, RuleSetting
from mentoring.proposals import Objection
from suggestions import limits, preferences, rules, sharing, vetoes
from suggestions.circumstances import Earlier, Ending, Load, Said, Silence, Wish
from suggestions.objections import Objected
from suggestions.suitability import Suitability
from tests.suggestions.people import NOW, days_ago, need, nine_to_five, pair, person

UNREAD = Unknown("the feed could not be read")


def earlier(ending: Ending, ago: float, mentee: int = 1, mentor: int = 2, theme: int = 7) -> tuple[Earlier, ...]:
    return (Earlier(mentee, mentor, theme, ending, days_ago(ago)),)


def said(wish: Wish, by: int, ago: float = 1, mentee: int = 1, mentor: int = 2, theme: int = 7) -> tuple[Said, ...]:
    return (Said(by, wish, mentee, mentor, theme, days_ago(ago)),)


def expected(first: int, last: int) -> Need:
    """A need whose next time lies between so many days from now."""
    return need(next_from=days_ago(-first), next_at=days_ago(-(first + last) / 2), next_until=days_ago(-last))


def silent(times: int, ago: float) -> Silence:
    return Silence(times, days_ago(ago))


def had(used: int, before: int = 0, unanswered: int = 0) -> Load:
    """So many messages this week and the week before, and so many in a row without an answer."""
    return Load(attention=Attention(used, before, unanswered))


def silence_of_a_mentor(ago: float) -> Load:
    return Load(silent_as_mentor=silent(1, ago))


def met_on_topic(*ago: float) -> tuple[Earlier, ...]:
    """Meetings of the mentee with others on the topic, so many days ago."""
    return tuple(Earlier(1, 3 + at, 7, Ending.MET, days_ago(days)) for at, days in enumerate(ago))


def speaking(mentee: tuple[str, ...], mentor: tuple[str, ...]) -> dict[str, Any]:
    return {"mentee": person(1, languages=mentee), "mentor": person(2, languages=mentor)}


def liking(mentee: set[Way], mentor: set[Way]) -> dict[str, Any]:
    return {"mentee": person(1, ways=frozenset(mentee)), "mentor": person(2, ways=frozenset(mentor))}


def apart(mentee: Seniority, mentor: Seniority, mentee_knows: float = 0.0) -> dict[str, Any]:
    """The mentor's suitability is 0.5."""
    two = {"mentee": person(1, seniority=mentee), "mentor": person(2, seniority=mentor)}
    return {**two, "mentee_knows": mentee_knows}


VETOES: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("mentee_opted_in", {"mentee": person(1, roles=frozenset({Role.MENTOR}))}, {"mentee": person(1)}),
    ("mentee_opted_in", {"mentee": person(1, stopped=True)}, {}),
    ("mentor_opted_in", {"mentor": person(2, roles=frozenset({Role.MENTEE}))}, {"mentor": person(2)}),
    (
        "neither_paused",
        {"mentor": person(2, limits=nine_to_five(paused_until=days_ago(-1)))},
        {"mentor": person(2, limits=nine_to_five(paused_until=days_ago(1)))},
    ),
    ("neither_paused", {"mentee": person(1, limits=nine_to_five(paused_until=days_ago(-1)))}, {}),
    ("mentee_time_known", {"mentee_availability": UNREAD}, {}),
    ("mentor_time_known", {"mentor_availability": UNREAD}, {}),
    (
        "pair_possible",
        {"mentee": person(1, never_with=frozenset({2}))},
        {"mentee": person(1, never_with=frozenset({3}))},
    ),
    ("pair_possible", {"mentor": person(2, never_with=frozenset({1}))}, {}),
    ("pair_possible", {"said": said(Wish.NOT_THIS_PERSON, by=2)}, {"said": said(Wish.NOT_THIS_PERSON, by=1, mentor=3)}),
    ("no_reporting_line", {"mentee": person(1, manager_id=2)}, {"mentee": person(1, manager_id=3)}),
    ("no_reporting_line", {"mentor": person(2, manager_id=1)}, {}),
    (
        "forbidden_pair",
        {"policy": Policy(forbidden_pairs=frozenset({frozenset({2, 1})}))},
        {"policy": Policy(forbidden_pairs=frozenset({frozenset({1, 3}), frozenset({2, 3})}))},
    ),
    ("minimum_suitability", {"suitability": Suitability(0.1, 0.1)}, {"suitability": Suitability(0.2, 0.2)}),
    ("topic_wanted", {"said": said(Wish.NOT_THIS_TOPIC, by=1)}, {"said": said(Wish.NOT_THIS_TOPIC, by=1, theme=8)}),
    (
        "topic_wanted",
        {"said": said(Wish.NOT_THIS_TOPIC, by=2)},
        {"said": said(Wish.NOT_THIS_TOPIC, by=2, mentee=2, mentor=5)},
    ),
    ("not_just_refused", {"said": said(Wish.NOT_NOW, by=1, ago=13)}, {"said": said(Wish.NOT_NOW, by=1, ago=15)}),
    (
        "topic_as_answered",
        {"objected": (Objected(1, 2, 7, "recurs", "topic", Objection.WRONG, days_ago(9)),)},
        {"objected": (Objected(1, 2, 7, "recurs", "topic", Objection.WRONG, days_ago(11)),)},
    ),
    (
        "person_as_answered",
        {"objected": (Objected(1, 2, 7, "suits", "person", Objection.NEVER, days_ago(99)),)},
        {"objected": (Objected(1, 3, 7, "suits", "person", Objection.NEVER, days_ago(99)),)},
    ),
    ("not_yet", {"need": expected(60, 80)}, {"need": expected(27, 50)}),
    ("not_yet", {"need": expected(60, 80)}, {"need": expected(60, 80), "policy": Policy(lead_days=61)}),
    ("pair_cooldown", {"earlier": earlier(Ending.MET, 20, theme=8)}, {"earlier": earlier(Ending.MET, 22)}),
    ("pair_cooldown", {"earlier": earlier(Ending.MET, 20, 2, 1)}, {"earlier": earlier(Ending.MET, 20, 1, 3)}),
    ("declined_cooldown", {"earlier": earlier(Ending.DECLINED, 27)}, {"earlier": earlier(Ending.DECLINED, 29)}),
    ("ignored_cooldown", {"earlier": earlier(Ending.IGNORED, 27)}, {"earlier": earlier(Ending.IGNORED, 29)}),
    ("left_in_peace", {"mentee_load": Load(silent_as_mentee=silent(1, 6))}, {"mentee_load": silence_of_a_mentor(6)}),
    ("left_in_peace", {"mentor_load": silence_of_a_mentor(6)}, {"mentor_load": silence_of_a_mentor(8)}),
    (
        "left_in_peace",
        {"mentee_load": Load(silent_as_mentee=silent(2, 13))},
        {"mentee_load": Load(silent_as_mentee=silent(2, 15))},
    ),
    (
        "left_in_peace",
        {"mentee_load": Load(silent_as_mentee=silent(9, 55))},
        {"mentee_load": Load(silent_as_mentee=silent(9, 57))},
    ),
    (
        "withdrawn_cooldown",
        {"earlier": earlier(Ending.WITHDRAWN, 1) + earlier(Ending.WITHDRAWN, 13)},
        {"earlier": earlier(Ending.WITHDRAWN, 1) + earlier(Ending.WITHDRAWN, 15)},
    ),
    ("withdrawn_cooldown", {"earlier": earlier(Ending.WITHDRAWN, 1) * 2}, {"earlier": earlier(Ending.WITHDRAWN, 1)}),
    ("topic_cooldown", {"earlier": earlier(Ending.MET, 20, 1, 3)}, {"earlier": earlier(Ending.MET, 20, 1, 3, theme=8)}),
    ("topic_cooldown", {"earlier": met_on_topic(60, 22)}, {"earlier": met_on_topic(60)}),
    ("topic_cooldown", {"earlier": met_on_topic(200, 120, 83)}, {"earlier": met_on_topic(200, 120, 85)}),
    (
        "topic_cooldown",
        {"earlier": met_on_topic(60, 22), "policy": Policy(repeat_growth=1.1)},
        {"earlier": met_on_topic(60, 22), "policy": Policy(repeat_growth=1.0)},
    ),
    ("common_language", speaking(("de",), ("en", "fr")), speaking(("de", "en"), ("fr", "en"))),
    ("common_language", speaking(("de",), ("en",)), speaking(("de",), ())),
    ("shared_way", liking({Way.VIDEO}, {Way.CHAT}), liking({Way.VIDEO, Way.CHAT}, {Way.CHAT})),
    ("shared_way", liking({Way.VIDEO}, {Way.CHAT}), liking({Way.VIDEO}, set())),
    ("mentor_has_room", {"mentor_load": Load(open_as_mentor=2)}, {"mentor_load": Load(open_as_mentor=1)}),
    ("mentee_has_room", {"mentee_load": Load(open_as_mentee=1)}, {"mentee_load": Load(open_as_mentor=1)}),
    ("monthly_caps_left", {"mentor_load": Load(booked_this_month=4)}, {"mentor_load": Load(booked_this_month=3)}),
    ("monthly_caps_left", {"mentee_load": Load(booked_this_month=4)}, {}),
    ("weekly_messages_left", {"mentor_load": had(5)}, {"mentor_load": had(4)}),
    ("weekly_messages_left", {"mentor_load": had(1, unanswered=4)}, {"mentor_load": had(1, unanswered=3)}),
    ("weekly_messages_left", {"mentor_load": had(0, before=1, unanswered=9)}, {"mentor_load": had(0, unanswered=9)}),
    (
        "weekly_messages_left",
        {"mentee_load": had(1), "policy": Policy(weekly_messages=1)},
        {"mentee_load": had(1), "policy": Policy(weekly_messages=2)},
    ),
]

POINTS: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("suits", {}, {"suitability": Suitability(0.0, 0.0)}),
    ("in_time", {"need": expected(1, 20)}, {"need": expected(20, 60)}),
    ("likely_again", {}, {"need": need(probability=0.0)}),
    ("fresh", {"need": need(last_at=days_ago(6))}, {"need": need(last_at=days_ago(8))}),
    ("another_department", {"mentee": person(1, department="A"), "mentor": person(2, department="B")}, {}),
    ("zone_overlap", {}, {"mentor": person(2, limits=nine_to_five("Pacific/Auckland"))}),
    (
        "another_department",
        {"mentee": person(1, manager_id=8), "mentor": person(2, manager_id=9)},
        {"mentee": person(1, manager_id=8), "mentor": person(2, manager_id=8)},
    ),
    ("another_department", {"mentee": person(1, manager_id=8), "mentor": person(2, manager_id=9)}, {}),
    ("first_language", speaking(("de", "en"), ("de",)), speaking(("en", "de"), ("de",))),
    ("knows_more_though_junior", {"mentor": person(2, seniority=Seniority.JUNIOR)}, {}),
    (
        "knows_more_though_junior",
        {"mentor": person(2, seniority=Seniority.JUNIOR), "mentee_knows": 0.3},
        {"mentor": person(2, seniority=Seniority.JUNIOR), "mentee_knows": 0.4},
    ),
    (
        "far_apart_in_seniority",
        apart(Seniority.JUNIOR, Seniority.SENIOR, 0.4),
        apart(Seniority.JUNIOR, Seniority.SENIOR),
    ),
    (
        "far_apart_in_seniority",
        apart(Seniority.LEAD, Seniority.JUNIOR, 0.4),
        apart(Seniority.LEAD, Seniority.JUNIOR, 0.3),
    ),
    (
        "far_apart_in_seniority",
        apart(Seniority.LEAD, Seniority.JUNIOR, 0.4),
        apart(Seniority.LEAD, Seniority.SENIOR, 0.4),
    ),
    ("likely_accepted", {"likelier": 0.2}, {"likelier": 0.0}),
    ("likely_accepted", {"likelier": -0.2}, {}),
    ("met_before", {"earlier": earlier(Ending.MET, 60, theme=8)}, {"earlier": earlier(Ending.MET, 60, 1, 3)}),
    ("met_before", {"earlier": earlier(Ending.MET, 60, 2, 1)}, {"earlier": earlier(Ending.MET, 360)}),
    ("same_mentor_again", {"earlier": earlier(Ending.MET, 60)}, {"earlier": earlier(Ending.MET, 60, theme=8)}),
    ("same_mentor_again", {"earlier": earlier(Ending.MET, 60)}, {"earlier": earlier(Ending.MET, 60, 1, 3)}),
    ("rarely_asked", {"mentor_load": Load(share_as_mentor=0.0)}, {"mentor_load": Load(share_as_mentor=1.0)}),
    ("rarely_offered", {"mentee_load": Load(share_as_mentee=3.0)}, {"mentor_load": Load(share_as_mentor=3.0)}),
    ("mentor_has_done_much", {"mentor_load": Load(mentored_lately=1)}, {"mentee_load": Load(mentored_lately=1)}),
    ("mentor_is_weary", {"mentor_load": Load(refused_in_a_row=1)}, {"mentee_load": Load(refused_in_a_row=1)}),
    ("recently_ignored", {"mentor_load": Load(ignored_lately=1)}, {}),
]


def verdict(name: str, **changes: Any) -> rules.Verdict | None:
    """What that one rule says of an ordinary pair with those changes."""
    return next((each for each in rules.judge(pair(**changes)).verdicts if each.rule == name), None)


@pytest.mark.parametrize(("name", "against", "fine"), VETOES)
def test_a_veto_stands_in_the_way_only_where_it_should(
    name: str, against: dict[str, Any], fine: dict[str, Any]
) -> None:
    found = verdict(name, **against)
    assert found is not None
    assert found.veto
    assert found.words
    assert verdict(name, **fine) is None


@pytest.mark.parametrize(("name", "holds", "does_not"), POINTS)
def test_points_are_given_only_where_they_should(name: str, holds: dict[str, Any], does_not: dict[str, Any]) -> None:
    found = verdict(name, **holds)
    assert found is not None
    assert found.points
    assert not found.veto
    assert verdict(name, **does_not) is None


@pytest.mark.parametrize("name", ["rarely_asked", "rarely_offered"])
def test_who_was_offered_little_comes_before_who_was_offered_much(name: str) -> None:
    points = [
        said.points if said else 0.0
        for share in (0.0, 0.5, 1.0, 1.5, 2.0, 9.0)
        for said in [verdict(name, mentor_load=Load(share_as_mentor=share), mentee_load=Load(share_as_mentee=share))]
    ]
    assert points == sorted(points, reverse=True)
    assert points[0] > 0 > points[-1]


@pytest.mark.parametrize("name", ["rarely_asked", "rarely_offered"])
@pytest.mark.parametrize("most", [0.0, 0.1, 0.5])
def test_a_small_share_never_outweighs_more_of_suitability_than_the_policy_says(name: str, most: float) -> None:
    policy = Policy(fairness_points=most, rules=(RuleSetting(name, value=1.0),))
    never, often = (
        verdict(name, policy=policy, mentor_load=Load(share_as_mentor=share), mentee_load=Load(share_as_mentee=share))
        for share in (0.0, 9.0)
    )
    assert (never.points if never else 0.0) - (often.points if often else 0.0) == pytest.approx(most)


def test_an_average_share_and_no_share_at_all_say_nothing() -> None:
    assert verdict("rarely_asked") is None
    assert verdict("rarely_asked", mentor_load=Load(share_as_mentor=1.0)) is None


def test_a_topic_rests_longer_after_each_meeting_on_it_and_a_year_at_most() -> None:
    rests = [limits.repeat_days(Policy(), times, 21) for times in range(1, 8)]
    assert rests == [21, 42, 84, 168, 336, 365, 365]


def test_a_reason_that_a_mentee_does_not_want_to_count_gives_no_points_and_says_so() -> None:
    abroad = {"mentee": person(1, department="Sales"), "mentor": person(2, department="Finance")}
    answered = Objected(1, 5, 8, "another_department", "person", Objection.NEVER, days_ago(99))
    counted, not_any_more = rules.judge(pair(**abroad)), rules.judge(pair(**abroad, objected=(answered,)))
    assert "another_department" in counted.facts
    assert "another_department" not in not_any_more.facts
    (told,) = [each for each in not_any_more.verdicts if each.rule == "another_department"]
    assert (told.veto, told.points) == (False, 0.0)
    assert told.words == "Not counted: Person1 said “never” of this reason"
    assert rules.score(not_any_more.verdicts) < rules.score(counted.verdicts)


def test_every_rule_is_tested_and_says_what_it_means() -> None:
    tested = {name for name, *_ in VETOES + POINTS}
    assert tested == set(rules.BY_NAME)
    assert len(rules.BY_NAME) == len(rules.RULES)
    assert all(rules.meaning(name).endswith(".") for name in rules.BY_NAME)


def test_every_function_that_could_be_a_rule_is_in_the_list() -> None:
    for module in (vetoes, limits, preferences, sharing):
        written = {
            name
            for name, each in vars(module).items()
            if getattr(each, "__module__", "") == module.__name__
            and set(getattr(each, "__annotations__", {})) == {"pair", "return"}
            and not name.startswith("_")
        }
        assert written <= set(rules.BY_NAME)


def test_nothing_stands_in_the_way_of_an_ordinary_pair() -> None:
    assert not [verdict for verdict in rules.judge(pair()).verdicts if verdict.veto]


def test_a_disabled_rule_says_nothing_but_what_people_decided_cannot_be_disabled() -> None:
    against = pair(
        mentee=person(1, manager_id=2, never_with=frozenset({2})),
        policy=Policy(rules=(RuleSetting("no_reporting_line", on=False), RuleSetting("pair_possible", on=False))),
    )
    assert [verdict.rule for verdict in rules.judge(against).verdicts if verdict.veto] == ["pair_possible"]


def test_an_admins_weight_replaces_the_rules_own() -> None:
    (points,) = [
        each.points
        for each in rules.judge(pair(policy=Policy(rules=(RuleSetting("suits", value=3.0),)))).verdicts
        if each.rule == "suits"
    ]
    assert points == pytest.approx(1.5)


def test_a_pair_that_was_ruled_out_in_confidence_reads_the_same_whoever_ruled_it_out() -> None:
    told = {
        verdict("pair_possible", **change)
        for change in (
            {"mentee": person(1, never_with=frozenset({2}))},
            {"mentor": person(2, never_with=frozenset({1}))},
            {"said": said(Wish.NOT_THIS_PERSON, by=1)},
            {"said": said(Wish.NOT_THIS_PERSON, by=2)},
        )
    }
    assert len(told) == 1


def test_a_pause_ends_on_the_day_that_the_person_chose() -> None:
    """In Berlin the seventh begins while it is the sixth in UTC."""
    begins = datetime(2026, 12, 6, 23, 0, tzinfo=UTC)
    paused = person(2, limits=nine_to_five("Europe/Berlin", paused_until=begins))
    assert vetoes.neither_paused(pair(mentor=paused)).endswith("until 7 December")


def test_an_unknown_calendar_is_told_in_its_own_words() -> None:
    found = verdict("mentor_time_known", mentor_availability=UNREAD)
    assert found is not None
    assert "the feed could not be read" in found.words


def test_hours_in_common_are_counted_by_the_wall_clock_of_both() -> None:
    berlin, new_york = nine_to_five().hours, nine_to_five("America/New_York").hours
    assert preferences.hours_in_common(berlin, new_york, preferences._monday(NOW)) == pytest.approx(10)
