"""What the pages of the rules and of groups ask of the workflows. Each method raises NotAllowed for anybody but an
admin."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from workflows import drafting, grouping_people, pages, trials
from workflows.bootstrap import Parts
from workflows.drafting import Shown
from workflows.rules_views import GroupPage, GroupsPage, RulesPage, TrialPage, VersionPage, VersionsPage
from workflows.trials import Kind, Progress
from workflows.views import Who


@dataclass(frozen=True)
class RulesBackstage:
    """One method a question or an act."""

    parts: Parts

    def rules_page(self, who: Who) -> RulesPage:
        return pages.rules_page(self.parts, who)

    def save_draft(self, who: Who, shown: Shown, fields: Mapping[str, str]) -> None:
        """Raises BadInput with each field that is wrong, Torn where somebody has changed it meanwhile."""
        drafting.save(self.parts, who, shown, fields)

    def settle_draft(self, who: Who, typed: drafting.TypedClash, chosen: Mapping[str, str]) -> None:
        drafting.settle(self.parts, who, typed, chosen)

    def carry_on(self, who: Who, revision: int, chosen: Mapping[str, str]) -> None:
        drafting.carry_on(self.parts, who, revision, chosen)

    def discard_draft(self, who: Who, revision: int) -> None:
        drafting.discard(self.parts, who, revision)

    def publish_draft(self, who: Who, revision: int, reason: str) -> int:
        """Returns the new version's number."""
        return drafting.publish(self.parts, who, revision, reason).version

    def restore_version(self, who: Who, version: int, expected: int, reason: str) -> int:
        return drafting.restore(self.parts, who, version, expected, reason).version

    def ask_trial(self, who: Who, kind: Kind, revision: int) -> int:
        """Returns the trial's id."""
        return trials.ask(self.parts, who, kind, revision)

    def trial_page(self, who: Who, trial_id: int) -> TrialPage:
        return pages.trial_page(self.parts, who, trial_id)

    def trial_progress(self, who: Who, trial_id: int) -> Progress:
        return trials.progress(self.parts, who, trial_id)

    def cancel_trial(self, who: Who, trial_id: int) -> bool:
        """False where it had ended already."""
        return trials.cancel(self.parts, who, trial_id)

    def versions_page(self, who: Who, one: int, other: int) -> VersionsPage:
        return pages.versions_page(self.parts, who, one, other)

    def version_page(self, who: Who, version: int) -> VersionPage:
        return pages.version_page(self.parts, who, version)

    def groups_page(self, who: Who) -> GroupsPage:
        return grouping_people.groups_page(self.parts, who)

    def group_page(self, who: Who, group_id: int, sought: str) -> GroupPage:
        return grouping_people.group_page(self.parts, who, group_id, sought)

    def add_group(self, who: Who, name: str) -> int:
        return grouping_people.add(self.parts, who, name)

    def put_in_group(self, who: Who, group_id: int, person_ids: Collection[int]) -> int:
        return grouping_people.put_in(self.parts, who, group_id, person_ids)

    def take_out_of_group(self, who: Who, group_id: int, person_ids: Collection[int]) -> int:
        return grouping_people.take_out(self.parts, who, group_id, person_ids)

    def remove_group(self, who: Who, group_id: int) -> None:
        grouping_people.remove(self.parts, who, group_id)
