"""Signing in and connecting at Google and Microsoft: Chromium, real pages, and sign-in as npm `emulate` plays it.

The calendars are the wires', which take the tokens that emulate gives out; cancelling, which emulate has no button for,
is the wires' too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from mentoring.people import Person
from store import calendars, people
from tests.browser import emulating
from tests.browser.test_the_main_job import no_barrier, signs_in
from tests.wires.google import GoogleWire, google_wire
from tests.wires.graph import GraphWire, graph_wire
from tests.workflows.house import House, a_house
from webapp.app import create_app
from webapp.backstage import Backstage
from workflows.bootstrap import system_clock

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

ANN = "ann.ash@harbour.example"
TENANT = "44444444-aaaa-bbbb-cccc-000000000004"
AT_GOOGLE = [{"email": "ben@elsewhere.example", "name": "Ben"}, {"email": ANN, "name": "Ann", "hd": "harbour.example"}]
AT_MICROSOFT = [{**each, "tenant_id": TENANT} for each in AT_GOOGLE]


@dataclass
class There:
    """A house with Ann, its pages at that address, and both providers."""

    house: House
    ann: Person
    address: str
    google: GoogleWire
    graph: GraphWire

    def sends_to(self, **settings: str) -> None:
        """From now on people are sent there."""
        self.house.parts = replace(self.house.parts, settings=replace(self.house.parts.settings, **settings))  # type: ignore[arg-type]
        self.app.extensions["backstage"] = Backstage(self.house.parts)

    app: Flask = None  # type: ignore[assignment]


@pytest.fixture
def there(tmp_path: Path, serve: Callable[[Flask], str]) -> Iterator[There]:
    house = a_house(tmp_path)
    ann = house.add("Ann Ash", email=ANN)
    with house.parts.database.writing(house.organisation_id) as memory:
        people.note(memory, ann.id, joined_at=house.clock())
    house.parts = replace(house.parts, clock=system_clock)
    app = create_app(replace(house.parts.settings, redis_url="memory://"), house.parts)
    address = serve(app)
    with google_wire() as google, graph_wire() as graph:
        google.account(ANN, calendars=("Team",))
        graph.account(ANN)
        google.sign_in.any_bearer = graph.entra.any_bearer = ANN
        made = There(house, ann, address, google, graph, app)
        made.sends_to(base_url=address, **google.settings(), **graph.settings())
        yield made


@pytest.fixture
def emulated(there: There) -> Iterator[There]:
    """With emulate where people sign in."""
    with ExitStack() as both:
        at_google = both.enter_context(emulating.google(AT_GOOGLE, f"{there.address}/oauth/google"))
        at_microsoft = both.enter_context(emulating.microsoft(AT_MICROSOFT, TENANT, f"{there.address}/oauth/microsoft"))
        there.sends_to(**at_google, **at_microsoft)
        yield there


def chooses(page: Page, email: str) -> None:
    """On the page of emulate, which the browser has got to by itself."""
    page.get_by_role("button", name=email).click()


@pytest.mark.parametrize("name", ["Google", "Microsoft"])
def test_one_signs_in_and_comes_to_the_page_that_was_wanted(emulated: There, page: Page, name: str) -> None:
    page.goto(f"{emulated.address}/challenges")
    no_barrier(page)
    page.get_by_role("button", name=f"Sign in with {name}").click()
    chooses(page, ANN)
    expect(page).to_have_url(f"{emulated.address}/challenges")
    expect(page.get_by_text("signed in as Ann Ash")).to_be_attached()


@pytest.mark.parametrize("name", ["Google", "Microsoft"])
def test_who_is_nobody_here_is_told_so_and_not_signed_in(emulated: There, page: Page, name: str) -> None:
    page.goto(f"{emulated.address}/sign-in")
    page.get_by_role("button", name=f"Sign in with {name}").click()
    chooses(page, "ben@elsewhere.example")
    expect(page.get_by_role("heading", name="This account opens no door here")).to_be_visible()
    no_barrier(page)
    page.goto(f"{emulated.address}/calendars")
    expect(page.get_by_role("button", name="Mail me a sign-in link")).to_be_visible()


@pytest.mark.parametrize(("kind", "name"), [("Google Calendar", "Google"), ("Outlook", "Microsoft")])
def test_a_calendar_is_connected_chosen_read_and_disconnected(
    emulated: There, page: Page, kind: str, name: str
) -> None:
    house, now = emulated.house, system_clock()
    emulated.google.put(ANN, now + timedelta(hours=1), now + timedelta(hours=2))
    signs_in(page, emulated.address, house.parts, emulated.ann)
    page.goto(f"{emulated.address}/calendars")
    page.get_by_role("link", name=kind).click()
    no_barrier(page)
    page.get_by_role("button", name=f"Go on to {name}").click()
    chooses(page, ANN)

    expect(page.get_by_role("heading", name="Connected. What counts?")).to_be_visible()
    no_barrier(page)
    page.get_by_role("button", name="Save").click()
    house.work()
    page.goto(f"{emulated.address}/calendars")
    expect(page.get_by_role("heading", name=ANN)).to_be_visible()
    expect(page.get_by_text("read just now").first).to_be_visible()
    no_barrier(page)

    page.get_by_text(f"Disconnect {ANN}").click()
    page.get_by_role("button", name="Disconnect and delete").click()
    expect(page.get_by_role("status")).to_contain_text("Disconnected.")
    expect(page.get_by_role("heading", name="Connect the calendar you already use")).to_be_visible()
    no_barrier(page)
    with house.parts.database.reading(house.organisation_id) as memory:
        assert calendars.connections(memory) == ()


@pytest.mark.parametrize(("path", "title"), [("google", "Google"), ("outlook", "Microsoft")])
def test_who_presses_cancel_is_told_what_that_means_and_can_try_again(
    there: There, page: Page, path: str, title: str
) -> None:
    there.google.sign_in.denies, there.graph.entra.denies = True, ("access_denied", "the user declined")
    signs_in(page, there.address, there.house.parts, there.ann)
    page.goto(f"{there.address}/calendars/connect/{path}")
    page.get_by_role("button", name=f"Go on to {title}").click()
    expect(page.get_by_role("heading", name="The permission was not given")).to_be_visible()
    no_barrier(page)
    there.google.sign_in.denies, there.graph.entra.denies = False, ("", "")
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("heading", name="Connected. What counts?")).to_be_visible()


def test_what_is_left_unticked_at_google_is_named(there: There, page: Page) -> None:
    there.google.sign_in.unticked = frozenset({"calendar.calendarlist.readonly"})
    signs_in(page, there.address, there.house.parts, there.ann)
    page.goto(f"{there.address}/calendars/connect/google")
    page.get_by_role("button", name="Go on to Google").click()
    expect(page.get_by_role("listitem").filter(has_text="calendars you have")).to_be_visible()
    no_barrier(page)


def test_an_answer_opened_a_second_time_does_nothing(there: There, page: Page) -> None:
    answers: list[str] = []
    page.on("request", lambda asked: answers.append(asked.url) if "/oauth/google?" in asked.url else None)
    signs_in(page, there.address, there.house.parts, there.ann)
    page.goto(f"{there.address}/calendars/connect/google")
    page.get_by_role("button", name="Go on to Google").click()
    expect(page.get_by_role("heading", name="Connected. What counts?")).to_be_visible()
    page.goto(answers[0])
    expect(page.get_by_role("heading", name="That answer does not count")).to_be_visible()
    no_barrier(page)
