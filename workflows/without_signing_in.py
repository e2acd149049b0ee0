"""What the addresses in somebody's mail let them see and do without signing in, and nothing beside."""

from __future__ import annotations

from dataclasses import replace

from mentoring.errors import Missing
from mentoring.proposals import Partstat
from store import people
from workflows import answering, bearers, joining
from workflows.bootstrap import Parts
from workflows.door_views import StopPage
from workflows.pages.suggestions import suggestion
from workflows.views import Feedback, SuggestionView


def stop_page(parts: Parts, token: str) -> StopPage:
    """This, and all below, raises Missing for a token that is not ours, and for somebody who is no longer there; this
    and `start` for somebody who is being deleted too."""
    who, now = bearers.whom_to_stop(parts, token), parts.clock()
    with parts.database.reading(who.organisation_id) as memory:
        person = people.get(memory, who.person_id)
    if person.leaving_at is not None:
        raise Missing(person.id)
    until = person.limits.paused_until
    pausing = until if until is not None and until > now else None
    return StopPage(person.first_name, person.limits.zone, person.stopped, pausing)


def stop(parts: Parts, token: str) -> int:
    """Everything, at once. Returns how many open suggestions were taken back, as pause does."""
    who = bearers.whom_to_stop(parts, token)
    return joining.stop(parts, who.organisation_id, who.person_id)


def pause(parts: Parts, token: str, weeks: int) -> int:
    """From today for so many weeks."""
    who = bearers.whom_to_stop(parts, token)
    return joining.pause_for(parts, who.organisation_id, who.person_id, weeks)


def start(parts: Parts, token: str) -> None:
    """Takes back a stop and a pause."""
    who = bearers.whom_to_stop(parts, token)
    joining.resume(parts, who.organisation_id, who.person_id)
    joining.back(parts, who.organisation_id, who.person_id)


def invite(parts: Parts, token: str) -> SuggestionView:
    """The one invite, to say yes or no to: what was read of anybody, and all else, is for whoever signs in."""
    who, proposal_id = bearers.who_answers(parts, token)
    return replace(suggestion(parts, who, proposal_id), reasons=(), copy_in="", can_name=False, can_miss=False)


def answer(parts: Parts, token: str, partstat: Partstat, feedback: Feedback | None, sequence: int) -> None:
    """As answering on the page of somebody signed in does; raises as it does."""
    who, proposal_id = bearers.who_answers(parts, token)
    answering.answer(parts, who, proposal_id, partstat, feedback or "", sequence)
