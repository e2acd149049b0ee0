"""A person at a keyboard, without a mouse, and what their mail program brings them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.test_everybody_can_use_every_page import RULES
from tests.killing.stage import Stage
from tests.wires.post import Arrived

WORDS = """() => {
  const here = document.activeElement;
  if (here === document.body) return "";
  const labels = [...(here.labels || [])].map(each => each.innerText);
  return [here.innerText, here.getAttribute("aria-label"), ...labels].filter(Boolean).join(" | ");
}"""
MOST_TABS = 120


@dataclass
class Hands:
    """Every step is a key. address: where the pages are served."""

    page: Page
    address: str

    def open(self, link: str) -> None:
        """Opens a link, or a path of ours, as a mail program does; whatever host it names, here it is ours."""
        parts = urlsplit(link)
        self.page.goto(self.address + parts.path + (f"?{parts.query}" if parts.query else ""))

    def reach(self, words: str) -> None:
        """Tabs on until the focus is on something of those words."""
        for _ in range(MOST_TABS):
            self.page.keyboard.press("Tab")
            if words in self.page.evaluate(WORDS):
                return
        pytest.fail(f"no way to {words!r} by keyboard on {self.page.url}")

    def press(self, words: str) -> None:
        """Reaches a link or a button, presses it, and waits for the page that follows."""
        self.reach(words)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def unfold(self, words: str) -> None:
        self.reach(words)
        self.page.keyboard.press("Enter")

    def write(self, label: str, text: str) -> None:
        self.reach(label)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)

    def tick(self, label: str) -> None:
        self.reach(label)
        self.page.keyboard.press("Space")

    def choose(self, chosen: str, label: str) -> None:
        """Another of several choices, from the one that is chosen: a group is one stop for Tab."""
        self.reach(chosen)
        for _ in range(MOST_TABS):
            self.page.keyboard.press("ArrowDown")
            if label in self.page.evaluate(WORDS):
                return
        pytest.fail(f"no way to {label!r} by keyboard on {self.page.url}")

    def sees(self, words: str) -> None:
        assert words in self.page.locator("body").inner_text(), self.page.locator("body").inner_text()

    def no_barrier(self) -> None:
        found = Axe().run(self.page, options=RULES)
        assert found.violations_count == 0, found.generate_report()


def letter(stage: Stage, address: str, subject: str) -> Arrived:
    """The latest mail to that address whose subject holds those words, once it is there."""

    def found() -> list[Arrived]:
        return [each for each in stage.office.to(address) if subject in each.mail["Subject"]]

    assert stage.until(lambda: bool(found())), [each.mail["Subject"] for each in stage.office.to(address)]
    return found()[-1]


def link(mail: Arrived, path: str) -> str:
    """The address in a mail that leads to that path."""
    (found,) = set(re.findall(rf"https?://\S+{re.escape(path)}\S+", mail.text))
    return str(found)
