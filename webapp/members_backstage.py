"""What the pages of a member's own settings ask of the workflows."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from store.api_keys import ApiKey
from workflows import api, joining, keeping_quiet, leaving, limiting, offering, pages, signing_in_elsewhere
from workflows.bootstrap import Parts
from workflows.member_views import ExpertisePage, LimitsForm, LimitsPage, Saved, TakingPartPage
from workflows.views import Who


@dataclass(frozen=True)
class MembersBackstage:
    """One method a question or an act. Those that return a number say how many open suggestions were taken back."""

    parts: Parts

    def limits(self, who: Who) -> LimitsPage:
        return pages.limits_page(self.parts, who)

    def save_limits(self, who: Who, form: LimitsForm) -> Saved:
        """Raises BadInput with every problem, and nothing saved."""
        return limiting.save(self.parts, who, form)

    def pause(self, who: Who, until: date) -> int:
        return joining.pause(self.parts, who.organisation_id, who.person_id, until)

    def pause_for(self, who: Who, weeks: int) -> int:
        return joining.pause_for(self.parts, who.organisation_id, who.person_id, weeks)

    def back(self, who: Who) -> None:
        joining.back(self.parts, who.organisation_id, who.person_id)

    def add_quiet(self, who: Who, first: str, last: str) -> Saved:
        """Raises BadInput for days that are none."""
        return keeping_quiet.add(self.parts, who, first, last)

    def remove_quiet(self, who: Who, first: str, last: str) -> None:
        keeping_quiet.remove(self.parts, who, first, last)

    def set_quiet_weekdays(self, who: Who, weekdays: Collection[int]) -> Saved:
        return keeping_quiet.set_weekdays(self.parts, who, weekdays)

    def never_with(self, who: Who, other_id: int) -> int:
        return limiting.never_with(self.parts, who, other_id)

    def after_all(self, who: Who, other_id: int) -> None:
        limiting.after_all(self.parts, who, other_id)

    def keys(self, who: Who) -> tuple[ApiKey, ...]:
        return api.keys(self.parts, who)

    def make_key(self, who: Who, name: str) -> ApiKey:
        """Its token is told this once."""
        return api.make_key(self.parts, who, name)

    def revoke_key(self, who: Who, key_id: int) -> None:
        """Raises Missing for one that is not theirs."""
        api.revoke_key(self.parts, who, key_id)

    def check_key(self, token: str) -> None:
        """Raises Missing for one that opens nothing."""
        api.whose(self.parts, token)

    def post_notes(self, token: str, body: object, request: str) -> list[int]:
        """By a key. Raises Missing, BadInput and ChangedMeanwhile."""
        return api.post_notes(self.parts, token, body, request)

    def expertise(self, who: Who) -> ExpertisePage:
        return pages.expertise_page(self.parts, who)

    def offer(self, who: Who, text: str) -> None:
        offering.add(self.parts, who, text)

    def reword(self, who: Who, expertise_id: int, text: str) -> None:
        offering.change(self.parts, who, expertise_id, text)

    def no_longer_offer(self, who: Who, expertise_id: int) -> None:
        offering.remove(self.parts, who, expertise_id)

    def taking_part(self, who: Who) -> TakingPartPage:
        return pages.taking_part_page(self.parts, who)

    def take_part(self, who: Who, mentee: bool, mentor: bool) -> int:
        return joining.take_part(self.parts, who, mentee, mentor)

    def stop(self, who: Who) -> int:
        return joining.stop(self.parts, who.organisation_id, who.person_id)

    def resume(self, who: Who) -> None:
        joining.resume(self.parts, who.organisation_id, who.person_id)

    def sign_out_everywhere(self, who: Who) -> None:
        joining.sign_out_everywhere(self.parts, who)

    def no_longer_signs_in(self, who: Who, identity_id: int) -> None:
        """Raises Missing for an account of somebody else."""
        signing_in_elsewhere.remove(self.parts, who, identity_id)

    def leave(self, who: Who, typed_address: str) -> int:
        """Returns how many messages must leave before everything is deleted: 0 when it is."""
        return leaving.leave(self.parts, who, typed_address)
