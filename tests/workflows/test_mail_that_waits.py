"""Mail that cannot leave waits: it is not given up for that, holds no worker, and nobody hears of what never came."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from mentoring.hours import WeeklyHours
from mentoring.mail import Mailbox, Security
from mentoring.outbox import Letter, Message
from mentoring.people import Role
from mentoring.policy import Sending
from mentoring.proposals import Partstat, Party, State
from store import links, mailboxes, organisations, outbox, people
from tests.servers import DavServer
from tests.wires.post import PostOffice, opened, post_office
from tests.wires.smtp import DROP, Wire, smtp_wire
from tests.workflows.by_mail import MailPair
from tests.workflows.house import House, a_house
from workflows import asking, peopling, sending
from workflows.signing_in import SIGN_IN

NO = Partstat.DECLINED


@pytest.fixture
def house(tmp_path: Path, dav: DavServer, office: PostOffice) -> House:
    return a_house(tmp_path, frozenset({dav.host_port, office.host_port}))


@pytest.fixture
def pair(house: House, dav: DavServer, office: PostOffice) -> MailPair:
    return MailPair.of(house, dav, office)


def reaching(house: House, port: int) -> None:
    settings = house.parts.settings
    allowed = settings.allow_hosts | {f"127.0.0.1:{port}"}
    house.parts = replace(house.parts, settings=replace(settings, allow_hosts=allowed))


def sends_from(house: House, mailbox: Mailbox) -> None:
    with house.parts.database.writing(house.organisation_id) as memory:
        mailboxes.save(memory, mailbox, house.clock())


def kept(house: House) -> mailboxes.Kept:
    with house.parts.database.reading(house.organisation_id) as memory:
        found = mailboxes.kept(memory)
    assert found is not None
    return found


def unsent(house: House) -> tuple[Message, ...]:
    with house.parts.database.reading(house.organisation_id) as memory:
        assert outbox.failed(memory) == ()
        return outbox.unsent(memory)


def welcomes(house: House, *names: str) -> None:
    with house.parts.database.writing(house.organisation_id) as memory:
        for name in names:
            person = people.by_email(memory, f"{name.lower()}@example.org")
            assert person is not None
            outbox.write_letter(memory, person.id, Letter.WELCOME, house.clock(), house.clock())


def tries(house: House, wire: Wire, minutes: int) -> list[float]:
    """After how many minutes the server is asked, while everything due is delivered every ten seconds."""
    began, found = house.clock(), []
    for _ in range(minutes * 6):
        before = wire.said.count("EHLO [127.0.0.1]")
        sending.deliver_due(house.parts)
        found += [_minutes(house.clock() - began)] * (wire.said.count("EHLO [127.0.0.1]") - before)
        house.clock.turn(seconds=10)
    return found


def _minutes(lasted: timedelta) -> float:
    return lasted / timedelta(minutes=1)


# --- What is wrong with the mailbox ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answers", "changes", "words"),
    [
        ({"greeting": b"554 5.7.1 blocked"}, {}, "does not take mail from us"),
        ({}, {"security": Security.STARTTLS}, "offers no encryption"),
        ({"EHLO": b"250 wire"}, {"username": "interlude", "secret": "word"}, "has no sign-in"),
        ({"EHLO": b"250-wire\r\n250 AUTH GSSAPI"}, {"username": "interlude", "secret": "word"}, "no way to sign in"),
        ({"AUTH": b"535 no"}, {"username": "interlude", "secret": "word"}, "does not let us in"),
        ({"MAIL": b"550 no"}, {}, "does not let interlude@house.example send"),
        ({}, {"host": "no-such-host.invalid", "security": Security.TLS}, "no-such-host.invalid"),
        ({}, {"host": "127.0.0.2", "security": Security.TLS}, "private network"),
    ],
)
def test_what_is_wrong_with_the_mailbox_is_shown_and_gives_no_mail_up(
    pair: MailPair, answers: dict[str, bytes], changes: dict[str, object], words: str
) -> None:
    pair.confirmed()
    with smtp_wire(**answers) as wire:
        reaching(pair.house, wire.port)
        broken = replace(pair.office.mailbox, port=wire.port, **changes)  # type: ignore[arg-type]
        sends_from(pair.house, broken)
        asking.withdraw(pair.house.parts, pair.now, asking.TAKEN)
        pair.house.work()
        assert words in kept(pair.house).problem
        assert [each.attempts for each in unsent(pair.house)] == [0, 0]
    sends_from(pair.house, pair.office.mailbox)
    pair.house.clock.turn(minutes=5)
    pair.house.sweep()
    assert [pair.invite(each).invite.method for each in (pair.mentee, pair.mentor)] == ["CANCEL", "CANCEL"]
    assert kept(pair.house).problem == ""


def test_a_server_that_is_not_there_is_tried_by_one_at_a_time_and_ever_more_seldom(
    house: House, office: PostOffice
) -> None:
    for name in ("Ann", "Ben", "Cleo"):
        house.add(name)
    with smtp_wire(EHLO=DROP, HELO=DROP) as wire:
        reaching(house, wire.port)
        sends_from(house, replace(office.mailbox, port=wire.port))
        welcomes(house, "Ann", "Ben", "Cleo")
        moments = tries(house, wire, 25)
        assert moments == [0, 0.5, 1, 2, 4, 8, 13, 18, 23]
        assert [each.attempts for each in unsent(house)] == [0, 0, 0]


def test_a_sign_in_letter_waits_a_minute_at_most(house: House, office: PostOffice) -> None:
    ann = house.add("Ann Ash")
    with smtp_wire(EHLO=DROP, HELO=DROP) as wire:
        reaching(house, wire.port)
        sends_from(house, replace(office.mailbox, port=wire.port))
        now = house.clock()
        with house.parts.database.writing(house.organisation_id) as memory:
            link = links.create(memory, ann.id, SIGN_IN, now + timedelta(minutes=30), now)
            outbox.write_letter(memory, ann.id, Letter.SIGN_IN, now, now, link.id)
        assert tries(house, wire, 6) == [0, 0.5, 1, 2, 3, 4, 5]


def test_of_several_workers_one_tries_a_failing_mailbox(house: House, office: PostOffice) -> None:
    sends_from(house, office.mailbox)
    with house.parts.database.writing(house.organisation_id) as memory:
        found = mailboxes.kept(memory)
        assert found is not None
        mailboxes.note_problem(memory, found, "it is not there", house.clock())
        seen = mailboxes.kept(memory)
        assert seen is not None
        later = house.clock() + timedelta(minutes=1)
        assert [mailboxes.try_again(memory, seen, later) for _ in range(3)] == [True, False, False]


def test_once_the_server_is_back_everything_leaves_within_five_minutes(house: House) -> None:
    for name in ("Ann", "Ben", "Cleo"):
        house.add(name)
    with post_office() as office:
        reaching(house, office.port)
        sends_from(house, office.mailbox)
    welcomes(house, "Ann", "Ben", "Cleo")
    for _ in range(120):
        sending.deliver_due(house.parts)
        house.clock.turn(seconds=30)
    assert kept(house).problem
    with opened(office):
        for _ in range(10):
            house.clock.turn(seconds=30)
            sending.deliver_due(house.parts)
    assert len(office.arrived) == 3
    assert unsent(house) == ()
    assert (kept(house).problem, kept(house).failing_since) == ("", None)


def test_an_address_that_does_not_exist_keeps_no_other_mail_from_leaving(house: House, office: PostOffice) -> None:
    house.add("Ann"), house.add("Ben")
    sends_from(house, office.mailbox)
    office.refused = {"ann@example.org"}
    welcomes(house, "Ann", "Ben")
    sending.deliver_due(house.parts)
    assert [each.to for each in office.arrived] == ["ben@example.org"]
    with house.parts.database.reading(house.organisation_id) as memory:
        (given_up,) = outbox.failed(memory)
    assert "ann@" not in given_up.last_error
    assert (kept(house).problem, kept(house).failing_since) == ("", None)


# --- Waiting is no attempt -------------------------------------------------------------------------------------------


def every_half_hour(house: House, days: int) -> None:
    for _ in range(days * 48):
        house.clock.turn(minutes=30, seconds=1)
        sending.deliver_due(house.parts)


def test_what_waits_for_sending_to_be_on_is_not_given_up(house: House, office: PostOffice) -> None:
    admin, new = house.add("Ada Admin", roles=frozenset({Role.ADMIN})), house.add("Nia New", roles=frozenset())
    sends_from(house, office.mailbox)
    house.policy(sending=Sending.OFF)
    peopling.invite(house.parts, house.who(admin), [new.id])
    every_half_hour(house, 5)
    assert [each.attempts for each in unsent(house)] == [0]
    house.policy(sending=Sending.ON)
    every_half_hour(house, 4)
    assert [each.to for each in office.arrived] == ["nia@example.org"]


def test_what_waits_for_a_mailbox_is_not_given_up(pair: MailPair) -> None:
    pair.confirmed()
    with pair.house.parts.database.writing(pair.house.organisation_id) as memory:
        mailboxes.forget(memory)
    asking.withdraw(pair.house.parts, pair.now, asking.TAKEN)
    pair.house.work()
    every_half_hour(pair.house, 7)
    assert [each.attempts for each in unsent(pair.house)] == [0, 0]
    sends_from(pair.house, pair.office.mailbox)
    every_half_hour(pair.house, 4)
    assert pair.invite(pair.mentor).invite.method == "CANCEL"


def test_the_kill_switch_is_no_attempt(pair: MailPair) -> None:
    pair.confirmed()
    with pair.house.parts.database.writing(pair.house.organisation_id) as memory:
        organisations.set_stopped(memory, True)
    asking.withdraw(pair.house.parts, pair.now, asking.TAKEN)
    every_half_hour(pair.house, 5)
    assert [each.attempts for each in unsent(pair.house)] == [0, 0]


def without_hours(pair: MailPair, party: Party) -> None:
    who = pair.mentee if party is Party.MENTEE else pair.mentor
    with pair.house.parts.database.writing(pair.house.organisation_id) as memory:
        person = people.get(memory, who.person.id)
        none = WeeklyHours.every("Europe/Berlin", [])
        people.save(memory, replace(person, limits=replace(person.limits, hours=none)))


def test_who_has_no_working_hours_hears_within_a_day_that_it_is_off(pair: MailPair) -> None:
    pair.confirmed()
    without_hours(pair, Party.MENTEE)
    before, told_at = len(pair.mails(pair.mentee)), pair.house.clock()
    pair.says(pair.mentor, NO)
    assert len(pair.mails(pair.mentee)) == before
    left_at = first_after(pair, before)
    assert timedelta(hours=23) < left_at - told_at < timedelta(hours=25)
    assert pair.invite(pair.mentee).invite.method == "CANCEL"


def first_after(pair: MailPair, count: int) -> datetime:
    for _ in range(7 * 48):
        pair.house.clock.turn(minutes=30, seconds=1)
        sending.deliver_due(pair.house.parts)
        if len(pair.mails(pair.mentee)) > count:
            break
    return pair.house.clock()


def test_who_has_no_working_hours_is_never_asked_anything(pair: MailPair) -> None:
    pair.office.busy = True
    pair.asked_mentee()
    pair.office.busy = False
    without_hours(pair, Party.MENTEE)
    every_half_hour(pair.house, 2)
    assert pair.mails(pair.mentee) == []


# --- What never came is not taken back -------------------------------------------------------------------------------


def test_who_never_got_the_invite_gets_no_cancel(pair: MailPair) -> None:
    pair.office.busy = True
    pair.house.sweep()
    for _ in range(49):
        pair.house.clock.turn(hours=1)
        pair.house.sweep()
    assert pair.now.state is State.EXPIRED
    pair.office.busy = False
    for _ in range(30):
        pair.house.clock.turn(hours=1)
        pair.house.sweep()
    assert pair.office.arrived == []
    assert unsent(pair.house) == ()


def test_who_may_have_got_the_invite_gets_the_cancel_though_later_attempts_were_refused(pair: MailPair) -> None:
    pair.office.drops = True
    pair.asked_mentee()
    pair.office.drops, pair.office.busy = False, True
    pair.house.clock.turn(minutes=31)
    pair.house.sweep()
    asking.withdraw(pair.house.parts, pair.now, asking.TAKEN)
    pair.office.busy = False
    pair.house.clock.turn(minutes=31)
    pair.house.sweep()
    assert [each.invite.method for each in pair.mails(pair.mentee)] == ["REQUEST", "CANCEL"]
