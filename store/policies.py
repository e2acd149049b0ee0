"""Every policy an organisation ever published, with who, when and why."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import Row

from mentoring.availability import Busyness
from mentoring.errors import ChangedMeanwhile
from mentoring.policy import POLICY_FIELDS, Policy, Sending
from store import tables
from store.memory import Memory

SIGNATURE = {"version", "author", "at", "reason"}
"""The fields that have columns of their own."""


def current(memory: Memory) -> Policy:
    """The one in force: the latest. Raises KeyError when the organisation is gone."""
    row = memory.first(memory.select(tables.policies).order_by(_latest()).limit(1))
    if row is None:
        raise KeyError(memory.scope)
    return _policy(row)


def publish(memory: Memory, policy: Policy) -> Policy:
    """Keeps it as the next version, now in force. Raises ChangedMeanwhile when another was published just now."""
    newest = memory.first(memory.select(tables.policies, tables.policies.c.version).order_by(_latest()).limit(1))
    policy = replace(policy, version=newest.version + 1 if newest else 1)
    row = {name: getattr(policy, name) for name in SIGNATURE} | {"body": _body(policy)}
    if memory.insert_new(tables.policies, **row) is None:
        raise ChangedMeanwhile("another policy was published just now")
    return policy


def history(memory: Memory) -> tuple[Policy, ...]:
    """All versions, the latest first."""
    return tuple(_policy(row) for row in memory.rows(memory.select(tables.policies).order_by(_latest())))


def _latest() -> Any:
    return tables.policies.c.version.desc()


def _body(policy: Policy) -> dict[str, Any]:
    body = {name: getattr(policy, name) for name in POLICY_FIELDS if name not in SIGNATURE}
    body["free_kinds"] = sorted(policy.free_kinds)
    body["disabled_rules"] = sorted(policy.disabled_rules)
    return body


def _policy(row: Row[Any]) -> Policy:
    # A field that a later version added has its default; one that was dropped since is left out.
    body = {name: value for name, value in row.body.items() if name in POLICY_FIELDS}
    return Policy(
        **body
        | {
            "sending": Sending(body["sending"]),
            "free_kinds": frozenset(Busyness(kind) for kind in body["free_kinds"]),
            "weights": tuple((rule, points) for rule, points in body["weights"]),
            "disabled_rules": frozenset(body["disabled_rules"]),
        },
        version=row.version,
        author=row.author,
        at=row.at,
        reason=row.reason,
    )
