"""Every policy an organisation ever published, with who, when and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Row

from mentoring.availability import Busyness
from mentoring.errors import ChangedMeanwhile
from mentoring.policy import POLICY_FIELDS, Policy, RuleSetting, Scope, ScopeKind, Sending
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
    row = {name: getattr(policy, name) for name in SIGNATURE} | {"body": body_of(policy)}
    if memory.insert_new(tables.policies, **row) is None:
        raise ChangedMeanwhile("another policy was published just now")
    return policy


def history(memory: Memory) -> tuple[Policy, ...]:
    """All versions, the latest first."""
    return tuple(_policy(row) for row in memory.rows(memory.select(tables.policies).order_by(_latest())))


def _latest() -> Any:
    return tables.policies.c.version.desc()


def body_of(policy: Policy) -> dict[str, Any]:
    """All that an admin tunes, as JSON."""
    body = {name: getattr(policy, name) for name in POLICY_FIELDS if name not in SIGNATURE}
    body["free_kinds"] = sorted(policy.free_kinds)
    body["rules"] = [
        {"rule": each.rule, "scope": each.scope.kind, "of": each.scope.name, "on": each.on, "value": each.value}
        for each in policy.rules
    ]
    body["forbidden_pairs"] = [{"people_ids": sorted(pair)} for pair in sorted(policy.forbidden_pairs, key=sorted)]
    return body


def from_body(body: Mapping[str, Any], **signature: Any) -> Policy:
    """The policy of that JSON. A field that a later version added has its default; one that was dropped is left out.
    What was one cooldown for the pair and for the topic is both.

    Raises BadInput where a number is out of range.
    """
    known = {name: value for name, value in body.items() if name in POLICY_FIELDS}
    if "cooldown_days" in known:
        known.setdefault("repeat_first_days", known["cooldown_days"])
    return Policy(
        **known
        | {
            "sending": Sending(body["sending"]),
            "free_kinds": frozenset(Busyness(kind) for kind in body["free_kinds"]),
            "rules": tuple(_setting(each) for each in body.get("rules", ())) + _as_set_before(body),
            "forbidden_pairs": frozenset(frozenset(each["people_ids"]) for each in body.get("forbidden_pairs", ())),
        },
        **signature,
    )


def _setting(said: Mapping[str, Any]) -> RuleSetting:
    return RuleSetting(said["rule"], Scope(ScopeKind(said["scope"]), said["of"]), said["on"], said["value"])


def _as_set_before(body: Mapping[str, Any]) -> tuple[RuleSetting, ...]:
    """What versions before rules had scopes kept as weights, and as rules switched off."""
    weights, off = dict(body.get("weights", ())), set(body.get("disabled_rules", ()))
    return tuple(RuleSetting(rule, on=rule not in off, value=weights.get(rule)) for rule in sorted({*weights, *off}))


def _policy(row: Row[Any]) -> Policy:
    return from_body(row.body, **{name: getattr(row, name) for name in SIGNATURE})
