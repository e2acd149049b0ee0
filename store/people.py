"""The people of an organisation, with their limits, expertise and whom they are never paired with."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.exc import IntegrityError

from mentoring.errors import BadInput
from mentoring.people import Expertise, Person, Role, Seniority, Way
from store import groups, limits, tables
from store.failures import is_duplicate
from store.forgetting import forget
from store.memory import Memory, batches

__all__ = [
    "add",
    "by_email",
    "everyone",
    "forget",
    "get",
    "hold",
    "leaving_anywhere",
    "note",
    "resume",
    "save",
    "set_roles",
    "stop",
    "those",
]

BY_THEMSELVES = ("stopped", "invited_at", "joined_at", "signed_out_at", "leaving_at")
"""What only note, stop and resume change: whoever saves somebody whom they read before may not undo it."""

SAME_NAMES = ("twelve_hour", *BY_THEMSELVES)
"""Fields that are columns of the same name and type."""


def add(memory: Memory, person: Person) -> Person:
    """The person with an id. Raises BadInput when somebody has that address."""
    with _own_address(memory, person):
        person_id = memory.insert(tables.people, **_columns(person))
    _replace_expertise(memory, person_id, person.expertise)
    _replace_never_with(memory, person_id, person.never_with)
    return get(memory, person_id)


def save(memory: Memory, person: Person) -> Person:
    """Everything about the person as given, but for what note, stop and resume change. Raises KeyError, and BadInput as
    add does."""
    values = {name: value for name, value in _columns(person).items() if name not in BY_THEMSELVES}
    with _own_address(memory, person):
        _change(memory, person.id, **values)
    _replace_expertise(memory, person.id, person.expertise)
    _replace_never_with(memory, person.id, person.never_with)
    return get(memory, person.id)


def get(memory: Memory, person_id: int) -> Person:
    """Raises KeyError, for somebody of another organisation too."""
    return _loaded(memory, [memory.get(tables.people, person_id)])[0]


def by_email(memory: Memory, email: str) -> Person | None:
    """The person of that address, in whatever case it is written."""
    row = memory.first(memory.select(tables.people).where(tables.people.c.email == email.strip().lower()))
    return _loaded(memory, [row])[0] if row else None


def everyone(memory: Memory) -> tuple[Person, ...]:
    """All of the organisation, by name, in four queries."""
    return _loaded(memory, memory.rows(memory.select(tables.people).order_by("name", "id")))


def those(memory: Memory, ids: Iterable[int]) -> dict[int, Person]:
    """Those of these ids that are there, by id."""
    rows = [
        row
        for some in batches(ids)
        for row in memory.rows(memory.select(tables.people).where(tables.people.c.id.in_(some)))
    ]
    return {person.id: person for person in _loaded(memory, rows)}


def note(memory: Memory, person_id: int, **moments: datetime | None) -> None:
    """When they were invited (invited_at), first came in (joined_at), ended all sessions (signed_out_at) or asked to be
    deleted (leaving_at).

    Raises KeyError.
    """
    _change(memory, person_id, **moments)


def leaving_anywhere(memory: Memory) -> list[tuple[int, int]]:
    """System-wide: (organisation_id, person_id) of everybody who asked to be deleted and is still there."""
    people = tables.people
    rows = memory.rows(select(people.c.organisation_id, people.c.id).where(people.c.leaving_at.is_not(None)))
    return [(row.organisation_id, row.id) for row in rows]


def hold(memory: Memory, ids: Iterable[int]) -> None:
    """Until the transaction ends, whoever else would hold one of them waits: what is counted of them then stays so.

    In the order of ids, so that two never wait for each other. SQLite's writing transactions are one at a time anyway.
    """
    for some in batches(ids):
        rows = memory.select(tables.people, tables.people.c.id).where(tables.people.c.id.in_(some))
        memory.rows(rows.order_by("id").with_for_update(key_share=True))


def set_roles(memory: Memory, person_id: int, roles: Iterable[Role]) -> None:
    """Raises KeyError."""
    _change(memory, person_id, roles=sorted(set(roles)))


def stop(memory: Memory, person_id: int) -> None:
    """Nothing more for this person, until they resume. Raises KeyError."""
    _change(memory, person_id, stopped=True)


def resume(memory: Memory, person_id: int) -> None:
    """Raises KeyError."""
    _change(memory, person_id, stopped=False)


def _change(memory: Memory, person_id: int, **values: Any) -> None:
    if not memory.changed(memory.update(tables.people).where(tables.people.c.id == person_id).values(**values)):
        raise KeyError(person_id)


@contextmanager
def _own_address(memory: Memory, person: Person) -> Iterator[None]:
    try:
        with memory.connection.begin_nested():
            yield
    except IntegrityError as problem:
        if not is_duplicate(problem):
            raise
        raise BadInput.of("email", f"somebody has the address {person.email} already") from problem


def _columns(person: Person) -> dict[str, Any]:
    return {
        "email": person.email.strip().lower(),
        "name": person.name,
        "limits": limits.as_json(person.limits),
        "roles": sorted(person.roles),
        "department": person.department,
        "title": person.title,
        "seniority": person.seniority,
        "manager_id": person.manager_id,
        "languages": list(person.languages),
        "ways": sorted(person.ways),
        **{name: getattr(person, name) for name in SAME_NAMES},
    }


def _replace_expertise(memory: Memory, person_id: int, expertise: Sequence[Expertise]) -> None:
    """What is known by its id keeps it, so that what refers to it still does."""
    of_person = tables.expertise.c.person_id == person_id
    known = {row.id: row.text for row in memory.rows(memory.select(tables.expertise).where(of_person))}
    kept = {each.id for each in expertise if each.id in known}
    gone = [row_id for row_id in known if row_id not in kept]
    if gone:
        memory.changed(memory.delete(tables.expertise).where(of_person, tables.expertise.c.id.in_(gone)))
    for each in expertise:
        if known.get(each.id, each.text) != each.text:
            theirs = memory.update(tables.expertise).where(tables.expertise.c.id == each.id)
            memory.changed(theirs.values(text=each.text))
    new = [{"person_id": person_id, "text": each.text} for each in expertise if each.id not in kept]
    memory.insert_many(tables.expertise, new)


def _replace_never_with(memory: Memory, person_id: int, others: Iterable[int]) -> None:
    memory.changed(memory.delete(tables.never_with).where(tables.never_with.c.person_id == person_id))
    memory.insert_many(tables.never_with, [{"person_id": person_id, "other_id": other} for other in sorted(others)])


@dataclass
class _Belongings:
    expertise: dict[int, list[Expertise]] = field(default_factory=lambda: defaultdict(list))
    never_with: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    groups: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))


def _loaded(memory: Memory, rows: Sequence[Row[Any]]) -> tuple[Person, ...]:
    belongings = _Belongings()
    for ids in batches(row.id for row in rows):
        for each in memory.rows(_of(memory, tables.expertise, ids).order_by("id")):
            belongings.expertise[each.person_id].append(Expertise(each.text, each.id))
        for each in memory.rows(_of(memory, tables.never_with, ids)):
            belongings.never_with[each.person_id].add(each.other_id)
        for person_id, name in groups.names_of(memory, ids):
            belongings.groups[person_id].add(name)
    return tuple(_person(row, belongings) for row in rows)


def _of(memory: Memory, table: Any, ids: Sequence[int]) -> Any:
    return memory.select(table).where(table.c.person_id.in_(ids))


def _person(row: Row[Any], belongings: _Belongings) -> Person:
    return Person(
        id=row.id,
        organisation_id=row.organisation_id,
        email=row.email,
        name=row.name,
        limits=limits.from_json(row.limits),
        roles=frozenset(Role(role) for role in row.roles),
        department=row.department,
        title=row.title,
        seniority=Seniority(row.seniority),
        manager_id=row.manager_id,
        expertise=tuple(belongings.expertise[row.id]),
        never_with=frozenset(belongings.never_with[row.id]),
        languages=tuple(row.languages),
        ways=frozenset(Way(way) for way in row.ways),
        groups=frozenset(belongings.groups[row.id]),
        **{name: getattr(row, name) for name in SAME_NAMES},
    )
