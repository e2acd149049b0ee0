"""The pages over the workflows and a real database: what only the two together can promise."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from mentoring import proposals as words
from mentoring.intervals import Interval
from mentoring.outbox import Act
from mentoring.people import Person, Role
from mentoring.proposals import Answer, Partstat, Party, Proposal, State
from store import outbox, proposals
from tests.webapp.seated import sign_in
from tests.workflows.house import House, a_house
from webapp.app import create_app

START = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)


@dataclass
class Asked:
    """Ann has been asked whether she wants to meet Ben on Wednesday at ten, Berlin time."""

    house: House
    ann: Person
    ben: Person
    zofia: Person
    id: int

    def browser(self, person: Person) -> FlaskClient:
        app = create_app(self.house.parts.settings, self.house.parts)
        app.config.update(TESTING=True, PROPAGATE_EXCEPTIONS=False, WTF_CSRF_ENABLED=False)
        client = app.test_client()
        sign_in(client, self.house, person)
        return client

    @property
    def path(self) -> str:
        return f"/suggestions/{self.id}"

    @property
    def proposal(self) -> Proposal:
        return self.house.proposal(self.id)

    def becomes(self, change: Callable[[Proposal], Proposal]) -> None:
        with self.house.parts.database.writing(self.house.organisation_id) as memory:
            proposals.save(memory, change(self.proposal))

    @property
    def tomorrow(self) -> datetime:
        return self.house.clock() + timedelta(days=1)


@pytest.fixture
def asked(tmp_path: Path) -> Asked:
    house = a_house(tmp_path)
    ann, ben = house.add("Ann Ash"), house.add("Ben Birch")
    zofia = house.add("Zofia Zeder", roles=frozenset({Role.ADMIN}))
    made = house.reserve(ann, ben, START, house.theme("query plans", ann))
    them = Asked(house, ann, ben, zofia, made.id)
    them.becomes(lambda each: words.ask_mentee(each, house.clock(), them.tomorrow))
    return them


def _moved(asked: Asked) -> None:
    answer = Answer(Partstat.ACCEPTED, asked.house.clock())
    later = Interval.lasting(START + timedelta(hours=1), 20)
    asked.becomes(lambda each: words.moved(each, later, Party.MENTEE, answer, asked.tomorrow))


@pytest.mark.parametrize("answer", ["yes", "no"])
def test_an_answer_to_a_time_that_was_changed_meanwhile_is_not_taken_for_the_new_one(asked: Asked, answer: str) -> None:
    browser = asked.browser(asked.ann)
    assert 'name="sequence" value="0"' in browser.get(asked.path).text
    _moved(asked)
    before = asked.proposal
    form = {"answer": answer, "sequence": "0"}
    said = browser.post(f"{asked.path}/answer", data=form, follow_redirects=True)
    assert asked.proposal == before
    assert "The time was changed meanwhile. It is Wednesday 25 November, 11:00–11:20 Berlin time now" in said.text


def test_a_move_of_a_time_that_was_changed_meanwhile_is_refused_and_the_new_one_shown(asked: Asked) -> None:
    _moved(asked)
    form = {"start": "2026-11-26T09:00:00+00:00", "sequence": "0"}
    said = asked.browser(asked.ann).post(f"{asked.path}/times", data=form)
    assert said.status_code == 409
    assert "It is Wednesday 25 November, 11:00–11:20 Berlin time now" in said.text
    assert asked.proposal.sequence == 1


@pytest.mark.parametrize(
    "start",
    [
        "9999-12-31T23:59:59+00:00",
        "9999-12-31T23:55:00+00:00",
        "9999-12-31T23:59:59-14:00",
        "0001-01-01T00:00:00+14:00",
        "0001-01-01T00:00:00+00:00",
        "2026-11-26T13:03:17.5+00:00",
        "2026-11-26T13:00:00.5+00:00",
        "2026-11-26T13:03:00+00:00",
        "2026-11-26T13:05:01+00:00",
        "2027-11-26T13:05:00+00:00",
        "2026-11-22T13:05:00+00:00",
        "2026-11-26T13:05:00+00:00:01",
    ],
)
def test_a_start_that_nobody_was_offered_is_refused_in_words(asked: Asked, start: str) -> None:
    said = asked.browser(asked.ann).post(f"{asked.path}/times", data={"start": start, "sequence": "0"})
    assert said.status_code == 400
    assert "hoose one of the times" in said.text
    assert asked.proposal.interval.start == START


def test_the_event_of_a_suggestion_that_is_over_cannot_be_added_to_a_calendar(asked: Asked) -> None:
    browser = asked.browser(asked.ann)
    assert "BEGIN:VEVENT" in browser.get(f"{asked.path}/event.ics").text
    asked.becomes(lambda each: words.withdraw(each, "a calendar changed"))
    said = browser.get(f"{asked.path}/event.ics")
    assert said.status_code == 404
    assert "This suggestion is over" in said.text
    assert "BEGIN:VEVENT" not in said.text


def test_each_of_the_two_sees_the_others_whole_name_once_asked_as_the_invite_says_it(asked: Asked) -> None:
    assert asked.browser(asked.ben).get(asked.path).status_code == 404
    yes = Answer(Partstat.ACCEPTED, asked.house.clock())
    asked.becomes(lambda each: words.answered(each, Party.MENTEE, yes, asked.tomorrow))
    asked.becomes(lambda each: words.ask_mentor(each, asked.house.clock(), asked.tomorrow))
    assert asked.proposal.state is State.ASKED_MENTOR
    assert "Ben Birch" in asked.browser(asked.ann).get(asked.path).text
    assert "Ann Ash could use twenty minutes with you" in asked.browser(asked.ben).get(asked.path).text
    assert "Ann Ash and Ben Birch" in asked.browser(asked.ben).get(f"{asked.path}/event.ics").text


def test_an_admin_is_told_of_messages_that_were_given_up_for_a_week(asked: Asked) -> None:
    house, admin = asked.house, asked.browser(asked.zofia)
    assert "could not be delivered" not in admin.get("/admin").text
    with house.parts.database.writing(house.organisation_id) as memory:
        written = outbox.write(memory, asked.id, asked.ann.id, Act.PLACE, 0, house.clock(), house.clock())
        message = outbox.lease(memory, written, house.clock(), 60)
        assert message
        outbox.give_up(memory, message, "this calendar can only be read")
    assert "1 message of the last week could not be delivered" in " ".join(admin.get("/admin").text.split())
    house.clock.turn(days=8)
    assert "could not be delivered" not in admin.get("/admin").text


def test_why_about_nobody_is_not_there(asked: Asked) -> None:
    assert asked.browser(asked.zofia).get(f"/admin/why?mentee=999&mentor={asked.ben.id}").status_code == 404
    assert asked.browser(asked.zofia).get(f"/admin/why?mentee={asked.ann.id}&mentor=999").status_code == 404
