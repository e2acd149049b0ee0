"""A member's own pages over the workflows and a real database: what only the two together can promise."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from mentoring.people import Person, Role
from mentoring.proposals import State
from store import people
from tests.webapp.seated import sign_in
from tests.webapp.test_what_members_set import FORM
from tests.workflows.house import a_house
from tests.workflows.test_joining import THURSDAY_NOON
from webapp.app import create_app


class Members:
    """Ann, Ben, and Zofia, who is the admin."""

    def __init__(self, folder: Path) -> None:
        self.house = a_house(folder)
        self.ann, self.ben = self.house.add("Ann Ash"), self.house.add("Ben Birch")
        self.zofia = self.house.add("Zofia Zeder", roles=frozenset({Role.ADMIN}))
        self.app = create_app(self.house.parts.settings, self.house.parts)
        self.app.config.update(TESTING=True, PROPAGATE_EXCEPTIONS=False, WTF_CSRF_ENABLED=False)

    def browser(self, person: Person) -> FlaskClient:
        client = self.app.test_client()
        sign_in(client, self.house, person)
        return client

    def now(self, person: Person) -> Person:
        with self.house.parts.database.reading(self.house.organisation_id) as memory:
            return people.get(memory, person.id)


@pytest.fixture
def members(tmp_path: Path) -> Members:
    return Members(tmp_path)


def test_limits_are_saved_and_shown_in_the_new_habit(members: Members) -> None:
    ann = members.browser(members.ann)
    assert "These are guessed so far." in ann.get("/limits").text
    shown = ann.post("/limits", data=FORM | {"clock": "12", "mon-1-from": "8.30"}, follow_redirects=True).text
    assert 'name="mon-1-from" value="8:30 am"' in shown
    assert "These are guessed so far." not in shown
    assert members.now(members.ann).limits.country == "DE"


def test_what_is_open_is_told_to_be_taken_back(members: Members) -> None:
    made = members.house.reserve(
        members.ann, members.ben, THURSDAY_NOON, members.house.theme("query plans", members.ann)
    )
    ben = members.browser(members.ben)
    text = ben.post("/limits/never-with", data={"person": str(members.ann.id)}, follow_redirects=True).text
    assert "One open suggestion was taken back; it does not come back by itself." in text
    assert members.house.proposal(made.id).state is State.WITHDRAWN


def test_a_pause_is_seen_on_both_pages_until_one_is_back(members: Members) -> None:
    ann = members.browser(members.ann)
    ann.post("/limits/pause", data={"weeks": "2"})
    assert "before <strong>Monday 7 December</strong>" in ann.get("/limits/pause").text
    assert "You are on a pause until Monday 7 December." in ann.get("/taking-part").text
    ann.post("/limits/back")
    assert "Take a pause" in ann.get("/limits").text


def test_stopping_and_starting_again(members: Members) -> None:
    ann = members.browser(members.ann)
    assert "You have stopped everything." in ann.post("/taking-part/stop", follow_redirects=True).text
    assert "You have stopped everything." not in ann.post("/taking-part/resume", follow_redirects=True).text
    assert members.now(members.ann) == members.ann


def test_expertise_of_somebody_else_is_not_there(members: Members) -> None:
    bens = members.ben.expertise[0]
    ann = members.browser(members.ann)
    assert ann.post(f"/expertise/{bens.id}", data={"text": "Mine now"}).status_code == 404
    assert ann.post(f"/expertise/{bens.id}/remove").status_code == 404
    assert members.now(members.ben).expertise == (bens,)
    assert "Rust" in ann.post("/expertise", data={"text": "Rust"}, follow_redirects=True).text
    assert [each.text for each in members.now(members.ann).expertise] == [bens.text, "Rust"]


def test_signing_out_everywhere_leaves_nobody_in_and_lets_one_come_again(members: Members) -> None:
    here, there, bens = (members.browser(each) for each in (members.ann, members.ann, members.ben))
    here.post("/taking-part/sign-out-everywhere")
    assert here.get("/limits").location.startswith("/sign-in")
    assert there.get("/limits").location.startswith("/sign-in")
    assert bens.get("/limits").status_code == 200
    members.house.clock.turn(seconds=1)
    assert members.browser(members.ann).get("/limits").status_code == 200


def test_everything_is_deleted_and_the_last_admin_is_not(members: Members) -> None:
    ann, other, zofia = (members.browser(each) for each in (members.ann, members.ann, members.zofia))
    assert ann.post("/taking-part/delete", data={"address": "ben@example.org"}).status_code == 400
    gone = ann.post("/taking-part/delete", data={"address": "Ann@example.org"}, follow_redirects=True)
    assert "Everything about you is deleted." in gone.text
    assert other.get("/").location.startswith("/sign-in")
    with pytest.raises(KeyError):
        members.now(members.ann)
    assert "You are the only admin" in zofia.get("/taking-part/delete").text
    assert zofia.post("/taking-part/delete", data={"address": "zofia@example.org"}).status_code == 409
    assert members.now(members.zofia).leaving_at is None


def test_no_page_of_an_admin_tells_who_is_never_with_whom(members: Members) -> None:
    zofia = members.browser(members.zofia)
    paths = ("/admin", "/admin/people", f"/admin/people/{members.ann.id}", f"/admin/people/{members.ben.id}")
    before = [zofia.get(path) for path in paths]
    assert {each.status_code for each in before} == {200}
    members.browser(members.ann).post("/limits/never-with", data={"person": str(members.ben.id)})
    assert [without_token(zofia.get(path).text) for path in paths] == [without_token(each.text) for each in before]


def without_token(text: str) -> str:
    return re.sub(r'name="csrf_token" value="[^"]*"|nonce="[^"]*"', "", text)
