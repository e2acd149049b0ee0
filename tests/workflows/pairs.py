"""Two people and one proposal to them, taken as far along as a test needs."""

from __future__ import annotations

from datetime import UTC, datetime

from mentoring.proposals import Proposal, State
from store import proposals
from tests.servers import DavServer
from tests.workflows.house import House
from tests.workflows.neighbours import Neighbour, neighbour

THURSDAY = datetime(2026, 11, 26, 10, 0, tzinfo=UTC)


class Pair:
    """Ann is to be asked first, then Ben, about Thursday ten o'clock."""

    def __init__(self, house: House, dav: DavServer, **mentor_changes: object) -> None:
        self.house = house
        self.mentee = neighbour(house, dav, "Ann Ash")
        self.mentor = neighbour(house, dav, "Ben Birch", **mentor_changes)
        theme = house.theme("query plans", self.mentee.person)
        self.id = house.reserve(self.mentee.person, self.mentor.person, THURSDAY, theme).id

    @property
    def now(self) -> Proposal:
        return self.house.proposal(self.id)

    def asked_mentee(self) -> Pair:
        self.house.sweep()
        assert self.now.state is State.ASKED_MENTEE
        return self

    def asked_mentor(self) -> Pair:
        self.asked_mentee().says(self.mentee, "ACCEPTED")
        assert self.now.state is State.ASKED_MENTOR
        return self

    def confirmed(self) -> Pair:
        self.asked_mentor().says(self.mentor, "ACCEPTED")
        assert self.now.state is State.CONFIRMED
        return self

    def uids(self) -> set[str]:
        return {str(each["UID"]) for copy in (self.mentee, self.mentor) for each in copy.invites()}

    def others(self) -> list[Proposal]:
        """Every other proposal to the mentee."""
        with self.house.parts.database.reading(self.house.organisation_id) as memory:
            known = proposals.of_person(memory, self.mentee.person.id)
        return [each for each in known if each.id != self.id]

    def says(self, who: Neighbour, partstat: str) -> None:
        who.answer(partstat)
        self.reads()

    def reads(self) -> None:
        """A minute passes, and answers are read back."""
        self.house.clock.turn(minutes=1)
        self.house.read_answers()
        self.house.sweep()
