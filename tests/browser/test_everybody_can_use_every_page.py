"""WCAG 2.2 AA as far as axe can tell, on each page in each state, light on a desk and dark on a small phone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Page

from tests.browser.seat import look_at
from tests.webapp.stage import application
from tests.webapp.states import STATES

RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]}}
DESK = {"viewport": {"width": 1280, "height": 860}, "color_scheme": "light"}
PHONE = {"viewport": {"width": 320, "height": 640}, "color_scheme": "dark"}


@pytest.mark.parametrize("how", [pytest.param(DESK, id="light-desk"), pytest.param(PHONE, id="dark-phone")])
@pytest.mark.parametrize("name", STATES)
def test_a_page_has_no_barrier(
    name: str, how: dict[str, Any], new_page: Callable[..., Page], serve: Callable[[Flask], str]
) -> None:
    app = application(STATES[name].stage(), csrf=False)
    page = new_page(**how)
    look_at(page, app, serve(app), STATES[name])
    found = Axe().run(page, options=RULES)
    assert found.violations_count == 0, found.generate_report()
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= how["viewport"]["width"], "nothing is scrolled sideways (WCAG 1.4.10)"
