"""What a meeting, or a no, says of how well a mentor suits a topic, and how it fades.

The mentee's word on whether it helped counts most, the mentor's half as much where it is the only one. That two met and
said nothing of it says a little. A no counts only where the mentor said that it was for the topic: no time is no sign
of not knowing.
"""

from __future__ import annotations

from collections.abc import Mapping

from mentoring.proposals import Party
from mentoring.reviews import Helped
from suggestions.suitability import Outcome

HALF_LIFE_DAYS = 180.0
"""After so long what was learned counts half: people learn and forget, and topics change what they mean."""

WORTH = {Helped.YES: 1.0, Helped.PARTLY: 0.4, Helped.NO: 1.0}
MENTORS_WORD = 0.5

Lesson = tuple[Outcome, float]
"""What was learned, and how much of it counts, 0..1."""


def of_meeting(helped: Mapping[Party, Helped], days_ago: float) -> Lesson:
    """helped: what each of the two said of it; who said nothing is left out."""
    fade = faded(days_ago)
    for party, trust in ((Party.MENTEE, 1.0), (Party.MENTOR, MENTORS_WORD)):
        if party in helped:
            said = helped[party]
            outcome = Outcome.WENT_BADLY if said is Helped.NO else Outcome.WENT_WELL
            return outcome, WORTH[said] * trust * fade
    return Outcome.MET, fade


def of_refusal(days_ago: float) -> Lesson:
    """A mentor does not want to be asked about the topic."""
    return Outcome.DECLINED, faded(days_ago)


def faded(days_ago: float) -> float:
    return float(2 ** (-max(days_ago, 0.0) / HALF_LIFE_DAYS))
