"""All that somebody was asked about: what is agreed, what waits, and what is over."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import timedelta

from mentoring.proposals import Proposal, State, can_be_reviewed
from store import people, proposals, reviews
from workflows.bootstrap import Parts
from workflows.pages.suggestions import view
from workflows.views import MeetingsPage, SuggestionView, Who

LOOK_BACK = timedelta(days=180)
A_PAGE = 20
MOST_PAGES = 50


def meetings(parts: Parts, who: Who, page: int = 1) -> MeetingsPage:
    """page: of what is over, counted from 1."""
    now, page = parts.clock(), min(max(page, 1), MOST_PAGES)
    with parts.database.reading(who.organisation_id) as memory:
        ahead = proposals.ahead_of(memory, who.person_id, now)
        skip = (page - 1) * A_PAGE
        behind = proposals.behind(memory, who.person_id, now - LOOK_BACK, now, A_PAGE + 1, skip)
        said = reviews.of_person(memory, who.person_id)
        known = people.those(memory, _both((*ahead, *behind)) | {who.person_id})

    def seen(proposal: Proposal) -> SuggestionView:
        party = proposal.party(who.person_id)
        shown = view(proposal, party, known[who.person_id], known[proposal.person_id(party.other)], now)
        return replace(shown, can_review=can_be_reviewed(proposal, now), review=said.get(proposal.id))

    return MeetingsPage(
        zone=known[who.person_id].limits.zone,
        upcoming=tuple(seen(each) for each in ahead if each.state is State.CONFIRMED),
        waiting=tuple(seen(each) for each in ahead if each.state is not State.CONFIRMED),
        past=tuple(seen(each) for each in behind[:A_PAGE]),
        page=page,
        more=len(behind) > A_PAGE,
    )


def _both(found: Collection[Proposal]) -> set[int]:
    return {each for proposal in found for each in (proposal.pair.mentee_id, proposal.pair.mentor_id)}
