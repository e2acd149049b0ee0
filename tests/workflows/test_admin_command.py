"""`interlude admin add`: a person who runs the installation, and the link that lets them in once."""

from __future__ import annotations

import pytest

from mentoring.people import Role
from store import organisations, people
from tests.workflows.commanding import Here, Installation
from tests.workflows.house import House
from workflows import signing_in
from workflows.door_views import CameIn


def token(said_link: str) -> str:
    return said_link.strip().rpartition("/")[2]


def test_the_link_signs_that_person_in_once(interlude: Here, house: House) -> None:
    said = interlude.run("admin", "add", "Zofia@Example.org", "--name", "Zofia Wójcik", "--zone", "Europe/Warsaw")
    assert said.code == 0
    assert said.out.startswith("http://127.0.0.1:8000/sign-in/")
    came = signing_in.by_link(house.parts, token(said.out))
    assert came is not None
    person = signing_in.person(house.parts, came.who)
    assert (person.email, person.name, person.limits.zone) == ("zofia@example.org", "Zofia Wójcik", "Europe/Warsaw")
    assert person.roles == {Role.ADMIN}, "an admin is not opted in to being proposed"
    assert signing_in.by_link(house.parts, token(said.out)) is None


def test_somebody_known_becomes_an_admin_and_keeps_everything_else(interlude: Here, house: House) -> None:
    ann = house.add("Ann Ash")
    link = interlude.run("admin", "add", "ann@example.org", "--name", "Other", "--json").json["link"]
    came = signing_in.by_link(house.parts, token(link))
    assert came == CameIn(house.who(ann))
    person = signing_in.person(house.parts, house.who(ann))
    assert (person.name, person.roles) == ("Ann Ash", ann.roles | {Role.ADMIN})


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nobody"], "email: 'nobody' is not a mail address"),
        (["@example.org"], "email: '@example.org' is not a mail address"),
        (["a b@example.org"], "email: 'a b@example.org' is not a mail address"),
        (["ann@example.org", "--zone", "Mars/Olympus"], "zone: there is no time zone called 'Mars/Olympus'"),
    ],
)
def test_bad_input_is_named_and_nothing_is_half_saved(
    interlude: Here, house: House, arguments: list[str], words: str
) -> None:
    said = interlude.run("admin", "add", *arguments, "--organisation", "Another one")
    assert (said.code, said.out, said.err) == (2, "", f"interlude: {words}\n")
    with house.parts.database.reading_all() as memory:
        assert [each.name for each in organisations.all(memory)] == ["Test"]
    with house.parts.database.reading(house.organisation_id) as memory:
        assert people.everyone(memory) == ()


def test_the_first_admin_brings_the_organisation(installation: Installation) -> None:
    said = installation.run("admin", "add", "root@example.org", "--organisation", "Ash & Co", "--json")
    assert set(said.json) == {"link"}
    names = [each["name"] for each in installation.run("doctor", "--json").json]
    assert names[-2:] == ["Ash & Co", "Ash & Co: mail"]


def test_where_there_are_several_it_asks_which(interlude: Here) -> None:
    interlude.run("admin", "add", "ann@example.org", "--organisation", "Second")
    said = interlude.run("admin", "add", "ben@example.org")
    assert said.code == 2
    assert "say which one: Test, Second" in said.err
