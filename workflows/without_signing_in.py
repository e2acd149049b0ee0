"""What the addresses in somebody's mail let them see and do without signing in, and nothing beside."""

from __future__ import annotations

from dataclasses import replace

from mentoring.attention import Kind
from mentoring.errors import Missing, Refused
from mentoring.proposals import Partstat, State, can_be_missed, can_be_reviewed
from mentoring.reviews import Helped
from store import attention, people, proposals, reviews
from workflows import answering, bearers, joining, meeting, noting
from workflows.after_views import AfterPage, LatelyPage
from workflows.asking_letters import SURVEY_LASTS
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


def after_page(parts: Parts, token: str) -> AfterPage:
    """How the meeting was that the address is about."""
    who, proposal_id = bearers.who_reviews(parts, token)
    now = parts.clock()
    with parts.database.reading(who.organisation_id) as memory:
        proposal = proposals.get(memory, proposal_id)
        party = proposal.party(who.person_id)
        reader, other = (people.get(memory, proposal.person_id(each)) for each in (party, party.other))
        said = reviews.of_proposal(memory, proposal_id).get(party)
    if not proposal.asked(party):
        raise Missing(proposal_id)
    return AfterPage(
        first_name=reader.first_name,
        other=other.name,
        other_first_name=other.first_name,
        mine_as=party,
        topic=proposal.topic,
        interval=proposal.interval,
        zone=reader.limits.zone,
        twelve_hour=reader.twelve_hour,
        can_say=can_be_reviewed(proposal, now),
        can_miss=can_be_missed(proposal, now),
        missed=proposal.state is State.MISSED,
        said=said.helped if said else None,
        settled=said.settled if said else False,
    )


def say_after(parts: Parts, token: str, helped: Helped | None, is_settled: bool) -> None:
    """As meeting.say_how_it_was; None: that it did not take place. Raises as it does."""
    who, proposal_id = bearers.who_reviews(parts, token)
    if helped is None:
        meeting.say_missed(parts, who, proposal_id)
    else:
        meeting.say_how_it_was(parts, who, proposal_id, helped, is_settled)


def lately_page(parts: Parts, token: str) -> LatelyPage:
    """What was hard lately, asked of whom the address is for."""
    who, asked_at = bearers.who_was_asked(parts, token)
    with parts.database.reading(who.organisation_id) as memory:
        person = people.get(memory, who.person_id)
    if person.leaving_at is not None:
        raise Missing(person.id)
    return LatelyPage(person.first_name, parts.clock() < asked_at + SURVEY_LASTS)


def say_lately(parts: Parts, token: str, text: str) -> None:
    """Kept as a note of theirs; an empty text says that nothing was hard. Raises BadInput as noting does, Refused where
    the question is too old."""
    who, _ = bearers.who_was_asked(parts, token)
    if not lately_page(parts, token).open:
        raise Refused("this question is closed by now; sign in to write something down")
    if text:
        noting.write_down(parts, who, text, noting.SURVEY)
    with parts.database.writing(who.organisation_id) as memory:
        attention.answered(memory, who.person_id, parts.clock(), Kind.SURVEY)


def invite(parts: Parts, token: str) -> SuggestionView:
    """The one invite, to say yes or no to: what was read of anybody, and all else, is for whoever signs in."""
    who, proposal_id = bearers.who_answers(parts, token)
    return replace(suggestion(parts, who, proposal_id), reasons=(), copy_in="", can_name=False, can_miss=False)


def answer(parts: Parts, token: str, partstat: Partstat, feedback: Feedback | None, sequence: int) -> None:
    """As answering on the page of somebody signed in does; raises as it does."""
    who, proposal_id = bearers.who_answers(parts, token)
    answering.answer(parts, who, proposal_id, partstat, feedback or "", sequence)
