"""`interlude cron`: the timetable. It may miss a tick or tick twice; every job on it can stand that."""

from __future__ import annotations

import logging

import click
from rq.cron import CronScheduler

from workflows import jobs
from workflows.commands import running
from workflows.queue import QUEUE_NAME, Queue

TIMETABLE = (
    (jobs.sweep, 10),
    (jobs.deliver_due, 15),
    (jobs.sync_due, 30),
    (jobs.read_answers, 60),
    (jobs.daily_rounds, 300),
    (jobs.keep_watches, 300),
    (jobs.housekeeping, 86_400),
)
"""Each job and its interval in seconds."""


@click.command()
def cron() -> None:
    """Runs the timetable: has jobs put on the queue when they are due."""
    parts = running.parts()
    running.log_to_stderr(parts.settings)
    timetable(running.queue(parts.settings)).start()  # type: ignore[no-untyped-call]


def timetable(queue: Queue) -> CronScheduler:
    """A tick that nobody took up before the next one is dropped: the next one does the same work."""
    scheduler = CronScheduler(connection=queue.connection, logging_level=logging.WARNING)
    for job, seconds in TIMETABLE:
        scheduler.register(job, QUEUE_NAME, interval=seconds, ttl=max(seconds, 30), result_ttl=60, job_timeout=300)
    return scheduler
