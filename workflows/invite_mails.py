"""What a mail about a meeting says: the invite, its update, its end, and why another time did not fit."""

from __future__ import annotations

from dataclasses import replace

from mentoring.mail import Block, Heading, Link, Mail, Method, Points, Words
from mentoring.outbox import Act
from mentoring.people import Person
from mentoring.ports import Attendee, CopyText
from mentoring.proposals import Party, State
from store.keyring import MAILS
from workflows import bearers, inviting
from workflows.bootstrap import Parts
from workflows.deliveries import Delivery
from workflows.when import moment, short, when

METHODS = {
    Act.PLACE: Method.REQUEST,
    Act.UPDATE: Method.REQUEST,
    Act.REMOVE: Method.CANCEL,
    Act.REFUSE: Method.DECLINECOUNTER,
}
BY_MAIL = (
    "Accept or decline with the buttons of your mail program or calendar, offer another time there, or answer here."
)
ACCEPTED_BY_MAIL = (
    "You have accepted. If you cannot come, decline with the buttons of your mail program or calendar, offer another"
    " time there, or change your answer here."
)
SMALL_PRINT = "Only you got this mail. Its links are yours, so please do not pass it on."


def mail(parts: Parts, delivery: Delivery) -> Mail:
    """The same for each repeat of the message: Message-ID, date, SEQUENCE and DTSTAMP do not change."""
    message, reader = delivery.message, delivery.person
    return Mail(
        message_id=_message_id(parts, delivery),
        to_name=reader.name,
        to_address=reader.email,
        subject=_subject(delivery),
        blocks=(*_blocks(parts, delivery), *_end(parts, reader)),
        at=message.written_at,
        stop_url=bearers.stop_url(parts, reader),
        event=_event(parts, delivery),
        method=METHODS[message.act],
    )


def _message_id(parts: Parts, delivery: Delivery) -> str:
    message = delivery.message
    key = parts.database.keyring.key_of(message.organisation_id, MAILS)(f"{delivery.proposal.uid} {message.id}")
    return f"{key}@{delivery.organiser.address.rpartition('@')[2]}"


def _event(parts: Parts, delivery: Delivery) -> CopyText:
    """As this one mail has it. A CANCEL raises the SEQUENCE once more (RFC 5546 section 3.2.5)."""
    proposal = delivery.proposal
    how = ACCEPTED_BY_MAIL if inviting.has_accepted(proposal, delivery.party) else BY_MAIL
    text = inviting.copy_text(
        proposal, delivery.party, delivery.mentee, delivery.mentor, delivery.organiser, parts.settings, how
    )
    cancels = delivery.message.act is Act.REMOVE
    return replace(
        text,
        attendees=(_own(delivery),) if cancels else _asked(delivery, text),
        sequence=proposal.sequence + cancels,
        stamp=delivery.message.written_at,
    )


def _asked(delivery: Delivery, text: CopyText) -> tuple[Attendee, ...]:
    """Whoever has been asked: a mentor who has not is no guest of the mentee's event yet."""
    return tuple(each for party, each in zip(Party, text.attendees, strict=True) if delivery.proposal.asked(party))


def _own(delivery: Delivery) -> Attendee:
    reader = delivery.person
    return Attendee(reader.name, reader.email, delivery.proposal.answer(delivery.party).partstat)


def _other(delivery: Delivery) -> Person:
    return delivery.mentor if delivery.party is Party.MENTEE else delivery.mentee


def _subject(delivery: Delivery) -> str:
    proposal, reader, act = delivery.proposal, delivery.person, delivery.message.act
    what = f"{inviting.title(proposal, delivery.mentee, delivery.mentor)}, {short(proposal.interval.start, reader)}"
    if act is Act.REMOVE:
        return f"Cancelled: {what}"
    if act is Act.REFUSE:
        return f"That time does not fit: {what}"
    if proposal.state is State.CONFIRMED:
        return f"Agreed: {what}"
    return f"New time: {what}" if proposal.sequence and not proposal.answer(delivery.party).given else what


def _blocks(parts: Parts, delivery: Delivery) -> tuple[Block, ...]:
    act = delivery.message.act
    if act is Act.REMOVE:
        return _cancelled(delivery)
    if act is Act.REFUSE:
        return _refused(parts, delivery)
    return (*_what(delivery), *_answering(parts, delivery), *_why(delivery))


def _what(delivery: Delivery) -> tuple[Block, ...]:
    proposal, reader, other = delivery.proposal, delivery.person, _other(delivery)
    asks = delivery.party is Party.MENTOR and proposal.state is not State.CONFIRMED
    long = inviting.how_long(proposal)
    heading = f"{other.name} could use {long} with you" if asks else f"{long.capitalize()} with {other.name}"
    first, *_ = inviting.paragraphs(proposal, delivery.party, delivery.mentee, delivery.mentor)
    standing = inviting.standing(proposal, delivery.party, delivery.mentee, delivery.mentor)
    return (Heading(heading), Words(first), Words(f"{when(proposal.interval, reader)}."), Words(standing))


def _answering(parts: Parts, delivery: Delivery) -> tuple[Block, ...]:
    proposal, party = delivery.proposal, delivery.party
    if inviting.has_accepted(proposal, party):
        page = Link("Cancel it or choose another time", inviting.suggestion_url(parts.settings, proposal), main=False)
        return (page,)
    open_until = proposal.expires_at
    deadline = f" It is open until {moment(open_until, delivery.person)}." if open_until else ""
    return (
        Link("Answer: yes or no", bearers.answer_url(parts, proposal, party)),
        Words(f"Or use Accept and Decline of your mail program or calendar, or offer another time there.{deadline}"),
        Link(
            "Other times that suit you both", f"{inviting.suggestion_url(parts.settings, proposal)}/times", main=False
        ),
    )


def _why(delivery: Delivery) -> tuple[Block, ...]:
    if delivery.party is Party.MENTOR or delivery.proposal.state is State.CONFIRMED:
        return ()
    told = inviting.why(delivery.proposal)
    return tuple(block for heading, lines in told for block in (Heading(heading), Points(lines)))


def _cancelled(delivery: Delivery) -> tuple[Block, ...]:
    proposal, other = delivery.proposal, _other(delivery)
    was = f"It was to be {when(proposal.interval, delivery.person)}."
    return (
        Heading(f"The {inviting.how_long(proposal)} with {other.name} will not take place"),
        Words(inviting.ended(proposal, delivery.party, other) or "The time is yours again."),
        Words(f"{was} This mail takes it out of your calendar."),
    )


def _refused(parts: Parts, delivery: Delivery) -> tuple[Block, ...]:
    proposal = delivery.proposal
    return (
        Heading("The time that you offered does not fit"),
        Words(f"It does not suit both of you, so it stays as it was: {when(proposal.interval, delivery.person)}."),
        Link("Times that suit you both", f"{inviting.suggestion_url(parts.settings, proposal)}/times"),
    )


def _end(parts: Parts, reader: Person) -> tuple[Block, ...]:
    return (
        Words(SMALL_PRINT, quiet=True),
        Link("Pause, or stop everything", bearers.stop_url(parts, reader), main=False),
    )
