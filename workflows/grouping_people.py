"""Groups of people that admins name, for rules and figures that are about some."""

from __future__ import annotations

from collections.abc import Collection

from mentoring.errors import BadInput, Refused
from mentoring.policy import Policy, Scope, ScopeKind
from store import audit, directory, drafts, groups, policies
from store.memory import Memory
from workflows import steering
from workflows.bootstrap import Parts
from workflows.rules_views import GroupLine, GroupPage, GroupsPage
from workflows.views import PersonChoice, Who

MOST_NAME = 60
MOST_FOUND = 30


def groups_page(parts: Parts, who: Who) -> GroupsPage:
    """Raises NotAllowed for anybody but an admin, as all here do."""
    with parts.database.reading(who.organisation_id) as memory:
        steering.admin(memory, who)
        ids, members = groups.ids(memory), groups.all(memory)
        minimum = policies.current(memory).minimum_group
    return GroupsPage(tuple(GroupLine(ids[name], name, len(of)) for name, of in members.items()), minimum)


def group_page(parts: Parts, who: Who, group_id: int, sought: str = "") -> GroupPage:
    """sought: part of a name or address. Raises KeyError for a group there is not."""
    with parts.database.reading(who.organisation_id) as memory:
        steering.admin(memory, who)
        name = groups.of_id(memory, group_id)
        members = set(groups.all(memory)[name])
        everyone = directory.everyone(memory)
        settings = _set_for(memory, name)
    wanted = sought.casefold()
    others = [
        PersonChoice(each.id, each.name)
        for each in everyone
        if wanted and each.id not in members and wanted in f"{each.name} {each.email}".casefold()
    ]
    inside = tuple(PersonChoice(each.id, each.name) for each in everyone if each.id in members)
    return GroupPage(group_id, name, inside, sought, tuple(others[:MOST_FOUND]), len(others) > MOST_FOUND, settings)


def add(parts: Parts, who: Who, name: str) -> int:
    """A group without people so far. Returns its id. Raises BadInput."""
    name = " ".join(name.split())
    if not name or len(name) > MOST_NAME or not name.isprintable():
        raise BadInput.of("name", f"write a name of at most {MOST_NAME} characters")
    with parts.database.writing(who.organisation_id) as memory:
        person = steering.alone(memory, who)
        if name.casefold() in {each.casefold() for each in groups.all(memory)}:
            raise BadInput.of("name", "there is a group of that name already")
        groups.put(memory, name, [])
        audit.note(memory, person.name, "made the group", name, parts.clock())
        return groups.ids(memory)[name]


def put_in(parts: Parts, who: Who, group_id: int, person_ids: Collection[int]) -> int:
    """Returns how many are new in it. Raises KeyError for a group there is not, BadInput for nobody."""
    return _changed(parts, who, group_id, added=person_ids)


def take_out(parts: Parts, who: Who, group_id: int, person_ids: Collection[int]) -> int:
    """Returns how many were in it."""
    return _changed(parts, who, group_id, gone=person_ids)


def _changed(parts: Parts, who: Who, group_id: int, added: Collection[int] = (), gone: Collection[int] = ()) -> int:
    with parts.database.writing(who.organisation_id) as memory:
        person = steering.alone(memory, who)
        name = groups.of_id(memory, group_id)
        before, known = set(groups.all(memory)[name]), directory.names(memory)
        if not (added or gone) or not set(added) <= known.keys():
            raise BadInput.of("person", "choose at least one of the people")
        after = (before | set(added)) - set(gone)
        groups.put(memory, name, after)
        if before != after:
            audit.note(memory, person.name, f"changed who is in the group: {len(after)} people", name, parts.clock())
        return len(before ^ after)


def remove(parts: Parts, who: Who, group_id: int) -> None:
    """Raises KeyError, and Refused where a rule is set for it."""
    with parts.database.writing(who.organisation_id) as memory:
        person = steering.alone(memory, who)
        name = groups.of_id(memory, group_id)
        if _set_for(memory, name):
            raise Refused("a rule is set for this group; take that away on the page Rules first")
        groups.remove(memory, name)
        audit.note(memory, person.name, "removed the group", name, parts.clock())


def _set_for(memory: Memory, name: str) -> tuple[str, ...]:
    """The rules that are set for the group, in force or in the draft."""
    draft = drafts.current(memory)
    both: list[Policy] = [policies.current(memory), *([draft.policy] if draft else [])]
    scope = Scope(ScopeKind.GROUP, name)
    return tuple(sorted({each.rule for policy in both for each in policy.rules if each.scope == scope}))
