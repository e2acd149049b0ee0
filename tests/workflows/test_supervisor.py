"""Starting, stopping and surviving: what `up` promises about the processes it starts."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from redis import Redis

from mentoring.errors import Refused
from mentoring.settings import Settings
from workflows import starting
from workflows.embedded import made_ready, valkey_socket, var_folder, with_defaults
from workflows.supervisor import KeepsStopping, Part, Supervisor, supervising
from workflows.taken import check_free, only_one
from workflows.tether import session_members

SLEEPER = "import time; time.sleep(600)"
FAMILY = """
import os, pathlib, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
horse = os.fork()
if horse == 0:
    os.setpgrp()
    time.sleep(600)
pathlib.Path(sys.argv[1]).write_text(f"{os.getpid()} {child.pid} {horse}")
time.sleep(600)
"""
"""A parent with a child, like gunicorn, and with one that leaves its process group, like an RQ work-horse."""

SUPERVISES = """
import sys
from pathlib import Path
from workflows.embedded import made_ready
from workflows.supervisor import Part, supervising
from workflows.taken import only_one
import os
environ = made_ready(os.environ)
var = Path(environ["INTERLUDE_VAR"])
with only_one(var) as lock, supervising(var, environ, lock) as supervisor:
    supervisor.start(Part("family", (sys.executable, "-c", sys.argv[1], sys.argv[2]), ready=Path(sys.argv[2]).exists))
    supervisor.watch()
"""


def eventually(condition: Callable[[], object], seconds: float = 15) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.05)


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        pass
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return not Path("/proc/self").exists()


def python(code: str, *arguments: str) -> tuple[str, ...]:
    return (sys.executable, "-c", code, *arguments)


@contextlib.contextmanager
def a_supervisor(var: Path, tries: int = 5) -> Iterator[Supervisor]:
    environ = made_ready({**os.environ, "INTERLUDE_VAR": str(var)})
    with only_one(var) as lock, supervising(var, environ, lock, tries) as supervisor:
        yield supervisor


@contextlib.contextmanager
def a_family(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[bytes], list[int]]]:
    """A supervisor in a process of its own, and the processes of the part that it runs."""
    pids = tmp_path / "pids"
    supervisor = subprocess.Popen(
        python(SUPERVISES, FAMILY, str(pids)), env={**os.environ, "INTERLUDE_VAR": str(tmp_path / "var")}
    )
    try:
        eventually(lambda: pids.exists() and len(pids.read_text().split()) == 3)
        yield supervisor, [int(word) for word in pids.read_text().split()]
    finally:
        supervisor.kill()
        supervisor.wait()


def test_the_secrets_are_generated_once_and_only_for_us(tmp_path: Path) -> None:
    first = made_ready({"INTERLUDE_VAR": str(tmp_path / "var")})
    again = made_ready({"INTERLUDE_VAR": str(tmp_path / "var")})
    assert first["INTERLUDE_SECRET_KEY"] == again["INTERLUDE_SECRET_KEY"]
    assert first["INTERLUDE_TOKEN_KEYS"] == again["INTERLUDE_TOKEN_KEYS"]
    assert (tmp_path / "var" / "secrets.env").stat().st_mode & 0o777 == 0o600
    assert Settings.from_env(first).database_url.startswith("sqlite:///")


def test_what_is_set_is_kept(tmp_path: Path) -> None:
    said = {
        "INTERLUDE_VAR": str(tmp_path),
        "INTERLUDE_SECRET_KEY": "s" * 40,
        "INTERLUDE_REDIS_URL": "redis://elsewhere",
    }
    filled = made_ready(said)
    assert filled["INTERLUDE_SECRET_KEY"] == "s" * 40
    assert filled["INTERLUDE_REDIS_URL"] == "redis://elsewhere"
    assert "INTERLUDE_SECRET_KEY" not in (tmp_path / "secrets.env").read_text()


def test_another_command_in_the_same_folder_finds_what_up_made(tmp_path: Path) -> None:
    made = made_ready({"INTERLUDE_VAR": str(tmp_path)})
    assert with_defaults({"INTERLUDE_VAR": str(tmp_path)}) == made


def test_the_address_follows_the_port() -> None:
    assert with_defaults({"INTERLUDE_BIND": "0.0.0.0:8123"})["INTERLUDE_BASE_URL"] == "http://127.0.0.1:8123"
    assert with_defaults({})["INTERLUDE_BIND"] == "127.0.0.1:8000"


def test_the_sockets_path_is_never_too_long(tmp_path: Path) -> None:
    deep = (
        tmp_path
        / "a-folder-with-a-very-long-name-indeed"
        / "and-another-one-that-is-longer-still-than-the-first"
        / "var"
    )
    assert len(str(valkey_socket(deep))) <= 104
    assert valkey_socket(deep) != valkey_socket(deep / "other")


def test_a_var_that_cannot_be_written_gets_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("a file where the folder should be")
    with pytest.raises(Refused, match=r"cannot write to .*INTERLUDE_VAR"):
        made_ready({"INTERLUDE_VAR": str(tmp_path / "var")})


def test_a_taken_port_gets_one_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(Refused, match=rf"cannot listen on 127.0.0.1:{port} .*INTERLUDE_BIND"):
            check_free(f"127.0.0.1:{port}", "INTERLUDE_BIND")
    check_free(f"127.0.0.1:{port}", "INTERLUDE_BIND")


def test_a_second_start_while_one_runs_gets_one_sentence(tmp_path: Path) -> None:
    with only_one(tmp_path), pytest.raises(Refused, match=rf"already runs .*process {os.getpid()}"), only_one(tmp_path):
        pass
    with only_one(tmp_path):
        pass


def test_stopping_takes_children_grandchildren_and_those_who_left_the_group(tmp_path: Path) -> None:
    with a_family(tmp_path) as (supervisor, family):
        assert all(alive(pid) for pid in family)
        supervisor.send_signal(signal.SIGTERM)
        supervisor.wait(20)
        assert not any(alive(pid) for pid in family)


def test_children_do_not_outlive_a_supervisor_that_is_killed(tmp_path: Path) -> None:
    with a_family(tmp_path) as (supervisor, family):
        supervisor.kill()
        supervisor.wait()
        eventually(lambda: not any(alive(pid) for pid in family))
        with only_one(tmp_path / "var"):
            pass


def test_the_folder_stays_taken_until_the_last_part_of_a_killed_one_is_gone(tmp_path: Path) -> None:
    with a_family(tmp_path) as (supervisor, family):
        supervisor.kill()
        supervisor.wait()
        with only_one(tmp_path / "var"):
            assert not any(alive(pid) for pid in family)


def test_others_processes_are_left_alone(tmp_path: Path) -> None:
    other = subprocess.Popen(python(SLEEPER))
    try:
        with a_supervisor(tmp_path) as supervisor:
            supervisor.start(Part("sleeper", python(SLEEPER)))
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()


def test_a_part_that_dies_is_started_again_without_what_it_left_behind(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    with a_supervisor(tmp_path) as supervisor:
        supervisor.start(Part("family", python(FAMILY, str(pids)), ready=pids.exists))
        eventually(lambda: len(pids.read_text().split()) == 3)
        first = [int(word) for word in pids.read_text().split()]
        os.kill(first[0], signal.SIGKILL)
        assert supervisor.wait_until(lambda: pids.read_text().split()[:1] != [str(first[0])], 15)
        assert not any(alive(pid) for pid in first)


def test_a_tether_that_is_killed_leaves_nothing_behind(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    with a_supervisor(tmp_path) as supervisor:
        supervisor.start(Part("family", python(FAMILY, str(pids)), ready=pids.exists))
        eventually(lambda: len(pids.read_text().split()) == 3)
        first = [int(word) for word in pids.read_text().split()]
        tether = os.getsid(first[0])
        assert set(first) <= set(session_members(tether))
        os.kill(tether, signal.SIGKILL)
        assert supervisor.wait_until(lambda: not any(alive(pid) for pid in first), 15)


def test_a_part_that_keeps_dying_is_named_with_its_last_words(tmp_path: Path) -> None:
    words = "import sys; sys.exit('the disk is full')"
    with a_supervisor(tmp_path, tries=1) as supervisor:
        supervisor.start(Part("worker", python(words)))
        with pytest.raises(KeepsStopping, match=r"worker keeps.*disk is full"):
            supervisor.watch()


def test_a_part_that_is_never_ready_is_named(tmp_path: Path) -> None:
    with a_supervisor(tmp_path) as supervisor, pytest.raises(KeepsStopping, match="web did not become ready"):
        supervisor.start(Part("web", python(SLEEPER), ready=lambda: False, ready_seconds=0.5))


def test_valkey_listens_on_a_private_socket_only_and_a_second_start_goes_on_from_what_was_there(tmp_path: Path) -> None:
    for expected in (None, b"kept"):
        environ = made_ready({"INTERLUDE_VAR": str(tmp_path)})
        with a_supervisor(tmp_path) as supervisor:
            supervisor.start(starting.valkey(var_folder(environ), environ["INTERLUDE_REDIS_URL"]))
            with Redis.from_url(environ["INTERLUDE_REDIS_URL"]) as connection:
                assert connection.get("word") == expected
                assert connection.config_get("port") == {"port": "0"}
                connection.set("word", "kept")
            assert valkey_socket(tmp_path).stat().st_mode & 0o077 == 0
