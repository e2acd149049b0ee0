"""One command, and a newcomer sees a confirmed meeting; the second start goes on from there."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import pytest

from integrations import sample_mailbox
from integrations.knocking import answers
from integrations.sample_mailbox import mails_folder
from mentoring.proposals import Door, State
from mentoring.settings import Settings
from store import calendars, challenges, mailboxes, proposals
from store.memory import Memory
from store.people import everyone as everybody
from tests.workflows.test_supervisor import alive, eventually
from workflows.bootstrap import build
from workflows.embedded import with_defaults
from workflows.sample.people import PEOPLE, named
from workflows.taken import listens

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600), pytest.mark.xdist_group("demo")]


class Demo:
    """The demo with ports and a folder of its own."""

    def __init__(self, var: Path) -> None:
        self.var = var
        self.web, self.caldav, self.feeds, self.mail = _free_ports(4)
        said = {"INTERLUDE_VAR": str(var), "INTERLUDE_BIND": f"127.0.0.1:{self.web}"}
        unset = {name: value for name, value in os.environ.items() if not name.startswith("INTERLUDE_")}
        self.environ = unset | said

    def command(self, *more: str) -> list[str]:
        ports = [f"--caldav-port={self.caldav}", f"--feeds-port={self.feeds}", f"--mail-port={self.mail}"]
        return [sys.executable, "-m", "workflows.cli", "demo", *ports, *more]

    def run(self) -> str:
        done = subprocess.run(
            self.command("--exit-when-done"), env=self.environ, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


def _free_ports(count: int) -> list[int]:
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in held]
    for each in held:
        each.close()
    return ports


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> tuple[Demo, str]:
    demo = Demo(tmp_path_factory.mktemp("demo") / "var")
    return demo, demo.run()


def test_it_ends_with_a_confirmed_meeting_and_says_where_to_look(shown: tuple[Demo, str]) -> None:
    demo, said = shown
    assert "Confirmed, both said yes:" in said
    assert "people answered in their calendar apps: " in said
    assert "people answered by mail: " in said
    assert "Camila Rocha" in said
    assert "so nothing is proposed to them" in said
    assert f"http://127.0.0.1:{demo.web} and sign in as" in said
    assert "(an admin)" in said
    assert "(a mentee with an open suggestion)" in said
    assert f"address http://127.0.0.1:{demo.caldav}/" in said
    assert f"http://127.0.0.1:{demo.web}/demo/mails" in said


def test_the_answers_by_mail_came_in_by_mail_and_were_counted(shown: tuple[Demo, str]) -> None:
    demo, _ = shown
    with _memory(demo) as memory:
        doors = {each.mentee_answer.door for each in proposals.open_proposals(memory)}
        by_mail = [each for each in everybody(memory) if sample_mailbox.listed(mails_folder(demo.var), each.email, 1)]
    assert {Door.MAIL, Door.CALENDAR} <= doors
    assert by_mail
    assert all(named(each.name).via == "ics" for each in by_mail)


def test_what_it_wrote_is_for_its_owner_only_and_no_log_tells_a_feeds_address(shown: tuple[Demo, str]) -> None:
    demo, _ = shown
    assert demo.var.stat().st_mode & 0o077 == 0
    assert (demo.var / "secrets.env").stat().st_mode & 0o077 == 0
    logs = b"".join(file.read_bytes() for file in (demo.var / "log").iterdir())
    assert not any(feed.name.encode() in logs for feed in (demo.var / "feeds").iterdir())


def test_mails_are_for_their_owner_only_and_no_log_tells_what_they_say(shown: tuple[Demo, str]) -> None:
    demo, _ = shown
    folder = mails_folder(demo.var)
    assert folder.stat().st_mode & 0o077 == 0
    logs = "".join(file.read_text(errors="replace") for file in (demo.var / "log").iterdir())
    with _memory(demo) as memory:
        addresses = [each.email for each in everybody(memory)]
    opened = [
        sample_mailbox.opened(folder, address, line.key)
        for address in addresses
        for line in sample_mailbox.listed(folder, address, 10)
    ]
    assert opened
    for mail in opened:
        assert mail.line.subject not in logs
        assert not any(line in logs for line in mail.text.splitlines() if len(line) > 20)


def test_a_second_start_goes_on_from_what_was_there_and_ctrl_c_stops_all_of_it(shown: tuple[Demo, str]) -> None:
    demo, _ = shown
    before = _kept(demo)
    log = (demo.var / "second.txt").open("w+")
    with log, subprocess.Popen(demo.command(), env=demo.environ, stdout=log, start_new_session=True) as running:
        try:
            eventually(lambda: "until Ctrl-C" in (demo.var / "second.txt").read_text() or running.poll(), 300)
            said = (demo.var / "second.txt").read_text()
            assert "until Ctrl-C" in said, said
            assert _kept(demo) >= before
            assert answers("127.0.0.1", demo.web, "/sign-in")
            assert _page(demo, "/demo/mails").count("mailbox") > 1
            assert listens("127.0.0.1", demo.mail)
            refused = subprocess.run(demo.command(), env=demo.environ, capture_output=True, text=True, check=False)
            assert refused.returncode == 1
            assert "already runs" in refused.stderr
            children = _children(running.pid)
            assert len(children) >= 8
        finally:
            running.send_signal(signal.SIGINT)
        assert running.wait(60) == 0
    assert not any(alive(pid) for pid in children)
    time.sleep(0.1)
    assert not answers("127.0.0.1", demo.web)


def test_on_other_ports_it_goes_on_too(shown: tuple[Demo, str]) -> None:
    demo, _ = shown
    before = {each for each in _kept(demo) if not isinstance(each, tuple) or isinstance(each[0], str)}
    demo.web, demo.caldav, demo.feeds, demo.mail = _free_ports(4)
    demo.environ["INTERLUDE_BIND"] = f"127.0.0.1:{demo.web}"
    said = demo.run()
    assert _kept(demo) >= before
    assert said.count("so nothing is proposed to them") == 1
    with _memory(demo) as memory:
        kept = mailboxes.kept(memory)
    assert kept is not None
    assert kept.mailbox.port == demo.mail


def _kept(demo: Demo) -> set[object]:
    """Everybody, every note, every connection and every confirmed meeting."""
    with _memory(demo) as memory:
        everyone = {each.id for each in everybody(memory)}
        notes = {each.id for each in challenges.everything(memory)}
        connected = {(each.id, each.address) for each in calendars.connections(memory)}
        confirmed = {each.uid for each in proposals.open_proposals(memory) if each.state is State.CONFIRMED}
    assert len(everyone) == len(connected) == len(PEOPLE)
    assert confirmed
    return {("person", each) for each in everyone} | {("note", each) for each in notes} | connected | confirmed


@contextmanager
def _memory(demo: Demo) -> Iterator[Memory]:
    parts = build(Settings.from_env(with_defaults(demo.environ)))
    with parts.database.reading(1) as memory:
        yield memory
    parts.database.dispose()


def _page(demo: Demo, path: str) -> str:
    with urlopen(f"http://127.0.0.1:{demo.web}{path}", timeout=20) as answer:
        return answer.read().decode()


def _children(pid: int) -> list[int]:
    listed = subprocess.run(["ps", "-axo", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    pairs = [tuple(map(int, line.split())) for line in listed.splitlines()]
    found, wave = [], [pid]
    while wave:
        wave = [child for child, parent in pairs if parent in wave]
        found += wave
    return found
