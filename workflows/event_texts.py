"""What the organiser's own event says. It is one for both, so that it says no more than both may read."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from mentoring.people import Person
from mentoring.ports import Attendee, EventText, GuestSeen
from mentoring.proposals import Party, Proposal, State
from store.keyring import EVENT_TEXTS
from workflows import inviting
from workflows.bootstrap import Parts

IN_EVENT = "Accept or decline in your calendar, offer another time where it lets you, or answer here."


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
        description=_description(parts, proposal, people, guests),
        guests=invited + tuple(Attendee("", each.address, each.partstat) for each in others),
    )


def hashed(parts: Parts, organisation_id: int, text: EventText) -> str:
    """The same for the same words: what was written last is known by it without being kept."""
    return parts.database.keyring.key_of(organisation_id, EVENT_TEXTS)(f"{text.summary}\n{text.description}")


def _description(parts: Parts, proposal: Proposal, people: Mapping[Party, Person], guests: Collection[Party]) -> str:
    """The mentee's reasons while they are the only guest; from the mentor on, the topic line that the mentee
    has approved, and no word that somebody must not see in another's calendar."""
    mentee, mentor = people[Party.MENTEE], people[Party.MENTOR]
    if set(guests) == {Party.MENTEE}:
        told = inviting.paragraphs(proposal, Party.MENTEE, mentee, mentor)
    else:
        told = _for_both(proposal, mentee, mentor)
    url = inviting.suggestion_url(parts.settings, proposal)
    return "\n\n".join([*told, f"{IN_EVENT}\n{url}", inviting.stop_words(parts.settings)])


def _for_both(proposal: Proposal, mentee: Person, mentor: Person) -> list[str]:
    wish = (
        f"{mentee.name}{inviting.of_department(mentee)} would like {inviting.how_long(proposal)} of the experience of"
        f" {mentor.name}{inviting.of_department(mentor)} with: {proposal.topic}."
    )
    return [wish, _stands(proposal, {Party.MENTEE: mentee, Party.MENTOR: mentor})]


def _stands(proposal: Proposal, people: Mapping[Party, Person]) -> str:
    if proposal.state is State.CONFIRMED:
        return "Both have accepted: it takes place."
    for party in Party:
        if inviting.has_accepted(proposal, party):
            other = people[party.other].first_name
            return f"{people[party].first_name} has accepted; it takes place once {other} does, too."
    return "It takes place once both have accepted."
