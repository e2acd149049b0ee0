"""The promises of DESIGN.md that a provider keeps which holds the organiser's events: rules 8 and 10.

A backend subclasses OrganisingContract and gives an `organiser` fixture.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Protocol

import pytest

from mentoring.errors import ChangedMeanwhile, Reconnect, Refused, TryLater
from mentoring.intervals import Interval
from mentoring.ports import Account, Attendee, Capability, EventSeen, EventText, Organises
from mentoring.proposals import Partstat
from tests.integrations.backends import ANN, BOB

HOST = "interlude@example.org"
"""The organiser's address. Ann has an account at the provider too, Bob has none there."""

STEPS = ("before", "during", "after")
"""When the provider dies: before it does what it is asked, while it answers, after it has done it."""


class Organiser(Protocol):
    """The organiser's account at one provider, its guests, and what goes wrong there."""

    provider: Any
    account: Account

    def answer(self, email: str, uid: str, partstat: Partstat) -> None:
        """The guest answers, in their own calendar app or by mail."""
        ...

    def mails_to(self, email: str) -> list[str]:
        """The kinds of mail that the provider sent them for the organiser: invite, update, cancel."""
        ...

    def events_of(self, email: str) -> list[str]:
        """The UIDs of what lies in the calendar of somebody with an account there, cancelled events left out."""
        ...

    def delete(self, uid: str) -> None:
        """Whoever runs the organiser's account deletes the event by hand."""
        ...

    def dies(self, step: str) -> None:
        """The provider dies at that step of the next request that changes something."""
        ...


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 10, day, hour, minute, tzinfo=UTC)


def event(provider: Organises, key: str = "proposal 1 of example.org", **changes: object) -> EventText:
    made = EventText(
        key=key,
        uid=provider.promised_uid(key),
        interval=Interval(at(21, 12), at(21, 12, 20)),
        summary="Twenty minutes: Ann and Bob",
        description="Why this topic: you wrote about it, three times.\nhttps://interlude.example/p/1",
        guests=(Attendee("Ann, A.", ANN),),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


BOTH = (Attendee("Ann, A.", ANN, Partstat.ACCEPTED), Attendee('Bob "B" Bauer', BOB))
MOVED = Interval(at(22, 9), at(22, 9, 20))


def answers(seen: EventSeen | None) -> dict[str, Partstat]:
    assert seen is not None
    return {each.address: each.partstat for each in seen.guests}


class OrganisingContract:
    knows_what_was_deleted: bool = True
    """Whether creating an event again that was deleted meanwhile is told apart from creating a new one."""

    def created(self, organiser: Organiser, **changes: object) -> EventSeen:
        seen: EventSeen = organiser.provider.create(organiser.account, event(organiser.provider, **changes))
        return seen

    def test_what_is_declared_is_there(self, organiser: Organiser) -> None:
        assert Capability.ORGANISE in organiser.provider.capabilities
        assert isinstance(organiser.provider, Organises)

    def test_rule_8_an_event_is_created_with_its_guests_who_are_invited(self, organiser: Organiser) -> None:
        wanted = event(organiser.provider)
        seen = self.created(organiser)
        assert seen.uid
        assert seen.uid == (wanted.uid or seen.uid)
        assert (seen.interval, seen.cancelled) == (wanted.interval, False)
        assert answers(seen) == {ANN: Partstat.NEEDS_ACTION}
        assert organiser.events_of(HOST) == organiser.events_of(ANN) == [seen.uid]
        assert organiser.mails_to(ANN) == ["invite"]
        assert organiser.provider.event(organiser.account, seen.id) == seen

    def test_rule_8_the_uid_is_the_same_for_the_same_key_and_another_for_another(self, organiser: Organiser) -> None:
        one, other = self.created(organiser), self.created(organiser, key="proposal 2 of example.org")
        assert one.uid != other.uid
        assert organiser.provider.promised_uid("a") == organiser.provider.promised_uid("a")
        assert sorted(organiser.events_of(ANN)) == sorted([one.uid, other.uid])

    def test_rule_8_creating_twice_leaves_one_event_and_one_invite(self, organiser: Organiser) -> None:
        first = self.created(organiser)
        assert self.created(organiser).id == first.id
        assert organiser.events_of(HOST) == organiser.events_of(ANN) == [first.uid]
        assert organiser.mails_to(ANN) == ["invite"]

    def test_rule_8_what_was_created_before_is_told_as_it_is_by_now(self, organiser: Organiser) -> None:
        first = self.created(organiser)
        organiser.answer(ANN, first.uid, Partstat.ACCEPTED)
        again = self.created(organiser, interval=MOVED)
        assert answers(organiser.provider.event(organiser.account, again.id)) == {ANN: Partstat.ACCEPTED}
        assert organiser.provider.event(organiser.account, again.id).interval == first.interval

    def test_rule_8_what_was_deleted_is_not_put_back_by_creating_it_again(self, organiser: Organiser) -> None:
        if not self.knows_what_was_deleted:
            return
        first = self.created(organiser)
        organiser.delete(first.uid)
        assert self.created(organiser).cancelled
        assert organiser.events_of(HOST) == organiser.events_of(ANN) == []

    def test_rule_8_the_second_guest_is_added_to_the_same_event(self, organiser: Organiser) -> None:
        first = self.created(organiser)
        organiser.answer(ANN, first.uid, Partstat.ACCEPTED)
        seen = organiser.provider.event(organiser.account, first.id)
        both = organiser.provider.change(organiser.account, seen, event(organiser.provider, guests=BOTH))
        assert (both.id, both.uid) == (first.id, first.uid)
        assert answers(both) == {ANN: Partstat.ACCEPTED, BOB: Partstat.NEEDS_ACTION}
        assert organiser.mails_to(BOB) == ["invite"]
        assert organiser.events_of(ANN) == [first.uid]

    def test_rule_8_a_move_is_the_same_event_at_another_time_and_everybody_is_told(self, organiser: Organiser) -> None:
        first = self.created(organiser, guests=BOTH)
        moved = organiser.provider.change(
            organiser.account, first, event(organiser.provider, guests=BOTH, interval=MOVED)
        )
        assert (moved.uid, moved.interval) == (first.uid, MOVED)
        assert moved.version != first.version
        assert organiser.mails_to(ANN) == organiser.mails_to(BOB) == ["invite", "update"]
        assert organiser.events_of(ANN) == [first.uid]

    def test_rule_8_a_change_of_another_version_says_so_and_changes_nothing(self, organiser: Organiser) -> None:
        first = self.created(organiser)
        organiser.answer(ANN, first.uid, Partstat.TENTATIVE)
        with pytest.raises(ChangedMeanwhile):
            organiser.provider.change(organiser.account, first, event(organiser.provider, interval=MOVED))
        seen = organiser.provider.event(organiser.account, first.id)
        assert (seen.interval, answers(seen)) == (first.interval, {ANN: Partstat.TENTATIVE})
        assert organiser.mails_to(ANN) == ["invite"]
        assert (
            organiser.provider.change(organiser.account, seen, event(organiser.provider, interval=MOVED)).interval
            == MOVED
        )

    def test_rule_8_a_change_of_what_is_gone_is_refused_and_puts_nothing_back(self, organiser: Organiser) -> None:
        first = self.created(organiser)
        organiser.delete(first.uid)
        with pytest.raises(Refused):
            organiser.provider.change(organiser.account, first, event(organiser.provider, interval=MOVED))
        assert organiser.events_of(HOST) == organiser.events_of(ANN) == []

    def test_rule_8_a_cancelled_event_is_gone_for_everybody_who_is_told_once(self, organiser: Organiser) -> None:
        first = self.created(organiser, guests=BOTH)
        for _ in range(2):
            organiser.provider.cancel(organiser.account, first.id)
        seen = organiser.provider.event(organiser.account, first.id)
        assert seen is None or seen.cancelled
        assert organiser.events_of(HOST) == organiser.events_of(ANN) == []
        assert organiser.mails_to(ANN) == organiser.mails_to(BOB) == ["invite", "cancel"]

    def test_rule_8_what_was_never_there_is_none_and_cancelling_it_is_success(self, organiser: Organiser) -> None:
        never = self.created(organiser).id[:-4] + "0000"
        assert organiser.provider.event(organiser.account, never) is None
        organiser.provider.cancel(organiser.account, never)

    @pytest.mark.parametrize("partstat", list(Partstat))
    def test_rule_10_an_answer_is_read_back_from_the_event(self, organiser: Organiser, partstat: Partstat) -> None:
        first = self.created(organiser, guests=BOTH)
        organiser.answer(BOB, first.uid, partstat)
        assert answers(organiser.provider.event(organiser.account, first.id))[BOB] is partstat

    def test_rule_10_an_event_that_was_deleted_by_hand_is_seen_to_be(self, organiser: Organiser) -> None:
        first = self.created(organiser)
        organiser.delete(first.uid)
        seen = organiser.provider.event(organiser.account, first.id)
        assert seen is None or seen.cancelled

    @pytest.mark.parametrize("step", STEPS)
    def test_rule_8_a_provider_that_dies_over_the_creation_leaves_one_event(
        self, organiser: Organiser, step: str
    ) -> None:
        organiser.dies(step)
        with pytest.raises(TryLater):
            self.created(organiser)
        seen = self.created(organiser)
        assert organiser.events_of(HOST) == organiser.events_of(ANN) == [seen.uid]
        assert organiser.mails_to(ANN) == ["invite"]

    @pytest.mark.parametrize("step", STEPS)
    def test_rule_8_a_provider_that_dies_over_a_change_leaves_it_done_or_to_be_done(
        self, organiser: Organiser, step: str
    ) -> None:
        first = self.created(organiser)
        wanted = event(organiser.provider, guests=BOTH, interval=MOVED)
        organiser.dies(step)
        with pytest.raises(TryLater):
            organiser.provider.change(organiser.account, first, wanted)
        seen = organiser.provider.event(organiser.account, first.id)
        if seen.version == first.version:
            seen = organiser.provider.change(organiser.account, seen, wanted)
        else:
            with pytest.raises(ChangedMeanwhile):
                organiser.provider.change(organiser.account, first, wanted)
        assert (seen.interval, len(seen.guests)) == (MOVED, 2)
        assert organiser.events_of(HOST) == organiser.events_of(ANN) == [first.uid]
        assert (organiser.mails_to(ANN), organiser.mails_to(BOB)) == (["invite", "update"], ["invite"])

    @pytest.mark.parametrize("step", STEPS)
    def test_rule_8_a_provider_that_dies_over_a_cancellation_leaves_no_event(
        self, organiser: Organiser, step: str
    ) -> None:
        first = self.created(organiser)
        organiser.dies(step)
        with pytest.raises(TryLater):
            organiser.provider.cancel(organiser.account, first.id)
        organiser.provider.cancel(organiser.account, first.id)
        assert organiser.events_of(HOST) == organiser.events_of(ANN) == []
        assert organiser.mails_to(ANN) == ["invite", "cancel"]

    def test_rule_5_what_the_event_says_comes_out_nowhere(
        self, organiser: Organiser, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG)
        planted = {"summary": "Plantedtitle", "description": "Plantednote"}
        said = [repr(self.created(organiser, **planted))]
        organiser.dies("before")
        with pytest.raises(TryLater) as caught:
            self.created(organiser, key="proposal 3 of example.org", **planted)
        said.append(f"{caught.value!r} {caught.value.__cause__!r} {caught.value.__context__!r}")
        assert "planted" not in ("".join(said) + caplog.text).lower()

    def test_an_organiser_who_is_no_longer_let_in_has_to_act(self, organiser: Organiser) -> None:
        with pytest.raises(Reconnect):
            organiser.provider.create(replace(organiser.account, secret="wrong"), event(organiser.provider))
