"""Every form of the application, from its own list, is counted: by person, else by the address that asks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_limiter.util import get_qualified_name

from tests.webapp.stage import MEMBER, STRANGER, application, as_person, stage
from webapp.limits import FORMS, HOOKS, limiter

MOST = int(FORMS.split()[0])
ANY = {"id": "7", "default": "x", "path": "x", "door": "google", "way": "google"}


def forms(app: Flask) -> Iterator[tuple[str, str]]:
    """The route and an address of it, of each that takes anything but a question."""
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"GET", "HEAD", "OPTIONS"}):
            yield method, re.sub(r"<(?:(\w+):)?\w+>", lambda found: ANY[found[1] or "default"], rule.rule)


ALL = sorted(each for each in forms(application(stage())) if not each[1].startswith(("/hooks/", "/api/")))


def worn_out(person_id: int) -> FlaskClient:
    """The browser of somebody who has just sent as many forms as anybody may."""
    browser = as_person(application(stage(), csrf=False), person_id)
    answers = [browser.post("/challenges", data={"text": "again"}).status_code for _ in range(MOST)]
    assert 429 not in answers
    return browser


def test_the_document_lists_every_form_that_has_a_tighter_limit() -> None:
    text = (Path(__file__).parents[2] / "docs" / "security.md").read_text(encoding="utf-8")
    table = text.partition("**Limits.**")[2].partition("Who is refused")[0]
    views = application(stage()).view_functions.items()
    tighter = {name for name, view in views if limiter.limit_manager.decorated_limits(get_qualified_name(view))}
    assert set(re.findall(r"`(\w+\.\w+)`", table)) == tighter


@pytest.fixture(scope="module")
def tired() -> FlaskClient:
    return worn_out(MEMBER)


@pytest.mark.parametrize(("method", "path"), ALL, ids=lambda each: each)
def test_no_form_can_be_sent_without_end(tired: FlaskClient, method: str, path: str) -> None:
    response = tired.open(path, method=method)
    assert response.status_code == 429, "say a limit for it in webapp/limits.py"
    assert 1 <= int(response.headers["Retry-After"]) <= 3600
    assert re.search("Please try again in (less than a minute|1 minute)[.]", response.text)
    assert response.text.count("<h1") == 1


def test_what_google_and_microsoft_tell_is_no_form_of_anybodys_and_counted_by_itself(tired: FlaskClient) -> None:
    assert tired.post("/hooks/google").status_code == 404
    assert tired.post("/hooks/microsoft").status_code == 400
    assert int(HOOKS.split()[0]) >= 10 * MOST


def test_looking_is_not_counted(tired: FlaskClient) -> None:
    assert tired.get("/challenges").status_code == 200


def test_one_person_who_is_too_fast_slows_nobody_else_down(tired: FlaskClient) -> None:
    other = as_person(tired.application, STRANGER)
    assert other.post("/challenges", data={"text": "mine"}).status_code == 302


def test_a_form_without_its_token_is_counted_too() -> None:
    browser = as_person(application(stage(), csrf=True), MEMBER)
    answers = [browser.post("/challenges", data={"text": "x"}).status_code for _ in range(MOST + 1)]
    assert set(answers[:MOST]) == {400}
    assert answers[MOST] == 429


def test_who_was_too_fast_is_logged(tired: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    tired.post("/sign-out")
    assert f"refused with 429: POST /sign-out, by person {MEMBER}" in caplog.messages


LINK = "/sign-in/guess"


def guesses(browser: FlaskClient, number: int, *forwarded: str) -> list[int]:
    """The last of so many guesses, for each of those who are said to ask."""
    return [
        [browser.post(LINK, headers={"X-Forwarded-For": who}).status_code for _ in range(number)][-1]
        for who in forwarded
    ]


def test_what_a_browser_says_of_its_own_address_is_not_believed() -> None:
    browser = application(stage(), csrf=False).test_client()
    assert guesses(browser, 11, "192.0.2.1", "192.0.2.2") == [302, 429]


def test_behind_a_proxy_each_visitor_is_counted_by_themselves() -> None:
    browser = application(stage(trusted_proxies=1), csrf=False).test_client()
    assert guesses(browser, 11, "192.0.2.1", "192.0.2.2") == [302, 302]


def test_behind_a_proxy_what_a_browser_wrote_before_the_proxy_did_is_passed_over() -> None:
    browser = application(stage(trusted_proxies=1), csrf=False).test_client()
    assert guesses(browser, 11, "198.51.100.7, 192.0.2.1", "203.0.113.9, 192.0.2.1") == [302, 429]


def test_behind_two_proxies_the_second_from_the_right_is_who_asks() -> None:
    browser = application(stage(trusted_proxies=2), csrf=False).test_client()
    assert guesses(browser, 11, "192.0.2.1, 10.0.0.1", "192.0.2.2, 10.0.0.1") == [302, 302]
    assert guesses(browser, 11, "203.0.113.9, 192.0.2.3, 10.0.0.1", "198.51.100.7, 192.0.2.3, 10.0.0.1") == [302, 429]
