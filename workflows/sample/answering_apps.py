"""The sample's people answer invites in their calendar apps; some leave theirs open, so that a visitor can answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from integrations import sample_calendar_app
from mentoring.people import Role
from mentoring.proposals import Partstat, Party, Proposal, State
from store import copies, people, proposals
from workflows.bootstrap import Parts
from workflows.sample.people import named
from workflows.sample.servers import Servers

ENOUGH_TO_LEAVE_ONE = {Party.MENTEE: 3, Party.MENTOR: 2}
ENOUGH_TO_DECLINE_ONE = 5
ASKED = {Party.MENTEE: State.ASKED_MENTEE, Party.MENTOR: State.ASKED_MENTOR}


@dataclass(frozen=True)
class Said:
    """What one of them answered in their calendar app."""

    proposal_id: int
    name: str
    party: Party
    partstat: Partstat


def waiting_for(parts: Parts, organisation_id: int, party: Party) -> tuple[Proposal, ...]:
    """The proposals whose invite lies unanswered in that party's calendar; first those that can go on at once."""
    now = parts.clock()
    with parts.database.reading(organisation_id) as memory:
        everyone = {each.id: each for each in people.everyone(memory)}
        lying = {(copy.proposal_id, copy.person_id) for copy in copies.live(memory)}
        found = [
            each
            for each in proposals.open_proposals(memory, now)
            if each.state is ASKED[party] and not each.answer(party).given and (each.id, each.person_id(party)) in lying
        ]

    def when(proposal: Proposal) -> tuple[bool, bool]:
        """Those whose mentor is at work first, and an admin before others: a visitor meets the admin anyway."""
        at_work = everyone[proposal.pair.mentor_id].limits.hours.open_at(now)
        return not at_work, Role.ADMIN not in everyone[proposal.person_id(party)].roles

    return tuple(sorted(found, key=when))


def answers(asked: Sequence[Proposal], party: Party) -> list[tuple[Proposal, Partstat]]:
    """Who says what: the first ones yes, the last one nothing yet and the one before it no, where there are enough."""
    answering = asked[:-1] if len(asked) >= ENOUGH_TO_LEAVE_ONE[party] else asked
    said = [(each, Partstat.ACCEPTED) for each in answering]
    if party is Party.MENTEE and len(asked) >= ENOUGH_TO_DECLINE_ONE:
        said[-1] = (answering[-1], Partstat.DECLINED)
    return said


def answer_some(parts: Parts, servers: Servers, organisation_id: int, party: Party) -> list[Said]:
    """Has some of them answer by CalDAV, each as the owner of their calendar. Interlude is told nothing about it."""
    said = []
    for proposal, partstat in answers(waiting_for(parts, organisation_id, party), party):
        with parts.database.reading(organisation_id) as memory:
            person = named(people.get(memory, proposal.person_id(party)).name)
        account, url = servers.account(person), servers.calendar_url(person)
        sample_calendar_app.answer(parts.http, account, url, proposal.uid, person.email, partstat, parts.clock())
        said.append(Said(proposal.id, person.name, party, partstat))
    return said
