"""Connecting a calendar: looked at first, saved only when it can be read; disconnected, it is gone with its secret."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from mentoring.errors import BadInput, Missing, Problem
from mentoring.outbox import Act, Carrier, Message
from mentoring.ports import Account, Capability, FoundCalendar
from mentoring.proposals import Proposal, State
from store import calendars, copies, outbox, people, proposals
from store.calendars import Connection
from workflows import asking, connecting_accounts, giving_back, outgoing, sending, syncing
from workflows.bootstrap import Parts
from workflows.door_views import Disconnected
from workflows.views import Who

SECRET_NEEDED = {"caldav"}


def discover(
    parts: Parts, who: Who, provider: str, address: str, username: str = "", secret: str = ""
) -> tuple[FoundCalendar, ...]:
    """The calendars at that address: the connection test. Raises BadInput for an empty field, else as providers do."""
    return parts.provider(provider).discover(_account(parts, who, provider, address, username, secret))


def _account(parts: Parts, who: Who, provider: str, address: str, username: str, secret: str) -> Account:
    problems = []
    if not address.strip():
        problems.append(Problem("address", "it is missing"))
    if provider in SECRET_NEEDED:
        problems += [Problem(name, "it is missing") for name, given in _sign_in(username, secret) if not given.strip()]
    if problems:
        raise BadInput(*problems)
    with parts.database.reading(who.organisation_id) as memory:
        person = people.get(memory, who.person_id)
    return Account(
        provider=provider,
        address=address.strip(),
        username=username.strip(),
        secret=secret,
        owners=frozenset({person.email.lower()}),
        zone=person.limits.zone,
    )


def _sign_in(username: str, secret: str) -> tuple[tuple[str, str], ...]:
    return (("username", username), ("secret", secret))


def connect(
    parts: Parts,
    who: Who,
    provider: str,
    address: str,
    username: str = "",
    secret: str = "",
    busy: Collection[str] | None = None,
    copies: str | None = None,
) -> int:
    """Finds the calendars, saves the connection, encrypted, and has them read. Returns the connection's id.

    busy: hrefs of those that count as busy, None for what the server suggests. copies: the href of the one where
    invites go, None for the first that can be written to. Raises as `discover`; then nothing is saved.
    """
    account = _account(parts, who, provider, address, username, secret)
    adapter = parts.provider(provider)
    found = adapter.discover(account)
    if not found:
        raise BadInput.of("address", "there is no calendar at this address")
    can_place = Capability.PLACE_COPY in adapter.capabilities
    with parts.database.writing(who.organisation_id) as memory:
        has_copies_elsewhere = calendars.copies_calendar(memory, who.person_id) is not None
        connection = calendars.connect(memory, who.person_id, account, found, parts.clock())
        rows = [each for each in calendars.calendars(memory, who.person_id) if each.connection_id == connection.id]
        chosen_busy = [each.id for each in rows if (each.href in busy if busy is not None else each.counts_as_busy)]
        writable = [each for each in rows if each.writable and can_place]
        chosen = next((each.id for each in writable if each.href == copies), None)
        if copies is None and writable and not has_copies_elsewhere:
            chosen = writable[0].id
        calendars.choose(memory, connection.id, chosen_busy, chosen)
    parts.nudge("sync_person", who.organisation_id, who.person_id)
    return connection.id


def choose(parts: Parts, who: Who, connection_id: int, busy_ids: Collection[int], copies_id: int | None) -> None:
    """Which calendars count as busy, and where invites go. Raises KeyError for another person's, BadInput otherwise."""
    _mine(parts, who, connection_id)
    with parts.database.writing(who.organisation_id) as memory:
        calendars.choose(memory, connection_id, sorted(busy_ids), copies_id)
        calendars.make_due(memory, [who.person_id], parts.clock())
    parts.nudge("sync_person", who.organisation_id, who.person_id)


def disconnect(parts: Parts, who: Who, connection_id: int) -> Disconnected:
    """Forgets the connection, its secret and everything read through it, and gives the permission back.

    Without a calendar nothing may be asked of them, so what is still open is taken back first. All copies in it are
    taken away while they can still be reached: afterwards nobody could keep them true. A confirmed meeting stays
    confirmed, on the web page. Raises KeyError for another person's.
    """
    provider = _mine(parts, who, connection_id).provider
    with parts.database.reading(who.organisation_id) as memory:
        mine = [each for each in proposals.of_person(memory, who.person_id) if each.blocking]
    for proposal in mine:
        if proposal.state is State.CONFIRMED:
            _take_own_copy_away(parts, who, proposal)
        else:
            mentor_leaves = proposal.pair.mentor_id == who.person_id
            asking.withdraw(parts, proposal, "a calendar was disconnected", offer_next=mentor_leaves)
    left_behind = sum(_undelivered(parts, who, proposal) for proposal in mine)
    given_back = giving_back.give_back(parts, who.organisation_id, connection_id)
    with parts.database.writing(who.organisation_id) as memory:
        calendars.disconnect(memory, connection_id)
    return Disconnected(provider, given_back, left_behind)


def _take_own_copy_away(parts: Parts, who: Who, proposal: Proposal) -> None:
    """Noted as removed first, so that nobody takes it for the person's own doing."""
    now, party = parts.clock(), proposal.party(who.person_id)
    with parts.database.writing(who.organisation_id) as memory:
        copy = copies.get(memory, proposal.id, who.person_id)
        if copy is not None:
            copies.save(memory, replace(copy, removed=True))
            outgoing.write(parts, memory, proposal, party, Act.REMOVE, now)


def _undelivered(parts: Parts, who: Who, proposal: Proposal) -> int:
    """Delivers now what is to be taken away from this person, since in a moment it could not be any more."""
    with parts.database.reading(who.organisation_id) as memory:
        mine = [each for each in outbox.unsent(memory, proposal.id) if _is_theirs(each, who)]
    for message in mine:
        sending.deliver(parts, who.organisation_id, message.id)
    with parts.database.reading(who.organisation_id) as memory:
        return int(any(_is_theirs(each, who) for each in outbox.unsent(memory, proposal.id)))


def _is_theirs(message: Message, who: Who) -> bool:
    """About their own copy. What is told otherwise does not need their calendar."""
    return message.person_id == who.person_id and message.carrier is Carrier.COPY


def _mine(parts: Parts, who: Who, connection_id: int) -> Connection:
    with parts.database.reading(who.organisation_id) as memory:
        return connecting_accounts.mine(memory, who, connection_id)


def read_now(parts: Parts, who: Who, calendar_id: int) -> str:
    """Reads one calendar at once. Returns the problem in words, or nothing. Raises KeyError for another person's."""
    with parts.database.reading(who.organisation_id) as memory:
        if calendar_id not in {each.id for each in calendars.calendars(memory, who.person_id)}:
            raise Missing(calendar_id)
    (look,) = syncing.sync(parts, who.organisation_id, [calendar_id])
    return str(look.problem) if look.problem else ""
