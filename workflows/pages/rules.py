"""The rules as admins tune them: the draft, its trials, and all versions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from mentoring.policy import RANGES, Policy
from mentoring.policy_changes import changes
from store import directory, drafts, policies, trials
from store.memory import Memory
from store.trials import Kind, Trial
from suggestions.kinds import Heading, Rule, Whose
from suggestions.kinds import Kind as RuleKind
from suggestions.rules import RULES
from workflows import drafting, rules_form, steering
from workflows.bootstrap import Parts
from workflows.drafting import sealed
from workflows.pages.rounds import rule_in_words
from workflows.pages.trial_results import backtest_view, preview_view
from workflows.rule_words import FREE_WORDS, ChangeLine, in_words, number_words
from workflows.rules_form import plain
from workflows.rules_views import (
    DraftLine,
    NumberRow,
    RuleRow,
    RulesPage,
    Signed,
    TrialLine,
    TrialPage,
    VersionPage,
    VersionsPage,
)
from workflows.views import PersonChoice, Who

WHOSE = {Whose.MENTEE: "the mentee’s", Whose.MENTOR: "the mentor’s", Whose.BOTH: "each of the two’s own"}


def rules_page(parts: Parts, who: Who) -> RulesPage:
    """Raises NotAllowed for anybody but an admin, as all here do."""
    with parts.database.reading(who.organisation_id) as memory:
        admin = steering.admin(memory, who)
        draft, in_force = drafts.current(memory), policies.current(memory)
        departments, groups = drafting.scopes(memory)
        everyone, names = directory.everyone(memory), directory.names(memory)
        meanwhile = drafting.meanwhile(memory, draft) if draft else ()
        tried = [each for each in (trials.latest(memory, kind) for kind in Kind) if each]
    policy = draft.policy if draft else in_force
    return RulesPage(
        zone=admin.limits.zone,
        in_force=_signed(in_force),
        fields=rules_form.fields_of(policy),
        sealed=sealed(policy),
        rules=rule_rows(),
        numbers=number_rows(),
        free=tuple((f"free.{kind}", FREE_WORDS[kind]) for kind in rules_form.CAN_BE_FREE),
        revision=draft.revision if draft else 0,
        base_version=draft.base_version if draft else in_force.version,
        draft=DraftLine(draft.author, draft.at) if draft else None,
        changes=_lines(changes(in_force, policy), names),
        meanwhile=_lines(meanwhile, names),
        departments=departments,
        groups=groups,
        people=tuple(PersonChoice(each.id, each.name) for each in everyone),
        trials=tuple(_line(each, policy) for each in tried) if draft else (),
    )


def _signed(policy: Policy) -> Signed:
    return Signed(policy.version, policy.author, policy.at, policy.reason)


def _lines(of: Iterable[Any], names: Mapping[int, str]) -> tuple[ChangeLine, ...]:
    return tuple(in_words(each, names) for each in of)


def _line(trial: Trial, draft: Policy) -> TrialLine:
    return TrialLine(
        id=trial.id,
        kind=trial.kind,
        asked_by=trial.asked_by,
        asked_at=trial.asked_at,
        finished=trial.finished_at is not None,
        cancelled=trial.cancelled,
        problem=trial.problem,
        of_this=not changes(trial.policy, draft),
    )


def rule_rows() -> tuple[tuple[str, tuple[RuleRow, ...]], ...]:
    """Every rule under its heading; what no admin decides comes last."""
    ordered = sorted(Heading, key=lambda each: each is Heading.OWN)
    return tuple(
        (heading.value, tuple(_row(rule) for rule in RULES if rule.spec.heading is heading)) for heading in ordered
    )


def _row(rule: Rule) -> RuleRow:
    spec = rule.spec
    if spec.kind is RuleKind.YES_OR_NO:
        return RuleRow(rule.name, rule.meaning, always=spec.always, whose=WHOSE[spec.whose])
    return RuleRow(
        name=rule.name,
        meaning=rule.meaning,
        unit=spec.unit,
        default=plain(spec.default or 0.0),
        least=plain(spec.least),
        most=plain(spec.most),
        step=plain(spec.step),
        always=spec.always,
        is_weight=spec.kind is RuleKind.POINTS,
        whose=WHOSE[spec.whose],
    )


def number_rows() -> tuple[tuple[str, tuple[NumberRow, ...]], ...]:
    """The organisation's numbers, under their headings."""
    found: dict[str, list[NumberRow]] = {}
    for name in rules_form.NUMBERS:
        words, (least, most) = number_words(name), RANGES[name]
        row = NumberRow(name, words, plain(least), plain(most), plain(getattr(Policy(), name)))
        found.setdefault(words.heading, []).append(row)
    return tuple((heading, tuple(rows)) for heading, rows in found.items())


def trial_page(parts: Parts, who: Who, trial_id: int) -> TrialPage:
    """Raises KeyError for one there is not."""
    with parts.database.reading(who.organisation_id) as memory:
        admin = steering.admin(memory, who)
        trial, draft, names = trials.get(memory, trial_id), drafts.current(memory), directory.names(memory)
        base = _version(memory, trial.base_version)
    ended_well = trial.finished_at is not None and not trial.cancelled and not trial.problem
    result = trial.result if ended_well else {}
    return TrialPage(
        zone=admin.limits.zone,
        line=_line(trial, draft.policy if draft else base),
        base_version=trial.base_version,
        done=trial.done,
        of=trial.of,
        changes=_lines(changes(base, trial.policy), names),
        preview=preview_view(result, rule_in_words) if result and trial.kind is Kind.PREVIEW else None,
        backtest=backtest_view(result, admin.limits.zone) if result and trial.kind is Kind.BACKTEST else None,
    )


def _version(memory: Memory, version: int) -> Policy:
    return next(each for each in policies.history(memory) if each.version == version)


def versions_page(parts: Parts, who: Who, one: int = 0, other: int = 0) -> VersionsPage:
    """one, other: versions that are compared; by default the latest two. A number that is none is the default, too."""
    with parts.database.reading(who.organisation_id) as memory:
        admin = steering.admin(memory, who)
        history, names = policies.history(memory), directory.names(memory)
    known = {each.version: each for each in history}
    latest = history[0].version
    other = other if other in known else latest
    one = one if one in known else max((each for each in known if each < other), default=other)
    found = _lines(changes(known[one], known[other]), names)
    return VersionsPage(admin.limits.zone, tuple(_signed(each) for each in history), one, other, found)


def version_page(parts: Parts, who: Who, version: int) -> VersionPage:
    """Raises KeyError for one there is not."""
    with parts.database.reading(who.organisation_id) as memory:
        admin = steering.admin(memory, who)
        found, in_force = drafting.of_version(memory, version), policies.current(memory)
        names = directory.names(memory)
    return VersionPage(admin.limits.zone, _signed(found), in_force.version, _lines(changes(in_force, found), names))
