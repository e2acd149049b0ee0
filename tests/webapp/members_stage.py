"""The stage for the pages of a member's own settings."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from mentoring.days import Days
from mentoring.errors import BadInput, Missing
from mentoring.people import Expertise
from store.api_keys import ApiKey
from workflows import limits_form
from workflows.days_off import countries, subdivisions
from workflows.member_views import ExpertisePage, LimitsForm, LimitsPage, Saved, TakingPartPage
from workflows.places import zones
from workflows.views import PersonChoice, Who

OFF = (("", ""), ("", ""))
SPLIT = (("09:00", "12:00"), ("13:00", "17:00"))
TYPED = LimitsForm(
    zone="Europe/Berlin",
    country="DE",
    clock="24",
    days=(SPLIT, SPLIT, SPLIT, SPLIT, (("09:00", "13:00"), ("", "")), OFF, OFF),
    preferred=(("10:00", "11:30"), ("", "")),
    buffer_minutes="10",
    notice_hours="24",
    per_day="1",
    per_week="2",
    per_month="4",
)
LIMITS = LimitsPage(
    zone="Europe/Berlin",
    form=TYPED,
    confirmed=True,
    zones=tuple(zones().items()),
    countries=tuple(countries().items()),
    pause_from=date(2026, 11, 24),
    pause_until=date(2027, 11, 24),
    subdivisions=tuple((f"DE-{code}", name) for code, name in subdivisions("DE").items()),
    country="Germany",
    holidays=((date(2026, 12, 25), "Christmas Day"), (date(2026, 12, 26), "Second Day of Christmas")),
    today=date(2026, 11, 23),
    others=(PersonChoice(2, "Maya Lindqvist"), PersonChoice(3, "Zofia Wójcik")),
)
VACATION = (Days(date(2026, 12, 1), date(2026, 12, 1)), Days(date(2026, 12, 21), date(2027, 1, 1)))
THE_KEY = ApiKey(7, "my editor", datetime(2026, 11, 20, 9, 0, tzinfo=UTC))
EXPERTISE = ExpertisePage(
    (
        Expertise("Making a hand-over that nobody has to ask about", 7),
        Expertise("Reading query plans, and choosing an index that helps", 8),
    ),
    is_mentor=True,
)
TAKING_PART = TakingPartPage(
    zone="Europe/Berlin", mentee=True, mentor=False, open_as_mentee=1, address="p1@example.org", expertise=2
)


def limits(**changes: Any) -> LimitsPage:
    return replace(LIMITS, **changes)


def _check(text: str) -> None:
    if not text.strip():
        raise BadInput.of("text", "write a few words about what you can help with")


class MembersStage:
    """One method a question or an act, as in the backstage. pages: what it shows."""

    pages: dict[str, Any]

    def did(self, name: str, *arguments: Any) -> None:
        raise NotImplementedError

    def mine(self, who: Who, number: int) -> None:
        raise NotImplementedError

    def limits(self, who: Who) -> LimitsPage:
        return self.pages.get("limits", LIMITS)

    def save_limits(self, who: Who, form: LimitsForm) -> Saved:
        limits_form.read(form)
        self.did("save_limits", form)
        return self.pages.get("saved_limits", Saved())

    def pause(self, who: Who, until: date) -> int:
        if until < LIMITS.pause_from:
            raise BadInput.of("until", "choose a day after today")
        self.did("pause", until)
        return 0

    def pause_for(self, who: Who, weeks: int) -> int:
        self.did("pause_for", weeks)
        return 1

    def back(self, who: Who) -> None:
        self.did("back")

    def add_quiet(self, who: Who, first: str, last: str) -> Saved:
        if not first:
            raise BadInput.of("first", "choose a day")
        self.did("add_quiet", first, last)
        return Saved(1)

    def remove_quiet(self, who: Who, first: str, last: str) -> None:
        self.did("remove_quiet", first, last)

    def set_quiet_weekdays(self, who: Who, weekdays: Collection[int]) -> Saved:
        if len(weekdays) == 7:
            raise BadInput.of("weekdays", "leave one day at least; to be left in peace for a while, pause instead")
        self.did("set_quiet_weekdays", list(weekdays))
        return Saved()

    def never_with(self, who: Who, other_id: int) -> int:
        if other_id not in {each.person_id for each in LIMITS.others}:
            raise BadInput.of("person", "choose somebody of the list")
        self.did("never_with", other_id)
        return 0

    def after_all(self, who: Who, other_id: int) -> None:
        self.mine(who, other_id)
        self.did("after_all", other_id)

    def keys(self, who: Who) -> tuple[ApiKey, ...]:
        return self.pages.get("keys", ())

    def make_key(self, who: Who, name: str) -> ApiKey:
        if not name:
            raise BadInput.of("name", "say in up to 60 characters what the key is for")
        self.did("make_key", name)
        return ApiKey(THE_KEY.id, name, THE_KEY.created_at, token="interlude_planted")

    def revoke_key(self, who: Who, key_id: int) -> None:
        self.mine(who, key_id)
        self.did("revoke_key", key_id)

    def check_key(self, token: str) -> None:
        raise Missing("a key that is none")

    def post_notes(self, token: str, body: object, request: str) -> list[int]:
        raise Missing("a key that is none")

    def expertise(self, who: Who) -> ExpertisePage:
        return self.pages.get("expertise", EXPERTISE)

    def offer(self, who: Who, text: str) -> None:
        _check(text)
        self.did("offer", text)

    def reword(self, who: Who, expertise_id: int, text: str) -> None:
        self.mine(who, expertise_id)
        _check(text)
        self.did("reword", expertise_id, text)

    def no_longer_offer(self, who: Who, expertise_id: int) -> None:
        self.mine(who, expertise_id)
        self.did("no_longer_offer", expertise_id)

    def no_longer_signs_in(self, who: Who, identity_id: int) -> None:
        self.mine(who, identity_id)
        self.did("no_longer_signs_in", identity_id)

    def taking_part(self, who: Who) -> TakingPartPage:
        return self.pages.get("taking_part", TAKING_PART)

    def take_part(self, who: Who, mentee: bool, mentor: bool) -> int:
        self.did("take_part", mentee, mentor)
        return 0

    def stop(self, who: Who) -> int:
        self.did("stop")
        return 2

    def resume(self, who: Who) -> None:
        self.did("resume")

    def sign_out_everywhere(self, who: Who) -> None:
        self.did("sign_out_everywhere")

    def leave(self, who: Who, typed_address: str) -> int:
        if typed_address != TAKING_PART.address:
            raise BadInput.of("address", f"type {TAKING_PART.address} to delete everything about you")
        self.did("leave", typed_address)
        return self.pages.get("leave", 0)
