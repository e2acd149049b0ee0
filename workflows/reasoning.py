"""What a mentee answers to the reasons of a suggestion, for the next round to heed."""

from __future__ import annotations

from mentoring.errors import Missing
from mentoring.proposals import Objection, Party
from store import proposals
from workflows.bootstrap import Parts
from workflows.views import Who


def answer_reason(parts: Parts, who: Who, proposal_id: int, reason: str, objection: Objection | None) -> None:
    """Keeps it in place of what they said of that reason before; None takes it back. The suggestion stays as it is.

    Raises KeyError where it is not theirs as a mentee, they were not asked, or it has no such reason.
    """
    with parts.database.writing(who.organisation_id) as memory:
        proposal = proposals.get(memory, proposal_id)
        mine = proposal.party(who.person_id) is Party.MENTEE and proposal.asked(Party.MENTEE)
        if not mine or reason not in {each.name for each in proposal.reasons}:
            raise Missing(proposal_id)
        about = objection.value if objection else ""
        proposals.answer_reason(memory, proposal_id, who.person_id, reason, about, parts.clock())
