"""Each page in each state: it comes up, obeys its own content policy, and carries its token in each form."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from tests.webapp.admins_states import ANSWERED
from tests.webapp.stage import CONSENT, MEMBER, application, as_person, stage
from tests.webapp.states import STATES, Shown
from webapp.assets import asset
from workflows.views import Heartbeat

STATUS = {"sign-in-link-used": 404, "stop-forged": 404, "not-there": 404, "not-an-admin": 403} | ANSWERED
STATUS |= {"leaving": 200, "connect-not-set-up": 404, "consent-not-let-in": 403, "consent-somebody-elses": 409}
STATUS |= {"consent-begin-again": 400, "consent-refused": 400, "consent-partly": 400, "consent-later": 503}
STATUS |= {"consent-will-not-do": 409, "consent-left-standing": 400}
STATUS |= {"admin-rules-clash": 409, "admin-rules-carry-on": 409}


BEARERS = ("/stop/", "/answer/", "/after/", "/lately/")


class Page(HTMLParser):
    """What of a page a policy or a reader without sight would stumble over."""

    def __init__(self, html: str, policy: str) -> None:
        super().__init__()
        self.policy = policy
        self.unmarked: list[str] = []
        self.inline: list[str] = []
        self.elsewhere: list[str] = []
        self.ids: list[str] = []
        self.headings: list[int] = []
        self.posts = self.tokens = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.inline += [name for name in given if name.startswith("on") or name == "style"]
        self.inline += [tag] if tag == "style" or (tag == "script" and "src" not in given) else []
        loads = tag == "script" or (tag == "link" and given.get("rel") == "stylesheet")
        self.unmarked += [tag] if loads and given.get("nonce") not in nonces(self.policy) else []
        addresses = (given.get(name) or "" for name in ("src", "href", "action", "hx-get"))
        self.elsewhere += [address for address in addresses if "//" in address]
        self.ids += [given["id"] or ""] if "id" in given else []
        self.headings += [int(tag[1])] if tag in {"h1", "h2", "h3", "h4"} else []
        self.posts += tag == "form" and given.get("method") == "post"
        self.tokens += given.get("name") == "csrf_token"


def nonces(policy: str) -> list[str]:
    return re.findall(r"'nonce-([\w-]{22,})'", policy)


def page(name: str, shown: Shown) -> Page:
    app = application(shown.stage(), csrf=shown.post is None)
    browser = as_person(app, shown.as_person)
    response = browser.get(shown.path) if shown.post is None else browser.post(shown.path, data=shown.post)
    assert response.status_code == STATUS.get(name, 200 if shown.post is None else 400), response.text
    return Page(response.text, response.headers["Content-Security-Policy"])


@pytest.mark.parametrize("name", STATES)
def test_a_page_comes_up_and_keeps_to_the_rules(name: str) -> None:
    read = page(name, STATES[name])
    assert read.inline == [], "the content policy would block it"
    assert read.unmarked == [], "the content policy would block what does not carry this page's nonce"
    assert read.elsewhere == ([CONSENT] if name == "leaving" else []), "nothing comes from another place"
    assert len(read.ids) == len(set(read.ids)), "ids are unique"
    by_address = STATES[name].path.startswith(BEARERS)
    assert read.tokens == (0 if by_address else read.posts), "each form carries its token, or its address is one"
    assert read.headings.count(1) == 1
    assert all(below - above <= 1 for above, below in zip(read.headings, read.headings[1:], strict=False))


POLICY = {
    "default-src 'none'",
    "img-src 'self'",
    "font-src 'self'",
    "connect-src 'self'",
    "object-src 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
}


@pytest.mark.parametrize("path", ["/", "/sign-in", "/healthz", "/nowhere", "/static/interlude.css", "/admin"])
def test_each_answer_carries_the_policy(path: str) -> None:
    headers = as_person(application(stage()), MEMBER).get(path).headers
    own = {re.sub(r"'nonce-[\w-]{22,}'", "'none'", rule) for rule in headers["Content-Security-Policy"].split("; ")}
    assert own == POLICY | {"script-src 'none'", "style-src 'none'"}, "all that runs or styles carries the nonce"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "Strict-Transport-Security" not in headers


def test_each_answer_has_a_nonce_of_its_own() -> None:
    browser = as_person(application(stage()), MEMBER)
    policies = [browser.get(path).headers["Content-Security-Policy"] for path in ["/", "/", "/calendars", "/nowhere"]]
    found = [nonces(each) for each in policies]
    assert all(len(set(each)) == 1 for each in found), "one for scripts and styles"
    assert len({each[0] for each in found}) == len(policies)


@pytest.mark.parametrize("path", ["/healthz", "/static/interlude.css", "/static/mark.svg"])
def test_what_is_no_page_may_run_nothing_at_all(path: str) -> None:
    policy = application(stage()).test_client().get(path).headers["Content-Security-Policy"]
    assert "script-src 'none'" in policy
    assert nonces(policy) == []


def test_over_https_browsers_are_told_to_stay_there() -> None:
    assert "Strict-Transport-Security" in application(stage(base_url="https://x")).test_client().get("/sign-in").headers


def test_pages_are_not_kept_by_browsers_and_assets_are() -> None:
    app = application(stage())
    with app.test_request_context():
        style = asset("interlude.css")
    browser = as_person(app, MEMBER)
    assert browser.get("/").headers["Cache-Control"] == "no-store"
    assert "max-age=31536000" in browser.get(style).headers["Cache-Control"]


@pytest.mark.parametrize(("database", "queue", "status"), [(True, True, 200), (False, True, 503), (True, False, 503)])
def test_healthz_says_what_is_down(database: bool, queue: bool, status: int) -> None:
    on = stage()
    on.pages["heartbeat"] = Heartbeat(database, queue)
    response = application(on).test_client().get("/healthz")
    assert response.status_code == status
    assert response.json == {"database": "ok" if database else "down", "queue": "ok" if queue else "down"}
