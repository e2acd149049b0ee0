"""When people are free, by half hours, and a diary of what was booked that nobody can overfill.

Time is counted in half hours from the first Monday, 00:00 UTC. A half hour holds a session of twenty minutes with five
minutes around it, so two of them can never be too near each other. No zone here has summer time.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np

from mentoring.hours import DayHours, WeeklyHours
from mentoring.people import Limits
from tests.simulation.population import Population, Truths, Whole
from tests.simulation.worlds import Nature

FIRST_MONDAY = datetime(2026, 1, 5, tzinfo=UTC)
A_DAY = 48
OPENS, CLOSES = 18, 34
"""Half hours after local midnight: nine to five."""

HORIZON_DAYS = 14
ROUND_AT = 12
"""Half hours after 00:00 UTC on a Monday: when a round is held."""

AHEAD = 2 * A_DAY
"""Half hours between a round and the first time it may offer, so that both people can answer."""

OPEN_AS_MENTEE, OPEN_AS_MENTOR = 1, 2


def moment(slot: int) -> datetime:
    return FIRST_MONDAY + timedelta(minutes=30 * slot)


def slot_of(at: datetime) -> int:
    """The half hour that this moment lies in."""
    return int((at - FIRST_MONDAY) // timedelta(minutes=30))


@lru_cache(maxsize=16)
def offset(zone: str) -> int:
    """Half hours ahead of UTC."""
    ahead = FIRST_MONDAY.astimezone(ZoneInfo(zone)).utcoffset()
    assert ahead is not None
    return int(ahead / timedelta(minutes=30))


@lru_cache(maxsize=16)
def hours(zone: str) -> WeeklyHours:
    return WeeklyHours.every(zone, [DayHours(OPENS * 30, CLOSES * 30)])


@lru_cache(maxsize=4096)
def _month(day: int) -> int:
    date = FIRST_MONDAY + timedelta(days=day)
    return date.year * 12 + date.month


def working(zone: str, slots: int) -> Truths:
    """Which half hours lie in somebody's hours there, shape (slots,)."""
    local = np.arange(slots) + offset(zone)
    return (local // A_DAY % 7 < 5) & (local % A_DAY >= OPENS) & (local % A_DAY < CLOSES)


def draw_free(nature: Nature, people: Population, days: int, rng: np.random.Generator) -> Truths:
    """Which half hours each person has free, shape (people, slots): an hour here and there is busy, some weeks are
    full, and a week or two they are away."""
    number, slots = len(people), (days + HORIZON_DAYS) * A_DAY
    within = np.stack([working(zone, slots) for zone in nature.zones])[people.zone]
    begins = rng.random((number, slots), dtype=np.float32) < (0.1 + 0.25 * rng.random((number, 1)))
    busy = begins | np.roll(begins, 1, axis=1)
    full = rng.random((number, slots // (7 * A_DAY) + 1)) < 0.06
    busy |= np.repeat(full, 7 * A_DAY, axis=1)[:, :slots] & (rng.random((number, slots), dtype=np.float32) < 0.8)
    for person, first in enumerate(rng.integers(0, days, number).tolist()):
        busy[person, first * A_DAY : (first + 7) * A_DAY] = True
    return within & ~busy


@dataclass(frozen=True)
class Window:
    """The half hours that a round may offer, half-open."""

    begins: int
    ends: int

    @classmethod
    def of_week(cls, week: int) -> Window:
        now = week * 7 * A_DAY + ROUND_AT
        return cls(now + AHEAD, now + HORIZON_DAYS * A_DAY)


class Booked:
    """What is booked for everybody, and what else their caps would allow.

    limits: of each person, by row. Raises ValueError for a booking that the rules forbid.
    """

    def __init__(self, free: Truths, limits: list[Limits], may_mentor: Truths, may_be_mentored: Truths) -> None:
        self._free = free
        self._limits = limits
        self.may_mentor = may_mentor
        self.may_be_mentored = may_be_mentored
        self._offsets = [offset(each.zone) for each in limits]
        self.slots: dict[int, set[int]] = defaultdict(set)
        self._tally: dict[int, Counter[tuple[str, int]]] = defaultdict(Counter)
        self.open_as_mentee: Counter[int] = Counter()
        self.open_as_mentor: Counter[int] = Counter()
        self.never: set[frozenset[int]] = set()
        self._rows: dict[int, tuple[Window, Truths]] = {}

    def copy(self) -> Booked:
        """To try things in; the calendars beneath are the same."""
        other = Booked(self._free, self._limits, self.may_mentor, self.may_be_mentored)
        other.slots.update({person: set(slots) for person, slots in self.slots.items()})
        other._tally.update({person: Counter(tally) for person, tally in self._tally.items()})
        other.open_as_mentee, other.open_as_mentor = Counter(self.open_as_mentee), Counter(self.open_as_mentor)
        other.never, other._rows = self.never, dict(self._rows)
        return other

    def openings(self, mentee: int, mentor: int, window: Window) -> Whole:
        """The half hours at which the two may be offered to meet, ascending; none where any rule forbids it."""
        if not (self.may_ask(mentee) and self.has_room(mentor)):
            return np.empty(0, np.int64)
        if mentee == mentor or frozenset((mentee, mentor)) in self.never:
            return np.empty(0, np.int64)
        return np.flatnonzero(self._row(mentee, window) & self._row(mentor, window)) + window.begins

    def may_ask(self, mentee: int) -> bool:
        return bool(self.may_be_mentored[mentee]) and self.open_as_mentee[mentee] < OPEN_AS_MENTEE

    def has_room(self, mentor: int) -> bool:
        return bool(self.may_mentor[mentor]) and self.open_as_mentor[mentor] < OPEN_AS_MENTOR

    def book(self, mentee: int, mentor: int, slot: int, window: Window) -> None:
        if slot not in self.openings(mentee, mentor, window):
            raise ValueError(f"{mentee} and {mentor} may not be offered the half hour {slot}")
        self.open_as_mentee[mentee] += 1
        self.open_as_mentor[mentor] += 1
        for person in (mentee, mentor):
            self.slots[person].add(slot)
            self._count(person, slot, 1)

    def close(self, mentee: int, mentor: int, slot: int, held: bool) -> None:
        """It is over: a meeting that was held goes on counting for the caps, anything else does not."""
        self.open_as_mentee[mentee] -= 1
        self.open_as_mentor[mentor] -= 1
        if not held:
            for person in (mentee, mentor):
                self.slots[person].discard(slot)
                self._count(person, slot, -1)

    def busy_now(self, person: int, slot: int) -> float:
        """The share of somebody's local working day, around that half hour, which is not free."""
        midnight = slot - (slot + self._offsets[person]) % A_DAY
        return 1 - float(self._free[person, max(midnight + OPENS, 0) : midnight + CLOSES].mean())

    def _count(self, person: int, slot: int, by: int) -> None:
        for period in self._periods(person, slot):
            self._tally[person][period] += by
        self._rows.pop(person, None)

    def _periods(self, person: int, slot: int) -> tuple[tuple[str, int], ...]:
        day = (slot + self._offsets[person]) // A_DAY
        return ("day", day), ("week", day // 7), ("month", _month(day))

    def _row(self, person: int, window: Window) -> Truths:
        known = self._rows.get(person)
        if known is None or known[0] != window:
            row = self._free[person, window.begins : window.ends].copy()
            row[[each - window.begins for each in self.slots[person] if window.begins <= each < window.ends]] = False
            known = self._rows[person] = window, row & ~self._beyond_caps(person, window)
        return known[1]

    def _beyond_caps(self, person: int, window: Window) -> Truths:
        limits, tally = self._limits[person], self._tally[person]
        most = {"day": limits.per_day, "week": limits.per_week, "month": limits.per_month}
        full = {period for period, held in tally.items() if held >= most[period[0]]}
        beyond = np.zeros(window.ends - window.begins, np.bool_)
        if full:
            ahead = self._offsets[person]
            for day in range((window.begins + ahead) // A_DAY, (window.ends + ahead) // A_DAY + 1):
                if full & {("day", day), ("week", day // 7), ("month", _month(day))}:
                    at = day * A_DAY - ahead - window.begins
                    beyond[max(at, 0) : max(at + A_DAY, 0)] = True
        return beyond


def limits_of(nature: Nature, people: Population) -> list[Limits]:
    """What each person sets for themselves; a half hour has its buffers within it."""
    zones = list(nature.zones)
    return [
        Limits(hours(zones[zone]), buffer_minutes=0, notice_hours=12, per_month=most, confirmed=True)
        for zone, most in zip(people.zone.tolist(), people.per_month.tolist(), strict=True)
    ]


def overlaps(slots: Iterable[int]) -> bool:
    """Whether somebody is in two places at once."""
    return max(Counter(slots).values(), default=0) > 1
