"""Handing mail over: encrypted or not at all, to the host that was meant, and each answer says what to do next."""

from __future__ import annotations

import logging
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope

from integrations import smtp
from integrations.mail_text import as_message
from mentoring.errors import InterludeError, Reconnect, Refused, TryLater, Unencrypted, Unreachable, WrongServer
from mentoring.mail import Mailbox, Method, Security
from tests.certificates import certificate, serving
from tests.integrations.contract import copy
from tests.integrations.test_mail_text import letter
from tests.servers import free_port
from tests.wires.smtp import DROP, SILENCE, smtp_wire

HOST = "mail.example"
BOX = Mailbox("Interlude", "interlude@organisation.example", HOST, 0, Security.NONE)
QUICK = smtp.Seconds(connect=1, read=0.5, total=2)
STOP = "https://interlude.example/stop/" + "x" * 120
INVITE = as_message(letter(event=copy(), method=Method.REQUEST, stop_url=STOP), BOX, "Europe/Berlin")


@dataclass
class Server:
    """A real one. mails: what it took, with sender and recipients. signed_in: who did, for each mail."""

    port: int
    mails: list[Envelope] = field(default_factory=list)
    signed_in: list[object] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)


@contextmanager
def server(
    tls: ssl.SSLContext | None = None, starttls: ssl.SSLContext | None = None, word: str = ""
) -> Iterator[Server]:
    """word: the password without which it takes no mail, of the user ann."""
    made = Server(free_port())

    class Handler:
        async def handle_DATA(self, serving: Any, session: Any, envelope: Envelope) -> str:  # noqa: N802
            made.mails.append(envelope)
            made.signed_in.append(session.auth_data)
            made.encrypted.append(serving.transport.get_extra_info("cipher") is not None)
            return "250 kept"

    def authenticator(serving: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        right = data.login == b"ann" and data.password == word.encode()
        return AuthResult(success=right, handled=False, auth_data=data.login)

    controller = Controller(
        Handler(), "127.0.0.1", made.port, ssl_context=tls, tls_context=starttls, require_starttls=bool(starttls),
        authenticator=authenticator, auth_required=bool(word), auth_require_tls=bool(starttls), enable_SMTPUTF8=True,
        auth_exclude_mechanism=() if word else ("LOGIN", "PLAIN"),
    )  # fmt: skip
    controller.start()
    try:
        yield made
    finally:
        controller.stop()


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return certificate(tmp_path_factory.mktemp("authority"), HOST)


def box(port: int, **changes: object) -> Mailbox:
    return replace(BOX, port=port, **changes)  # type: ignore[arg-type]


def handed_over(mailbox: Mailbox, act: Any = smtp.send, **settings: Any) -> None:
    """To a host that an operator allowed, at whatever address it has."""
    settings = {"resolver": lambda host, port: ["127.0.0.1"], "seconds": QUICK} | settings
    allowed = frozenset({f"{mailbox.host}:{mailbox.port}"})
    arguments = (mailbox, INVITE, allowed) if act is smtp.send else (mailbox, allowed)
    act(*arguments, **settings)


def test_what_arrives_is_the_mail_to_the_letter() -> None:
    with server() as there:
        handed_over(box(there.port))
        handed_over(box(there.port))
    first, again = there.mails
    assert first.content == again.content == INVITE.as_bytes()
    assert (first.mail_from, first.rcpt_tos) == ("interlude@organisation.example", ["ann@example.org"])


@pytest.mark.filterwarnings("ignore:Requiring AUTH")
@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
def test_it_goes_encrypted_and_signed_in(authority: Path, security: Security) -> None:
    shown = {"tls" if security is Security.TLS else "starttls": serving(authority)}
    with server(word="päss wörd", **shown) as there:
        mailbox = box(there.port, security=security, username="ann", secret="päss wörd")
        handed_over(mailbox, ca_bundle=str(authority))
    assert (there.encrypted, there.signed_in) == ([True], [b"ann"])


@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
@pytest.mark.parametrize(("host", "known"), [("other.example", True), (HOST, False)])
def test_a_certificate_of_another_host_or_of_nobody_we_know_is_refused(
    authority: Path, security: Security, host: str, known: bool
) -> None:
    shown = {"tls" if security is Security.TLS else "starttls": serving(authority)}
    with server(**shown) as there, pytest.raises(WrongServer, match="no valid certificate"):
        handed_over(box(there.port, security=security, host=host), ca_bundle=str(authority) if known else "")
    assert there.mails == []


def test_encryption_that_was_asked_for_is_never_left_out() -> None:
    """Not even where somebody on the way takes STARTTLS out of the greeting."""
    with smtp_wire() as wire, pytest.raises(WrongServer, match="no encryption"):
        handed_over(box(wire.port, security=Security.STARTTLS, username="ann", secret="plantedword"))
    assert not {"AUTH", "MAIL"} & {line.split()[0] for line in wire.said}


def test_a_server_that_cannot_encrypt_just_now_is_tried_again() -> None:
    offer = b"250-wire\r\n250 STARTTLS"
    with smtp_wire(EHLO=offer, STARTTLS=b"454 not now") as wire, pytest.raises(Unreachable):
        handed_over(box(wire.port, security=Security.STARTTLS))
    assert "MAIL" not in {line.split()[0] for line in wire.said}


def test_tls_with_a_server_that_speaks_first_says_what_may_be_wrong() -> None:
    with smtp_wire() as wire, pytest.raises(WrongServer, match="STARTTLS"):
        handed_over(box(wire.port, security=Security.TLS))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "10.0.0.25", HOST])
def test_without_encryption_it_goes_only_where_an_operator_said_so(host: str) -> None:
    with server() as there, pytest.raises(Unencrypted, match="choose TLS or STARTTLS"):
        smtp.send(box(there.port, host=host), INVITE, frozenset(), resolver=lambda host, port: ["127.0.0.1"])
    assert there.mails == []


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "::ffff:127.0.0.1"])
@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
def test_a_private_address_is_refused_before_anything_is_sent(address: str, security: Security) -> None:
    with server() as there, pytest.raises(WrongServer, match="private network"):
        smtp.send(box(there.port, security=security), INVITE, frozenset(), resolver=lambda host, port: [address])
    assert there.mails == []


def test_the_host_is_looked_up_once_and_that_answer_is_connected_to() -> None:
    answers = iter([["127.0.0.1"], ["10.0.0.1"]])
    looked_up: list[str] = []

    def rebinding(host: str, port: int) -> list[str]:
        looked_up.append(host)
        return next(answers)

    with server() as there:
        handed_over(box(there.port), resolver=rebinding)
    assert (looked_up, len(there.mails)) == ([HOST], 1)


def test_the_next_address_is_tried_where_one_does_not_answer() -> None:
    with server() as there:
        handed_over(box(there.port), resolver=lambda host, port: ["127.0.0.9", "127.0.0.1"])
    assert len(there.mails) == 1


def test_checking_a_mailbox_signs_in_and_sends_nothing(authority: Path) -> None:
    with server(starttls=serving(authority), word="right") as there:
        mailbox = box(there.port, security=Security.STARTTLS, username="ann", secret="right")
        handed_over(mailbox, smtp.check, ca_bundle=str(authority))
        with pytest.raises(Reconnect):
            handed_over(replace(mailbox, secret="plantedword"), smtp.check, ca_bundle=str(authority))
    assert there.mails == []


STAGES: list[tuple[str, bytes, type[InterludeError], str]] = [
    ("greeting", b"421 too many", Unreachable, "later"),
    ("greeting", b"554 go away", WrongServer, "does not take mail"),
    ("greeting", DROP, Unreachable, "broke off"),
    ("EHLO", DROP, Unreachable, "broke off"),
    ("AUTH", b"535 5.7.8 Plantedanswer", Reconnect, "does not let us in"),
    ("AUTH", b"534 5.7.9 a word of its own for each program", Reconnect, "does not let us in"),
    ("AUTH", b"454 4.7.0 not now", Unreachable, "later"),
    ("AUTH", b"421 closing", Unreachable, "later"),
    ("AUTH", DROP, Unreachable, "broke off"),
    ("MAIL", b"530 5.7.0 sign in first", Reconnect, "asks for a name and a password"),
    ("MAIL", b"553 5.7.1 Plantedanswer", Reconnect, "does not let interlude@organisation.example send"),
    ("MAIL", b"451 4.3.0 not now", Unreachable, "later"),
    ("MAIL", DROP, Unreachable, "broke off"),
    ("RCPT", b"550 5.1.1 Plantedanswer", Refused, "does not accept the address"),
    ("RCPT", b"450 4.2.0 greylisted", TryLater, "later"),
    ("RCPT", b"421 closing", Unreachable, "later"),
    ("RCPT", DROP, Unreachable, "broke off"),
    ("DATA", b"554 5.7.1 Plantedanswer", Refused, "does not accept this mail"),
    ("DATA", b"451 4.3.0 not now", TryLater, "later"),
    ("DATA", DROP, Unreachable, "broke off"),
    ("content", b"550 5.7.1 Plantedanswer", Refused, "does not accept this mail"),
    ("content", b"552 5.3.4 too big", Refused, "does not accept this mail"),
    ("content", b"451 4.3.0 not now", TryLater, "later"),
    ("content", b"421 closing", Unreachable, "later"),
    ("content", b"nonsense", TryLater, "later"),
    ("content", DROP, Unreachable, "broke off"),
]
"""Only an answer to RCPT or DATA is about one mail; anything else would keep the next one from leaving too."""

PERHAPS_TAKEN = {("DATA", DROP), ("content", b"nonsense"), ("content", DROP)}


@pytest.mark.parametrize(("stage", "answer", "error", "words"), STAGES)
def test_each_answer_at_each_stage_says_what_to_do_next(
    stage: str, answer: bytes, error: type[InterludeError], words: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with smtp_wire(**{stage: answer}) as wire, pytest.raises(error, match=words) as caught:
        handed_over(box(wire.port, username="ann", secret="plantedword"))
    assert type(caught.value) is error
    assert caught.value.without_effect is ((stage, answer) not in PERHAPS_TAKEN)
    said = f"{caught.value!r} {caught.value.__cause__!r} {caplog.text}".lower()
    assert "planted" not in said
    assert "twenty minutes" not in said
    assert "ann@" not in said, "whom it was to is not the mailbox's business"


@pytest.mark.parametrize("stage", ["greeting", "EHLO", "AUTH", "MAIL", "RCPT", "DATA", "content"])
def test_a_server_that_falls_silent_is_waited_for_in_bounds(stage: str) -> None:
    began = time.monotonic()
    with smtp_wire(**{stage: SILENCE}) as wire, pytest.raises(Unreachable) as caught:
        handed_over(box(wire.port, username="ann", secret="word"))
    assert caught.value.without_effect is (stage not in {"DATA", "content"})
    assert time.monotonic() - began < QUICK.total + 1


def test_a_byte_now_and_then_does_not_keep_us() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def drip() -> None:
            connection, _ = listening.accept()
            with connection:
                for _ in range(100):
                    time.sleep(0.1)
                    try:
                        connection.sendall(b"2")
                    except OSError:
                        return

        threading.Thread(target=drip, daemon=True).start()
        began = time.monotonic()
        with pytest.raises(Unreachable, match="took too long"):
            handed_over(box(listening.getsockname()[1]), seconds=smtp.Seconds(read=0.5, total=1))
    assert time.monotonic() - began < 3


@pytest.mark.parametrize("answer", [DROP, SILENCE, b"500 what?"])
def test_a_mail_that_was_taken_is_sent_however_the_server_says_goodbye(answer: bytes) -> None:
    with smtp_wire(QUIT=answer) as wire:
        handed_over(box(wire.port))
    assert len(wire.taken) == 1


def test_whoever_is_not_there_is_tried_again() -> None:
    with pytest.raises(Unreachable, match="cannot be reached"):
        handed_over(box(free_port()))


def test_the_usual_slip_is_named() -> None:
    with pytest.raises(Unreachable, match="port 465 wants TLS"):
        handed_over(box(465, security=Security.STARTTLS), resolver=lambda host, port: ["127.0.0.9"])


def test_a_server_without_sign_in_is_told_apart_from_a_wrong_password() -> None:
    with smtp_wire(EHLO=b"250 wire") as wire, pytest.raises(WrongServer, match="no sign-in"):
        handed_over(box(wire.port, username="ann", secret="word"))
    with smtp_wire(EHLO=b"250-wire\r\n250 AUTH GSSAPI") as wire, pytest.raises(WrongServer, match="no way to sign in"):
        handed_over(box(wire.port, username="ann", secret="word"))


def test_letters_beyond_ascii_in_an_address_need_a_server_that_knows_them() -> None:
    odd = as_message(letter(to_address="zoë@example.org"), BOX, "UTC")
    with server() as there:
        smtp.send(box(there.port, host="127.0.0.1"), odd, frozenset({f"127.0.0.1:{there.port}"}), seconds=QUICK)
    assert there.mails[0].rcpt_tos == ["zoë@example.org"]
    assert "zoë@example.org".encode() in there.mails[0].content
    with smtp_wire() as wire, pytest.raises(Refused, match="letters"):
        smtp.send(box(wire.port, host="127.0.0.1"), odd, frozenset({f"127.0.0.1:{wire.port}"}), seconds=QUICK)


def test_letters_beyond_ascii_in_the_mailboxs_own_address_keep_every_mail_from_leaving() -> None:
    with smtp_wire() as wire, pytest.raises(WrongServer, match="letters"):
        handed_over(box(wire.port, address="zoë@organisation.example"))


def test_letters_beyond_ascii_in_a_domain_need_no_such_server() -> None:
    odd = as_message(letter(to_address="ann@bücher.example"), BOX, "UTC")
    with smtp_wire() as wire:
        smtp.send(box(wire.port, host="127.0.0.1"), odd, frozenset({f"127.0.0.1:{wire.port}"}), seconds=QUICK)
    assert "RCPT TO:<ann@xn--bcher-kva.example>" in wire.said


def test_the_password_is_shown_nowhere() -> None:
    assert "plantedword" not in repr(replace(BOX, secret="plantedword"))
