"""`interlude inbox`: reads the replies that come to the organisations' mailboxes, by IMAP."""

from __future__ import annotations

import signal
import threading

import click

from mentoring.errors import InterludeError
from store import inboxes
from workflows import listening
from workflows.bootstrap import Parts
from workflows.commands import running


@click.command()
@click.option("--once", is_flag=True, help="Read what is there now, and stop.")
def inbox(once: bool) -> None:
    """Listens at every mailbox whose replies an admin has had read by IMAP, on the page Mail.

    One is enough; a second one takes over when the first is gone. With --once the exit code is 1 when a mailbox could
    not be read.
    """
    parts = running.parts()
    running.log_to_stderr(parts.settings)
    if once:
        raise SystemExit(_each_once(parts))
    stop = threading.Event()
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, lambda *_: stop.set())
    listening.listen_everywhere(parts, stop)


def _each_once(parts: Parts) -> int:
    with parts.database.reading_all() as memory:
        known = inboxes.everywhere(memory)
    code = 0
    for organisation_id in known:
        listener = listening.Listener(parts, organisation_id, f"once-{threading.get_ident()}", threading.Event())
        try:
            click.echo(f"organisation {organisation_id}: {listener.read_once()} came in")
        except listening.Over:
            click.echo(f"organisation {organisation_id}: another process reads it")
        except InterludeError as problem:
            click.echo(f"organisation {organisation_id}: {problem}", err=True)
            code = 1
    return code
