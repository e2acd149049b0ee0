"""Looks every part over and says what to fix."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from redis import RedisError
from rq import Worker
from rq.cron import CronScheduler

from mentoring.errors import InterludeError
from store import organisations, people, policies
from workflows.bootstrap import Parts
from workflows.queue import Queue


@dataclass(frozen=True)
class Check:
    """One thing looked at. fix: what to do about it; empty when it is well, or when nothing need be done."""

    name: str
    well: bool
    found: str
    fix: str = ""


def examine(parts: Parts) -> tuple[Check, ...]:
    """Every check, in the order in which mending them makes sense."""
    looks: tuple[Callable[[Parts], Iterator[Check]], ...] = (_address, _database, _queue, _model, _organisations)
    return tuple(check for look in looks for check in look(parts))


def _address(parts: Parts) -> Iterator[Check]:
    base, bind = urlsplit(parts.settings.base_url), parts.settings.bind
    local = base.hostname in {"127.0.0.1", "localhost", "::1"}
    yield Check("address", True, f"people reach us at {parts.settings.base_url}, we listen on {bind}")
    if base.scheme == "http" and not local:
        yield Check(
            "https", False, "the address is http", "put a TLS proxy in front and set INTERLUDE_BASE_URL to https://…"
        )


def _database(parts: Parts) -> Iterator[Check]:
    kind = urlsplit(parts.settings.database_url).scheme.split("+")[0]
    try:
        differences = parts.database.check()
    except InterludeError as problem:
        yield Check("database", False, str(problem), "check INTERLUDE_DATABASE_URL and that the database runs")
        return
    if differences:
        yield Check("database", False, f"{kind}: {differences[0]}", "run: interlude db upgrade")
    else:
        yield Check("database", True, f"{kind}, at the newest version")


def _queue(parts: Parts) -> Iterator[Check]:
    queue = Queue(parts.settings.redis_url)
    try:
        queue.connection.ping()
        workers = len(Worker.all(queue=queue.rq))
        crons = len(CronScheduler.all(queue.connection))
        durable = _durable(queue)
    except RedisError as problem:
        yield Check("queue", False, type(problem).__name__, "check INTERLUDE_REDIS_URL and that Redis or Valkey runs")
        return
    yield Check("queue", True, f"answers; keeps what it holds: {'yes' if durable else 'no, the sweep makes up for it'}")
    yield Check("workers", workers > 0, f"{workers} running", "" if workers else "run: interlude worker")
    yield Check("cron", crons > 0, f"{crons} running", "" if crons else "run: interlude cron")


def _durable(queue: Queue) -> bool:
    told = queue.connection.config_get("appendonly")
    return isinstance(told, dict) and str(told.get("appendonly", "")) == "yes"


def _model(parts: Parts) -> Iterator[Check]:
    embedder = parts.embedder()
    fix = (
        "reinstall from the lock file, or set INTERLUDE_MODEL_PATH and INTERLUDE_TOKENIZER_PATH"
        if embedder.notice
        else ""
    )
    yield Check("text model", not embedder.notice, embedder.notice or embedder.name, fix)


def _organisations(parts: Parts) -> Iterator[Check]:
    try:
        with parts.database.reading_all() as memory:
            known = organisations.all(memory)
    except InterludeError:
        return
    if not known:
        yield Check("organisation", False, "there is none", "run: interlude admin add EMAIL")
    for organisation in known:
        with parts.database.reading(organisation.id) as memory:
            policy, everyone = policies.current(memory), people.everyone(memory)
        state = "stopped by the kill switch" if organisation.stopped else f"sending is {policy.sending}"
        yield Check(organisation.name, True, f"{len(everyone)} people, {state}")
