"""`interlude doctor --live`: each organisation invites itself, in the way that it invites others.

What comes of it is looked at, and the event is taken back at the end, whatever happened.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta
from email.message import EmailMessage

from integrations import imap, mail_text, smtp
from mentoring.errors import InterludeError, TryLater
from mentoring.intervals import Interval
from mentoring.mail import Cursor, Heading, Inbox, Mail, Mailbox, Method, Words
from mentoring.ports import Attendee, CopyText, EventSeen, EventText
from store import inboxes, mailboxes, organisations, organisers
from store.organisations import Organisation
from workflows import organisers_calendar
from workflows.bootstrap import Parts
from workflows.checks import Check
from workflows.doctor_mail import CALLED, ON_THE_PAGE
from workflows.organisers_calendar import OrganisersCalendar

AHEAD = timedelta(hours=1)
MINUTES = 20
ARRIVES_SECONDS = 60.0
SUMMARY = "Interlude tries whether it can invite"
DESCRIPTION = "There is nothing for you to do: Interlude takes this back by itself."


def live(parts: Parts, arrives_seconds: float = ARRIVES_SECONDS) -> Iterator[Check]:
    """Of each organisation the account that invites, or else its mailbox. Yields each step as it is done."""
    with parts.database.reading_all() as memory:
        known = organisations.all(memory)
    tried = False
    for organisation in known:
        for check in _tried(parts, organisation, arrives_seconds):
            tried = True
            yield check
    if not tried:
        yield Check("live", True, "nothing to try: no organisation has a mailbox, or an account that invites")


def _tried(parts: Parts, of: Organisation, arrives_seconds: float) -> Iterator[Check]:
    try:
        with parts.database.reading(of.id) as memory:
            account = organisers.kept(memory)
            mailbox, inbox = mailboxes.opened(memory), inboxes.opened(memory)
        if account is not None:
            calendar = organisers_calendar.opened(parts, of.id, account.id)
            yield from _by_account(of, calendar, parts.clock())
        elif mailbox is not None:
            yield from _ByMail(parts, of, mailbox, inbox, arrives_seconds).steps()
    except InterludeError as problem:
        yield Check(f"{of.name}: live", False, str(problem), "mend that, then try again; the checks above may say more")


# --- An account at Google or Microsoft --------------------------------------------------------------------------------


def _by_account(of: Organisation, calendar: OrganisersCalendar, now: datetime) -> Iterator[Check]:
    name, called = f"{of.name}: live", CALLED[calendar.kept.provider]
    event = _event(calendar, now)
    try:
        made = _made(calendar, event)
    except InterludeError as problem:
        fix = f"if “{SUMMARY}” stands in its calendar, delete it; then see to what it says"
        yield Check(name, False, f"{called} did not take the event: {problem}", fix)
        return
    try:
        yield Check(name, True, f"{called} took an event of {calendar.kept.address} with itself, an hour ahead")
        yield _read_back(name, called, event, calendar.event(made.id))
    except InterludeError as problem:
        yield Check(name, False, f"{called} does not let it be read back: {problem}", "try again in a while")
    finally:
        taken_back = _taken_back(name, called, calendar, made)
    yield taken_back


def _event(calendar: OrganisersCalendar, now: datetime) -> EventText:
    key = f"doctor-{secrets.token_hex(8)}"
    itself = Attendee(calendar.kept.name, calendar.kept.address)
    return EventText(key, calendar.promised_uid(key), _ahead(now), SUMMARY, DESCRIPTION, (itself,))


def _ahead(now: datetime) -> Interval:
    return Interval.lasting(now.replace(second=0, microsecond=0) + AHEAD, MINUTES)


def _made(calendar: OrganisersCalendar, event: EventText) -> EventSeen:
    """Asked for once more where it may have been made unheard: then it is found, so that it can be taken back."""
    try:
        return calendar.create(event)
    except TryLater as problem:
        if problem.without_effect:
            raise
        return calendar.create(event)


def _read_back(name: str, called: str, event: EventText, seen: EventSeen | None) -> Check:
    fix = "something else may change this calendar: look at its rules and add-ons"
    if seen is None or seen.cancelled:
        return Check(name, False, f"{called} no longer has the event that it took", fix)
    if seen.interval != event.interval:
        return Check(name, False, f"{called} has the event at another time than it was asked for", fix)
    return Check(name, True, "read it back as it was sent")


def _taken_back(name: str, called: str, calendar: OrganisersCalendar, made: EventSeen) -> Check:
    fix = f"delete “{SUMMARY}” in the calendar of {calendar.kept.address} by hand"
    try:
        calendar.cancel(made.id)
        left = calendar.event(made.id)
    except InterludeError as problem:
        return Check(name, False, f"{called} does not take the event back: {problem}", fix)
    if left is not None and not left.cancelled:
        return Check(name, False, f"{called} still has the event", fix)
    return Check(name, True, "took it back; nothing is left of it")


# --- The mailbox ------------------------------------------------------------------------------------------------------


class _ByMail:
    """An invite to the mailbox itself, as others get it, and its cancellation."""

    def __init__(
        self, parts: Parts, of: Organisation, mailbox: Mailbox, inbox: Inbox | None, arrives_seconds: float
    ) -> None:
        self.parts, self.mailbox, self.inbox, self.arrives_seconds = parts, mailbox, inbox, arrives_seconds
        self.name, self.zone = f"{of.name}: live", of.zone
        self.now = parts.clock()
        self.token = secrets.token_hex(8)

    def steps(self) -> Iterator[Check]:
        with ExitStack() as stack:
            session = None
            if self.inbox is not None:
                session = stack.enter_context(imap.opened(self.inbox, self.parts.settings.allow_hosts))
            begins = session.now() if session else None
            invite = self._written(Method.REQUEST, 0)
            self._send(invite)
            yield Check(self.name, True, f"{self.mailbox.host} took an invite from {self.mailbox.address} to itself")
            try:
                if session is None or begins is None:
                    found = f"whether it arrives is for you to see: look for “{SUMMARY}” in {self.mailbox.address}"
                    yield Check(self.name, True, f"{found} (nobody reads its mail by IMAP)")
                else:
                    yield self._arrived(session, begins, invite)
            finally:
                taken_back = self._taken_back()
            yield taken_back

    def _written(self, method: Method, sequence: int) -> EmailMessage:
        domain = self.mailbox.address.rpartition("@")[2]
        mail = Mail(
            message_id=f"doctor-{self.token}-{sequence}@{domain}",
            to_name=self.mailbox.name,
            to_address=self.mailbox.address,
            subject=SUMMARY if method is Method.REQUEST else f"Taken back: {SUMMARY}",
            blocks=(Heading(SUMMARY), Words(DESCRIPTION)),
            at=self.now,
            event=self._event(sequence),
            method=method,
        )
        return mail_text.as_message(mail, self.mailbox, self.zone)

    def _event(self, sequence: int) -> CopyText:
        box = self.mailbox
        return CopyText(
            uid=f"doctor-{self.token}@{box.address.rpartition('@')[2]}",
            sequence=sequence,
            interval=_ahead(self.now),
            summary=SUMMARY,
            description=DESCRIPTION,
            url=self.parts.settings.base_url,
            organiser_name=box.name,
            organiser_address=box.address,
            attendees=(Attendee(box.name, box.address),),
            stamp=self.now,
            owner=box.address,
        )

    def _send(self, written: EmailMessage) -> None:
        smtp.send(self.mailbox, written, self.parts.settings.allow_hosts)

    def _arrived(self, session: imap.Session, begins: Cursor, invite: EmailMessage) -> Check:
        began = time.monotonic()
        fix = f"look in {self.mailbox.address}, among the unwanted mail too; {ON_THE_PAGE.removeprefix('look ')}"
        try:
            if self._comes(session, begins, str(invite["Message-ID"]).encode(), lambda: time.monotonic() - began):
                return Check(self.name, True, f"read it back by IMAP after {time.monotonic() - began:.0f} s")
        except InterludeError as problem:
            return Check(self.name, False, f"it could not be read back: {problem}", fix)
        return Check(self.name, False, f"it has not arrived within {self.arrives_seconds:.0f} s", fix)

    def _comes(self, session: imap.Session, begins: Cursor, wanted: bytes, waited: Callable[[], float]) -> bool:
        while True:
            for fetched in session.news(begins, self.now.date()):
                if wanted in fetched.raw:
                    return True
                begins = fetched.at
            if waited() > self.arrives_seconds:
                return False
            with session.listening() as heard:
                heard(min(5.0, self.arrives_seconds))

    def _taken_back(self) -> Check:
        try:
            self._send(self._written(Method.CANCEL, 1))
        except InterludeError as problem:
            return Check(self.name, False, f"it could not be taken back: {problem}", "delete it in the mailbox by hand")
        return Check(self.name, True, "took it back; the two mails in the mailbox can be deleted")
