"""What is pressed on the pages of notes and meetings: passed on whole, or refused with the words kept."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from mentoring.errors import BadInput, Missing, Refused
from tests.webapp.stage import MEMBER, STRANGER, THEIRS, Stage, application, as_person, stage, suggestion
from tests.webapp.states import CHALLENGES, MEETINGS, SETTLED


def browser(on: Stage, person_id: int = MEMBER) -> FlaskClient:
    return as_person(application(on, csrf=False), person_id)


@pytest.mark.parametrize(
    ("path", "form", "asked"),
    [
        ("change", {"text": "  Estimates, again. "}, ("change_words", THEIRS, "Estimates, again.")),
        ("strike-out", {}, ("strike_out", THEIRS)),
    ],
)
def test_what_is_done_to_a_note_is_passed_on(path: str, form: dict[str, str], asked: tuple[object, ...]) -> None:
    on = stage()
    assert browser(on).post(f"/challenges/{THEIRS}/{path}", data=form).location == "/challenges"
    assert on.asked == [asked]


@pytest.mark.parametrize(("path", "asked"), [("settle", "settle"), ("look-again", "look_again")])
def test_what_is_said_of_a_theme_is_passed_on(path: str, asked: str) -> None:
    on = stage()
    assert browser(on).post(f"/challenges/themes/{THEIRS}/{path}").location == "/challenges"
    assert on.asked == [(asked, THEIRS)]


def test_what_was_taken_back_for_it_is_told() -> None:
    text = browser(stage()).post(f"/challenges/themes/{THEIRS}/settle", follow_redirects=True).text
    assert "One open suggestion was taken back; it does not come back by itself." in text


@pytest.mark.parametrize("text", ["", "   ", None])
def test_a_note_is_not_changed_to_nothing(text: str | None) -> None:
    on = stage()
    response = browser(on).post(f"/challenges/{THEIRS}/change", data={} if text is None else {"text": text})
    assert response.status_code == 400
    assert 'id="text-problem"' in response.text
    assert on.asked == []


def test_words_that_are_refused_stay_in_the_field() -> None:
    on = stage()
    on.raises["change_words"] = BadInput.of("text", "keep it under 2,000 characters")
    response = browser(on).post(f"/challenges/{THEIRS}/change", data={"text": "<b>long</b>"})
    assert response.status_code == 400
    assert "&lt;b&gt;long&lt;/b&gt;</textarea>" in response.text
    assert "Keep it under 2,000 characters." in response.text


def test_a_note_is_changed_from_its_own_words() -> None:
    page = browser(stage()).get(f"/challenges/{THEIRS}/change").text
    assert "What you wrote on Monday 23 November" in page
    assert "Took over the pager and had no idea what was still open.</textarea>" in page
    assert browser(stage(), STRANGER).get(f"/challenges/{THEIRS}/change").status_code == 404


def test_only_what_comes_back_can_be_settled_and_only_what_is_settled_can_come_back() -> None:
    on = stage()
    on.pages["challenges"] = CHALLENGES
    page = browser(on).get("/challenges").text
    assert page.count("This is no longer hard for me") == sum(each.recurs for each in CHALLENGES.themes) == 1
    assert "look again" not in page
    on.pages["challenges"] = SETTLED
    page = browser(on).get("/challenges").text
    assert page.count("It came back: look again") == 1
    assert "no longer hard for me" not in page


def test_that_it_did_not_take_place_is_passed_on() -> None:
    on = stage()
    response = browser(on).post(f"/meetings/{THEIRS}/missed", follow_redirects=True)
    assert on.asked == [("say_missed", MEMBER, THEIRS)]
    assert "Noted: it did not take place." in response.text


def test_a_meeting_of_which_that_cannot_be_said_says_why() -> None:
    on = stage()
    on.raises["say_missed"] = Refused("that can be said from its end on, for two weeks")
    response = browser(on).post(f"/meetings/{THEIRS}/missed", follow_redirects=True)
    assert 'role="alert"' in response.text
    assert "That can be said from its end on, for two weeks." in response.text


def test_a_meeting_that_has_gone_meanwhile_is_not_there() -> None:
    on = stage()
    on.raises["say_missed"] = Missing(THEIRS)
    assert browser(on).post(f"/meetings/{THEIRS}/missed").status_code == 404


def test_each_act_is_where_it_can_be_done() -> None:
    on = stage()
    on.pages["meetings"] = MEETINGS
    page = browser(on).get("/meetings").text
    for each in MEETINGS.upcoming:
        for act in ("answer", "times", "event.ics"):
            assert f'"/suggestions/{each.id}/{act}"' in page
    for each in (*MEETINGS.waiting, *MEETINGS.past):
        assert f'"/suggestions/{each.id}/answer"' not in page
        assert f'"/suggestions/{each.id}"' in page
    assert page.count("/missed") == sum(each.can_miss for each in MEETINGS.past) == 1


def test_the_other_answers_of_a_suggestion_are_named_before_anything_is_opened() -> None:
    page = browser(stage()).get(f"/suggestions/{THEIRS}").text
    closed = page.partition('<details class="no">')[2].partition("</summary>")[0]
    assert all(words in closed for words in ("No, thank you", "not now", "not this topic", "not with Maya"))


def test_after_another_time_it_is_said_where_the_other_stands() -> None:
    on = stage()
    on.views[(MEMBER, THEIRS)] = suggestion(their_answer_words="Maya is asked next, within their working hours.")
    form = {"start": "2026-11-26T10:00+00:00", "sequence": "0"}
    text = browser(on).post(f"/suggestions/{THEIRS}/times", data=form, follow_redirects=True).text
    assert "The time is changed, and you have said yes to it. Maya is asked next" in text


def test_a_no_is_told_once() -> None:
    on = stage()
    on.views[(MEMBER, THEIRS)] = suggestion(ended_words="You said no. The time is yours again.", can_answer=False)
    form = {"answer": "no", "sequence": "0"}
    text = browser(on).post(f"/suggestions/{THEIRS}/answer", data=form, follow_redirects=True).text
    assert text.count("You said no.") == 1


def test_numbers_that_no_note_and_no_topic_has_are_left_out() -> None:
    on = stage()
    form = {"notes": ["7", "9" * 5000, "²", str(2**63)], "to": "9" * 5000}
    assert browser(on).post(f"/challenges/themes/{THEIRS}/take-out", data=form).location == "/challenges"
    assert on.asked == [("take_out", THEIRS, [7], None)]
    assert browser(stage()).post(f"/challenges/themes/{THEIRS}/merge", data={"other": "9" * 5000}).status_code == 302
