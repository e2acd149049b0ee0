"""The stage for the pages of the rules and of groups."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from mentoring.errors import BadInput, Missing
from mentoring.policy import Policy
from tests.webapp.admins_stage import CHOICES, JOINED, WARSAW
from workflows import drafting, rules_form
from workflows.drafting import Shown, TypedClash
from workflows.pages.rules import number_rows, rule_rows
from workflows.rule_words import FREE_WORDS, ChangeLine
from workflows.rules_views import (
    DraftLine,
    GroupPage,
    GroupsPage,
    RulesPage,
    Signed,
    TrialLine,
    TrialPage,
    VersionPage,
    VersionsPage,
)
from workflows.trials import Kind, Progress
from workflows.views import Who

SOME_TRIAL, SOME_VERSION, SOME_GROUP = 5, 2, 6
ASKED = datetime(2026, 11, 23, 8, 10, tzinfo=UTC)
DEPARTMENTS, GROUPS = ("Payments", "Research & development: Lisbon"), ("Newcomers",)
IN_FORCE = Signed(3, "Zofia Wójcik", JOINED, "changed suggestions a week from 5 to 3")
CHANGES = (
    ChangeLine("rule:suits:organisation::", "How well what they offer fits", "1 points", "0.8 points"),
    ChangeLine("number:session_minutes:::", "Length: How long the two meet", "20 minutes", "30 minutes"),
)


def rules_page(policy: Policy | None = None, **changes: Any) -> RulesPage:
    shown = policy or Policy()
    plain = RulesPage(
        WARSAW,
        IN_FORCE,
        rules_form.fields_of(shown),
        drafting.sealed(shown),
        rule_rows(),
        number_rows(),
        tuple((f"free.{kind}", FREE_WORDS[kind]) for kind in rules_form.CAN_BE_FREE),
        base_version=3,
        departments=DEPARTMENTS,
        groups=GROUPS,
        people=CHOICES,
    )
    return replace(plain, **changes)


DRAFT: dict[str, Any] = {"revision": 4, "draft": DraftLine("Zofia Wójcik", ASKED), "changes": CHANGES}
UNDER_WAY = TrialLine(SOME_TRIAL, Kind.BACKTEST, "Zofia Wójcik", ASKED, finished=False, of_this=True)


class RulesStage:
    """What a stage answers about the rules."""

    pages: dict[str, Any]

    def did(self, name: str, *arguments: Any) -> None:
        raise NotImplementedError

    def rules_page(self, who: Who) -> RulesPage:
        return self.pages.get("rules", rules_page())

    def save_draft(self, who: Who, shown: Shown, fields: Mapping[str, str]) -> None:
        policy = rules_form.policy_of(shown.policy, fields, DEPARTMENTS, GROUPS)
        self.did("save_draft", shown.revision, policy)

    def settle_draft(self, who: Who, typed: TypedClash, chosen: Mapping[str, str]) -> None:
        self.did("settle_draft", typed.shown.revision, dict(chosen))

    def carry_on(self, who: Who, revision: int, chosen: Mapping[str, str]) -> None:
        self.did("carry_on", revision, dict(chosen))

    def discard_draft(self, who: Who, revision: int) -> None:
        self.did("discard_draft", revision)

    def publish_draft(self, who: Who, revision: int, reason: str) -> int:
        if not reason.strip():
            raise BadInput.of("reason", "say why, for other admins and for yourself in half a year")
        self.did("publish_draft", revision, reason)
        return 4

    def restore_version(self, who: Who, version: int, expected: int, reason: str) -> int:
        _known(version, SOME_VERSION)
        if not reason.strip():
            raise BadInput.of("reason", "say why, for other admins and for yourself in half a year")
        self.did("restore_version", version, expected, reason)
        return 4

    def ask_trial(self, who: Who, kind: Kind, revision: int) -> int:
        self.did("ask_trial", kind, revision)
        return SOME_TRIAL

    def trial_page(self, who: Who, trial_id: int) -> TrialPage:
        _known(trial_id, SOME_TRIAL)
        return self.pages.get("trial", TrialPage(WARSAW, UNDER_WAY, 3, 4, 31, CHANGES))

    def trial_progress(self, who: Who, trial_id: int) -> Progress:
        _known(trial_id, SOME_TRIAL)
        return self.pages.get(
            "progress", Progress(SOME_TRIAL, Kind.BACKTEST, 4, 31, finished=False, cancelled=False, problem="")
        )

    def cancel_trial(self, who: Who, trial_id: int) -> bool:
        _known(trial_id, SOME_TRIAL)
        self.did("cancel_trial", trial_id)
        return True

    def versions_page(self, who: Who, one: int, other: int) -> VersionsPage:
        return self.pages.get("versions", VersionsPage(WARSAW, (IN_FORCE,), 3, 3))

    def version_page(self, who: Who, version: int) -> VersionPage:
        _known(version, SOME_VERSION)
        return self.pages.get("version", VersionPage(WARSAW, replace(IN_FORCE, version=SOME_VERSION), 3, CHANGES))

    def groups_page(self, who: Who) -> GroupsPage:
        return self.pages.get("groups", GroupsPage())

    def group_page(self, who: Who, group_id: int, sought: str) -> GroupPage:
        _known(group_id, SOME_GROUP)
        return self.pages.get("group", GroupPage(SOME_GROUP, "Newcomers"))

    def add_group(self, who: Who, name: str) -> int:
        if not name.strip():
            raise BadInput.of("name", "write a name of at most 60 characters")
        self.did("add_group", name)
        return SOME_GROUP

    def put_in_group(self, who: Who, group_id: int, person_ids: Collection[int]) -> int:
        return self._changed("put_in_group", group_id, person_ids)

    def take_out_of_group(self, who: Who, group_id: int, person_ids: Collection[int]) -> int:
        return self._changed("take_out_of_group", group_id, person_ids)

    def _changed(self, name: str, group_id: int, person_ids: Collection[int]) -> int:
        _known(group_id, SOME_GROUP)
        if not person_ids:
            raise BadInput.of("person", "choose at least one of the people")
        self.did(name, group_id, list(person_ids))
        return len(person_ids)

    def remove_group(self, who: Who, group_id: int) -> None:
        _known(group_id, SOME_GROUP)
        self.did("remove_group", group_id)


def _known(number: int, known: int) -> None:
    if number != known:
        raise Missing(number)
