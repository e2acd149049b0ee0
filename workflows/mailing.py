"""Telling somebody by mail, through the organisation's own mailbox."""

from __future__ import annotations

from datetime import timedelta

from integrations import mail_text, smtp
from mentoring.errors import InterludeError, Reconnect, TryLater
from mentoring.mail import Mail, Mailbox
from mentoring.outbox import Letter, Message
from mentoring.people import Person
from mentoring.policy import Sending
from store import mailboxes, people, policies
from workflows import invite_mails
from workflows.bootstrap import Parts
from workflows.deliveries import LONGEST_PAUSE, Delivery, until_at_work
from workflows.placing import hold

NO_MAILBOX = "the organisation has no mailbox to send from"


def carry_out(parts: Parts, delivery: Delivery) -> None:
    """Raises as `post` does."""
    post(parts, delivery.message, invite_mails.mail(parts, delivery), delivery.person)


def letter_must_wait(parts: Parts, message: Message) -> timedelta | None:
    """A link that somebody waits for leaves at once; what they have not asked for, while they work and sending is not
    off."""
    if message.letter is Letter.SIGN_IN:
        return None
    with parts.database.reading(message.organisation_id) as memory:
        reader, sending = people.get(memory, message.person_id), policies.current(memory).sending
    return LONGEST_PAUSE if sending is Sending.OFF else until_at_work(reader, parts.clock())


def post(parts: Parts, message: Message, mail: Mail, reader: Person | None = None) -> None:
    """Hands the mail over to the mailbox's server. What keeps it from leaving is noted for the admins.

    Raises TryLater, Reconnect when the server does not let us in, Refused when it never takes this mail, and
    ChangedMeanwhile when another worker has taken the message over.
    """
    with parts.database.reading(message.organisation_id) as memory:
        mailbox = mailboxes.opened(memory)
        reader = reader or people.get(memory, message.person_id)
    if mailbox is None:
        raise TryLater(NO_MAILBOX, LONGEST_PAUSE)
    written = mail_text.as_message(mail, mailbox, reader.limits.zone)
    hold(parts, message)
    try:
        smtp.send(mailbox, written, parts.settings.allow_hosts)
    except (TryLater, Reconnect) as problem:
        _note(parts, message, mailbox, problem)
        raise
    _note(parts, message, mailbox, None)


def _note(parts: Parts, message: Message, mailbox: Mailbox, problem: InterludeError | None) -> None:
    with parts.database.reading(message.organisation_id) as memory:
        kept = mailboxes.kept(memory)
    words = str(problem) if problem else ""
    if kept is not None and kept.problem != words and kept.mailbox.host == mailbox.host:
        with parts.database.writing(message.organisation_id) as memory:
            mailboxes.note_problem(memory, words)
