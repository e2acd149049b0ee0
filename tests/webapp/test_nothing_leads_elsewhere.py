"""Every page of the application, from its own list: no answer leads to another host, whatever a browser says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient
from werkzeug.test import EnvironBuilder, run_wsgi_app

from tests.webapp.stage import ADMIN, GOOD_LINK, MEMBER, application, as_person, stage
from webapp.doors import DOORS, Access
from webapp.limits import limiter

EVIL = "evil.example"
FORGED = {"Host": EVIL, "X-Forwarded-Host": EVIL, "Forwarded": f"host={EVIL}", "Origin": f"https://{EVIL}"}
ANY = {"token": GOOD_LINK, "provider": "caldav", "filename": "mark.svg", "at": "google"}
LEADS = re.compile(r"(?:href|action|src|value|content|hx-\w+)=\"([^\"]*)\"")


APP = application(stage(), csrf=False)


def pages() -> Iterator[tuple[str, str, str]]:
    """(endpoint, method, an address of it)."""
    for rule in APP.url_map.iter_rules():
        path = re.sub(r"<(?:\w+:)?(\w+)>", lambda found: ANY.get(found[1], "7"), rule.rule)
        for method in sorted((rule.methods or set()) & {"GET", "POST"}):
            yield rule.endpoint, method, path


PAGES = pytest.mark.parametrize(("endpoint", "method", "path"), sorted(pages()), ids=lambda each: each)
SEATS = pytest.mark.parametrize("signed_in", [True, False], ids=["signed in", "not signed in"])


def seat(endpoint: str, signed_in: bool) -> FlaskClient:
    limiter.reset()
    person = ADMIN if DOORS[endpoint] is Access.ADMIN else MEMBER
    return as_person(APP, person if signed_in else None)


@SEATS
@PAGES
def test_no_page_takes_the_name_it_was_asked_under_for_its_own(
    endpoint: str, method: str, path: str, signed_in: bool
) -> None:
    response = seat(endpoint, signed_in).open(path, method=method, headers=FORGED)
    assert EVIL not in response.text
    assert EVIL not in str(response.headers)


@SEATS
@PAGES
def test_no_page_sends_anybody_on_to_where_the_address_says(
    endpoint: str, method: str, path: str, signed_in: bool
) -> None:
    browser, wanted = seat(endpoint, signed_in), {"next": f"https://{EVIL}/"}
    response = browser.open(path, method=method, query_string=wanted, data=wanted if method == "POST" else None)
    led = [response.headers.get("Location", "/"), *LEADS.findall(response.text)]
    assert EVIL not in {urlsplit(each).hostname for each in led}


ODD = [
    "//evil.example",
    "//admin",
    "/admin//",
    "//challenges//",
    "/static//mark.svg",
    "//evil.example/..",
    "///",
    "/\\evil.example",
]


@pytest.mark.parametrize("path", ODD)
def test_an_odd_address_is_not_put_right_by_sending_the_browser_to_the_host_it_named(path: str) -> None:
    environ = EnvironBuilder(headers={"Host": EVIL}).get_environ() | {"PATH_INFO": path}
    _, status, headers = run_wsgi_app(APP, environ)
    assert status.startswith("404") or urlsplit(headers["Location"]).netloc == ""
