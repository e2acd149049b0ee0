"""What an invite says, to each of the two."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from mentoring import times_in_words
from mentoring.mail import Organiser
from mentoring.people import Person
from mentoring.ports import Attendee, CopyText
from mentoring.proposals import Partstat, Party, Proposal, State
from mentoring.settings import Settings
from store import mailboxes, organisers
from store.keyring import ORGANISERS_EVENTS
from store.memory import Memory
from workflows.bootstrap import Parts

HEADINGS = (
    ("topic", "Why this topic"),
    ("person", "Why this person"),
    ("time", "Why then"),
    ("reading", "What was read"),
)
ENDED = {
    State.EXPIRED: "It was not answered in time. The time is yours again.",
    State.MISSED: "It did not take place.",
}
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
IN_CALENDAR = (
    "Accept or decline in this calendar, move the event to offer another time, or answer here. Deleting it counts as"
    " declining."
)
ACCEPTED_IN_CALENDAR = (
    "You have accepted. Move the event to offer another time, or change your answer here. Deleting it counts as"
    " declining."
)


def organiser(memory: Memory, settings: Settings) -> Organiser:
    """Who writes: the organisation's own mailbox, or, where it has none, who the installation says."""
    return mailboxes.organiser(memory) or Organiser(settings.organiser_name, settings.organiser_address)


def organiser_of(memory: Memory, settings: Settings, proposal: Proposal) -> Organiser:
    """Who invites to that one: who did so first, whatever invites to others by now."""
    if proposal.organiser_address:
        return Organiser(proposal.organiser_name, proposal.organiser_address)
    return organiser(memory, settings)


def begun(parts: Parts, memory: Memory, proposal: Proposal) -> Proposal:
    """The proposal with who invites to it, and the UID of their event where that is known beforehand. Fixed when the
    first of the two is asked; where nobody could invite by then, a mailbox can still do so when the second is."""
    if proposal.organiser_address:
        return proposal
    account = None if proposal.asked(Party.MENTOR) else organisers.kept(memory)
    if account is None:
        mailbox = mailboxes.organiser(memory)
        return (
            replace(proposal, organiser_name=mailbox.name, organiser_address=mailbox.address) if mailbox else proposal
        )
    named = replace(proposal, organiser_id=account.id, organiser_name=account.name, organiser_address=account.address)
    promised = parts.organises(account.provider).promised_uid(event_key(parts, named))
    return replace(named, uid=promised or named.uid)


def event_key(parts: Parts, proposal: Proposal) -> str:
    """What the organiser's event of that proposal is created with: the same for each attempt, and for nothing else."""
    key = parts.database.keyring.key_of(proposal.organisation_id, ORGANISERS_EVENTS)
    return key(f"{proposal.organiser_id} {proposal.id} {proposal.created_at}")


def title(proposal: Proposal, mentee: Person, mentor: Person) -> str:
    """ "Twenty minutes: A and B"; it says nothing of the topic, since titles are what others see of a calendar."""
    return f"{how_long(proposal).capitalize()}: {mentee.name} and {mentor.name}"


def how_long(proposal: Proposal) -> str:
    """ "twenty minutes"."""
    return times_in_words.how_long(proposal.interval).lower()


def suggestion_url(settings: Settings, proposal: Proposal) -> str:
    """The page about it, which needs sign-in: whoever sees the event gains nothing by its link."""
    return f"{settings.base_url}/suggestions/{proposal.id}"


def last_change(proposal: Proposal) -> datetime:
    """When what the event says last changed: its DTSTAMP, the same however often it is sent."""
    moments = (proposal.created_at, proposal.mentee_asked_at, proposal.mentor_asked_at)
    answers = (proposal.mentee_answer.at, proposal.mentor_answer.at)
    return max((each for each in moments + answers if each), default=LONG_AGO)


def copy_text(
    proposal: Proposal,
    party: Party,
    mentee: Person,
    mentor: Person,
    organiser: Organiser,
    settings: Settings,
    how: str = "",
) -> CopyText:
    """The copy of that one of the two. how: how it is answered, in words that the address of its page follows, where
    that is otherwise than in a calendar."""
    people = {Party.MENTEE: mentee, Party.MENTOR: mentor}
    attendees = tuple(Attendee(people[each].name, people[each].email, proposal.answer(each).partstat) for each in Party)
    url = suggestion_url(settings, proposal)
    how = how or (ACCEPTED_IN_CALENDAR if has_accepted(proposal, party) else IN_CALENDAR)
    return CopyText(
        uid=proposal.uid,
        sequence=proposal.sequence,
        interval=proposal.interval,
        summary=title(proposal, mentee, mentor),
        description="\n\n".join([*paragraphs(proposal, party, mentee, mentor), f"{how}\n{url}", stop_words(settings)]),
        url=url,
        organiser_name=organiser.name,
        organiser_address=organiser.address,
        attendees=attendees,
        stamp=last_change(proposal),
        owner=people[party].email,
    )


def stop_words(settings: Settings) -> str:
    """One step away in each message. It needs sign-in, since an event may be seen by others."""
    return f"Pause, or stop everything: {settings.base_url}/taking-part"


def paragraphs(proposal: Proposal, party: Party, mentee: Person, mentor: Person) -> list[str]:
    """What an invite says of the matter; a mentor sees the topic line and no reason, since those speak of notes."""
    stands = standing(proposal, party, mentee, mentor)
    if party is Party.MENTOR:
        who = f"{mentee.name}{of_department(mentee)}"
        wish = f"{who} would like {how_long(proposal)} of your experience with: {proposal.topic}."
        return [wish, stands]
    told = [f"{mentor.name}{of_department(mentor)} could help with: {proposal.topic}.", stands]
    return told + ["\n".join([heading, *(f"- {line}" for line in lines)]) for heading, lines in why(proposal)]


def why(proposal: Proposal) -> list[tuple[str, tuple[str, ...]]]:
    """The reasons under their headings, for the mentee."""
    grouped = [
        (heading, tuple(times_in_words.sentence(each.words) for each in proposal.reasons if each.about == about))
        for about, heading in HEADINGS
    ]
    return [(heading, lines) for heading, lines in grouped if lines]


def standing(proposal: Proposal, party: Party, mentee: Person, mentor: Person) -> str:
    """What the reader, that one of the two, should know of the other's answer."""
    if party is Party.MENTOR:
        return _standing(proposal, Party.MENTEE, mentee)
    return _mentor_standing(proposal, mentor)


def of_department(person: Person) -> str:
    """ " (Finance)", to stand behind their name; nothing where no department is known."""
    return f" ({person.department})" if person.department else ""


def _standing(proposal: Proposal, party: Party, person: Person) -> str:
    words = {
        Partstat.ACCEPTED: "has accepted",
        Partstat.TENTATIVE: "might come",
        Partstat.DECLINED: "cannot come",
        Partstat.NEEDS_ACTION: "has been asked",
    }
    return f"{person.first_name} {words[proposal.answer(party).partstat]}."


def _mentor_standing(proposal: Proposal, mentor: Person) -> str:
    if proposal.state is State.CONFIRMED:
        return f"{mentor.first_name} has accepted: it takes place."
    if proposal.asked(Party.MENTOR):
        return _standing(proposal, Party.MENTOR, mentor)
    when = "next" if has_accepted(proposal, Party.MENTEE) else "once you accept"
    return f"{mentor.first_name} is asked {when}, and sees only the topic."


def has_accepted(proposal: Proposal, party: Party) -> bool:
    return proposal.answer(party).partstat is Partstat.ACCEPTED


def ended(proposal: Proposal, reader: Party, other: Person) -> str:
    """Why it is over, in words for one of the two; empty while it is not."""
    if proposal.state is State.DECLINED:
        by_reader = proposal.ended_because == f"declined_by_{reader}"
        return "You said no. The time is yours again." if by_reader else f"{other.first_name} could not this time."
    if proposal.state is State.EXPIRED and not proposal.unanswered:
        return "The invite could not be sent in time. The time is yours again."
    if proposal.state is State.WITHDRAWN:
        return f"Interlude took it back: {proposal.ended_because}."
    return ENDED.get(proposal.state, "")
