"""Limits, expertise and taking part: what is typed and pressed is passed on whole, or refused with the field named."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from flask.testing import FlaskClient

from mentoring.errors import BadInput, Refused
from tests.webapp.members_stage import SPLIT, TAKING_PART, TYPED, limits
from tests.webapp.members_states import WRONG
from tests.webapp.stage import ADMIN, MEMBER, NOW, THEIRS, Stage, application, as_person, stage
from workflows.member_views import ExpertisePage, Saved
from workflows.views import PersonChoice

FORM = {
    "zone": "Europe/Berlin",
    "country": "DE",
    "clock": "24",
    **{
        f"{day}-{nth}-{end}": SPLIT[nth - 1][end == "to"]
        for day in ("mon", "tue", "wed", "thu")
        for nth, end in ((1, "from"), (1, "to"), (2, "from"), (2, "to"))
    },
    "fri-1-from": "09:00",
    "fri-1-to": " 13:00 ",
    "fri-2-from": "",
    "fri-2-to": "",
    "preferred-1-from": "10:00",
    "preferred-1-to": "11:30",
    "buffer_minutes": "10",
    "notice_hours": " 24",
    "per_day": "1",
    "per_week": "2",
    "per_month": "4",
}


def browser(on: Stage, person_id: int = MEMBER) -> FlaskClient:
    return as_person(application(on, csrf=False), person_id)


def test_limits_are_passed_on_as_they_were_typed() -> None:
    on = stage()
    assert browser(on).post("/limits", data=FORM).location == "/limits"
    ((name, form),) = on.asked
    assert name == "save_limits"
    assert form == TYPED


def test_the_form_comes_up_with_what_is_set() -> None:
    text = browser(stage()).get("/limits").text
    for shown in (
        'name="mon-1-from" value="09:00" maxlength="10" autocomplete="off" aria-label="Monday, from"',
        'name="mon-2-to" value="17:00" maxlength="10" autocomplete="off" aria-label="Monday, second to"',
        'name="sun-1-from" value=""',
        '<option value="Europe/Berlin" selected>Berlin</option>',
        '<option value="DE" selected>Germany</option>',
        'name="clock" value="24" checked',
        'name="notice_hours" inputmode="numeric" maxlength="4" value="24"',
    ):
        assert shown in text


def test_every_problem_is_told_at_its_field_and_all_that_was_typed_is_kept() -> None:
    on = stage()
    response = browser(on).post("/limits", data=WRONG)
    assert response.status_code == 400
    assert on.asked == []
    named = {
        "zone",
        "country",
        "mon",
        "tue",
        "wed",
        "preferred",
        "buffer_minutes",
        "notice_hours",
        "per_day",
        "per_month",
    }
    assert {each.split('"')[0] for each in response.text.split('class="problem" id="')[1:]} == {
        f"{name}-problem" for name in named
    }
    for kept in ('value="nine"', 'value="300"', 'value="many"', '<option value="Europe/Atlantis" selected>'):
        assert kept in response.text
    assert 'aria-label="Monday, second from" aria-describedby="mon-problem" aria-invalid="true"' in response.text


def test_a_whole_week_off_is_said_above_the_days() -> None:
    response = browser(stage()).post("/limits", data={k: v for k, v in FORM.items() if "-" not in k})
    assert response.status_code == 400
    assert 'id="days-problem"' in response.text


def test_what_a_change_undid_is_told() -> None:
    on = stage()
    on.pages["saved_limits"] = Saved(taken_back=2, meetings=1)
    text = browser(on).post("/limits", data=FORM, follow_redirects=True).text
    assert "Saved. 2 open suggestions were taken back; they do not come back by themselves." in text
    assert "What you have agreed on stays as it is." in text


@pytest.mark.parametrize(
    ("form", "asked"),
    [
        ({"weeks": "1"}, ("pause_for", 1)),
        ({"weeks": "2"}, ("pause_for", 2)),
        ({"weeks": "4"}, ("pause_for", 4)),
        ({"until": "2026-12-24"}, ("pause", date(2026, 12, 24))),
    ],
)
def test_a_pause_is_passed_on(form: dict[str, str], asked: tuple[object, ...]) -> None:
    on = stage()
    assert browser(on).post("/limits/pause", data=form).location == "/limits/pause"
    assert on.asked == [asked]


@pytest.mark.parametrize("form", [{}, {"until": ""}, {"until": "soon"}, {"weeks": "3"}, {"until": "2026-13-01"}])
def test_a_pause_without_an_end_is_refused(form: dict[str, str]) -> None:
    on = stage()
    response = browser(on).post("/limits/pause", data=form)
    assert response.status_code == 400
    assert 'id="until-problem"' in response.text
    assert on.asked == []


def test_a_pause_that_cannot_be_keeps_what_was_typed() -> None:
    on = stage()
    response = browser(on).post("/limits/pause", data={"until": "2026-11-20"})
    assert response.status_code == 400
    assert "Choose a day after today." in response.text
    assert 'value="2026-11-20"' in response.text


def test_who_is_on_a_pause_is_told_until_when_and_can_come_back() -> None:
    on = stage()
    on.pages["limits"] = limits(paused_until=datetime(2026, 12, 6, 23, 0, tzinfo=UTC))
    client = browser(on)
    text = client.get("/limits/pause").text
    assert "before <strong>Monday 7 December</strong>" in text, "as the day begins in Berlin"
    assert "I am back" in text
    assert "You are on a pause until Monday 7 December." in client.get("/limits").text
    assert client.post("/limits/back").location == "/limits/pause"
    assert on.asked == [("back",)]


def test_somebody_is_put_on_the_list_and_taken_off() -> None:
    on = stage()
    on.pages["limits"] = limits(never_with=(PersonChoice(THEIRS, "Ines Duarte"),))
    client = browser(on)
    assert "no admin sees this list" in client.get("/limits/never-with").text
    assert client.post("/limits/never-with", data={"person": "2"}).location == "/limits/never-with"
    client.post(f"/limits/never-with/{THEIRS}/after-all")
    assert on.asked == [("never_with", 2), ("after_all", THEIRS)]
    assert client.post("/limits/never-with/2/after-all").status_code == 404


@pytest.mark.parametrize("path", ["/limits", "/limits/pause", "/limits/never-with"])
def test_no_form_beside_another_throws_away_what_was_typed_there(path: str) -> None:
    """Each of the pages sends to one address only, but for coming back from a pause and taking somebody off."""
    sent = re.findall(r'<form[^>]*method="post"(?: action="([^"]*)")?', browser(stage()).get(path).text)
    assert {each for each in sent if each != "/sign-out"} == ({""} if path == "/limits" else {path})
    assert 'href="/limits/pause"' in (text := browser(stage()).get("/limits").text)
    assert 'href="/limits/never-with"' in text


def test_the_problems_of_the_three_caps_stand_above_them() -> None:
    text = browser(stage()).post("/limits", data=WRONG).text
    assert text.index('id="per_month-problem"') < text.index('name="per_day"')
    assert "A day: write a whole number from 1 to 10." in text


@pytest.mark.parametrize("person", ["", "0", "me", "999"])
def test_nobody_cannot_be_put_on_the_list(person: str) -> None:
    on = stage()
    response = browser(on).post("/limits/never-with", data={"person": person})
    assert response.status_code == 400
    assert 'id="person-problem"' in response.text
    assert on.asked == []


def test_expertise_is_added_reworded_and_removed() -> None:
    on = stage()
    client = browser(on)
    assert client.post("/expertise", data={"text": "Rust"}).location == "/expertise"
    assert client.post(f"/expertise/{THEIRS}", data={"text": "Rust, slowly"}).location == "/expertise"
    assert client.post(f"/expertise/{THEIRS}/remove").location == "/expertise"
    assert on.asked == [("offer", "Rust"), ("reword", THEIRS, "Rust, slowly"), ("no_longer_offer", THEIRS)]


@pytest.mark.parametrize(("path", "field"), [("/expertise", "text"), (f"/expertise/{THEIRS}", f"text-{THEIRS}")])
def test_words_that_are_refused_stay_in_their_own_field(path: str, field: str) -> None:
    on = stage()
    on.raises = {name: BadInput.of("text", "keep it under 300 characters") for name in ("offer", "reword")}
    response = browser(on).post(path, data={"text": "<b>long</b>"})
    assert response.status_code == 400
    assert response.text.count("&lt;b&gt;long&lt;/b&gt;</textarea>") == 1
    assert response.text.count('aria-invalid="true"') == 1
    assert f'id="{field}-problem"' in response.text


def test_who_is_no_mentor_is_told_that_nobody_comes_of_it() -> None:
    on = stage()
    on.pages["expertise"] = ExpertisePage(is_mentor=False)
    assert "You do not take part as a mentor" in browser(on).get("/expertise").text


@pytest.mark.parametrize(
    ("form", "asked"),
    [
        ({"mentee": "yes", "mentor": "yes"}, (True, True)),
        ({"mentee": "yes"}, (True, False)),
        ({"mentor": "yes"}, (False, True)),
        ({}, (False, False)),
        ({"mentee": "no", "mentor": ""}, (False, False)),
    ],
)
def test_roles_are_passed_on(form: dict[str, str], asked: tuple[bool, bool]) -> None:
    on = stage()
    assert browser(on).post("/taking-part", data=form).location == "/taking-part"
    assert on.asked == [("take_part", *asked)]


def test_everything_is_stopped_and_started_again() -> None:
    on = stage()
    client = browser(on)
    stopped = client.post("/taking-part/stop", follow_redirects=True).text
    assert "2 open suggestions were taken back; they do not come back by themselves." in stopped
    client.post("/taking-part/resume")
    assert on.asked == [("stop",), ("resume",)]


def test_everything_is_deleted_only_with_ones_own_address() -> None:
    on = stage()
    client = browser(on)
    response = client.post("/taking-part/delete", data={"address": "p2@example.org"})
    assert response.status_code == 400
    assert 'id="address-problem"' in response.text
    assert 'value="p2@example.org"' in response.text
    assert client.get("/").status_code == 200, "still signed in"
    gone = client.post("/taking-part/delete", data={"address": TAKING_PART.address})
    assert gone.location == "/sign-in"
    assert "Everything about you is deleted." in client.get("/sign-in").text
    assert client.get("/").location == "/sign-in"
    assert on.asked[-1] != ("leave", "p2@example.org")


def test_what_has_to_wait_before_all_is_deleted_is_said() -> None:
    on = stage()
    on.pages["leave"] = 2
    client = browser(on)
    client.post("/taking-part/delete", data={"address": TAKING_PART.address})
    assert "Your invites are being taken back" in client.get("/sign-in").text


def test_who_deletes_everything_is_told_which_permission_only_they_can_end() -> None:
    on = stage()
    on.pages["taking_part"] = replace(TAKING_PART, stands_at=("outlook",))
    client = browser(on)
    assert "Remove Interlude there: myapps.microsoft.com" in client.get("/taking-part/delete").text
    client.post("/taking-part/delete", data={"address": TAKING_PART.address})
    told = client.get("/sign-in").text
    assert "allowed Interlude at Microsoft is still on the account" in told
    assert "Remove Interlude there: myapps.microsoft.com" in told


def test_the_last_admin_is_told_what_to_do_first() -> None:
    on = stage()
    on.raises["leave"] = Refused("you are the only admin; make somebody else one first")
    client = browser(on, ADMIN)
    response = client.post("/taking-part/delete", data={"address": TAKING_PART.address})
    assert response.status_code == 409
    assert "You are the only admin; make somebody else one first." in response.text
    on.pages["taking_part"] = replace(TAKING_PART, only_admin=True)
    assert "Make somebody else an admin first" in client.get("/taking-part/delete").text


def signed_in_for_real(on: Stage) -> tuple[FlaskClient, FlaskClient]:
    """Two browsers, in which the same person came in by the door."""
    app = application(on, csrf=False)
    both = app.test_client(), app.test_client()
    for client in both:
        client.post("/sign-in/sample", data={"person": MEMBER})
        assert client.get("/").status_code == 200
    return both


def test_signing_out_everywhere_ends_the_sessions_of_other_browsers_too() -> None:
    on = stage()
    here, there = signed_in_for_real(on)
    assert here.post("/taking-part/sign-out-everywhere").location == "/sign-in"
    assert on.asked[-1] == ("sign_out_everywhere",)
    on.people[MEMBER] = replace(on.people[MEMBER], signed_out_at=NOW)
    for client in (here, there):
        assert client.get("/").location == "/sign-in"


def test_a_session_that_began_later_goes_on() -> None:
    on = stage()
    on.people[MEMBER] = replace(on.people[MEMBER], signed_out_at=NOW - timedelta(microseconds=1))
    here, _ = signed_in_for_real(on)
    assert here.get("/limits").status_code == 200


ROOMS = ("/meetings", "/challenges", "/calendars", "/expertise", "/limits", "/taking-part")


@pytest.mark.parametrize("path", ROOMS)
def test_the_menu_says_where_one_is(path: str) -> None:
    text = browser(stage()).get(path).text
    assert all(f'href="{each}"' in text for each in ROOMS)
    assert text.count('aria-current="page"') == 1
    assert f'href="{path}" aria-current="page"' in text


def test_admin_is_in_the_menu_of_admins_only() -> None:
    assert 'href="/admin"' in browser(stage(), ADMIN).get("/").text
    assert 'href="/admin"' not in browser(stage()).get("/").text
