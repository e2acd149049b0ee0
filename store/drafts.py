"""The draft of the rules that an organisation's admins share: one at most, each change of it a revision."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from mentoring.errors import ChangedMeanwhile
from mentoring.policy import Policy
from store import policies, tables
from store.memory import Memory

_drafts = tables.policy_drafts


@dataclass(frozen=True)
class Draft:
    """base_version: of the policy it was begun from. author: who changed it last, at that time."""

    policy: Policy
    base_version: int
    revision: int
    author: str
    at: datetime


def current(memory: Memory) -> Draft | None:
    row = memory.first(memory.select(_drafts))
    if row is None:
        return None
    policy = policies.from_body(row.body, version=row.base_version)
    return Draft(policy, row.base_version, row.revision, row.author, row.at)


def save(memory: Memory, policy: Policy, base_version: int, over: int, author: str, now: datetime) -> Draft:
    """Keeps it as the next revision. over: the revision that was looked at, 0 for none.

    Raises ChangedMeanwhile when that is not the latest any more.
    """
    told = {"base_version": base_version, "author": author, "at": now, "body": policies.body_of(policy)}
    if over == 0:
        saved = memory.insert_new(_drafts, revision=1, **told) is not None
    else:
        of_it = memory.update(_drafts).where(_drafts.c.revision == over)
        saved = memory.changed(of_it.values(revision=over + 1, **told)) == 1
    if not saved:
        raise ChangedMeanwhile("somebody else has changed the draft meanwhile")
    return Draft(policy, base_version, over + 1, author, now)


def drop(memory: Memory, revision: int) -> None:
    """Raises ChangedMeanwhile when that is not the latest revision."""
    if not memory.changed(memory.delete(_drafts).where(_drafts.c.revision == revision)):
        raise ChangedMeanwhile("somebody else has changed the draft meanwhile")
