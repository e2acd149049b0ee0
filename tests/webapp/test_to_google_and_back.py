"""The way to Google and back through one browser's session: once, for the page that was wanted, and for nobody else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from html import unescape
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from mentoring.people import Person, Role
from store import calendars, organisations, organisers, people
from tests.webapp.seated import sign_in
from tests.wires.google import GoogleWire, google_wire
from tests.wires.graph import graph_wire
from tests.workflows.at_google import ANN, OTHER
from tests.workflows.house import House, a_house, a_person
from webapp.app import create_app
from webapp.backstage import Backstage
from webapp.limits import limiter
from webapp.under_way import SLOT

MOST_BYTES_OF_A_COOKIE = 4096
"""What browsers keep at least: https://www.rfc-editor.org/rfc/rfc6265#section-6.1"""


@dataclass
class There:
    """Two people's browsers before the real pages, and Google."""

    house: House
    app: Flask
    wire: GoogleWire

    def browser(self, person: Person | None = None) -> FlaskClient:
        client = self.app.test_client()
        if person is not None:
            sign_in(client, self.house, person)
        return client

    def sent(self, browser: FlaskClient, path: str, as_whom: str = "", **form: str) -> str:
        """Presses that button and goes along; the address of ours that Google sends the browser back to."""
        self.wire.sign_in.signing_in = as_whom
        page = browser.post(path, data=form).text
        there = urlsplit(unescape(re.findall('http-equiv="refresh" content="0; url=([^"]+)"', page)[0]))
        connection = HTTPConnection(there.netloc)
        connection.request("GET", f"{there.path}?{there.query}")
        back = urlsplit(connection.getresponse().headers["Location"])
        connection.close()
        return f"{back.path}?{back.query}"

    def whose(self, browser: FlaskClient) -> int | None:
        with browser.session_transaction() as session:
            return session.get("person")

    def connected(self) -> list[tuple[int, str]]:
        with self.house.parts.database.reading(self.house.organisation_id) as memory:
            return [(each.person_id, each.username) for each in calendars.connections(memory)]


@pytest.fixture
def there(tmp_path: Path) -> Iterator[There]:
    house = a_house(tmp_path)
    with google_wire(house.clock) as wire:
        settings = replace(house.parts.settings, redis_url="memory://", **wire.settings())  # type: ignore[arg-type]
        house.parts = replace(house.parts, settings=settings)
        app = create_app(settings, house.parts)
        app.config.update(TESTING=True, PROPAGATE_EXCEPTIONS=False, WTF_CSRF_ENABLED=False)
        limiter.reset()
        wire.account(ANN, hd="harbour.example")
        wire.account(OTHER)
        yield There(house, app, wire)


def refused(response: TestResponse) -> bool:
    return response.status_code == 400 and "That answer does not count" in response.text


def joined(there: There, name: str, **changes: object) -> Person:
    person = there.house.add(name, **changes)
    with there.house.parts.database.writing(there.house.organisation_id) as memory:
        people.note(memory, person.id, joined_at=there.house.clock())
    return person


def test_the_page_that_was_wanted_comes_up_after_signing_in(there: There) -> None:
    ann, browser = joined(there, "Ann Ash", email=ANN), there.browser()
    back = there.sent(browser, "/sign-in/with/google", ANN, next="/challenges")
    assert browser.get(back).location == "/challenges"
    assert there.whose(browser) == ann.id


@pytest.mark.parametrize("wanted", ["https://evil.example", "//evil.example", "/\\evil.example"])
def test_and_none_of_anybody_elses(there: There, wanted: str) -> None:
    joined(there, "Ann Ash", email=ANN)
    browser = there.browser()
    assert browser.get(there.sent(browser, "/sign-in/with/google", ANN, next=wanted)).location == "/"


def test_who_comes_for_the_first_time_sees_what_interlude_is(there: There) -> None:
    there.house.add("Ann Ash", email=ANN)
    browser = there.browser()
    assert browser.get(there.sent(browser, "/sign-in/with/google", ANN)).location == "/taking-part"


def test_an_answer_lets_in_once(there: There) -> None:
    joined(there, "Ann Ash", email=ANN)
    browser = there.browser()
    back = there.sent(browser, "/sign-in/with/google", ANN)
    browser.get(back)
    browser.post("/sign-out")
    assert refused(browser.get(back))
    assert there.whose(browser) is None


def test_an_answer_for_one_browser_does_nothing_in_another(there: There) -> None:
    """An attacker who has signed in at Google has somebody else open the answer: they would act as the attacker."""
    joined(there, "Ann Ash", email=ANN)
    attacker, other = there.browser(), there.browser()
    back = there.sent(attacker, "/sign-in/with/google", ANN)
    assert refused(other.get(back))
    assert there.whose(other) is None


def test_an_attackers_calendar_is_not_attached_to_somebody_who_is_signed_in(there: There) -> None:
    ann, ben = joined(there, "Ann Ash"), joined(there, "Ben Birch")
    attacker, victim = there.browser(ben), there.browser(ann)
    back = there.sent(attacker, "/calendars/connect/google", OTHER)
    assert refused(victim.get(back))
    there.sent(victim, "/calendars/connect/google", ANN)
    assert refused(victim.get(back)), "not even while they wait for an answer of their own"
    assert there.connected() == []


def test_after_a_wrong_answer_the_right_one_does_not_count_either(there: There) -> None:
    browser = there.browser(joined(there, "Ann Ash"))
    back = there.sent(browser, "/calendars/connect/google", ANN)
    assert refused(browser.get("/oauth/google?state=guessed&code=guessed"))
    assert refused(browser.get(back))
    assert there.connected() == []


def test_the_answer_for_a_sign_in_connects_nothing_and_the_other_way_round(there: There) -> None:
    ann = joined(there, "Ann Ash", email=ANN)
    browser = there.browser(ann)
    connecting = there.sent(browser, "/calendars/connect/google", ANN)
    there.sent(browser, "/taking-part/accounts/google", ANN)
    assert refused(browser.get(connecting))
    assert there.connected() == []


def test_who_has_signed_out_meanwhile_begins_again(there: There) -> None:
    browser = there.browser(joined(there, "Ann Ash"))
    back = there.sent(browser, "/calendars/connect/google", ANN)
    browser.post("/sign-out")
    assert refused(browser.get(back))


def test_signing_in_as_another_leaves_the_session_before_behind(there: There) -> None:
    ann, browser = joined(there, "Ann Ash", email=ANN), there.browser(joined(there, "Ben Birch"))
    back = there.sent(browser, "/sign-in/with/google", ANN)
    assert there.whose(browser) is None
    browser.get(back)
    assert there.whose(browser) == ann.id


def test_who_is_signed_in_stays_so_while_the_way_there_is_closed(there: There) -> None:
    ann = joined(there, "Ann Ash", email=ANN)
    browser = there.browser(ann)
    with graph_wire() as graph:
        settings = replace(there.house.parts.settings, **graph.settings())  # type: ignore[arg-type]
        there.app.extensions["backstage"] = Backstage(replace(there.house.parts, settings=settings))
        graph.fail(503)
        assert browser.post("/sign-in/with/microsoft").status_code == 503
    assert there.whose(browser) == ann.id


def test_who_is_in_another_organisation_too_is_told_how_to_get_there(there: There) -> None:
    joined(there, "Ann Ash", email=ANN)
    browser = there.browser()
    browser.get(there.sent(browser, "/sign-in/with/google", ANN))
    assert "Another organisation here" not in browser.get("/").text
    with there.house.parts.database.writing_all() as memory:
        second = organisations.add(memory, "Second", "Europe/Berlin").id
        people.add(memory.inside(second), replace(a_person("Ann Ash", email=ANN), organisation_id=second))
    browser.get(there.sent(browser, "/sign-in/with/google", ANN))
    assert "Another organisation here has your address too" in browser.get("/").text


def test_an_admin_connects_the_account_that_invites_come_from(there: There) -> None:
    admin = there.browser(joined(there, "Zoe Zeal", roles=frozenset({Role.ADMIN})))
    back = there.sent(admin, "/admin/invites/connect/google", OTHER)
    assert f"New invites come from {OTHER}" in admin.get(admin.get(back).location).text
    member = there.browser(joined(there, "Ann Ash"))
    assert member.post("/admin/invites/connect/google").status_code == 403


def test_who_is_no_admin_any_more_when_they_are_back_connects_nothing(there: There) -> None:
    zoe = joined(there, "Zoe Zeal", roles=frozenset({Role.ADMIN}))
    browser = there.browser(zoe)
    back = there.sent(browser, "/admin/invites/connect/google", OTHER)
    with there.house.parts.database.writing(there.house.organisation_id) as memory:
        people.set_roles(memory, zoe.id, ())
    assert browser.get(back).status_code == 404
    with there.house.parts.database.reading(there.house.organisation_id) as memory:
        assert organisers.all(memory) == ()


def test_the_address_that_google_is_told_to_send_people_to_is_the_one_to_register(there: There) -> None:
    browser = there.browser(joined(there, "Ann Ash"))
    there.sent(browser, "/calendars/connect/google", ANN)
    (asked,) = there.wire.sign_in.asked
    assert asked["redirect_uri"] == f"{there.house.parts.settings.base_url}/oauth/google"
    assert asked["code_challenge_method"] == "S256"


def test_no_page_and_no_log_shows_a_code_a_state_or_a_token(there: There, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    browser = there.browser(joined(there, "Ann Ash"))
    back = there.sent(browser, "/calendars/connect/google", ANN)
    choices = browser.get(browser.get(back).location).text
    again = browser.get(back).text
    secrets = {*there.wire.sign_in.codes, *parse_qs(urlsplit(back).query)["state"]}
    secrets |= {token for grant in there.wire.sign_in.grants for token in (grant.refresh_token, *grant.tokens)}
    ours = "\n".join(each.getMessage() for each in caplog.records if each.name.startswith("interlude"))
    assert [each for each in secrets if each in f"{choices}{again}{ours}"] == []


def test_what_is_kept_until_they_are_back_fits_into_a_cookie(there: There) -> None:
    """With a whole session beside it, a page that is wanted, and words that wait to be shown."""
    with graph_wire() as graph:
        settings = replace(there.house.parts.settings, **graph.settings())  # type: ignore[arg-type]
        there.app.extensions["backstage"] = Backstage(replace(there.house.parts, settings=settings))
        browser = there.browser(joined(there, "Ann Ash"))
        with browser.session_transaction() as session:
            session["_flashes"] = [("message", "Saved. " * 40)]
            session["browser"] = "x" * 43
        for path in ("/calendars/connect/outlook", "/calendars/connect/google"):
            response = browser.post(path)
            assert response.status_code == 200
            assert len(response.headers["Set-Cookie"].encode()) < MOST_BYTES_OF_A_COOKIE * 2 // 3
        with browser.session_transaction() as session:
            assert SLOT in session
