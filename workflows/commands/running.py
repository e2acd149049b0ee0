"""What every command that needs a running installation begins with."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Mapping

from redis import RedisError

from mentoring.errors import BadInput, Problem, Refused, TryLater
from mentoring.settings import Settings
from store import organisations
from store.database import Database
from store.keyring import Keyring
from workflows import jobs
from workflows.bootstrap import Parts, build
from workflows.embedded import with_defaults
from workflows.queue import Queue
from workflows.taken import host_and_port


def parts() -> Parts:
    """The parts that the environment describes, and what `up` keeps in var/ for the rest. Raises BadInput with every
    setting that is wrong."""
    return build(settings(with_defaults(os.environ)))


def settings(environ: Mapping[str, str]) -> Settings:
    """What the environment says. Raises BadInput with every setting that is wrong, in form or in what it holds."""
    problems: list[Problem] = []
    checks: tuple[Callable[[], object], ...] = (
        lambda: Settings.from_env(environ),
        lambda: _address(environ.get("INTERLUDE_BIND", "")),
        lambda: _keys(environ.get("INTERLUDE_TOKEN_KEYS", "")),
        lambda: _database(environ.get("INTERLUDE_DATABASE_URL", "")),
    )
    for check in checks:
        try:
            check()
        except BadInput as wrong:
            problems += [each for each in wrong.problems if each.field not in {known.field for known in problems}]
    if problems:
        raise BadInput(*problems)
    return Settings.from_env(environ)


def _address(text: str) -> None:
    try:
        host_and_port(text.strip() or Settings.bind, "INTERLUDE_BIND")
    except Refused as wrong:
        raise BadInput.of("INTERLUDE_BIND", f"must be HOST:PORT, not {text!r}") from wrong


def _keys(text: str) -> None:
    keys = tuple(word.strip() for word in text.split(",") if word.strip())
    if keys:
        Keyring(keys, "")


def _database(text: str) -> None:
    if text.strip():
        Database(text.strip(), Keyring.throwaway())


def queue(of: Settings) -> Queue:
    """The queue, once it answers. Raises TryLater."""
    found = Queue(of.redis_url)
    try:
        found.connection.ping()
    except RedisError as problem:
        raise TryLater(f"the queue does not answer ({type(problem).__name__}): check INTERLUDE_REDIS_URL") from problem
    return found


def only_organisation(parts: Parts, name: str | None = None) -> organisations.Organisation:
    """The organisation of that name, or the only one there is. Raises BadInput where that is not clear."""
    with parts.database.reading_all() as memory:
        known = organisations.all(memory)
    fitting = [each for each in known if name in (None, each.name)]
    if len(fitting) == 1:
        return fitting[0]
    if not known:
        raise BadInput.of("", "there is no organisation yet; begin with: interlude admin add EMAIL")
    raise BadInput.of("--organisation", f"say which one: {', '.join(each.name for each in known)}")


def log_to_stderr(settings: Settings) -> None:
    """Times in the log are UTC. Libraries that talk of addresses are kept quiet: an address may be a secret."""
    logging.Formatter.converter = time.gmtime
    logging.basicConfig(
        level=settings.log_level, format="%(asctime)sZ %(levelname)s %(name)s %(message)s", datefmt="%Y-%m-%dT%H:%M:%S"
    )
    for name in ("urllib3", "requests", "imapclient", "alembic", "sqlalchemy"):
        logging.getLogger(name).setLevel(logging.WARNING)


def parts_of_jobs(parts: Parts) -> None:
    """Has the jobs of this process work with these parts; imported before RQ forks, so that each fork starts fast."""
    jobs.use(parts)
