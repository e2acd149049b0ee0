"""What people say of their meetings is kept as they said it last, each for themselves."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mentoring.proposals import Party, State
from mentoring.reviews import Helped, Review
from store import proposals, reviews
from store.database import Database
from tests.store.building import NOW, at, kept, organisation, proposal, theme


def test_each_says_it_for_themselves_and_the_last_word_counts(database: Database) -> None:
    organisation_id = organisation(database)
    mentee, mentor = (each.id for each in kept(database, organisation_id))
    with database.writing(organisation_id) as memory:
        one = proposals.add(memory, proposal(theme(memory, mentee), mentee, mentor, at(0), state=State.MET)).id
        reviews.save(memory, Review(one, mentee, Party.MENTEE, Helped.PARTLY, NOW))
        reviews.save(memory, Review(one, mentor, Party.MENTOR, Helped.NO, NOW))
        last = Review(one, mentee, Party.MENTEE, Helped.YES, NOW + timedelta(hours=1), settled=True)
        reviews.save(memory, last)
        assert reviews.of_proposal(memory, one) == {
            Party.MENTEE: last,
            Party.MENTOR: Review(one, mentor, Party.MENTOR, Helped.NO, NOW),
        }
        assert reviews.of_person(memory, mentee) == {one: last}
        assert reviews.everyones(memory, NOW + timedelta(minutes=1)) == (last,)
        assert len(reviews.everyones(memory)) == 2


def test_only_the_mentee_can_say_that_it_is_settled() -> None:
    with pytest.raises(ValueError, match="mentee's to say"):
        Review(1, 2, Party.MENTOR, Helped.YES, NOW, settled=True)
