"""How much of somebody's attention is asked for: suggestions, reminders and questions, out of one allowance a week."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Kind(StrEnum):
    """What somebody's attention is asked for. A reminder is about a suggestion: the two are answered as one."""

    SUGGESTION = "suggestion"
    REMINDER = "reminder"
    REVIEW = "review"
    SURVEY = "survey"


@dataclass(frozen=True)
class Asked:
    """One message. answered_at: when they answered it, in whatever way and through whatever door. ignored_at: when it
    lapsed without an answer. Neither: it is open, it was taken back, or it is a reminder."""

    person_id: int
    kind: Kind
    at: datetime
    proposal_id: int | None = None
    answered_at: datetime | None = None
    ignored_at: datetime | None = None


@dataclass(frozen=True)
class Attention:
    """What was asked of a person, as an allowance looks at it.

    used: messages of the ISO week of their zone. used_before: of the week before. unanswered: how many in a row they
    have left without an answer, since they last gave one.

    The rule: of the week's messages that the organisation allows, each of those in a row takes one away; one answer, a
    no as well as a yes, gives them all back. However many were left, one message in two weeks remains.
    """

    used: int = 0
    used_before: int = 0
    unanswered: int = 0

    @property
    def taken(self) -> int:
        """How many messages of a week's are gone: to be compared with what the organisation allows."""
        return self.used + self.unanswered if self.used or self.used_before else 0

    def allows(self, most: float) -> bool:
        """Whether one more message may leave this week. most: what the organisation allows a week."""
        return self.taken < most

    def allowance(self, most: int) -> int:
        """How many a week are theirs; 0 for one in two weeks."""
        return max(0, most - self.unanswered)


NOTHING_ASKED = Attention()


def attention(asked: Iterable[Asked], now: datetime, week_of: Callable[[datetime], int]) -> Attention:
    """Of one person's messages. week_of: the number of the ISO week, in their zone, that a moment lies in."""
    known = tuple(asked)
    this_week = week_of(now)
    weeks = [week_of(each.at) for each in known]
    last_answer = max((each.answered_at for each in known if each.answered_at), default=None)
    ignored = [each for each in known if each.ignored_at and (last_answer is None or each.ignored_at > last_answer)]
    return Attention(weeks.count(this_week), weeks.count(this_week - 1), len(ignored))
