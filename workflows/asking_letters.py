"""Letters that ask for something: one reminder of a suggestion, how a meeting was, and what was hard lately.

They come out of the person's allowance (workflows.attention), within their working hours, and each of them once.
"""

from __future__ import annotations

from datetime import timedelta

from mentoring.mail import Block, Heading, Link, Mail, Words
from mentoring.outbox import Letter, Message
from mentoring.people import Person, Role
from mentoring.proposals import Party, Proposal, can_be_reviewed
from mentoring.times_in_words import day
from store import people, proposals, reviews
from store.memory import Memory
from workflows import answering, bearers, inviting, letter_paper
from workflows.bootstrap import Parts
from workflows.when import moment, short, when

SURVEY_LASTS = timedelta(days=28)
SURVEY_WAITS = timedelta(days=14)
"""How long one that cannot leave waits until it is dropped."""

STOP = "Pause, or stop everything"


def mail_for(parts: Parts, message: Message) -> Mail | None:
    """The letter, the same for each repeat; None where it is no longer called for."""
    with parts.database.reading(message.organisation_id) as memory:
        person = people.get(memory, message.person_id)
        paused = person.limits.paused_until is not None and person.limits.paused_until > parts.clock()
        if person.stopped or paused or person.leaving_at is not None:
            return None
        written = WRITES[message.letter](parts, memory, message, person) if message.letter else None
        message_id = letter_paper.message_id(parts, memory, message)
    if written is None:
        return None
    stop = bearers.stop_url(parts, person)
    subject, blocks = written
    return letter_paper.to(person, message, message_id, subject, (*blocks, Link(STOP, stop, main=False)), stop)


Written = tuple[str, tuple[Block, ...]]
"""Subject, and what it says."""


def _about(memory: Memory, message: Message) -> tuple[Proposal, Party] | None:
    """The proposal that the letter is about, and which of the two its reader is."""
    proposal = proposals.those(memory, [message.link_id or 0]).get(message.link_id or 0)
    if proposal is None or message.person_id not in (proposal.pair.mentee_id, proposal.pair.mentor_id):
        return None
    return proposal, proposal.party(message.person_id)


def _reminder(parts: Parts, memory: Memory, message: Message, person: Person) -> Written | None:
    found = _about(memory, message)
    if found is None:
        return None
    proposal, party = found
    if not answering.can_answer(proposal, party, parts.clock()) or proposal.answer(party).given:
        return None
    other = people.get(memory, proposal.person_id(party.other))
    what = f"{inviting.how_long(proposal)} with {other.first_name}"
    subject = f"Still open: {what}, {short(proposal.interval.start, person)}"
    return subject, reminder_blocks(person, other, proposal, bearers.answer_url(parts, proposal, party))


def reminder_blocks(person: Person, other: Person, proposal: Proposal, url: str) -> tuple[Block, ...]:
    until = f"It is open until {moment(proposal.expires_at, person)}. " if proposal.expires_at else ""
    return (
        Heading(f"{inviting.how_long(proposal).capitalize()} with {other.name}: yes or no?"),
        Words(f"Hello {person.first_name}, this still waits for you. It is about: {proposal.topic}."),
        Words(f"{when(proposal.interval, person)}."),
        Link("Answer: yes or no", url),
        Words("A no is a good answer, too: the time is yours again, and nobody is told why."),
        Words(f"{until}You are reminded of it this once.", quiet=True),
    )


def _how_it_was(parts: Parts, memory: Memory, message: Message, person: Person) -> Written | None:
    found = _about(memory, message)
    if found is None:
        return None
    proposal, party = found
    said = party in reviews.of_proposal(memory, proposal.id)
    if said or not can_be_reviewed(proposal, parts.clock()):
        return None
    other = people.get(memory, proposal.person_id(party.other))
    subject = f"Did it help? Your {inviting.how_long(proposal)} with {other.first_name}"
    return subject, review_blocks(person, other, proposal, party, bearers.review_url(parts, proposal, party))


def review_blocks(person: Person, other: Person, proposal: Proposal, party: Party, url: str) -> tuple[Block, ...]:
    whom = f"you met {other.name}" if party is Party.MENTEE else f"{other.name} met you"
    on = day(proposal.interval.start, person.limits.zone)
    return (
        Heading("Did it help?"),
        Words(f"Hello {person.first_name}, on {on} {whom}, about: {proposal.topic}."),
        Link("Say how it was", url),
        Words(
            f"It takes one press. {other.first_name} is not told what you say; the next suggestions are better for it."
        ),
        Words("You did not meet? Say so there, too.", quiet=True),
    )


def _survey(parts: Parts, _memory: Memory, message: Message, person: Person) -> Written | None:
    old = parts.clock() > message.written_at + SURVEY_WAITS
    if old or not person.opted_in(Role.MENTEE):
        return None
    return "What was hard lately?", survey_blocks(person, bearers.survey_url(parts, person, message.written_at))


def survey_blocks(person: Person, url: str) -> tuple[Block, ...]:
    return (
        Heading("What was hard lately?"),
        Words(f"Hello {person.first_name}, you have written nothing down for a while."),
        Words("What did you struggle with in the last weeks? A sentence is enough, and only you see it."),
        Link("Write it down", url),
        Words("When something comes back, Interlude looks for a colleague who knows it."),
        Words("Nothing was hard? One press says so.", quiet=True),
    )


WRITES = {Letter.REMINDER: _reminder, Letter.REVIEW: _how_it_was, Letter.SURVEY: _survey}
