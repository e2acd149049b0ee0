"""The Google wire itself: it holds everybody to Google's contract, itself included, or it would prove nothing."""

from __future__ import annotations

import json
from contextlib import ExitStack
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest

from mentoring.doors import Errand
from tests.integrations.backends import ANN, BOB
from tests.integrations.contract import utc
from tests.wires.google import GoogleWire, google_wire
from tests.wires.google_contract import AgainstTheContract, FieldMask, check_body, checked_query, method_of

LIST = f"calendars/{ANN}/events"


def method(verb: str, path: str) -> Any:
    found = method_of(verb, path)
    assert found is not None
    return found[0]


def asked(wire: GoogleWire, verb: str, path: str, body: Any = None, errand: Errand = Errand.CALENDARS) -> int:
    """The status of one request with Ann's own token."""
    form = {"grant_type": "refresh_token", "client_id": "wire-client", "client_secret": "wire-client-secret"}
    form["refresh_token"] = json.loads(wire.secret(ANN, errand))["refresh_token"]
    with urlopen(f"{wire.server.url}/token", urlencode(form).encode()) as answer:
        token = json.loads(answer.read())["access_token"]
    request = Request(f"{wire.server.url}/calendar/v3/{path}", method=verb)
    request.add_header("Authorization", f"Bearer {token}")
    try:
        with urlopen(request, json.dumps(body).encode() if body else None) as answer:
            return int(answer.status)
    except HTTPError as problem:
        with problem:
            return problem.code


def test_a_parameter_or_a_field_that_google_does_not_know_is_refused() -> None:
    with pytest.raises(AgainstTheContract, match="timeMinimum"):
        checked_query(method("GET", LIST), "timeMinimum=2026-10-20T00:00:00Z")
    with pytest.raises(AgainstTheContract, match="timeMin"):
        checked_query(method("GET", LIST), "timeMin=2026-10-20T00:00:00")
    with pytest.raises(AgainstTheContract, match="singleEvents"):
        checked_query(method("GET", LIST), "singleEvents=True")
    with pytest.raises(AgainstTheContract, match="title"):
        check_body(method("PATCH", f"{LIST}/x"), {"title": "x"})
    with pytest.raises(AgainstTheContract, match="start"):
        check_body(method("POST", LIST), {"end": {"date": "2026-10-20"}})
    with pytest.raises(AgainstTheContract, match="title"):
        FieldMask("items(title)", "Events")
    with pytest.raises(AgainstTheContract):
        check_body(method("GET", LIST), {"items": [{"kind": "calendar#event", "begin": 1}]}, answered=True)


def test_leaving_the_wire_after_something_against_the_contract_is_an_error() -> None:
    with ExitStack() as left:
        wire = left.enter_context(google_wire())
        wire.account(ANN)
        assert asked(wire, "GET", f"{LIST}?timeMinimum=1") == 400
        with pytest.raises(AgainstTheContract, match="timeMinimum"):
            left.close()


def test_a_sync_token_goes_with_no_bounds_and_runs_out() -> None:
    with google_wire() as wire:
        wire.account(ANN)
        assert asked(wire, "GET", f"{LIST}?syncToken=s1") == 200
        assert asked(wire, "GET", f"{LIST}?syncToken=s1&timeMin=2026-10-20T00:00:00Z") == 400
        wire.expire_sync_tokens()
        assert asked(wire, "GET", f"{LIST}?syncToken=s1") == 410
        assert asked(wire, "GET", f"{LIST}?syncToken=nonsense") == 410


def test_more_than_fifty_calendars_or_ninety_days_are_refused() -> None:
    many = {"timeMin": "2026-10-01T00:00:00Z", "timeMax": "2026-10-02T00:00:00Z"}
    with google_wire() as wire:
        wire.account(ANN)
        assert asked(wire, "POST", "freeBusy", many | {"items": [{"id": str(n)} for n in range(51)]}) == 400
        assert asked(wire, "POST", "freeBusy", many | {"timeMax": "2027-10-02T00:00:00Z"}) == 400
        assert asked(wire, "POST", "freeBusy", many | {"items": [{"id": ANN}]}) == 200


def test_a_member_may_not_write_and_an_organiser_may_not_list_calendars() -> None:
    times = {"start": {"dateTime": "2026-10-20T07:00:00Z"}, "end": {"dateTime": "2026-10-20T08:00:00Z"}}
    with google_wire() as wire:
        wire.account(ANN)
        assert asked(wire, "POST", LIST, times) == 403
        assert asked(wire, "POST", LIST, times, Errand.ORGANISER) == 200
        assert asked(wire, "GET", "users/me/calendarList", errand=Errand.ORGANISER) == 403


def test_an_id_is_good_once_in_a_calendar_even_after_its_event_is_gone() -> None:
    times = {"start": {"dateTime": "2026-10-20T07:00:00Z"}, "end": {"dateTime": "2026-10-20T08:00:00Z"}, "id": "abcde"}
    with google_wire() as wire:
        wire.account(ANN)
        statuses = [
            asked(wire, verb, path, body, Errand.ORGANISER)
            for verb, path, body in (
                ("POST", LIST, times),
                ("POST", LIST, times),
                ("DELETE", f"{LIST}/abcde", None),
                ("DELETE", f"{LIST}/abcde", None),
                ("POST", LIST, times),
                ("GET", f"{LIST}/abcde", None),
                ("GET", f"{LIST}/never", None),
                ("POST", LIST, times | {"id": "not-base32hex"}),
            )
        ]
        assert statuses == [200, 409, 204, 410, 409, 200, 404, 400]


def test_a_guest_with_an_account_finds_the_invite_and_one_who_is_taken_off_finds_it_gone() -> None:
    with google_wire() as wire:
        wire.account(ANN)
        wire.account(BOB)
        event = wire.put(ANN, utc(20, 7), utc(20, 8), attendees=[{"email": BOB}, {"email": "eve@elsewhere.example"}])
        assert [each.uid for each in wire.events_of(BOB)] == [event.uid]
        assert [(each.to, each.kind) for each in wire.mails] == [(BOB, "invite"), ("eve@elsewhere.example", "invite")]
        wire.calendars.write(event, event.stated | {"attendees": []}, "all")
        assert wire.events_of(BOB) == []
        assert [each.kind for each in wire.mails if each.to == BOB] == ["invite", "cancel"]
