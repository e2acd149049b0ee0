"""What must still be told to the outside, written in the same transaction as the change that calls for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Act(StrEnum):
    """What is told. The first three are about a person's copy of an event, and idempotent: its UID says what is done.

    REFUSE: another time that they offered does not fit. WRITE: a letter, which is about no event.
    """

    PLACE = "place"
    UPDATE = "update"
    REMOVE = "remove"
    REFUSE = "refuse"
    WRITE = "write"


class Carrier(StrEnum):
    """How it is told: by a copy in the person's calendar, by mail, or as a guest of the organiser's own event."""

    COPY = "copy"
    MAIL = "mail"
    EVENT = "event"


class Letter(StrEnum):
    """What a letter is about."""

    SIGN_IN = "sign_in"
    WELCOME = "welcome"
    BROKEN = "broken"
    ORGANISER = "organiser"
    ACCOUNT = "account"
    REMINDER = "reminder"
    REVIEW = "review"
    SURVEY = "survey"


ABOUT_COMING_IN = frozenset({Letter.SIGN_IN, Letter.ACCOUNT})
"""Letters that somebody waits for, or must have soon: they wait for no working hours, and for no sending to be on."""


ASKING = frozenset({Letter.REMINDER, Letter.REVIEW, Letter.SURVEY})
"""Letters that ask for something, and come out of their reader's allowance."""


class Transition(StrEnum):
    """Each step of a message's life at which a process may die. The kill tests visit every one of these."""

    WRITTEN = "written"
    ENQUEUED = "enqueued"
    LEASED = "leased"
    READ_AGAIN = "read_again"
    SENDING = "sending"
    SENT = "sent"
    RECORDED = "recorded"
    RETRIED = "retried"
    GIVEN_UP = "given_up"


Observer = Callable[[Transition, int], None]
"""Told of every transition with the message's id, as it happens: the log, and the tests that kill there."""


@dataclass(frozen=True)
class Message:
    """One outbox row. not_before: it waits for the recipient's working hours until then. written_at: what a mail is
    stamped with, however often it is sent. proposal_id: None for a letter. link_id: the sign-in link it carries,
    or the proposal that a reminder or a question is about.

    attempts: how often it was tried in vain; waiting is no attempt. tried_at: when it last may have had its effect.
    """

    id: int
    organisation_id: int
    proposal_id: int | None
    person_id: int
    act: Act
    sequence: int
    not_before: datetime
    written_at: datetime
    carrier: Carrier = Carrier.COPY
    letter: Letter | None = None
    link_id: int | None = None
    attempts: int = 0
    tried_at: datetime | None = None
    lease: str = ""
    last_error: str = ""

    @property
    def first_time(self) -> bool:
        """Whether nothing was tried with it, and it never had to wait."""
        return self.attempts == 0 and not self.last_error


def silent(transition: Transition, message_id: int) -> None:
    """The observer that does nothing."""
