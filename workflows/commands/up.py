"""`interlude up`: everything on this machine."""

from __future__ import annotations

import contextlib
import os

import click

from mentoring.settings import Settings
from workflows import starting
from workflows.bootstrap import build
from workflows.commands import running
from workflows.embedded import made_ready, telling_others
from workflows.supervisor import supervising
from workflows.taken import only_one
from workflows.welcoming import first_admin


@click.command()
def up() -> None:
    """Runs everything on this machine until Ctrl-C.

    What is not set is made under var/: the secrets, a SQLite database, and a Valkey for the jobs. The next start
    goes on from there.
    """
    own_valkey = not os.environ.get("INTERLUDE_REDIS_URL", "").strip()
    environ = made_ready(os.environ)
    settings = running.settings(environ)
    with only_one(settings.var) as lock, telling_others(settings.var, environ):
        starting.check(settings)
        with contextlib.suppress(KeyboardInterrupt), supervising(settings.var, environ, lock) as supervisor:
            click.echo("Starting Interlude …", err=True)
            starting.foundations(supervisor, settings, own_valkey)
            starting.doing(supervisor, settings)
            _say_where(settings)
            supervisor.watch()
    click.echo("Interlude has stopped.", err=True)


def _say_where(settings: Settings) -> None:
    click.echo(f"Interlude runs at {settings.base_url}")
    link = first_admin(build(settings))
    if link:
        click.echo(f"Sign in as its admin; the link works once:\n  {link}")
    click.echo(f"The parts write to {settings.var / 'log'}. Ctrl-C stops everything.")
