"""What the outside must be able to do for us, and what it may raise."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol, runtime_checkable

from mentoring.availability import Reading
from mentoring.errors import InterludeError
from mentoring.intervals import Interval
from mentoring.proposals import Partstat


class Capability(StrEnum):
    """What a provider declares it can do. The contract suite tests everything that is declared."""

    READ = "read"
    PUSH = "push"
    PLACE_COPY = "place_copy"
    ORGANISE = "organise"


KeyOf = Callable[[str], str]
"""A keyed hash of a provider's event id, the only trace of it that is stored."""


Own = Mapping[str, Interval]
"""Interlude's own events in a person's time, by UID: their intervals. Where a provider tells busy times without saying
of which events, it needs them to tell ours apart."""

NOTHING_OF_OURS: Own = {}


def not_renewed(secret: str) -> None:
    """For an account whose secret nobody keeps."""


@dataclass(frozen=True)
class FoundCalendar:
    """A calendar that an account offers. href: the provider's name for it. zone: the calendar's own, if it has one."""

    href: str
    name: str
    zone: str = ""
    writable: bool = False
    counts_as_busy: bool = True


MAIN_CALENDAR = FoundCalendar("primary", "")
"""An account's main calendar, which every provider of accounts finds by that name without being asked for the list."""


@dataclass(frozen=True)
class Account:
    """How to reach a person's calendars at one provider. The secret is never shown, not even in an error; nor is the
    address, which is the password of a private feed.

    owners: the addresses that are this person's, lower case; they say whose declined events are free. renewed: told
    the secret that takes the place of this one, when a provider gives out new tokens.
    """

    provider: str
    address: str = field(repr=False)
    username: str = ""
    secret: str = field(default="", repr=False)
    owners: frozenset[str] = frozenset()
    zone: str = "UTC"
    renewed: Callable[[str], None] = field(default=not_renewed, repr=False, compare=False)


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
        self,
        account: Account,
        calendar: FoundCalendar,
        window: Interval,
        key_of: KeyOf,
        cursor: str,
        now: datetime,
        own: Own = NOTHING_OF_OURS,
    ) -> Reading | None:
        """The busy events inside the window, all of them; None when nothing changed since the cursor was given.

        A partial, unparsable or failed answer raises and never returns less. An expired cursor is a full read.
        own: each of these that lies in the calendar comes out as an event of its own, under key_of(its UID). Where that
        takes more than the events' own ids, a reading made with others is not unchanged.
        """
        ...


@dataclass(frozen=True)
class Wanted:
    """One calendar of several to be read in one go, and the cursor of its last reading."""

    calendar: FoundCalendar
    cursor: str = ""


@runtime_checkable
class ReadsTogether(Protocol):
    """A provider that answers for several calendars of one account in one request."""

    def read_together(
        self,
        account: Account,
        wanted: Sequence[Wanted],
        window: Interval,
        key_of: KeyOf,
        now: datetime,
        own: Own = NOTHING_OF_OURS,
    ) -> Mapping[str, Reading | InterludeError | None]:
        """As ReadsCalendars.read for each, by href. What is wrong with one calendar only is its value and raises not;
        what is wrong with the account or the provider raises."""
        ...


@dataclass(frozen=True)
class Channel:
    """Where a provider tells us of changes. id: ours at Google, the subscription's at Microsoft. resource: Google's
    name for what is watched, needed to stop it. secret: what each notification must carry."""

    id: str
    resource: str
    secret: str = field(repr=False)
    expires_at: datetime


@runtime_checkable
class Watches(Protocol):
    """A provider that tells of changes by itself (Capability.PUSH). Raises as ReadsCalendars does; Refused also for a
    calendar that cannot be watched."""

    def watch(
        self, account: Account, calendar: FoundCalendar, hook: str, channel_id: str, secret: str, now: datetime
    ) -> Channel:
        """Has the provider tell `hook` (an https address) of changes. channel_id: a new one, where ours to choose."""
        ...

    def prolong(self, account: Account, channel: Channel, now: datetime) -> Channel | None:
        """The same for longer; None where only a new one can take its place, or it is no longer known there."""
        ...

    def unwatch(self, account: Account, channel: Channel) -> None:
        """Stops it; one that is gone already is success."""
        ...


@runtime_checkable
class Revokes(Protocol):
    """A provider at which the permission itself can be given back."""

    def revoke(self, account: Account) -> None:
        """Ends the permission; one that has ended already is success. Raises TryLater."""
        ...


@dataclass(frozen=True)
class EventText:
    """The organiser's event as it should be. key: the same for each repeat, so that it is created once. guests: whom
    the provider asks, with the answers that are known."""

    key: str
    uid: str
    interval: Interval
    summary: str
    description: str
    guests: tuple[Attendee, ...]


@dataclass(frozen=True)
class GuestSeen:
    """What one guest has answered. counter: another time that they propose. answered_at: None where it is not told."""

    address: str
    partstat: Partstat
    answered_at: datetime | None = None
    counter: Interval | None = None


@dataclass(frozen=True)
class EventSeen:
    """The organiser's event as it is now. id: the provider's name for it. version: what a change is held against."""

    id: str
    uid: str
    version: str
    interval: Interval
    guests: tuple[GuestSeen, ...]
    cancelled: bool = False
    changed_at: datetime | None = None


@runtime_checkable
class Organises(Protocol):
    """A provider in whose calendar the organisation's own account holds the events. Raises as ReadsCalendars does.

    Each call tells the guests what it changes for them, by the provider's own invites.
    """

    def promised_uid(self, key: str) -> str:
        """The UID that the event of that key will have; empty where only its creation tells."""
        ...

    def create(self, account: Account, event: EventText) -> EventSeen:
        """The event of that key, made unless it is there already, as it then is: perhaps cancelled, or older."""
        ...

    def event(self, account: Account, event_id: str) -> EventSeen | None:
        """As it is now; None when there is nothing of that id any more."""
        ...

    def change(self, account: Account, seen: EventSeen, event: EventText) -> EventSeen:
        """Makes it what `event` says. Raises ChangedMeanwhile when it is not the version seen, Refused when gone."""
        ...

    def cancel(self, account: Account, event_id: str) -> None:
        """Takes it away and tells its guests; one that is gone already is success."""
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
