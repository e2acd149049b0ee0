"""What the admins' pages show: names, rules and how things run, never what anybody wrote.

Times are UTC; each page says in which zone to read them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from mentoring.intervals import Interval
from mentoring.mail import Inbox, Mailbox, SetAside
from mentoring.people import Role, Seniority
from mentoring.policy import Sending
from workflows.views import CalendarStatus, PersonChoice

PAGE_SIZE = 50


@dataclass(frozen=True)
class Part:
    """Which part of a longer list is shown: its number, from 1, and of how many entries in all."""

    number: int = 1
    total: int = 0

    @property
    def last(self) -> int:
        return max(1, -(-self.total // PAGE_SIZE))

    @property
    def skipped(self) -> int:
        return (self.number - 1) * PAGE_SIZE


@dataclass(frozen=True)
class PersonLine:
    """One of all people. unknown_why: why their free time is unknown, empty when it is known. leaving: they are being
    deleted."""

    id: int
    name: str
    email: str
    department: str = ""
    roles: tuple[Role, ...] = ()
    invited_at: datetime | None = None
    joined_at: datetime | None = None
    unknown_why: str = ""
    paused_until: datetime | None = None
    stopped: bool = False
    leaving: bool = False


@dataclass(frozen=True)
class AccountCalendar:
    """One of everybody's calendars, by whose it is and where, never by its name. account: its kind and where it is.
    told_by: who tells of changes, empty when it is asked. what_to_do: for the admin; empty when all is well."""

    person_id: int
    person: str
    account: str
    status: CalendarStatus
    last_read_at: datetime | None = None
    told_by: str = ""
    renewed_at: datetime | None = None
    problem: str = ""
    what_to_do: str = ""


@dataclass(frozen=True)
class ProviderFigures:
    """The calendars of one kind, counted. told: of how many we are told of changes."""

    kind: str
    calendars: int
    by_status: Mapping[CalendarStatus, int]
    told: int = 0


@dataclass(frozen=True)
class AllCalendarsPage:
    """state: the only one that is shown, None for all. counts: of all. push: whether we can be told of changes."""

    zone: str
    lines: tuple[AccountCalendar, ...] = ()
    providers: tuple[ProviderFigures, ...] = ()
    counts: Mapping[CalendarStatus, int] = field(default_factory=dict)
    state: CalendarStatus | None = None
    part: Part = Part()
    every_minutes: int = 15
    push: bool = False


@dataclass(frozen=True)
class PeoplePage:
    """sought: what was looked for. to_invite: how many nobody has asked to join yet. has_mailbox: whether they can
    be asked."""

    zone: str
    people: tuple[PersonLine, ...] = ()
    sought: str = ""
    part: Part = Part()
    to_invite: int = 0
    has_mailbox: bool = True


@dataclass(frozen=True)
class CalendarLine:
    """One calendar of somebody, as far as it concerns whether their time is known, and never by its name: Google gives
    the first one its owner's address for a name. account: its kind and where it is."""

    account: str
    status: CalendarStatus
    last_read_at: datetime | None = None
    problem: str = ""


@dataclass(frozen=True)
class PersonPage:
    """One person. mine: it is the admin themselves. managers: everybody they may report to. accounts: how many at
    Google or Microsoft sign them in."""

    zone: str
    line: PersonLine
    their_zone: str
    title: str = ""
    seniority: Seniority = Seniority.MIDDLE
    manager_id: int | None = None
    managers: tuple[PersonChoice, ...] = ()
    expertise: tuple[str, ...] = ()
    calendars: tuple[CalendarLine, ...] = ()
    signed_out_at: datetime | None = None
    mine: bool = False
    has_mailbox: bool = True
    accounts: int = 0


@dataclass(frozen=True)
class FieldChange:
    """One field of somebody that an import changes, in words."""

    field: str
    before: str
    after: str


@dataclass(frozen=True)
class ImportLine:
    """One person of an import: every field for somebody new, else what is changed."""

    email: str
    name: str
    changes: tuple[FieldChange, ...] = ()


@dataclass(frozen=True)
class ImportPlan:
    """What an import would do. seal: the same only for the same file over the same people."""

    added: tuple[ImportLine, ...]
    changed: tuple[ImportLine, ...]
    unchanged: int
    seal: str = field(repr=False)


@dataclass(frozen=True)
class RoundLine:
    """One of all rounds. for_whom: the one mentee's name, empty for everybody. most_in_the_way: in words."""

    id: int
    at: datetime
    finished: bool
    seconds: float
    for_whom: str
    people: int
    needs: int
    pairs: int
    proposals: int
    most_in_the_way: str
    policy_version: int
    gap: float | None


@dataclass(frozen=True)
class RoundsPage:
    """rounds: the latest first. being_made: one for everybody is under way."""

    zone: str
    rounds: tuple[RoundLine, ...] = ()
    part: Part = Part()
    being_made: bool = False


@dataclass(frozen=True)
class Because:
    """One rule that spoke for a suggestion: its name, what it means, and its points."""

    rule: str
    meaning: str
    points: float


@dataclass(frozen=True)
class ToReview:
    """A suggestion that waits to be released: names, time and rules, never the topic. version: as it was shown."""

    id: int
    version: int
    mentee: PersonChoice
    mentor: PersonChoice
    interval: Interval
    because: tuple[Because, ...] = ()


@dataclass(frozen=True)
class ReviewPage:
    """waiting: those of this part, by time."""

    zone: str
    sending: Sending
    stopped: bool = False
    waiting: tuple[ToReview, ...] = ()
    part: Part = Part()


@dataclass(frozen=True)
class NotCounted:
    """A mail that came in and was no answer. who, about: names, empty where they are not known."""

    at: datetime
    why: SetAside
    who: str = ""
    about: str = ""


@dataclass(frozen=True)
class GivenUp:
    """A message that nobody tries any more. what: "an invite", "a letter". about: whose meeting, empty for a letter."""

    id: int
    to_id: int
    to: str
    what: str
    about: str
    why: str
    written_at: datetime


@dataclass(frozen=True)
class InboxView:
    """Where answers are read by IMAP. inbox: without its password. problem: why they cannot be. listening: whether a
    process reads it now."""

    inbox: Inbox
    read_at: datetime | None
    problem: str = ""
    listening: bool = True


@dataclass(frozen=True)
class MailPage:
    """mailbox: without its password, None while there is none. problem: why the last mail could not leave. inbox: None
    where answers are handed over by a mail server, or do not come in. came_at: when mail last came in, of what is kept.
    """

    zone: str
    mailbox: Mailbox | None = None
    saved_at: datetime | None = None
    problem: str = ""
    waiting: int = 0
    inbox: InboxView | None = None
    came_at: datetime | None = None
    given_up: tuple[GivenUp, ...] = ()
    not_counted: tuple[NotCounted, ...] = ()


@dataclass(frozen=True)
class SignInPage:
    """domains: empty where any is let in. shut_out: the admin's own domain, where it is not one of them.
    microsoft_vouches_for_few: accounts of any organisation come in there, and so hardly any of a domain."""

    domains: tuple[str, ...] = ()
    shut_out: str = ""
    microsoft_vouches_for_few: bool = False


@dataclass(frozen=True)
class OrganiserLine:
    """An account that invites, or did. meetings: how many that it began lie ahead. put_aside_at: None for the one in
    force. problem: why it does not work now."""

    id: int
    provider: str
    name: str
    address: str
    saved_at: datetime
    meetings: int = 0
    put_aside_at: datetime | None = None
    problem: str = ""


@dataclass(frozen=True)
class OrganiserPage:
    """in_force: None while the mailbox invites, whose address is empty where there is none. earlier: accounts that only
    go on with what they began. by_mailbox: how many meetings ahead the mailbox began."""

    zone: str
    in_force: OrganiserLine | None = None
    mailbox: str = ""
    by_mailbox: int = 0
    earlier: tuple[OrganiserLine, ...] = ()


@dataclass(frozen=True)
class AuditLine:
    """Who did what to what."""

    who: str
    what: str
    subject: str
    at: datetime


@dataclass(frozen=True)
class AuditPage:
    """more: there are earlier ones."""

    zone: str
    entries: tuple[AuditLine, ...] = ()
    number: int = 1
    more: bool = False
