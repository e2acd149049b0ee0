"""From a real calendar to an accepted invite: Chromium, the application, RQ workers, Valkey, SQLite and Radicale.

Times are real, so everybody here works at all hours.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Page, expect

from mentoring.needs import Challenge
from mentoring.people import Expertise, Person, Role
from mentoring.proposals import Proposal, State
from store import calendars, challenges
from tests.browser.test_everybody_can_use_every_page import RULES
from tests.killing.stage import AT_ALL_HOURS, Couple, Stage, a_stage
from tests.servers import radicale
from tests.wires.web import Asked, Told, WebServer, web_server
from tests.workflows.house import House, a_house
from tests.workflows.neighbours import USERS, Neighbour, neighbour
from webapp.app import create_app
from workflows import proposing, signing_in
from workflows.bootstrap import Parts

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

EARLIER = (
    "The report query is slow and I cannot read its query plan",
    "Slow query: I added an index by guessing and could not read the query plan",
    "Another slow query, and I still cannot read a query plan",
)
TODAY = "A slow query today, and again I could not read its query plan"
KNOWS = (Expertise("Making slow queries fast: reading query plans and choosing an index"),)
USER, WORD = list(USERS.items())[-1]


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with a_stage(tmp_path) as made:
        made.start_worker()
        yield made


def test_from_connecting_a_calendar_to_a_meeting_that_both_accepted(
    stage: Stage, page: Page, serve: Callable[[Flask], str]
) -> None:
    house, dav = stage.house, stage.dav
    ann = house.add("Ann Ash", email=USER, roles=frozenset({Role.MENTEE}), limits=AT_ALL_HOURS)
    ben = neighbour(house, dav, "Ben Birch", roles=frozenset({Role.MENTOR}), limits=AT_ALL_HOURS, expertise=KNOWS)
    work, _ = dav.make_calendar(USER, "Work"), dav.make_calendar(USER, "Football")
    mentee = Neighbour(ann, dav, work)
    mentee.is_busy(datetime.now(UTC) + timedelta(hours=1), minutes=9 * 24 * 60)
    wrote(house, ann)
    address = serve(application(house.parts, stage.queue.redis_url))

    signs_in(page, address, house.parts, ann)
    expect(page.get_by_role("link", name="Connect your calendar")).to_be_visible()
    connects_caldav(page, dav.url)
    counts_work_only(page)
    assert stage.until(lambda: is_read(house, ann))
    page.reload()
    expect(page.get_by_text("read just now")).to_be_visible()
    expect(page.get_by_text("Not looked at: Football.")).to_be_visible()
    no_barrier(page)
    writes_down(page, TODAY)

    (made,) = proposing.run_round(house.parts, house.organisation_id).proposals
    couple = Couple(mentee, ben, made.id)
    assert made.interval.start >= datetime.now(UTC) + timedelta(days=9), "the nine busy days were read"
    assert stage.until(lambda: bool(mentee.invites()))
    assert ben.invites() == [], "the mentee is asked first"

    page.goto(address)
    expect(page.get_by_role("heading", name="Twenty minutes with Ben Birch")).to_be_visible()
    expect(page.get_by_text("You wrote about this on 4 days")).to_be_visible()
    expect(page.get_by_text(f"Knows: “{KNOWS[0].text}”")).to_be_visible()
    expect(page.get_by_text("Read: 4 of your notes")).to_be_visible()
    no_barrier(page)
    page.get_by_role("button", name="Yes, ").click()
    expect(page.get_by_role("status")).to_contain_text("you said yes")
    no_barrier(page)

    assert stage.until(lambda: bool(ben.invites()))
    ben.answer("ACCEPTED")
    assert stage.until(lambda: stage.settled(couple))
    both_hold_the_same(mentee, ben, house.proposal(made.id))
    assert stage.faults(couple) == []

    page.goto(address)
    upcoming = page.get_by_role("complementary", name="Upcoming")
    expect(upcoming.get_by_role("link", name="Ben Birch", exact=True)).to_be_visible()
    no_barrier(page)
    upcoming.get_by_role("link", name="Ben Birch", exact=True).click()
    expect(page.get_by_text("Agreed by both")).to_be_visible()
    expect(page.get_by_text("It is in your calendar “Work”")).to_be_visible()
    no_barrier(page)


def test_a_feed_that_breaks_says_what_to_do_and_nothing_is_proposed_until_it_is_read(
    tmp_path: Path, page: Page, serve: Callable[[Flask], str]
) -> None:
    published = Feed()
    with radicale(USERS, tmp_path / "radicale") as dav, web_server(published) as feeds:
        house = a_house(tmp_path, frozenset({dav.host_port, feeds.host_port}))
        house.parts = replace(house.parts, clock=lambda: datetime.now(UTC))
        ann = house.add("Ann Ash", roles=frozenset({Role.MENTEE}), limits=AT_ALL_HOURS)
        neighbour(house, dav, "Ben Birch", roles=frozenset({Role.MENTOR}), limits=AT_ALL_HOURS, expertise=KNOWS)
        wrote(house, ann)
        address = serve(application(house.parts))

        page.clock.install()
        signs_in(page, address, house.parts, ann)
        connects_feed(page, feeds)
        expect(page.get_by_text("is about to be read for the first time")).to_be_visible()
        no_barrier(page)
        house.work()
        page.clock.run_for(16_000)
        expect(page.get_by_text("read just now")).to_be_visible()

        published.broken = True
        read_on_time(house, ann)
        page.clock.run_for(16_000)
        expect(page.get_by_text("cannot be read")).to_be_visible()
        expect(page.get_by_text("The calendar is cut off")).to_be_visible()
        expect(page.get_by_text("Open its address in a browser")).to_be_visible()
        page.reload()
        expect(page.get_by_text("Nothing is suggested to you at the moment.")).to_be_visible()
        no_barrier(page)
        assert proposing.run_round(house.parts, house.organisation_id).proposals == ()
        page.goto(address)
        expect(page.get_by_text("Your free time is unknown. Ann: the calendar is cut off")).to_be_visible()
        no_barrier(page)

        published.broken = False
        page.get_by_role("link", name="Look at your calendars").click()
        page.get_by_role("button", name="Read now").click()
        expect(page.get_by_role("status")).to_contain_text("Read just now")
        (made,) = proposing.run_round(house.parts, house.organisation_id).proposals

        page.locator("summary", has_text="Disconnect").click()
        no_barrier(page)
        page.get_by_role("button", name="Disconnect and delete").click()
        expect(page.get_by_role("status")).to_contain_text("Disconnected")
        expect(page.get_by_role("heading", name="Connect the calendar you already use")).to_be_visible()
        assert house.proposal(made.id).state is State.WITHDRAWN
        with house.parts.database.reading(house.organisation_id) as memory:
            assert calendars.connections(memory, ann.id) == ()


class Feed:
    """A published calendar. broken: it ends in the middle of an event."""

    broken = False

    def __call__(self, asked: Asked) -> Told:
        if asked.path != "/private/ann.ics":
            return Told(404)
        body = (
            "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\nX-WR-CALNAME:Ann\r\nBEGIN:VEVENT\r\nUID:1\r\n"
            "DTSTAMP:20261101T000000Z\r\nDTSTART:20261101T100000Z\r\nDURATION:PT1H\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
        )
        return Told(body=(body.partition("END:VEVENT")[0] if self.broken else body).encode())


def application(parts: Parts, redis_url: str = "") -> Flask:
    settings = replace(parts.settings, redis_url=redis_url) if redis_url else parts.settings
    return create_app(settings, replace(parts, settings=settings))


def wrote(house: House, person: Person) -> None:
    """On three days of the last two weeks."""
    with house.parts.database.writing(house.organisation_id) as memory:
        for number, text in enumerate(EARLIER, start=1):
            challenges.add(memory, Challenge(0, person.id, text, house.parts.clock() - timedelta(days=4 * number)))


def signs_in(page: Page, address: str, parts: Parts, person: Person) -> None:
    link = signing_in.link(parts, person.organisation_id, person.id)
    page.goto(address + urlsplit(link).path)
    no_barrier(page)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text(person.name)).to_be_visible()


def connects_caldav(page: Page, url: str) -> None:
    """With a mistyped password first."""
    page.get_by_role("link", name="Calendars", exact=True).click()
    page.get_by_role("link", name="CalDAV").click()
    no_barrier(page)
    for word in ("mistyped", WORD):
        page.get_by_label("Server address").fill(url)
        page.get_by_label("Name", exact=True).fill(USER)
        page.get_by_label("App password").fill(word)
        page.get_by_role("button", name="Test and connect").click()
        if word != WORD:
            expect(page.get_by_text("Nothing was saved.")).to_be_visible()
            expect(page.get_by_label("App password")).to_have_attribute("aria-invalid", "true")
            no_barrier(page)


def counts_work_only(page: Page) -> None:
    expect(page.get_by_role("heading", name="Connected. What counts?")).to_be_visible()
    no_barrier(page)
    page.get_by_role("checkbox", name="Football").uncheck()
    page.get_by_role("radio", name="Work").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Invites go into “Work”.")).to_be_visible()


def connects_feed(page: Page, feeds: WebServer) -> None:
    """At an address where there is nothing first."""
    page.get_by_role("link", name="Calendars", exact=True).click()
    page.get_by_role("link", name="Calendar feed").click()
    no_barrier(page)
    for path in ("/private/an.ics", "/private/ann.ics"):
        page.get_by_label("Feed address").fill(feeds.url + path)
        page.get_by_role("button", name="Test and connect").click()
        if path.endswith("/an.ics"):
            expect(page.get_by_text("Nothing was saved.")).to_be_visible()
            expect(page.get_by_label("Feed address")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_text("This one can be read only")).to_be_visible()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_contain_text("Saved")


def read_on_time(house: House, person: Person) -> None:
    """What a worker does when the calendars of that person are due."""
    house.nudges.append(("sync_person", (house.organisation_id, person.id)))
    house.work()


def writes_down(page: Page, text: str) -> None:
    page.get_by_role("link", name="Challenges").click()
    page.get_by_label("What did you struggle with?").fill(text)
    page.get_by_role("button", name="Write it down").click()
    expect(page.get_by_role("status")).to_contain_text("Only you see it")
    no_barrier(page)


def is_read(house: House, person: Person) -> bool:
    with house.parts.database.reading(house.organisation_id) as memory:
        mine = calendars.calendars(memory, person.id)
    return all(each.read_at is not None for each in mine if each.counts_as_busy)


def both_hold_the_same(mentee: Neighbour, mentor: Neighbour, proposal: Proposal) -> None:
    """One event each, read back over CalDAV: the same UID and SEQUENCE, and both people have accepted in it."""
    assert proposal.state is State.CONFIRMED
    copies = mentee.invite(), mentor.invite()
    assert [str(each["UID"]) for each in copies] == [proposal.uid] * 2
    assert [int(each["SEQUENCE"]) for each in copies] == [proposal.sequence] * 2
    assert [each["DTSTART"].dt for each in copies] == [proposal.interval.start] * 2
    for holder in (mentee, mentor):
        assert [holder.partstat(each.user) for each in (mentee, mentor)] == ["ACCEPTED", "ACCEPTED"]


def no_barrier(page: Page) -> None:
    found = Axe().run(page, options=RULES)
    assert found.violations_count == 0, found.generate_report()
