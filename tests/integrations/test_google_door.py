"""To Google and back: what is asked for there, who is believed, and what is refused."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.error import HTTPError
from urllib.parse import parse_qsl, urlsplit
from urllib.request import HTTPRedirectHandler, build_opener

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from integrations.google import Google
from integrations.google_door import GoogleDoor
from mentoring.doors import Begun, Errand, Granted
from mentoring.errors import NotGiven, Refused, TryLater
from mentoring.ports import Account
from tests.integrations.backends import ANN, outside_of
from tests.wires.google import GoogleWire, google_wire
from tests.wires.web import Told

BACK = "https://interlude.example/oauth/google"
PRIVATE = "bob@gmail.com"
AUTH = "https://www.googleapis.com/auth/"


@pytest.fixture
def wire() -> Iterator[GoogleWire]:
    with google_wire() as wire:
        wire.account(ANN, name="Ann", hd="example.org")
        wire.account(PRIVATE)
        yield wire


@pytest.fixture
def door(wire: GoogleWire) -> GoogleDoor:
    return GoogleDoor(outside_of(wire))


class _Stays(HTTPRedirectHandler):
    def redirect_request(self, *args: object) -> None:
        """Where the browser is sent is what the test wants to know."""


def there(begun: Begun) -> dict[str, str]:
    """The browser goes to Google, who sends it back: with what."""
    with pytest.raises(HTTPError) as caught:
        build_opener(_Stays).open(begun.url)
    with caught.value as answer:
        assert answer.code == 302
        assert answer.headers["Location"].startswith(BACK)
        return dict(parse_qsl(urlsplit(answer.headers["Location"]).query))


def asked(begun: Begun) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(begun.url).query))


def through(door: GoogleDoor, errand: Errand, hint: str = ANN) -> Granted:
    begun = door.begin(errand, BACK, hint)
    return door.finish(errand, BACK, begun.memo, there(begun))


@pytest.mark.parametrize(
    ("errand", "scopes"),
    [
        (Errand.SIGN_IN, {"openid", "email"}),
        (Errand.CALENDARS, {f"{AUTH}calendar.events.freebusy", f"{AUTH}calendar.calendarlist.readonly"}),
        (Errand.ORGANISER, {"openid", "email", f"{AUTH}calendar.events.owned"}),
    ],
)
def test_each_errand_asks_for_its_scopes_and_no_more(door: GoogleDoor, errand: Errand, scopes: set[str]) -> None:
    said = asked(door.begin(errand, BACK, ANN))
    assert set(said["scope"].split()) == scopes
    assert said["include_granted_scopes"] == "false"
    assert (said["code_challenge_method"], said["login_hint"], said["redirect_uri"]) == ("S256", ANN, BACK)
    lasting = ("online", "select_account") if errand is Errand.SIGN_IN else ("offline", "consent")
    assert (said["access_type"], said["prompt"]) == lasting


def test_state_nonce_and_challenge_are_others_each_time(door: GoogleDoor) -> None:
    one, other = (asked(door.begin(Errand.SIGN_IN, BACK)) for _ in range(2))
    assert all(one[name] != other[name] for name in ("state", "nonce", "code_challenge"))


def test_the_address_that_the_browser_goes_to_tells_no_secret(door: GoogleDoor) -> None:
    begun = door.begin(Errand.CALENDARS, BACK)
    verifier = json.loads(begun.memo)["verifier"]
    assert verifier not in begun.url
    assert "wire-client-secret" not in begun.url
    assert verifier not in repr(begun)


def test_signing_in_tells_who_it_is_and_keeps_no_token(door: GoogleDoor, wire: GoogleWire) -> None:
    found = through(door, Errand.SIGN_IN)
    assert (found.address, found.domain, found.verified, found.secret) == (ANN, "example.org", True, "")
    assert found.subject == f"{wire.server.url}/{wire.sign_in.people[ANN].sub}"
    assert found.missing == ()
    assert through(door, Errand.SIGN_IN).subject == found.subject


@pytest.mark.parametrize(
    ("email", "hd", "verified", "believed"),
    [
        ("eve@gmail.com", "", True, True),
        ("eve@example.org", "example.org", True, True),
        ("eve@example.org", "", True, False),
        ("eve@example.org", "example.org", False, False),
        ("eve@gmail.com.evil.example", "", True, False),
    ],
)
def test_google_is_believed_for_addresses_that_it_runs_itself(
    door: GoogleDoor, wire: GoogleWire, email: str, hd: str, verified: bool, believed: bool
) -> None:
    wire.account(email, hd=hd).verified = verified
    assert through(door, Errand.SIGN_IN, email).verified is believed


def test_calendars_are_given_under_the_address_of_the_primary_one(door: GoogleDoor, wire: GoogleWire) -> None:
    wire.calendar("first@group.calendar.google.com", PRIVATE)
    found = through(door, Errand.CALENDARS, PRIVATE)
    assert (found.subject, found.address, found.missing) == (PRIVATE, PRIVATE, ())
    account = Account("google", "", PRIVATE, found.secret)
    assert PRIVATE in {each.href for each in Google(outside_of(wire)).discover(account)}
    assert {call.fields for call in wire.called("calendarList.list")[:1]} == {"items(id,primary),nextPageToken"}


@pytest.mark.parametrize("items", ["[]", '[{"id": "first@x"}]', '[{"id": "primary", "primary": true}]'])
def test_calendars_that_tell_nobodys_address_are_not_taken(door: GoogleDoor, wire: GoogleWire, items: str) -> None:
    said = f'{{"items": {items}}}'.encode()
    wire.spoil = lambda call, told: Told(200, said, {"Content-Type": "application/json"})
    with pytest.raises(Refused, match="no calendar of its own"):
        through(door, Errand.CALENDARS)


def test_an_organiser_is_given_with_its_address_and_a_lasting_token(door: GoogleDoor) -> None:
    found = through(door, Errand.ORGANISER)
    assert (found.address, found.missing) == (ANN, ())
    assert json.loads(found.secret)["refresh_token"]


@pytest.mark.parametrize(
    ("errand", "unticked", "words"),
    [
        (Errand.CALENDARS, {"calendar.events.freebusy"}, ("seeing when you are busy",)),
        (Errand.CALENDARS, {"calendar.calendarlist.readonly"}, ("seeing which calendars you have",)),
        (Errand.ORGANISER, {"calendar.events.owned"}, ("making events in your own calendar",)),
    ],
)
def test_what_was_unticked_is_noticed_and_named(
    door: GoogleDoor, wire: GoogleWire, errand: Errand, unticked: set[str], words: tuple[str, ...]
) -> None:
    wire.sign_in.unticked = frozenset(unticked)
    assert through(door, errand).missing == words


def test_cancelling_at_google_is_a_permission_not_given(door: GoogleDoor, wire: GoogleWire) -> None:
    wire.sign_in.denies = True
    with pytest.raises(NotGiven):
        through(door, Errand.CALENDARS)


def test_a_code_is_good_once(door: GoogleDoor) -> None:
    begun = door.begin(Errand.SIGN_IN, BACK, ANN)
    query = there(begun)
    door.finish(Errand.SIGN_IN, BACK, begun.memo, query)
    with pytest.raises(Refused):
        door.finish(Errand.SIGN_IN, BACK, begun.memo, query)


def test_the_answer_to_somebody_elses_question_is_refused_and_not_even_exchanged(
    door: GoogleDoor, wire: GoogleWire
) -> None:
    mine, theirs = (door.begin(Errand.SIGN_IN, BACK, ANN) for _ in range(2))
    swapped = there(theirs)
    with pytest.raises(Refused):
        door.finish(Errand.SIGN_IN, BACK, mine.memo, swapped)
    assert not any(asked.path == "/token" for asked in wire.server.asked)


def test_another_browsers_code_under_ones_own_state_fails_at_the_verifier(door: GoogleDoor) -> None:
    mine, theirs = (door.begin(Errand.SIGN_IN, BACK, ANN) for _ in range(2))
    stolen = there(theirs) | {"state": asked(mine)["state"]}
    with pytest.raises(Refused):
        door.finish(Errand.SIGN_IN, BACK, mine.memo, stolen)


@pytest.mark.parametrize("query", [{}, {"code": "x"}, {"state": ""}, {"code": "x", "state": "y"}])
def test_an_answer_without_the_state_is_refused(door: GoogleDoor, query: dict[str, str]) -> None:
    with pytest.raises(Refused):
        door.finish(Errand.SIGN_IN, BACK, door.begin(Errand.SIGN_IN, BACK).memo, query)


@pytest.mark.parametrize("memo", ["", "x", "[]", "{}", '{"state": ""}', "null"])
def test_a_memo_that_is_none_is_refused(door: GoogleDoor, memo: str) -> None:
    with pytest.raises(Refused):
        door.finish(Errand.SIGN_IN, BACK, memo, {"state": "", "code": "x"})


def test_the_memo_of_one_errand_does_not_do_for_another(door: GoogleDoor) -> None:
    begun = door.begin(Errand.CALENDARS, BACK, ANN)
    query = there(begun)
    with pytest.raises(Refused):
        door.finish(Errand.ORGANISER, BACK, begun.memo, query)
    with pytest.raises(Refused):
        door.finish(Errand.CALENDARS, f"{BACK}/elsewhere", begun.memo, query)


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://accounts.evil.example"},
        {"aud": "another-client"},
        {"nonce": "another"},
        {"exp": 1_000_000_000},
        {"exp": "soon"},
    ],
    ids=lambda claims: next(iter(claims)),
)
def test_an_id_token_that_is_not_for_this_sign_in_is_refused(
    door: GoogleDoor, wire: GoogleWire, claims: dict[str, object]
) -> None:
    wire.sign_in.claims = claims
    with pytest.raises(Refused, match="verified"):
        through(door, Errand.SIGN_IN)


def test_an_id_token_that_google_did_not_sign_is_refused(door: GoogleDoor, wire: GoogleWire) -> None:
    wire.sign_in.signs_with = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    with pytest.raises(Refused, match="verified"):
        through(door, Errand.SIGN_IN)


def test_an_id_token_is_good_by_the_clock_that_we_are_told(wire: GoogleWire) -> None:
    late = replace(outside_of(wire), clock=lambda: datetime.now(UTC) + timedelta(hours=2))
    with pytest.raises(Refused, match="verified"):
        through(GoogleDoor(late), Errand.SIGN_IN)


def test_google_being_down_on_the_way_back_is_for_later(door: GoogleDoor, wire: GoogleWire) -> None:
    begun = door.begin(Errand.SIGN_IN, BACK, ANN)
    query = there(begun)
    wire.down = frozenset({"/token"})
    with pytest.raises(TryLater):
        door.finish(Errand.SIGN_IN, BACK, begun.memo, query)


def test_without_a_client_id_nobody_is_sent_anywhere(wire: GoogleWire) -> None:
    outside = outside_of(wire)
    nameless = GoogleDoor(replace(outside, google=replace(outside.google, client_id="")))
    with pytest.raises(Refused, match="set Google up"):
        nameless.begin(Errand.SIGN_IN, BACK)


def test_tokens_codes_and_verifiers_come_out_nowhere(
    door: GoogleDoor, wire: GoogleWire, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    begun = door.begin(Errand.ORGANISER, BACK, ANN)
    query = there(begun)
    found = door.finish(Errand.ORGANISER, BACK, begun.memo, query)
    with pytest.raises(Refused) as caught:
        door.finish(Errand.ORGANISER, BACK, begun.memo, query)
    said = f"{begun!r} {found!r} {caught.value!r} {caught.value.__cause__!r} {caught.value.__context__!r}{caplog.text}"
    held = json.loads(found.secret)
    for secret in (query["code"], json.loads(begun.memo)["verifier"], held["refresh_token"], held["access_token"]):
        assert secret not in said
    assert "wire-client-secret" not in said
