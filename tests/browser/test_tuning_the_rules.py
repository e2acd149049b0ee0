"""An admin changes a weight, sees what it would do today and would have done, publishes it, and goes back: Chromium,
the application, an RQ worker, Valkey and SQLite, by keyboard."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from mentoring.people import Expertise, Person, Role
from mentoring.policy import Policy, Sending
from mentoring.proposals import withdraw
from store import policies, proposals
from tests.browser.hands import Hands
from tests.browser.seat import come_in
from tests.browser.test_the_main_job import EARLIER, application, wrote
from tests.killing.stage import AT_ALL_HOURS, Stage, a_stage
from tests.workflows.neighbours import neighbour
from workflows import proposing

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

KNOWS = (Expertise("Making slow queries fast: reading query plans and choosing an index"),)
SECONDS = 60_000
INK = """canvas => {
  const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
  return pixels.filter((value, at) => at % 4 === 3 && value > 0).length;
}"""


@dataclass
class Office:
    """Ann, to whom query plans keep coming back; Ben of her own department and Cora of another, who know them as well;
    and a round that was."""

    stage: Stage
    zofia: Person
    hands: Hands

    @property
    def page(self) -> Page:
        return self.hands.page

    def in_force(self) -> Policy:
        house = self.stage.house
        with house.parts.database.reading(house.organisation_id) as memory:
            return policies.current(memory)

    def shows_what_came(self) -> None:
        """The page of a trial, once its live line says that it has ended."""
        live = self.page.get_by_role("status")
        expect(live).to_contain_text("It is finished.", timeout=SECONDS)
        self.hands.press("Show what came of it")

    def sees_plots(self, number: int) -> None:
        drawn = self.page.locator("figure.plot canvas")
        expect(drawn).to_have_count(number)
        self.page.wait_for_timeout(600)
        for at in range(number):
            assert drawn.nth(at).evaluate(INK) > 500, "something is drawn"


@pytest.fixture
def office(tmp_path: Path, page: Page, serve: Callable[[Flask], str]) -> Iterator[Office]:
    with a_stage(tmp_path) as stage:
        house, dav = stage.house, stage.dav
        house.policy(sending=Sending.OFF)
        zofia = house.add("Zofia Wójcik", roles=frozenset({Role.ADMIN}))
        mentee = {"roles": frozenset({Role.MENTEE}), "limits": AT_ALL_HOURS, "department": "Data"}
        ann = neighbour(house, dav, "Ann Ash", **mentee).person
        for name, department in (("Ben Birch", "Data"), ("Cora Cedar", "Platform")):
            mentor = {"roles": frozenset({Role.MENTOR}), "limits": AT_ALL_HOURS, "expertise": KNOWS}
            neighbour(house, dav, name, **mentor, department=department)
        wrote(house, ann)
        for made in proposing.run_round(house.parts, house.organisation_id).proposals:
            with house.parts.database.writing(house.organisation_id) as memory:
                proposals.save(memory, withdraw(proposals.get(memory, made.id), "taken back"))
        stage.start_worker()
        app = application(house.parts, stage.queue.redis_url)
        address = serve(app)
        come_in(page, app, address, zofia.id)
        yield Office(stage, zofia, Hands(page, address))


def test_a_weight_is_changed_tried_published_and_taken_back(office: Office) -> None:
    hands, page, before = office.hands, office.page, office.in_force()
    hands.open("/admin/rules")
    page.locator("#v-another_department").focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("-1")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    hands.sees("Saved as a draft. Nothing is in force until it is published.")
    hands.sees("-1 points")
    hands.no_barrier()
    assert office.in_force() == before

    hands.press("Preview it on today")
    office.shows_what_came()
    hands.sees("Cora Cedar")
    hands.sees("Ben Birch")
    office.sees_plots(1)
    hands.no_barrier()

    hands.press("Back to the rules")
    hands.press("Backtest it on past rounds")
    office.shows_what_came()
    hands.sees("How many would say yes")
    hands.sees("30 are needed")
    office.sees_plots(2)
    hands.no_barrier()

    hands.press("Back to the rules")
    hands.press("Publish it")
    hands.write("Why", "People know their own department already")
    hands.press("Publish")
    hands.sees(f"Published: version {before.version + 1} is in force from now on.")
    assert office.in_force().weight("another_department", 0.0) == -1.0
    hands.no_barrier()

    hands.press("Go back to it")
    hands.write("Why", "Too soon")
    hands.press(f"Go back to version {before.version}")
    hands.sees(f"Version {before.version} is in force again, as version {before.version + 2}.")
    assert office.in_force().rules == before.rules
    assert EARLIER[0] not in page.content()


def test_without_scripts_the_tables_stand(office: Office, new_page: Callable[..., Page]) -> None:
    plain = new_page(java_script_enabled=False)
    plain.context.add_cookies(office.page.context.cookies())
    hands = Hands(plain, office.hands.address)
    hands.open("/admin/rules")
    plain.locator("#v-another_department").fill("-1")
    plain.get_by_role("button", name="Save as a draft").last.click()
    plain.get_by_role("button", name="Preview it on today").click()
    for _ in range(60):
        if plain.get_by_text("Another mentor or time").count():
            break
        plain.wait_for_timeout(500)
        plain.get_by_role("link", name="Show it as it is now").click()
    expect(plain.get_by_role("table", name="How many differences each rule is behind")).to_be_visible()
    expect(plain.locator("canvas")).to_be_hidden()
