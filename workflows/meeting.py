"""What the two say of a meeting afterwards: that it was none, or whether it helped."""

from __future__ import annotations

from mentoring import proposals as words
from mentoring.attention import Kind
from mentoring.errors import Missing, Refused
from mentoring.proposals import Party, Proposal, State
from mentoring.reviews import Helped, Review
from store import attention, needs, proposals, reviews, settled
from store.memory import Memory
from workflows import noting
from workflows.answering import again_if_changed
from workflows.bootstrap import Parts
from workflows.views import Who

LATER = "that can be said from its end on, for two weeks"


@again_if_changed
def say_missed(parts: Parts, who: Who, proposal_id: int) -> None:
    """One of the two says that it did not take place. Saying so twice is saying it once.

    Raises KeyError where it is not theirs, or they were not asked; Refused before it is over, and once it is too late.
    """
    now = parts.clock()
    with parts.database.writing(who.organisation_id) as memory:
        proposal, _ = _theirs(memory, who, proposal_id)
        if proposal.state is State.MISSED:
            return
        if not words.can_be_missed(proposal, now):
            raise Refused(LATER)
        proposals.save(memory, words.missed(proposal, now))
        attention.answered(memory, who.person_id, now, Kind.REVIEW, proposal_id)


@again_if_changed
def say_how_it_was(parts: Parts, who: Who, proposal_id: int, helped: Helped, is_settled: bool = False) -> int:
    """One of the two says whether it helped; the mentee also whether it is no longer hard, for now. The last word
    counts. Returns how many open suggestions on the topic were taken back for that.

    Raises as say_missed does.
    """
    now = parts.clock()
    with parts.database.writing(who.organisation_id) as memory:
        proposal, party = _theirs(memory, who, proposal_id)
        if not words.can_be_reviewed(proposal, now):
            raise Refused(LATER)
        before = reviews.of_proposal(memory, proposal_id).get(party)
        said = Review(proposal_id, who.person_id, party, helped, now, is_settled and party is Party.MENTEE)
        reviews.save(memory, said)
        attention.answered(memory, who.person_id, now, Kind.REVIEW, proposal_id)
        if proposal.state is State.MET:
            proposals.save(memory, words.reviewed(proposal))
        if before and before.settled and not said.settled:
            settled.remove(memory, who.person_id, proposal.theme_id)
        is_need = proposal.theme_id in {each.theme_id for each in needs.of_person(memory, who.person_id)}
    return noting.settle(parts, who, proposal.theme_id) if said.settled and is_need else 0


def _theirs(memory: Memory, who: Who, proposal_id: int) -> tuple[Proposal, Party]:
    proposal = proposals.get(memory, proposal_id)
    party = proposal.party(who.person_id)
    if not proposal.asked(party):
        raise Missing(proposal_id)
    return proposal, party
