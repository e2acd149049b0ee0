"""Everybody's share: nobody is asked ever again because they are good, nor never because nobody knows them yet.

Each returns how far it holds, -1..1 of the rule's weight, and words for admins. What speaks for people who were offered
little never sets one of them before another by more than the policy's fairness_points, whatever its weight.
"""

from __future__ import annotations

from suggestions.circumstances import Earlier, Ending, PairContext

Extent = tuple[float, str]
NOTHING: Extent = (0.0, "")

MET_HALF_LIFE_DAYS = 56.0
WEARY_AFTER = 3


def rarely_asked(pair: PairContext) -> Extent:
    """Mentors who were offered less than others lately get their share."""
    return _share(pair.mentor_load.share_as_mentor, "As a mentor")


def rarely_offered(pair: PairContext) -> Extent:
    """Mentees who were offered less than others lately get their share."""
    return _share(pair.mentee_load.share_as_mentee, "As a mentee")


def _share(share: float | None, role: str) -> Extent:
    """1 for who was offered nothing, 0 for the average, -1 from twice as much on."""
    if share is None:
        return NOTHING
    return max(1 - share, -1.0), f"{role} offered {share:.1f} times as much as others lately"


def mentor_has_done_much(pair: PairContext) -> Extent:
    """A mentor who had many meetings in the last four weeks, for what they allow, is spared."""
    load, most = pair.mentor_load.mentored_lately, pair.mentor.limits.per_month
    if not load:
        return NOTHING
    return -min(load / most, 1.0), f"Had {load} of at most {most} meetings as a mentor in the last four weeks"


def mentor_is_weary(pair: PairContext) -> Extent:
    """A mentor who declined or left unanswered several requests in a row is asked less."""
    times = pair.mentor_load.refused_in_a_row
    if not times:
        return NOTHING
    return -min(times / WEARY_AFTER, 1.0), f"Took up none of the last {times} requests"


def met_before(pair: PairContext) -> Extent:
    """Who met a mentor lately is offered others first, so that people get to know more than one."""
    times = sum(2 ** (-_days(each, pair) / MET_HALF_LIFE_DAYS) for each in _meetings(pair))
    return (-min(times, 1.0), "The two met some time ago") if times > 0.05 else NOTHING


def same_mentor_again(pair: PairContext) -> Extent:
    """A topic that comes up again after a meeting is offered with somebody else than the last time."""
    theme = pair.need.theme_id
    again = any(each.theme_id == theme and each.mentee_id == pair.mentee.id for each in _meetings(pair))
    return (-1.0, "The two met on this topic already") if again else NOTHING


def _meetings(pair: PairContext) -> list[Earlier]:
    return [
        each for each in pair.earlier if each.ending is Ending.MET and {each.mentee_id, each.mentor_id} == pair.both
    ]


def _days(earlier: Earlier, pair: PairContext) -> float:
    return max((pair.now - earlier.at).total_seconds() / 86400, 0.0)
