"""Keeping within what Google and Microsoft allow: token buckets in Redis, per project and per account (rule 7).

Each request takes a token of both. Whoever is told to come back later rests, in all processes. While Redis is away each
process goes by itself, at a fraction of the pace.
"""

from __future__ import annotations

import hmac
import logging
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from threading import Lock
from typing import cast

from redis import Redis, RedisError

from mentoring.errors import TryLater

log = logging.getLogger("interlude.quotas")

_TAKE = """
local now, wait = tonumber(ARGV[1]), 0
for i = 3, 4 do
  local rests = redis.call('GET', KEYS[i])
  if rests then wait = math.max(wait, tonumber(rests) - now) end
end
local left = {}
for i = 1, 2 do
  local rate, most = tonumber(ARGV[2 * i]), tonumber(ARGV[2 * i + 1])
  local kept = redis.call('HMGET', KEYS[i], 'tokens', 'at')
  left[i] = most
  if kept[1] then left[i] = math.min(most, tonumber(kept[1]) + math.max(0, now - tonumber(kept[2])) * rate) end
  wait = math.max(wait, (1 - left[i]) / rate)
end
if wait > 0 then return tostring(wait) end
for i = 1, 2 do
  redis.call('HSET', KEYS[i], 'tokens', tostring(left[i] - 1), 'at', ARGV[1])
  redis.call('EXPIRE', KEYS[i], math.ceil(tonumber(ARGV[2 * i + 1]) / tonumber(ARGV[2 * i])) + 60)
end
return '0'
"""
"""Both tokens or none, in one step for all processes. Returns how many seconds to wait."""

_REST = """
local until_then = redis.call('GET', KEYS[1])
if not until_then or tonumber(until_then) < tonumber(ARGV[1]) then
  redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
end
return '0'
"""

SHARE_OF_ONE = 1 / 8
"""What one process allows itself while it cannot ask the others: there may be that many."""

WITHOUT_REDIS_SECONDS = 5.0
LONGEST_REST = timedelta(hours=1)


@dataclass(frozen=True)
class Share:
    """How many requests a minute we allow ourselves, of a provider's quota: on the whole, and for one account.

    At once, as many as in ten seconds: with a minute's worth after it, that still is within a quota a fifth larger.
    """

    project: float
    account: float

    def buckets(self, share: float = 1.0) -> tuple[float, float, float, float]:
        """Of the project, then of the account: tokens a second, and how many at most."""
        paces = [max(each * share, 1.0) / 60 for each in (self.project, self.account)]
        return (paces[0], max(1.0, paces[0] * 10), paces[1], max(1.0, paces[1] * 10))


SHARES = {
    # 10,000 a minute for a project and 600 for each of its users:
    # https://developers.google.com/workspace/calendar/api/guides/quota
    "google": Share(8000, 480),
    # 130,000 in ten seconds for an app, and 10,000 in ten minutes for each mailbox:
    # https://learn.microsoft.com/en-us/graph/throttling-limits
    "outlook": Share(60_000, 800),
}

NAMES = {"google": "Google", "outlook": "Microsoft"}


class Quotas:
    """Throttle over Redis. secret: no account stands in a key but as its keyed hash."""

    def __init__(
        self, redis_url: str, secret: str, clock: Callable[[], datetime], shares: Mapping[str, Share] = SHARES
    ) -> None:
        self._redis_url = redis_url
        self._secret = secret.encode()
        self._clock = clock
        self._shares = shares
        self._alone = _Alone()
        self._away_until = 0.0

    def take(self, provider: str, account: str) -> None:
        """See Throttle."""
        now, keys, share = self._clock().timestamp(), self._keys(provider, account), self._shares[provider]
        wait = self._together(_TAKE, keys, [now, *share.buckets()])
        if wait is None:
            wait = self._alone.take(keys, now, share.buckets(SHARE_OF_ONE))
        if wait > 0:
            # Not all of them at the same moment.
            spread = wait * random.uniform(1, 1.25) + random.random()  # noqa: S311 -- no secret
            raise TryLater(f"{NAMES[provider]} asks us to come back a little later", timedelta(seconds=spread))

    def rest(self, provider: str, account: str, after: timedelta) -> None:
        """See Throttle."""
        after = min(max(after, timedelta(seconds=1)), LONGEST_REST)
        until = (self._clock() + after).timestamp()
        key = self._keys(provider, account)[3 if account else 2]
        self._alone.rest(key, until)
        self._together(_REST, [key], [until, int(after.total_seconds() * 1000)])

    def _keys(self, provider: str, account: str) -> list[str]:
        whose = hmac.new(self._secret, f"quota of {account}".encode(), "sha256").hexdigest()[:32]
        names = (provider, f"{provider}:{whose}")
        return [f"interlude:{what}:{name}" for what in ("tokens", "rest") for name in names]

    def _together(self, script: str, keys: list[str], args: list[float]) -> float | None:
        """What Redis says for all processes; None while it is away, which is not asked for each request anew."""
        if time.monotonic() < self._away_until:
            return None
        try:
            return float(cast(str, self._redis.eval(script, len(keys), *keys, *args)))
        except RedisError as problem:
            self._away_until = time.monotonic() + WITHOUT_REDIS_SECONDS
            log.warning("quotas are kept by each process for itself: %s", type(problem).__name__)
            return None

    @cached_property
    def _redis(self) -> Redis:
        return Redis.from_url(self._redis_url, socket_connect_timeout=1, socket_timeout=1)


class _Alone:
    """The same for one process."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._tokens: dict[str, tuple[float, float]] = {}
        self._rests: dict[str, float] = {}

    def take(self, keys: list[str], now: float, buckets: tuple[float, float, float, float]) -> float:
        """Both tokens or none. Returns how many seconds to wait."""
        paces = {keys[0]: buckets[:2], keys[1]: buckets[2:]}
        with self._lock:
            wait = max(self._rests.get(key, now) - now for key in keys[2:])
            left = {key: self._left(key, now, *pace) for key, pace in paces.items()}
            wait = max([wait, *((1 - left[key]) / pace for key, (pace, _) in paces.items())])
            if wait <= 0:
                self._tokens |= {key: (tokens - 1, now) for key, tokens in left.items()}
        return wait

    def _left(self, key: str, now: float, pace: float, most: float) -> float:
        tokens, at = self._tokens.get(key, (most, now))
        return min(most, tokens + max(0.0, now - at) * pace)

    def rest(self, key: str, until: float) -> None:
        with self._lock:
            self._rests[key] = max(until, self._rests.get(key, until))
