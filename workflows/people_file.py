"""People in a CSV file: every line is checked, and everything that is wrong with any of them is told at once."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from mentoring.errors import BadInput, Problem
from mentoring.hours import DayHours, WeeklyHours, parse_weekdays, zone
from mentoring.people import Expertise, Person, Seniority, Way
from workflows.languages import LANGUAGES
from workflows.welcoming import NINE_TO_FIVE, mail_address

NEEDED = ("email", "name", "zone")
KNOWN = (
    *NEEDED,
    "department",
    "title",
    "seniority",
    "manager",
    "hours",
    "weekdays",
    "expertise",
    "languages",
    "ways",
    "groups",
)
LONGEST_FIELD = 500
LONGEST_GROUP = 100

T = TypeVar("T")


@dataclass(frozen=True)
class Row:
    """One line of the file, checked. line: where it begins, as an editor counts. None or empty: it does not say."""

    line: int
    email: str
    name: str
    zone: str
    department: str = ""
    title: str = ""
    seniority: Seniority | None = None
    manager: str = ""
    hours: DayHours | None = None
    weekdays: frozenset[int] | None = None
    expertise: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    ways: frozenset[Way] = frozenset()
    groups: frozenset[str] = frozenset()

    def onto(self, person: Person) -> Person:
        """The person with what the line says; what it does not say stays, groups are added to, and roles are never
        touched."""
        known = {each.text: each for each in person.expertise}
        told = tuple(known.get(text, Expertise(text)) for text in self.expertise)
        return replace(
            person,
            name=self.name,
            department=self.department or person.department,
            title=self.title or person.title,
            seniority=self.seniority or person.seniority,
            expertise=told or person.expertise,
            limits=replace(person.limits, hours=self._weekly(person.limits.hours)),
            languages=self.languages or person.languages,
            ways=self.ways or person.ways,
            groups=self.groups | person.groups,
        )

    def _weekly(self, before: WeeklyHours) -> WeeklyHours:
        if self.hours is None and self.weekdays is None:
            return replace(before, zone=self.zone)
        usual = next((day for day in before.days if day), (NINE_TO_FIVE,))
        worked = frozenset(number for number, day in enumerate(before.days) if day)
        hours = usual if self.hours is None else (self.hours,)
        return WeeklyHours.every(self.zone, hours, worked if self.weekdays is None else self.weekdays)


def read(content: bytes) -> tuple[Row, ...]:
    """The rows of a file. Raises BadInput with every problem, each naming its line."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        line = content.count(b"\n", 0, problem.start) + 1
        raise BadInput.of(f"line {line}", "this is not UTF-8; save the file as “CSV UTF-8”") from problem
    rows: list[Row] = []
    problems: list[Problem] = []
    columns: list[str] = []
    for line, fields in _lines(text, problems):
        if not columns:
            columns = _columns(fields)
        elif any(field.strip() for field in fields):
            rows += _row(line, columns, fields, problems)
    if not columns and not problems:
        raise BadInput.of("file", f"it is empty; its first line names the columns, such as {','.join(NEEDED)}")
    problems += _repeats(rows)
    if problems:
        raise BadInput(*problems)
    return tuple(rows)


def _lines(text: str, problems: list[Problem]) -> Iterator[tuple[int, list[str]]]:
    """Each line with its number; a quoted field may hold line ends. What follows a line that is not CSV is not read."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    begins = 1
    try:
        for fields in reader:
            if fields:
                yield begins, fields
            begins = reader.line_num + 1
    except csv.Error as wrong:
        problems.append(Problem(f"line {begins}", f"this is not CSV: {wrong}; nothing after it was checked"))


def _columns(first: Sequence[str]) -> list[str]:
    given = [each.strip().lower() for each in first]
    if len(given) == 1 and ";" in given[0]:
        raise BadInput.of("line 1", "separate the columns by commas, not by semicolons")
    problems = [Problem("line 1", f"the column {name!r} is missing") for name in NEEDED if name not in given]
    problems += [
        Problem("line 1", f"there is no column {name!r}; known are {', '.join(KNOWN)}")
        for name in given
        if name not in KNOWN
    ]
    twice = sorted({name for name in given if given.count(name) > 1})
    problems += [Problem("line 1", f"the column {name!r} stands twice") for name in twice]
    if problems:
        raise BadInput(*problems)
    return given


def _row(line: int, columns: Sequence[str], fields: Sequence[str], problems: list[Problem]) -> list[Row]:
    """The line as a row, or none and what is wrong with it."""
    if len(fields) != len(columns):
        problems.append(Problem(f"line {line}", f"it has {len(fields)} fields, and the first line {len(columns)}"))
        return []
    cells = _Cells(line, dict(zip(columns, (field.strip() for field in fields), strict=True)))
    row = cells.row()
    problems += cells.problems
    return [] if cells.problems else [row]


class _Cells:
    """The fields of one line by their column, and what is wrong with them."""

    def __init__(self, line: int, given: Mapping[str, str]) -> None:
        self.line = line
        self.given = given
        self.problems: list[Problem] = []
        for name, text in given.items():
            self._check_text(name, text)

    def row(self) -> Row:
        """Only to be used where there are no problems."""
        return Row(
            line=self.line,
            email=self._read("email", mail_address, ""),
            name=self.given["name"],
            zone=self._read("zone", _zone, ""),
            department=self.given.get("department", ""),
            title=self.given.get("title", ""),
            seniority=self._read("seniority", _seniority, None),
            manager=self._read("manager", mail_address, ""),
            hours=self._read("hours", DayHours.parse, None),
            weekdays=self._read("weekdays", parse_weekdays, None),
            expertise=_several(self.given.get("expertise", "")),
            languages=self._read("languages", _languages, ()),
            ways=self._read("ways", _ways, frozenset()),
            groups=self._read("groups", _groups, frozenset()),
        )

    def _check_text(self, name: str, text: str) -> None:
        if not text and name in NEEDED:
            self._wrong(name, "it is missing")
        elif len(text) > LONGEST_FIELD:
            self._wrong(name, f"it is over {LONGEST_FIELD} characters")
        elif not text.isprintable() and not text.replace("\n", "").replace("\r", "").replace("\t", "").isprintable():
            self._wrong(name, "it holds a character that is not text")

    def _read(self, name: str, reads: Callable[[str], T], otherwise: T) -> T:
        text = self.given.get(name, "")
        if not text:
            return otherwise
        try:
            return reads(text)
        except BadInput as wrong:
            for each in wrong.problems:
                self._wrong(name, each.message)
        return otherwise

    def _wrong(self, name: str, message: str) -> None:
        self.problems.append(Problem(f"line {self.line}, {name}", message))


def _zone(text: str) -> str:
    zone(text)
    return text


def _seniority(text: str) -> Seniority:
    if text.lower() not in set(Seniority):
        raise BadInput.of("seniority", f"it must be one of {', '.join(Seniority)}, not {text!r}")
    return Seniority(text.lower())


def _several(text: str) -> tuple[str, ...]:
    """What is separated by semicolons, each once."""
    return tuple(dict.fromkeys(filter(None, map(str.strip, text.split(";")))))


def _languages(text: str) -> tuple[str, ...]:
    codes = tuple(each.lower() for each in _several(text))
    for each in codes:
        if each not in LANGUAGES:
            raise BadInput.of("languages", f"{each!r} is no language we know; write codes like de;en, the best first")
    return codes


def _ways(text: str) -> frozenset[Way]:
    ways = [each.lower() for each in _several(text)]
    for each in ways:
        if each not in set(Way):
            raise BadInput.of("ways", f"each must be one of {', '.join(Way)}, not {each!r}")
    return frozenset(Way(each) for each in ways)


def _groups(text: str) -> frozenset[str]:
    for each in _several(text):
        if len(each) > LONGEST_GROUP:
            raise BadInput.of("groups", f"a group's name is over {LONGEST_GROUP} characters")
    return frozenset(_several(text))


def _repeats(rows: Sequence[Row]) -> Iterator[Problem]:
    first: dict[str, int] = {}
    for row in rows:
        if row.email in first:
            yield Problem(f"line {row.line}, email", f"{row.email} stands on line {first[row.email]} already")
        first.setdefault(row.email, row.line)
