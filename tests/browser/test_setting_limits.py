"""The rooms and a person's own settings, on a small phone, by keyboard, and with and without JavaScript."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from tests.browser.seat import come_in, look_at
from tests.browser.test_answering_by_keyboard import press_until
from tests.webapp.members_stage import TYPED
from tests.webapp.stage import ADMIN, MEMBER, application
from tests.webapp.states import STATES

PHONE = {"viewport": {"width": 320, "height": 640}}
IN_THE_ROW = {"Meetings": "/meetings", "Challenges": "/challenges", "Calendars": "/calendars"}
ROOMS = IN_THE_ROW | {"Expertise": "/expertise", "Limits": "/limits", "Taking part": "/taking-part", "Admin": "/admin"}


@pytest.mark.parametrize("script", [True, False])
def test_every_room_is_reached_by_keyboard_on_a_small_phone(
    script: bool, new_page: Callable[..., Page], serve: Callable[[Flask], str]
) -> None:
    page = new_page(java_script_enabled=script, **PHONE)
    app = application(STATES["limits"].stage())
    address = serve(app)
    come_in(page, app, address, ADMIN)
    for words, path in ROOMS.items():
        page.goto(address)
        if words not in IN_THE_ROW:
            page.locator("details.you > summary").focus()
            page.keyboard.press("Enter")
        for _ in range(12):
            if page.locator(":focus").count() and page.locator(":focus").inner_text() == words:
                break
            page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.wait_for_url(f"**{path}")
        expect(page.locator(f'a[aria-current="page"][href="{path}"]').first).to_have_count(1)


def test_the_menu_covers_nothing_on_a_phone(new_page: Callable[..., Page], serve: Callable[[Flask], str]) -> None:
    page = new_page(**PHONE)
    app = application(STATES["menu"].stage())
    look_at(page, app, serve(app), STATES["menu"])
    menu, rooms = page.locator(".you-menu").bounding_box(), page.locator(".rooms").bounding_box()
    assert menu is not None
    assert rooms is not None
    assert menu["y"] + menu["height"] <= rooms["y"]
    page.locator("details.you > summary").click()
    expect(page.get_by_role("link", name="Expertise")).to_be_hidden()


def test_limits_are_set_without_javascript(new_page: Callable[..., Page], serve: Callable[[Flask], str]) -> None:
    page = new_page(java_script_enabled=False)
    app = application(on := STATES["limits"].stage())
    address = serve(app)
    come_in(page, app, address, MEMBER)
    page.goto(f"{address}/limits")
    page.get_by_label("Time zone").select_option("Asia/Kolkata")
    page.get_by_label("Saturday, from").fill("10 am")
    page.get_by_label("Saturday, to").fill("noon")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Write times like 09:00, or 9:00 am.")).to_be_visible()
    expect(page.get_by_label("Saturday, to")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("Time zone")).to_have_value("Asia/Kolkata")
    page.get_by_label("Saturday, to").fill("12")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status").first).to_contain_text("Saved.")
    ((_, form),) = [each for each in on.asked if each[0] == "save_limits"]
    assert form == replace(
        TYPED, zone="Asia/Kolkata", days=(*TYPED.days[:5], (("10 am", "12"), ("", "")), TYPED.days[6])
    )


def test_the_browsers_zone_is_offered_and_taken_at_a_press(
    new_page: Callable[..., Page], serve: Callable[[Flask], str]
) -> None:
    page = new_page(timezone_id="America/New_York")
    app = application(STATES["limits"].stage())
    look_at(page, app, serve(app), STATES["limits"])
    expect(page.get_by_label("Time zone")).to_have_value("Europe/Berlin")
    expect(page.get_by_text("Your browser says America/New_York")).to_be_visible()
    press_until(page, "use it")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Time zone")).to_have_value("America/New_York")
    expect(page.get_by_label("Time zone")).to_be_focused()
    expect(page.get_by_text("Your browser says")).to_be_hidden()


def test_a_zone_that_was_only_guessed_is_the_browsers_until_it_is_saved(
    new_page: Callable[..., Page], serve: Callable[[Flask], str]
) -> None:
    page = new_page(timezone_id="Asia/Calcutta")
    app = application(STATES["limits-guessed"].stage())
    look_at(page, app, serve(app), STATES["limits-guessed"])
    chosen = page.get_by_label("Time zone").input_value()
    assert chosen in {"Asia/Calcutta", "Asia/Kolkata"}, "whichever of its names the browser knows"
    expect(page.get_by_text(f"Your browser says {chosen}, so that is chosen.")).to_be_visible()


def test_the_browsers_zone_is_not_offered_where_it_is_chosen(
    new_page: Callable[..., Page], serve: Callable[[Flask], str]
) -> None:
    page = new_page(timezone_id="Europe/Berlin")
    app = application(STATES["limits"].stage())
    look_at(page, app, serve(app), STATES["limits"])
    expect(page.get_by_text("Your browser says")).to_be_hidden()
