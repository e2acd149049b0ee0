"""Being told of changes: each calendar that counts is watched where its provider offers that and can reach us.

A watch is asked for, prolonged before it ends, and replaced when it has fallen silent; the old one is stopped once the
new one is there. What cannot be watched is asked as often as ever.
"""

from __future__ import annotations

import logging
import random
import secrets
import time
from collections.abc import Collection, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from uuid import uuid4

from mentoring.errors import InterludeError, Reconnect, Refused, TryLater
from mentoring.ports import Capability, Channel, Watches
from store import calendars, organisations, watches
from store.watches import Watch, WatchState
from workflows import looking
from workflows.bootstrap import Parts
from workflows.watched import HOOKS, Watched, watched

log = logging.getLogger("interlude.watching")

THREADS = 8
BEGIN_SECONDS = 120.0
ASKING = timedelta(minutes=2)
"""How long a watch is one worker's to ask for: longer than the call takes."""

LONGEST = timedelta(days=8)
"""No watch lasts longer than a week: https://learn.microsoft.com/en-us/graph/api/resources/subscription"""

DELIVERY = timedelta(minutes=5)
"""How late a provider may tell of a change: Microsoft says at most three minutes for what it offers of Outlook,
https://learn.microsoft.com/en-us/graph/change-notifications-overview#latency"""

UNANSWERED_PAUSE = timedelta(minutes=15)
AN_HOUR, A_DAY = timedelta(hours=1), timedelta(days=1)


def keep_watches(parts: Parts) -> int:
    """Makes, prolongs, replaces and stops watches, of all organisations, until each is as it should be.

    Returns how many calendars were looked at; what there is no time for is the next tick's.
    """
    with parts.database.reading_all() as memory:
        everywhere = [each.id for each in organisations.all(memory)]
    begin_until = time.monotonic() + BEGIN_SECONDS
    return sum(_keep(parts, watched(parts, each), begin_until) for each in everywhere)


def keep_persons(parts: Parts, organisation_id: int, person_id: int) -> int:
    """The same for one person's calendars: right after they were connected, or chosen anew."""
    with parts.database.reading(organisation_id) as memory:
        mine = {each.id for each in calendars.connections(memory, person_id)}
    return _keep(parts, [each for each in watched(parts, organisation_id, mine) if each.calendar_id])


def stop(parts: Parts, organisation_id: int, connection_id: int) -> None:
    """Stops all watches of that account, while it can still be reached; what cannot be stopped ends by itself."""
    _stop_all(parts, [each for each in watched(parts, organisation_id, {connection_id}) if each.calendar_id])


def stop_organisers(parts: Parts, organisation_id: int, organiser_id: int) -> None:
    """The same for the organisation's own account."""
    of_it = [each for each in watched(parts, organisation_id, ()) if each.organiser_id == organiser_id]
    _stop_all(parts, of_it)


def _stop_all(parts: Parts, those: Iterable[Watched]) -> None:
    for each in those:
        for watch in each.watches:
            _stop(parts, each, watch)
            _forget(parts, watch)


def _keep(parts: Parts, those: Collection[Watched], begin_until: float | None = None) -> int:
    """Several at a time; one that something is wrong with keeps no other. What waits for its owner stays as it is."""

    def one(each: Watched) -> int:
        if begin_until is not None and time.monotonic() > begin_until:
            return 0
        try:
            _keep_one(parts, each)
        except InterludeError as problem:
            log.info("a watch has to wait: %s", type(problem).__name__)
        except Exception as bug:  # noqa: BLE001 -- the edge of the job: one calendar stops no other; logged in full
            looking.log_fault(f"the watch of calendar {each.calendar_id} or organiser {each.organiser_id}", bug)
        return 1

    can_be_kept = [each for each in those if not each.waits]
    if not can_be_kept:
        return 0
    with ThreadPoolExecutor(THREADS) as pool:
        return sum(pool.map(one, can_be_kept))


def _keep_one(parts: Parts, it: Watched) -> None:
    now = parts.clock()
    current = _current(it, now)
    _tidy(parts, it, current, now)
    if not it.wanted:
        _let_go(parts, it, it.watches)
    elif current is not None and now < current.renew_at:
        _let_go(parts, it, [each for each in it.watches if each != current and _is_over(each)])
    elif any(_waits(each, now) for each in it.watches):
        return
    elif not (current is not None and _prolonged(parts, it, current, now)) and _begun(parts, it, now):
        _let_go(parts, it, [each for each in it.watches if _is_over(each)])


def _current(it: Watched, now: datetime) -> Watch | None:
    """The one by which we are told."""
    live = [each for each in it.watches if each.state is WatchState.LIVE and each.expires_at > now]
    return max((each for each in live if not _silent(each, now)), key=lambda each: each.renew_at, default=None)


def _silent(watch: Watch, now: datetime) -> bool:
    """Whether it has not told of news for longer than that can take."""
    return watch.doubted_at is not None and watch.doubted_at + DELIVERY < now


def _waits(watch: Watch, now: datetime) -> bool:
    """Whether somebody asks for it just now, or it has been said that it cannot be."""
    return watch.state in {WatchState.ASKED, WatchState.RESTING} and watch.renew_at > now


def _is_over(watch: Watch) -> bool:
    """Not one that was asked for without an answer: it may be there, and would be heard from."""
    return watch.state is not WatchState.ASKED


def _tidy(parts: Parts, it: Watched, current: Watch | None, now: datetime) -> None:
    """What has ended by itself needs no stopping. What is silent is lost: until it is replaced, we ask more often."""
    for each in it.watches:
        if each.expires_at <= now:
            _forget(parts, each)
        elif each.state is WatchState.LIVE and each != current and _silent(each, now):
            _lost(parts, each)


def _prolonged(parts: Parts, it: Watched, watch: Watch, now: datetime) -> bool:
    """False where only a new one can take its place."""
    with parts.database.reading(it.organisation_id) as memory:
        channel = watches.opened(memory, watch)
    longer = _provider(parts, it).prolong(it.account(), channel, now)
    return longer is not None and _noted(parts, it, watch.id, longer, now)


def _begun(parts: Parts, it: Watched, now: datetime) -> bool:
    """Whether it is watched anew now."""
    channel_id = str(uuid4())
    # With our own name for it, by which a notification is known that comes before the provider's answer does.
    new = Channel(channel_id, "", f"{channel_id}.{secrets.token_urlsafe(32)}", now + LONGEST)
    about = {"calendar_id": it.calendar_id, "organiser_id": it.organiser_id}
    with parts.database.writing(it.organisation_id) as memory:
        seen = [each.id for each in it.watches if each.expires_at > now]
        watch_id = watches.ask(memory, new, seen, now, now + ASKING, **about)
    if watch_id is None:
        return False
    try:
        hook = parts.settings.push_url + HOOKS[it.provider]
        given = _provider(parts, it).watch(it.account(), it.calendar, hook, new.id, new.secret, now)
    except InterludeError as problem:
        _not_given(parts, it, watch_id, problem, now)
        raise
    return _noted(parts, it, watch_id, given, now, begins=True)


def _not_given(parts: Parts, it: Watched, watch_id: int, problem: InterludeError, now: datetime) -> None:
    with parts.database.writing(it.organisation_id) as memory:
        if isinstance(problem, Refused):
            log.warning("%s will not tell of changes for a day: %s", it.provider, problem)
            watches.rest(memory, watch_id, now + A_DAY)
        elif isinstance(problem, TryLater):
            unanswered = sum(each.state is WatchState.ASKED for each in it.watches)
            watches.ask_again(memory, watch_id, now + max(problem.after, min(UNANSWERED_PAUSE * 2**unanswered, A_DAY)))
        elif isinstance(problem, Reconnect):
            watches.rest(memory, watch_id, now + AN_HOUR)


def _noted(parts: Parts, it: Watched, watch_id: int, channel: Channel, now: datetime, begins: bool = False) -> bool:
    """What nobody wants any more by now is stopped at once. begins: of what changed between the last reading and now
    nobody tells, so that it is read once more."""
    with parts.database.writing(it.organisation_id) as memory:
        kept = watches.live(memory, watch_id, channel, now, renewal(channel.expires_at, now))
        unread = [it.calendar_id] if kept and begins and it.calendar_id else []
        made_due = calendars.hear(memory, unread, now)
    if not kept:
        _provider(parts, it).unwatch(it.account(), channel)
    if made_due:
        parts.nudge("sync_due")
    return kept


def renewal(expires_at: datetime, now: datetime) -> datetime:
    """When a watch that lasts until then is renewed: well before, and not all of them at once."""
    lasts = expires_at - now
    return expires_at - min(lasts / 4, A_DAY) * random.uniform(1, 1.5)  # noqa: S311 -- no secret


def _let_go(parts: Parts, it: Watched, those: Iterable[Watch]) -> None:
    for each in those:
        if _stop(parts, it, each):
            _forget(parts, each)


def _stop(parts: Parts, it: Watched, watch: Watch) -> bool:
    """Whether it tells us nothing any more. One that could not be stopped is tried again until it ends by itself."""
    if watch.state not in {WatchState.LIVE, WatchState.LOST}:
        return True
    try:
        with parts.database.reading(it.organisation_id) as memory:
            channel = watches.opened(memory, watch)
        _provider(parts, it).unwatch(it.account(), channel)
    except (InterludeError, KeyError) as problem:
        log.info("watch %s could not be stopped: %s", watch.id, type(problem).__name__)
        _lost(parts, watch)
        return False
    return True


def _lost(parts: Parts, watch: Watch) -> None:
    with parts.database.writing(watch.organisation_id) as memory:
        watches.lose(memory, watch.id)


def _forget(parts: Parts, watch: Watch) -> None:
    with parts.database.writing(watch.organisation_id) as memory:
        watches.forget(memory, watch.id)


def _provider(parts: Parts, it: Watched) -> Watches:
    """Raises Refused for one that does not tell of changes."""
    found = parts.provider(it.provider)
    if Capability.PUSH not in found.capabilities or not isinstance(found, Watches):
        raise Refused(f"{it.provider} does not tell of changes")
    return found
