"""The demo's mail server, as a process, spoken to as mail servers speak: what it keeps, hands over, and refuses."""

from __future__ import annotations

import smtplib
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from integrations import sample_mailbox
from tests.servers import free_port
from tests.workflows.test_supervisor import eventually
from workflows.sample.mail_server import MOST_BYTES
from workflows.taken import listens

OURS, ADA, BEN = "interlude@quayline.example", "ada@quayline.example", "ben@quayline.example"
SECRET = "the harbour is closed on Thursday"

TAKES_IN = """
import pathlib, sys, time
pathlib.Path(sys.argv[1]).open("ab").write(sys.stdin.buffer.read())
sys.exit(int(pathlib.Path(sys.argv[2]).read_text()))
"""
"""Stands where `interlude mail-in` does: notes what it was given, and ends as it was told to."""


class Server:
    """A running one. came: what was handed over. exits: how the next process will end."""

    def __init__(self, here: Path, port: int) -> None:
        self.port, self.folder, self.came, self.log = port, here / "mail", here / "came", here / "log"
        self.exit_code = here / "exit"
        self.folder.mkdir()
        self.came.touch()
        self.exits(0)

    def exits(self, code: int) -> None:
        self.exit_code.write_text(str(code))

    @property
    def command(self) -> list[str]:
        takes_in = [sys.executable, "-c", TAKES_IN, str(self.came), str(self.exit_code)]
        server = [sys.executable, "-m", "workflows.sample.mail_server", "127.0.0.1", str(self.port)]
        return [*server, str(self.folder), OURS, *takes_in]

    def send(self, content: bytes, *to: str) -> dict[str, tuple[int, bytes]]:
        with smtplib.SMTP("127.0.0.1", self.port, timeout=20) as sending:
            return sending.sendmail("somebody@quayline.example", to, content)

    def kept(self, address: str) -> list[str]:
        return [line.subject for line in sample_mailbox.listed(self.folder, address, 10)]


@contextmanager
def running(here: Path) -> Iterator[Server]:
    server = Server(here, free_port())
    with server.log.open("wb") as log, subprocess.Popen(server.command, stdout=log, stderr=log) as process:
        try:
            eventually(lambda: listens("127.0.0.1", server.port), 20)
            yield server
        finally:
            process.terminate()


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running(tmp_path_factory.mktemp("mail")) as server:
        yield server


@pytest.fixture
def server(started: Server) -> Server:
    started.exits(0)
    started.came.write_bytes(b"")
    return started


def mail(to: str, subject: str) -> bytes:
    return f"From: Interlude <{OURS}>\r\nTo: {to}\r\nSubject: {subject}\r\n\r\n{SECRET}\r\n".encode()


def test_mail_is_kept_for_whom_it_is_for_and_for_nobody_else(server: Server) -> None:
    server.send(mail(ADA, "For Ada"), ADA)
    server.send(mail(BEN, "For Ben"), BEN.upper())
    server.send(mail(f"{ADA}, {BEN}", "For both"), ADA, BEN)
    assert server.kept(ADA) == ["For both", "For Ada"]
    assert server.kept(BEN) == ["For both", "For Ben"]
    assert server.came.read_bytes() == b""


@pytest.mark.parametrize("to", [OURS, OURS.upper(), OURS.replace("@", "+7@")])
def test_our_own_mail_is_handed_to_the_command_as_it_came(server: Server, to: str) -> None:
    server.send(mail(to, "Accepted"), to)
    assert server.came.read_bytes() == mail(to, "Accepted")
    assert server.kept(to) == []


@pytest.mark.parametrize(("exit_code", "answer"), [(75, 451), (1, 451), (-9, 451), (2, 554)])
def test_what_the_command_could_not_take_in_is_not_taken_from_the_sender(
    server: Server, exit_code: int, answer: int
) -> None:
    server.exits(exit_code)
    with pytest.raises(smtplib.SMTPDataError) as refused:
        server.send(mail(OURS, "To both of us"), OURS, "carl@quayline.example")
    assert refused.value.smtp_code == answer
    assert server.kept("carl@quayline.example") == [], "who sends it again sends it to all of them again"


def test_what_is_too_large_is_refused_and_not_kept(server: Server) -> None:
    with pytest.raises(smtplib.SMTPResponseException) as refused:
        server.send(mail("dora@quayline.example", "Large") + b"x" * 70 + b"\r\n" * MOST_BYTES, "dora@quayline.example")
    assert refused.value.smtp_code == 552
    assert server.kept("dora@quayline.example") == []


@pytest.mark.parametrize("to", ["../../../etc/x@quayline.example", "/etc/x@quayline.example", "../..@quayline.example"])
def test_no_address_leads_out_of_the_folder(server: Server, to: str) -> None:
    server.send(mail(ADA, "Out of here"), to)
    assert server.kept(to) == ["Out of here"]
    assert {each.name for each in server.folder.parent.iterdir()} == {"mail", "came", "exit", "log"}
    assert all("@" in each.name for each in server.folder.iterdir())


def test_what_is_no_address_is_refused(server: Server) -> None:
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        server.send(mail(ADA, "To nobody"), "..")


def test_nothing_of_a_mail_is_logged(server: Server) -> None:
    server.exits(75)
    server.send(mail(ADA, "Once more"), ADA)
    with pytest.raises(smtplib.SMTPDataError):
        server.send(mail(OURS, "Once more"), OURS)
    assert SECRET not in server.log.read_text()
