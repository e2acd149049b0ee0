"""People from a CSV file: every line is checked before anything is saved."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, replace

from mentoring.errors import BadInput, Problem
from mentoring.hours import DayHours, WeeklyHours, parse_weekdays, zone
from mentoring.people import Expertise, Person, Seniority
from store import audit, people
from store.memory import Memory
from workflows.bootstrap import Parts
from workflows.welcoming import newcomer

NEEDED = ("email", "name", "zone")
KNOWN = (*NEEDED, "department", "title", "seniority", "manager", "hours", "weekdays", "expertise")
LONGEST_FIELD = 500


@dataclass(frozen=True)
class Imported:
    added: int
    updated: int


@dataclass(frozen=True)
class Row:
    """One line of the file, checked. line: as an editor counts it."""

    line: int
    person: Person
    manager: str


def import_people(parts: Parts, organisation_id: int, content: bytes) -> Imported:
    """Adds or updates everybody in the file, in one transaction. Raises BadInput naming every line that is wrong."""
    rows = read(content, organisation_id)
    with parts.database.writing(organisation_id) as memory:
        before = {person.email: person for person in people.everyone(memory)}
        saved = {row.person.email: _save(memory, row, before) for row in rows}
        everyone = before | saved
        _set_managers(memory, rows, everyone)
        audit.note(memory, "command line", f"imported {len(rows)} people", "people", parts.clock())
    updated = sum(row.person.email in before for row in rows)
    return Imported(len(rows) - updated, updated)


def read(content: bytes, organisation_id: int = 0) -> tuple[Row, ...]:
    """The rows of a file. Raises BadInput with every problem, each naming its line."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise BadInput.of("file", "must be UTF-8 text") from problem
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    _check_columns(reader.fieldnames or [])
    rows: list[Row] = []
    problems: list[Problem] = []
    try:
        for given in reader:
            try:
                rows.append(_row(reader.line_num, given, organisation_id))
            except BadInput as wrong:
                problems += [Problem(f"line {reader.line_num}, {each.field}", each.message) for each in wrong.problems]
    except csv.Error as wrong:
        problems.append(Problem(f"line {reader.line_num}", str(wrong)))
    problems += _repeats(rows)
    if problems:
        raise BadInput(*problems)
    return tuple(rows)


def _check_columns(columns: object) -> None:
    given = [str(each).strip().lower() for each in columns]  # type: ignore[attr-defined]
    problems = [Problem(name, "this column is missing") for name in NEEDED if name not in given]
    problems += [
        Problem(name, f"there is no such column; known are {', '.join(KNOWN)}") for name in given if name not in KNOWN
    ]
    problems += [Problem(name, "this column stands twice") for name in sorted({n for n in given if given.count(n) > 1})]
    if problems:
        raise BadInput(*problems)


def _row(line: int, given: dict[str | None, object], organisation_id: int) -> Row:
    if None in given or None in given.values():
        raise BadInput.of("fields", "this line has more or fewer fields than the first one")
    fields = {str(name).strip().lower(): str(value).strip() for name, value in given.items()}
    problems = [Problem(name, "is needed") for name in NEEDED if not fields[name]]
    problems += [
        Problem(name, f"is over {LONGEST_FIELD} characters")
        for name, text in fields.items()
        if len(text) > LONGEST_FIELD
    ]
    if fields["email"] and ("@" not in fields["email"].strip("@") or " " in fields["email"]):
        problems.append(Problem("email", f"{fields['email']!r} is not a mail address"))
    person, found = _person(fields, organisation_id)
    if problems or found or person is None:
        raise BadInput(*problems, *found)
    return Row(line, person, fields.get("manager", "").lower())


def _person(fields: dict[str, str], organisation_id: int) -> tuple[Person | None, list[Problem]]:
    problems: list[Problem] = []
    hours, days, seniority = None, None, Seniority.MIDDLE
    try:
        zone(fields["zone"] or "UTC", "zone")
    except BadInput as wrong:
        problems += wrong.problems
    try:
        hours = DayHours.parse(fields.get("hours") or "09:00-17:00")
    except BadInput as wrong:
        problems += wrong.problems
    try:
        days = parse_weekdays(fields.get("weekdays") or "mon,tue,wed,thu,fri")
    except BadInput as wrong:
        problems += wrong.problems
    try:
        seniority = Seniority(fields.get("seniority") or "middle")
    except ValueError:
        problems.append(Problem("seniority", f"must be one of {', '.join(Seniority)}"))
    if problems or hours is None or days is None or not fields["zone"]:
        return None, problems
    person = newcomer(organisation_id, fields["email"], fields["name"], fields["zone"])
    limits = replace(person.limits, hours=WeeklyHours.every(fields["zone"], [hours], days))
    expertise = tuple(Expertise(text.strip()) for text in fields.get("expertise", "").split(";") if text.strip())
    return (
        replace(
            person,
            limits=limits,
            department=fields.get("department", ""),
            title=fields.get("title", ""),
            seniority=seniority,
            expertise=expertise,
        ),
        [],
    )


def _repeats(rows: list[Row]) -> Iterator[Problem]:
    first: dict[str, int] = {}
    for row in rows:
        if row.person.email in first:
            yield Problem(
                f"line {row.line}, email", f"{row.person.email} stands on line {first[row.person.email]} already"
            )
        first.setdefault(row.person.email, row.line)


def _save(memory: Memory, row: Row, before: dict[str, Person]) -> Person:
    known = before.get(row.person.email)
    if known is None:
        return people.add(memory, row.person)
    updated = replace(
        row.person,
        id=known.id,
        roles=known.roles,
        never_with=known.never_with,
        stopped=known.stopped,
        manager_id=known.manager_id,
        limits=replace(known.limits, hours=row.person.limits.hours),
        expertise=row.person.expertise or known.expertise,
    )
    people.save(memory, updated)
    return updated


def _set_managers(memory: Memory, rows: tuple[Row, ...], everyone: dict[str, Person]) -> None:
    problems = []
    for row in rows:
        if not row.manager:
            continue
        manager = everyone.get(row.manager)
        if manager is None or row.manager == row.person.email:
            problems.append(
                Problem(f"line {row.line}, manager", f"{row.manager!r} is nobody else in this file or already known")
            )
        else:
            people.save(memory, replace(everyone[row.person.email], manager_id=manager.id))
    if problems:
        raise BadInput(*problems)
