"""An admin looks suggestions over, imports people and finds somebody without a mouse, and without JavaScript."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from tests.browser.seat import look_at
from tests.browser.test_answering_by_keyboard import press_until
from tests.webapp.stage import application
from tests.webapp.states import STATES

FILE = "email,name,zone\njun@example.org,Jun Park,Asia/Seoul\n"


def test_a_suggestion_is_ticked_and_released(page: Page, serve: Callable[[Flask], str]) -> None:
    app = application(on := STATES["admin-review"].stage())
    look_at(page, app, serve(app), STATES["admin-review"])
    page.get_by_role("checkbox", name="Tobi Adeyemi with Maya Lindqvist").focus()
    page.keyboard.press("Space")
    press_until(page, "Release the ticked ones")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("One suggestion is released")
    assert on.asked == [("release", {7: 1})]


@pytest.mark.parametrize("scripts", [True, False])
def test_a_file_is_chosen_looked_at_and_imported_as_it_is(
    new_page: Callable[..., Page], serve: Callable[[Flask], str], tmp_path: Path, scripts: bool
) -> None:
    content = b"\xef\xbb\xbf" + FILE.replace("\n", "\r\n").encode()
    (tmp_path / "people.csv").write_bytes(content)
    app = application(on := STATES["admin-import"].stage())
    page = new_page(java_script_enabled=scripts)
    look_at(page, app, serve(app), replace(STATES["admin-import"], opened=False))
    page.get_by_label("The file").set_input_files(tmp_path / "people.csv")
    page.get_by_role("button", name="Look at what it would change").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("What it would change")
    carried = page.locator("input[name=content]").get_attribute("value")
    assert carried == urlsafe_b64encode(content).decode()
    page.get_by_role("button", name="Import these").press("Enter")
    expect(page.get_by_role("status")).to_contain_text("1 added, 1 changed")
    assert on.asked == [("import_as_planned", content, "a-seal")]


def test_somebody_is_found_and_opened(page: Page, serve: Callable[[Flask], str]) -> None:
    app = application(STATES["admin-people"].stage())
    look_at(page, app, serve(app), STATES["admin-people"])
    page.get_by_role("searchbox").focus()
    page.keyboard.type("tobi")
    page.keyboard.press("Enter")
    page.wait_for_url("**/admin/people?q=tobi")
    press_until(page, "Tobi Adeyemi")
    page.keyboard.press("Enter")
    page.wait_for_url("**/admin/people/1")


def test_the_pages_are_reached_from_one_another(page: Page, serve: Callable[[Flask], str]) -> None:
    app = application(STATES["admin"].stage())
    look_at(page, app, serve(app), STATES["admin"])
    for words in ("People", "Rounds", "Review", "Mail", "Audit"):
        page.get_by_role("navigation", name="Admin pages").get_by_role("link", name=words).press("Enter")
        here = page.get_by_role("navigation", name="Admin pages").locator("[aria-current=page]")
        expect(here).to_have_text(words)
