"""Suggestions that wait to be released, for admins: names, times and rules, never the topic or what was written."""

from __future__ import annotations

from mentoring.proposals import Proposal
from scheduler.ranking import TASTES
from store import directory, organisations, policies
from suggestions.rules import BY_NAME, meaning
from workflows import reviewing, steering
from workflows.admin_views import PAGE_SIZE, Because, Part, ReviewPage, ToReview
from workflows.bootstrap import Parts
from workflows.views import PersonChoice, Who

MEANINGS = {
    "recurs": "What it is about has come up on several days.",
    "went_well": "A meeting of the mentor's on something like it went well.",
    **{each.name: f"The time is {each.good}." for each in TASTES},
}
"""For reasons that are no rules of the list."""

UNTOLD = frozenset({"evidence"})
"""What was read: the same for everybody."""


def review_page(parts: Parts, who: Who, number: int = 1) -> ReviewPage:
    """number: which page. Raises NotAllowed for anybody but an admin."""
    with parts.database.reading(who.organisation_id) as memory:
        admin = steering.admin(memory, who)
        names = directory.names(memory)
        waiting = reviewing.waiting(memory, parts.clock())
        sending, stopped = policies.current(memory).sending, organisations.get(memory).stopped
    part = Part(min(number, Part(total=len(waiting)).last), len(waiting))
    shown = tuple(_shown(each, names) for each in waiting[part.skipped : part.skipped + PAGE_SIZE])
    return ReviewPage(admin.limits.zone, sending, stopped, shown, part)


def _shown(proposal: Proposal, names: dict[int, str]) -> ToReview:
    mentee, mentor = proposal.pair.mentee_id, proposal.pair.mentor_id
    return ToReview(
        id=proposal.id,
        version=proposal.version,
        mentee=PersonChoice(mentee, names[mentee]),
        mentor=PersonChoice(mentor, names[mentor]),
        interval=proposal.interval,
        because=tuple(
            Because(each.name, _meaning(each.name), each.points) for each in proposal.reasons if each.name not in UNTOLD
        ),
    )


def _meaning(name: str) -> str:
    """Never the words of the reason itself, which tell what somebody wrote."""
    return meaning(name) if name in BY_NAME else MEANINGS.get(name, "")
