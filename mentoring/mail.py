"""Mail as Interlude speaks of it: whose mailbox, what is written, and what an answer that came in says."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from mentoring.intervals import Interval
from mentoring.ports import CopyText
from mentoring.proposals import Partstat


@dataclass(frozen=True)
class Organiser:
    """Who invites, as each invite names them."""

    name: str
    address: str


class Security(StrEnum):
    """How the connection to a mail server is kept from others: TLS from the first byte, STARTTLS, or not at all."""

    TLS = "tls"
    STARTTLS = "starttls"
    NONE = "none"


@dataclass(frozen=True)
class Mailbox:
    """An organisation's own mailbox. username is empty where the server asks for no sign-in."""

    name: str
    address: str
    host: str
    port: int
    security: Security = Security.STARTTLS
    username: str = ""
    secret: str = field(default="", repr=False)

    @property
    def organiser(self) -> Organiser:
        return Organiser(self.name, self.address)


@dataclass(frozen=True)
class Inbox:
    """Where an organisation's answers come in, to be read by IMAP."""

    host: str
    port: int
    security: Security = Security.TLS
    username: str = ""
    secret: str = field(default="", repr=False)


@dataclass(frozen=True)
class Cursor:
    """How far an inbox has been read: UIDVALIDITY, and the last UID (RFC 9051 section 2.3.1.1). UIDs of another
    UIDVALIDITY mean nothing."""

    validity: int
    last: int

    def __str__(self) -> str:
        return f"{self.validity}:{self.last}"

    @classmethod
    def of(cls, text: str) -> Cursor | None:
        """As it was written down; None where nothing was."""
        validity, colon, last = text.partition(":")
        return cls(int(validity), int(last)) if colon else None


class Method(StrEnum):
    """What an iTIP message asks of a calendar (RFC 5546 section 1.4)."""

    REQUEST = "REQUEST"
    CANCEL = "CANCEL"
    DECLINECOUNTER = "DECLINECOUNTER"


@dataclass(frozen=True)
class Heading:
    text: str


@dataclass(frozen=True)
class Words:
    """A paragraph. quiet: of less weight, such as what stands at the end of each mail."""

    text: str
    quiet: bool = False


@dataclass(frozen=True)
class Points:
    """A list."""

    lines: tuple[str, ...]


@dataclass(frozen=True)
class Link:
    """An address with the words to press. main: the one thing the mail is about."""

    words: str
    url: str = field(repr=False)
    main: bool = True


Block = Heading | Words | Points | Link


@dataclass(frozen=True)
class Mail:
    """One mail to one person, text and HTML from the same blocks.

    message_id: without angle brackets, the same for each repeat. stop_url: where one click stops all mail (RFC 8058),
    empty where the person asked for this very mail. event and method go together: an iMIP message.
    """

    message_id: str
    to_name: str
    to_address: str
    subject: str
    blocks: tuple[Block, ...]
    at: datetime
    stop_url: str = field(default="", repr=False)
    event: CopyText | None = None
    method: Method | None = None


class SetAside(StrEnum):
    """Why something that came in by mail is no answer. Kept for an admin, without the mail itself."""

    NOT_AN_ANSWER = "not_an_answer"
    AUTOMATIC = "automatic"
    BOUNCE = "bounce"
    UNREADABLE = "unreadable"
    FORGED = "forged"
    UNKNOWN_EVENT = "unknown_event"
    SOMEBODY_ELSE = "somebody_else"
    OLD_VERSION = "old_version"
    TOO_LATE = "too_late"
    OVERTAKEN = "overtaken"
    NOT_ASKED = "not_asked"


@dataclass(frozen=True)
class Reply:
    """An answer by mail, as its iTIP part says it. Nothing of its words is kept.

    sender: the From address, lower case. attendee: whom it answers for, lower case. counter: another time, offered by
    METHOD:COUNTER. stamp: its DTSTAMP. trace: the same for each delivery of the same answer.
    """

    uid: str
    sender: str
    attendee: str
    partstat: Partstat
    sequence: int
    stamp: datetime
    trace: str
    counter: Interval | None = None


@dataclass(frozen=True)
class NoReply:
    """Something else than an answer. sender as above, empty where there is none."""

    why: SetAside
    sender: str
    trace: str


@dataclass(frozen=True)
class Incoming:
    """One mail that came in. recipients: lower case, from its own header lines."""

    content: Reply | NoReply
    recipients: frozenset[str]
