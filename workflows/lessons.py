"""What earlier proposals taught about who suits what."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from mentoring.proposals import Party, Proposal, State
from mentoring.reviews import Helped, Review
from suggestions.circumstances import Said, Wish
from suggestions.experience import of_meeting, of_refusal
from suggestions.suitability import Outcome
from workflows.counting import ended_at, ending_of


@dataclass(frozen=True)
class Lesson:
    """counts: how much of it, 0..1, is left."""

    mentor_id: int
    theme_id: int
    outcome: Outcome
    counts: float


def lessons(
    history: Sequence[Proposal], reviews: Sequence[Review], said: Sequence[Said], now: datetime
) -> tuple[Lesson, ...]:
    """Of each meeting, and of each no of a mentor that was for the topic."""
    helped: dict[int, dict[Party, Helped]] = defaultdict(dict)
    for review in reviews:
        helped[review.proposal_id][review.party] = review.helped
    refused = {
        (each.mentee_id, each.mentor_id, each.theme_id)
        for each in said
        if each.wish is Wish.NOT_THIS_TOPIC and each.as_party is Party.MENTOR
    }
    found = []
    for each in history:
        days_ago = (now - ended_at(each, ending_of(each))).total_seconds() / 86400
        about = each.pair.mentee_id, each.pair.mentor_id, each.theme_id
        if each.state in (State.MET, State.REVIEWED):
            found.append(Lesson(*about[1:], *of_meeting(helped.get(each.id, {}), days_ago)))
        elif about in refused:
            found.append(Lesson(*about[1:], *of_refusal(days_ago)))
    return tuple(found)
