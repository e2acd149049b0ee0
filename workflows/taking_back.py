"""Taking back what is still open for somebody who no longer wants it. What both have agreed to stays."""

from __future__ import annotations

from collections.abc import Callable, Collection

from mentoring import proposals as words
from mentoring.proposals import Proposal, State
from store import proposals
from workflows import asking
from workflows.answering import again_if_changed
from workflows.bootstrap import Parts

Doomed = Callable[[Proposal], bool]


def _each(_: Proposal) -> bool:
    return True


def take_back(
    parts: Parts,
    organisation_id: int,
    person_id: int,
    doomed: Doomed = _each,
    because: str = asking.NOT_WANTED,
    still_wants: bool = False,
) -> int:
    """Withdraws those of the person's open proposals. Returns how many; a second time there is nothing left to do.

    A mentee whose mentor this takes away is offered the next best; the person too, if they still want one.
    """
    open_now = of_person(parts, organisation_id, person_id, words.OPEN)
    return sum(
        _withdrawn(parts, each, doomed, because, still_wants or each.pair.mentor_id == person_id) for each in open_now
    )


def of_person(parts: Parts, organisation_id: int, person_id: int, states: Collection[State]) -> tuple[Proposal, ...]:
    """Those in either role that are in one of these states and not over yet, by start."""
    with parts.database.reading(organisation_id) as memory:
        known = proposals.of_person(memory, person_id, parts.clock())
    return tuple(each for each in known if each.state in states)


@again_if_changed
def _withdrawn(parts: Parts, known: Proposal, doomed: Doomed, because: str, offer_next: bool) -> bool:
    """Read again each time: an answer or a move may have come in between."""
    with parts.database.reading(known.organisation_id) as memory:
        proposal = proposals.get(memory, known.id)
    if proposal.state not in words.OPEN or not doomed(proposal):
        return False
    asking.withdraw(parts, proposal, because, offer_next)
    return True
