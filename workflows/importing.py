"""Bringing people in from a CSV file: planned first, then all of it is saved or nothing."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from mentoring.errors import BadInput, ChangedMeanwhile, Problem
from mentoring.hours import WEEKDAYS, WeeklyHours
from mentoring.people import Person
from store import audit, directory, groups, organisations, people
from store.memory import Memory
from workflows.admin_views import FieldChange, ImportLine, ImportPlan
from workflows.bootstrap import Parts
from workflows.people_file import Row, read
from workflows.steering import admin
from workflows.views import Who
from workflows.welcoming import newcomer

COMMAND_LINE = "command line"


@dataclass(frozen=True)
class Imported:
    added: int
    updated: int
    unchanged: int


def import_people(parts: Parts, organisation_id: int, content: bytes) -> Imported:
    """Adds or updates everybody in the file, in one transaction. Raises BadInput naming every line that is wrong."""
    rows = read(content)
    with parts.database.writing(organisation_id) as memory:
        _hold_everybody(memory)
        return _brought_in(memory, rows, COMMAND_LINE, parts.clock())


def plan(parts: Parts, who: Who, content: bytes) -> ImportPlan:
    """What importing that file would do; nothing is changed. Raises BadInput as above, NotAllowed for no admin."""
    rows = read(content)
    with parts.database.reading(who.organisation_id) as memory:
        admin(memory, who)
        return _planned(memory, rows, content)


def import_as_planned(parts: Parts, who: Who, content: bytes, seal: str) -> Imported:
    """Does what the plan of that seal says. Raises ChangedMeanwhile when the file or the people are others by now."""
    rows = read(content)
    with parts.database.writing(who.organisation_id) as memory:
        person = admin(memory, who)
        _hold_everybody(memory)
        if _planned(memory, rows, content).seal != seal:
            raise ChangedMeanwhile("the file or the people have changed since the preview")
        return _brought_in(memory, rows, person.name, parts.clock())


def _hold_everybody(memory: Memory) -> None:
    """What is read of them from here on is not changed by anybody else before all is saved."""
    organisations.hold(memory)
    people.hold(memory, directory.names(memory))


def _brought_in(memory: Memory, rows: Sequence[Row], by: str, now: datetime) -> Imported:
    before = _by_email(memory)
    after = dict(before)
    for row in _managers_first(rows, before):
        after[row.email] = _saved(memory, row, after)
    _grouped(memory, after.values())
    audit.note(memory, by, f"imported {len(rows)} people", "people", now)
    added = sum(row.email not in before for row in rows)
    unchanged = sum(before.get(row.email) == after[row.email] for row in rows)
    return Imported(added, len(rows) - added - unchanged, unchanged)


def _grouped(memory: Memory, everybody: Iterable[Person]) -> None:
    """Everybody is in the groups that they are told to be in. Nobody is taken out of one."""
    wanted: dict[str, set[int]] = defaultdict(set)
    for person in everybody:
        for name in person.groups:
            wanted[name].add(person.id)
    known = groups.all(memory)
    for name, ids in sorted(wanted.items()):
        if not ids <= set(known.get(name, ())):
            groups.put(memory, name, ids | set(known.get(name, ())))


def _by_email(memory: Memory) -> dict[str, Person]:
    return {person.email: person for person in people.everyone(memory)}


def _saved(memory: Memory, row: Row, known: Mapping[str, Person]) -> Person:
    """As the line has it. Nothing is written for somebody about whom it says nothing new."""
    before = known.get(row.email)
    told = row.onto(before or newcomer(memory.scope, row.email, row.name, row.zone))
    if row.manager:
        told = replace(told, manager_id=known[row.manager].id)
    if before is None:
        return replace(people.add(memory, told), groups=told.groups)
    return before if told == before else replace(people.save(memory, told), groups=told.groups)


def _planned(memory: Memory, rows: Sequence[Row], content: bytes) -> ImportPlan:
    before = _by_email(memory)
    _managers_first(rows, before)
    emails = {person.id: person.email for person in before.values()}
    lines = [(row.email in before, _line(memory, row, before.get(row.email), emails)) for row in rows]
    added = tuple(line for known, line in lines if not known)
    changed = tuple(line for known, line in lines if known and line.changes)
    unchanged = len(rows) - len(added) - len(changed)
    seal = hashlib.sha256(repr((added, changed, unchanged)).encode() + content).hexdigest()
    return ImportPlan(added, changed, unchanged, seal)


def _line(memory: Memory, row: Row, before: Person | None, emails: Mapping[int, str]) -> ImportLine:
    told = row.onto(before or newcomer(memory.scope, row.email, row.name, row.zone))
    known = _told(before, emails.get(before.manager_id or 0, "")) if before else {}
    after = _told(told, row.manager or known.get("manager", ""))
    changes = tuple(
        FieldChange(name, known.get(name, ""), words) for name, words in after.items() if words != known.get(name, "")
    )
    return ImportLine(row.email, row.name, changes)


def _told(person: Person, manager: str) -> dict[str, str]:
    """What a file may say of somebody, as a page shows it."""
    return {
        "name": person.name,
        "zone": person.limits.zone,
        "hours": hours_in_words(person.limits.hours),
        "department": person.department,
        "title": person.title,
        "seniority": person.seniority.value,
        "manager": manager,
        "expertise": "; ".join(each.text for each in person.expertise),
        "languages": "; ".join(person.languages),
        "ways": "; ".join(sorted(person.ways)),
        "groups": "; ".join(sorted(person.groups)),
    }


def hours_in_words(hours: WeeklyHours) -> str:
    """ "mon tue wed 09:00-17:00, thu 10:00-12:00 13:00-15:00": days of the same hours together."""
    days: dict[str, list[str]] = {}
    for name, day in zip(WEEKDAYS, hours.days, strict=True):
        if day:
            days.setdefault(" ".join(map(str, day)), []).append(name)
    return ", ".join(f"{' '.join(names)} {text}" for text, names in days.items())


def _managers_first(rows: Sequence[Row], known: Mapping[str, Person]) -> list[Row]:
    """So that each manager has an id by the time somebody refers to it. Raises BadInput for a manager who is nobody."""
    here = {row.email: row for row in rows}
    ordered: dict[str, Row] = {}
    problems: list[Problem] = []
    for row in rows:
        line: dict[str, Row] = {}
        each: Row | None = row
        while each is not None and each.email not in ordered and each.email not in line:
            line[each.email] = each
            wrong = _wrong_manager(each, here, known)
            if wrong:
                problems.append(Problem(f"line {each.line}, manager", wrong))
            each = None if wrong or not each.manager else here.get(each.manager)
        if each is not None and each.email in line:
            words = f"{each.manager} reports to {each.email} in the end, so this goes round in a circle"
            problems.append(Problem(f"line {each.line}, manager", words))
        ordered |= {email: line[email] for email in reversed(line)}
    if problems:
        raise BadInput(*problems)
    return list(ordered.values())


def _wrong_manager(row: Row, here: Mapping[str, Row], known: Mapping[str, Person]) -> str:
    if row.manager == row.email:
        return "nobody is their own manager"
    if row.manager and row.manager not in here and row.manager not in known:
        return f"{row.manager!r} is nobody in this file, nor known already"
    return ""
