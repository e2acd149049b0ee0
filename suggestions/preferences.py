"""Reasons for, or mildly against, a pair. Each returns how far it holds, -1..1 of the rule's weight, and the words for
it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache

from mentoring.hours import WeeklyHours
from mentoring.intervals import Interval
from mentoring.people import Seniority
from suggestions.circumstances import PairContext

Extent = tuple[float, str]
"""(0, "") says nothing."""

NOTHING: Extent = (0.0, "")
FRESH_DAYS = 7
PLENTY_OF_HOURS = 20.0
MANY_IGNORED = 3
LADDER = tuple(Seniority)


def suits(pair: PairContext) -> Extent:
    """The nearer a mentor's expertise is to the topic, the better."""
    knows = pair.suitability.knows
    return pair.suitability.score, f"Knows: “{knows}”" if knows else "Meetings on topics like this went well"


def likely_again(pair: PairContext) -> Extent:
    """What will probably come up again soon comes first."""
    return pair.need.probability, f"{pair.need.probability:.0%} likely to come up again within four weeks"


def fresh(pair: PairContext) -> Extent:
    """What came up in the last days is still in mind."""
    age = pair.now - pair.need.last_at
    return (1.0, "Came up within the last week") if age <= timedelta(days=FRESH_DAYS) else NOTHING


def another_department(pair: PairContext) -> Extent:
    """Somebody from another department sees it with other eyes."""
    theirs, mine = pair.mentor.department, pair.mentee.department
    return (1.0, f"Works in another department: {theirs}") if theirs and mine and theirs != mine else NOTHING


def zone_overlap(pair: PairContext) -> Extent:
    """People whose working hours overlap find a time that suits both."""
    hours = hours_in_common(pair.mentee.limits.hours, pair.mentor.limits.hours, _monday(pair.now))
    return min(hours / PLENTY_OF_HOURS, 1.0), f"Working hours overlap by {hours:.0f} hours a week"


def knows_more_though_junior(pair: PairContext) -> Extent:
    """Juniors mentor seniors where they know more; it keeps mentors varied."""
    if LADDER.index(pair.mentor.seniority) < LADDER.index(pair.mentee.seniority):
        return 1.0, "Knows this from another position than more senior colleagues"
    return NOTHING


def rarely_asked(pair: PairContext) -> Extent:
    """Mentors whom nobody asked lately get their share."""
    asked = pair.mentor_load.asked_lately
    return 1 / (1 + asked), "Has not been asked lately" if not asked else "Has been asked only a little lately"


def rarely_offered(pair: PairContext) -> Extent:
    """Mentees who were offered nothing lately get their share."""
    asked = pair.mentee_load.asked_lately
    return 1 / (1 + asked), "Was offered nothing lately" if not asked else "Was offered only a little lately"


def recently_ignored(pair: PairContext) -> Extent:
    """Suggestions left unanswered slow the next ones down."""
    ignored = pair.mentee_load.ignored_lately + pair.mentor_load.ignored_lately
    if not ignored:
        return NOTHING
    words = "A suggestion was left unanswered lately" if ignored == 1 else f"{ignored} suggestions were left unanswered"
    return -min(ignored / MANY_IGNORED, 1.0), words


def _monday(moment: datetime) -> datetime:
    day = moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return day - timedelta(days=day.weekday())


@lru_cache(maxsize=4096)
def hours_in_common(left: WeeklyHours, right: WeeklyHours, monday: datetime) -> float:
    """Hours in the week from that moment in which both work."""
    week = Interval(monday, monday + timedelta(days=7))
    return sum(span.minutes for span in left.within(week) & right.within(week)) / 60
