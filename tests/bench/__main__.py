"""How fast openings and assignments are found: `python -m tests.bench`.

The kernel's answers are compared with plain datetime code on a sample of the same pairs; a difference ends the run.
Seconds are of the processor, so that what else runs on the machine matters less; still, trust the ratios first.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from time import process_time
from typing import TypeVar

import numpy as np

from mentoring.hours import DayHours, WeeklyHours
from mentoring.intervals import Interval, Intervals
from mentoring.people import Limits
from scheduler.assignment import assign
from scheduler.folding import fold
from scheduler.grid import Frame
from scheduler.openings import Timetable
from scheduler.participants import Participant
from tests.bench.rounds import large_round
from tests.reference.openings_plain import Question, is_below_the_caps, openings_plain

PEOPLE, PAIRS, EVENTS, DAYS, FIRST = 1_000, 250_000, 40, 14, 5
STARTS_PLAIN, INTERVALS_PLAIN = 100, 1_000
NOW = datetime(2026, 10, 19, 6, tzinfo=UTC)
FRAME = Frame(Interval.lasting(NOW, DAYS * 24 * 60), 5, 20)
"""Across the Sunday on which Europe's clocks go back."""
ZONES = (
    "Europe/Berlin",
    "Europe/London",
    "America/New_York",
    "America/Sao_Paulo",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
)

Answer = TypeVar("Answer")
Pairs = list[tuple[Participant, Participant]]


def main() -> None:
    rng = random.Random(20)
    people = [somebody(rng, number) for number in range(PEOPLE)]
    rows = np.array([rng.sample(range(PEOPLE), 2) for _ in range(PAIRS)])
    print(
        f"{PEOPLE:,} people, {EVENTS} events each, {DAYS} days at 5 minutes, {PAIRS:,} pairs, first {FIRST} openings\n"
    )
    for name in ("first time", "hours known"):
        seconds, _ = timed(lambda: fold(people, FRAME, NOW))
        print(f"  folding a person, {name:<12} {seconds / PEOPLE * 1e6:14,.0f} µs")
    timetable = Timetable(people, FRAME, NOW)
    seconds, found = min(
        (timed(lambda: timetable.first_bits(rows[:, 0], rows[:, 1], FIRST)) for _ in range(5)), key=first
    )
    kernel = PAIRS / seconds
    some = float((found[:, 0] >= 0).mean())
    print(f"  kernel, people folded          {kernel:14,.0f} pairs/s   ({some:.0%} of the pairs have an opening)")
    for name, plain, sample in (("plain, interval by interval", by_intervals, INTERVALS_PLAIN),
                                ("plain, start by start", by_starts, STARTS_PLAIN)):  # fmt: skip
        pairs = [(people[one], people[other]) for one, other in rows[:sample]]
        rate = compared(plain, pairs, found)
        print(
            f"  {name:<30} {rate:14,.0f} pairs/s   same answers for {sample:,} pairs   kernel: {kernel / rate:,.0f} ×"
        )
    print("\nAssignment: ten candidates a mentee, four mentors for ten mentees, one to three seats\n")
    for mentees in (1_000, 10_000):
        candidates, everybody, seats = large_round(mentees)
        seconds, result = timed(lambda: assign(candidates, everybody, seats))  # noqa: B023 - called at once
        placed = f"{mentees:6,} mentees {len(result.chosen):6,} placed"
        print(f"  {placed} {seconds:8.2f} s   gap to the bound {result.gap:.3%}")


def somebody(rng: random.Random, number: int) -> Participant:
    """Works about nine to five somewhere, has meetings, buffers, notice, and a few meetings by Interlude already."""
    starts, ends = rng.choice((480, 540, 600)), rng.choice((960, 1020, 1080))
    hours = WeeklyHours.every(rng.choice(ZONES), (DayHours(starts, ends),))
    days = [NOW.replace(hour=0) + timedelta(days=day) for day in range(-6, DAYS + 1)]
    busy = Intervals.of(
        Interval.lasting(rng.choice(days) + timedelta(minutes=5 * rng.randrange(288)), rng.choice((25, 30, 50, 60, 90)))
        for _ in range(EVENTS * len(days) // DAYS)
    )
    booked = tuple(
        Interval.lasting(rng.choice(days) + timedelta(hours=12), 20) for _ in range(rng.choice((0, 0, 0, 1, 2)))
    )
    known = Interval(days[0] - timedelta(days=1), days[-1] + timedelta(days=2))
    return Participant(number, Limits(hours), busy, booked, known)


def by_starts(a: Participant, b: Participant) -> Iterator[datetime]:
    """The reference of the tests: every start is asked every question."""
    return openings_plain(a, b, Question(FRAME.window, FRAME.step_minutes, FRAME.session_minutes, NOW))


def by_intervals(a: Participant, b: Participant) -> Iterator[datetime]:
    """What one would write first: free time of both as datetime intervals, intersected; caps asked of each start."""
    step, session = timedelta(minutes=FRAME.step_minutes), timedelta(minutes=FRAME.session_minutes)
    for span in free_time(a) & free_time(b):
        past = (span.start - datetime(1970, 1, 1, tzinfo=UTC)) % step
        start = span.start if not past else span.start + step - past
        while start + session <= span.end:
            if is_below_the_caps(a, start) and is_below_the_caps(b, start):
                yield start
            start += step


def free_time(person: Participant) -> Intervals:
    limits = person.limits
    around = Intervals.of(event.padded(limits.buffer_minutes) for event in person.taken)
    later = Interval(NOW + timedelta(hours=limits.notice_hours), FRAME.window.end)
    return (limits.hours.within(FRAME.window) - around).clipped(later)


def compared(plain: Callable[[Participant, Participant], Iterator[datetime]], pairs: Pairs, found: np.ndarray) -> float:
    """Pairs per second of the plain code. Ends the run where its answers are not the kernel's."""
    seconds, answers = timed(lambda: [list(islice(plain(*pair), FIRST)) for pair in pairs])
    for pair, starts, bits in zip(pairs, answers, found, strict=False):
        kernel = [FRAME.interval(int(bit)).start for bit in bits if bit >= 0]
        if kernel != starts:
            ids = [person.person_id for person in pair]
            sys.exit(f"people {ids}: the kernel says {kernel}, plain code says {starts}")
    return len(pairs) / seconds


def timed(work: Callable[[], Answer]) -> tuple[float, Answer]:
    began = process_time()
    answer = work()
    return process_time() - began, answer


def first(timing: tuple[float, Answer]) -> float:
    return timing[0]


if __name__ == "__main__":
    main()
