"""Each person decides how they take part; what is open follows at once, and what both have agreed on stays."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from mentoring.errors import BadInput, Missing
from mentoring.people import Person, Role
from mentoring.proposals import Proposal, State
from store import people
from tests.servers import DavServer
from tests.workflows.house import House, a_house, nine_to_five
from tests.workflows.pairs import Pair
from workflows import joining, pages

THURSDAY_NOON = datetime(2026, 11, 26, 11, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)

Act = Callable[[House, Person], int]


class Two:
    """Ann is mentee of Ben on Thursday at noon, and his mentor two hours later; neither has been asked."""

    def __init__(self, folder: Path) -> None:
        self.house = a_house(folder)
        self.ann, self.ben = self.house.add("Ann Ash"), self.house.add("Ben Birch")
        theme = self.house.theme("query plans", self.ann)
        self.as_mentee = self.house.reserve(self.ann, self.ben, THURSDAY_NOON, theme)
        self.as_mentor = self.house.reserve(self.ben, self.ann, THURSDAY_NOON + timedelta(hours=2), theme)

    def is_open(self, proposal: Proposal) -> bool:
        return self.house.proposal(proposal.id).state is State.RESERVED

    @property
    def person(self) -> Person:
        return person(self.house, self.ann)


@pytest.fixture
def two(tmp_path: Path) -> Two:
    return Two(tmp_path)


def person(house: House, who: Person) -> Person:
    with house.parts.database.reading(house.organisation_id) as memory:
        return people.get(memory, who.id)


def stop(house: House, who: Person) -> int:
    return joining.stop(house.parts, house.organisation_id, who.id)


def pause(house: House, who: Person) -> int:
    return joining.pause_for(house.parts, house.organisation_id, who.id, 2)


def leave_both(house: House, who: Person) -> int:
    return joining.take_part(house.parts, house.who(who), mentee=False, mentor=False)


@pytest.mark.parametrize(
    ("mentee", "mentor", "roles"),
    [
        (True, True, {Role.MENTEE, Role.MENTOR}),
        (True, False, {Role.MENTEE}),
        (False, True, {Role.MENTOR}),
        (False, False, set()),
    ],
)
@pytest.mark.parametrize("is_admin", [False, True])
def test_roles_are_opted_into_and_left_and_the_admins_is_not_touched(
    tmp_path: Path, mentee: bool, mentor: bool, roles: set[Role], is_admin: bool
) -> None:
    house = a_house(tmp_path)
    admins = {Role.ADMIN} if is_admin else set[Role]()
    ann = house.add("Ann Ash", roles=frozenset({Role.MENTEE} | admins))
    joining.take_part(house.parts, house.who(ann), mentee, mentor)
    assert person(house, ann).roles == roles | admins


@pytest.mark.parametrize(("mentee", "mentor"), [(True, True), (True, False), (False, True), (False, False)])
def test_leaving_a_role_takes_back_what_is_open_in_it_alone(two: Two, mentee: bool, mentor: bool) -> None:
    gone = joining.take_part(two.house.parts, two.house.who(two.ann), mentee, mentor)
    assert gone == (not mentee) + (not mentor)
    assert (two.is_open(two.as_mentee), two.is_open(two.as_mentor)) == (mentee, mentor)


@pytest.mark.parametrize("act", [stop, pause, leave_both])
def test_the_mentee_who_loses_a_mentor_is_offered_the_next_best_and_the_one_who_left_is_not(two: Two, act: Act) -> None:
    assert act(two.house, two.ann) == 2
    nudged = [ids for job, ids in two.house.nudges if job == "next_best"]
    assert nudged == [(two.house.organisation_id, two.as_mentor.id)]


@pytest.mark.parametrize("act", [stop, pause, leave_both])
def test_a_second_time_changes_nothing_more(two: Two, act: Act) -> None:
    act(two.house, two.ann)
    before = two.person
    two.house.nudges.clear()
    assert act(two.house, two.ann) == 0
    assert two.person == before
    assert two.house.nudges == []


@pytest.mark.parametrize("act", [stop, pause, leave_both])
def test_what_both_have_agreed_on_stays(house: House, dav: DavServer, act: Act) -> None:
    pair = Pair(house, dav).confirmed()
    assert act(house, pair.mentor.person) == 0
    assert act(house, pair.mentee.person) == 0
    house.clock.turn(minutes=1)
    house.sweep()
    assert pair.now.state is State.CONFIRMED
    assert len(pair.mentee.invites()) == len(pair.mentor.invites()) == 1
    assert pages.taking_part_page(house.parts, house.who(pair.mentee.person)).meetings == 1


@pytest.mark.parametrize("act", [stop, pause, leave_both])
def test_an_invite_that_is_open_leaves_both_calendars(house: House, dav: DavServer, act: Act) -> None:
    pair = Pair(house, dav).asked_mentor()
    assert act(house, pair.mentor.person) == 1
    house.work()
    assert pair.now.state is State.WITHDRAWN
    assert pair.mentee.invites() == pair.mentor.invites() == []


def test_starting_again_finds_everything_as_it_was(two: Two) -> None:
    before = two.person
    stop(two.house, two.ann)
    assert not two.person.opted_in(Role.MENTEE)
    for _ in range(2):
        joining.resume(two.house.parts, two.house.organisation_id, two.ann.id)
        assert two.person == before


@pytest.mark.parametrize(
    ("zone", "begins"),
    [
        ("Europe/Berlin", datetime(2026, 12, 6, 23, 0, tzinfo=UTC)),
        ("America/New_York", datetime(2026, 12, 7, 5, 0, tzinfo=UTC)),
        ("Pacific/Kiritimati", datetime(2026, 12, 7, 10, 0, tzinfo=UTC)),
    ],
)
def test_a_pause_ends_as_the_day_begins_on_the_persons_own_clock(tmp_path: Path, zone: str, begins: datetime) -> None:
    """It is Monday noon in London, and Tuesday on Kiritimati already."""
    house = a_house(tmp_path)
    ann = house.add("Ann Ash", limits=nine_to_five(zone))
    pause(house, ann)
    assert person(house, ann).limits.paused_until == begins


def test_a_pause_can_be_cut_short(two: Two) -> None:
    before = two.person
    pause(two.house, two.ann)
    for _ in range(2):
        joining.back(two.house.parts, two.house.organisation_id, two.ann.id)
        assert two.person == before


@pytest.mark.parametrize("days", [-1, 0, 367, 10_000])
def test_a_pause_until_a_day_that_cannot_be_is_refused_and_changes_nothing(two: Two, days: int) -> None:
    before = two.person
    with pytest.raises(BadInput) as raised:
        joining.pause(two.house.parts, two.house.organisation_id, two.ann.id, TODAY + timedelta(days=days))
    assert raised.value.problems[0].field == "until"
    assert two.person == before
    assert two.is_open(two.as_mentee)


@pytest.mark.parametrize("days", [1, 366])
def test_a_pause_lasts_from_a_day_to_a_year(two: Two, days: int) -> None:
    joining.pause(two.house.parts, two.house.organisation_id, two.ann.id, TODAY + timedelta(days=days))
    assert two.person.limits.paused_until is not None


@pytest.mark.parametrize("act", [joining.stop, joining.resume, joining.back])
def test_somebody_who_is_not_there_is_missing(two: Two, act: Callable[..., object]) -> None:
    with pytest.raises(Missing):
        act(two.house.parts, two.house.organisation_id, 999)


def test_the_page_says_what_leaving_would_take_back(two: Two) -> None:
    page = pages.taking_part_page(two.house.parts, two.house.who(two.ann))
    assert (page.mentee, page.mentor, page.stopped) == (True, True, False)
    assert (page.open_as_mentee, page.open_as_mentor, page.meetings) == (1, 1, 0)
    assert not page.only_admin
    zofia = two.house.add("Zofia Zeder", roles=frozenset({Role.ADMIN}))
    assert pages.taking_part_page(two.house.parts, two.house.who(zofia)).only_admin
