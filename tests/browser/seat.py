"""Sitting down in front of a page as somebody."""

from __future__ import annotations

from flask import Flask
from playwright.sync_api import Page

from tests.webapp.stage import CONSENT
from tests.webapp.states import Shown
from webapp.signed_in import begun
from workflows.views import Who

SEND = """fields => {
  const form = document.createElement("form");
  form.method = "post";
  for (const [name, value] of Object.entries(fields)) {
    const input = document.createElement("textarea");
    input.name = name;
    input.value = value;
    form.append(input);
  }
  document.body.append(form);
  form.submit();
}"""


def come_in(page: Page, app: Flask, address: str, person_id: int | None) -> None:
    """As if signed in already: with the session cookie that the application would have set."""
    if person_id is None:
        return
    serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    value = serializer.dumps(begun(Who(1, person_id), app.extensions["backstage"].now()))
    page.context.add_cookies([{"name": app.config["SESSION_COOKIE_NAME"], "value": value, "url": address}])


def look_at(page: Page, app: Flask, address: str, shown: Shown) -> None:
    """Opens the page, sends what is to be sent, and unfolds what is to be unfolded."""
    # One page leads on by itself, to where nobody is: a browser stays where it is when there is no content there.
    page.route(f"{CONSENT.partition('?')[0]}*", lambda route: route.fulfill(status=204))
    come_in(page, app, address, shown.as_person)
    page.goto(address + shown.path)
    if shown.post is not None:
        with page.expect_navigation():
            page.evaluate(SEND, dict(shown.post))
    if shown.opened:
        page.evaluate("document.querySelectorAll('main details').forEach(each => { each.open = true; })")
    if shown.menu:
        page.locator("details.you > summary").click()
