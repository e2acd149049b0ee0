"""An admin brings people in, sets up the mailbox, invites, reviews and looks after them, all over the pages."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from mentoring.people import Role
from mentoring.policy import Sending
from mentoring.proposals import State
from store import directory
from tests.webapp.seated import sign_in
from tests.wires.post import PostOffice
from tests.workflows.house import House, a_house
from tests.workflows.pairs import THURSDAY
from webapp.app import create_app

FILE = """email,name,zone,department,manager
ann@example.org,Ann Ash,Europe/Berlin,Data,ben@example.org
ben@example.org,Ben Birch,Europe/Berlin,Platform,
"""


@pytest.fixture
def house(tmp_path: Path, office: PostOffice) -> House:
    return a_house(tmp_path, frozenset({office.host_port}))


@pytest.fixture
def admin(house: House) -> FlaskClient:
    zofia = house.add("Zofia Zeder", roles=frozenset({Role.ADMIN}))
    app = create_app(house.parts.settings, house.parts)
    app.config.update(TESTING=True, PROPAGATE_EXCEPTIONS=False, WTF_CSRF_ENABLED=False, RATELIMIT_ENABLED=False)
    client = app.test_client()
    sign_in(client, house, zofia)
    return client


def said(admin: FlaskClient, path: str) -> str:
    return " ".join(admin.get(path).text.split())


def imports(admin: FlaskClient, text: str = FILE) -> None:
    shown = admin.post("/admin/people/import", data={"text": text}, content_type="multipart/form-data")
    fields = dict(re.findall(r'name="(content|seal)" value="([^"]*)"', shown.text))
    assert admin.post("/admin/people/import/apply", data=fields).location == "/admin/people"


def sets_up_mail(admin: FlaskClient, office: PostOffice) -> None:
    form = {"name": "Interlude", "address": "interlude@house.example", "host": "127.0.0.1", "security": "none"}
    assert admin.post("/admin/mail", data=form | {"port": str(office.port)}).location == "/admin/mail"


def ids(house: House) -> dict[str, int]:
    with house.parts.database.reading(house.organisation_id) as memory:
        return {each.name: each.id for each in directory.everyone(memory)}


def test_people_are_brought_in_and_each_is_invited_once(house: House, admin: FlaskClient, office: PostOffice) -> None:
    imports(admin)
    assert "2 people have not been invited to join yet. Inviting takes a mailbox." in said(admin, "/admin/people")
    sets_up_mail(admin, office)
    admin.post("/admin/mail/test")
    assert [each.to for each in office.arrived] == ["zofia@example.org"]
    expected = re.search(r'name="expected" value="(\d+)"', admin.get("/admin/people/invite").text)
    assert expected is not None
    admin.post("/admin/people/invite", data={"expected": expected[1]})
    house.work()
    for _ in range(2):
        admin.post(f"/admin/people/{ids(house)['Ann Ash']}/invite")
        house.work()
    assert sorted(each.to for each in office.arrived[1:]) == ["ann@example.org", "ben@example.org"]
    assert "The invitation was sent on 23 Nov 2026." in said(admin, f"/admin/people/{ids(house)['Ann Ash']}")


def test_importing_the_same_file_again_says_that_there_is_nothing_to_do(admin: FlaskClient) -> None:
    imports(admin)
    again = admin.post("/admin/people/import", data={"text": FILE}, content_type="multipart/form-data")
    assert "There is nothing to import." in again.text
    assert "Import these" not in again.text


def test_what_waits_for_review_is_shown_on_the_overview_until_it_is_released(house: House, admin: FlaskClient) -> None:
    house.policy(sending=Sending.REVIEW)
    ann, ben = house.add("Ann Ash"), house.add("Ben Birch")
    theme = house.theme("Kornelkirsche", ann)
    made = house.reserve(ann, ben, THURSDAY, theme)
    assert "1 suggestion waits to be looked over." in said(admin, "/admin")
    shown = admin.get("/admin/review").text
    assert "Kornelkirsche" not in shown
    assert "query plans" not in shown
    house.reserve(ben, ann, THURSDAY + timedelta(hours=3), theme)
    versions = re.findall(r'name="shown" value="([^"]*)"', shown)
    admin.post("/admin/review", data={"decision": "release_all", "shown": versions})
    assert house.proposal(made.id).released_at == house.clock()
    assert "1 suggestion waits to be looked over." in said(admin, "/admin"), "the one that was not shown still waits"
    assert "Released the suggestion" in said(admin, "/admin/audit")


def test_a_suggestion_taken_back_is_over(house: House, admin: FlaskClient) -> None:
    house.policy(sending=Sending.REVIEW)
    ann, ben = house.add("Ann Ash"), house.add("Ben Birch")
    made = house.reserve(ann, ben, THURSDAY, house.theme("plans", ann))
    admin.post("/admin/review", data={"decision": "take_back", "chosen": [f"{made.id}.{made.version}"]})
    assert house.proposal(made.id).state is State.WITHDRAWN
    assert "Nothing waits" in said(admin, "/admin/review")


def test_somebody_is_found_changed_made_an_admin_and_deleted(house: House, admin: FlaskClient) -> None:
    imports(admin)
    known = ids(house)
    found = said(admin, "/admin/people?q=ann")
    assert "Ann Ash" in found
    assert "Ben Birch" not in found
    path = f"/admin/people/{known['Ben Birch']}"
    refused = admin.post(path, data={"name": "Ben", "seniority": "lead", "manager_id": known["Ann Ash"]})
    assert "That person reports to them already, directly or through others." in refused.text
    admin.post(path, data={"name": "Ben Beech", "seniority": "lead"})
    admin.post(f"{path}/admin", data={"admin": "yes"})
    assert "Take the admin role away" in said(admin, path)
    admin.post(f"{path}/delete", data={"address": "ben@example.org"})
    assert set(ids(house)) == {"Zofia Zeder", "Ann Ash"}
    log = said(admin, "/admin/audit")
    assert "Ben" not in log
    assert "Deleted everything about" in log


def test_the_last_admin_cannot_take_the_role_from_themselves(house: House, admin: FlaskClient) -> None:
    path = f"/admin/people/{ids(house)['Zofia Zeder']}"
    told = admin.post(f"{path}/admin", data={"admin": "no"}, follow_redirects=True)
    assert "You are the only admin; make somebody else one first." in told.text
    assert admin.get("/admin").status_code == 200


def test_a_round_is_run_and_read(house: House, admin: FlaskClient) -> None:
    admin.post("/admin/rounds")
    house.work()
    assert "A round is being made" not in said(admin, "/admin/rounds")
    address = re.search(r'href="(/admin/rounds/\d+)"', admin.get("/admin/rounds").text)
    assert address is not None
    assert "Nothing was suggested." in said(admin, address[1])
    assert "asked for a round" in said(admin, "/admin/audit").lower()


def test_the_weekly_cap_is_changed_and_shown(admin: FlaskClient) -> None:
    admin.post("/admin/weekly-messages", data={"weekly_messages": "1", "why": "too much"})
    assert "Nobody gets more than 1 message in a week of theirs" in said(admin, "/admin")
    refused = admin.post("/admin/weekly-messages", data={"weekly_messages": "51"})
    assert "Write a number from 1 to 50." in refused.text


def test_a_mailbox_that_fails_leaves_a_problem_on_the_overview_until_it_works(
    house: House, admin: FlaskClient, office: PostOffice
) -> None:
    sets_up_mail(admin, office)
    office.busy = True
    told = admin.post("/admin/mail/test", follow_redirects=True)
    assert "The test mail did not leave:" in told.text
    assert "Mail does not leave:" in said(admin, "/admin")
    office.busy = False
    admin.post("/admin/mail/test")
    assert "Mail does not leave" not in said(admin, "/admin")
