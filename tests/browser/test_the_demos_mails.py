"""A mail in its frame: apart from the page around it, and its links lead out."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask
from playwright.sync_api import Page, expect

from tests.browser.seat import look_at
from tests.webapp.mails import sample_mail
from tests.webapp.stage import application
from tests.webapp.states import STATES


def test_a_link_in_a_mail_opens_in_a_window_of_its_own_that_is_not_shut_in(
    page: Page, serve: Callable[[Flask], str]
) -> None:
    on = STATES["mail"].stage()
    on.pages["sample_mail"] = sample_mail(html='<p>Hello Tobi</p><a href="/sign-in">Sign in</a>')
    app = application(on)
    address = serve(app)
    look_at(page, app, address, STATES["mail"])
    framed = page.frame_locator("iframe")
    expect(framed.get_by_text("Hello Tobi")).to_be_visible()
    with page.expect_popup() as opened:
        framed.get_by_role("link", name="Sign in").click()
    opened.value.wait_for_url("**/sign-in")
    assert opened.value.evaluate("[window.origin, window.opener]") == [address, None]
    assert page.frames[1].evaluate("window.origin") == "null"
