"""The page of all meetings, over a real organisation: what each of the two sees of it, and what they can say."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from mentoring import proposals as words
from mentoring.errors import WrongTransition
from mentoring.people import Person
from mentoring.proposals import Answer, Partstat, Party, Proposal, State
from store import proposals
from tests.webapp.seated import sign_in
from tests.workflows.house import House, a_house
from webapp.app import create_app

DAY = timedelta(days=1)


@dataclass
class Pair:
    """Ann, whom Ben may help, and what is between them."""

    house: House
    ann: Person
    ben: Person
    theme_id: int

    def browser(self, person: Person) -> FlaskClient:
        app = create_app(self.house.parts.settings, self.house.parts)
        app.config.update(TESTING=True, PROPAGATE_EXCEPTIONS=False, WTF_CSRF_ENABLED=False)
        client = app.test_client()
        sign_in(client, self.house, person)
        return client

    def page(self, person: Person, query: str = "") -> str:
        response = self.browser(person).get(f"/meetings{query}")
        assert response.status_code == 200
        return " ".join(response.text.partition("<main")[2].split())

    def at(self, start: datetime) -> Proposal:
        return self.house.reserve(self.ann, self.ben, start, self.theme_id)

    def saved(self, proposal: Proposal) -> Proposal:
        with self.house.parts.database.writing(self.house.organisation_id) as memory:
            return proposals.save(memory, proposal)

    def ask_ann(self, proposal: Proposal) -> Proposal:
        now = self.house.clock()
        return self.saved(words.ask_mentee(proposal, now, now + DAY))

    def yes(self, proposal: Proposal, party: Party) -> Proposal:
        now = self.house.clock()
        return self.saved(words.answered(proposal, party, Answer(Partstat.ACCEPTED, now), now + DAY))

    def ask_ben(self, proposal: Proposal) -> Proposal:
        now = self.house.clock()
        return self.saved(words.ask_mentor(self.yes(self.ask_ann(proposal), Party.MENTEE), now, now + DAY))

    def agreed(self, start: datetime) -> Proposal:
        return self.yes(self.ask_ben(self.at(start)), Party.MENTOR)

    def met(self, start: datetime) -> Proposal:
        return self.saved(words.held(self.agreed(start)))


@pytest.fixture
def pair(tmp_path: Path) -> Pair:
    house = a_house(tmp_path)
    ann, ben = house.add("Ann Ash"), house.add("Ben Birch")
    return Pair(house, ann, ben, house.theme("query plans", ann))


def test_nobody_sees_what_they_were_not_asked_about(pair: Pair) -> None:
    """A mentor hears of nothing before the mentee said yes, nor that there ever was something."""
    waiting = pair.at(pair.house.clock() + DAY)
    assert "No meeting yet" in pair.page(pair.ann)
    waiting = pair.ask_ann(waiting)
    assert "Ben Birch" in pair.page(pair.ann)
    assert "No meeting yet" in pair.page(pair.ben)
    no = Answer(Partstat.DECLINED, pair.house.clock())
    pair.saved(words.answered(waiting, Party.MENTEE, no, pair.house.clock()))
    assert "You said no" in pair.page(pair.ann)
    assert "No meeting yet" in pair.page(pair.ben)


def test_each_of_the_two_finds_it_where_it_stands_for_them(pair: Pair) -> None:
    asked = pair.ask_ben(pair.at(pair.house.clock() + DAY))
    assert "You said yes. Ben has not answered yet." in pair.page(pair.ann)
    assert "It waits for your answer" in pair.page(pair.ben)
    pair.yes(asked, Party.MENTOR)
    for person, role in ((pair.ann, "Ben helps you with"), (pair.ben, "You help with")):
        page = pair.page(person)
        assert "Tomorrow. You both said yes." in page
        assert "13:00–13:20</time>, Berlin time" in page
        assert f"{role} <em>query plans</em>" in page
        assert f"/suggestions/{asked.id}/event.ics" in page
        assert f"/suggestions/{asked.id}/times" in page
        assert f'action="/suggestions/{asked.id}/answer"' in page
        assert "What was" not in page


def test_a_meeting_whose_time_has_passed_was_met(pair: Pair) -> None:
    """Also before the sweep has come by."""
    pair.agreed(pair.house.clock() + timedelta(hours=1))
    pair.house.clock.turn(hours=2)
    page = pair.page(pair.ann)
    assert '<p class="state is-sure">Met</p>' in page
    assert "Add to calendar" not in page


def test_what_was_comes_twenty_a_page_the_latest_first(pair: Pair) -> None:
    for number in range(1, 46):
        pair.met(pair.house.clock() - number * DAY)
    pages = [pair.page(pair.ann, query) for query in ("", "?page=2", "?page=3", "?page=4", "?page=999999")]
    assert [page.count("Ben Birch</a>") for page in pages] == [20, 20, 5, 0, 0]
    assert pages[0].index("Sun 22 Nov") < pages[0].index("Sat 21 Nov")
    assert ["?page=2" in pages[0], "Older" in pages[1], "Older" in pages[2], "Newer" in pages[2]] == [
        True,
        True,
        False,
        True,
    ]


@pytest.mark.parametrize("query", ["?page=0", "?page=-1", "?page=x", "?page=", f"?page={'9' * 30}"])
def test_a_page_that_is_none_is_the_first(pair: Pair, query: str) -> None:
    pair.met(pair.house.clock() - DAY)
    page = pair.page(pair.ann, query)
    assert page.count("Ben Birch</a>") == 1
    assert ">What was</h2>" in page


def test_what_was_half_a_year_ago_is_not_shown(pair: Pair) -> None:
    pair.met(pair.house.clock() - 181 * DAY)
    assert "No meeting yet" in pair.page(pair.ann)


@pytest.mark.parametrize("who", ["ann", "ben"])
def test_either_can_say_that_it_did_not_take_place(pair: Pair, who: str) -> None:
    met = pair.met(pair.house.clock() - DAY)
    browser = pair.browser(getattr(pair, who))
    for _ in range(2):
        said = browser.post(f"/meetings/{met.id}/missed", follow_redirects=True)
        assert "it did not take place" in said.text
        assert "Did not take place" in said.text
    assert pair.house.proposal(met.id).state is State.MISSED
    assert "Did not take place" in pair.page(pair.ann)
    assert f"/meetings/{met.id}/missed" not in pair.page(pair.ben)


def test_it_still_counts_as_time_that_was_booked(pair: Pair) -> None:
    met = pair.met(pair.house.clock() - DAY)
    pair.browser(pair.ann).post(f"/meetings/{met.id}/missed")
    with pair.house.parts.database.reading(pair.house.organisation_id) as memory:
        booked = proposals.booked(memory, [pair.ann.id], met.interval)
    assert booked[pair.ann.id] == (met.interval,)


def test_what_is_too_long_ago_or_still_to_come_cannot_be_said_to_be_missed(pair: Pair) -> None:
    long_ago = pair.met(pair.house.clock() - 15 * DAY)
    to_come = pair.agreed(pair.house.clock() + DAY)
    for each in (long_ago, to_come):
        said = pair.browser(pair.ann).post(f"/meetings/{each.id}/missed", follow_redirects=True)
        assert "for two weeks" in said.text
        assert pair.house.proposal(each.id) == each
    assert "/missed" not in pair.page(pair.ann)


def test_nobody_else_can_say_so_nor_a_mentor_who_was_not_asked(pair: Pair) -> None:
    met, unasked = pair.met(pair.house.clock() - DAY), pair.ask_ann(pair.at(pair.house.clock() + DAY))
    zofia = pair.house.add("Zofia Zeder")
    for person, each in ((zofia, met), (pair.ben, unasked)):
        assert pair.browser(person).post(f"/meetings/{each.id}/missed").status_code == 404
        assert pair.house.proposal(each.id) == each


@pytest.mark.parametrize(
    ("state", "days_ago", "can"),
    [
        (State.MET, 1, True),
        (State.MET, 14, True),
        (State.MET, 14.01, False),
        (State.CONFIRMED, 0, True),
        (State.CONFIRMED, -0.01, False),
        (State.REVIEWED, 1, False),
        (State.MISSED, 1, False),
        *((state, 1, False) for state in (State.DECLINED, State.EXPIRED, State.WITHDRAWN, State.ASKED_MENTOR)),
    ],
)
def test_from_its_end_on_for_two_weeks_a_meeting_can_be_missed(
    pair: Pair, state: State, days_ago: float, can: bool
) -> None:
    met = pair.met(pair.house.clock() - DAY)
    one = replace(met, state=state)
    now = met.interval.end + days_ago * DAY
    assert words.can_be_missed(one, now) is can
    if can:
        assert words.missed(one, now) == replace(one, state=State.MISSED)
    else:
        with pytest.raises(WrongTransition):
            words.missed(one, now)
