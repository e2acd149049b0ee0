"""What can be done with a mouse can be done without, and without JavaScript."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from mentoring.proposals import Partstat
from tests.browser.seat import come_in, look_at
from tests.webapp.stage import MEMBER, THEIRS, application
from tests.webapp.states import NEXTCLOUD, STATES
from workflows.views import CalendarsPage, CalendarStatus, Feedback

VISIBLE = """() => {
  const box = document.activeElement.getBoundingClientRect();
  const at = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
  return at !== null && (document.activeElement.contains(at) || at.contains(document.activeElement));
}"""
OUTLINE = """() => {
  const face = document.activeElement.nextElementSibling;
  const styles = [document.activeElement, face].filter(Boolean).map(each => getComputedStyle(each));
  return styles.some(style => style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2);
}"""


def press_until(page: Page, words: str, most: int = 40) -> None:
    """Tabs on to the control of those words."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if words in (page.evaluate("document.activeElement.innerText || document.activeElement.value || ''")):
            return
    pytest.fail(f"no way to {words!r} by keyboard")


def test_a_suggestion_is_accepted_by_keyboard(page: Page, serve: Callable[[Flask], str]) -> None:
    app = application(on := STATES["home-suggestion"].stage())
    look_at(page, app, serve(app), replace(STATES["home-suggestion"], opened=False))
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Skip to the page")
    page.keyboard.press("Enter")
    press_until(page, "Yes, ", most=3)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/suggestions/{THEIRS}")
    assert ("answer", MEMBER, THEIRS, Partstat.ACCEPTED, None, 0) in on.asked
    expect(page.get_by_role("status")).to_contain_text("you said yes")


def test_a_suggestion_is_declined_with_a_reason_by_keyboard(page: Page, serve: Callable[[Flask], str]) -> None:
    app = application(on := STATES["suggestion"].stage())
    look_at(page, app, serve(app), STATES["suggestion"])
    press_until(page, "No, thank you")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    press_until(page, "Say no", most=2)
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Thank you for answering")
    assert on.asked[-1] == ("answer", MEMBER, THEIRS, Partstat.DECLINED, Feedback.NOT_THIS_TOPIC, 0)


def test_another_time_is_chosen_by_keyboard(page: Page, serve: Callable[[Flask], str]) -> None:
    app = application(on := STATES["times"].stage())
    look_at(page, app, serve(app), STATES["times"])
    page.locator("input[name=start]:checked").focus()
    page.keyboard.press("ArrowDown")
    press_until(page, "Take this time", most=2)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/suggestions/{THEIRS}")
    assert on.asked[-1] == ("move", MEMBER, THEIRS, datetime(2026, 11, 25, 13, 20, tzinfo=UTC), 0)


FOCUSED = ["home-suggestion", "times", "calendars", "choices", "challenges", "meetings", "home-new", "admin", "mail"]
FOCUSED += ["limits", "expertise", "taking-part", "delete", "menu"]
FOCUSED += ["admin-people", "admin-person", "admin-import", "admin-rounds", "admin-review", "admin-mail"]


@pytest.mark.parametrize("name", FOCUSED)
def test_the_focus_is_seen_and_never_covered(
    name: str, new_page: Callable[..., Page], serve: Callable[[Flask], str]
) -> None:
    page = new_page(viewport={"width": 375, "height": 600})
    app = application(STATES[name].stage())
    look_at(page, app, serve(app), STATES[name])
    for _ in range(25):
        page.keyboard.press("Tab")
        where = page.evaluate("document.activeElement.outerHTML.slice(0, 120)")
        if where.startswith("<body"):
            break
        assert page.evaluate(OUTLINE), f"no outline on {where}"
        assert page.evaluate(VISIBLE), f"covered: {where}"


def test_all_that_matters_works_without_javascript(
    new_page: Callable[..., Page], serve: Callable[[Flask], str]
) -> None:
    page = new_page(java_script_enabled=False)
    app = application(on := STATES["home-suggestion"].stage())
    address = serve(app)
    come_in(page, app, address, MEMBER)
    page.goto(address)
    page.get_by_text("No, thank you").click()
    page.get_by_label("Not now").check()
    page.get_by_role("button", name="Say no").click()
    assert on.asked[-1] == ("answer", MEMBER, THEIRS, Partstat.DECLINED, Feedback.NOT_NOW, 0)


def test_a_calendars_status_comes_up_by_itself(page: Page, serve: Callable[[Flask], str]) -> None:
    app = application(on := STATES["calendars-waiting"].stage())
    page.clock.install()
    look_at(page, app, serve(app), STATES["calendars-waiting"])
    expect(page.get_by_text("is about to be read")).to_be_visible()
    assert NEXTCLOUD.calendars[0].status is CalendarStatus.FRESH
    on.pages["calendars"] = CalendarsPage("Europe/Berlin", (NEXTCLOUD,))
    page.clock.run_for(16_000)
    expect(page.get_by_text("read 4 minutes ago")).to_be_visible()
