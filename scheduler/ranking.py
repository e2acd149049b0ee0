"""What people would choose among the times that are possible.

Each preference is a named function in TASTES, from -1 (a drawback) through 0 (no matter) to 1 (just right). All but the
last of what they look at is one person's, so each person is looked at once, and a pair is put together from the two.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from mentoring.hours import MINUTES_A_DAY, DayHours, WeeklyHours
from mentoring.openings import Preference
from scheduler.clocks import clock
from scheduler.grid import MINUTE, Frame, Whole, bounds
from scheduler.participants import Participant

Points = NDArray[np.float64]

LONG_STRETCH = 120
"""Minutes of free working time, beside the session, that are worth keeping in one piece."""

USEFUL_PIECE = 60
"""The smaller piece that a split leaves: so many minutes lost to the larger one is as bad as it gets."""

NEAR, FAR = 30, 150
"""Minutes from another meeting: up to NEAR one is still in the mood for meetings, from FAR one is torn out of work."""

WELL_INSIDE = 90
"""Minutes from the start or end of a working day from which on it no longer matters."""


@dataclass(frozen=True)
class Sight:
    """How some starts look to one person. Times in minutes, arrays of shape (starts,).

    before, after: free working time around the session, up to the next meeting or the edge of the hours.
    from_meeting: to the nearest meeting, infinite for none. from_edge: to the nearer edge of the hours.
    clock: minutes after local midnight at the start. preferred: the times of day they like best.
    waiting: the part of the frame that passes before the start, 0..1.
    """

    session: int
    before: Points
    after: Points
    from_meeting: Points
    from_edge: Points
    clock: Whole
    preferred: tuple[DayHours, ...]
    waiting: Points


def leaves_long_stretches_whole(sight: Sight) -> Points:
    """A session in the middle of a free morning costs the morning; at its edge, or in a short gap, it costs nothing."""
    long = sight.before + sight.after >= LONG_STRETCH
    lost = np.minimum(sight.before, sight.after) / USEFUL_PIECE
    return np.where(long, 1 - 2 * np.minimum(lost, 1), 1.0)


def is_near_other_meetings(sight: Sight) -> Points:
    """Close to a meeting there is one interruption instead of two. A day without meetings is indifferent."""
    away = np.clip((sight.from_meeting - NEAR) / (FAR - NEAR), 0, 1)
    return np.where(np.isinf(sight.from_meeting), 0.0, 1 - 2 * away)


def is_mid_hours(sight: Sight) -> Points:
    """Neither the first thing in the morning nor on the way out."""
    return 2 * np.minimum(sight.from_edge / WELL_INSIDE, 1) - 1


def is_at_a_preferred_time(sight: Sight) -> Points:
    """The whole session at a time of day that they like best, where they said which."""
    if not sight.preferred:
        return np.zeros(len(sight.clock))
    liked = np.logical_or.reduce([_lies_in(hours, sight.clock, sight.session) for hours in sight.preferred])
    return np.where(liked, 1.0, -1.0)


def comes_soon(sight: Sight) -> Points:
    """Help is worth more this week than the next."""
    return 1 - 2 * sight.waiting


@dataclass(frozen=True)
class Taste:
    """A preference, how much it weighs, and what a reader is told when it speaks for or against a time.

    by_the_worse: the pair gets the lower of the two people's points, not their mean.
    """

    judge: Callable[[Sight], Points]
    weight: float
    good: str
    bad: str
    by_the_worse: bool = False

    @property
    def name(self) -> str:
        return self.judge.__name__


IN_TIME, IN_TIME_WEIGHT = "comes_in_time", 2.0
"""A meeting before the next time is what the pair meets for; beside TASTES, since it is neither person's own."""


def comes_in_time(ends: Points, before: float) -> Points:
    """1 for a session that is over by then, -1 for a later one; no matter where all are one or the other."""
    early = ends <= before
    if early.all() or not early.any():
        return np.zeros(len(ends))
    return np.where(early, 1.0, -1.0)


TASTES = (
    Taste(is_at_a_preferred_time, 3.0, "at a time of day that suits best", "not at the time of day that suits best"),
    Taste(leaves_long_stretches_whole, 2.0, "leaves long free stretches in one piece", "splits a long free stretch"),
    Taste(is_mid_hours, 1.5, "well inside both working days", "at the edge of a working day", by_the_worse=True),
    Taste(is_near_other_meetings, 1.0, "next to other meetings", "far from any other meeting"),
    Taste(comes_soon, 1.0, "sooner rather than later", "a good while off"),
)
"""Every preference there is. Their weighted points add up to an opening's score."""

Weight = Callable[[str, float], float]
"""The weight of a preference, from its name and the one listed: Policy.weight is one."""


def as_listed(_name: str, listed: float) -> float:
    """The weights of TASTES as they are."""
    return listed


def points(person: Participant, frame: Frame, bits: Whole) -> Points:
    """Each taste's points for each of those starts, as this person alone sees them. Shape (tastes, starts).

    bits: starts at which the person can meet; elsewhere the figures mean nothing.
    """
    sight = look(person, frame, bits)
    return np.array([taste.judge(sight) for taste in TASTES])


def together(one: Points, other: Points, weight: Weight = as_listed) -> Points:
    """The pair's weighted points from each person's, shape (tastes, starts), rounded to what a reader is shown."""
    worse = np.array([taste.by_the_worse for taste in TASTES])[:, None]
    weights = np.array([weight(taste.name, taste.weight) for taste in TASTES])[:, None]
    both: Points = np.where(worse, np.minimum(one, other), (one + other) / 2)
    weighted: Points = np.round(both * weights, 2)
    return weighted


def reasons(weighted: Points, in_time: float = 0.0) -> tuple[Preference, ...]:
    """One start's column of together(), in words, the weightiest first; what does not matter is left out.

    in_time: its points for coming in time.
    """
    before, after = "before it probably comes up again", "after it has probably come up again"
    spoken = [Preference(IN_TIME, in_time, before if in_time > 0 else after)] if in_time else []
    spoken += [
        Preference(taste.name, float(each), taste.good if each > 0 else taste.bad)
        for taste, each in zip(TASTES, weighted, strict=True)
        if each
    ]
    return tuple(sorted(spoken, key=lambda preference: -abs(preference.points)))


def look(person: Participant, frame: Frame, bits: Whole) -> Sight:
    """What the tastes need to know of those starts, from the person's calendar and hours."""
    start: Points = frame.moments[bits].astype(np.float64)
    end = start + frame.session
    meeting_since, meeting_until = bounds(person.taken)
    hours_since, hours_until = _hours_around(person.limits.hours, frame)
    opened, closes = _latest(hours_since, start), _earliest(hours_until, end)
    last_end, next_start = _latest(meeting_until, start), _earliest(meeting_since, end)
    return Sight(
        session=frame.session_minutes,
        before=_minutes(start - np.maximum(opened, last_end)),
        after=_minutes(np.minimum(closes, next_start) - end),
        from_meeting=_minutes(np.minimum(start - last_end, next_start - end)),
        from_edge=_minutes(np.minimum(start - opened, closes - end)),
        clock=clock(person.limits.zone, frame).minute[bits],
        preferred=person.limits.preferred,
        waiting=bits / max(1, frame.count - 1),
    )


@lru_cache(maxsize=4096)
def _hours_around(hours: WeeklyHours, frame: Frame) -> tuple[Whole, Whole]:
    """A day more on either side: a working day does not end where the window does."""
    return bounds(hours.within(frame.window.padded(MINUTES_A_DAY)))


def _latest(ascending: Whole, moments: Points) -> Points:
    """The last of these at or before each moment, minus infinity for none."""
    padded = np.concatenate(([-np.inf], ascending))
    return padded[np.searchsorted(ascending, moments, side="right")]


def _earliest(ascending: Whole, moments: Points) -> Points:
    """The first of these at or after each moment, infinity for none."""
    padded = np.concatenate((ascending, [np.inf]))
    return padded[np.searchsorted(ascending, moments, side="left")]


def _minutes(lengths: Points) -> Points:
    return lengths / MINUTE


def _lies_in(hours: DayHours, clock_minutes: Whole, session: int) -> NDArray[np.bool_]:
    """Whether a session that starts at these wall times lies in those hours; they may cross midnight."""
    length = (hours.end - hours.start) % MINUTES_A_DAY or MINUTES_A_DAY
    since_then = (clock_minutes - hours.start) % MINUTES_A_DAY
    return since_then + session <= length
