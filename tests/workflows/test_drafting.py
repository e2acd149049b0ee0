"""Two admins at one draft: whoever comes second is told by whom, when and what differs, and nothing that either typed
is lost. Publishing makes a version; any version is restored as a new one."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import replace
from pathlib import Path

import pytest

from mentoring.errors import BadInput, ChangedMeanwhile, NotAllowed
from mentoring.people import Person, Role
from mentoring.policy import Policy, Sending
from store import audit, drafts, policies
from store.drafts import Draft
from tests.databases import PostgresServer
from tests.workflows.house import House, a_house
from workflows import drafting, rules_form, steering
from workflows.drafting import Shown, Torn, TypedClash
from workflows.rules_form import fields_of


class Office:
    """Two admins, and the rules as each of them sees them."""

    def __init__(self, folder: Path, url: str = "") -> None:
        self.house: House = a_house(folder, url=url)
        self.zofia = self.house.add("Zofia Wójcik", roles=frozenset({Role.ADMIN}))
        self.tobi = self.house.add("Tobi Adeyemi", roles=frozenset({Role.ADMIN}))

    def shown(self) -> Shown:
        draft = self.draft()
        if draft:
            return Shown(draft.revision, draft.base_version, draft.policy)
        return Shown(0, self.in_force().version, self.in_force())

    def saves(self, person: Person, shown: Shown, **fields: str) -> Draft:
        typed = fields_of(shown.policy) | {name.replace("__", "."): value for name, value in fields.items()}
        return drafting.save(self.house.parts, self.house.who(person), shown, typed)

    def draft(self) -> Draft | None:
        with self.house.parts.database.reading(self.house.organisation_id) as memory:
            return drafts.current(memory)

    def in_force(self) -> Policy:
        with self.house.parts.database.reading(self.house.organisation_id) as memory:
            return policies.current(memory)

    def publishes(self, person: Person, reason: str = "shorter is enough") -> Policy:
        draft = self.draft()
        return drafting.publish(self.house.parts, self.house.who(person), draft.revision if draft else 0, reason)

    def log(self) -> list[str]:
        with self.house.parts.database.reading(self.house.organisation_id) as memory:
            return [f"{each.who} {each.what}: {each.subject}" for each in audit.recent(memory)]


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def test_what_an_admin_types_becomes_the_draft_and_is_not_in_force(office: Office) -> None:
    made = office.saves(office.zofia, office.shown(), number__round_hour="9")
    assert (made.revision, made.author, made.policy.round_hour) == (1, "Zofia Wójcik", 9)
    assert office.in_force().round_hour == Policy().round_hour


def test_bad_input_saves_nothing(office: Office) -> None:
    with pytest.raises(BadInput):
        office.saves(office.zofia, office.shown(), number__round_hour="99")
    assert office.draft() is None


def test_somebody_who_is_no_admin_changes_nothing(office: Office) -> None:
    with pytest.raises(NotAllowed):
        office.saves(office.house.add("Maya Lindqvist"), office.shown())


def test_the_second_of_two_is_told_who_when_and_what(office: Office) -> None:
    seen = office.shown()
    office.saves(office.tobi, seen, number__round_hour="9", value__suits="2")
    with pytest.raises(Torn) as raised:
        office.saves(office.zofia, seen, number__horizon_days="7", value__suits="0.5")
    clash = raised.value.clash
    assert (clash.who, clash.at) == ("Tobi Adeyemi", office.house.clock())
    assert [(each.before, each.after) for each in clash.theirs] == [("6 o'clock", "9 o'clock")]
    assert [(each.before, each.after) for each in clash.my_own] == [("14 days", "7 days")]
    assert [(each.before, each.after) for each in clash.torn] == [("2 points", "0.5 points")]
    draft = office.draft()
    assert draft is not None
    assert draft.policy.horizon_days == 14, "nothing of it was saved so far"


@pytest.mark.parametrize(("choice", "weight"), [("mine", 0.5), ("theirs", 2.0)])
def test_both_peoples_changes_are_kept_and_one_is_chosen_where_they_clash(
    office: Office, choice: str, weight: float
) -> None:
    seen = office.shown()
    office.saves(office.tobi, seen, number__round_hour="9", value__suits="2")
    with pytest.raises(Torn) as raised:
        office.saves(office.zofia, seen, number__horizon_days="7", value__suits="0.5")
    clash = raised.value.clash
    settled = drafting.settle(
        office.house.parts,
        office.house.who(office.zofia),
        TypedClash(
            clash.shown,
            drafting.unsealed(drafting.sealed(clash.mine)),
            drafting.unsealed(drafting.sealed(clash.seen)),
        ),
        {each.key: choice for each in clash.torn},
    )
    assert settled.revision == 2
    policy = settled.policy
    assert (policy.round_hour, policy.horizon_days, policy.weight("suits", 1.0)) == (9, 7, weight)


def test_a_third_who_came_between_is_told_too(office: Office) -> None:
    seen = office.shown()
    office.saves(office.tobi, seen, number__round_hour="9")
    with pytest.raises(Torn) as raised:
        office.saves(office.zofia, seen, number__horizon_days="7")
    clash = raised.value.clash
    office.saves(office.tobi, office.shown(), number__round_hour="10")
    with pytest.raises(Torn):
        drafting.settle(
            office.house.parts, office.house.who(office.zofia), TypedClash(clash.shown, clash.mine, clash.seen), {}
        )


def test_a_draft_that_was_thrown_away_and_begun_anew_is_not_taken_for_the_old_one(office: Office) -> None:
    office.saves(office.tobi, office.shown(), number__round_hour="9")
    seen = office.shown()
    drafting.discard(office.house.parts, office.house.who(office.tobi), 1)
    office.saves(office.tobi, office.shown(), number__round_hour="11")
    with pytest.raises(Torn):
        office.saves(office.zofia, seen, number__horizon_days="7")


def test_a_draft_is_published_as_the_next_version_with_who_when_and_why(office: Office) -> None:
    before = office.in_force()
    office.saves(office.zofia, office.shown(), number__round_hour="9")
    made = office.publishes(office.tobi, " people asked\nfor it ")
    assert (made.version, made.author, made.reason) == (before.version + 1, "Tobi Adeyemi", "people asked for it")
    assert made.at == office.house.clock()
    assert office.in_force() == made
    assert office.draft() is None
    assert f"Tobi Adeyemi published version {made.version} of the rules: people asked for it" in office.log()


@pytest.mark.parametrize("reason", ["", "  ", "x" * 501, "a \0 byte"])
def test_publishing_takes_a_reason(office: Office, reason: str) -> None:
    office.saves(office.zofia, office.shown(), number__round_hour="9")
    with pytest.raises(BadInput, match="reason"):
        office.publishes(office.zofia, reason)
    assert office.draft() is not None


def test_a_draft_that_somebody_changed_since_is_not_published(office: Office) -> None:
    office.saves(office.zofia, office.shown(), number__round_hour="9")
    office.saves(office.tobi, office.shown(), number__round_hour="10")
    with pytest.raises(ChangedMeanwhile):
        drafting.publish(office.house.parts, office.house.who(office.zofia), 1, "why not")


def test_a_draft_of_a_version_that_is_no_longer_in_force_is_carried_on_first(office: Office) -> None:
    office.saves(office.zofia, office.shown(), number__round_hour="9")
    steering.set_weekly_messages(office.house.parts, office.house.who(office.tobi), 2)
    with pytest.raises(ChangedMeanwhile):
        office.publishes(office.zofia)
    carried = drafting.carry_on(office.house.parts, office.house.who(office.zofia), 1, {})
    assert (carried.policy.round_hour, carried.policy.weekly_messages) == (9, 2)
    assert carried.base_version == office.in_force().version
    assert office.publishes(office.zofia).weekly_messages == 2


def test_where_the_published_version_changed_the_same_one_chooses(office: Office) -> None:
    office.saves(office.zofia, office.shown(), value__weekly_messages_left="7")
    steering.set_weekly_messages(office.house.parts, office.house.who(office.tobi), 2)
    with pytest.raises(Torn) as raised:
        drafting.carry_on(office.house.parts, office.house.who(office.zofia), 1, {})
    (torn,) = raised.value.clash.torn
    assert raised.value.clash.who == "Tobi Adeyemi"
    carried = drafting.carry_on(office.house.parts, office.house.who(office.zofia), 1, {torn.key: "theirs"})
    assert carried.policy.weekly_messages == 2


def test_whether_anything_is_sent_is_not_touched_by_a_draft_or_an_old_version(office: Office) -> None:
    office.saves(office.zofia, office.shown(), number__round_hour="9")
    office.house.policy(sending=Sending.REVIEW)
    assert office.publishes(office.zofia).sending is Sending.REVIEW
    restored = drafting.restore(
        office.house.parts, office.house.who(office.zofia), 2, office.in_force().version, "it was better"
    )
    assert restored.sending is Sending.REVIEW


def test_a_version_is_restored_as_a_new_one(office: Office) -> None:
    old = office.in_force()
    office.saves(office.zofia, office.shown(), number__round_hour="9", value__suits="2")
    newer = office.publishes(office.zofia)
    restored = drafting.restore(
        office.house.parts, office.house.who(office.tobi), old.version, newer.version, "too early for us"
    )
    assert restored.version == newer.version + 1
    assert (restored.round_hour, restored.rules) == (old.round_hour, old.rules)
    assert restored.reason == f"Version {old.version} again: too early for us"


def test_of_two_who_restore_at_once_the_second_is_told(office: Office) -> None:
    old = office.in_force()
    office.saves(office.zofia, office.shown(), number__round_hour="9")
    newer = office.publishes(office.zofia)
    parts, who = office.house.parts, office.house.who(office.tobi)
    drafting.restore(parts, who, old.version, newer.version, "first")
    with pytest.raises(ChangedMeanwhile):
        drafting.restore(parts, who, old.version, newer.version, "second")


def test_a_page_that_was_tampered_with_saves_nothing(office: Office) -> None:
    no_such_kind = '{"sending": "on", "free_kinds": ["asleep"]}'
    for text in ("", "no json", "[]", "[" * 60_000, '{"sending": "loud"}', no_such_kind):
        with pytest.raises(BadInput):
            drafting.unsealed(text)


def test_a_policy_survives_being_carried_along_by_a_page() -> None:
    policy = replace(Policy(), round_hour=9, forbidden_pairs=frozenset({frozenset({1, 2})}))
    assert drafting.unsealed(drafting.sealed(policy)) == policy
    assert rules_form.fields_of(drafting.unsealed(drafting.sealed(policy))) == rules_form.fields_of(policy)


@pytest.mark.postgres
def test_sending_that_is_switched_off_just_now_stays_off_when_rules_are_published(
    tmp_path: Path, postgres_server: PostgresServer
) -> None:
    office = Office(tmp_path, postgres_server.new_database())
    office.house.policy(sending=Sending.ON)
    office.saves(office.zofia, office.shown(), number__round_hour="9")
    with ThreadPoolExecutor(1) as other:
        with office.house.parts.database.writing(office.house.organisation_id) as memory:
            tobi = steering.alone(memory, office.house.who(office.tobi))
            steering.publish_sending(memory, tobi, Sending.OFF, office.house.clock())
            published = other.submit(office.publishes, office.zofia)
            wait([published], timeout=0.5)
            assert not published.done()
        assert published.result().sending is Sending.OFF
    assert (office.in_force().sending, office.in_force().round_hour) == (Sending.OFF, 9)
