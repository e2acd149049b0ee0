"""The organiser's events in Outlook: the contract, and what is Outlook's own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any

import pytest

from integrations.outlook import Outlook
from mentoring.doors import Errand
from mentoring.errors import ChangedMeanwhile, InterludeError, Reconnect, TryLater
from mentoring.intervals import Interval
from mentoring.ports import Account, Attendee, EventSeen, FoundCalendar
from mentoring.proposals import Partstat
from tests.integrations.backends import ANN, BOB
from tests.integrations.contract import NOW, WINDOW, key_of
from tests.integrations.organising_contract import BOTH, HOST, MOVED, OrganisingContract, event
from tests.integrations.outlook_backend import connected, outside
from tests.wires.graph import GraphWire, graph_wire

SAID = {
    Partstat.NEEDS_ACTION: "notResponded",
    Partstat.ACCEPTED: "accepted",
    Partstat.DECLINED: "declined",
    Partstat.TENTATIVE: "tentativelyAccepted",
}
WRITES = ("POST", "PATCH", "DELETE")
LOST: dict[str, dict[str, Any]] = {
    "before": {"cut": "before"},
    "during": {"cut": "during"},
    "after": {"cut": "after"},
    "504 before": {"status": 504},
    "504 after": {"status": 504, "after": True},
}


@dataclass
class Organiser:
    """See organising_contract.Organiser."""

    wire: GraphWire
    provider: Outlook
    account: Account

    def answer(self, email: str, uid: str, partstat: Partstat, counter: Interval | None = None) -> None:
        self.wire.answer(email, uid, SAID[partstat], counter)

    def mails_to(self, email: str) -> list[str]:
        return [each.kind for each in self.wire.mails if each.to == email]

    def events_of(self, email: str) -> list[str]:
        return [each["iCalUId"] for each in self.wire.events(email) if not each["isCancelled"]]

    def delete(self, uid: str) -> None:
        self.wire.delete(uid)

    def dies(self, step: str) -> None:
        """The one that is asked for next fails; the others are taken back."""
        self.wire.faults.clear()
        for method in WRITES:
            self.wire.fail(**LOST[step], method=method, path="/me/events")

    def create(self, **changes: Any) -> EventSeen:
        return self.provider.create(self.account, event(self.provider, **changes))

    def change(self, seen: EventSeen, **changes: Any) -> EventSeen:
        return self.provider.change(self.account, seen, event(self.provider, **changes))

    def now(self, seen: EventSeen) -> EventSeen:
        found = self.provider.event(self.account, seen.id)
        assert found is not None
        return found


@contextmanager
def organised(**how: Any) -> Iterator[Organiser]:
    """Bob has no mailbox there."""
    with graph_wire(**how) as wire:
        wire.account(HOST)
        wire.account(ANN)
        yield Organiser(wire, Outlook(outside(wire)), connected(wire, HOST, Errand.ORGANISER).account)


@pytest.fixture
def organiser() -> Iterator[Organiser]:
    with organised() as organiser:
        yield organiser


class TestOutlook(OrganisingContract):
    knows_what_was_deleted = False

    @pytest.fixture(
        params=[{}, {"transactions": False}, {"transaction_conflicts": True}],
        ids=["as it is", "a service that forgets transactions", "a service that says 409"],
    )
    def organiser(self, request: pytest.FixtureRequest) -> Iterator[Organiser]:
        with organised(**request.param) as organiser:
            yield organiser


@pytest.mark.parametrize("step", LOST)
def test_a_creation_whose_answer_is_lost_is_made_once(organiser: Organiser, step: str) -> None:
    organiser.dies(step)
    with pytest.raises(TryLater):
        organiser.create()
    organiser.wire.faults.clear()
    assert organiser.events_of(HOST) in ([], [organiser.create().uid])
    assert len(organiser.events_of(HOST)) == 1
    assert organiser.mails_to(ANN) == ["invite"]


@pytest.mark.parametrize("step", LOST)
def test_a_mentor_whose_joining_is_answered_to_nobody_joins_once(organiser: Organiser, step: str) -> None:
    seen = organiser.create()
    organiser.dies(step)
    with pytest.raises(TryLater):
        organiser.change(seen, guests=BOTH)
    assert len(organiser.change(organiser.now(seen), guests=BOTH).guests) == 2
    assert (organiser.mails_to(ANN), organiser.mails_to(BOB)) == (["invite"], ["invite"])


@pytest.mark.parametrize("step", LOST)
def test_a_cancellation_whose_answer_is_lost_is_told_once(organiser: Organiser, step: str) -> None:
    seen = organiser.create()
    organiser.dies(step)
    with pytest.raises(TryLater):
        organiser.provider.cancel(organiser.account, seen.id)
    organiser.provider.cancel(organiser.account, seen.id)
    assert (organiser.events_of(HOST), organiser.mails_to(ANN)) == ([], ["invite", "cancel"])


@pytest.mark.parametrize("conflicts", [False, True])
def test_a_search_that_finds_nothing_yet_is_made_up_for_by_the_transaction(conflicts: bool) -> None:
    with organised(transaction_conflicts=conflicts) as organiser:
        first = organiser.create()
        properties = organiser.wire.meetings[first.id].properties
        written = dict(properties)
        properties.clear()
        with pytest.raises(TryLater) if conflicts else nullcontext():
            assert organiser.create().id == first.id
        properties |= written
        assert organiser.create().id == first.id
        assert organiser.mails_to(ANN) == ["invite"]


def test_the_uid_is_known_only_once_the_event_is_there(organiser: Organiser) -> None:
    assert organiser.provider.promised_uid("any") == ""
    assert organiser.create().uid


def test_what_is_written_is_private_and_asks_for_an_answer(organiser: Organiser) -> None:
    organiser.create()
    sent = next(json.loads(each.body) for each in organiser.wire.asked if each.method == "POST")
    assert (sent["sensitivity"], sent["showAs"]) == ("private", "busy")
    assert (sent["responseRequested"], sent["allowNewTimeProposals"]) == (True, True)
    assert sent["body"]["contentType"] == "text"
    assert len(sent["transactionId"]) <= 64


def test_adding_the_mentor_sends_the_guests_and_nothing_else_so_that_the_mentee_gets_no_mail(
    organiser: Organiser,
) -> None:
    seen = organiser.create()
    organiser.change(seen, guests=BOTH)
    (sent,) = [json.loads(each.body) for each in organiser.wire.asked if each.method == "PATCH"]
    assert list(sent) == ["attendees"]
    assert [each["emailAddress"]["address"] for each in sent["attendees"]] == [ANN, BOB]
    assert all("status" not in each for each in sent["attendees"])
    assert (organiser.mails_to(ANN), organiser.mails_to(BOB)) == (["invite"], ["invite"])


def test_a_change_that_changes_nothing_is_not_sent(organiser: Organiser) -> None:
    seen = organiser.create(guests=(Attendee("Ann", ANN.title()),))
    assert organiser.change(seen) == seen
    assert not [each for each in organiser.wire.asked if each.method == "PATCH"]


def test_a_guest_who_leaves_is_told_and_the_other_is_not(organiser: Organiser) -> None:
    left = organiser.change(organiser.create(guests=BOTH))
    assert [each.address for each in left.guests] == [ANN]
    assert (organiser.mails_to(ANN), organiser.mails_to(BOB)) == (["invite"], ["invite", "cancel"])


def test_new_words_are_written_and_told(organiser: Organiser) -> None:
    organiser.change(organiser.create(), description="Another reason.")
    (told,) = organiser.wire.events(HOST)
    assert told["bodyPreview"] == "Another reason."
    assert organiser.mails_to(ANN) == ["invite", "update"]


def test_an_event_without_guests_asks_nobody(organiser: Organiser) -> None:
    assert organiser.create(guests=()).guests == ()
    assert organiser.wire.mails == []


def test_the_event_lies_in_both_calendars_under_one_uid_and_is_told_apart_there(organiser: Organiser) -> None:
    organiser.wire.account(BOB)
    seen = organiser.create(guests=BOTH)
    for email in (ANN, BOB):
        calendar = FoundCalendar(organiser.wire.calendar_id(email), "Calendar")
        account = connected(organiser.wire, email).account
        reading = organiser.provider.read(account, calendar, WINDOW, key_of, "", NOW)
        assert reading is not None
        assert [(each.interval, each.key) for each in reading.events] == [(seen.interval, key_of(seen.uid))]


def test_when_an_answer_was_given_is_told(organiser: Organiser) -> None:
    seen = organiser.create()
    assert seen.guests[0].answered_at is None
    organiser.answer(ANN, seen.uid, Partstat.ACCEPTED)
    now = organiser.now(seen)
    assert now.guests[0].answered_at is not None
    assert now.changed_at is not None


def test_another_time_that_a_guest_proposes_comes_back(organiser: Organiser) -> None:
    seen = organiser.create()
    assert seen.guests[0].counter is None
    organiser.answer(ANN, seen.uid, Partstat.TENTATIVE, MOVED)
    assert organiser.now(seen).guests[0].counter == MOVED


def test_a_move_asks_again(organiser: Organiser) -> None:
    seen = organiser.create()
    organiser.answer(ANN, seen.uid, Partstat.ACCEPTED)
    moved = organiser.change(organiser.now(seen), interval=MOVED)
    assert moved.guests[0].partstat is Partstat.NEEDS_ACTION


def test_what_an_admin_changes_by_hand_is_seen_before_it_is_written_over(organiser: Organiser) -> None:
    seen = organiser.create()
    third = Attendee("Carl", "carl@example.org")
    organiser.change(seen, guests=(*BOTH, third))
    with pytest.raises(ChangedMeanwhile):
        organiser.change(seen, interval=MOVED)
    assert {each.address for each in organiser.now(seen).guests} == {ANN, BOB, "carl@example.org"}


def test_a_version_that_changes_between_look_and_write_is_refused_by_microsoft(organiser: Organiser) -> None:
    seen = organiser.create()
    organiser.wire.fail(412, method="PATCH")
    with pytest.raises(ChangedMeanwhile):
        organiser.change(seen, interval=MOVED)
    organiser.change(seen, interval=MOVED)
    last = [each for each in organiser.wire.asked if each.method == "PATCH"][-1]
    assert last.headers["If-Match"] == seen.version


def test_a_member_cannot_be_written_to(organiser: Organiser) -> None:
    member = connected(organiser.wire, ANN).account
    with pytest.raises(Reconnect, match=r"Calendars\.ReadWrite") as caught:
        organiser.provider.create(member, event(organiser.provider))
    assert caught.value.without_effect
    assert organiser.wire.meetings == {}


def test_a_mailbox_that_is_gone_is_no_event_that_was_deleted(organiser: Organiser) -> None:
    seen = organiser.create()
    body = b'{"error": {"code": "MailboxNotEnabledForRESTAPI", "message": "x"}}'
    organiser.wire.fail(404, body=body, path="/me/events")
    with pytest.raises(Reconnect, match="no mailbox"):
        organiser.provider.event(organiser.account, seen.id)


@pytest.mark.parametrize("code", ["", "fault", "UnknownError", "ResourceNotFoundPleaseRetry"])
def test_a_404_that_does_not_say_what_is_missing_is_no_event_that_was_deleted(organiser: Organiser, code: str) -> None:
    seen = organiser.create()
    body = json.dumps({"error": {"code": code, "message": "x"}}).encode() if code else b"<html>"
    for method in ("GET", "DELETE"):
        organiser.wire.fail(404, body=body, method=method, path="/me/events/")
    with pytest.raises(TryLater):
        organiser.provider.event(organiser.account, seen.id)
    with pytest.raises(TryLater):
        organiser.provider.cancel(organiser.account, seen.id)
    assert organiser.now(seen).guests


def test_an_event_that_is_gone_is_said_to_be_gone(organiser: Organiser) -> None:
    seen = organiser.create()
    organiser.wire.delete(seen.uid)
    assert organiser.provider.event(organiser.account, seen.id) is None


@pytest.mark.parametrize(("status", "without"), [(400, True), (403, True), (429, True), (500, False), (504, False)])
def test_whether_a_refused_write_has_had_no_effect_is_told(organiser: Organiser, status: int, without: bool) -> None:
    organiser.wire.fail(status, method="POST", path="/me/events")
    with pytest.raises(InterludeError) as caught:
        organiser.create()
    assert caught.value.without_effect is without
