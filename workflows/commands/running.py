"""What every command that needs a running installation begins with."""

from __future__ import annotations

import logging
import os
import time

from mentoring.errors import BadInput
from mentoring.settings import Settings
from store import organisations
from workflows import jobs
from workflows.bootstrap import Parts, build
from workflows.embedded import with_defaults


def parts() -> Parts:
    """The parts that the environment describes, and what `up` keeps in var/ for the rest. Raises BadInput with every
    setting that is wrong."""
    return build(Settings.from_env(with_defaults(os.environ)))


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
    for name in ("urllib3", "requests", "alembic", "sqlalchemy"):
        logging.getLogger(name).setLevel(logging.WARNING)


def parts_of_jobs(parts: Parts) -> None:
    """Has the jobs of this process work with these parts; imported before RQ forks, so that each fork starts fast."""
    jobs.use(parts)
