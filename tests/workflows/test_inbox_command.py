"""`interlude inbox`: reads once, or until it is told to stop."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

from mentoring.mail import Cursor, Inbox, Mailbox, Security
from store import inboxes, mailboxes, organisations
from store.database import Database
from store.keyring import Keyring
from tests.wires.imap import Wire, imap_wire
from tests.workflows.commanding import Installation
from tests.workflows.test_supervisor import eventually
from workflows.bootstrap import system_clock
from workflows.embedded import made_ready

MAIL = b"From: ann@example.org\r\nMessage-ID: <1@example.org>\r\n\r\nHello\r\n"


@pytest.fixture
def wire() -> Iterator[Wire]:
    with imap_wire() as made:
        yield made


@pytest.fixture
def reading(installation: Installation, wire: Wire) -> Installation:
    """One in which an admin has had replies read there."""
    installation.settings["INTERLUDE_ALLOW_HOSTS"] = f"127.0.0.1:{wire.port}"
    environ = made_ready({"INTERLUDE_VAR": str(installation.var)})
    keys = Keyring((environ["INTERLUDE_TOKEN_KEYS"],), environ["INTERLUDE_SECRET_KEY"])
    database = Database(environ["INTERLUDE_DATABASE_URL"], keys)
    with database.writing_all() as memory:
        organisation = organisations.add(memory, "Test", "Europe/Berlin")
    with database.writing(organisation.id) as memory:
        mailboxes.save(memory, Mailbox("Interlude", "i@example.org", "smtp.example.org", 587), system_clock())
        inbox = Inbox("127.0.0.1", wire.port, Security.NONE, "interlude", "Holunder")
        inboxes.save(memory, inbox, Cursor(wire.validity, 0), system_clock())
    return installation


def test_once_reads_what_is_there_and_its_exit_code_says_whether_it_could(reading: Installation, wire: Wire) -> None:
    wire.add(MAIL)
    assert (reading.run("inbox", "--once").out, wire.signed_in) == (
        "organisation 1: 1 came in\n",
        [("interlude", "Holunder")],
    )
    assert reading.run("inbox", "--once").out == "organisation 1: 0 came in\n"
    wire.answers["AUTHENTICATE"] = b"NO no"
    refused = reading.run("inbox", "--once")
    assert refused.code == 1
    assert "name or password is wrong" in refused.err


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_it_listens_until_it_is_told_to_stop_and_logs_no_mail(
    reading: Installation, wire: Wire, how: signal.Signals
) -> None:
    environ = {"PATH": "/usr/bin:/bin", "INTERLUDE_VAR": str(reading.var), "INTERLUDE_LOG_LEVEL": "DEBUG"}
    log = reading.var.parent / "log"
    with log.open("wb") as output:
        command = [sys.executable, "-m", "workflows.cli", "inbox"]
        process = subprocess.Popen(command, env=environ | reading.settings, stdout=output, stderr=output)
    try:
        eventually(lambda: "IDLE" in wire.commands(), 30)
        wire.add(MAIL)
        eventually(lambda: wire.commands().count("IDLE") > 1, 10)
    finally:
        process.send_signal(how)
        assert process.wait(15) == 0
    assert wire.commands()[-1] == "LOGOUT"
    said = log.read_text()
    assert "came in by mail: 1" in said
    assert not [word for word in ("Holunder", "ann@example.org", "Hello") if word in said]
