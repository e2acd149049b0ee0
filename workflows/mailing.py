"""Telling somebody by mail, through the organisation's own mailbox."""

from __future__ import annotations

from datetime import datetime, timedelta

from integrations import mail_text, smtp
from mentoring.errors import InterludeError, NotYet, Reconnect, Refused, TryLater
from mentoring.mail import Mail, Mailbox
from mentoring.outbox import ABOUT_COMING_IN, Letter, Message
from mentoring.people import Person
from mentoring.policy import Sending
from store import mailboxes, people, policies
from store.mailboxes import Kept
from store.memory import Memory
from workflows import invite_mails
from workflows.bootstrap import Parts
from workflows.deliveries import LONGEST_PAUSE, Delivery, until_at_work
from workflows.placing import hold
from workflows.resting import LONGEST_REST, SHORTEST_REST, fails_for_all, rest

LINKS_REST = timedelta(minutes=1)
NO_MAILBOX = "the organisation has no mailbox to send from"


def carry_out(parts: Parts, delivery: Delivery) -> None:
    """Raises as `post` does."""
    post(parts, delivery.message, invite_mails.mail(parts, delivery), delivery.person)


def letter_must_wait(parts: Parts, message: Message) -> timedelta | None:
    """What is about coming in leaves at once; what they have not asked for, while they work and sending is not
    off."""
    if message.letter in ABOUT_COMING_IN:
        return None
    with parts.database.reading(message.organisation_id) as memory:
        reader, sending = people.get(memory, message.person_id), policies.current(memory).sending
    return LONGEST_PAUSE if sending is Sending.OFF else until_at_work(reader, parts.clock())


def ready(parts: Parts, message: Message) -> Kept:
    """The mailbox to send it from. Raises NotYet where there is none, and while the one there is rests: where no mail
    at all can leave, each worker that tried would only wait for a server that is not there."""
    with parts.database.reading(message.organisation_id) as memory:
        kept = mailboxes.kept(memory)
    if kept is None:
        raise NotYet(NO_MAILBOX, LONGEST_PAUSE)
    now = parts.clock()
    if kept.tried_at is not None and (left := kept.tried_at + _rest(kept, message, kept.tried_at) - now) > timedelta():
        raise NotYet(kept.problem, left)
    return kept


def _rest(kept: Kept, message: Message, tried_at: datetime) -> timedelta:
    """How long nothing is tried after that. A link is waited for."""
    return rest(kept.failing_since, tried_at, LINKS_REST if message.letter is Letter.SIGN_IN else LONGEST_REST)


def post(parts: Parts, message: Message, mail: Mail, reader: Person | None = None) -> None:
    """Hands the mail over to the mailbox's server. What keeps it from leaving is noted for the admins.

    Raises NotYet as `ready` does, and when no mail at all can leave. TryLater when the server does not take this one
    now, Refused when it never does, and ChangedMeanwhile when another worker has taken the message over.
    """
    kept = ready(parts, message)
    if kept.failing_since is not None:
        _only_one(parts, message, kept)
    try:
        _send(parts, message, mail, reader)
    except (TryLater, Reconnect, Refused) as problem:
        note(parts, message.organisation_id, kept, problem)
        if fails_for_all(problem) and problem.without_effect:
            raise NotYet(str(problem), _rest(kept, message, parts.clock())) from problem
        raise
    note(parts, message.organisation_id, kept, None)


def _only_one(parts: Parts, message: Message, kept: Kept) -> None:
    """One worker finds out whether the server is back; the others go on with what is not mail."""
    with parts.database.writing(message.organisation_id) as memory:
        if not mailboxes.try_again(memory, kept, parts.clock()):
            raise NotYet(kept.problem, SHORTEST_REST)


def _send(parts: Parts, message: Message, mail: Mail, reader: Person | None) -> None:
    with parts.database.reading(message.organisation_id) as memory:
        mailbox = _opened(memory)
        reader = reader or people.get(memory, message.person_id)
    written = mail_text.as_message(mail, mailbox, reader.limits.zone)
    hold(parts, message)
    smtp.send(mailbox, written, parts.settings.allow_hosts)


def _opened(memory: Memory) -> Mailbox:
    try:
        mailbox = mailboxes.opened(memory)
    except Reconnect as problem:
        problem.without_effect = True
        raise
    if mailbox is None:
        raise NotYet(NO_MAILBOX, LONGEST_PAUSE)
    return mailbox


def note(parts: Parts, organisation_id: int, kept: Kept, problem: InterludeError | None) -> None:
    """What the admins see. That one mail is refused is no problem of the mailbox: its server let us in."""
    words = "" if problem is None or isinstance(problem, Refused) else str(problem)
    failing_at = parts.clock() if fails_for_all(problem) else None
    with parts.database.reading(organisation_id) as memory:
        noted = mailboxes.kept(memory)
    if noted is not None and (noted.problem, noted.tried_at) != (words, failing_at):
        with parts.database.writing(organisation_id) as memory:
            mailboxes.note_problem(memory, kept, words, failing_at)
