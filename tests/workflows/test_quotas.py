"""Within what a provider allows: for all processes together, and alone while Redis is away."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from redis import Redis

from mentoring.availability import Known
from mentoring.errors import TryLater
from mentoring.intervals import Interval
from mentoring.people import Person
from store import policies
from tests.killing.stage import valkey
from tests.workflows.cloud import Cloud, a_cloud, an_hour
from tests.workflows.house import SECRET, Clock
from workflows import syncing
from workflows.knowing import time_of
from workflows.quotas import SHARES, Quotas, Share

NOBODY = "redis://127.0.0.1:1/0"
FEW = {"google": Share(project=60, account=12), "outlook": Share(600, 600)}
"""At once: ten for all, two for one account."""


@pytest.fixture
def redis_url(tmp_path: Path) -> Iterator[str]:
    with valkey(tmp_path) as url:
        yield url


@pytest.fixture
def clock() -> Clock:
    return Clock()


def taken(quotas: Quotas, account: str, times: int = 50, provider: str = "google") -> int:
    """How many of so many requests are let through."""
    return sum(waited(quotas, account, provider) is None for _ in range(times))


def waited(quotas: Quotas, account: str, provider: str = "google") -> timedelta | None:
    try:
        quotas.take(provider, account)
    except TryLater as problem:
        return problem.after
    return None


def test_an_account_has_its_own_share_and_all_have_one_together_in_all_processes(redis_url: str, clock: Clock) -> None:
    one, other = (Quotas(redis_url, SECRET, clock, FEW) for _ in range(2))
    assert taken(one, "ann") == 2
    assert taken(other, "ann") == 0
    assert sum(taken(one, f"person{number}") for number in range(20)) == 8
    assert taken(other, "ann", provider="outlook") > 2


def test_tokens_come_back_with_time(redis_url: str, clock: Clock) -> None:
    quotas = Quotas(redis_url, SECRET, clock, FEW)
    taken(quotas, "ann")
    assert timedelta(seconds=4) < (waited(quotas, "ann") or timedelta()) < timedelta(seconds=8)
    clock.turn(seconds=5)
    assert taken(quotas, "ann") == 1
    clock.turn(hours=1)
    assert taken(quotas, "ann") == 2


def test_whoever_asks_at_the_same_moment_gets_no_more_than_there_is(redis_url: str, clock: Clock) -> None:
    quotas = Quotas(redis_url, SECRET, clock, FEW)
    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(lambda number: taken(quotas, f"person{number}", 5), range(16))) == 10


def test_who_was_told_to_come_back_later_rests_in_all_processes(redis_url: str, clock: Clock) -> None:
    one, other = (Quotas(redis_url, SECRET, clock) for _ in range(2))
    one.rest("google", "ann", timedelta(minutes=10))
    one.rest("google", "ann", timedelta(seconds=1))
    assert (taken(other, "ann"), taken(other, "bob", 1)) == (0, 1)
    one.rest("google", "", timedelta(minutes=2))
    assert (taken(other, "bob"), taken(other, "bob", 1, "outlook")) == (0, 1)
    clock.turn(minutes=2)
    assert (taken(other, "ann"), taken(other, "bob", 1)) == (0, 1)
    clock.turn(minutes=8)
    assert taken(other, "ann", 1) == 1


def test_they_do_not_all_come_back_at_the_same_moment(redis_url: str, clock: Clock) -> None:
    quotas = Quotas(redis_url, SECRET, clock)
    quotas.rest("google", "", timedelta(minutes=1))
    waits = [waited(quotas, f"person{number}") for number in range(30)]
    assert len(set(waits)) == 30
    assert all(each and timedelta(minutes=1) <= each < timedelta(minutes=1, seconds=17) for each in waits)


def test_while_redis_is_away_each_process_goes_on_at_a_fraction_of_the_pace(
    clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    quotas = Quotas(NOBODY, SECRET, clock)
    alone = taken(quotas, "ann", 500)
    assert 1 <= alone <= SHARES["google"].account / 6 / 8 + 1
    assert len(caplog.records) == 1, "it is not asked for each request anew"
    quotas.rest("google", "", timedelta(minutes=1))
    assert taken(quotas, "bob") == 0
    clock.turn(minutes=1)
    assert taken(quotas, "bob", 1) == 1


def test_no_key_tells_whose_account_it_is_about(redis_url: str, clock: Clock) -> None:
    quotas = Quotas(redis_url, SECRET, clock)
    quotas.take("google", "plantedname@example.org")
    quotas.rest("google", "plantedname@example.org", timedelta(minutes=1))
    keys = Redis.from_url(redis_url).keys()
    assert len(keys) == 3
    assert b"planted" not in b"".join(keys)


@pytest.mark.parametrize(("status", "reason"), [(403, "userRateLimitExceeded"), (429, "rateLimitExceeded")])
def test_fifty_accounts_under_a_quota_that_refuses_half_are_all_fresh_in_the_end_and_nobody_is_free_by_mistake(
    tmp_path: Path, redis_url: str, status: int, reason: str
) -> None:
    with a_cloud(tmp_path, push=False) as cloud:
        cloud.throttled(Quotas(redis_url, SECRET, cloud.house.clock))
        people = [cloud.somebody(f"P{number}") for number in range(50)]
        meeting = an_hour(cloud)
        cloud.later(hours=1)
        for each in people:
            cloud.wire.put(each.email, meeting.start, meeting.end)
        cloud.refuses_half(status, reason, retry_after=60)
        before, minutes = len(cloud.wire.calls), 0
        while not all(cloud.busy(each, meeting) for each in people):
            syncing.sync_due(cloud.house.parts)
            assert free_by_mistake(cloud, people, meeting) == []
            cloud.later(minutes=1)
            minutes += 1
            assert minutes < 90
        asked = len(cloud.wire.calls) - before
    assert asked < 50 * 12, "no storm"


def free_by_mistake(cloud: Cloud, people: list[Person], meeting: Interval) -> list[str]:
    """Whoever is known to be free then, and is not."""
    house = cloud.house
    with house.parts.database.reading(house.organisation_id) as memory:
        time = time_of(memory, people, policies.current(memory), house.clock())
    known = {each.name: time.availability[each.id] for each in people}
    return [name for name, each in known.items() if isinstance(each, Known) and not each.busy.contains(meeting)]
