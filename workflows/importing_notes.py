"""Notes of several people from a file, a JSON object a line: all are kept, or none."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from mentoring.errors import BadInput, Problem
from store import people
from workflows import api, noting
from workflows.bootstrap import Parts
from workflows.noting import Noted
from workflows.views import Who

IMPORT = "import"
PERSON = "person"
MOST_PROBLEMS = 20

Line = tuple[str, Noted]
"""(address in small letters, what they wrote)."""


def import_notes(parts: Parts, organisation_id: int, content: bytes) -> int:
    """Each line {"person": an address, "text", "at"?, "source"?}. Returns how many notes were kept.

    A note that somebody has already, of the same moment and words, is not kept twice. Raises BadInput naming each line
    that is wrong, and then keeps nothing.
    """
    now = parts.clock()
    lines = _lines(content, now)
    with parts.database.writing(organisation_id) as memory:
        ids = {person.email.lower(): person.id for person in people.everyone(memory)}
        unknown = [
            Problem(f"line {number}", f"nobody here has the address {address}")
            for number, (address, _) in lines.items()
            if address not in ids
        ]
        if unknown:
            raise BadInput(*unknown[:MOST_PROBLEMS])
        of_person: dict[int, list[Noted]] = defaultdict(list)
        for address, note in lines.values():
            of_person[ids[address]].append(note)
        kept: list[Who] = []
        number = 0
        for person_id, notes in of_person.items():
            who = Who(organisation_id, person_id)
            new = noting.not_there_yet(memory, who, notes)
            if new:
                number += len(noting.keep(memory, who, new, now))
                kept.append(who)
    for who in kept:
        noting.to_sort(parts, who)
    return number


def _lines(content: bytes, now: datetime) -> dict[int, Line]:
    problems: list[Problem] = []
    found: dict[int, Line] = {}
    for number, text in _texts(content):
        try:
            found[number] = _line(text, now)
        except BadInput as wrong:
            problems += [Problem(f"line {number}, {each.field}", each.message) for each in wrong.problems]
    if problems:
        raise BadInput(*problems[:MOST_PROBLEMS])
    return found


def _texts(content: bytes) -> Iterator[tuple[int, str]]:
    """Lines that are not empty, numbered from 1."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise BadInput.of("file", "it is not UTF-8 text") from problem
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            yield number, line


def _line(text: str, now: datetime) -> Line:
    try:
        said = json.loads(text)
    except (ValueError, RecursionError) as problem:
        raise BadInput.of("line", "it is no JSON object") from problem
    if not isinstance(said, Mapping) or not isinstance(said.get(PERSON), str):
        raise BadInput.of(PERSON, "name somebody by their address")
    (note,) = api.read({name: value for name, value in said.items() if name != PERSON}, now)
    return said[PERSON].strip().lower(), note if said.get("source") else replace(note, source=IMPORT)
