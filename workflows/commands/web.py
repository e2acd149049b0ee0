"""`interlude web`: the web pages, served by gunicorn."""

from __future__ import annotations

import os
import sys

import click

from mentoring.settings import Settings
from workflows.commands import running
from workflows.embedded import with_defaults

THREADS = 4
GRACE_SECONDS = 8
"""Shorter than what the supervisor allows, so that a request under way is not cut off by it."""

SILENT_SECONDS = 60


@click.command()
def web() -> None:
    """Runs the web pages.

    Listens on INTERLUDE_BIND (127.0.0.1:8000) with INTERLUDE_WEB_WORKERS processes. Requests are not logged: their
    addresses may carry one-time links.
    """
    environ = with_defaults(os.environ)
    arguments = gunicorn_arguments(running.settings(environ))
    os.execve(sys.executable, [sys.executable, "-m", "gunicorn", *arguments], environ)  # noqa: S606 (no shell is wanted)


def gunicorn_arguments(settings: Settings) -> list[str]:
    """What gunicorn is told; the rest is the environment's."""
    return [
        "wsgi:app",
        f"--bind={settings.bind}",
        f"--workers={settings.web_workers}",
        "--worker-class=gthread",
        f"--threads={THREADS}",
        f"--graceful-timeout={GRACE_SECONDS}",
        f"--timeout={SILENT_SECONDS}",
        f"--log-level={settings.log_level.lower()}",
        "--no-control-socket",
    ]
