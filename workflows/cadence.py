"""When the day's round is due: at one hour in the organisation's zone, once, and after an outage once for all that was
missed."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from mentoring.policy import Policy
from store import calendars, organisations, people, policies
from store.memory import Memory
from store.rounds import Round

CAUGHT_UP_WITHIN = timedelta(hours=12)
"""A round whose hour came late in the day is made up for after midnight; later the next one is near."""

WAIT_FOR_READINGS = timedelta(minutes=30)
"""So long at most a round waits, after an outage, for calendars to be read again: until then nobody's time is known."""

BEHIND = 0.5
"""The part of the calendars that is too old to rely on from which there has been an outage."""


def due_day(policy: Policy, zone: str, now: datetime) -> date | None:
    """The local day whose round is due, or was missed a short while ago. None while neither is."""
    local = now.astimezone(ZoneInfo(zone))
    if local.hour >= policy.round_hour:
        return local.date()
    yesterday = local.date() - timedelta(days=1)
    hour = datetime(yesterday.year, yesterday.month, yesterday.day, policy.round_hour, tzinfo=local.tzinfo)
    return yesterday if now - hour <= CAUGHT_UP_WITHIN else None


def overtaken(memory: Memory, owed: Round, now: datetime) -> bool:
    """Whether it is a round for everybody, of a day after which another one has come due: that one is enough."""
    if owed.after is not None or owed.local_date is None:
        return False
    local = now.astimezone(ZoneInfo(organisations.get(memory).zone))
    ran_out = timedelta(days=0 if local.hour >= policies.current(memory).round_hour else 1)
    return owed.local_date < local.date() - ran_out


def waits_for_readings(memory: Memory, owed: Round, now: datetime) -> bool:
    """Whether most calendars have not been read for long, and may yet be in time for this round for everybody."""
    if owed.after is not None or now - owed.started_at >= WAIT_FOR_READINGS:
        return False
    oldest = now - timedelta(minutes=policies.current(memory).stale_minutes)
    ids = [person.id for person in people.everyone(memory)]
    read_at = [
        each.read_at
        for each in calendars.calendars_of(memory, ids)
        if each.counts_as_busy and not each.problem and each.read_at
    ]
    return bool(read_at) and sum(each < oldest for each in read_at) >= BEHIND * len(read_at)
