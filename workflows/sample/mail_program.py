"""What the mail programs of the sample's people do with an invite: they answer it by mail."""

from __future__ import annotations

from datetime import datetime

from integrations import sample_mail_app, sample_mailbox, smtp
from integrations.sample_mailbox import mails_folder
from mentoring.errors import Refused
from mentoring.intervals import Interval
from mentoring.mail import Mailbox, Security
from mentoring.people import Person
from mentoring.proposals import Partstat
from store import mailboxes
from workflows.bootstrap import Parts
from workflows.pages.sample_mails import addressed
from workflows.sample.servers import LOOPBACK

PATIENT = smtp.Seconds(read=60, total=75)
"""The demo's server takes a mail to the organiser in before it says yes, in a process of its own."""


def answer_mail(parts: Parts, address: str, key: str, partstat: Partstat, start: datetime | None) -> None:
    """Answers the invite in that mail as its reader. start: of another time that they propose.

    Raises Missing where there is no such mail, Refused for one that asks nothing, TryLater.
    """
    reader = addressed(parts, address)
    invite = sample_mailbox.raw(mails_folder(parts.settings.var), reader.email, key)
    answer(parts, reader, invite, partstat, start)


def answer(parts: Parts, reader: Person, invite: bytes, partstat: Partstat, start: datetime | None = None) -> None:
    """Sends the answer to that invite to the organiser. Raises as above."""
    lasts = sample_mail_app.read_invite(invite).interval.minutes
    at = Interval.lasting(start, lasts) if start else None
    reply = sample_mail_app.reply(invite, reader.email, partstat, parts.clock(), at)
    smtp.send(_mailbox(parts, reader), reply, parts.settings.allow_hosts, seconds=PATIENT)


def _mailbox(parts: Parts, reader: Person) -> Mailbox:
    """Theirs, at the server that the organisation sends through: the demo's, or a visitor would mail strangers."""
    with parts.database.reading(reader.organisation_id) as memory:
        kept = mailboxes.kept(memory)
    if kept is None or kept.mailbox.host != LOOPBACK:
        raise Refused("the organisation no longer sends through the demo's mail server: start the demo anew")
    return Mailbox(reader.name, reader.email, kept.mailbox.host, kept.mailbox.port, Security.NONE)
