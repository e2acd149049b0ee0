"""Our mails and a calendar server that nobody here wrote: it takes the invite in, and we understand its answer.

Xandikos 0.4.10 takes mail in with `xandikos import-imip`, as a mail server would hand it on, and mails answers.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pytest

from integrations.itip import copy_seen
from integrations.mail_in import read
from integrations.mail_text import as_message
from mentoring.intervals import Interval
from mentoring.mail import Mail, Method, Reply
from mentoring.ports import CopySeen
from mentoring.proposals import Partstat
from tests.integrations.backends import ANN
from tests.integrations.contract import answering, copy, utc
from tests.integrations.test_mail_text import MAILBOX, letter
from tests.servers import DavServer, MailSink, mail_sink, xandikos

MOVED = Interval(utc(27, 9), utc(27, 9, 20))


@dataclass
class Desk:
    """Ann's calendar, her mail, and what her server mails."""

    server: DavServer
    sink: MailSink
    password: Path

    @property
    def calendar(self) -> str:
        return f"{self.server.home(ANN)}calendar/"

    def gets(self, mail: Mail, header: bytes = b"") -> None:
        """The mail arrives, and her mail server hands it on. header: one line more at its top."""
        command = [
            sys.executable, "-m", "xandikos", "import-imip", "--principal-url", f"{self.server.url}/{quote(ANN)}/",
            "--username", ANN, "--password-file", str(self.password),
        ]  # fmt: skip
        raw = header + as_message(mail, MAILBOX, "Europe/Berlin").as_bytes()
        environment = os.environ | {"SSL_CERT_FILE": self.server.ca_bundle}
        subprocess.run(command, input=raw, env=environment, check=True, timeout=60, capture_output=True)

    def held(self) -> list[tuple[str, bytes]]:
        """The events in her calendar, each with its address."""
        _, listed, _ = self.server.ask("PROPFIND", self.calendar, ANN, headers={"Depth": "1"})
        paths = re.findall(rb"<[^>]*href>([^<]+\.ics)</", listed)
        return [(path, self.server.ask("GET", self.server.url + path, ANN)[1]) for path in map(bytes.decode, paths)]

    def seen(self) -> CopySeen | None:
        found = [copy_seen(text, copy().uid, frozenset({ANN}), "Europe/Berlin", path, "") for path, text in self.held()]
        assert len(found) <= 1
        return found[0] if found else None

    def answers(self, partstat: bytes) -> None:
        """In her calendar app."""
        ((path, text),) = self.held()
        self.server.put(ANN, self.server.url + path, answering(partstat)(text))

    def mailed(self) -> list[Reply]:
        until = time.monotonic() + 10
        while not self.sink.mails and time.monotonic() < until:
            time.sleep(0.05)
        read_in = [read(mail.as_bytes()).content for mail in self.sink.mails]
        return [each for each in read_in if isinstance(each, Reply)]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    password = tmp_path / "password"
    password.write_text("s3cret")
    with mail_sink() as sink, xandikos({ANN: "s3cret"}, sink.port, addresses=True) as server:
        yield Desk(server, sink, password)


def invite(method: Method = Method.REQUEST, **changes: object) -> Mail:
    return letter(event=copy(**changes), method=method)


def test_an_invite_lands_in_the_calendar_and_moves_and_ends_there(desk: Desk) -> None:
    desk.gets(invite())
    first = desk.seen()
    assert first is not None
    assert (first.sequence, first.interval, first.partstat) == (0, copy().interval, Partstat.NEEDS_ACTION)
    desk.gets(invite(sequence=1, interval=MOVED, stamp=utc(19, 9)))
    moved = desk.seen()
    assert moved is not None
    assert (moved.sequence, moved.interval) == (1, MOVED)
    desk.gets(invite(Method.CANCEL, sequence=2, interval=MOVED, stamp=utc(19, 10)))
    ((_, text),) = desk.held()
    assert b"STATUS:CANCELLED" in text


@pytest.mark.parametrize("partstat", [Partstat.ACCEPTED, Partstat.DECLINED, Partstat.TENTATIVE])
def test_the_answer_given_in_a_calendar_app_comes_back_by_mail_and_is_understood(
    desk: Desk, partstat: Partstat
) -> None:
    desk.gets(invite())
    desk.answers(partstat.encode())
    (reply,) = desk.mailed()
    assert [str(mail["To"]) for mail in desk.sink.mails] == [copy().organiser_address]
    assert (reply.uid, reply.attendee, reply.partstat, reply.sequence) == (copy().uid, ANN, partstat, 0)
    # Xandikos sends in its own name, with her address in Reply-To, which proves nothing: who counts answers must know.
    assert reply.sender == "server@xandikos.example"


def test_an_answer_to_the_new_time_carries_its_sequence(desk: Desk) -> None:
    desk.gets(invite())
    desk.gets(invite(sequence=1, interval=MOVED, stamp=utc(19, 9)))
    desk.answers(b"ACCEPTED")
    (reply,) = desk.mailed()
    assert (reply.sequence, reply.partstat) == (1, Partstat.ACCEPTED)


def test_the_control_mail_that_says_a_machine_wrote_it_is_passed_over(desk: Desk) -> None:
    """Why our invites do not say so (RFC 3834)."""
    desk.gets(invite(), b"Auto-Submitted: auto-generated\r\n")
    assert desk.held() == []
    desk.gets(invite())
    assert len(desk.held()) == 1
