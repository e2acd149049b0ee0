"""Reading an inbox: from a real server, and from one that does what servers do on bad days."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from integrations import imap
from integrations.imap import Seconds, Session
from integrations.mail_in import MOST_BYTES
from mentoring.errors import InterludeError, Reconnect, Unencrypted, Unreachable, WrongServer
from mentoring.mail import Cursor, Inbox, Security
from tests.certificates import certificate, serving
from tests.servers import ImapServer, free_port, pymap
from tests.wires.imap import DROP, SILENCE, Wire, imap_wire

HOST = "imap.example"
SECRET = "Schl\u00fcsselblume-4711"
QUICK = Seconds(connect=1, read=0.5, total=1.5)
LONG_AGO = date(2026, 1, 1)


def mail(subject: str, body: str = "Hello") -> bytes:
    return f"From: ann@example.org\r\nTo: us@example.org\r\nSubject: {subject}\r\n\r\n{body}\r\n".encode()


@pytest.fixture(scope="module")
def running() -> Iterator[ImapServer]:
    with pymap() as server:
        yield server


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return certificate(tmp_path_factory.mktemp("authority"), HOST)


def box(server: ImapServer) -> Inbox:
    return Inbox("127.0.0.1", server.port, Security.NONE, server.username, server.password)


def at(wire: Wire, security: Security = Security.NONE, username: str = "interlude", secret: str = SECRET) -> Inbox:
    return Inbox(HOST, wire.port, security, username, secret)


def opened(inbox: Inbox, ca_bundle: Path | str = "", seconds: Seconds = QUICK):  # type: ignore[no-untyped-def]
    return imap.opened(
        inbox,
        frozenset({f"{inbox.host}:{inbox.port}"}),
        resolver=lambda _host, _port: ["127.0.0.1"],
        ca_bundle=str(ca_bundle),
        seconds=seconds,
    )


def subjects(session: Session, cursor: Cursor) -> list[str]:
    return [each.raw.split(b"Subject: ")[1].split(b"\r\n")[0].decode() for each in session.news(cursor, LONG_AGO)]


# --- A real server ----------------------------------------------------------------------------------------------------


def test_what_was_there_before_is_not_read_and_what_comes_after_is_in_that_order(running: ImapServer) -> None:
    running.deliver(mail("before"))
    with opened(box(running)) as session:
        begins = session.now()
    running.deliver(*(mail(f"number {number}") for number in range(1, imap.BATCH + 3)))
    with opened(box(running)) as session:
        assert subjects(session, begins) == [f"number {number}" for number in range(1, imap.BATCH + 3)]
        *_, last = session.news(begins, LONG_AGO)
        assert subjects(session, last.at) == []
        assert last.at == session.now()


def test_a_mail_comes_as_it_was_sent_and_stays_as_it_was(running: ImapServer) -> None:
    with opened(box(running)) as session:
        begins = session.now()
    sent = mail("umlauts", "Zwetschgenmus, " * 500)
    running.deliver(sent)
    with opened(box(running)) as session:
        (came,) = session.news(begins, LONG_AGO)
    assert (came.raw, came.whole) == (sent, True)
    assert running.untouched()


def test_new_mail_is_told_of_at_once(running: ImapServer) -> None:
    with opened(box(running)) as session:
        begins, began = session.now(), time.monotonic()
        assert session.idles
        with session.listening() as heard:
            assert not heard(0.1)
            threading.Timer(0.2, running.deliver, [mail("just now")]).start()
            assert heard(10)
        assert time.monotonic() - began < 5
        assert subjects(session, begins) == ["just now"]


def test_a_mail_beyond_one_mebibyte_is_not_fetched_whole(running: ImapServer) -> None:
    with opened(box(running)) as session:
        begins = session.now()
    running.deliver(mail("large", "x" * 78 + "\r\n" + "y" * MOST_BYTES), mail("small"))
    with opened(box(running)) as session:
        large, small = session.news(begins, LONG_AGO)
    assert (large.whole, small.whole) == (False, True)
    assert b"Subject: large" in large.raw
    assert len(large.raw) < 1000


def test_when_uids_lose_their_meaning_all_since_that_day_is_read() -> None:
    port = free_port()
    with pymap(port) as server:
        server.deliver(mail("one"), mail("two"))
        with opened(box(server)) as session:
            before = session.now()
    with pymap(port) as server:
        server.deliver(mail("one"), mail("two"), mail("three"))
        with opened(box(server)) as session:
            assert not session.continues(before)
            assert subjects(session, before) == ["one", "two", "three"]
            assert list(session.news(before, date(2099, 1, 1))) == []


def test_a_wrong_password_is_for_an_admin_to_mend(running: ImapServer) -> None:
    wrong = Inbox("127.0.0.1", running.port, Security.NONE, running.username, SECRET)
    with pytest.raises(Reconnect, match="name or password is wrong") as told, opened(wrong):
        pass
    assert not isinstance(told.value, WrongServer)


# --- Signing in -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("capabilities", ["IMAP4rev1 AUTH=PLAIN", "IMAP4rev1 AUTH=PLAIN LOGINDISABLED"])
def test_names_and_passwords_may_hold_any_letter(capabilities: str) -> None:
    with imap_wire(capabilities) as wire, opened(at(wire, username="Zo\u00eb")) as session:
        assert not session.idles
    assert wire.signed_in == [("Zo\u00eb", SECRET)]


def test_a_server_that_knows_login_only_gets_name_and_password_quoted() -> None:
    with imap_wire("IMAP4rev1") as wire, opened(at(wire, username='a "b" \\c', secret='d"e\\f')):
        pass
    assert wire.signed_in == [('a "b" \\c', 'd"e\\f')]


@pytest.mark.parametrize(
    ("capabilities", "answers", "error", "words"),
    [
        ("IMAP4rev1 LOGINDISABLED", {}, WrongServer, "takes no password"),
        ("IMAP4rev1", {}, WrongServer, "letters beyond a to z"),
        ("IMAP4rev1 AUTH=PLAIN", {"AUTHENTICATE": b"NO [AUTHENTICATIONFAILED] no"}, Reconnect, "password is wrong"),
        ("IMAP4rev1 AUTH=PLAIN", {"AUTHENTICATE": b"NO [UNAVAILABLE] no"}, Unreachable, "come back later"),
        ("IMAP4rev1 AUTH=PLAIN", {"AUTHENTICATE": b"NO [PRIVACYREQUIRED] no"}, WrongServer, "encrypted"),
        ("IMAP4rev1 AUTH=PLAIN", {"AUTHENTICATE": DROP}, Unreachable, "broke off"),
        ("IMAP4rev1 AUTH=PLAIN", {"AUTHENTICATE": SILENCE}, Unreachable, "cannot be reached, or broke off"),
        ("IMAP4rev1 AUTH=PLAIN", {"EXAMINE": b"NO [NONEXISTENT] no"}, WrongServer, "no INBOX"),
        ("IMAP4rev1 AUTH=PLAIN", {"EXAMINE": b"NO [LIMIT] too many"}, Unreachable, "come back later"),
        ("IMAP4rev1 AUTH=PLAIN", {"greeting": b"* BYE full"}, Unreachable, "come back later"),
        ("IMAP4rev1 AUTH=PLAIN", {"greeting": b"220 smtp.example ESMTP"}, WrongServer, "no IMAP server"),
        ("IMAP4rev1 AUTH=PLAIN", {"greeting": DROP}, Unreachable, "broke off"),
    ],
)
def test_each_way_of_not_being_let_in_says_what_to_do_next(
    capabilities: str, answers: dict[str, bytes], error: type[InterludeError], words: str
) -> None:
    with imap_wire(capabilities, **answers) as wire, pytest.raises(error, match=words) as told, opened(at(wire)):
        pass
    assert type(told.value) is error
    assert SECRET not in str(told.value) + repr(told.value.__cause__)


# --- Where it goes, and how it is kept from others --------------------------------------------------------------------


def test_a_private_address_is_not_visited_unless_it_is_allowed() -> None:
    with imap_wire() as wire:
        inbox = Inbox("127.0.0.1", wire.port, Security.STARTTLS, "interlude", SECRET)
        with pytest.raises(WrongServer, match="private network"), imap.opened(inbox, frozenset()):
            pass
    assert wire.connections == 0


def test_nothing_goes_unencrypted_where_that_is_not_allowed() -> None:
    with imap_wire() as wire:
        inbox = Inbox(HOST, wire.port, Security.NONE, "interlude", SECRET)
        with pytest.raises(Unencrypted), imap.opened(inbox, frozenset(), resolver=lambda *_: ["127.0.0.1"]):
            pass
    assert wire.connections == 0


@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
def test_over_tls_the_certificate_is_checked(authority: Path, tmp_path: Path, security: Security) -> None:
    shown = {"tls": serving(authority), "from_the_start": security is Security.TLS}
    with imap_wire("IMAP4rev1 AUTH=PLAIN STARTTLS", **shown) as wire:  # type: ignore[arg-type]
        wire.add(mail("hidden"))
        with opened(at(wire, security), authority) as session:
            assert subjects(session, Cursor(wire.validity, 0)) == ["hidden"]
        wire.signed_in.clear()
        with pytest.raises(WrongServer, match="no valid certificate"), opened(at(wire, security)):
            pass
        elsewhere = Inbox("elsewhere.example", wire.port, security, "interlude", SECRET)
        with pytest.raises(WrongServer, match="no valid certificate"), opened(elsewhere, authority):
            pass
    assert wire.signed_in == []


@pytest.mark.parametrize(
    "said",
    [
        {"capabilities": "IMAP4rev1 AUTH=PLAIN"},
        {"capabilities": "IMAP4rev1 AUTH=PLAIN STARTTLS", "STARTTLS": b"NO not today"},
        {"capabilities": "IMAP4rev1 AUTH=PLAIN STARTTLS", "greeting": b"* PREAUTH you are known"},
    ],
)
def test_who_offers_no_encryption_never_sees_the_password(said: dict[str, bytes]) -> None:
    refused = pytest.raises(WrongServer, match="no encryption")
    with imap_wire(**said) as wire, refused, opened(at(wire, Security.STARTTLS)):  # type: ignore[arg-type]
        pass
    assert "AUTHENTICATE" not in wire.commands()


def test_what_is_said_between_starttls_and_tls_is_not_taken_for_said_under_tls(authority: Path) -> None:
    injected = b"* OK a\r\n* CAPABILITY IMAP4rev1 LOGINDISABLED"
    with imap_wire("IMAP4rev1 AUTH=PLAIN STARTTLS", tls=serving(authority)) as wire:
        wire.after_starttls = injected
        with pytest.raises(WrongServer), opened(at(wire, Security.STARTTLS), authority):
            pass
    assert wire.signed_in == []


def test_a_server_that_speaks_no_tls_is_told_from_a_wrong_password() -> None:
    with imap_wire() as wire, pytest.raises(WrongServer, match="does not speak TLS"), opened(at(wire, Security.TLS)):
        pass


# --- Bad days ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("stage", ["SEARCH", "SIZE", "BODY"])
@pytest.mark.parametrize("answer", [DROP, b"* BYE shutting down", b"NO later", b"BAD what", b"* ((((", SILENCE])
def test_whatever_breaks_while_reading_passes(stage: str, answer: bytes) -> None:
    with imap_wire(**{stage: answer}) as wire:  # type: ignore[arg-type]
        wire.add(mail("one"))
        with opened(at(wire)) as session, pytest.raises(Unreachable):
            list(session.news(Cursor(wire.validity, 0), LONG_AGO))


def test_a_byte_now_and_then_does_not_hold_us_for_ever() -> None:
    with imap_wire() as wire:
        wire.add(mail("slow"))
        wire.drips = True
        began = time.monotonic()
        with pytest.raises(Unreachable, match="took too long"), opened(at(wire)) as session:
            list(session.news(Cursor(wire.validity, 0), LONG_AGO))
    assert time.monotonic() - began < QUICK.total + 2


def test_a_size_that_a_server_claims_is_not_believed() -> None:
    with imap_wire() as wire:
        uid = wire.add(mail("huge", "x" * (8 * MOST_BYTES)))
        wire.sizes[uid] = 10
        with pytest.raises(Unreachable), opened(at(wire), seconds=Seconds(1, 5, 10)) as session:
            list(session.news(Cursor(wire.validity, 0), LONG_AGO))


def test_mails_that_are_deleted_meanwhile_are_passed_over() -> None:
    with imap_wire() as wire:
        for subject in ("one", "two", "three"):
            wire.add(mail(subject))
        with opened(at(wire)) as session:
            news = session.news(Cursor(wire.validity, 0), LONG_AGO)
            assert next(news).at.last == 1
            del wire.mails[2]
            assert [each.at.last for each in news] == [3]


def test_the_last_mail_is_not_read_again_and_again() -> None:
    with imap_wire() as wire:
        wire.add(mail("one"))
        with opened(at(wire)) as session:
            assert list(session.news(session.now(), LONG_AGO)) == []
    assert wire.commands().count("SEARCH") == 1
    assert "SIZE" not in wire.commands()


@pytest.mark.parametrize("idles", [True, False])
def test_a_line_that_is_cut_while_listening_is_noticed(idles: bool) -> None:
    capabilities = "IMAP4rev1 AUTH=PLAIN IDLE" if idles else "IMAP4rev1 AUTH=PLAIN"
    with imap_wire(capabilities, IDLE=b"+ idling") as wire, opened(at(wire)) as session:
        listening = session.listening()
        heard = listening.__enter__()
        wire.cut()
        assert heard(5)
        with pytest.raises(Unreachable):
            listening.__exit__(None, None, None)


def test_what_comes_together_with_the_leave_to_listen_is_heard() -> None:
    with imap_wire(IDLE=b"+ idling\r\n* 5 EXISTS") as wire, opened(at(wire)) as session:
        heard = session.listening().__enter__()
        assert heard(0)


def test_passwords_and_mails_are_in_no_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with imap_wire("IMAP4rev1") as wire, opened(at(wire, secret="Holunder")) as session:
        wire.add(mail("Zwetschge", "Mispel"))
        assert len(list(session.news(Cursor(wire.validity, 0), LONG_AGO))) == 1
    assert not [word for word in ("Holunder", "Zwetschge", "Mispel", "example.org") if word in caplog.text]
