"""What must still be told to the outside, written in the same transaction as the change that calls for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Act(StrEnum):
    """What to do to a person's copy of an event. Each is idempotent: the copy's UID says whether it is done."""

    PLACE = "place"
    UPDATE = "update"
    REMOVE = "remove"


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
    """One outbox row. not_before: it waits for the recipient's working hours until then."""

    id: int
    organisation_id: int
    proposal_id: int
    person_id: int
    act: Act
    sequence: int
    not_before: datetime
    attempts: int = 0
    lease: str = ""
    last_error: str = ""


def silent(transition: Transition, message_id: int) -> None:
    """The observer that does nothing."""
