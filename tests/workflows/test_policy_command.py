"""`interlude policy`: the rules from a terminal."""

from __future__ import annotations

import pytest

from store import policies
from tests.workflows.commanding import Here
from tests.workflows.house import House


def test_the_rules_in_force_are_shown_as_far_as_somebody_set_them(interlude: Here, house: House) -> None:
    assert "Everything is as it comes." in interlude.run("policy", "show").out
    house.policy(session_minutes=30, author="Zofia", reason="people asked for it")
    said = interlude.run("policy", "show")
    assert said.code == 0
    assert "by Zofia: people asked for it" in said.out
    assert "20 minutes → 30 minutes" in said.out
    assert interlude.run("policy", "show", "--json").json["policy"]["session_minutes"] == 30


def test_every_version_is_listed_with_what_it_changed(interlude: Here, house: House) -> None:
    made = house.policy(session_minutes=30, author="Zofia", reason="people asked for it")
    latest, *earlier = interlude.run("policy", "history", "--json").json
    assert (latest["version"], latest["author"], latest["reason"]) == (made.version, "Zofia", "people asked for it")
    assert [(each["before"], each["after"]) for each in latest["changes"]] == [("20 minutes", "30 minutes")]
    assert len(earlier) == made.version - 1
    assert interlude.run("policy", "history").out.startswith(f"Version {made.version}, ")


def test_a_version_is_put_in_force_again_as_a_new_one(interlude: Here, house: House) -> None:
    made = house.policy(session_minutes=30)
    said = interlude.run("policy", "restore", str(made.version - 1), "--reason", "too long")
    assert said.code == 0
    with house.parts.database.reading(house.organisation_id) as memory:
        now = policies.current(memory)
    assert (now.version, now.session_minutes, now.author) == (made.version + 1, 20, "command line")
    assert now.reason == f"Version {made.version - 1} again: too long"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["show", "99"], "VERSION: there is no version 99; the latest is 3"),
        (["restore", "99", "--reason", "why"], "VERSION: there is no version 99"),
        (["restore", "2", "--reason", " "], "reason: say why, for other admins and for yourself in half a year"),
        (["restore", "3", "--reason", "why"], "reason: these are the rules in force"),
    ],
)
def test_what_cannot_be_is_named_and_changes_nothing(
    interlude: Here, house: House, arguments: list[str], words: str
) -> None:
    made = house.policy(session_minutes=30)
    said = interlude.run("policy", *arguments)
    assert (said.code, said.err) == (2, f"interlude: {words}\n")
    with house.parts.database.reading(house.organisation_id) as memory:
        assert policies.current(memory) == made
