"""A forgotten person leaves nothing behind, in no table, nor in the file."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from store import audit, groups, inboxes, mailboxes, outbox, people, policies, proposals, rounds, tables, themes
from store.database import Database
from store.forgetting import without
from tests.store.building import organisation
from tests.store.everything import PLANTED, Planted, dump, planted

WITHOUT_WORDS = {"organisations", "never_with", "sign_in_links", "theme_challenges", "need_evidence"}
WITHOUT_WORDS |= {"engagements", "answers", "replies", "settled", "sign_in_requests", "groups", "group_members"}
WITHOUT_WORDS |= {"reviews", "attention", "note_changes"}
"""Tables that keep no words, so none can be planted there."""


@pytest.fixture
def house(database: Database) -> tuple[Database, int, Planted]:
    organisation_id = organisation(database)
    with database.writing(organisation_id) as memory:
        return database, organisation_id, planted(memory)


def test_the_planted_person_is_in_every_table(house: tuple[Database, int, Planted]) -> None:
    """So that the next test means something. A new table fails here until tests/store/everything.py writes to it."""
    rows = dump(house[0])
    assert {name for name, found in rows.items() if not found} == set()
    planted_in = {name for name, found in rows.items() if any(PLANTED.lower() in row.lower() for row in found)}
    assert rows.keys() - planted_in == WITHOUT_WORDS


def test_nothing_of_a_forgotten_person_is_left(house: tuple[Database, int, Planted]) -> None:
    database, organisation_id, person = house
    with database.writing(organisation_id) as memory:
        people.forget(memory, person.person_id)
    left = [row for rows in dump(database).values() for row in rows if PLANTED.lower() in row.lower()]
    assert left == []
    with database.reading(organisation_id) as memory:
        for table in tables.metadata.sorted_tables:
            for column in _about_people(table):
                pointing = memory.rows(memory.select(table).where(table.c[column] == person.person_id))
                assert pointing == [], f"{table.name}.{column}"
        with pytest.raises(KeyError):
            people.get(memory, person.person_id)
        with pytest.raises(KeyError):
            proposals.get(memory, person.proposal.id)


def test_every_column_about_a_person_goes_with_them() -> None:
    """By the keys themselves: a table that is added without one is found by its column's name."""
    names = re.compile(r"(person|people|mentee|mentor|manager|other)_id$")
    for table in tables.metadata.sorted_tables:
        named = {column.name for column in table.c if names.search(column.name)}
        assert named == set(_about_people(table)), table.name


def _about_people(table: tables.Table) -> list[str]:
    """The columns whose foreign key takes the row away with the person, or clears the column."""
    found = []
    for constraint in table.foreign_key_constraints:
        if constraint.referred_table is tables.people:
            assert constraint.ondelete in {"CASCADE", "SET NULL"}, table.name
            found.append(constraint.elements[-1].parent.name)
    return found


def test_what_others_did_stays_without_the_name(house: tuple[Database, int, Planted]) -> None:
    database, organisation_id, person = house
    with database.writing(organisation_id) as memory:
        people.forget(memory, person.person_id)
        (entry,) = audit.recent(memory)
        assert (entry.who, entry.subject) == ("somebody who left", "somebody who left")
        assert entry.what == "connected a calendar"
        newest = policies.current(memory)
        assert (newest.author, newest.reason) == ("somebody who left", "somebody who left asked for it")
        assert [theme.label for theme in themes.all(memory)] == ["slow build"]
        assert [(need.person_id, need.label) for need in themes.needs(memory)] == [(person.other_id, "slow build")]
        assert people.get(memory, person.other_id).manager_id is None
        kept = mailboxes.kept(memory)
        assert kept is not None
        assert kept.problem == "550 5.1.1 <somebody who left>: no such user"
        (draft,) = memory.rows(memory.select(tables.policy_drafts))
        assert (draft.author, draft.body["forbidden_pairs"]) == ("somebody who left", [])
        assert groups.all(memory) == {"Newcomers": ()}
        inbox = inboxes.kept(memory)
        assert inbox is not None
        assert inbox.problem == "NO somebody who left is over quota"
        (letter,) = outbox.failed(memory)
        assert (letter.person_id, letter.last_error) == (person.other_id, "somebody who left's calendar is full")


def test_a_round_that_they_were_in_is_no_longer_replayable(house: tuple[Database, int, Planted]) -> None:
    database, organisation_id, person = house
    with database.writing(organisation_id) as memory:
        untouched = rounds.start(memory, 1, person.proposal.interval.start)
        assert rounds.get(memory, person.round_id).replayable
        people.forget(memory, person.person_id)
        found = rounds.get(memory, person.round_id)
        assert rounds.get(memory, untouched).replayable
    assert not found.replayable
    assert [each["words"] for each in found.record["candidates"]] == ["stays"]
    assert found.record["scores"] == {"mentee_id": [person.other_id], "mentor_id": [7], "score": [0.25]}
    assert found.record["absences"] == {str(person.other_id): []}
    assert found.record["people"] == [person.other_id]
    assert found.record["summary"] == "two people, somebody who left among them"


def test_a_record_about_others_is_left_alone() -> None:
    record = {"theme_id": 5, "candidates": [{"mentee_id": 1, "mentor_id": 2, "score": 5}], "people": [1, 2]}
    assert without(record, 5, re.compile("nobody")) == record


def test_their_id_is_never_given_to_somebody_else(house: tuple[Database, int, Planted]) -> None:
    database, organisation_id, person = house
    with database.writing(organisation_id) as memory:
        people.forget(memory, person.person_id)
        people.forget(memory, person.other_id)
    with database.writing(organisation_id) as memory:
        assert planted(memory).other_id > max(person.person_id, person.other_id)


def test_the_file_does_not_hold_them_either(sqlite_database: Database, tmp_path: Path) -> None:
    organisation_id = organisation(sqlite_database)
    with sqlite_database.writing(organisation_id) as memory:
        person = planted(memory)
    with sqlite_database.writing(organisation_id) as memory:
        people.forget(memory, person.person_id)
    sqlite_database.dispose()
    files = list(tmp_path.iterdir())
    assert files
    assert not any(PLANTED.encode() in file.read_bytes() for file in files)


def test_forgetting_somebody_unknown_is_an_error(database: Database) -> None:
    with pytest.raises(KeyError), database.writing(organisation(database)) as memory:
        people.forget(memory, 1)
