"""`interlude mail-in < message`: an answer that came by mail, from the pipe of a mail server."""

from __future__ import annotations

import os
import sys

import click

from mentoring.errors import TryLater
from workflows import receiving
from workflows.commands import running

LARGEST = 5 * 1024 * 1024
TEMPORARY = getattr(os, "EX_TEMPFAIL", 75)
"""What a mail server takes for: keep it, and try again (sysexits.h)."""


@click.command("mail-in")
def mail_in() -> None:
    """Takes in one mail from standard input: an answer to an invite, or whatever else came to the mailbox.

    Have your mail server pipe what comes to the organiser's mailbox into it. What is no answer is set aside, where an
    admin sees why. Exit code 75 asks the mail server to try again later; nothing is lost.
    """
    parts = running.parts()
    running.log_to_stderr(parts.settings)
    raw = sys.stdin.buffer.read(LARGEST)
    try:
        click.echo(receiving.take_in(parts, raw))
    except TryLater as problem:
        click.echo(f"interlude: {problem}", err=True)
        sys.exit(TEMPORARY)
