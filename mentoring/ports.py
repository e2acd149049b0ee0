"""What the outside must be able to do for us, and what it may raise."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol, runtime_checkable

from mentoring.availability import Reading
from mentoring.intervals import Interval
from mentoring.proposals import Partstat


class Capability(StrEnum):
    """What a provider declares it can do. The contract suite tests everything that is declared."""

    READ = "read"
    PUSH = "push"
    PLACE_COPY = "place_copy"


KeyOf = Callable[[str], str]
"""A keyed hash of a provider's event id, the only trace of it that is stored."""


@dataclass(frozen=True)
class FoundCalendar:
    """A calendar that an account offers. href: the provider's name for it. zone: the calendar's own, if it has one."""

    href: str
    name: str
    zone: str = ""
    writable: bool = False
    counts_as_busy: bool = True


@dataclass(frozen=True)
class Account:
    """How to reach a person's calendars at one provider. The secret is never shown, not even in an error; nor is the
    address, which is the password of a private feed.

    owners: the addresses that are this person's, lower case; they say whose declined events are free.
    """

    provider: str
    address: str = field(repr=False)
    username: str = ""
    secret: str = field(default="", repr=False)
    owners: frozenset[str] = frozenset()
    zone: str = "UTC"


@dataclass(frozen=True)
class CopyText:
    """All that an attendee's copy says. Built from a proposal by a workflow; the provider turns it into its own format.

    stamp: DTSTAMP, fixed when the change was made, so that a repeat is the same to the letter.
    """

    uid: str
    sequence: int
    interval: Interval
    summary: str
    description: str
    url: str
    organiser_name: str
    organiser_address: str
    attendees: tuple[Attendee, ...]
    stamp: datetime
    owner: str


@dataclass(frozen=True)
class Attendee:
    """One of the two, and what they have answered so far."""

    name: str
    address: str
    partstat: Partstat = Partstat.NEEDS_ACTION


@dataclass(frozen=True)
class PlacedCopy:
    """Where a copy lies and the version of it that we wrote or read last."""

    href: str
    etag: str


@dataclass(frozen=True)
class CopySeen:
    """A person's copy as it is in their calendar now."""

    href: str
    etag: str
    sequence: int
    interval: Interval
    partstat: Partstat
    changed_at: datetime | None = None


@runtime_checkable
class ReadsCalendars(Protocol):
    """A provider that tells when a person is busy. Every method raises:

    Reconnect: the person must act (signed out, revoked, gone). TryLater: a fault that passes, a quota included.
    Refused: this address will never do (not a calendar, an address we may not visit, an unknown time zone).
    """

    name: str
    capabilities: frozenset[Capability]

    def discover(self, account: Account) -> tuple[FoundCalendar, ...]:
        """The calendars of the account. Its success is the connection test."""
        ...

    def read(
        self, account: Account, calendar: FoundCalendar, window: Interval, key_of: KeyOf, cursor: str, now: datetime
    ) -> Reading | None:
        """The busy events inside the window, all of them; None when nothing changed since the cursor was given.

        A partial, unparsable or failed answer raises and never returns less. An expired cursor is a full read.
        """
        ...


@runtime_checkable
class PlacesCopies(Protocol):
    """A provider that places attendees' copies in calendars. Raises as ReadsCalendars does, and ChangedMeanwhile."""

    def place(self, account: Account, calendar: FoundCalendar, copy: CopyText) -> PlacedCopy:
        """Puts the copy in unless that UID is there already, then says where it lies. Never a second event."""
        ...

    def update(self, account: Account, placed: PlacedCopy, copy: CopyText) -> PlacedCopy:
        """Replaces exactly the version that was seen. Raises ChangedMeanwhile otherwise, Refused when it is gone."""
        ...

    def remove(self, account: Account, placed: PlacedCopy) -> None:
        """Takes the copy away, whatever its version; one that is gone already is success."""
        ...

    def seen(self, account: Account, placed: PlacedCopy, uid: str) -> CopySeen | None:
        """The copy as it is now, or None when the person deleted it from the calendar (a missing calendar raises)."""
        ...

    def find(self, account: Account, calendar: FoundCalendar, uid: str) -> CopySeen | None:
        """The copy of that UID wherever in the calendar it lies, for when nobody noted where it was put."""
        ...
