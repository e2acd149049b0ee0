"""What is typed and pressed: passed on whole, or refused with the field named and the rest kept."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient

from mentoring.errors import (
    BadInput,
    ChangedMeanwhile,
    DoubleBooking,
    InterludeError,
    Reconnect,
    Refused,
    TryLater,
    WrongTransition,
)
from mentoring.policy import Sending
from mentoring.proposals import Partstat
from tests.webapp.stage import (
    ADMIN,
    MEMBER,
    MENTOR,
    THEIRS,
    Stage,
    application,
    as_person,
    confirmed,
    stage,
    suggestion,
)
from tests.webapp.states import BERLIN, NEXTCLOUD
from workflows.views import CalendarsPage, Feedback, HomePage

CALDAV = {"address": "https://cloud.example.org", "username": "tobi", "secret": "planted-app-password"}


YES = {"answer": "yes", "sequence": "0"}


def browser(on: Stage, person_id: int = MEMBER) -> FlaskClient:
    return as_person(application(on, csrf=False), person_id)


@pytest.mark.parametrize(
    ("form", "partstat", "feedback"),
    [
        ({"answer": "yes"}, Partstat.ACCEPTED, None),
        ({"answer": "no"}, Partstat.DECLINED, None),
        ({"answer": "no", "feedback": ""}, Partstat.DECLINED, None),
        ({"answer": "no", "feedback": "not_now"}, Partstat.DECLINED, Feedback.NOT_NOW),
        ({"answer": "no", "feedback": "not_this_topic"}, Partstat.DECLINED, Feedback.NOT_THIS_TOPIC),
        ({"answer": "no", "feedback": "not_this_person"}, Partstat.DECLINED, Feedback.NOT_THIS_PERSON),
    ],
)
def test_an_answer_is_passed_on(form: dict[str, str], partstat: Partstat, feedback: Feedback | None) -> None:
    on = stage()
    response = browser(on, MENTOR).post(f"/suggestions/{THEIRS}/answer", data=form | {"sequence": "3"})
    assert response.location == f"/suggestions/{THEIRS}"
    assert on.asked == [("answer", MENTOR, THEIRS, partstat, feedback, 3)]


@pytest.mark.parametrize("form", [{}, {"answer": "maybe"}, {"answer": "no", "feedback": "bored"}])
def test_an_answer_that_is_none_is_refused(form: dict[str, str]) -> None:
    on = stage()
    response = browser(on).post(f"/suggestions/{THEIRS}/answer", data=form | {"sequence": "0"})
    assert response.status_code == 400
    assert on.asked == []


@pytest.mark.parametrize("sequence", [None, "", "-1", "1.0", "one", "९", "1" * 10])
@pytest.mark.parametrize("form", [{"answer": "yes"}, {"answer": "no"}, {"start": "2026-11-24T13:20:00Z"}])
def test_an_answer_to_nobody_knows_which_time_is_refused(form: dict[str, str], sequence: str | None) -> None:
    on = stage()
    sent = form if sequence is None else form | {"sequence": sequence}
    response = browser(on).post(f"/suggestions/{THEIRS}/{'times' if 'start' in form else 'answer'}", data=sent)
    assert response.status_code == 400
    assert "reload it" in response.text
    assert on.asked == []


@pytest.mark.parametrize("path", ["", "/times"])
def test_each_form_of_a_suggestion_says_which_time_was_seen(path: str) -> None:
    on = stage()
    on.views[MEMBER, THEIRS] = suggestion(sequence=41)
    text = browser(on).get(f"/suggestions/{THEIRS}{path}").text
    forms = [
        each for each in text.split("<form")[1:] if 'value="yes"' in each or 'value="no"' in each or "start" in each
    ]
    assert forms
    assert all('<input type="hidden" name="sequence" value="41">' in each for each in forms)


def test_an_answer_to_a_time_that_was_changed_meanwhile_is_told_the_new_time() -> None:
    on = stage()
    on.views[MEMBER, THEIRS] = suggestion(sequence=1)
    on.raises = {"answer": ChangedMeanwhile("sequence"), "move": ChangedMeanwhile("sequence")}
    client, path = browser(on), f"/suggestions/{THEIRS}"
    answered = client.post(f"{path}/answer", data={"answer": "yes", "sequence": "0"}, follow_redirects=True)
    moved = client.post(f"{path}/times", data={"start": "2026-11-24T13:20:00Z", "sequence": "0"})
    assert (answered.status_code, moved.status_code) == (200, 409)
    for response in (answered, moved):
        assert "The time was changed meanwhile." in response.text
        assert "It is Thursday 26 November, 15:40–16:00 Berlin time now" in response.text


@pytest.mark.parametrize(
    "error", [DoubleBooking("engagement 12"), ChangedMeanwhile("etag"), WrongTransition("x"), Refused("it is over")]
)
def test_an_answer_overtaken_by_events_shows_how_things_are_now(error: InterludeError) -> None:
    on = stage()
    on.raises["answer"] = error
    response = browser(on).post(f"/suggestions/{THEIRS}/answer", data=YES, follow_redirects=True)
    assert response.status_code == 200
    assert 'role="alert"' in response.text
    assert "engagement 12" not in response.text


def test_another_time_is_passed_on() -> None:
    on = stage()
    form = {"start": "2026-11-24T14:20:00+01:00", "sequence": "2"}
    assert browser(on).post(f"/suggestions/{THEIRS}/times", data=form).location == f"/suggestions/{THEIRS}"
    ((name, person_id, proposal_id, start, sequence),) = on.asked
    assert (name, person_id, proposal_id, sequence) == ("move", MEMBER, THEIRS, 2)
    assert start == datetime(2026, 11, 24, 13, 20, tzinfo=UTC)


NO_TIMES = ["", "whenever", "2026-11-24T14:20:00", "2026-13-24T14:20:00Z", "0001-01-01T00:00:00+14:00"]


@pytest.mark.parametrize("start", NO_TIMES)
def test_a_time_that_is_none_or_has_no_zone_is_refused(start: str) -> None:
    on = stage()
    response = browser(on).post(f"/suggestions/{THEIRS}/times", data={"start": start, "sequence": "0"})
    assert response.status_code == 400
    assert "hoose one of the times" in response.text
    assert on.asked == []


def test_a_time_taken_meanwhile_offers_the_others_again() -> None:
    on = stage()
    on.raises["move"] = DoubleBooking("engagement 12")
    response = browser(on).post(f"/suggestions/{THEIRS}/times", data={"start": "2026-11-24T13:20:00Z", "sequence": "0"})
    assert response.status_code == 409
    assert "has just been taken" in response.text
    assert 'name="start"' in response.text


def test_a_calendar_is_connected_at_once_and_then_chosen_from() -> None:
    on = stage()
    assert browser(on).post("/calendars/connect/caldav", data=CALDAV).location == f"/calendars/{THEIRS}"
    assert on.asked == [("connect", "caldav", *CALDAV.values())]


@pytest.mark.parametrize("missing", ["address", "username", "secret"])
def test_an_empty_field_is_named_and_the_others_kept(missing: str) -> None:
    on = stage()
    response = browser(on).post("/calendars/connect/caldav", data=CALDAV | {missing: " "})
    assert response.status_code == 400
    assert f'id="{missing}-problem"' in response.text
    assert response.text.count('aria-invalid="true"') == 1
    assert all(f'value="{CALDAV[name]}"' in response.text for name in {"address", "username"} - {missing})
    assert on.asked == []


@pytest.mark.parametrize(
    ("error", "field", "status"),
    [
        (Reconnect("the server does not take this name and password"), "secret", 400),
        (Refused("there is no calendar at this address"), "address", 400),
        (BadInput.of("address", "there is no calendar at this address"), "address", 400),
        (TryLater("the server does not answer at the moment", timedelta(minutes=1)), "", 503),
    ],
)
def test_a_connection_that_fails_says_where_and_never_shows_the_secret(
    error: InterludeError, field: str, status: int
) -> None:
    on = stage()
    on.raises["connect"] = error
    response = browser(on).post("/calendars/connect/caldav", data=CALDAV)
    assert response.status_code == status
    assert str(error).split(": ")[-1][1:] in response.text
    assert (f'id="{field}-problem"' in response.text) == bool(field)
    assert CALDAV["secret"] not in response.text
    assert CALDAV["secret"] not in str(response.headers)


def test_a_feed_needs_its_address_only() -> None:
    on = stage()
    browser(on).post("/calendars/connect/ics", data={"address": "https://feeds.example.org/x.ics"})
    assert on.asked == [("connect", "ics", "https://feeds.example.org/x.ics", "", "")]


def test_a_provider_that_we_do_not_have_is_not_there() -> None:
    assert browser(stage()).get("/calendars/connect/gopher").status_code == 404
    assert browser(stage()).post("/calendars/connect/gopher", data=CALDAV).status_code == 404


def test_what_counts_as_busy_and_where_invites_go_is_passed_on() -> None:
    on = stage()
    browser(on).post(f"/calendars/{THEIRS}", data={"busy": ["7", "8"], "copies": "7"})
    browser(on).post(f"/calendars/{THEIRS}", data={"copies": ""})
    assert on.asked == [("choose", THEIRS, [7, 8], 7), ("choose", THEIRS, [], None)]


def test_a_choice_that_cannot_be_is_named_and_kept() -> None:
    on = stage()
    on.pages["calendars"] = CalendarsPage(BERLIN, (NEXTCLOUD,))
    on.raises["choose"] = BadInput.of("copies", "invites can only go into a calendar that may be written to")
    response = browser(on).post(f"/calendars/{THEIRS}", data={"busy": ["8"], "copies": "8"})
    assert response.status_code == 400
    assert "Invites can only go into a calendar that may be written to." in response.text
    assert 'name="busy" value="8" checked' in response.text
    assert 'name="busy" value="7" checked' not in response.text


def test_a_calendar_can_be_read_now_and_disconnected() -> None:
    on = stage()
    client = browser(on)
    assert client.post(f"/calendars/read/{THEIRS}").location == "/calendars"
    assert client.post(f"/calendars/{THEIRS}/disconnect").location == "/calendars"
    assert on.asked == [("read_now", THEIRS), ("disconnect", THEIRS)]


def test_the_live_status_is_a_piece_of_the_page() -> None:
    on = stage()
    on.pages["calendars"] = CalendarsPage(BERLIN, (NEXTCLOUD,))
    text = browser(on).get(f"/calendars/{THEIRS}/status").text
    assert "read <time" in text
    assert "<html" not in text


def test_testing_connections_is_slowed_down() -> None:
    client = browser(stage())
    answers = [client.post("/calendars/connect/caldav", data=CALDAV).status_code for _ in range(12)]
    assert (answers[0], answers[-1]) == (302, 429)


def test_a_note_is_written_down() -> None:
    on = stage()
    assert browser(on).post("/challenges", data={"text": "  Estimates, again. "}).location == "/challenges"
    assert on.asked == [("write_down", MEMBER, "Estimates, again.")]


def test_a_note_that_is_refused_stays_in_the_field() -> None:
    on = stage()
    on.raises["write_down"] = BadInput.of("text", "at most 2000 characters")
    response = browser(on).post("/challenges", data={"text": "<b>long</b>"})
    assert response.status_code == 400
    assert "&lt;b&gt;long&lt;/b&gt;</textarea>" in response.text
    assert 'id="text-problem"' in response.text


def test_the_kill_switch_and_the_mode_are_passed_on() -> None:
    on = stage()
    client = browser(on, ADMIN)
    client.post("/admin/stop", data={"stopped": "yes"})
    client.post("/admin/stop", data={"stopped": "no"})
    client.post("/admin/sending", data={"sending": "review"})
    assert client.post("/admin/sending", data={"sending": "loudly"}).status_code == 400
    assert on.asked == [("set_stopped", True), ("set_stopped", False), ("set_sending", Sending.REVIEW)]


def test_the_event_file_can_be_added_to_a_calendar() -> None:
    response = browser(stage()).get(f"/suggestions/{THEIRS}/event.ics")
    assert response.mimetype == "text/calendar"
    assert response.text.startswith("BEGIN:VCALENDAR\r\n")


def test_of_a_suggestion_that_is_over_there_is_no_event_file() -> None:
    on = stage()
    on.raises["event_file"] = Refused("this suggestion is over, so there is nothing to add to a calendar")
    response = browser(on).get(f"/suggestions/{THEIRS}/event.ics")
    assert response.status_code == 404
    assert "This suggestion is over, so there is nothing to add to a calendar." in response.text


def test_a_bug_in_looking_something_up_is_not_taken_for_somebody_elses(caplog: pytest.LogCaptureFixture) -> None:
    on = stage()
    on.raises["answer"] = KeyError("planted bug")
    assert browser(on).post(f"/suggestions/{THEIRS}/answer", data=YES).status_code == 500
    assert "planted bug" in caplog.text


def test_asking_for_somebody_elses_is_logged_with_where_it_was_refused(caplog: pytest.LogCaptureFixture) -> None:
    assert browser(stage()).get("/suggestions/999").status_code == 404
    (record,) = [each for each in caplog.records if each.name == "interlude.web"]
    assert record.levelname == "WARNING"
    assert record.exc_info


def test_a_bug_is_a_page_with_a_reference_and_the_detail_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    on = stage()
    on.raises["home"] = ZeroDivisionError("planted detail")
    response = browser(on).get("/")
    assert response.status_code == 500
    reference = response.text.split("<code>")[1].split("</code>")[0]
    assert f"reference {reference}" in caplog.text
    assert "planted detail" in caplog.text
    assert "planted detail" not in response.text


def test_what_must_wait_is_a_page_that_says_so() -> None:
    on = stage()
    on.raises["home"] = TryLater("the queue is not there at the moment")
    response = browser(on).get("/")
    assert response.status_code == 503
    assert "The queue is not there at the moment." in response.text


def test_too_much_at_once_is_refused() -> None:
    assert browser(stage()).post("/challenges", data={"text": "x" * 100_000}).status_code == 413


def test_names_and_topics_are_text_never_markup() -> None:
    on = stage()
    on.pages["home"] = HomePage(BERLIN, upcoming=(confirmed(topic="<script>alert(1)</script>"),))
    assert "<script>alert" not in browser(on).get("/").text
