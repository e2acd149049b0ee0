"""Signing in by mail, and the pages that an address in a mail opens, over real workflows and a real mail server."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient

from mentoring import proposals as words
from mentoring.intervals import Interval
from mentoring.outbox import Letter
from mentoring.people import Person
from mentoring.proposals import Answer, Partstat, Party, Proposal
from store import outbox, proposals
from tests.store.everything import dump
from tests.webapp.seated import sign_in
from tests.wires.post import PostOffice, post_office
from tests.workflows.by_mail import sends_by
from tests.workflows.house import House, a_house
from webapp.app import create_app
from workflows import bearers, signing_in

START = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@dataclass
class Desk:
    """A house with a mailbox, in which Ann has been asked whether she wants to meet Ben on Thursday."""

    house: House
    office: PostOffice
    ann: Person
    ben: Person
    id: int
    app: Flask

    def browser(self) -> FlaskClient:
        return self.app.test_client()

    def without_forms_token(self) -> FlaskClient:
        """A browser of which no form's token is asked, so that a test need not read it from the page."""
        self.app.config["WTF_CSRF_ENABLED"] = False
        return self.browser()

    def person(self) -> Person:
        return signing_in.person(self.house.parts, self.house.who(self.ann))

    @property
    def proposal(self) -> Proposal:
        return self.house.proposal(self.id)

    def becomes(self, after: Proposal) -> None:
        with self.house.parts.database.writing(self.house.organisation_id) as memory:
            proposals.save(memory, after)

    def stop(self) -> str:
        return urlsplit(bearers.stop_url(self.house.parts, self.ann)).path

    def answer(self, party: Party = Party.MENTEE) -> str:
        return urlsplit(bearers.answer_url(self.house.parts, self.proposal, party)).path

    def mailed(self) -> list[str]:
        """The paths of all addresses in the latest mail, in its text, its HTML and its header lines."""
        self.house.work()
        raw = "\n".join(
            str(part.get_content()) for part in self.office.arrived[-1].mail.walk() if not part.is_multipart()
        )
        raw += str(self.office.arrived[-1].mail["List-Unsubscribe"])
        return sorted({urlsplit(each).path for each in re.findall(r"https?://[^\s\"'<>]+", raw)})

    def link(self) -> str:
        (found,) = [each for each in self.mailed() if each.startswith("/sign-in/")]
        return found

    def invited(self) -> str:
        now = self.house.clock()
        with self.house.parts.database.writing(self.house.organisation_id) as memory:
            outbox.write_letter(memory, self.ann.id, Letter.WELCOME, now, now)
        self.house.sweep()
        return self.link()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with post_office() as office:
        house = a_house(tmp_path, frozenset({office.host_port}))
        sends_by(house, office)
        ann, ben = house.add("Ann Ash"), house.add("Ben Birch")
        app = create_app(house.parts.settings, house.parts)
        app.config.update(TESTING=True, PROPAGATE_EXCEPTIONS=False)
        made = house.reserve(ann, ben, START, house.theme("query plans", ann))
        desk = Desk(house, office, ann, ben, made.id, app)
        desk.becomes(words.ask_mentee(made, house.clock(), house.clock() + timedelta(days=1)))
        yield desk


def signed_in(browser: FlaskClient) -> int | None:
    with browser.session_transaction() as session:
        return session.get("person")


def once(page: str) -> str:
    """The page without the word that is another on each."""
    return re.sub(r'nonce="[^"]+"', "", page)


def test_asking_is_answered_alike_whosever_the_address_is(desk: Desk) -> None:
    seen = []
    for address in (desk.ann.email, "nobody@example.org"):
        browser = desk.without_forms_token()
        asked = browser.post("/sign-in", data={"email": address})
        page = browser.get(asked.location)
        seen.append((asked.status_code, asked.location, asked.text, page.status_code, once(page.text)))
    assert seen[0] == seen[1]
    assert "If we know that address, a link is on its way. It works once, for 30 minutes, in this browser." in page.text


def test_the_link_leads_to_the_page_that_was_asked_for(desk: Desk) -> None:
    browser = desk.without_forms_token()
    wanted = f"/suggestions/{desk.id}"
    browser.post("/sign-in", data={"email": desk.ann.email, "next": wanted})
    link = desk.link()
    assert "Sign in" in browser.get(link).text
    assert browser.post(link).location == wanted
    assert signed_in(browser) == desk.ann.id


@pytest.mark.parametrize("elsewhere", ["https://evil.example", "//evil.example", "/\\evil.example"])
def test_it_leads_nowhere_but_to_our_own_pages(desk: Desk, elsewhere: str) -> None:
    browser = desk.without_forms_token()
    browser.post("/sign-in", data={"email": desk.ann.email, "next": elsewhere})
    browser.get(link := desk.link())
    assert browser.post(link).location == "/"


def test_each_link_that_a_browser_asked_for_works_in_it(desk: Desk) -> None:
    browser = desk.without_forms_token()
    links = []
    for _ in range(2):
        browser.post("/sign-in", data={"email": desk.ann.email})
        links.append(desk.link())
    browser.get(links[0])
    assert browser.post(links[0]).location == "/"


def test_another_browser_is_shown_no_button_and_gets_nobody_in(desk: Desk) -> None:
    asking, other = desk.without_forms_token(), desk.without_forms_token()
    asking.post("/sign-in", data={"email": desk.ann.email})
    other.post("/sign-in", data={"email": "nobody@example.org"})
    link = desk.link()
    page = other.get(link)
    assert "in the browser in which you asked for it" in page.text
    assert 'name="email"' in page.text
    assert f'action="{link}"' not in page.text
    other.post(link, follow_redirects=True)
    with other.session_transaction() as session:
        session["link"] = "whatever"
    other.post(link, follow_redirects=True)
    assert signed_in(other) is None
    asking.get(link)
    asking.post(link)
    assert signed_in(asking) == desk.ann.id


def test_an_invitation_signs_in_by_its_button_and_shows_what_taking_part_means(desk: Desk) -> None:
    link, browser = desk.invited(), desk.without_forms_token()
    assert signed_in(browser) is None
    browser.get(link)
    assert browser.post(link).location == "/taking-part"
    assert signed_in(browser) == desk.ann.id


@pytest.mark.parametrize("kind", ["sign-in", "invitation", "stop", "answer"])
@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_a_scanner_that_opens_every_address_of_a_mail_does_nothing(desk: Desk, kind: str, method: str) -> None:
    browser = desk.without_forms_token()
    if kind == "sign-in":
        browser.post("/sign-in", data={"email": desk.ann.email})
    else:
        desk.invited()
    addresses = {"stop": [desk.stop()], "answer": [desk.answer()]}.get(kind) or desk.mailed()
    before, nudges = dump(desk.house.parts.database), list(desk.house.nudges)
    scanner = desk.browser()
    for _ in range(3):
        assert [scanner.open(each, method=method).status_code for each in addresses] == [200] * len(addresses)
    assert dump(desk.house.parts.database) == before
    assert desk.house.nudges == nudges
    assert signed_in(scanner) is None


@pytest.mark.parametrize("typed", ["", "ann at work", "ann@"])
def test_what_is_no_address_is_marked_and_nothing_is_kept(desk: Desk, typed: str) -> None:
    said = desk.without_forms_token().post("/sign-in", data={"email": typed})
    assert said.status_code == 400
    assert 'aria-invalid="true"' in said.text
    assert f'value="{typed}"' in said.text
    assert desk.house.nudges == []


@pytest.mark.parametrize("address", ["ann@example.org", "nobody@example.org"])
def test_one_address_can_be_asked_for_five_times_an_hour(desk: Desk, address: str) -> None:
    browser = desk.without_forms_token()
    spelt = [address, address.upper(), f" {address}", address.title(), address]
    assert [browser.post("/sign-in", data={"email": each}).status_code for each in spelt] == [302] * 5
    said = desk.browser().post("/sign-in", data={"email": address})
    assert said.status_code == 429
    assert "A little too fast" in said.text
    assert address not in said.text
    assert browser.post("/sign-in", data={"email": "ben@example.org"}).status_code == 302


def test_whoever_asks_for_somebody_else_keeps_only_themselves_from_asking(desk: Desk) -> None:
    """However often: what is refused does not count for anybody else."""
    form, browser = {"email": desk.ann.email}, desk.without_forms_token()
    for stranger in range(5):
        address = {"REMOTE_ADDR": f"192.0.2.{stranger}"}
        answers = [browser.post("/sign-in", data=form, environ_overrides=address).status_code for _ in range(8)]
        assert answers == [302] * 5 + [429] * 3
    desk.house.work()
    asks = desk.browser()
    assert asks.post("/sign-in", data=form, environ_overrides={"REMOTE_ADDR": "192.0.2.99"}).status_code == 302
    asks.get(link := desk.link())
    asks.post(link)
    assert signed_in(asks) == desk.ann.id


@pytest.mark.parametrize("address", ["ann@example.org", "nobody@example.org"])
def test_of_many_who_ask_for_one_address_thirty_an_hour_may(desk: Desk, address: str) -> None:
    browser = desk.without_forms_token()
    answers = [
        browser.post("/sign-in", data={"email": address}, environ_overrides={"REMOTE_ADDR": f"192.0.2.{each}"})
        for each in range(31)
    ]
    assert [each.status_code for each in answers] == [302] * 30 + [429]


def test_asking_for_many_addresses_is_slowed_down(desk: Desk) -> None:
    browser = desk.without_forms_token()
    answers = [browser.post("/sign-in", data={"email": f"p{each}@example.org"}).status_code for each in range(25)]
    assert answers[0] == 302
    assert answers[-1] == 429


@pytest.mark.parametrize("as_form", ["application/x-www-form-urlencoded", "multipart/form-data"])
def test_one_click_stops_everything_without_session_cookie_or_token(desk: Desk, as_form: str) -> None:
    said = desk.browser().post(desk.stop(), data=ONE_CLICK, content_type=as_form)
    assert said.status_code == 200
    assert "Set-Cookie" not in said.headers
    assert desk.person().stopped


@pytest.mark.parametrize(
    "data", [{}, {"List-Unsubscribe": "Twice"}, {"act": "forget"}, {"One-Click": "List-Unsubscribe"}]
)
def test_anything_else_that_is_sent_there_stops_nothing(desk: Desk, data: dict[str, str]) -> None:
    before = desk.person()
    assert desk.browser().post(desk.stop(), data=data).status_code == 400
    assert desk.person() == before


def test_the_buttons_pause_stop_and_start_again(desk: Desk) -> None:
    browser, path = desk.browser(), desk.stop()
    assert "You are Ann" in browser.get(path).text
    for act, said in (
        ("pause2", "You are pausing until Monday 7 December"),
        ("pause4", "You are pausing until Monday 21 December"),
        ("stop", "Everything is stopped"),
        ("start", "A little quiet?"),
    ):
        assert said in browser.post(path, data={"act": act}, follow_redirects=True).text
    assert desk.person() == desk.ann


@pytest.mark.parametrize("act", ["stop", "pause2"])
def test_what_is_open_is_said_to_be_taken_back_before_and_after(desk: Desk, act: str) -> None:
    browser, path = desk.browser(), desk.stop()
    assert browser.get(path).text.count("what is still open is taken back at once") == 2
    text = browser.post(path, data={"act": act}, follow_redirects=True).text
    assert "One open suggestion was taken back; it does not come back by itself." in text
    again = browser.post(path, data={"act": act}, follow_redirects=True).text
    assert "taken back; " not in again, "there was nothing left"


def test_the_stop_page_tells_whoever_holds_it_only_the_first_name(desk: Desk) -> None:
    text = desk.browser().get(desk.stop()).text
    assert not [each for each in ("Ash", desk.ann.email, "query plans", "Ben") if each in text]


def test_nobodys_mail_is_stopped_by_somebody_elses_address(desk: Desk) -> None:
    forged = desk.stop().replace(f".{desk.ann.id}.", f".{desk.ben.id}.")
    for data in (ONE_CLICK, {"act": "stop"}):
        assert desk.browser().post(forged, data=data).status_code == 404
    assert not signing_in.person(desk.house.parts, desk.house.who(desk.ben)).stopped


@pytest.mark.parametrize(("pressed", "said"), [("yes", "You said yes."), ("no", "You said no.")])
def test_an_invite_is_answered_without_signing_in(desk: Desk, pressed: str, said: str) -> None:
    browser, path = desk.browser(), desk.answer()
    page = browser.get(path).text
    assert all(each in page for each in ("Ben Birch", "10:00–10:20", "Berlin", "query plans"))
    after = browser.post(path, data={"answer": pressed, "sequence": "0", "feedback": ""}, follow_redirects=True)
    assert said in after.text
    assert desk.proposal.mentee_answer.given
    assert signed_in(browser) is None


def test_what_is_over_is_said_to_be_and_shows_no_button(desk: Desk) -> None:
    desk.becomes(words.withdraw(desk.proposal, "a calendar changed"))
    page = desk.browser().get(desk.answer())
    assert page.status_code == 200
    assert "Interlude took it back: a calendar changed." in page.text
    assert "<form" not in page.text
    late = desk.browser().post(desk.answer(), data={"answer": "yes", "sequence": "0"})
    assert late.status_code == 409
    assert "This suggestion can no longer be answered" in late.text


def test_an_answer_to_a_time_that_was_changed_meanwhile_is_not_taken_for_the_new_one(desk: Desk) -> None:
    browser, path = desk.browser(), desk.answer()
    assert 'name="sequence" value="0"' in browser.get(path).text
    later = Interval.lasting(START + timedelta(hours=1), 20)
    said = Answer(Partstat.ACCEPTED, desk.house.clock())
    desk.becomes(words.moved(desk.proposal, later, Party.MENTEE, said, desk.house.clock() + timedelta(days=1)))
    before = desk.proposal
    after = browser.post(path, data={"answer": "no", "sequence": "0"})
    assert after.status_code == 409
    assert "It is Thursday 26 November, 11:00–11:20 Berlin time now" in after.text
    assert desk.proposal == before


@pytest.mark.parametrize(
    "data", [{}, {"answer": "perhaps", "sequence": "0"}, {"answer": "yes"}, {"answer": "yes", "sequence": "x"}]
)
def test_a_form_that_says_no_answer_is_no_answer(desk: Desk, data: dict[str, str]) -> None:
    assert desk.browser().post(desk.answer(), data=data).status_code == 400
    assert not desk.proposal.mentee_answer.given


def test_the_page_of_a_mentor_who_was_not_asked_is_not_there(desk: Desk) -> None:
    assert desk.browser().get(desk.answer(Party.MENTOR)).status_code == 404


def test_for_another_time_one_signs_in_and_comes_back_to_it(desk: Desk) -> None:
    assert f"/suggestions/{desk.id}/times" in desk.browser().get(desk.answer()).text
    assert desk.browser().get(f"/suggestions/{desk.id}/times").location == f"/sign-in?next=/suggestions/{desk.id}/times"


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("token", ["ours", "forged"])
@pytest.mark.parametrize("page", ["stop", "answer"])
def test_such_an_address_is_passed_on_and_kept_by_nobody(desk: Desk, page: str, token: str, method: str) -> None:
    path = {"stop": desk.stop(), "answer": desk.answer()}[page] + ("x" if token == "forged" else "")
    form = {"act": "pause2", "answer": "yes", "sequence": "0"} if method == "POST" else None
    said = desk.browser().open(path, method=method, data=form)
    assert said.status_code == {"ours": 200 if method == "GET" else 302, "forged": 404}[token]
    assert said.headers["Referrer-Policy"] == "no-referrer"
    assert said.headers["Cache-Control"] == "no-store"
    assert said.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert "Set-Cookie" not in said.headers


def test_who_is_signed_in_is_not_told_on_a_page_that_somebody_elses_mail_opens(desk: Desk) -> None:
    browser = desk.browser()
    sign_in(browser, desk.house, desk.ben)
    assert "Ben" in browser.get("/").text
    assert "Ben" not in browser.get(desk.stop()).text
    browser.post(desk.stop(), data={"act": "stop"})
    assert desk.person().stopped
    assert signed_in(browser) == desk.ben.id


def test_guessing_addresses_is_slowed_down(desk: Desk) -> None:
    browser = desk.browser()
    answers = [browser.get(f"/stop/1.1.{each}").status_code for each in range(61)]
    assert set(answers[:60]) == {404}
    assert answers[60] == 429
    assert browser.get(desk.answer()).status_code == 429
