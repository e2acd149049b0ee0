"""An import is shown first and then done exactly as shown, or not at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import replace
from pathlib import Path

import pytest

from mentoring.errors import BadInput, ChangedMeanwhile
from mentoring.hours import DayHours, WeeklyHours
from mentoring.people import Person, Role
from store import audit, people
from tests.databases import PostgresServer
from tests.workflows.house import House, a_house
from workflows import importing, joining
from workflows.importing import hours_in_words, import_as_planned, plan
from workflows.people_file import Row
from workflows.views import Who

HEAD = "email,name,zone,department,title,seniority,manager,hours,weekdays,expertise\n"
BEN = "ben@example.org,Ben Birch,Europe/Berlin,,,,,,,\n"
CORA = 'cora@example.org,Cora Cedar,Asia/Tokyo,Data,,lead,ben@example.org,10:00-16:00,"mon,tue",sql;plans\n'
ANN = "ann@example.org,Ann Aspen,Europe/Berlin,Data,,,cora@example.org,,,\n"
FILE = (HEAD + ANN + BEN + CORA).encode()


@pytest.fixture
def house(tmp_path: Path) -> House:
    house = a_house(tmp_path)
    house.add("Ann Ash")
    house.add("Ben Birch")
    return house


@pytest.fixture
def admin(house: House) -> Who:
    return house.who(house.add("Zofia Zeder", roles=frozenset({Role.ADMIN})))


def dump(house: House) -> object:
    with house.parts.database.reading(house.organisation_id) as memory:
        return people.everyone(memory), audit.recent(memory)


def test_a_plan_tells_who_is_added_who_changes_and_what_and_saves_nothing(house: House, admin: Who) -> None:
    before = dump(house)
    found = plan(house.parts, admin, FILE)
    assert [(each.email, each.name) for each in found.added] == [("cora@example.org", "Cora Cedar")]
    (ann,) = found.changed
    assert {each.field: (each.before, each.after) for each in ann.changes} == {
        "name": ("Ann Ash", "Ann Aspen"),
        "department": ("", "Data"),
        "manager": ("", "cora@example.org"),
    }
    assert {each.field: each.after for each in found.added[0].changes} == {
        "name": "Cora Cedar",
        "zone": "Asia/Tokyo",
        "hours": "mon tue 10:00-16:00",
        "department": "Data",
        "seniority": "lead",
        "manager": "ben@example.org",
        "expertise": "sql; plans",
    }
    assert found.unchanged == 1
    assert dump(house) == before


def test_what_was_shown_is_done_and_then_there_is_nothing_left_to_do(house: House, admin: Who) -> None:
    done = import_as_planned(house.parts, admin, FILE, plan(house.parts, admin, FILE).seal)
    assert (done.added, done.updated, done.unchanged) == (1, 1, 1)
    again = plan(house.parts, admin, FILE)
    assert (again.added, again.changed, again.unchanged) == ((), (), 3)
    with house.parts.database.reading(house.organisation_id) as memory:
        (entry,) = audit.recent(memory)
    assert (entry.who, entry.what) == ("Zofia Zeder", "imported 3 people")


def test_another_file_under_the_same_seal_is_refused(house: House, admin: Who) -> None:
    seal = plan(house.parts, admin, FILE).seal
    before = dump(house)
    for other in (FILE + b"\n", FILE.replace(b"Data", b"Date"), HEAD.encode() + BEN.encode()):
        with pytest.raises(ChangedMeanwhile):
            import_as_planned(house.parts, admin, other, seal)
    assert dump(house) == before


def test_people_who_have_changed_since_are_looked_at_again_first(house: House, admin: Who) -> None:
    seal = plan(house.parts, admin, FILE).seal
    with house.parts.database.writing(house.organisation_id) as memory:
        ann = people.by_email(memory, "ann@example.org")
        assert ann is not None
        people.save(memory, replace(ann, department="Platform"))
    before = dump(house)
    with pytest.raises(ChangedMeanwhile):
        import_as_planned(house.parts, admin, FILE, seal)
    assert dump(house) == before


@pytest.mark.postgres
def test_what_somebody_decides_during_an_import_stays(
    tmp_path: Path, postgres_server: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It waits until all is imported, and is about who they are by then."""
    house = a_house(tmp_path, url=postgres_server.new_database())
    ann = house.add("Ann Ash")
    read_all = importing._managers_first

    def meanwhile(rows: Sequence[Row], known: Mapping[str, Person]) -> list[Row]:
        acts.append(pool.submit(joining.pause_for, house.parts, house.organisation_id, ann.id, 2))
        acts.append(pool.submit(joining.stop, house.parts, house.organisation_id, ann.id))
        wait(acts, timeout=2)
        return read_all(rows, known)

    acts: list[Future[int]] = []
    monkeypatch.setattr(importing, "_managers_first", meanwhile)
    with ThreadPoolExecutor(2) as pool:
        importing.import_people(house.parts, house.organisation_id, (HEAD + ANN + BEN + CORA).encode())
    assert [each.result(20) for each in acts] == [0, 0]
    with house.parts.database.reading(house.organisation_id) as memory:
        after = people.get(memory, ann.id)
    assert (after.name, after.stopped, after.limits.paused_until is not None) == ("Ann Aspen", True, True)
    house.parts.database.dispose()


def test_what_the_file_does_not_touch_may_change_meanwhile(house: House, admin: Who) -> None:
    seal = plan(house.parts, admin, FILE).seal
    house.add("Dan Dogwood")
    assert import_as_planned(house.parts, admin, FILE, seal).added == 1


@pytest.mark.parametrize(
    "content",
    [b"", b"email\n", FILE + b"dan,Dan,Mars,,,,,,,\n", FILE.replace(b"lead,ben@", b"lead,eve@")],
)
def test_a_wrong_file_is_refused_when_it_is_looked_at_and_when_it_is_sent_all_the_same(
    house: House, admin: Who, content: bytes
) -> None:
    before = dump(house)
    for act in (lambda: plan(house.parts, admin, content), lambda: import_as_planned(house.parts, admin, content, "")):
        with pytest.raises(BadInput):
            act()
    assert dump(house) == before


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        (WeeklyHours.every("UTC", [DayHours(540, 1020)]), "mon tue wed thu fri 09:00-17:00"),
        (WeeklyHours.every("UTC", [DayHours(540, 720), DayHours(780, 1020)], [0]), "mon 09:00-12:00 13:00-17:00"),
        (
            WeeklyHours("UTC", ((DayHours(540, 1020),), (DayHours(600, 720),), (DayHours(540, 1020),), (), (), (), ())),
            "mon wed 09:00-17:00, tue 10:00-12:00",
        ),
        (WeeklyHours("UTC"), ""),
    ],
)
def test_hours_are_told_with_days_of_the_same_hours_together(hours: WeeklyHours, words: str) -> None:
    assert hours_in_words(hours) == words


def test_the_command_and_the_page_bring_in_the_same(house: House, admin: Who) -> None:
    planned = plan(house.parts, admin, FILE)
    done = importing.import_people(house.parts, house.organisation_id, FILE)
    assert (done.added, done.updated, done.unchanged) == (len(planned.added), len(planned.changed), planned.unchanged)
