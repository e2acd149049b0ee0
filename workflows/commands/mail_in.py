"""`interlude mail-in < message`: an answer that came by mail, from the pipe of a mail server."""

from __future__ import annotations

import logging
import os
import sys

import click

from mentoring.errors import InterludeError
from workflows import receiving
from workflows.commands import running

log = logging.getLogger("interlude.mail_in")

LARGEST = 5 * 1024 * 1024
TEMPORARY = getattr(os, "EX_TEMPFAIL", 75)
"""What a mail server takes for: keep it, and try again (sysexits.h). For any other failure it tells the sender that
their answer did not arrive."""


@click.command("mail-in")
def mail_in() -> None:
    """Takes in one mail from standard input: an answer to an invite, or whatever else came to the mailbox.

    Have your mail server pipe what comes to the organiser's mailbox into it. What is no answer is set aside, where an
    admin sees why. Exit code 75, for whatever went wrong, asks the mail server to try again later; nothing is lost.
    """
    try:
        parts = running.parts()
        running.log_to_stderr(parts.settings)
        click.echo(receiving.take_in(parts, sys.stdin.buffer.read(LARGEST)))
    except InterludeError as problem:
        click.echo(f"interlude: {problem}", err=True)
        sys.exit(TEMPORARY)
    except Exception:
        # The edge: a fault of ours must not cost somebody their answer.
        log.exception("the mail could not be taken in")
        sys.exit(TEMPORARY)
