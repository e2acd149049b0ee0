"""An admin connects the account that invites, and goes back to the mailbox, all over the pages."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, build_opener

import pytest
from flask.testing import FlaskClient

from mentoring.people import Role
from store import organisers
from tests.webapp.seated import sign_in
from tests.wires.google import GoogleWire, google_wire
from tests.workflows.house import House, a_house
from webapp.app import create_app

TEAM = "team@house.example"
PAGE = "/admin/invites"


class _Stays(HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        """The browser is ours."""


@pytest.fixture
def wire() -> Iterator[GoogleWire]:
    with google_wire() as made:
        made.account(TEAM, name="The house")
        yield made


@pytest.fixture
def house(tmp_path: Path, wire: GoogleWire) -> House:
    made = a_house(tmp_path)
    made.parts = replace(made.parts, settings=replace(made.parts.settings, **wire.settings()))  # type: ignore[arg-type]
    return made


@pytest.fixture
def admin(house: House, wire: GoogleWire) -> FlaskClient:
    zofia = house.add("Zofia Zeder", roles=frozenset({Role.ADMIN}))
    house.parts = replace(house.parts, clock=wire.sign_in.clock)
    app = create_app(house.parts.settings, house.parts)
    app.config.update(TESTING=True, PROPAGATE_EXCEPTIONS=False, WTF_CSRF_ENABLED=False, RATELIMIT_ENABLED=False)
    client = app.test_client()
    sign_in(client, house, zofia)
    return client


def said(admin: FlaskClient) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", "", admin.get(PAGE).text)).split())


def connects(admin: FlaskClient) -> str:
    """To Google, where they agree, and back; where that ends."""
    leaving = admin.post(f"{PAGE}/connect/google")
    (there,) = set(re.findall(r'href="(http[^"]+/auth[^"]*)"', leaving.text))
    try:
        build_opener(_Stays).open(html.unescape(there))
    except OSError as answer:
        back = urlsplit(answer.headers["Location"])  # type: ignore[attr-defined]
    ended = admin.get(f"{back.path}?{back.query}")
    return ended.location or ended.text


def test_connected_used_and_put_aside(admin: FlaskClient, house: House, wire: GoogleWire) -> None:
    assert "Nothing yet." in said(admin)
    wire.sign_in.signing_in = TEAM
    assert connects(admin) == PAGE
    assert f"Invites come from Test, {TEAM}, at Google." in said(admin)
    assert admin.post(f"{PAGE}/mailbox").location == PAGE
    assert "Nothing yet." in said(admin)
    assert [each.revoked for each in wire.sign_in.grants] == [True], "it had nothing left to do"


def test_a_permission_that_was_unticked_is_named_and_nothing_changes(
    admin: FlaskClient, house: House, wire: GoogleWire
) -> None:
    wire.sign_in.signing_in, wire.sign_in.unticked = TEAM, frozenset({"calendar.events.owned"})
    shown = connects(admin)
    assert "Making events in your own calendar" in shown
    assert PAGE in shown
    with house.parts.database.reading(house.organisation_id) as memory:
        assert organisers.all(memory) == ()


def test_a_members_own_account_is_refused_in_words(admin: FlaskClient, house: House, wire: GoogleWire) -> None:
    house.add("Tess Team", email=TEAM)
    wire.sign_in.signing_in = TEAM
    assert "own" in connects(admin)
    assert "Nothing yet." in said(admin)


def test_the_way_back_is_once_only_for_the_one_who_set_out(admin: FlaskClient, house: House, wire: GoogleWire) -> None:
    wire.sign_in.signing_in = TEAM
    connects(admin)
    assert admin.post(f"{PAGE}/999/take-back").status_code == 404
    with house.parts.database.reading(house.organisation_id) as memory:
        (kept,) = organisers.all(memory)
    assert admin.post(f"{PAGE}/{kept.id}/take-back").status_code == 404, "it is the one in force"
