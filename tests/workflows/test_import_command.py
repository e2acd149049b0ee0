"""`interlude import people.csv`: every wrong line is named, and then nothing is saved."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import pytest

from mentoring.hours import DayHours
from mentoring.people import Person, Role, Seniority, Way
from store import people
from tests.workflows.commanding import Here, Installation, Said
from tests.workflows.house import House, nine_to_five

ANN = "ann@example.org,Ann Ash,Europe/Berlin"
BEN = "ben@example.org,Ben Birch,America/New_York"


@pytest.fixture
def bring(interlude: Here, tmp_path: Path) -> Bring:
    return Bring(interlude, tmp_path / "people.csv")


class Bring:
    """Writes the file and imports it."""

    def __init__(self, interlude: Here, file: Path) -> None:
        self.interlude = interlude
        self.file = file

    def __call__(self, *lines: str, columns: str = "email,name,zone", ends: str = "\n") -> Said:
        return self.bytes(ends.join([columns, *lines, ""]).encode())

    def bytes(self, content: bytes) -> Said:
        self.file.write_bytes(content)
        return self.interlude.run("import", str(self.file), "--json")


def everyone(house: House) -> dict[str, Person]:
    with house.parts.database.reading(house.organisation_id) as memory:
        return {person.email: person for person in people.everyone(memory)}


def problems(said: Said) -> list[str]:
    assert said.code == 2, said
    assert said.out == ""
    return [line.removeprefix("interlude: ") for line in said.err.splitlines()]


def test_people_come_in_and_are_opted_in_to_nothing(bring: Bring, house: House) -> None:
    assert bring(ANN, BEN).json == {"added": 2, "updated": 0, "unchanged": 0}
    assert {person.roles for person in everyone(house).values()} == {frozenset()}
    assert everyone(house)["ben@example.org"].limits.zone == "America/New_York"


def test_every_column_is_taken_in(bring: Bring, house: House) -> None:
    columns = "Email, Name ,ZONE,department,title,seniority,manager,hours,weekdays,expertise"
    ann = 'ANN@Example.org,Ann Ash,Europe/Berlin,Data,Analyst,Senior,ben@example.org,08:00-16:30,"mon,Tue",sql; plans;'
    ben = "ben@example.org,Ben Birch,UTC,,,,,,,"
    assert bring(ann, ben, columns=columns).code == 0
    known = everyone(house)
    found = known["ann@example.org"]
    assert (found.department, found.title, found.seniority) == ("Data", "Analyst", Seniority.SENIOR)
    assert found.manager_id == known["ben@example.org"].id
    assert found.limits.hours.days == ((DayHours(480, 990),),) * 2 + ((),) * 5
    assert [each.text for each in found.expertise] == ["sql", "plans"]


def test_languages_ways_and_groups_are_taken_in_and_groups_only_added_to(bring: Bring, house: House) -> None:
    columns = "email,name,zone,languages,ways,groups"
    assert bring(f"{ANN},DE; en,video;Chat,Pilot; Berlin", f"{BEN},,,Pilot", columns=columns).code == 0
    known = everyone(house)
    ann, ben = known["ann@example.org"], known["ben@example.org"]
    assert (ann.languages, ann.ways, ann.groups) == (("de", "en"), {Way.VIDEO, Way.CHAT}, {"Pilot", "Berlin"})
    assert (ben.languages, ben.ways, ben.groups) == ((), frozenset(), {"Pilot"})
    again = bring(f"{ANN},,,Leads", f"{BEN},,,Pilot", columns=columns)
    assert again.json == {"added": 0, "updated": 1, "unchanged": 1}
    ann = everyone(house)["ann@example.org"]
    assert (ann.languages, ann.groups) == (("de", "en"), {"Pilot", "Berlin", "Leads"})


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("cora@example.org,Cora,Mars/Olympus", "line 3, zone: there is no time zone called 'Mars/Olympus'"),
        ("cora@example.org,,UTC", "line 3, name: it is missing"),
        (",Cora,UTC", "line 3, email: it is missing"),
        ("cora,Cora,UTC", "line 3, email: 'cora' is not a mail address"),
        ("c@a@example.org,Cora,UTC", "line 3, email: 'c@a@example.org' is not a mail address"),
        (f"{'c' * 250}@example.org,Cora,UTC", "line 3, email: it is over 254 characters"),
        (f"cora@example.org,{'C' * 501},UTC", "line 3, name: it is over 500 characters"),
        ("cora@example.org,Co\0ra,UTC", "line 3, name: it holds a character that is not text"),
        ("cora@example.org,Cora", "line 3: it has 2 fields, and the first line 3"),
        ("cora@example.org,Cora,UTC,more", "line 3: it has 4 fields, and the first line 3"),
        ("Ann@Example.org,Cora,UTC", "line 3, email: ann@example.org stands on line 2 already"),
        (
            'cora@example.org,"Co"ra,UTC',
            "line 3: this is not CSV: ',' expected after '\"'; nothing after it was checked",
        ),
    ],
)
def test_a_wrong_line_is_named_and_nothing_is_saved(bring: Bring, house: House, line: str, words: str) -> None:
    assert problems(bring(ANN, line)) == [words]
    assert everyone(house) == {}


@pytest.mark.parametrize(
    ("column", "text", "words"),
    [
        ("hours", "9 to 5", "write hours like 09:00-17:00, not '9 to 5'"),
        ("hours", "09:00-09:00", "write hours like 09:00-17:00, not '09:00-09:00'"),
        ("weekdays", '"mon,funday"', "'funday' is not a weekday; use mon,tue,wed,thu,fri,sat,sun"),
        ("seniority", "wizard", "it must be one of junior, middle, senior, lead, not 'wizard'"),
        ("languages", "de;klingon", "'klingon' is no language we know; write codes like de;en, the best first"),
        ("ways", "video;pigeon", "each must be one of video, phone, in_person, chat, not 'pigeon'"),
        ("groups", "x" * 101, "a group's name is over 100 characters"),
        ("manager", "nobody@example.org", "'nobody@example.org' is nobody in this file, nor known already"),
        ("manager", "ann@example.org", "nobody is their own manager"),
    ],
)
def test_a_wrong_field_is_named(bring: Bring, house: House, column: str, text: str, words: str) -> None:
    said = bring(f"{ANN},{text}", columns=f"email,name,zone,{column}")
    assert problems(said) == [f"line 2, {column}: {words}"]
    assert everyone(house) == {}


def test_every_problem_of_the_file_is_told_at_once(bring: Bring) -> None:
    said = bring("ann,Ann,Mars,9-5", "ben@example.org,,UTC,", columns="email,name,zone,hours")
    fields = [problem.split(":")[0] for problem in problems(said)]
    assert fields == ["line 2, email", "line 2, zone", "line 2, hours", "line 3, name"]


def test_managers_that_go_round_in_a_circle_are_refused(bring: Bring) -> None:
    lines = (f"{ANN},ben@example.org", f"{BEN},ann@example.org")
    (problem,) = problems(bring(*lines, columns="email,name,zone,manager"))
    assert "line 2, manager: ben@example.org reports to ann@example.org in the end" in problem


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ("email,name", ["line 1: the column 'zone' is missing"]),
        ("email,name,zone,shoe", ["line 1: there is no column 'shoe'; known are email, name, zone,"]),
        ("email,name,zone,name", ["line 1: the column 'name' stands twice"]),
        ("email;name;zone", ["line 1: separate the columns by commas, not by semicolons"]),
    ],
)
def test_wrong_columns_are_named(bring: Bring, columns: str, words: list[str]) -> None:
    told = problems(bring(ANN, columns=columns))
    assert [problem[: len(start)] for problem, start in zip(told, words, strict=True)] == words


def test_an_empty_file_and_one_in_another_encoding_are_refused(bring: Bring) -> None:
    assert "it is empty" in problems(bring.bytes(b""))[0]
    content = f"email,name,zone\n{ANN}\nc@example.org,Jörg,UTC\n".encode("latin-1")
    assert problems(bring.bytes(content)) == ["line 3: this is not UTF-8; save the file as “CSV UTF-8”"]


def test_a_byte_order_mark_windows_line_ends_and_blank_lines_are_fine(bring: Bring, house: House) -> None:
    said = bring.bytes(b"\xef\xbb\xbf" + f"email,name,zone\r\n{ANN}\r\n\r\n,,\r\n{BEN}".encode())
    assert said.json["added"] == 2
    assert set(everyone(house)) == {"ann@example.org", "ben@example.org"}


def test_line_ends_inside_quotes_belong_to_the_field_and_lines_are_counted_as_an_editor_does(bring: Bring) -> None:
    said = bring('ann@example.org,"Ann\nAsh",UTC', "", 'ben,"Ben\nBirch",UTC', "cora,Cora,UTC")
    assert [problem.split(",")[0] for problem in problems(said)] == ["line 5", "line 7"]


def test_a_name_may_hold_a_line_end(bring: Bring, house: House) -> None:
    assert bring('ann@example.org,"Ann\nAsh",UTC').code == 0
    assert everyone(house)["ann@example.org"].name == "Ann\nAsh"


def test_importing_again_updates_what_the_file_says_and_leaves_the_rest(bring: Bring, house: House) -> None:
    bring(f"{ANN},Data,sql", BEN + ",,", columns="email,name,zone,department,expertise")
    ann = everyone(house)["ann@example.org"]
    own_limits = nine_to_five("Europe/Berlin", per_week=1, buffer_minutes=10)
    with house.parts.database.writing(house.organisation_id) as memory:
        people.save(memory, replace(ann, roles=frozenset({Role.MENTEE}), limits=own_limits))
        people.stop(memory, ann.id)
    said = bring("ann@example.org,Ann Aspen,Asia/Tokyo", BEN)
    assert said.json == {"added": 0, "updated": 1, "unchanged": 1}
    again = everyone(house)["ann@example.org"]
    assert (again.name, again.limits.zone, again.department) == ("Ann Aspen", "Asia/Tokyo", "Data")
    assert (again.roles, again.stopped, again.expertise) == (frozenset({Role.MENTEE}), True, ann.expertise)
    assert (again.limits.per_week, again.limits.buffer_minutes) == (1, 10)
    assert again.limits.hours.days == own_limits.hours.days


def test_a_manager_may_be_somebody_known_already(bring: Bring, house: House) -> None:
    bring(ANN)
    assert bring(f"{BEN},Ann@example.org", columns="email,name,zone,manager").json["added"] == 1
    known = everyone(house)
    assert known["ben@example.org"].manager_id == known["ann@example.org"].id


def test_with_nobody_to_import_into_it_says_how_to_begin(installation: Installation, tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text(f"email,name,zone\n{ANN}\n")
    said = installation.run("import", str(tmp_path / "people.csv"))
    assert (said.code, said.out) == (2, "")
    assert "begin with: interlude admin add EMAIL" in said.err
    assert installation.run("admin", "add", "root@example.org").code == 0
    said = installation.run("import", str(tmp_path / "people.csv"))
    assert (said.code, said.out) == (0, "1 added, 0 updated, 0 as they were\n")


@pytest.mark.slow
def test_ten_thousand_lines_take_less_than_a_minute_and_again_much_less(bring: Bring, house: House) -> None:
    lines = [f"p{n}@example.org,Person {n},UTC,p{n // 10}@example.org,a;b" for n in range(1, 10_000)]
    columns = "email,name,zone,manager,expertise"
    began = time.monotonic()
    assert bring("p0@example.org,The Boss,UTC,,", *lines, columns=columns).json["added"] == 10_000
    assert time.monotonic() - began < 60
    began = time.monotonic()
    assert bring("p0@example.org,The Boss,UTC,,", *lines, columns=columns).json["unchanged"] == 10_000
    assert time.monotonic() - began < 15
