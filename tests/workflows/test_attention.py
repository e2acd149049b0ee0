"""One budget of attention: messages of every kind count in a week of the person's own zone, those left unanswered lower
it, an answer gives it back, and of two workers who want the last one the database lets one have it."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mentoring.attention import Asked, Attention, Kind
from mentoring.people import Person
from mentoring.policy import Policy, RuleSetting, Scope, ScopeKind
from mentoring.proposals import State
from store import attention as asked
from store import people, policies
from tests.databases import PostgresServer
from tests.servers import DavServer
from tests.workflows.house import House, a_house, a_person, nine_to_five
from tests.workflows.pairs import Pair
from tests.workflows.test_why import writes
from workflows import asking, attention, judging, pages, proposing, sweeping

SUNDAY_LATE = datetime(2026, 11, 29, 22, 30, tzinfo=UTC)
"""Still Sunday in Berlin, Monday in Auckland, and Sunday morning in Los Angeles."""


@pytest.fixture
def house(tmp_path: Path, dav: DavServer) -> House:
    return a_house(tmp_path, frozenset({dav.host_port}))


def had(house: House, person: Person, *moments: datetime, kind: Kind = Kind.SUGGESTION) -> None:
    with house.parts.database.writing(house.organisation_id) as memory:
        for moment in moments:
            asked.add(memory, person.id, kind, moment)


def of(house: House, person: Person) -> Attention:
    with house.parts.database.reading(house.organisation_id) as memory:
        return attention.of_person(memory, people.get(memory, person.id), house.clock())


# --- The week, and the rule ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "asked_at", "times"),
    [
        ("Europe/Berlin", datetime(2026, 11, 23, 8, 0, tzinfo=UTC), 1),
        ("Europe/Berlin", datetime(2026, 11, 22, 22, 59, tzinfo=UTC), 0),
        ("Europe/Berlin", datetime(2026, 11, 22, 23, 0, tzinfo=UTC), 1),
        ("America/Los_Angeles", datetime(2026, 11, 23, 7, 59, tzinfo=UTC), 0),
        ("Pacific/Auckland", datetime(2026, 11, 23, 8, 0, tzinfo=UTC), 0),
        ("Pacific/Auckland", datetime(2026, 11, 29, 11, 0, tzinfo=UTC), 1),
    ],
)
def test_a_week_is_the_iso_week_of_the_persons_own_zone(
    house: House, zone: str, asked_at: datetime, times: int
) -> None:
    ann = house.add("Ann Ash", limits=nine_to_five(zone))
    had(house, ann, asked_at)
    house.clock.now = SUNDAY_LATE
    assert of(house, ann).used == times


@pytest.mark.parametrize("kind", Kind)
def test_messages_of_every_kind_count(house: House, kind: Kind) -> None:
    ann = house.add("Ann Ash")
    had(house, ann, house.clock(), kind=kind)
    had(house, ann, house.clock())
    assert of(house, ann) == Attention(used=2)


@pytest.mark.parametrize(
    ("unanswered", "a_week"),
    [(0, [5, 5, 5, 5]), (1, [4, 4, 4, 4]), (4, [1, 1, 1, 1]), (5, [1, 0, 1, 0]), (50, [1, 0, 1, 0])],
)
def test_each_message_left_unanswered_takes_one_of_the_weeks_away(unanswered: int, a_week: list[int]) -> None:
    """How many leave in four weeks running, where there would always be one more to send."""
    left, before = [], 0
    for _ in a_week:
        used = 0
        while Attention(used, before, unanswered).allows(5):
            used += 1
        left.append(used)
        before = used
    assert left[1:] == a_week[1:]


@given(st.integers(1, 50), st.integers(0, 99), st.integers(0, 60), st.integers(0, 60))
def test_never_more_than_the_organisation_wants_and_never_less_than_one_in_two_weeks(
    most: int, unanswered: int, used: int, before: int
) -> None:
    allowed = Attention(used, before, unanswered).allows(most)
    assert not (allowed and used >= most)
    assert allowed or used or before


def moment(day: int) -> datetime:
    return datetime(2026, 11, day, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("answered", "ignored", "unanswered"),
    [
        ([], [], 0),
        ([], [2, 4], 2),
        ([3], [2, 4], 1),
        ([5], [2, 4], 0),
        ([1], [2, 4], 2),
        ([4], [4], 0),
    ],
)
def test_one_answer_gives_them_all_back(answered: list[int], ignored: list[int], unanswered: int) -> None:
    messages = [Asked(1, Kind.SURVEY, moment(1), answered_at=moment(day)) for day in answered]
    messages += [Asked(1, Kind.REVIEW, moment(1), ignored_at=moment(day)) for day in ignored]
    ann = replace(a_person("Ann Ash"), id=1)
    assert attention.of(messages, ann, moment(20)).unanswered == unanswered


def test_what_lies_more_than_twelve_weeks_back_lowers_nothing(house: House) -> None:
    ann = house.add("Ann Ash")
    had(house, ann, house.clock())
    with house.parts.database.writing(house.organisation_id) as memory:
        asked.ignored(memory, ann.id, house.clock())
    house.clock.turn(weeks=11, days=6)
    assert of(house, ann).unanswered == 1
    house.clock.turn(days=2)
    assert of(house, ann).unanswered == 0


# --- What is noted as it happens -------------------------------------------------------------------------------------


def kept(house: House, person: Person) -> tuple[Asked, ...]:
    with house.parts.database.reading(house.organisation_id) as memory:
        return asked.of_people(memory, [person.id], moment(1)).get(person.id, ())


def test_a_yes_and_a_no_are_answers(house: House, dav: DavServer) -> None:
    pair = Pair(house, dav).asked_mentor()
    (mentee,) = kept(house, pair.mentee.person)
    (mentor,) = kept(house, pair.mentor.person)
    assert mentee.answered_at
    assert (mentor.answered_at, mentor.ignored_at) == (None, None)
    pair.says(pair.mentor, "DECLINED")
    (mentor,) = kept(house, pair.mentor.person)
    assert mentor.answered_at


def test_silence_is_noted_of_whom_it_is_and_once(house: House, dav: DavServer) -> None:
    pair = Pair(house, dav).asked_mentor()
    house.clock.now = pair.now.interval.start - timedelta(hours=1)
    house.sweep()
    house.sweep()
    assert pair.now.state is State.EXPIRED
    assert (of(house, pair.mentee.person).unanswered, of(house, pair.mentor.person).unanswered) == (0, 1)


def test_what_is_taken_back_is_nobodys_silence(house: House, dav: DavServer) -> None:
    pair = Pair(house, dav).asked_mentee()
    asking.withdraw(house.parts, pair.now, "a test")
    (mentee,) = kept(house, pair.mentee.person)
    assert (mentee.answered_at, mentee.ignored_at) == (None, None)


def test_a_move_is_an_answer_and_no_message_of_its_own(house: House, dav: DavServer) -> None:
    pair = Pair(house, dav).asked_mentee()
    pair.mentee.move(pair.now.interval.start + timedelta(hours=2))
    pair.reads()
    (mentee,) = kept(house, pair.mentee.person)
    assert mentee.answered_at


def test_what_is_long_over_is_forgotten(house: House) -> None:
    ann = house.add("Ann Ash")
    had(house, ann, house.clock())
    house.clock.turn(weeks=27)
    sweeping.housekeeping(house.parts)
    assert kept(house, ann) == ()


# --- Where it is judged ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("most", "stands_in_the_way"), [(1, True), (2, False)])
def test_who_was_asked_as_often_as_the_policy_says_is_proposed_nothing_more(
    house: House, most: int, stands_in_the_way: bool
) -> None:
    house.policy(weekly_messages=most)
    ann, _ = house.add("Ann Ash"), house.add("Ben Birch")
    had(house, ann, house.clock(), kind=Kind.REMINDER)
    writes(house, ann)
    decided = proposing.plan(house.parts, house.organisation_id)
    rules = {rule for each in decided.judged.considered for rule in each.stood_in_the_way}
    assert ("weekly_messages_left" in rules) == stands_in_the_way


def test_a_round_gives_the_rule_what_asking_counts(house: House) -> None:
    ann, ben = house.add("Ann Ash"), house.add("Ben Birch")
    had(house, ann, house.clock())
    had(house, ben, house.clock(), house.clock(), kind=Kind.SURVEY)
    loads = judging.circumstances(judging.look(house.parts, house.organisation_id)).loads
    assert [loads[each.id].attention for each in (ann, ben)] == [of(house, ann), of(house, ben)]
    assert [loads[each.id].attention.used for each in (ann, ben)] == [1, 2]


def test_the_rules_words_say_why_it_is_lower(house: House) -> None:
    ann, _ = house.add("Ann Ash"), house.add("Ben Birch")
    had(house, ann, *(house.clock() - timedelta(days=7 * week) for week in range(4)))
    with house.parts.database.writing(house.organisation_id) as memory:
        asked.ignored(memory, ann.id, house.clock())
    writes(house, ann)
    decided = proposing.plan(house.parts, house.organisation_id)
    (told,) = {
        verdict.words
        for each in decided.judged.considered
        for verdict in each.verdicts
        if verdict.rule == "weekly_messages_left"
    }
    assert told == (
        "Ann left the last 4 messages unanswered, so 1 instead of 5 a week are theirs until they answer one; this week"
        " they have had 1 message"
    )


def test_the_person_sees_how_much_is_used_and_why_it_is_lowered(house: House) -> None:
    ann = house.add("Ann Ash")
    had(house, ann, house.clock(), kind=Kind.REMINDER)
    had(house, ann, house.clock())
    with house.parts.database.writing(house.organisation_id) as memory:
        asked.ignored(memory, ann.id, house.clock())
    page = pages.taking_part_page(house.parts, house.who(ann))
    assert page.attention == Attention(2, 0, 1)
    assert page.kinds == ((Kind.SUGGESTION, 1), (Kind.REMINDER, 1))
    assert page.attention.allowance(page.weekly_messages) == 4


# --- Two workers at once ---------------------------------------------------------------------------------------------


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def either(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    """A house on either database."""
    url = ""
    if request.param == "postgresql":
        server: PostgresServer = request.getfixturevalue("postgres_server")
        url = server.new_database()
    made = a_house(tmp_path, url=url)
    yield made
    made.parts.database.dispose()


def test_of_many_who_want_the_last_message_as_many_get_one_as_there_are(either: House) -> None:
    either.policy(weekly_messages=3)
    ann = either.add("Ann Ash")

    def take(number: int) -> bool:
        with either.parts.database.writing(either.organisation_id) as memory:
            kind = list(Kind)[number % len(Kind)]
            return attention.take(memory, ann, policies.current(memory), kind, either.clock())

    with ThreadPoolExecutor(6) as threads:
        taken = list(threads.map(take, range(12)))
    assert sorted(taken) == [False] * 9 + [True] * 3
    assert of(either, ann).used == 3


def test_two_suggestions_that_are_asked_about_at_once_do_not_both_get_the_last_message(
    house: House, dav: DavServer
) -> None:
    """Both calendars are read in between, so each worker may have found one left."""
    first = Pair(house, dav)
    house.policy(weekly_messages=1)
    ann, ben = first.mentee.person, first.mentor.person
    later = house.reserve(ann, ben, first.now.interval.start + timedelta(days=1), first.now.theme_id)

    def ask(proposal_id: int) -> str:
        return asking.ask(house.parts, house.organisation_id, proposal_id)

    with ThreadPoolExecutor(2) as threads:
        became = list(threads.map(ask, (first.id, later.id)))
    assert sorted(became) == ["asked the mentee", asking.ENOUGH]
    assert of(house, ann).used == 1


def test_an_organisation_may_set_it_for_some_only() -> None:
    sales = Scope(ScopeKind.DEPARTMENT, "Sales")
    policy = Policy(weekly_messages=7, rules=(RuleSetting("weekly_messages_left", sales, value=2),))
    assert attention.most_for(policy, a_person("Ann Ash")) == 7
    assert attention.most_for(policy, a_person("Ben Birch", department="Sales")) == 2
