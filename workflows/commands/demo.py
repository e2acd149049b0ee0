"""`interlude demo`: everything on this machine, with a made-up organisation, shown doing its job."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping

import click
from rich.console import Console

from mentoring.settings import Settings
from workflows import starting
from workflows.bootstrap import build
from workflows.commands import running
from workflows.embedded import made_ready, telling_others
from workflows.queue import Queue
from workflows.sample import servers as sample_servers
from workflows.sample.servers import CALDAV_PORT, FEEDS_PORT, LOOPBACK, MAIL_PORT, Servers
from workflows.sample.showing import Show
from workflows.sample.telling import Story
from workflows.supervisor import Supervisor, supervising
from workflows.taken import check_free, only_one

FOLDER = "var/demo"
"""A folder of its own, so that the sample never mixes with an organisation's own people."""

PORT = click.IntRange(1, 65535)


@click.command()
@click.option("--caldav-port", type=PORT, default=CALDAV_PORT, show_default=True, help="Where the calendars listen.")
@click.option("--feeds-port", type=PORT, default=FEEDS_PORT, show_default=True, help="Where the ICS feeds listen.")
@click.option("--mail-port", type=PORT, default=MAIL_PORT, show_default=True, help="Where the mail server listens.")
@click.option("--exit-when-done", is_flag=True, help="Stop at the end instead of waiting for Ctrl-C.")
def demo(caldav_port: int, feeds_port: int, mail_port: int, exit_when_done: bool) -> None:
    """Shows Interlude doing its job on a made-up organisation.

    Sixty people's calendars on a real CalDAV server and as feeds are read, suggestions are made, invites go out into
    calendars and by mail, and are answered there. Then everything stays up until Ctrl-C. The next start goes on from
    what was there.
    """
    own_valkey = not os.environ.get("INTERLUDE_REDIS_URL", "").strip()
    environ = made_ready(_for_the_demo(os.environ, caldav_port, feeds_port, mail_port))
    settings = running.settings(environ)
    servers = Servers(settings.var, settings.secret_key, caldav_port, feeds_port, mail_port)
    console = Console(highlight=False)
    with only_one(settings.var) as lock, telling_others(settings.var, environ):
        starting.check(settings)
        check_free(servers.caldav_at, "--caldav-port")
        check_free(servers.feeds_at, "--feeds-port")
        check_free(servers.mail_at, "--mail-port")
        with contextlib.suppress(KeyboardInterrupt), supervising(settings.var, environ, lock) as supervisor:
            _show(supervisor, settings, servers, own_valkey, console)
            if not exit_when_done:
                console.print("\nEverything stays up until Ctrl-C.")
                supervisor.watch()
    console.print("Interlude has stopped; the next start goes on from here.")


def _for_the_demo(environ: Mapping[str, str], *ports: int) -> dict[str, str]:
    allowed = [environ.get("INTERLUDE_ALLOW_HOSTS", ""), *(f"{LOOPBACK}:{port}" for port in ports)]
    changed = {"INTERLUDE_DEMO": "1", "INTERLUDE_ALLOW_HOSTS": ",".join(filter(None, allowed))}
    return {"INTERLUDE_VAR": FOLDER, **environ, **changed}


def _show(supervisor: Supervisor, settings: Settings, servers: Servers, own_valkey: bool, console: Console) -> None:
    with console.status("Starting Valkey, the database and the sample's calendar and mail servers …"):
        starting.foundations(supervisor, settings, own_valkey)
        sample_servers.make_ready(servers)
        for part in sample_servers.parts(servers):
            supervisor.start(part)
    console.print("[green]✓[/] Started Valkey, the database and the sample's calendar and mail servers")
    parts = build(settings)
    show = Show(parts, Queue(settings.redis_url), supervisor, servers, console, parts.clock())
    loaded = show.load()
    with console.status("Starting the workers, the timetable and the web pages …"):
        starting.doing(supervisor, settings)
    console.print("[green]✓[/] Started the workers, the timetable and the web pages")
    show.run(loaded.organisation_id)
    story = Story(parts, servers, loaded.organisation_id, show.began_at)
    console.print("\n[bold]What happened[/]")
    for line in story.what_happened(show.said):
        console.print(line, markup=False, soft_wrap=True)
    console.print("\n[bold]Where to look[/]")
    for line in story.where_to_look():
        console.print(line, markup=False, soft_wrap=True)
