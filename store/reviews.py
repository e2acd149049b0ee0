"""What people said of their meetings. Who said nothing has no row."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Row

from mentoring.proposals import Party
from mentoring.reviews import Helped, Review
from store import settled, tables
from store.memory import Memory

_reviews = tables.reviews


def save(memory: Memory, review: Review) -> None:
    """Keeps it; what the same person said of the same meeting before is replaced.

    A topic that is settled is kept where people say that a theme is no longer hard, and can be taken back there.
    """
    said = {"helped": review.helped.value, "settled": review.settled, "at": review.at}
    about = {"proposal_id": review.proposal_id, "person_id": review.person_id}
    if memory.insert_new(_reviews, **about, party=review.party.value, **said) is None:
        same = _reviews.c.proposal_id == review.proposal_id, _reviews.c.person_id == review.person_id
        memory.changed(memory.update(_reviews).where(*same).values(**said))
    if review.settled:
        met = memory.select(tables.proposals).where(tables.proposals.c.id == review.proposal_id)
        for row in memory.rows(met):
            settled.add(memory, review.person_id, row.theme_id, review.at)


def of_proposal(memory: Memory, proposal_id: int) -> dict[Party, Review]:
    """What each of the two said of it; who said nothing is left out."""
    rows = memory.rows(memory.select(_reviews).where(_reviews.c.proposal_id == proposal_id))
    return {Party(row.party): _review(row) for row in rows}


def of_person(memory: Memory, person_id: int) -> dict[int, Review]:
    """{proposal: what that person said of it}."""
    rows = memory.rows(memory.select(_reviews).where(_reviews.c.person_id == person_id))
    return {row.proposal_id: _review(row) for row in rows}


def everyones(memory: Memory, since: datetime | None = None) -> tuple[Review, ...]:
    """The organisation's, oldest first; since: only those said then or later."""
    statement = memory.select(_reviews).order_by(_reviews.c.at, _reviews.c.id)
    if since is not None:
        statement = statement.where(_reviews.c.at >= since)
    return tuple(_review(row) for row in memory.rows(statement))


def _review(row: Row[Any]) -> Review:
    return Review(row.proposal_id, row.person_id, Party(row.party), Helped(row.helped), row.at, row.settled)
