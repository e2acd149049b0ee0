"""The API: notes as somebody, by a key that was shown once; whole or not at all, once however often it is sent."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from mentoring.needs import Challenge
from mentoring.people import Person
from store import challenges, people
from tests.workflows.house import House, a_house
from webapp.app import create_app
from webapp.limits import limiter
from workflows import api, joining


class Programs:
    """Ann's programs, and the key that she made for them."""

    def __init__(self, folder: Path) -> None:
        self.house: House = a_house(folder)
        self.ann: Person = self.house.add("Ann Ash")
        self.key = api.make_key(self.house.parts, self.house.who(self.ann), "my editor")
        settings = replace(self.house.parts.settings, redis_url="memory://")
        self.app: Flask = create_app(settings, self.house.parts)
        limiter.reset()

    def post(self, body: Any, token: str | None = None, **headers: str) -> TestResponse:
        given = {"Authorization": f"Bearer {self.key.token if token is None else token}"} | headers
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.app.test_client().post("/api/notes", data=data, headers=given)

    def notes(self) -> tuple[Challenge, ...]:
        with self.house.parts.database.reading(self.house.organisation_id) as memory:
            return challenges.of_person(memory, self.ann.id)


@pytest.fixture
def programs(tmp_path: Path) -> Programs:
    return Programs(tmp_path)


def test_a_note_is_kept_as_that_person_without_a_cookie_and_looked_at_at_once(programs: Programs) -> None:
    response = programs.post({"text": "the  release notes", "at": "2026-11-20T09:30:00+01:00", "source": "editor"})
    (note,) = programs.notes()
    assert (response.status_code, response.json) == (201, {"id": note.id})
    assert "Set-Cookie" not in response.headers
    assert (note.text, note.source, note.at.isoformat()) == ("the release notes", "editor", "2026-11-20T08:30:00+00:00")
    assert ("sort_notes", (programs.house.organisation_id, programs.ann.id)) in programs.house.nudges


def test_what_is_left_out_is_now_and_from_the_api(programs: Programs) -> None:
    programs.post({"text": "x"})
    (note,) = programs.notes()
    assert (note.source, note.at) == ("api", programs.house.clock())


def test_many_are_kept_together(programs: Programs) -> None:
    response = programs.post({"notes": [{"text": f"number {each}"} for each in range(100)]})
    assert response.status_code == 201
    assert sorted(response.get_json()["ids"]) == sorted(each.id for each in programs.notes())
    assert len(programs.notes()) == 100


WRONG = [
    ({"text": ""}, {"text"}),
    ({}, {"text"}),
    ({"text": 7}, {"text"}),
    ({"text": "x" * 2001}, {"text"}),
    ({"text": "a zero \x00 byte"}, {"text"}),
    (b'{"text": "half a character \\ud83d"}', {"text"}),
    ({"text": "x", "at": "yesterday"}, {"at"}),
    ({"text": "x", "at": "2026-11-20T09:30:00"}, {"at"}),
    ({"text": "x", "at": "2031-01-01T00:00:00Z"}, {"at"}),
    ({"text": "x", "at": "1999-01-01T00:00:00Z"}, {"at"}),
    ({"text": "x", "at": 5}, {"at"}),
    ({"text": "x", "source": "Not A Word"}, {"source"}),
    ({"text": "x", "person": 1}, {"person"}),
    ({"text": "", "at": "x", "source": ""}, {"text", "at", "source"}),
    ({"notes": []}, {"notes"}),
    ({"notes": "x"}, {"notes"}),
    ({"notes": [{"text": "x"}], "text": "y"}, {"notes"}),
    ({"notes": [{"text": "x"}] * 101}, {"notes"}),
    ({"notes": [{"text": "fine"}, {"text": ""}, 3]}, {"notes[1].text", "notes[2]"}),
    ([], {""}),
    ("x", {""}),
    (None, {""}),
    (b"not json", {""}),
    (b"\xff", {""}),
    (b"[" * 100_000, {""}),
]


@pytest.mark.parametrize(("body", "fields"), WRONG)
def test_what_is_wrong_is_named_and_nothing_is_kept(programs: Programs, body: Any, fields: set[str]) -> None:
    response = programs.post(body)
    assert response.status_code == 400
    assert {each["field"] for each in response.get_json()["problems"]} == fields
    assert programs.notes() == ()


@pytest.mark.parametrize("token", ["", "x", "interlude_" + "A" * 43])
def test_without_a_key_that_works_nothing_comes_in(programs: Programs, token: str) -> None:
    response = programs.post({"text": "x"}, token)
    assert (response.status_code, response.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert programs.notes() == ()


def test_a_key_ends_when_it_is_revoked_and_when_its_owner_signs_out_everywhere_or_leaves(programs: Programs) -> None:
    house, who = programs.house, programs.house.who(programs.ann)
    other = api.make_key(house.parts, who, "another")
    api.revoke_key(house.parts, who, programs.key.id)
    assert programs.post({"text": "x"}).status_code == 401
    assert programs.post({"text": "x"}, other.token).status_code == 201
    joining.sign_out_everywhere(house.parts, who)
    assert programs.post({"text": "x"}, other.token).status_code == 401
    last = api.make_key(house.parts, who, "last")
    with house.parts.database.writing(house.organisation_id) as memory:
        people.note(memory, programs.ann.id, leaving_at=house.clock())
    assert programs.post({"text": "x"}, last.token).status_code == 401


def test_only_the_hash_of_a_key_is_kept_and_it_is_shown_once(programs: Programs) -> None:
    (kept,) = api.keys(programs.house.parts, programs.house.who(programs.ann))
    assert (kept.name, kept.token) == ("my editor", "")
    assert programs.key.token not in repr(programs.key)
    file = Path(programs.house.parts.settings.database_url.removeprefix("sqlite:///"))
    assert programs.key.token.encode() not in b"".join(each.read_bytes() for each in file.parent.glob("interlude.db*"))


def test_the_same_request_again_is_answered_alike_and_keeps_nothing_more(programs: Programs) -> None:
    first, again = (programs.post({"text": "x"}, **{"Idempotency-Key": "one"}) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json == again.json
    assert len(programs.notes()) == 1
    assert programs.post({"text": "y"}, **{"Idempotency-Key": "one"}).status_code == 409
    assert programs.post({"text": "x"}, **{"Idempotency-Key": "two"}).status_code == 201
    assert programs.post({"text": "x"}, **{"Idempotency-Key": "x" * 201}).status_code == 400
    assert len(programs.notes()) == 2


def test_too_much_at_once_is_refused(programs: Programs) -> None:
    assert programs.post(b'{"text": "' + b"x" * (513 * 1024) + b'"}').status_code == 413
    assert programs.notes() == ()


def test_too_many_in_a_short_while_are_told_when_to_come_again(programs: Programs) -> None:
    codes = [programs.post({"text": ""}).status_code for _ in range(61)]
    assert codes == [400] * 60 + [429]
    late = programs.post({"text": "x"})
    assert int(late.headers["Retry-After"]) > 0
    assert late.is_json
    limiter.reset()


def test_a_key_is_made_on_its_page_and_named_there(programs: Programs) -> None:
    with pytest.raises(api.BadInput, match="up to 60"):
        api.make_key(programs.house.parts, programs.house.who(programs.ann), " ")
    with pytest.raises(KeyError):
        api.revoke_key(programs.house.parts, programs.house.who(programs.house.add("Ben Birch")), programs.key.id)
