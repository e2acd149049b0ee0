"""`interlude doctor --live`: each organisation really invites itself, and nothing of it is left behind."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from mentoring.doors import Errand, Granted
from mentoring.mail import Cursor, Inbox, Mailbox, Security
from store import inboxes, mailboxes, organisers
from tests.wires.google import GoogleWire, google_wire
from tests.wires.graph import graph_wire
from tests.wires.imap import Wire, imap_wire
from tests.wires.post import PostOffice
from tests.workflows.commanding import here
from tests.workflows.house import House, a_house
from workflows import trying
from workflows.checks import Check

HOST = "interlude@example.org"


def told(house: House, seconds: float = 5.0) -> list[tuple[bool, str]]:
    return [(each.well, each.found) for each in trying.live(house.parts, seconds)]


def well(checks: list[tuple[bool, str]]) -> list[bool]:
    return [each for each, _ in checks]


# --- By an account ----------------------------------------------------------------------------------------------------


@dataclass
class Abroad:
    """A house whose invites come from an account at the provider on that wire."""

    house: House
    wire: Any

    def lie_there(self) -> int:
        """How many events are in the organiser's calendar."""
        found = self.wire.events_of(HOST) if isinstance(self.wire, GoogleWire) else self.wire.events(HOST)
        return len(found)


@contextmanager
def abroad(folder: Path, provider: str) -> Iterator[Abroad]:
    house = a_house(folder)
    with google_wire(house.clock) if provider == "google" else graph_wire() as wire:
        wire.account(HOST)
        house.parts = replace(house.parts, settings=replace(house.parts.settings, **wire.settings()))  # type: ignore[arg-type]
        granted = Granted("42", HOST, "Interlude", secret=wire.secret(HOST, Errand.ORGANISER))
        with house.parts.database.writing(house.organisation_id) as memory:
            organisers.save(memory, provider, granted, "Interlude", house.clock())
        yield Abroad(house, wire)


@pytest.fixture(params=["google", "outlook"])
def account(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Abroad]:
    with abroad(tmp_path, request.param) as made:
        yield made


def test_an_account_makes_an_event_with_itself_reads_it_back_and_takes_it_back(account: Abroad) -> None:
    checks = told(account.house)
    assert well(checks) == [True, True, True], checks
    assert [words for _, words in checks[1:]] == ["read it back as it was sent", "took it back; nothing is left of it"]
    assert account.lie_there() == 0


def test_whoever_looks_no_further_leaves_nothing_behind_either(account: Abroad) -> None:
    steps = trying.live(account.house.parts)
    next(steps)
    assert account.lie_there() == 1
    steps.close()
    assert account.lie_there() == 0


def test_an_event_whose_making_was_not_heard_of_is_taken_back(account: Abroad) -> None:
    if isinstance(account.wire, GoogleWire):
        account.wire.fail("calendar.events.insert", status=504, committed=True)
    else:
        account.wire.fail(504, method="POST", path="/events", after=True)
    assert well(told(account.house)) == [True, True, True]
    assert account.lie_there() == 0


def test_an_account_that_lets_nobody_in_is_told_with_what_to_do(tmp_path: Path) -> None:
    with abroad(tmp_path, "google") as made:
        made.wire.sign_in.grants.clear()
        (check,) = list(trying.live(made.house.parts))
        assert not check.well
        assert check.fix


# --- By a mailbox -----------------------------------------------------------------------------------------------------


@contextmanager
def delivering(office: PostOffice, wire: Wire) -> Iterator[None]:
    """What is sent to the office lies in the inbox a moment later."""
    over = threading.Event()

    def deliver() -> None:
        done = 0
        while not over.wait(0.05):
            for each in office.arrived[done:]:
                wire.add(each.raw)
                done += 1

    thread = threading.Thread(target=deliver)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def with_a_mailbox(folder: Path, office: PostOffice, wire: Wire | None = None) -> House:
    allowed = {office.host_port} | ({f"127.0.0.1:{wire.port}"} if wire else set())
    house = a_house(folder, frozenset(allowed))
    with house.parts.database.writing(house.organisation_id) as memory:
        mailboxes.save(memory, Mailbox("Interlude", HOST, "127.0.0.1", office.port, Security.NONE), house.clock())
        if wire:
            inbox = Inbox("127.0.0.1", wire.port, Security.NONE, "interlude", "secret")
            inboxes.save(memory, inbox, Cursor(wire.validity, 0), house.clock())
    return house


def test_a_mailbox_invites_itself_is_read_back_and_takes_it_back(tmp_path: Path, office: PostOffice) -> None:
    with imap_wire() as wire, delivering(office, wire):
        wire.add(b"Subject: an old one\r\n\r\n")
        checks = told(with_a_mailbox(tmp_path, office, wire))
    assert well(checks) == [True, True, True], checks
    assert checks[1][1].startswith("read it back by IMAP after")
    invite, cancel = office.arrived
    assert {invite.to, cancel.to} == {HOST}
    assert (invite.invite.method, cancel.invite.method) == ("REQUEST", "CANCEL")
    assert invite.invite.uid == cancel.invite.uid
    assert cancel.invite.sequence > invite.invite.sequence


def test_a_mailbox_that_nobody_reads_says_what_to_look_at(tmp_path: Path, office: PostOffice) -> None:
    checks = told(with_a_mailbox(tmp_path, office))
    assert well(checks) == [True, True, True]
    assert HOST in checks[1][1]
    assert len(office.arrived) == 2


def test_an_invite_that_does_not_arrive_is_found_and_taken_back(tmp_path: Path, office: PostOffice) -> None:
    with imap_wire() as wire:
        checks = told(with_a_mailbox(tmp_path, office, wire), seconds=0.3)
    assert well(checks) == [True, False, True]
    assert "has not arrived" in checks[1][1]


def test_a_server_that_takes_nothing_is_told(tmp_path: Path, office: PostOffice) -> None:
    office.busy = True
    (check,) = list(trying.live(with_a_mailbox(tmp_path, office).parts))
    assert isinstance(check, Check)
    assert (check.well, bool(check.fix)) == (False, True)


# --- The command ------------------------------------------------------------------------------------------------------


def test_the_command_ends_with_what_it_found(
    tmp_path: Path, office: PostOffice, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    command = here(with_a_mailbox(tmp_path, office), monkeypatch, capsys)
    without = command.run("doctor", "--json")
    assert not [each for each in without.json if each["name"].endswith(": live")]
    assert office.arrived == []
    said = command.run("doctor", "--live", "--json")
    assert [each["well"] for each in said.json if each["name"] == "Test: live"] == [True, True, True]
    assert said.code == 1, "no queue answers here"


def test_where_nothing_is_set_up_there_is_nothing_to_try(tmp_path: Path) -> None:
    ((is_well, words),) = told(a_house(tmp_path))
    assert is_well
    assert "nothing to try" in words
