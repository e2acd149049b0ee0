"""The mailbox that Interlude writes from: looked at first, saved only when its server lets us in."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from integrations import mail_text, smtp
from mentoring.errors import BadInput, InterludeError, Missing, Problem
from mentoring.mail import Heading, Mail, Mailbox, Security, Words
from mentoring.people import Person
from store import audit, inboxes, mailboxes, outbox, people
from store.memory import Memory
from workflows import mailing
from workflows.bootstrap import Parts
from workflows.steering import admin
from workflows.views import Who
from workflows.welcoming import mail_address

LONGEST = 200
PORTS = range(1, 65536)
SAY_AGAIN = "fill it in again: it is kept for the same server and the same user name only"


@dataclass(frozen=True)
class Typed:
    """A mailbox as an admin types it. secret: empty for the one that is kept."""

    name: str
    address: str
    host: str
    port: int
    security: Security
    username: str = ""
    secret: str = field(default="", repr=False)


def save(parts: Parts, who: Who, typed: Typed) -> None:
    """Keeps it, its password encrypted, once its server has let us in.

    Raises BadInput naming every field that is wrong, and as `smtp.check` does; then nothing is saved.
    """
    with parts.database.reading(who.organisation_id) as memory:
        admin(memory, who)
        mailbox = _checked(memory, typed)
    smtp.check(mailbox, parts.settings.allow_hosts)
    now = parts.clock()
    with parts.database.writing(who.organisation_id) as memory:
        person = admin(memory, who)
        mailboxes.save(memory, mailbox, now)
        _tell_inbox(memory, mailbox, typed)
        audit.note(memory, person.name, "saved the mailbox", mailbox.address, now)


def _tell_inbox(memory: Memory, mailbox: Mailbox, typed: Typed) -> None:
    """A new password is the one for reading, too, where the same server knows us by the same name."""
    kept = inboxes.kept(memory)
    if kept is not None and typed.secret and (kept.inbox.host, kept.inbox.username) == (mailbox.host, mailbox.username):
        inboxes.change_secret(memory, typed.secret)


def _checked(memory: Memory, typed: Typed) -> Mailbox:
    problems = [*_wrong(typed)]
    secret = typed.secret
    if typed.username and not secret:
        secret = _kept_secret(memory, typed)
        if not secret:
            problems.append(Problem("secret", SAY_AGAIN if mailboxes.kept(memory) else "write the password, too"))
    if problems:
        raise BadInput(*problems)
    address = mail_address(typed.address)
    return Mailbox(typed.name, address, typed.host, typed.port, typed.security, typed.username, secret)


def _wrong(typed: Typed) -> Iterator[Problem]:
    for name in ("name", "host", "username"):
        text = getattr(typed, name)
        if not text and name != "username":
            yield Problem(name, "it is missing")
        elif len(text) > LONGEST:
            yield Problem(name, f"it is over {LONGEST} characters; please shorten it")
        elif not text.isprintable():
            yield Problem(name, "it holds a character that is not text")
    try:
        mail_address(typed.address)
    except BadInput as wrong:
        yield from (replace(each, field="address") for each in wrong.problems)
    if typed.port not in PORTS:
        yield Problem("port", f"write a number from {PORTS[0]} to {PORTS[-1]}")
    if typed.secret and not typed.username:
        yield Problem("username", "write the user name that the password is for")


def _kept_secret(memory: Memory, typed: Typed) -> str:
    """The password that is kept, for the very server and user name that it was given for: sent anywhere else, it would
    be given away. Raises Reconnect when no key opens it."""
    kept = mailboxes.opened(memory)
    same = ("host", "port", "security", "username")
    return kept.secret if kept and all(getattr(kept, name) == getattr(typed, name) for name in same) else ""


def forget(parts: Parts, who: Who) -> None:
    """From now on no mail leaves; what waits, waits for another mailbox."""
    now = parts.clock()
    with parts.database.writing(who.organisation_id) as memory:
        person, kept = admin(memory, who), mailboxes.kept(memory)
        mailboxes.forget(memory)
        if kept is not None:
            audit.note(memory, person.name, "removed the mailbox", kept.mailbox.address, now)


def test(parts: Parts, who: Who) -> str:
    """Sends the admin a mail now; returns their address.

    Raises Missing where there is no mailbox, and as `smtp.send` does; then what is wrong with the mailbox is noted.
    """
    with parts.database.reading(who.organisation_id) as memory:
        person, kept, mailbox = admin(memory, who), mailboxes.kept(memory), mailboxes.opened(memory)
    if kept is None or mailbox is None:
        raise Missing("mailbox")
    try:
        written = mail_text.as_message(_test_mail(parts, person, mailbox), mailbox, person.limits.zone)
        smtp.send(mailbox, written, parts.settings.allow_hosts)
    except InterludeError as problem:
        _note(parts, who, person, "sent a test mail in vain", kept, problem)
        raise
    _note(parts, who, person, "sent a test mail", kept, None)
    return person.email


def _test_mail(parts: Parts, person: Person, mailbox: Mailbox) -> Mail:
    return Mail(
        message_id=f"test-{uuid.uuid4()}@{mailbox.address.rpartition('@')[2]}",
        to_name=person.name,
        to_address=person.email,
        subject="Interlude can send mail",
        blocks=(
            Heading("It works"),
            Words(f"Interlude wrote this to you from {mailbox.address}, because you asked it to try."),
            Words("There is nothing for you to do.", quiet=True),
        ),
        at=parts.clock(),
    )


def _note(
    parts: Parts, who: Who, person: Person, what: str, kept: mailboxes.Kept, problem: InterludeError | None
) -> None:
    mailing.note(parts, who.organisation_id, kept, problem)
    with parts.database.writing(who.organisation_id) as memory:
        audit.note(memory, person.name, what, person.email, parts.clock())


def try_again(parts: Parts, who: Who, message_id: int) -> None:
    """Has a message sent that was given up. Raises Missing for one that was not."""
    now = parts.clock()
    with parts.database.writing(who.organisation_id) as memory:
        person = admin(memory, who)
        to = next((each.person_id for each in outbox.failed(memory) if each.id == message_id), None)
        if to is None or not outbox.revive(memory, message_id, now):
            raise Missing(message_id)
        audit.note(memory, person.name, "had a message tried again", people.get(memory, to).name, now)
    parts.nudge("deliver", who.organisation_id, message_id)
