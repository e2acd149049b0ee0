"""Looks every part over and says what to fix."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields
from difflib import get_close_matches
from urllib.parse import urlsplit

from redis import RedisError
from rq import Worker
from rq.cron import CronScheduler

from integrations.knocking import answers
from mentoring.errors import BadInput, InterludeError
from mentoring.people import Role
from mentoring.settings import LOOPBACK, Settings
from store import health, organisations, people, policies
from workflows import doctor_abroad, doctor_mail
from workflows.bootstrap import Parts
from workflows.checks import Check
from workflows.embedded import own_valkey
from workflows.queue import Queue
from workflows.taken import host_and_port, reached_at

OF_THE_SCRIPT = {"INTERLUDE_PYTHON", "INTERLUDE_REQUIRE_ALL"}
"""What run.sh and the tests read."""


def examine(parts: Parts, environ: Mapping[str, str]) -> tuple[Check, ...]:
    """Every check, in the order in which mending them makes sense. environ: where the settings came from."""
    looks: tuple[Callable[[Parts], Iterator[Check]], ...] = (
        _address,
        doctor_abroad.looks,
        _keys,
        _database,
        _queue,
        _web,
        _model,
        _figures,
        _organisations,
    )
    return (*_names(environ), *(check for look in looks for check in look(parts)))


def refused(problem: BadInput) -> tuple[Check, ...]:
    """What there is to say where the settings cannot be used at all."""
    fix = "set it right; the README lists the settings, and ./run.sh up makes the secrets"
    return tuple(Check(each.field or "settings", False, each.message, fix) for each in problem.problems)


def _names(environ: Mapping[str, str]) -> Iterator[Check]:
    """A setting with a slip in its name would otherwise have no effect, and nobody would know."""
    known = {f"INTERLUDE_{each.name.upper()}" for each in fields(Settings)} | OF_THE_SCRIPT
    for name in sorted(environ):
        if name.startswith("INTERLUDE_") and name not in known:
            near = get_close_matches(name, known, 1, cutoff=0.85)
            fix = f"did you mean {near[0]}?" if near else "take it away; the README lists the settings"
            yield Check(name, False, "there is no such setting, so it has no effect", fix)


def _address(parts: Parts) -> Iterator[Check]:
    base, bind = urlsplit(parts.settings.base_url), parts.settings.bind
    yield Check("address", True, f"people reach us at {parts.settings.base_url}, we listen on {bind}")
    if base.scheme == "http" and base.hostname not in LOOPBACK:
        fix = "put a TLS proxy in front and set INTERLUDE_BASE_URL to https://…"
        yield Check("https", False, "the address is http", fix)
    if base.scheme == "https" and not parts.settings.trusted_proxies:
        found = "the proxy before us is not believed who asks, so all visitors are counted as one"
        yield Check("proxies", False, found, "set INTERLUDE_TRUSTED_PROXIES to how many proxies stand in front")


def _keys(parts: Parts) -> Iterator[Check]:
    number = len(parts.settings.token_keys)
    kept = "one key" if number == 1 else f"{number} keys, the first of which encrypts"
    then = "" if number == 1 else "; once interlude rotate-keys has run, the others can go"
    yield Check("token keys", True, f"passwords and permissions are encrypted: {kept}{then}")


def _web(parts: Parts) -> Iterator[Check]:
    """Where people reach us at another machine, the pages may well run there."""
    host, port = host_and_port(parts.settings.bind, "INTERLUDE_BIND")
    answering = answers(reached_at(host), port)
    elsewhere = urlsplit(parts.settings.base_url).hostname not in LOOPBACK
    found = f"answer at {parts.settings.bind}" if answering else f"nothing answers at {parts.settings.bind}"
    if elsewhere and not answering:
        found += "; they may run on another machine"
    well = answering or elsewhere
    yield Check("pages", well, found, "" if well else "run: ./run.sh up, or interlude web")


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
    except RedisError as problem:
        embedded = parts.settings.redis_url == own_valkey(parts.settings.var)
        fix = "run: ./run.sh up" if embedded else "check INTERLUDE_REDIS_URL and that Redis or Valkey runs"
        yield Check("queue", False, f"does not answer ({type(problem).__name__})", fix)
        return
    yield Check("queue", True, f"answers; keeps what it holds: {_durable(queue)}")
    yield Check("workers", workers > 0, f"{workers} running", "" if workers else "run: interlude worker")
    yield Check("cron", crons > 0, f"{crons} running", "" if crons else "run: interlude cron")


def _durable(queue: Queue) -> str:
    try:
        told = queue.connection.config_get("appendonly")
    except RedisError:
        return "it does not say (the sweep makes up for what is lost)"
    keeps = isinstance(told, dict) and str(told.get("appendonly", "")) == "yes"
    return "yes" if keeps else "no (the sweep makes up for it)"


def _model(parts: Parts) -> Iterator[Check]:
    embedder = parts.embedder()
    fix = (
        "reinstall from the lock file, or set INTERLUDE_MODEL_PATH and INTERLUDE_TOKENIZER_PATH"
        if embedder.notice
        else ""
    )
    yield Check("text model", not embedder.notice, embedder.notice or embedder.name, fix)


def _figures(parts: Parts) -> Iterator[Check]:
    """A calendar that cannot be read is its owner's to mend, so nothing of that is for whoever runs this."""
    try:
        with parts.database.reading_all() as memory:
            figures = health.figures_anywhere(memory)
    except InterludeError:
        return
    failing = figures.calendars_with_problems
    told = f", {failing} cannot be read: the page Admin says which, and their owners are told" if failing else ""
    yield Check("calendars", True, f"{figures.calendars} connected{told}")
    given_up = f", {figures.messages_given_up} given up: the page Admin says why" if figures.messages_given_up else ""
    yield Check("invites", True, f"{figures.messages_waiting} waiting to leave{given_up}")


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
        led = any(Role.ADMIN in person.roles and not person.stopped for person in everyone)
        found = f"{len(everyone)} {'person' if len(everyone) == 1 else 'people'}, {state}"
        if led:
            yield Check(organisation.name, True, found)
        else:
            yield Check(organisation.name, False, f"{found}, and no admin", "run: interlude admin add EMAIL")
        yield from doctor_mail.looks(parts, organisation)
        yield from doctor_abroad.untold(parts, organisation)
