"""What the organiser's own event says: no more than both, and the admins who can open its calendar, may read."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from mentoring.people import Person
from mentoring.ports import Attendee, EventText, GuestSeen
from mentoring.proposals import Party, Proposal, State
from store.keyring import EVENT_TEXTS
from workflows import inviting
from workflows.bootstrap import Parts

IN_EVENT = "Accept or decline in your calendar, offer another time where it lets you, or answer on its page."
WHY = "Why this topic, why the two of you and why then, you read there, too:"
AGREED = "Both have accepted: it takes place."
NOT_AGREED = "It takes place once both have accepted."


def event_text(
    parts: Parts,
    proposal: Proposal,
    people: Mapping[Party, Person],
    guests: Collection[Party],
    others: Collection[GuestSeen] = (),
) -> EventText:
    """The event with those of the two as its guests. others: whom somebody added in the calendar, who stay."""
    invited = tuple(
        Attendee(people[party].name, people[party].email, proposal.answer(party).partstat)
        for party in Party
        if party in guests
    )
    return EventText(
        key=inviting.event_key(parts, proposal),
        uid=proposal.uid,
        interval=proposal.interval,
        summary=inviting.title(proposal, people[Party.MENTEE], people[Party.MENTOR]),
        description=_description(parts, proposal, people),
        guests=invited + tuple(Attendee("", each.address, each.partstat) for each in others),
    )


def hashed(parts: Parts, organisation_id: int, text: EventText) -> str:
    """The same for the same words: what was written last is known by it without being kept."""
    return parts.database.keyring.key_of(organisation_id, EVENT_TEXTS)(f"{text.summary}\n{text.description}")


def _description(parts: Parts, proposal: Proposal, people: Mapping[Party, Person]) -> str:
    """Whoever can open the organiser's calendar reads it. So it says the topic line that the mentee approves and no
    reason: those are on the page, behind sign-in. Nothing in it changes when the mentor joins, so that the mentee is
    not told anything then."""
    names = {party: f"{people[party].name}{inviting.of_department(people[party])}" for party in Party}
    told = [
        f"It is about: {proposal.topic}. {names[Party.MENTOR]} could help {names[Party.MENTEE]} with it.",
        AGREED if proposal.state is State.CONFIRMED else NOT_AGREED,
        f"{IN_EVENT}\n{WHY}\n{inviting.suggestion_url(parts.settings, proposal)}",
        inviting.stop_words(parts.settings),
    ]
    return "\n\n".join(told)
