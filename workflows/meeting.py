"""What the two say of a meeting afterwards."""

from __future__ import annotations

from mentoring import proposals as words
from mentoring.errors import Missing, Refused
from store import proposals
from workflows.answering import again_if_changed
from workflows.bootstrap import Parts
from workflows.views import Who


@again_if_changed
def say_missed(parts: Parts, who: Who, proposal_id: int) -> None:
    """One of the two says that it did not take place. Saying so twice is saying it once.

    Raises KeyError where it is not theirs, or they were not asked; Refused before it is over, and once it is too late.
    """
    now = parts.clock()
    with parts.database.writing(who.organisation_id) as memory:
        proposal = proposals.get(memory, proposal_id)
        if not proposal.asked(proposal.party(who.person_id)):
            raise Missing(proposal_id)
        if proposal.state is words.State.MISSED:
            return
        if not words.can_be_missed(proposal, now):
            raise Refused("that can be said from its end on, for two weeks")
        proposals.save(memory, words.missed(proposal, now))
