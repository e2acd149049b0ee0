"""The fixed groups of people that admins name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from store import tables
from store.memory import Memory

_groups = tables.groups
_members = tables.group_members


def all(memory: Memory) -> dict[str, tuple[int, ...]]:  # noqa: A001
    """{name: ids of its people}, by name; a group may be empty."""
    named = {row.id: row.name for row in memory.rows(memory.select(_groups).order_by("name"))}
    found: dict[str, list[int]] = {name: [] for name in named.values()}
    for row in memory.rows(memory.select(_members).order_by("person_id")):
        found[named[row.group_id]].append(row.person_id)
    return {name: tuple(ids) for name, ids in found.items()}


def of_id(memory: Memory, group_id: int) -> str:
    """The name of the group of that id. Raises KeyError."""
    return str(memory.get(_groups, group_id).name)


def ids(memory: Memory) -> dict[str, int]:
    """{name: id}, by name."""
    return {row.name: row.id for row in memory.rows(memory.select(_groups).order_by("name"))}


def names_of(memory: Memory, person_ids: Sequence[int]) -> Iterator[tuple[int, str]]:
    """(person, group) for each of theirs, in one query."""
    joined = memory.select(_members, _members.c.person_id, _groups.c.name).join_from(
        _members,
        _groups,
        (_groups.c.id == _members.c.group_id) & (_groups.c.organisation_id == _members.c.organisation_id),
    )
    for row in memory.rows(joined.where(_members.c.person_id.in_(person_ids)).order_by(_members.c.id)):
        yield row.person_id, row.name


def put(memory: Memory, name: str, person_ids: Iterable[int]) -> None:
    """These are the people of that group now; it is made where there is none of that name."""
    row = memory.first(memory.select(_groups).where(_groups.c.name == name))
    group_id = row.id if row else memory.insert(_groups, name=name)
    memory.changed(memory.delete(_members).where(_members.c.group_id == group_id))
    memory.insert_many(_members, [{"group_id": group_id, "person_id": each} for each in sorted(set(person_ids))])


def remove(memory: Memory, name: str) -> None:
    """Raises KeyError for one that does not exist."""
    if not memory.changed(memory.delete(_groups).where(_groups.c.name == name)):
        raise KeyError(name)
