"""Looking suggestions over before they leave, while that is asked of admins: releasing them, or taking them back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from mentoring import proposals as words
from mentoring.errors import ChangedMeanwhile, Refused
from mentoring.policy import Sending
from mentoring.proposals import Proposal, State
from store import audit, directory, policies, proposals
from store.memory import Memory
from workflows.bootstrap import Parts
from workflows.steering import admin, alone, publish_sending
from workflows.views import Who

TAKEN_BACK = "an admin took it back before it was sent"
NOT_IN_REVIEW = "sending is not in review, so there is nothing to release"

Chosen = Mapping[int, int]
"""Suggestions by id, with the version of each as it was shown."""


@dataclass(frozen=True)
class Reviewed:
    """What became of the chosen ones: names of those that were done, and of those that had changed meanwhile."""

    done: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()


def waiting(memory: Memory, now: datetime) -> tuple[Proposal, ...]:
    """Suggestions that nobody has released and whose time has not come yet, by start."""
    return tuple(each for each in proposals.open_proposals(memory, now) if _waits(each, now))


def _waits(proposal: Proposal, now: datetime) -> bool:
    return proposal.state is State.RESERVED and proposal.released_at is None and proposal.interval.start > now


def number_waiting(parts: Parts, who: Who) -> int:
    """How many suggestions turning sending on would let go. Raises NotAllowed for anybody but an admin."""
    with parts.database.reading(who.organisation_id) as memory:
        admin(memory, who)
        return _held_back(memory, parts.clock())


def _held_back(memory: Memory, now: datetime) -> int:
    return 0 if policies.current(memory).sending is Sending.ON else len(waiting(memory, now))


def let_all_go(parts: Parts, who: Who, expected: int) -> int:
    """Turns sending on; all that waits is asked about at once. Returns how many that were.

    expected: the number that the admin was told. Raises ChangedMeanwhile for another one.
    """
    now = parts.clock()
    with parts.database.writing(who.organisation_id) as memory:
        person, number = alone(memory, who), _held_back(memory, now)
        if number != expected:
            raise ChangedMeanwhile(f"{number} suggestions wait, not {expected}")
        ids = [each.id for each in waiting(memory, now)] if number else []
        publish_sending(memory, person, Sending.ON, now)
    for proposal_id in ids:
        parts.nudge("ask", who.organisation_id, proposal_id)
    return number


def release(parts: Parts, who: Who, chosen: Chosen) -> Reviewed:
    """Lets those leave that are still as they were shown. Raises Refused while sending is not in review."""
    now = parts.clock()
    reviewed, ids = _each(parts, who, chosen, "released the suggestion", lambda each: replace(each, released_at=now))
    for proposal_id in ids:
        parts.nudge("ask", who.organisation_id, proposal_id)
    return reviewed


def take_back(parts: Parts, who: Who, chosen: Chosen) -> Reviewed:
    """Ends those that are still as they were shown, before anybody is asked; nobody is told. Raises as `release`."""
    return _each(parts, who, chosen, "took back the suggestion", lambda each: words.withdraw(each, TAKEN_BACK))[0]


def _each(
    parts: Parts, who: Who, chosen: Chosen, what: str, change: Callable[[Proposal], Proposal]
) -> tuple[Reviewed, list[int]]:
    now, done, skipped = parts.clock(), [], []
    with parts.database.writing(who.organisation_id) as memory:
        person = admin(memory, who)
        if policies.current(memory).sending is not Sending.REVIEW:
            raise Refused(NOT_IN_REVIEW)
        names, known = directory.names(memory), proposals.those(memory, chosen)
        for proposal_id, version in chosen.items():
            proposal = known.get(proposal_id)
            if proposal is None:
                continue
            pair = f"{names[proposal.pair.mentee_id]} with {names[proposal.pair.mentor_id]}"
            if _changed(memory, proposal, version, change, now):
                audit.note(memory, person.name, what, pair, now)
                done.append((proposal_id, pair))
            else:
                skipped.append(pair)
    return Reviewed(tuple(pair for _, pair in done), tuple(skipped)), [each for each, _ in done]


def _changed(
    memory: Memory, proposal: Proposal, version: int, change: Callable[[Proposal], Proposal], now: datetime
) -> bool:
    if proposal.version != version or not _waits(proposal, now):
        return False
    try:
        proposals.save(memory, change(proposal))
    except ChangedMeanwhile:
        return False
    return True
