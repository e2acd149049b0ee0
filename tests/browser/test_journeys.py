"""What people do from the first mail to the last press of a button: real pages, worker, mail server and calendars.

Times are real, so everybody here works at all hours.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page

from mentoring.people import Role
from mentoring.policy import Sending
from mentoring.proposals import Partstat, Party, State
from store import organisations, people, proposals
from tests.browser.hands import Hands, letter, link
from tests.browser.test_the_main_job import KNOWS, USER, WORD, application, is_read, signs_in, wrote
from tests.killing.stage import AT_ALL_HOURS, Stage, a_stage
from tests.workflows.by_mail import sends_by, told_by_mail
from tests.workflows.neighbours import Neighbour, neighbour
from workflows import proposing

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

Serve = Callable[[Flask], str]
AS_A_PAGE_TAKES_THEM = replace(AT_ALL_HOURS, per_day=10, per_week=20, per_month=60)


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with a_stage(tmp_path) as made:
        sends_by(made.house, made.office)
        made.start_worker()
        yield made


@pytest.fixture
def address(stage: Stage, serve: Serve) -> str:
    return serve(application(stage.house.parts, stage.queue.redis_url))


def mentee_and_mentors(stage: Stage, *mentors: str) -> tuple[Neighbour, list[Neighbour]]:
    """Ann, who keeps struggling with what each of these knows; all told by mail."""
    ann = neighbour(stage.house, stage.dav, "Ann Ash", roles=frozenset({Role.MENTEE}), limits=AT_ALL_HOURS)
    wrote(stage.house, ann.person)
    helps = frozenset({Role.MENTOR})
    others = [
        neighbour(stage.house, stage.dav, name, roles=helps, limits=AT_ALL_HOURS, expertise=KNOWS) for name in mentors
    ]
    assert stage.until(lambda: all(is_read(stage.house, each.person) for each in (ann, *others)))
    return told_by_mail(stage.house, ann), [told_by_mail(stage.house, each) for each in others]


def test_by_keyboard_alone_from_a_sign_in_link_to_a_suggestion_that_is_accepted(
    stage: Stage, page: Page, address: str
) -> None:
    house = stage.house
    ann = house.add("Ann Ash", email=USER, roles=frozenset(), limits=AS_A_PAGE_TAKES_THEM, expertise=())
    ben = neighbour(house, stage.dav, "Ben Birch", roles=frozenset({Role.MENTOR}), limits=AT_ALL_HOURS, expertise=KNOWS)
    stage.dav.make_calendar(USER, "Work")
    wrote(house, ann)
    hands = Hands(page, address)

    hands.open("/")
    hands.write("Your mail address at work", USER)
    hands.press("Mail me a sign-in link")
    hands.sees("If we know that address, a link is on its way")
    hands.open(link(letter(stage, USER, "sign-in link"), "/sign-in/"))
    hands.no_barrier()
    hands.press("Sign in")

    hands.press("Say how you take part")
    hands.tick("I would like help")
    hands.press("Save")
    hands.no_barrier()

    hands.press("Calendars")
    hands.press("CalDAV")
    hands.write("Server address", stage.dav.url)
    hands.write("Name", USER)
    hands.write("App password", WORD)
    hands.press("Test and connect")
    hands.no_barrier()
    hands.press("Save")
    assert stage.until(lambda: is_read(house, ann))

    hands.unfold("Ann Ash")
    hands.press("Limits")
    hands.press("Save")
    with house.parts.database.reading(house.organisation_id) as memory:
        assert people.get(memory, ann.id).limits.confirmed

    hands.press("Challenges")
    hands.write("What did you struggle with?", "A slow query today, and again I could not read its query plan")
    hands.press("Write it down")
    hands.sees("Only you see it")

    (made,) = proposing.run_round(house.parts, house.organisation_id).proposals
    assert stage.until(lambda: house.proposal(made.id).state is State.ASKED_MENTEE)
    hands.press("Home")
    hands.sees("Twenty minutes with Ben Birch")
    hands.no_barrier()
    hands.press("Yes, ")
    hands.sees("you said yes")
    assert stage.until(lambda: bool(ben.invites()))
    assert house.proposal(made.id).answer(Party.MENTEE).partstat is Partstat.ACCEPTED


def test_a_mentor_declines_with_a_reason_and_the_next_best_is_asked(stage: Stage, page: Page, address: str) -> None:
    ann, (ben, cora) = mentee_and_mentors(stage, "Ben Birch", "Cora Cedar")
    (made,) = proposing.run_round(stage.house.parts, stage.house.organisation_id).proposals
    hands = Hands(page, address)
    hands.open(link(letter(stage, ann.user, "Twenty minutes: Ann Ash"), "/answer/"))
    hands.no_barrier()
    hands.press("Yes, ")
    first, second = (ben, cora) if made.pair.mentor_id == ben.person.id else (cora, ben)

    hands.open(link(letter(stage, first.user, "Twenty minutes: Ann Ash"), "/answer/"))
    hands.sees("Ann Ash could use twenty minutes with you")
    hands.unfold("No")
    hands.choose("Just no", "Not now")
    hands.press("Say no")
    assert "could not this time" in letter(stage, ann.user, "Cancelled:").text
    with stage.house.parts.database.reading(stage.house.organisation_id) as memory:
        assert [each.about for each in proposals.feedback(memory)] == ["not_now"]

    again = letter(stage, ann.user, f"Twenty minutes: Ann Ash and {second.person.name}")
    hands.open(link(again, "/answer/"))
    hands.press("Yes, ")
    letter(stage, second.user, "Twenty minutes: Ann Ash")


def test_another_time_is_chosen_and_the_other_is_asked_on_the_same_event(
    stage: Stage, page: Page, address: str
) -> None:
    ann, (ben,) = mentee_and_mentors(stage, "Ben Birch")
    (made,) = proposing.run_round(stage.house.parts, stage.house.organisation_id).proposals
    hands = Hands(page, address)
    hands.open(link(letter(stage, ann.user, "Twenty minutes: Ann Ash"), "/answer/"))
    hands.press("Yes, ")
    asked = letter(stage, ben.user, "Twenty minutes: Ann Ash")
    signs_in(page, address, stage.house.parts, ben.person)
    hands.press("Another time")
    hands.no_barrier()
    page.locator("input[name=start]:checked").focus()
    hands.press("Take this time")
    hands.sees("The time is changed")
    moved = letter(stage, ann.user, "New time:")
    assert moved.invite.uid == asked.invite.uid
    assert (moved.invite.sequence, moved.invite.interval) == (1, stage.house.proposal(made.id).interval)
    assert moved.invite.interval != made.interval


def test_stopping_by_the_link_in_a_mail_and_starting_again(stage: Stage, page: Page, address: str) -> None:
    ann, _ = mentee_and_mentors(stage, "Ben Birch")
    (made,) = proposing.run_round(stage.house.parts, stage.house.organisation_id).proposals
    hands = Hands(page, address)
    stop = link(letter(stage, ann.user, "Twenty minutes: Ann Ash"), "/stop/")
    hands.open(stop)
    hands.no_barrier()
    assert stage.house.proposal(made.id).state is State.ASKED_MENTEE, "looking stops nothing"
    hands.press("Stop everything")
    hands.sees("Everything is stopped")
    assert stage.until(lambda: stage.house.proposal(made.id).state is State.WITHDRAWN)
    assert proposing.run_round(stage.house.parts, stage.house.organisation_id).proposals == ()
    hands.open(stop)
    hands.press("Start again")
    with stage.house.parts.database.reading(stage.house.organisation_id) as memory:
        assert not people.get(memory, ann.person.id).stopped


CSV = """email,name,zone,department,expertise
dora@example.org,Dora Dahl,Europe/Oslo,Data,reading slow query plans
emil@example.org,Emil Eik,Europe/Oslo,Payments,
"""


def test_an_admin_imports_people_invites_them_reviews_a_batch_releases_it_and_stops_everything(
    stage: Stage, page: Page, address: str
) -> None:
    house = stage.house
    zofia = house.add("Zofia Zeder", roles=frozenset({Role.ADMIN}), limits=AT_ALL_HOURS)
    ann, _ = mentee_and_mentors(stage, "Ben Birch")
    house.policy(sending=Sending.REVIEW)
    hands = Hands(page, address)
    signs_in(page, address, house.parts, zofia)

    page.goto(f"{address}/admin/people/import")
    page.get_by_label("Or its text").fill(CSV.replace("Europe/Oslo", "Mars/Olympus", 1))
    page.get_by_role("button", name="Look at what it would change").click()
    hands.sees("Line 2")
    hands.no_barrier()
    with house.parts.database.reading(house.organisation_id) as memory:
        assert people.by_email(memory, "emil@example.org") is None, "nothing is half-saved"
    page.get_by_label("Or its text").fill(CSV)
    page.get_by_role("button", name="Look at what it would change").click()
    hands.sees("Dora Dahl")
    hands.no_barrier()
    page.get_by_role("button", name="Import these").click()
    with house.parts.database.reading(house.organisation_id) as memory:
        dora = people.by_email(memory, "dora@example.org")
    assert dora is not None
    assert dora.roles == frozenset()

    page.goto(f"{address}/admin/people/{dora.id}")
    hands.no_barrier()
    page.get_by_role("button", name="Invite Dora to join").click()
    with house.parts.database.reading(house.organisation_id) as memory:
        assert people.get(memory, dora.id).invited_at is not None

    (made,) = proposing.run_round(house.parts, house.organisation_id).proposals
    stage.tick()
    page.goto(f"{address}/admin")
    hands.sees("1 suggestion waits to be looked over")
    page.get_by_role("link", name="Look them over").click()
    hands.sees("Ann Ash")
    hands.no_barrier()
    assert house.proposal(made.id).state is State.RESERVED
    assert stage.office.to(ann.user) == []
    page.get_by_role("button", name="Release it").click()
    letter(stage, ann.user, "Twenty minutes: Ann Ash")

    page.goto(f"{address}/admin")
    page.get_by_role("button", name="Stop everything now").click()
    hands.sees("Everything is stopped")
    with house.parts.database.reading(house.organisation_id) as memory:
        assert organisations.get(memory).stopped
    page.goto(f"{address}/admin/audit")
    for words in ("Stopped all sending", "Released the suggestion", "Imported 2 people"):
        hands.sees(words)
    hands.no_barrier()
