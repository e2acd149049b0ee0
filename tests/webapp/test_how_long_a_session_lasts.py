"""Somebody stays signed in for a while and no longer, whatever the browser says."""

from __future__ import annotations

import hashlib
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from mentoring.people import Person, Role
from store import people
from tests.webapp.seated import sign_in
from tests.webapp.stage import ADMIN, MEMBER, application, as_person, stage
from tests.workflows.house import House, a_house
from webapp.app import create_app

POLL = {"HX-Request": "true"}


@pytest.fixture
def house(tmp_path: Path) -> House:
    return a_house(tmp_path)


def signed_in(house: House, person: Person) -> FlaskClient:
    app = create_app(house.parts.settings, house.parts)
    app.config.update(TESTING=True, PROPAGATE_EXCEPTIONS=False)
    client = app.test_client()
    sign_in(client, house, person)
    return client


@pytest.mark.parametrize(
    ("roles", "hours", "lasts"),
    [
        pytest.param({Role.MENTEE}, [71], True, id="over a weekend"),
        pytest.param({Role.MENTEE}, [73], False, id="unused for longer"),
        pytest.param({Role.MENTEE}, [60, 120, 167], True, id="a week of daily use"),
        pytest.param({Role.MENTEE}, [60, 120, 169], False, id="no longer than a week, however much it is used"),
        pytest.param({Role.MENTEE, Role.ADMIN}, [6, 12], True, id="an admin's working day"),
        pytest.param({Role.MENTEE, Role.ADMIN}, [6, 12.1], False, id="an admin the day after"),
    ],
)
def test_a_session_lasts_as_long_as_it_is_used_and_no_longer_than_its_time(
    house: House, roles: set[Role], hours: list[float], lasts: bool
) -> None:
    browser, begins = signed_in(house, house.add("Ann Ash", roles=frozenset(roles))), house.clock()
    answers = []
    for each in hours:
        house.clock.now = begins + timedelta(hours=each)
        answers.append(browser.get("/").status_code)
    assert answers == [200] * (len(hours) - 1) + [200 if lasts else 302]


def test_a_session_that_ended_stays_ended_and_is_told_once(house: House) -> None:
    browser = signed_in(house, house.add("Ann Ash"))
    house.clock.turn(days=8)
    told = browser.get("/challenges", follow_redirects=True)
    assert "You have been signed out." in told.text
    assert "You have been signed out." not in browser.get("/sign-in").text
    house.clock.turn(days=-8)
    assert browser.get("/challenges").status_code == 302


def test_a_page_left_open_that_asks_by_itself_is_no_use(house: House) -> None:
    browser = signed_in(house, house.add("Ann Ash"))
    for _ in range(5):
        house.clock.turn(hours=20)
        last = browser.get("/calendars", headers=POLL)
    assert (last.status_code, last.headers["HX-Redirect"]) == (401, "/sign-in")


def test_who_is_made_an_admin_signs_in_anew_for_it(house: House) -> None:
    ann = house.add("Ann Ash")
    browser = signed_in(house, ann)
    house.clock.turn(hours=13)
    assert browser.get("/").status_code == 200
    with house.parts.database.writing(house.organisation_id) as memory:
        people.save(memory, replace(ann, roles=ann.roles | {Role.ADMIN}))
    assert browser.get("/admin").location == "/sign-in?next=/admin"


@pytest.mark.parametrize("missing", ["since", "used"])
def test_a_session_that_does_not_say_when_is_none(missing: str) -> None:
    browser = as_person(application(stage()), MEMBER)
    assert browser.get("/").status_code == 200
    with browser.session_transaction() as session:
        del session[missing]
    assert browser.get("/").location == "/sign-in"


def test_a_cookie_that_somebody_changed_is_none() -> None:
    browser = as_person(app := application(stage()), MEMBER)
    name = app.config["SESSION_COOKIE_NAME"]
    cookie = browser.get_cookie(name)
    assert cookie is not None
    said, at, signature = cookie.value.rsplit(".", 2)
    assert len(urlsafe_b64decode(signature + "=")) == hashlib.sha256().digest_size
    whole = app.session_interface.get_signing_serializer(app).loads(cookie.value)  # type: ignore[attr-defined]
    forged = urlsafe_b64encode(json.dumps(whole | {"person": ADMIN}).encode()).decode().rstrip("=")
    for changed in (f"{forged}.{at}.{signature}", f"{said}.{at}", f"{said}.{at}.{signature[::-1]}"):
        browser.set_cookie(name, changed)
        assert browser.get("/").location == "/sign-in"
    browser.set_cookie(name, cookie.value)
    assert browser.get("/").status_code == 200


def test_the_cookie_is_not_written_anew_for_each_page(house: House) -> None:
    browser = signed_in(house, house.add("Ann Ash"))
    browser.get("/")
    house.clock.turn(minutes=29)
    assert "Set-Cookie" not in browser.get("/").headers
    house.clock.turn(minutes=2)
    assert "Set-Cookie" in browser.get("/").headers


@pytest.mark.parametrize(("base_url", "told"), [("https://x", '"cache", "storage"'), ("http://x", None)])
def test_signing_out_has_the_browser_forget_what_it_kept_of_us(base_url: str, told: str | None) -> None:
    app = application(stage(base_url=base_url), csrf=False)
    response = as_person(app, ADMIN).post("/sign-out", base_url=base_url)
    assert response.headers.get("Clear-Site-Data") == told


def test_a_link_that_lets_nobody_in_is_logged_by_who_came_with_it(caplog: pytest.LogCaptureFixture) -> None:
    browser = application(stage(), csrf=False).test_client()
    with browser.session_transaction() as session:
        session["link"] = hashlib.sha256(b"guessed").hexdigest()
    assert browser.post("/sign-in/guessed").status_code == 404
    assert caplog.messages == ["a sign-in link let nobody in: used, too old, or none; by address 127.0.0.1"]


def test_signing_in_is_logged_by_number_and_not_by_name(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", logger="interlude.web")
    application(stage(), csrf=False).test_client().post("/sign-in/sample", data={"person": MEMBER})
    assert caplog.messages == [f"signed in: person {MEMBER} of organisation 1"]
