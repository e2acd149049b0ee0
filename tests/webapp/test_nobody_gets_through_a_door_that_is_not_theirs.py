"""Every route, from the application's own list, against everybody who might ask."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from werkzeug.routing import Rule

from tests.webapp.admins_stage import SOME_MESSAGE, SOME_ROUND, SOMEBODY
from tests.webapp.stage import ADMIN, MEMBER, MENTOR, STRANGER, THEIRS, Stage, application, as_person, stage
from webapp import doors
from webapp.doors import DOORS, Access

IDS = {
    "proposal_id": THEIRS,
    "connection_id": THEIRS,
    "calendar_id": THEIRS,
    "challenge_id": THEIRS,
    "theme_id": THEIRS,
    "expertise_id": THEIRS,
    "identity_id": THEIRS,
    "key_id": THEIRS,
    "other_id": THEIRS,
    "said": THEIRS,
}
OTHERS = {
    "token": "no-such-link",
    "provider": "caldav",
    "at": "google",
    "filename": "mark.svg",
    "address": "p1@example.org",
    "key": "none",
    "person_id": SOMEBODY,
    "round_id": SOME_ROUND,
    "message_id": SOME_MESSAGE,
    "organiser_id": THEIRS,
    "group_id": THEIRS,
    "trial_id": THEIRS,
    "version": THEIRS,
}
ASKS_FOR_FILLED_FORMS = {
    "suggestions.move",
    "suggestions.answer",
    "calendars.test_and_connect",
    "challenges.write_down",
}


def routes() -> Iterator[tuple[str, Rule]]:
    for rule in application(stage()).url_map.iter_rules():
        for method in sorted(rule.methods & {"GET", "POST", "PUT", "PATCH", "DELETE"}):
            yield method, rule


ROUTES = [pytest.param(method, rule, id=f"{method} {rule.rule}") for method, rule in routes()]
OF_AN_OBJECT = [each for each in ROUTES if set(each.values[1].arguments) & set(IDS)]
BY_ADDRESS = [each for each in ROUTES if DOORS[each.values[1].endpoint] is Access.BEARER]
CHANGING = [each for each in ROUTES if each.values[0] == "POST" and each not in BY_ADDRESS]


def address(app: Flask, rule: Rule) -> str:
    with app.test_request_context():
        return app.url_for(rule.endpoint, **{name: (IDS | OTHERS)[name] for name in rule.arguments})


def changes(on: Stage) -> list[str]:
    return [name for name, *_ in on.asked if name not in {"home", "event_file"}]


@pytest.mark.parametrize(("method", "rule"), ROUTES)
def test_who_is_not_signed_in_is_sent_to_sign_in(method: str, rule: Rule) -> None:
    app = application(on := stage(), csrf=False)
    response = as_person(app, None).open(address(app, rule), method=method)
    if DOORS[rule.endpoint] in {Access.ANYONE, Access.BEARER}:
        assert response.status_code < 500
    else:
        assert (response.status_code, response.location.split("?")[0]) == (302, "/sign-in")
        assert changes(on) == []


@pytest.mark.parametrize(("method", "rule"), ROUTES)
@pytest.mark.parametrize("person_id", [MEMBER, MENTOR, STRANGER])
def test_admins_doors_are_closed_to_everybody_else(method: str, rule: Rule, person_id: int) -> None:
    app = application(on := stage(), csrf=False)
    response = as_person(app, person_id).open(address(app, rule), method=method)
    assert (response.status_code == 403) == (DOORS[rule.endpoint] is Access.ADMIN)
    if DOORS[rule.endpoint] is Access.ADMIN:
        assert changes(on) == []


@pytest.mark.parametrize(("method", "rule"), OF_AN_OBJECT)
@pytest.mark.parametrize("person_id", [STRANGER, ADMIN])
def test_another_persons_object_is_not_there_not_even_for_an_admin(method: str, rule: Rule, person_id: int) -> None:
    app = application(on := stage(), csrf=False)
    form = {"answer": "yes", "start": "2026-11-24T13:20:00+00:00", "sequence": "0", "busy": "7", "helped": "yes"}
    response = as_person(app, person_id).open(
        address(app, rule), method=method, data=form if method == "POST" else None
    )
    assert response.status_code == 404
    assert changes(on) == []


@pytest.mark.parametrize(("method", "rule"), CHANGING)
def test_nothing_changes_without_the_pages_own_token(method: str, rule: Rule) -> None:
    app = application(on := stage(), csrf=True)
    form = {"answer": "yes", "start": "2026-11-24T13:20:00+00:00", "text": "x", "person": "1", "stopped": "yes"}
    client = as_person(app, ADMIN if DOORS[rule.endpoint] is Access.ADMIN else MEMBER)
    response = client.open(address(app, rule), method=method, data=form)
    assert response.status_code == 400
    assert "Nothing was changed" in response.text
    assert changes(on) == []


@pytest.mark.parametrize(("method", "rule"), BY_ADDRESS)
@pytest.mark.parametrize("person_id", [None, MEMBER, ADMIN])
def test_an_address_that_we_did_not_make_opens_nothing_to_anybody(
    method: str, rule: Rule, person_id: int | None
) -> None:
    app = application(on := stage())
    form = {"act": "stop", "answer": "yes", "sequence": "0", "helped": "yes", "text": "x"} if method == "POST" else None
    response = as_person(app, person_id).open(address(app, rule), method=method, data=form)
    # What Microsoft tells is JSON, and a form is none.
    assert response.status_code in ({400, 401, 404} if rule.endpoint.startswith(("api.", "hooks.microsoft")) else {404})
    assert on.asked == []


@pytest.mark.parametrize(("method", "rule"), [each for each in ROUTES if each.values[0] == "GET"])
def test_looking_changes_nothing(method: str, rule: Rule) -> None:
    app = application(on := stage(), csrf=False)
    as_person(app, ADMIN if DOORS[rule.endpoint] is Access.ADMIN else MEMBER).get(address(app, rule))
    assert changes(on) == []


def test_a_route_that_the_list_does_not_name_keeps_the_application_from_starting() -> None:
    app = Flask("webapp")
    app.add_url_rule("/forgotten", "forgotten", lambda: "")
    with pytest.raises(RuntimeError, match="forgotten"):
        doors.hang(app)


@pytest.mark.parametrize("number", [2**63, 2**64, "9" * 5000, "-1", "१"])
@pytest.mark.parametrize(("method", "rule"), OF_AN_OBJECT)
def test_a_number_that_is_no_id_is_the_address_of_nothing(method: str, rule: Rule, number: int | str) -> None:
    app = application(on := stage(), csrf=False)
    path = address(app, rule).replace(f"/{THEIRS}", f"/{number}")
    assert as_person(app, MEMBER).open(path, method=method).status_code in {404, 405}
    assert changes(on) == []


def test_a_number_in_a_form_or_a_question_that_is_no_id_is_not_taken_for_one() -> None:
    app = application(on := stage(), csrf=False)
    assert as_person(app, ADMIN).get(f"/admin/why?mentee={2**64}").status_code == 200
    assert as_person(app, None).post("/sign-in/sample", data={"person": 2**64}).status_code == 404
    as_person(app, MEMBER).post(f"/calendars/{THEIRS}", data={"busy": [2**64, "7"], "copies": 2**64})
    assert on.asked == [("choose", THEIRS, [7], None)]


def test_an_address_without_a_page_is_a_page_of_ours() -> None:
    response = application(stage()).test_client().get("/wp-login.php")
    assert response.status_code == 404
    assert "There is nothing here for you" in response.text


def test_somebody_deleted_meanwhile_is_signed_out() -> None:
    app = application(on := stage(), csrf=False)
    client = as_person(app, STRANGER)
    del on.people[STRANGER]
    assert client.get("/").location == "/sign-in"


def test_the_live_status_sends_the_whole_browser_to_sign_in() -> None:
    response = application(stage()).test_client().get(f"/calendars/{THEIRS}/status", headers={"HX-Request": "true"})
    assert (response.status_code, response.headers["HX-Redirect"]) == (401, "/sign-in")


@pytest.mark.parametrize("endpoint", sorted(ASKS_FOR_FILLED_FORMS))
def test_an_empty_form_is_said_to_be_one(endpoint: str) -> None:
    app = application(on := stage(), csrf=False)
    rule = next(each for each in app.url_map.iter_rules() if each.endpoint == endpoint)
    response = as_person(app, MEMBER).post(address(app, rule))
    assert response.status_code == 400
    assert changes(on) == []
