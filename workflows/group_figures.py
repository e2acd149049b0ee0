"""Figures by department and group, for admins: only where the group and all others together are large enough to hide
each of them, and rounded, so that nobody is counted out."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from mentoring.people import Person, Role
from mentoring.policy import Policy, Scope, scopes_of

TO = 5
"""Counts are rounded to multiples of this."""


def rounded(number: float) -> int:
    """To the nearest multiple of five, halves up."""
    return int((number + TO / 2) // TO) * TO


def by_group(
    people: Sequence[Person], policy: Policy, of: Mapping[str, Collection[int]]
) -> tuple[list[dict[str, Any]], int]:
    """For each department and group of those who would like help: how many of its people are in each of the named sets.

    Also how many groups are too small, or leave too few others, to be told of.
    """
    mentees = [each for each in people if each.opted_in(Role.MENTEE)]
    members: dict[Scope, set[int]] = {}
    for person in mentees:
        for scope in scopes_of(person):
            members.setdefault(scope, set()).add(person.id)
    told, untold = [], 0
    for scope in sorted(members, key=lambda each: (each.kind, each.name)):
        theirs = members[scope]
        if min(len(theirs), len(mentees) - len(theirs)) < policy.minimum_group:
            untold += 1
            continue
        counts = {name: rounded(len(theirs & set(ids))) for name, ids in of.items()}
        told.append({"kind": scope.kind.value, "name": scope.name, "people": rounded(len(theirs)), **counts})
    return told, untold
