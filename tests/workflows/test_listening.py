"""Replies that lie in the organisation's inbox are read by IMAP: all of them, each once, whatever happens meanwhile."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from integrations import imap
from integrations.mail_in import MOST_BYTES
from mentoring.errors import Reconnect, Refused, TryLater, Unreachable
from mentoring.mail import Cursor, Inbox, Security, SetAside
from mentoring.proposals import Partstat, Party, State
from store import inboxes, organisations, replies, tables
from store.mailboxes import save as save_mailbox
from tests.servers import DavServer, ImapServer, free_port, pymap
from tests.wires.imap import DROP, Wire, imap_wire
from tests.wires.post import PostOffice
from tests.workflows.by_mail import MailPair
from tests.workflows.house import TOKEN_KEY, House, a_house
from tests.workflows.test_supervisor import eventually
from workflows import listening
from workflows.listening import Listener, Over, Rhythm, pause

YES, NO = Partstat.ACCEPTED, Partstat.DECLINED
QUICK = Rhythm(hold=0.05, idle=5, poll=0.1, look=0.05, first_pause=0.05, longest_pause=0.2, locked_out=0.05)


@pytest.fixture(scope="module")
def running() -> Iterator[ImapServer]:
    with pymap() as server:
        yield server


@pytest.fixture
def house(tmp_path: Path, dav: DavServer, office: PostOffice, running: ImapServer) -> House:
    return a_house(tmp_path, frozenset({dav.host_port, office.host_port, running.host_port}))


@pytest.fixture
def pair(house: House, dav: DavServer, office: PostOffice, running: ImapServer) -> MailPair:
    """Ann was asked, and answers go to the inbox, which is read from now on."""
    asked = MailPair.of(house, dav, office).asked_mentee()
    with house.parts.database.writing(house.organisation_id) as memory:
        inboxes.save(memory, inbox_at(running.port, running), end_of(running), house.clock())
    return asked


def inbox_at(port: int, server: ImapServer | None = None) -> Inbox:
    username, password = (server.username, server.password) if server else ("interlude", "secret")
    return Inbox("127.0.0.1", port, Security.NONE, username, password)


def end_of(server: ImapServer) -> Cursor:
    with imap.opened(inbox_at(server.port, server), frozenset({server.host_port})) as session:
        return session.now()


def kept(house: House) -> inboxes.Kept:
    with house.parts.database.reading(house.organisation_id) as memory:
        found = inboxes.kept(memory)
    assert found is not None
    return found


def waiting(house: House) -> int:
    """How many answers were kept."""
    with house.parts.database.reading_all() as memory:
        return len(replies.due_anywhere(memory, house.clock() + timedelta(days=1), 99))


def set_aside(house: House) -> list[SetAside | None]:
    with house.parts.database.reading(house.organisation_id) as memory:
        return [each.why for each in replies.recently_set_aside(memory)]


def listener(house: House, rhythm: Rhythm = QUICK, reader: str = "me") -> Listener:
    return Listener(house.parts, house.organisation_id, reader, threading.Event(), rhythm)


@contextmanager
def listens(house: House, rhythm: Rhythm = QUICK) -> Iterator[threading.Event]:
    """The process, as a thread of ours."""
    stop = threading.Event()
    thread = threading.Thread(target=listening.listen_everywhere, args=(house.parts, stop, rhythm))
    thread.start()
    try:
        yield stop
    finally:
        stop.set()
        thread.join(20)
        assert not thread.is_alive()


def a_mail(subject: str = "Lunch", size: int = 0, sender: str = "somebody@example.org") -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, "interlude@house.example", subject
    mail["Message-ID"] = f"<{subject}@example.org>"
    mail.set_content("x" * 60 + "\n" + "y" * size)
    return mail.as_bytes()


# --- The answer comes in ----------------------------------------------------------------------------------------------


def test_an_answer_in_the_inbox_counts_while_somebody_listens(pair: MailPair, running: ImapServer) -> None:
    reply = pair.reply(pair.mentee, YES)
    with listens(pair.house):
        eventually(lambda: kept(pair.house).listening(pair.house.clock()), 10)
        running.deliver(a_mail(), reply)
        eventually(lambda: bool(pair.house.nudges), 10)
    pair.house.work()
    pair.house.sweep()
    assert pair.now.state is State.ASKED_MENTOR
    assert set_aside(pair.house) == [SetAside.NOT_AN_ANSWER]
    assert running.untouched()
    assert not kept(pair.house).listening(pair.house.clock()), "whoever stops says so"


def test_what_came_while_nobody_listened_is_read_once(pair: MailPair, running: ImapServer) -> None:
    running.deliver(pair.reply(pair.mentee, NO), a_mail("one"))
    assert listener(pair.house).read_once() == 2
    assert listener(pair.house).read_once() == 0
    assert waiting(pair.house) == 1
    assert kept(pair.house).read_at == pair.house.clock()


def test_what_is_too_large_is_set_aside_with_who_sent_it(pair: MailPair, running: ImapServer) -> None:
    running.deliver(a_mail("large", MOST_BYTES, pair.mentee.user))
    assert listener(pair.house).read_once() == 1
    with pair.house.parts.database.reading(pair.house.organisation_id) as memory:
        (aside,) = replies.recently_set_aside(memory)
    assert (aside.why, aside.person_id) == (SetAside.UNREADABLE, pair.mentee.person.id)


def test_an_inbox_answers_for_its_own_organisation_only(pair: MailPair, running: ImapServer) -> None:
    house = pair.house
    with house.parts.database.writing_all() as memory:
        other = organisations.add(memory, "Other", "Europe/Berlin")
    with house.parts.database.writing(other.id) as memory:
        save_mailbox(memory, pair.office.mailbox, house.clock())
        inboxes.save(memory, inbox_at(running.port, running), end_of(running), house.clock())
    running.deliver(pair.reply(pair.mentee, YES))
    Listener(house.parts, other.id, "theirs", threading.Event(), QUICK).read_once()
    assert waiting(house) == 0
    with house.parts.database.reading(other.id) as memory:
        assert [each.why for each in replies.recently_set_aside(memory)] == [SetAside.UNKNOWN_EVENT]


def test_uids_that_lost_their_meaning_lose_and_double_nothing(
    pair: MailPair, office: PostOffice, running: ImapServer
) -> None:
    house, port = pair.house, free_port()
    house.parts = replace(
        house.parts, settings=replace(house.parts.settings, allow_hosts=frozenset({f"127.0.0.1:{port}"}))
    )
    first, second = pair.reply(pair.mentee, NO), a_mail("second")
    with pymap(port) as server:
        with house.parts.database.writing(house.organisation_id) as memory:
            inboxes.save(memory, inbox_at(port, server), end_of(server), house.clock())
        server.deliver(first)
        listener(house).read_once()
        before = kept(house).cursor
    with pymap(port) as server:
        server.deliver(first, second)
        assert listener(house).read_once() == 2
        assert listener(house).read_once() == 0
    after = kept(house).cursor
    assert before is not None
    assert after is not None
    assert before.validity != after.validity
    assert (waiting(house), set_aside(house)) == (1, [SetAside.NOT_AN_ANSWER])


# --- Killed at any instant --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("dying_at", "kept_by_then", "moved_on"), [("clock:2", 0, False), ("nudge", 1, False), ("clock:3", 1, True)]
)
def test_a_reader_that_is_killed_loses_no_answer_and_doubles_none(
    pair: MailPair, running: ImapServer, dying_at: str, kept_by_then: int, moved_on: bool
) -> None:
    house = pair.house
    before = kept(house).cursor
    running.deliver(pair.reply(pair.mentee, YES))
    arguments = (house.parts.settings.database_url, TOKEN_KEY, str(running.port), str(house.organisation_id))
    command = [sys.executable, "-m", "tests.workflows.dying_reader", *arguments, house.clock().isoformat(), dying_at]
    assert subprocess.run(command, check=False).returncode == -signal.SIGKILL
    assert (waiting(house), kept(house).cursor != before) == (kept_by_then, moved_on)

    with pytest.raises(Over):
        listener(house).read_once()
    house.clock.turn(seconds=Rhythm().lease + 1)
    assert listener(house).read_once() == (0 if moved_on else 1)
    house.sweep()
    house.clock.turn(minutes=1)
    house.sweep()
    assert pair.now.state is State.ASKED_MENTOR
    with house.parts.database.reading(house.organisation_id) as memory:
        answers = [row.party for row in memory.rows(memory.select(tables.answers))]
    assert answers == [Party.MENTEE.value]


# --- One at a time ----------------------------------------------------------------------------------------------------


def test_one_process_reads_and_another_takes_over_once_it_is_gone(pair: MailPair) -> None:
    first, second = listener(pair.house, reader="first"), listener(pair.house, reader="second")
    first._take()
    with pytest.raises(Over):
        second._take()
    pair.house.clock.turn(seconds=QUICK.lease + 1)
    second._take()
    with pytest.raises(Over):
        first._advance(Cursor(1, 99))
    assert kept(pair.house).cursor != Cursor(1, 99)


def test_changed_settings_are_picked_up(pair: MailPair, running: ImapServer) -> None:
    house = pair.house
    with imap_wire() as wire, listens(house):
        eventually(lambda: kept(house).listening(house.clock()), 10)
        allows(house, wire)
        with house.parts.database.writing(house.organisation_id) as memory:
            inboxes.save(memory, inbox_at(wire.port), Cursor(wire.validity, 0), house.clock())
        eventually(lambda: "IDLE" in wire.commands(), 10)
        with house.parts.database.writing(house.organisation_id) as memory:
            inboxes.forget(memory)
        eventually(lambda: not [each for each in threading.enumerate() if each.name.startswith("inbox-")], 10)


# --- Bad days ---------------------------------------------------------------------------------------------------------


def allows(house: House, wire: Wire) -> None:
    allowed = house.parts.settings.allow_hosts | {f"127.0.0.1:{wire.port}"}
    object.__setattr__(house.parts.settings, "allow_hosts", allowed)


def reads_from(house: House, wire: Wire, office: PostOffice) -> None:
    allows(house, wire)
    with house.parts.database.writing(house.organisation_id) as memory:
        save_mailbox(memory, office.mailbox, house.clock())
        inboxes.save(memory, inbox_at(wire.port), Cursor(wire.validity, 0), house.clock())


@pytest.fixture
def plain(tmp_path: Path) -> House:
    return a_house(tmp_path)


def test_a_server_without_idle_is_asked_again_and_again(plain: House, office: PostOffice) -> None:
    with imap_wire("IMAP4rev1 AUTH=PLAIN") as wire:
        reads_from(plain, wire, office)
        with listens(plain):
            eventually(lambda: wire.commands().count("SEARCH") > 2, 10)
            wire.add(a_mail())
            eventually(lambda: bool(set_aside(plain)), 10)
        assert wire.connections == 1
        assert "IDLE" not in wire.commands()


def test_waiting_is_renewed_before_the_server_ends_it(plain: House, office: PostOffice) -> None:
    with imap_wire() as wire:
        reads_from(plain, wire, office)
        with listens(plain, replace(QUICK, idle=0.2)):
            eventually(lambda: wire.said.count("DONE") > 2, 10)
        assert wire.connections == 1
    assert Rhythm().idle < 29 * 60


def test_a_line_that_is_cut_between_asking_and_the_mail_is_taken_up_again(plain: House, office: PostOffice) -> None:
    with imap_wire(BODY=DROP) as wire:
        reads_from(plain, wire, office)
        wire.add(a_mail())
        with listens(plain):
            eventually(lambda: wire.connections > 2, 10)
            assert "broke off" in kept(plain).problem
            del wire.answers["BODY"]
            eventually(lambda: bool(set_aside(plain)), 10)
            eventually(lambda: not kept(plain).problem, 10)


def test_what_is_wrong_is_told_in_words_and_ends_once_an_admin_has_seen_to_it(plain: House, office: PostOffice) -> None:
    slow = replace(QUICK, locked_out=60, longest_pause=60)
    with imap_wire(AUTHENTICATE=b"NO [AUTHENTICATIONFAILED] no") as wire:
        reads_from(plain, wire, office)
        with listens(plain, slow):
            eventually(lambda: "password is wrong" in kept(plain).problem, 10)
            assert wire.connections == 1, "who tries a wrong password again and again is locked out"
            del wire.answers["AUTHENTICATE"]
            with plain.parts.database.writing(plain.organisation_id) as memory:
                inboxes.note_problem(memory, kept(plain).inbox, "")
            eventually(lambda: "IDLE" in wire.commands(), 10)


def test_while_mail_cannot_be_kept_the_cursor_stays(plain: House, office: PostOffice) -> None:
    with imap_wire() as wire:
        reads_from(plain, wire, office)
        wire.add(a_mail("one"))
        busy = fails_at_the_clock(plain, TryLater("the database is busy"), times=4)
        with listens(busy):
            eventually(lambda: kept(plain).cursor == Cursor(wire.validity, 1), 10)
        assert set_aside(plain) == [SetAside.NOT_AN_ANSWER]
        assert kept(plain).problem == "", "that is no fault of the inbox"


def test_a_mail_that_is_too_much_for_us_keeps_no_other_from_being_read(plain: House, office: PostOffice) -> None:
    with imap_wire() as wire:
        reads_from(plain, wire, office)
        wire.add(a_mail("poison"))
        wire.add(a_mail("fine"))
        faulty = fails_at_the_clock(plain, ZeroDivisionError("a fault of ours"), times=listening.STUMBLES)
        with listens(faulty):
            eventually(lambda: kept(plain).cursor == Cursor(wire.validity, 2), 10)
        assert len(set_aside(plain)) == 1


def fails_at_the_clock(house: House, problem: Exception, times: int) -> House:
    """While a mail is taken in, the time is asked for, which goes wrong so often."""
    left = [times]

    def clock():  # type: ignore[no-untyped-def]
        if left[0] and sys._getframe(1).f_globals["__name__"] == "workflows.receiving":
            left[0] -= 1
            raise problem
        return house.clock()

    return replace(house, parts=replace(house.parts, clock=clock))


def test_pauses_grow_differ_and_end_somewhere() -> None:
    rhythm = Rhythm()
    away = [pause(Unreachable("away"), failures, rhythm) for failures in range(1, 12)]
    assert 3.75 <= away[0] <= 6.25
    assert 60 < away[5] < 250
    assert all(each <= rhythm.longest_pause * 1.25 for each in away)
    assert pause(Reconnect("wrong"), 1, rhythm) >= rhythm.locked_out * 0.75
    assert pause(Refused("no"), 1, rhythm) <= 6.25
    assert len({pause(Unreachable("away"), 1, rhythm) for _ in range(20)}) > 1
    assert pause(TryLater("busy", timedelta(seconds=60)), 1, rhythm) >= 45
