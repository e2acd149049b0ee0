"""What comes up again for whom, in the light of the meetings there were on it and of what was said of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from mentoring.needs import Challenge, Need, Theme
from mentoring.proposals import Party, Proposal, State
from mentoring.reviews import Helped, Review
from suggestions.needs import find_needs
from suggestions.tracks import Meeting
from workflows.clustering import outlook_at

THEY_MET = frozenset({State.MET, State.REVIEWED})
HELPED = {Helped.YES: True, Helped.PARTLY: None, Helped.NO: False}
"""Partly counts as a meeting of which nothing was said."""


def needs_at(
    themes: Sequence[Theme],
    challenges: Sequence[Challenge],
    now: datetime,
    zones: Mapping[int, str],
    recurrence_days: int,
    meetings: Sequence[Meeting],
) -> tuple[Need, ...]:
    """The organisation's needs. What it teaches about coming back is learned once a day for the same notes."""
    outlook = outlook_at(themes, challenges, now, zones, recurrence_days, meetings)
    return find_needs(themes, challenges, now, zones, recurrence_days, meetings, outlook)


def meetings_of(history: Collection[Proposal], reviews: Collection[Review]) -> tuple[Meeting, ...]:
    """Those that took place, with what the mentee said of each, oldest first."""
    said = {each.proposal_id: HELPED[each.helped] for each in reviews if each.party is Party.MENTEE}
    held = [each for each in history if each.state in THEY_MET]
    return tuple(
        Meeting(each.pair.mentee_id, each.theme_id, each.interval.end, said.get(each.id))
        for each in sorted(held, key=lambda each: (each.interval.end, each.id))
    )
