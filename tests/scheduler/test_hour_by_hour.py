"""Which hour was taken by what: every minute of the frame has its cause, or is free."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mentoring.people import Limits
from scheduler.grid import Frame
from scheduler.hour_by_hour import Stretch, hour_by_hour
from scheduler.refusals import Cause, why_not
from tests.scheduler.people import at, between, nine_to_five, participants, someone, windows

MONDAY = Frame(between("2026-11-30 00:00", "2026-12-01 00:00"))
WEEK_BEFORE = at("2026-11-23 00:00")


def told(stretches: tuple[Stretch, ...]) -> list[tuple[str, dict[int, str], int]]:
    return [(span(each), {who: str(cause) for who, cause in each.taken_by.items()}, each.starts) for each in stretches]


def span(stretch: Stretch) -> str:
    return f"{stretch.interval.start:%H:%M}-{stretch.interval.end:%H:%M}"


def test_each_hour_of_a_pair_is_told_with_what_took_it_from_whom() -> None:
    buffered = Limits(nine_to_five(), buffer_minutes=15, notice_hours=0)
    ann = someone(1, buffered, busy=(between("2026-11-30 10:00", "2026-11-30 15:30"),))
    ben = someone(
        2, busy=(between("2026-11-30 09:10", "2026-11-30 09:30"), between("2026-11-30 16:00", "2026-11-30 16:50"))
    )
    assert told(hour_by_hour((ann, ben), MONDAY, WEEK_BEFORE)) == [
        ("09:00-09:10", {}, 0),
        ("09:10-09:30", {2: "busy"}, 0),
        ("09:30-09:45", {}, 0),
        ("09:45-10:00", {1: "buffers"}, 0),
        ("10:00-15:30", {1: "busy"}, 0),
        ("15:30-15:45", {1: "buffers"}, 0),
        ("15:45-16:00", {}, 0),
        ("16:00-16:50", {2: "busy"}, 0),
        ("16:50-17:00", {}, 0),
    ]


def test_what_is_free_says_how_many_sessions_may_begin_in_it() -> None:
    ann, ben = someone(1), someone(2, busy=(between("2026-11-30 09:40", "2026-11-30 17:00"),))
    assert told(hour_by_hour((ann, ben), MONDAY, WEEK_BEFORE))[0] == ("09:00-09:40", {}, 5)


def test_one_person_alone_has_their_own_hours() -> None:
    ann = someone(1, busy=(between("2026-11-30 10:00", "2026-11-30 17:00"),))
    assert told(hour_by_hour((ann,), MONDAY, WEEK_BEFORE)) == [("09:00-10:00", {}, 0), ("10:00-17:00", {1: "busy"}, 0)]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_the_minutes_of_each_cause_are_those_that_why_not_tells(data: st.DataObject) -> None:
    frame = Frame(data.draw(windows(60)), 30, data.draw(st.sampled_from((20, 60))))
    ann, ben = (data.draw(participants(number, frame.window)) for number in (1, 2))
    now = frame.window.start
    stretches = hour_by_hour((ann, ben), frame, now)
    assert all(one.interval.end <= other.interval.start for one, other in pairwise(stretches))
    why = why_not(ann, ben, frame, now)
    for removed in why.people:
        minutes: Counter[Cause] = Counter()
        for each in stretches:
            cause = each.taken_by.get(removed.person_id)
            if cause is not None and cause is not Cause.HOURS:
                minutes[cause] += each.interval.minutes
        assert {c: m for c, m in removed.minutes.items() if m and c is not Cause.HOURS} == pytest.approx(minutes)
    assert sum(each.starts for each in stretches) == why.openings
    assert sum(each.interval.minutes for each in stretches if each.free) == pytest.approx(why.shared_minutes)
