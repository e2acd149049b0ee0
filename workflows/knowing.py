"""What is known of people's time, put together from what the store remembers. Unknown is never free."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from mentoring.availability import Availability, BusyEvent, Known, Unknown, busy_time
from mentoring.days import OPEN_ALWAYS, Closed
from mentoring.intervals import Interval, Intervals
from mentoring.openings import Engagement
from mentoring.people import Person
from mentoring.policy import Policy
from scheduler.grid import Frame
from scheduler.participants import Participant
from store import calendars, proposals
from store.calendars import Calendar
from store.memory import Memory
from workflows import days_off

CAP_DAYS = 45
"""How far back and ahead bookings are counted for caps: a month around any start within the horizon."""

NO_CALENDAR = "no calendar is connected, so we cannot know when they are free"


def reading_window(now: datetime, policy: Policy) -> Interval:
    """What is read of a calendar: from yesterday to two weeks past the horizon, so that a reading lasts for a while."""
    return Interval(now - timedelta(days=1), now + timedelta(days=policy.horizon_days + 14))


@dataclass(frozen=True)
class Time:
    """The time of a set of people: availability, what Interlude booked for each, and their holidays and quiet days."""

    availability: dict[int, Availability]
    booked: dict[int, tuple[Engagement, ...]]
    closed: Mapping[int, Closed] = field(default_factory=dict)

    def participant(self, person: Person, without_proposal: int | None = None) -> Participant | None:
        """The person as the scheduler takes them, or None while their time is unknown."""
        known = self.availability[person.id]
        if isinstance(known, Unknown):
            return None
        booked = tuple(each.interval for each in self.booked[person.id] if each.proposal_id != without_proposal)
        closed = self.closed.get(person.id, OPEN_ALWAYS)
        return Participant(person.id, person.limits, known.busy, booked, known.covers, closed)


def time_of(
    memory: Memory, people: Collection[Person], policy: Policy, now: datetime, excluding_key: str | None = None
) -> Time:
    """Availability and bookings of those people, in four queries.

    excluding_key: the key of one event to leave out, for a proposal that asks about its own time.
    """
    ids = [person.id for person in people]
    window = reading_window(now, policy)
    events = calendars.busy_events(memory, ids, window)
    counting: dict[int, list[Calendar]] = {}
    for calendar in calendars.calendars_of(memory, ids):
        if calendar.counts_as_busy:
            counting.setdefault(calendar.person_id, []).append(calendar)
    availability = {
        person: _availability(events.get(person, ()), counting.get(person, ()), policy, now, excluding_key)
        for person in ids
    }
    closed = {person.id: days_off.closed(person.limits, now) for person in people}
    return Time(availability, _booked(memory, ids, now), closed)


def _booked(memory: Memory, ids: Collection[int], now: datetime) -> dict[int, tuple[Engagement, ...]]:
    around = Interval(now - timedelta(days=CAP_DAYS), now + timedelta(days=CAP_DAYS))
    booked: dict[int, list[Engagement]] = {person: [] for person in ids}
    for engagement in proposals.engagements(memory, ids, around):
        booked[engagement.person_id].append(engagement)
    return {person: tuple(engagements) for person, engagements in booked.items()}


def _availability(
    events: Iterable[BusyEvent],
    counting: Collection[Calendar],
    policy: Policy,
    now: datetime,
    excluding_key: str | None,
) -> Availability:
    if not counting:
        return Unknown(NO_CALENDAR)
    for calendar in counting:
        why = why_unknown(calendar, policy, now)
        if why:
            return Unknown(why, calendar.name)
    covers = _common(calendar.covers for calendar in counting)
    if covers is None:
        return Unknown("the calendars have not been read for a common time yet")
    read_at = min(calendar.read_at for calendar in counting if calendar.read_at)
    return Known(busy_time(events, policy.free_kinds, excluding_key), covers, read_at)


def why_unknown(calendar: Calendar, policy: Policy, now: datetime) -> str:
    """Why this calendar cannot be relied on now, or nothing."""
    if calendar.problem:
        return calendar.problem
    if calendar.read_at is None or calendar.covers is None:
        return "it has not been read yet"
    if now - calendar.read_at > timedelta(minutes=policy.stale_minutes):
        return f"it was last read {calendar.read_at.day} {calendar.read_at:%B, %H:%M} UTC, too long ago to rely on"
    return ""


def _common(covers: Iterable[Interval | None]) -> Interval | None:
    spans = [Intervals((each,)) if each else Intervals() for each in covers]
    common = spans[0]
    for span in spans[1:]:
        common = common & span
    return common.spans[0] if common else None


def frame_of(now: datetime, policy: Policy, session_minutes: int) -> Frame:
    """The starts that are asked about: the horizon from now, on the policy's step."""
    window = Interval(now, now + timedelta(days=policy.horizon_days))
    return Frame(window, policy.step_minutes, session_minutes)
