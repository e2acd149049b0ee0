"""Reasons for, or mildly against, a pair. Each returns how far it holds, -1..1 of the rule's weight, and the words for
it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache

from mentoring.hours import WeeklyHours
from mentoring.intervals import Interval
from mentoring.people import Seniority
from mentoring.recurrence_in_words import SEASONS, when_next
from suggestions.circumstances import PairContext

Extent = tuple[float, str]
"""(0, "") says nothing."""

NOTHING: Extent = (0.0, "")
FRESH_DAYS = 7
IN_TIME_FROM, IN_TIME_UNTIL = timedelta(days=1), timedelta(days=14)
"""Nearer, nobody could answer before; further off, there is time yet. The same under every policy."""

PLENTY_OF_HOURS = 20.0
MANY_IGNORED = 3
LADDER = tuple(Seniority)
CLEARLY = 0.15
"""By so much the mentor suits a topic better than the mentee themselves, where they clearly know more of it."""


def suits(pair: PairContext) -> Extent:
    """The nearer a mentor's expertise is to the topic, the better."""
    knows = pair.suitability.knows
    return pair.suitability.score, f"Knows: “{knows}”" if knows else "Meetings on topics like this went well"


def likely_again(pair: PairContext) -> Extent:
    """What will probably come up again soon comes first."""
    words = f"{pair.need.probability:.0%} likely to come up again within four weeks"
    season = SEASONS.get(pair.need.season_days or 0)
    return pair.need.probability, f"{words}; it does so {season}" if season else words


def in_time(pair: PairContext) -> Extent:
    """What is expected soon, and late enough to meet before that, is worth a meeting now."""
    at = pair.need.next_at
    if at is None or not IN_TIME_FROM < at - pair.now <= IN_TIME_UNTIL:
        return NOTHING
    when = when_next(pair.need, pair.now, pair.mentee.limits.zone)
    return 1.0, f"Probably comes up again {when}: a meeting can come before that"


def fresh(pair: PairContext) -> Extent:
    """What came up in the last days is still in mind."""
    age = pair.now - pair.need.last_at
    return (1.0, "Came up within the last week") if age <= timedelta(days=FRESH_DAYS) else NOTHING


def another_department(pair: PairContext) -> Extent:
    """Somebody from another department sees it with other eyes, and so does, half as much, another team of the same."""
    mentor, mentee = pair.mentor, pair.mentee
    if mentor.department and mentee.department and mentor.department != mentee.department:
        return 1.0, f"Works in another department: {mentor.department}"
    managers = mentor.manager_id, mentee.manager_id
    if None not in managers and managers[0] != managers[1]:
        return 0.5, "Works in another team"
    return NOTHING


def first_language(pair: PairContext) -> Extent:
    """It is easier to talk in the language that both speak best."""
    theirs, mine = pair.mentor.languages, pair.mentee.languages
    if theirs and mine and theirs[0] == mine[0]:
        return 1.0, "You speak the same first language"
    return NOTHING


def zone_overlap(pair: PairContext) -> Extent:
    """People whose working hours overlap find a time that suits both."""
    hours = hours_in_common(pair.mentee.limits.hours, pair.mentor.limits.hours, _monday(pair.now))
    return min(hours / PLENTY_OF_HOURS, 1.0), f"Working hours overlap by {hours:.0f} hours a week"


def knows_more_though_junior(pair: PairContext) -> Extent:
    """Juniors mentor seniors where they know more; it keeps mentors varied."""
    if _steps(pair) < 0 and _clearly_stronger(pair):
        return 1.0, "Knows this from another position than more senior colleagues"
    return NOTHING


def far_apart_in_seniority(pair: PairContext) -> Extent:
    """More than one step of seniority lies between the two, and the mentor does not clearly know more of this topic."""
    far = abs(_steps(pair)) - 1
    if far <= 0 or _clearly_stronger(pair):
        return NOTHING
    return -far / (len(LADDER) - 2), "More than one step of seniority lies between the two"


def _steps(pair: PairContext) -> int:
    """By how many steps the mentor is the more senior."""
    return LADDER.index(pair.mentor.seniority) - LADDER.index(pair.mentee.seniority)


def _clearly_stronger(pair: PairContext) -> bool:
    return pair.suitability.score >= max(pair.mentee_knows, 0.0) + CLEARLY


def likely_accepted(pair: PairContext) -> Extent:
    """Suggestions to which both are likelier to say yes come first; learned from the answers of everybody."""
    if not pair.likelier:
        return NOTHING
    more, points = ("likelier", pair.likelier) if pair.likelier > 0 else ("less likely", -pair.likelier)
    return pair.likelier, f"A yes of both is {more} than usual, by {100 * points:.0f} points of a hundred"


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
