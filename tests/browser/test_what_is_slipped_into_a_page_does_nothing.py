"""A real Chromium holds to the policy: markup that somebody got into a page neither runs, styles, frames nor sends."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from tests.browser.seat import look_at
from tests.webapp.stage import application
from tests.webapp.states import STATES

WATCH = """() => {
  window.stopped = [];
  document.addEventListener("securitypolicyviolation", event => window.stopped.push(event.effectiveDirective));
}"""
SLIP = """markup => {
  const at = document.querySelector("main");
  at.append(document.createRange().createContextualFragment(markup));
}"""


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """One whose console may complain: that is what is looked for."""
    context = browser.new_context()
    yield context.new_page()
    context.close()


@pytest.mark.parametrize(
    ("markup", "directive"),
    [
        ("<script>document.title = 'taken'</script>", "script-src-elem"),
        ("<script nonce='guessed'>document.title = 'taken'</script>", "script-src-elem"),
        ("<script src='/static/vendor/htmx.min.js'></script>", "script-src-elem"),
        ("""<img src='/static/none.png' onerror="document.title = 'taken'">""", "script-src-attr"),
        ("<style>main { display: none }</style>", "style-src-elem"),
        ("<link rel=stylesheet href='/static/interlude.css'>", "style-src-elem"),
        ("<p style='position: fixed'>over all</p>", "style-src-attr"),
        ("<iframe src='/'></iframe>", "frame-src"),
        ("<object data='/'></object>", "object-src"),
        ("<img src='http://127.0.0.1:9/pixel.png'>", "img-src"),
        ("<base href='http://127.0.0.1:9/'>", "base-uri"),
    ],
)
def test_markup_that_carries_no_nonce_is_stopped(
    markup: str, directive: str, page: Page, serve: Callable[[Flask], str]
) -> None:
    app = application(STATES["calendars"].stage(), csrf=False)
    look_at(page, app, serve(app), STATES["calendars"])
    title = page.title()
    page.evaluate(WATCH)
    page.evaluate(SLIP, markup)
    page.wait_for_function("() => window.stopped.length > 0")
    assert page.evaluate("window.stopped") == [directive]
    assert page.title() == title
    expect(page.locator("h1")).to_be_visible()


def test_a_form_that_leads_elsewhere_is_not_sent(page: Page, serve: Callable[[Flask], str]) -> None:
    app = application(STATES["calendars"].stage(), csrf=False)
    look_at(page, app, address := serve(app), STATES["calendars"])
    page.evaluate(WATCH)
    page.evaluate(SLIP, "<form id=slipped method=post action='http://127.0.0.1:9/'></form>")
    page.evaluate("document.querySelector('#slipped').requestSubmit()")
    page.wait_for_function("() => window.stopped.includes('form-action')")
    assert page.url.startswith(address)


def test_no_other_page_can_frame_one_of_ours(page: Page, serve: Callable[[Flask], str]) -> None:
    ours = serve(application(STATES["home-suggestion"].stage()))
    theirs = Flask("theirs")
    theirs.add_url_rule("/", "frame", lambda: f"<iframe src='{ours}/sign-in'></iframe>")
    page.goto(serve(theirs))
    page.wait_for_load_state("networkidle")
    assert len(page.frames) == 2
    assert not any("Whom would you like to be" in frame.content() for frame in page.frames)


def test_a_mail_in_the_demo_is_framed_and_reaches_nothing_of_ours(page: Page, serve: Callable[[Flask], str]) -> None:
    app = application(STATES["mail"].stage(), csrf=False)
    look_at(page, app, serve(app), STATES["mail"])
    (frame,) = page.frames[1:]
    assert frame.evaluate("document.body.innerText.trim().length") > 0
    assert frame.evaluate("window.origin") == "null"
