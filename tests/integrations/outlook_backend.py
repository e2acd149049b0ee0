"""Outlook as the contract suites see it: one account on the wire."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from integrations.guarded_http import GuardedHttp
from integrations.outlook import Outlook
from integrations.outside import UNLIMITED, Outside, Throttle
from mentoring.doors import Errand
from mentoring.ports import Account, FoundCalendar
from mentoring.settings import Settings
from tests.integrations.backends import ANN, QUICK, NotTaken
from tests.wires.graph import GraphWire, graph_wire

SETTINGS = Settings("sqlite://", "redis://", "s" * 32, ("k",))


def clock() -> datetime:
    return datetime.now(UTC)


def outside(wire: GraphWire, throttle: Throttle = UNLIMITED, **changes: Any) -> Outside:
    """What Outlook works with when Microsoft is the wire. The gate for users' addresses stays closed to it."""
    settings = replace(SETTINGS, **(wire.settings() | changes))
    return Outside(GuardedHttp(limits=QUICK), settings.google, settings.microsoft, clock, throttle)


@dataclass
class Renewed:
    """An account and the secrets that took the place of its first one."""

    account: Account
    secrets: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.account = replace(self.account, renewed=self.secrets.append)

    @property
    def newest(self) -> Account:
        return replace(self.account, secret=self.secrets[-1] if self.secrets else self.account.secret)


def connected(wire: GraphWire, email: str = ANN, errand: Errand = Errand.CALENDARS) -> Renewed:
    """The account of somebody on the wire, after they gave permission."""
    if email not in wire.mailboxes:
        wire.account(email)
    secret = wire.secret(email, errand)
    return Renewed(Account("outlook", "", email, secret, frozenset({email}), "Europe/Berlin"))


@dataclass
class Graphed:
    """See backends.Backend."""

    wire: GraphWire
    provider: Outlook
    account: Account
    calendar: FoundCalendar

    def keep(self, name: str, text: bytes) -> str:
        try:
            self.wire.put(ANN, name, text, self.calendar.href)
        except ValueError as problem:
            raise NotTaken from problem
        return name

    def drop(self, name: str) -> None:
        self.wire.drop(ANN, name, self.calendar.href)

    def held(self) -> list[bytes]:
        return [each.text for each in self.wire.mailboxes[ANN].calendars[self.calendar.href].items.values()]


@contextmanager
def graphed(**how: Any) -> Iterator[Graphed]:
    """A calendar of Ann's at Microsoft. All instances of a series have the UID that the contract knows them by."""
    with graph_wire(one_uid=True, **how) as wire:
        wire.account(ANN, calendars=("Calendar", "Work"))
        provider, account = Outlook(outside(wire)), connected(wire).account
        calendar = next(each for each in provider.discover(account) if each.name == "Work")
        yield Graphed(wire, provider, account, calendar)
