"""A link signs in once, by its button, in the browser that was shown it; nothing leads away from here."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.webapp.stage import ADMIN, GOOD_LINK, MEMBER, application, stage
from webapp.paths import own_path

ELSEWHERE = [
    "https://evil.example",
    "//evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "///evil.example",
    "javascript:alert(1)",
    "evil.example",
    "//[",
    "",
]


def client(**changes: object) -> FlaskClient:
    return application(stage(**changes), csrf=False).test_client()


def signed_in(browser: FlaskClient) -> int | None:
    with browser.session_transaction() as session:
        return session.get("person")


@pytest.mark.parametrize("text", ELSEWHERE)
def test_next_leads_nowhere_but_to_our_own_pages(text: str) -> None:
    assert own_path(text) == "/"
    response = client().post("/sign-in/sample", data={"person": MEMBER, "next": text})
    assert response.location == "/"


def test_after_signing_in_the_page_asked_for_comes_up() -> None:
    browser = client()
    asked = browser.get("/suggestions/7")
    assert asked.location == "/sign-in?next=/suggestions/7"
    page = browser.get(asked.location)
    assert 'name="next" value="/suggestions/7"' in page.text
    assert (
        browser.post("/sign-in/sample", data={"person": MEMBER, "next": "/suggestions/7"}).location == "/suggestions/7"
    )


def test_opening_a_link_uses_nothing_up_and_signs_nobody_in() -> None:
    app = application(on := stage())
    browser = app.test_client()
    for _ in range(3):
        assert "Sign in" in browser.get(f"/sign-in/{GOOD_LINK}").text
    assert (on.asked, signed_in(browser)) == ([], None)


def test_the_button_signs_in() -> None:
    browser = client()
    browser.get(f"/sign-in/{GOOD_LINK}")
    assert browser.post(f"/sign-in/{GOOD_LINK}").location == "/"
    assert signed_in(browser) == ADMIN


def test_a_browser_that_was_not_shown_the_button_is_shown_it_first() -> None:
    app = application(on := stage(), csrf=False)
    browser = app.test_client()
    assert browser.post(f"/sign-in/{GOOD_LINK}").location == f"/sign-in/{GOOD_LINK}"
    browser.get("/sign-in/another-link")
    assert browser.post(f"/sign-in/{GOOD_LINK}").location == f"/sign-in/{GOOD_LINK}"
    assert (on.asked, signed_in(browser)) == ([], None)


def test_a_used_or_made_up_link_says_so() -> None:
    response = client().get("/sign-in/made-up")
    assert response.status_code == 404
    assert "does not work any more" in response.text


def test_signing_in_starts_a_new_session() -> None:
    app = application(stage())
    browser = app.test_client()
    browser.get("/sign-in")
    with browser.session_transaction() as session:
        token_before = session["csrf_token"]
        session["planted"] = "by somebody else"
    page = browser.get("/sign-in").text
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    browser.post("/sign-in/sample", data={"person": MEMBER, "csrf_token": token})
    with browser.session_transaction() as session:
        assert "planted" not in session
        assert session.get("csrf_token") != token_before
    assert browser.post("/sign-out", data={"csrf_token": token}).status_code == 400


def test_signing_out_ends_the_session() -> None:
    browser = client()
    browser.post("/sign-in/sample", data={"person": MEMBER})
    browser.post("/sign-out")
    assert browser.get("/").location == "/sign-in"


def test_outside_the_demo_nobody_becomes_somebody_by_choosing() -> None:
    browser = client(demo=False)
    assert browser.post("/sign-in/sample", data={"person": MEMBER}).status_code == 404
    assert "Tobi" not in browser.get("/sign-in").text
    assert signed_in(browser) is None


@pytest.mark.parametrize("person", ["", "no number", "999"])
def test_only_people_of_the_sample_can_be_chosen(person: str) -> None:
    assert client().post("/sign-in/sample", data={"person": person}).status_code == 404


def test_guessing_links_is_slowed_down() -> None:
    browser = client()
    answers = [browser.post(f"/sign-in/guess-{number}").status_code for number in range(25)]
    assert answers[-1] == 429
    assert 429 not in answers[:10]


COOKIES = [("http://x", "interlude", False), ("https://x", "__Host-interlude", True)]


@pytest.mark.parametrize(("base_url", "name", "secure"), COOKIES)
def test_the_session_cookie_is_kept_from_scripts_and_other_sites(base_url: str, name: str, secure: bool) -> None:
    response = client(base_url=base_url).post("/sign-in/sample", data={"person": MEMBER}, base_url=base_url)
    cookie = response.headers["Set-Cookie"]
    assert cookie.startswith(f"{name}=")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert ("Secure" in cookie) == secure
    assert "Domain" not in cookie
