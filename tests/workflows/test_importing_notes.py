"""Notes from a file: each line somebody's, all kept or none, and none twice."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from mentoring.errors import BadInput
from store import challenges
from tests.workflows.house import House
from workflows import noting
from workflows.commands import running
from workflows.commands.import_notes import import_notes as command
from workflows.importing_notes import import_notes


def line(**said: Any) -> str:
    return json.dumps({"person": "ann@example.org", "text": "the query plan again", **said})


def kept(house: House) -> list[tuple[int, str, str]]:
    with house.parts.database.reading(house.organisation_id) as memory:
        return [(each.person_id, each.text, each.source) for each in challenges.everything(memory)]


def test_each_line_goes_to_whoever_it_names_and_is_sorted_by_a_job(house: House) -> None:
    ann, ben = house.add("Ann Ash"), house.add("Ben Birch")
    lines = line(at="2026-10-05T09:00:00+00:00"), "", line(person="BEN@example.org", text="hiring", source="tickets")
    assert import_notes(house.parts, house.organisation_id, "\n".join(lines).encode()) == 2
    assert sorted(kept(house)) == [(ann.id, "the query plan again", "import"), (ben.id, "hiring", "tickets")]
    assert {ids for job, ids in house.nudges if job == "sort_notes"} == {
        (house.organisation_id, ann.id),
        (house.organisation_id, ben.id),
    }


def test_the_same_file_twice_keeps_nothing_twice(house: House) -> None:
    house.add("Ann Ash")
    content = line(at="2026-10-05T09:00:00+00:00").encode()
    assert [import_notes(house.parts, house.organisation_id, content) for _ in range(2)] == [1, 0]
    assert len(kept(house)) == 1


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ("no json", "line 2"),
        (line(person="nobody@example.org"), "line 2"),
        (json.dumps({"text": "whose?"}), "line 2, person"),
        (line(text=""), "line 2, text"),
        (line(text=7), "line 2, text"),
        (line(at="yesterday"), "line 2, at"),
        (line(colour="red"), "line 2, colour"),
    ],
)
def test_a_wrong_line_is_named_and_nothing_is_kept(house: House, wrong: str, named: str) -> None:
    house.add("Ann Ash")
    with pytest.raises(BadInput) as told:
        import_notes(house.parts, house.organisation_id, f"{line()}\n{wrong}".encode())
    assert any(each.field.startswith(named) for each in told.value.problems)
    assert kept(house) == []


def test_the_command_says_how_many(house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    house.add("Ann Ash")
    monkeypatch.setattr(running, "parts", lambda: house.parts)
    (tmp_path / "notes.jsonl").write_text(line(), encoding="utf-8")
    done = CliRunner().invoke(command, [str(tmp_path / "notes.jsonl"), "--json"], catch_exceptions=False)
    assert json.loads(done.output) == {"kept": 1}


def test_what_ends_as_a_question_is_kept_as_one(house: House) -> None:
    ann = house.add("Ann Ash")
    for text in ("how do I read a query plan?", "the query plan again"):
        noting.write_down(house.parts, house.who(ann), text)
    assert [source for *_, source in kept(house)] == ["question", "note"]
