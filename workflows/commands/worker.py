"""`interlude worker`: runs jobs, one at a time; start as many as wanted, on as many machines."""

from __future__ import annotations

import logging

import click
import rq

from workflows.commands import running


@click.command()
@click.option("--burst", is_flag=True, help="Stop when there is nothing left to do.")
def worker(burst: bool) -> None:
    """Runs the jobs: reading calendars, asking, delivering, rounds."""
    parts = running.parts()
    running.log_to_stderr(parts.settings)
    running.parts_of_jobs(parts)
    queue = running.queue(parts.settings)
    level = logging.getLevelName(max(logging.WARNING, logging.getLogger().level))
    rq.Worker([queue.rq], connection=queue.connection).work(burst=burst, with_scheduler=True, logging_level=level)
