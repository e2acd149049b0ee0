"""The demo's mail program in the browser: what it sends, and how a mail's own HTML is kept apart."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from mentoring.errors import Refused, TryLater
from mentoring.proposals import Partstat
from tests.webapp.mails import LETTER_MAIL, MAIL_KEY, MAIL_PATH, sample_mail
from tests.webapp.stage import Stage, application, as_person, stage
from workflows.views import SampleMail

FRAME = f"{MAIL_PATH}/as-designed"
ADDRESS = "p1@example.org"
EVIL = "<script>alert(1)</script><img src=x onerror=alert(1)>"


def post(on: Stage, **form: str) -> tuple[int, str]:
    response = application(on, csrf=False).test_client().post(MAIL_PATH, data=form)
    return response.status_code, response.text


def policy(path: str, mail: SampleMail | None = None) -> dict[str, str]:
    """The directives of the page's Content-Security-Policy, by name."""
    on = stage()
    on.pages.update({"sample_mail": mail} if mail else {})
    said = application(on).test_client().get(path).headers["Content-Security-Policy"]
    return {name: value for name, _, value in (rule.strip().partition(" ") for rule in said.split(";"))}


@pytest.mark.parametrize("path", ["/demo/mails", MAIL_PATH, FRAME])
@pytest.mark.parametrize("person_id", [None, 1, 3])
def test_outside_the_demo_there_is_no_such_page_for_anybody(path: str, person_id: int | None) -> None:
    app = application(stage(demo=False), csrf=False)
    assert as_person(app, person_id).get(path).status_code == 404
    assert as_person(app, person_id).post(MAIL_PATH, data={"answer": "yes"}).status_code == 404


@pytest.mark.parametrize("path", [f"/demo/mails/p2@example.org/{MAIL_KEY}", f"/demo/mails/{ADDRESS}/another"])
def test_a_mail_that_is_not_there_is_not_there(path: str) -> None:
    browser = application(stage(), csrf=False).test_client()
    answers = browser.get(path), browser.get(f"{path}/as-designed"), browser.post(path, data={"answer": "yes"})
    assert [each.status_code for each in answers] == [404, 404, 404]


@pytest.mark.parametrize(
    ("form", "partstat", "start"),
    [
        ({"answer": "yes"}, Partstat.ACCEPTED, None),
        ({"answer": "no", "start": "2026-11-27T11:00"}, Partstat.DECLINED, None),
        # In Berlin, an hour ahead of UTC.
        ({"answer": "other", "start": "2026-11-27T11:00"}, Partstat.TENTATIVE, datetime(2026, 11, 27, 10, tzinfo=UTC)),
    ],
)
def test_each_button_sends_its_answer(form: dict[str, str], partstat: Partstat, start: datetime | None) -> None:
    on = stage()
    assert post(on, **form)[0] == 302
    assert on.asked == [("answer_sample_mail", ADDRESS, partstat, start)]


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({}, "Press one of the answers."),
        ({"answer": "perhaps"}, "Press one of the answers."),
        ({"answer": "other"}, "Choose a day and a time."),
        ({"answer": "other", "start": "2026-02-30T11:00"}, "Choose a day and a time."),
        ({"answer": "other", "start": "9999-12-31T23:59"}, "Choose a time that is still to come, within a year."),
        ({"answer": "other", "start": "0001-01-01T00:00"}, "Choose a time that is still to come, within a year."),
        ({"answer": "other", "start": "2026-11-23T09:10"}, "Choose a time that is still to come, within a year."),
    ],
)
def test_what_cannot_be_sent_is_said_beside_its_field(form: dict[str, str], words: str) -> None:
    on = stage()
    status, text = post(on, **form)
    assert (status, words in text) == (400, True)
    assert on.asked == []


@pytest.mark.parametrize("problem", [Refused("this mail carries no invite"), TryLater("127.0.0.1 asks us to wait")])
def test_an_answer_that_does_not_leave_is_said_not_to_have(problem: Exception) -> None:
    on = stage()
    on.raises["answer_sample_mail"] = problem
    status, text = post(on, answer="yes")
    assert status == 409
    assert str(problem)[1:] in text


def test_a_mails_own_html_can_run_nothing_fetch_nothing_and_reach_nothing() -> None:
    rules = policy(FRAME, sample_mail(html=EVIL))
    assert rules["default-src"] == "'none'"
    assert "script-src" not in rules
    assert rules["sandbox"].split() == ["allow-popups", "allow-popups-to-escape-sandbox"]
    assert rules["frame-ancestors"] == "'self'"
    assert rules["form-action"] == rules["base-uri"] == "'none'"
    assert not {"connect-src", "frame-src", "object-src"} & {name for name in rules if rules[name] != "'none'"}


def test_the_page_around_it_may_frame_it_and_is_as_strict_as_any_otherwise() -> None:
    around, any_page = policy(MAIL_PATH), policy("/demo/mails")
    assert around.pop("frame-src") == "'self'"
    assert around.keys() == any_page.keys()
    assert around["frame-ancestors"] == any_page["frame-ancestors"] == "'none'"
    assert "unsafe" not in " ".join(around.values())


def test_what_a_mail_says_is_never_markup_of_the_page() -> None:
    on = stage()
    line, invite = sample_mail().line, sample_mail().invite
    assert invite is not None
    on.pages["sample_mail"] = sample_mail(
        line=replace(line, sender=EVIL, to=EVIL, subject=EVIL),
        text=EVIL,
        invite=replace(invite, method=EVIL, summary=EVIL, text=EVIL),
    )
    page = application(on).test_client().get(MAIL_PATH).text
    assert "<script>alert" not in page
    assert "<img" not in page


def test_a_letter_asks_for_no_answer() -> None:
    on = stage()
    on.pages["sample_mail"] = LETTER_MAIL
    page = application(on).test_client().get(MAIL_PATH).text
    assert "Accept" not in page
    assert "https://interlude.example/sign-in/abc" in page
