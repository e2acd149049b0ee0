"""Connecting the calendars of an account at Google or Microsoft, once its owner has given the permission."""

from __future__ import annotations

from dataclasses import replace

from mentoring.doors import Granted
from mentoring.errors import ConnectedBySomebody, Missing, Refused
from mentoring.ports import Account, FoundCalendar
from store import calendars, identities, organisations, organisers, people
from store.calendars import Connection
from store.memory import Memory
from workflows.bootstrap import Parts
from workflows.door_views import Connected
from workflows.views import Who


def connect(parts: Parts, who: Who, provider: str, granted: Granted, mends: int = 0) -> Connected:
    """Finds the account's calendars, saves it, encrypted, and has them read. The account that was connected before has
    new tokens then and keeps its choices. mends: the connection that was to be mended, 0 for none.

    Raises ConnectedBySomebody, Refused where there is no calendar, and as ReadsCalendars does; then nothing is saved.
    """
    with parts.database.reading(who.organisation_id) as memory:
        _check_owner(memory, who, provider, granted)
        zone = people.get(memory, who.person_id).limits.zone
    account, found = _found(parts, provider, granted, zone)
    with parts.database.writing(who.organisation_id) as memory:
        organisations.hold(memory)
        _check_owner(memory, who, provider, granted)
        before = {each.id: each for each in calendars.connections(memory, who.person_id)}
        connection = calendars.connect(memory, who.person_id, account, found, parts.clock(), granted.subject)
    parts.nudge("sync_person", who.organisation_id, who.person_id)
    broken = before.get(mends)
    return Connected(
        connection.id,
        connection.username,
        again=connection.id in before,
        still_broken=broken.username if broken is not None and broken.id != connection.id else "",
    )


def _check_owner(memory: Memory, who: Who, provider: str, granted: Granted) -> None:
    """One account tells the busy times of one person, and none that meetings of others lie in. Raises
    ConnectedBySomebody."""
    check_no_organiser(memory, provider, granted)
    if identities.whose(memory, provider, granted.subject) not in {None, who.person_id}:
        raise ConnectedBySomebody("somebody else here signs in with this account")
    if calendars.connected_by(memory, provider, granted.subject) - {who.person_id}:
        raise ConnectedBySomebody("somebody else here has connected this account already")


def check_no_organiser(memory: Memory, provider: str, granted: Granted) -> None:
    """Raises ConnectedBySomebody for the account that invites, or did."""
    if any(each.provider == provider and _same(each, granted) for each in organisers.all(memory)):
        raise ConnectedBySomebody("invites of your organisation come from this account, so it is nobody’s own")


def _same(organiser: organisers.Kept, granted: Granted) -> bool:
    return organiser.subject == granted.subject or organiser.address in {granted.address, *granted.also}


def _found(parts: Parts, provider: str, granted: Granted, zone: str) -> tuple[Account, tuple[FoundCalendar, ...]]:
    """The account with its latest tokens, and its calendars: we can write to none (DESIGN, who invites whom)."""
    secrets = [granted.secret]
    named = granted.address or granted.subject
    account = Account(
        provider,
        address=named,
        username=named,
        secret=granted.secret,
        owners=frozenset({granted.address} - {""}),
        zone=zone,
        renewed=secrets.append,
    )
    found = parts.provider(provider).discover(account)
    if not found:
        raise Refused("there is no calendar in this account")
    return replace(account, secret=secrets[-1]), tuple(replace(each, writable=False) for each in found)


def mine(memory: Memory, who: Who, connection_id: int) -> Connection:
    """Raises Missing for another person's."""
    connection = calendars.connection(memory, connection_id)
    if connection.person_id != who.person_id:
        raise Missing(connection_id)
    return connection
