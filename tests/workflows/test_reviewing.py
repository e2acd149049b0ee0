"""While sending is in review nobody is asked before an admin releases the very suggestion that they were shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from mentoring.errors import ChangedMeanwhile, Refused
from mentoring.intervals import Interval
from mentoring.people import Role
from mentoring.policy import Sending
from mentoring.proposals import Proposal, Reason, State
from store import audit, proposals
from tests.servers import DavServer
from tests.workflows.house import House, a_house
from tests.workflows.pairs import THURSDAY, Pair
from workflows import pages, reviewing
from workflows.bootstrap import Parts
from workflows.reviewing import Chosen, Reviewed
from workflows.views import Who

PLANTED = "Kornelkirsche"
Act = Callable[[Parts, Who, Chosen], Reviewed]


class Desk:
    """Two suggestions wait for Zofia."""

    def __init__(self, house: House) -> None:
        self.house, self.parts = house, house.parts
        house.policy(sending=Sending.REVIEW)
        self.admin = house.who(house.add("Zofia Zeder", roles=frozenset({Role.ADMIN})))
        self.ann, self.ben = house.add("Ann Ash"), house.add("Ben Birch")
        theme = house.theme(f"{PLANTED} again", self.ann)
        self.first = house.reserve(self.ann, self.ben, THURSDAY, theme)
        self.second = house.reserve(self.ben, self.ann, THURSDAY + timedelta(hours=2), theme)

    @property
    def shown(self) -> dict[int, int]:
        """As the form of the page would send it back."""
        return {each.id: each.version for each in pages.review_page(self.parts, self.admin).waiting}

    def now(self, proposal: Proposal) -> Proposal:
        return self.house.proposal(proposal.id)

    def changes(self, proposal: Proposal, **changes: object) -> None:
        with self.parts.database.writing(self.house.organisation_id) as memory:
            proposals.save(memory, replace(self.now(proposal), **changes))  # type: ignore[arg-type]

    def log(self) -> list[tuple[str, str]]:
        with self.parts.database.reading(self.house.organisation_id) as memory:
            return sorted((each.what, each.subject) for each in audit.recent(memory))


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(a_house(tmp_path))


def test_what_was_shown_is_released_noted_by_name_and_asked_about(desk: Desk) -> None:
    reviewed = reviewing.release(desk.parts, desk.admin, desk.shown)
    assert (sorted(reviewed.done), reviewed.skipped) == (["Ann Ash with Ben Birch", "Ben Birch with Ann Ash"], ())
    for each in (desk.first, desk.second):
        assert desk.now(each) == replace(each, released_at=desk.house.clock(), version=each.version + 1)
    assert desk.log() == [
        ("released the suggestion", "Ann Ash with Ben Birch"),
        ("released the suggestion", "Ben Birch with Ann Ash"),
    ]
    assert sorted(desk.house.nudges) == [("ask", (1, each.id)) for each in (desk.first, desk.second)]
    assert desk.shown == {}


def test_only_what_was_chosen_is_released(desk: Desk) -> None:
    reviewing.release(desk.parts, desk.admin, {desk.first.id: desk.first.version})
    assert desk.now(desk.first).released_at
    assert desk.now(desk.second) == desk.second


@pytest.mark.parametrize("act", [reviewing.release, reviewing.take_back])
def test_one_that_changed_after_it_was_shown_is_left_alone_and_told(desk: Desk, act: Act) -> None:
    shown = desk.shown
    desk.changes(desk.first, interval=Interval.lasting(THURSDAY + timedelta(hours=5), 20))
    before = desk.now(desk.first)
    reviewed = act(desk.parts, desk.admin, shown)
    assert (reviewed.done, reviewed.skipped) == (("Ben Birch with Ann Ash",), ("Ann Ash with Ben Birch",))
    assert desk.now(desk.first) == before


@pytest.mark.parametrize(
    "over",
    [
        {"state": State.WITHDRAWN, "ended_because": "a calendar was disconnected"},
        {"state": State.ASKED_MENTEE},
        {"released_at": THURSDAY},
    ],
)
def test_what_does_not_wait_any_more_is_not_shown_and_not_released(desk: Desk, over: dict[str, object]) -> None:
    desk.changes(desk.first, **over)
    assert list(desk.shown) == [desk.second.id]
    before = desk.now(desk.first)
    reviewed = reviewing.release(desk.parts, desk.admin, {desk.first.id: before.version, 999: 1})
    assert (reviewed.done, len(reviewed.skipped)) == ((), 1)
    assert desk.now(desk.first) == before


def test_what_begins_before_it_is_looked_at_is_not_shown(desk: Desk) -> None:
    desk.house.clock.now = THURSDAY
    assert list(desk.shown) == [desk.second.id]


def test_taking_back_frees_the_time_tells_nobody_and_offers_nothing_else(desk: Desk) -> None:
    reviewed = reviewing.take_back(desk.parts, desk.admin, {desk.first.id: desk.first.version})
    assert reviewed.done == ("Ann Ash with Ben Birch",)
    over = desk.now(desk.first)
    assert (over.state, over.ended_because) == (State.WITHDRAWN, reviewing.TAKEN_BACK)
    assert desk.house.nudges == []
    assert desk.log() == [("took back the suggestion", "Ann Ash with Ben Birch")]
    assert desk.house.reserve(desk.ann, desk.ben, THURSDAY + timedelta(minutes=5), desk.first.theme_id).blocking


@pytest.mark.parametrize("sending", [Sending.OFF, Sending.ON])
@pytest.mark.parametrize("act", [reviewing.release, reviewing.take_back])
def test_out_of_review_nothing_is_decided(desk: Desk, act: Act, sending: Sending) -> None:
    shown = desk.shown
    desk.house.policy(sending=sending)
    with pytest.raises(Refused, match="not in review"):
        act(desk.parts, desk.admin, shown)
    assert desk.now(desk.first) == desk.first


def test_the_page_tells_rules_and_points_and_never_the_topic_or_what_was_written(desk: Desk) -> None:
    told = (
        Reason("topic", "recurs", f"You wrote about {PLANTED} on 3 days"),
        Reason("person", "suits", f"Knows: “{PLANTED}”", 0.6),
        Reason("person", "went_well", f"A meeting on “{PLANTED}” went well", 0.2),
        Reason("time", "is_mid_hours", "well inside both working days", 1.5),
        Reason("reading", "evidence", f"Read: 3 of your notes on {PLANTED}"),
    )
    desk.changes(desk.first, topic=PLANTED, reasons=told)
    (first, _) = pages.review_page(desk.parts, desk.admin).waiting
    assert [(each.rule, each.points) for each in first.because] == [
        ("recurs", 0.0),
        ("suits", 0.6),
        ("went_well", 0.2),
        ("is_mid_hours", 1.5),
    ]
    assert all(each.meaning.endswith(".") for each in first.because)
    assert PLANTED not in str(first)


def test_a_released_suggestion_is_asked_about_and_an_unreleased_one_is_not(house: House, dav: DavServer) -> None:
    pair = Pair(house, dav)
    house.policy(sending=Sending.REVIEW)
    admin = house.who(house.add("Zofia Zeder", roles=frozenset({Role.ADMIN})))
    house.sweep()
    assert pair.now.state is State.RESERVED
    reviewing.release(house.parts, admin, {pair.id: pair.now.version})
    house.work()
    assert pair.now.state is State.ASKED_MENTEE
    assert pair.mentee.invite()


def test_turning_sending_on_lets_all_that_was_told_go_at_once(desk: Desk) -> None:
    assert reviewing.number_waiting(desk.parts, desk.admin) == 2
    assert reviewing.let_all_go(desk.parts, desk.admin, 2) == 2
    assert desk.house.nudges == [("ask", (desk.house.organisation_id, each.id)) for each in (desk.first, desk.second)]
    assert desk.log() == [("changed sending from review to on", "everybody")]
    assert reviewing.number_waiting(desk.parts, desk.admin) == 0


@pytest.mark.parametrize("expected", [0, 1, 3])
def test_sending_stays_as_it_is_when_another_number_waits_than_was_told(desk: Desk, expected: int) -> None:
    with pytest.raises(ChangedMeanwhile):
        reviewing.let_all_go(desk.parts, desk.admin, expected)
    assert desk.log() == []
    assert pages.health(desk.parts, desk.admin).sending is Sending.REVIEW


def test_what_waited_while_sending_was_off_is_told_too(desk: Desk) -> None:
    desk.house.policy(sending=Sending.OFF)
    assert reviewing.number_waiting(desk.parts, desk.admin) == 2


def test_fifty_are_shown_at_a_time(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workflows.admin_views.PAGE_SIZE", 1)
    monkeypatch.setattr("workflows.pages.review.PAGE_SIZE", 1)
    shown = [pages.review_page(desk.parts, desk.admin, number) for number in (1, 2, 9)]
    assert [[each.id for each in page.waiting] for page in shown] == [
        [desk.first.id],
        [desk.second.id],
        [desk.second.id],
    ]
    assert [page.part.last for page in shown] == [2, 2, 2]
