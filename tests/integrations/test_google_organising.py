"""The organiser's events at Google: the contract, and what is Google's own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from integrations.google import Google
from mentoring.doors import Errand
from mentoring.errors import Reconnect, TryLater, Unreachable
from mentoring.ports import Account
from mentoring.proposals import Partstat
from tests.integrations.backends import ANN, BOB, outside_of
from tests.integrations.organising_contract import BOTH, HOST, OrganisingContract, event
from tests.wires.google import GoogleWire, google_wire

SAID = {
    Partstat.NEEDS_ACTION: "needsAction",
    Partstat.ACCEPTED: "accepted",
    Partstat.DECLINED: "declined",
    Partstat.TENTATIVE: "tentative",
}
WRITES = ("events.insert", "events.patch", "events.delete")


@dataclass
class GoogleOrganiser:
    provider: Google
    account: Account
    wire: GoogleWire

    def answer(self, email: str, uid: str, partstat: Partstat) -> None:
        self.wire.answer(email, uid, SAID[partstat])

    def mails_to(self, email: str) -> list[str]:
        return [each.kind for each in self.wire.mails if each.to == email]

    def events_of(self, email: str) -> list[str]:
        return [each.uid for each in self.wire.events_of(email)]

    def delete(self, uid: str) -> None:
        self.wire.cancel(uid)

    def dies(self, step: str) -> None:
        """The one that is asked for next fails; the others are taken back."""
        faults = {
            "before": {"status": 503},
            "during": {"cut": 20, "committed": True},
            "after": {"status": 504, "committed": True},
        }
        self.wire.failures.clear()
        for each in WRITES:
            self.wire.fail(each, **faults[step])  # type: ignore[arg-type]


@pytest.fixture
def wire() -> Iterator[GoogleWire]:
    with google_wire() as wire:
        wire.account(HOST)
        wire.account(ANN)
        yield wire


@pytest.fixture
def organiser(wire: GoogleWire) -> GoogleOrganiser:
    account = Account("google", "", HOST, wire.secret(HOST, Errand.ORGANISER), frozenset({HOST}))
    return GoogleOrganiser(Google(outside_of(wire)), account, wire)


class TestGoogle(OrganisingContract):
    """Everything that a provider of the organiser's events has to keep."""


def test_the_uid_is_known_before_anything_is_sent(organiser: GoogleOrganiser) -> None:
    wanted = event(organiser.provider)
    assert wanted.uid.endswith("@google.com")
    assert organiser.provider.create(organiser.account, wanted).uid == wanted.uid


def test_nobody_but_the_organiser_changes_the_event_or_brings_others_along(organiser: GoogleOrganiser) -> None:
    organiser.provider.create(organiser.account, event(organiser.provider))
    (call,) = organiser.wire.called("events.insert")
    said = json.loads(call.asked.body)
    assert (said["visibility"], said["guestsCanInviteOthers"], said["guestsCanModify"]) == ("private", False, False)
    assert call.query["sendUpdates"] == "all"
    assert said["start"] == {"dateTime": "2026-10-21T12:00:00Z"}


def test_what_somebody_wrote_is_not_taken_for_html(organiser: GoogleOrganiser) -> None:
    wanted = event(organiser.provider, description="<b>R&D</b> & more")
    organiser.provider.create(organiser.account, wanted)
    assert organiser.wire.event(wanted.uid).stated["description"] == "&lt;b>R&D&lt;/b> & more"


@pytest.mark.parametrize("committed", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("cut", [0, 40], ids=["without a word", "within the answer"])
def test_a_connection_that_is_lost_over_the_creation_leaves_one_event(
    organiser: GoogleOrganiser, committed: bool, cut: int
) -> None:
    organiser.wire.fail("events.insert", cut=cut, committed=committed)
    with pytest.raises(Unreachable) as caught:
        organiser.provider.create(organiser.account, event(organiser.provider))
    assert not caught.value.without_effect
    assert len(organiser.wire.called("events.insert")) == 1
    seen = organiser.provider.create(organiser.account, event(organiser.provider))
    assert organiser.events_of(HOST) == organiser.events_of(ANN) == [seen.uid]
    assert organiser.mails_to(ANN) == ["invite"]


def test_what_google_refuses_outright_was_certainly_without_effect(organiser: GoogleOrganiser) -> None:
    organiser.wire.fail("events.insert", 403, "rateLimitExceeded", retry_after="60")
    with pytest.raises(TryLater) as caught:
        organiser.provider.create(organiser.account, event(organiser.provider))
    assert caught.value.without_effect
    organiser.wire.fail("events.insert", 503)
    with pytest.raises(TryLater) as caught:
        organiser.provider.create(organiser.account, event(organiser.provider))
    assert not caught.value.without_effect


def test_titles_and_descriptions_are_never_asked_for(organiser: GoogleOrganiser) -> None:
    seen = organiser.provider.create(organiser.account, event(organiser.provider))
    organiser.provider.event(organiser.account, seen.id)
    organiser.provider.change(organiser.account, seen, event(organiser.provider, guests=BOTH))
    organiser.provider.cancel(organiser.account, seen.id)
    for call in organiser.wire.calls:
        assert call.method.id == "events.delete" or call.fields
        assert not {"summary", "description", "location", "displayName"} & set(call.fields.replace("(", ",").split(","))


def test_a_guest_who_answers_again_after_a_move_keeps_no_old_answer(organiser: GoogleOrganiser) -> None:
    seen = organiser.provider.create(organiser.account, event(organiser.provider, guests=BOTH))
    again = tuple(type(each)(each.name, each.address) for each in BOTH)
    moved = organiser.provider.change(organiser.account, seen, event(organiser.provider, guests=again))
    assert {each.partstat for each in moved.guests} == {Partstat.NEEDS_ACTION}


def test_an_organiser_with_a_members_permission_cannot_write(organiser: GoogleOrganiser) -> None:
    account = Account("google", "", HOST, organiser.wire.secret(HOST, Errand.CALENDARS))
    with pytest.raises(Reconnect, match="permission"):
        organiser.provider.create(account, event(organiser.provider))
    assert organiser.events_of(HOST) == []


def test_a_created_event_makes_a_guest_busy_until_they_decline(organiser: GoogleOrganiser) -> None:
    seen = organiser.provider.create(organiser.account, event(organiser.provider, guests=BOTH))
    calendar = organiser.wire.calendars.calendars[ANN]
    window = (seen.interval.start, seen.interval.end)
    assert [each.busy for each in calendar.instances(*window)] == [True]
    organiser.answer(ANN, seen.uid, Partstat.DECLINED)
    assert [each.busy for each in calendar.instances(*window)] == [False]
    assert organiser.mails_to(BOB) == ["invite"]


@pytest.mark.parametrize("reason", ["backendError", "notFoundByAProxy", ""])
def test_a_404_that_does_not_say_what_is_missing_is_no_event_that_was_deleted(
    organiser: GoogleOrganiser, reason: str
) -> None:
    seen = organiser.provider.create(organiser.account, event(organiser.provider))
    organiser.wire.fail("events.get", 404, reason, times=3)
    organiser.wire.fail("events.delete", 404, reason)
    with pytest.raises(TryLater):
        organiser.provider.event(organiser.account, seen.id)
    with pytest.raises(TryLater):
        organiser.provider.cancel(organiser.account, seen.id)
    assert organiser.provider.event(organiser.account, seen.id) == seen


@pytest.mark.parametrize(("status", "reason"), [(404, "notFound"), (410, "deleted")])
def test_an_event_that_google_says_is_gone_is_gone(organiser: GoogleOrganiser, status: int, reason: str) -> None:
    seen = organiser.provider.create(organiser.account, event(organiser.provider))
    organiser.wire.fail("events.get", status, reason)
    assert organiser.provider.event(organiser.account, seen.id) is None
