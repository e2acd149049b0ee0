"""The queue is a nudge: a job carries ids, and losing it loses nothing."""

from __future__ import annotations

import logging
from functools import cached_property

import rq
from redis import Redis, RedisError
from rq.job import Job

log = logging.getLogger("interlude.queue")

QUEUE_NAME = "interlude"
JOB_TIMEOUT_SECONDS = 300
NUDGE_TTL_SECONDS = 600


class Queue:
    """Names jobs of workflows.jobs by their function's name. Opens its connection when first used."""

    def __init__(self, redis_url: str, name: str = QUEUE_NAME) -> None:
        self.redis_url = redis_url
        self.name = name

    @cached_property
    def connection(self) -> Redis:
        return Redis.from_url(self.redis_url, socket_connect_timeout=2, health_check_interval=30)

    @cached_property
    def rq(self) -> rq.Queue:
        return rq.Queue(self.name, connection=self.connection, default_timeout=JOB_TIMEOUT_SECONDS)

    def enqueue(self, job: str, *ids: int) -> Job:
        """Puts workflows.jobs.JOB(*ids) on the queue. Raises RedisError when the queue cannot be reached."""
        call = f"workflows.jobs.{job}"
        return self.rq.enqueue_call(call, args=ids, ttl=NUDGE_TTL_SECONDS, result_ttl=60, failure_ttl=86400)

    def nudge(self, job: str, *ids: int) -> None:
        """The same, where losing it only means that the next sweep does it."""
        try:
            self.enqueue(job, *ids)
        except RedisError as problem:
            log.warning("the queue did not take %s%s, the next sweep will: %s", job, ids, type(problem).__name__)
