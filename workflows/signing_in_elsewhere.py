"""Signing in with Google or Microsoft: whom they vouch for, known by their account or by its address."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from mentoring.domains import domain_of
from mentoring.doors import Granted
from mentoring.errors import ConnectedBySomebody, NotLetIn
from mentoring.people import Person
from store import identities, organisations, people
from store.memory import Memory
from workflows import signing_in
from workflows.bootstrap import Parts
from workflows.door_views import CameIn
from workflows.views import Who

log = logging.getLogger("interlude.signing_in")


@dataclass(frozen=True)
class _Known:
    """Somebody whom the account opens a door to. memory: inside their organisation."""

    memory: Memory
    person: Person


def come_in(parts: Parts, provider: str, granted: Granted) -> CameIn:
    """Who that is. The account is theirs from now on, so that they are known by it though its address changes.

    Raises NotLetIn, with words for the person, who has proven who they are.
    """
    now = parts.clock()
    with parts.database.writing_all() as memory:
        known = _the_one(memory, provider, granted)
        who = Who(known.memory.scope, known.person.id)
        identities.keep(known.memory, who.person_id, provider, granted.subject, now)
        signing_in.came_in(known.memory, who.person_id, now)
    log.info("let in by %s: person %s of organisation %s", provider, who.person_id, who.organisation_id)
    return CameIn(who, invited=known.person.joined_at is None)


def add(parts: Parts, who: Who, provider: str, granted: Granted) -> None:
    """The account of somebody who is signed in already lets them in from now on, whatever its address.

    So it does for those whose address nobody can vouch for. Raises ConnectedBySomebody for a colleague's.
    """
    with parts.database.writing(who.organisation_id) as memory:
        if not identities.keep(memory, who.person_id, provider, granted.subject, parts.clock()):
            raise ConnectedBySomebody("somebody else here signs in with this account already")
    log.info("person %s of organisation %s signs in with %s too", who.person_id, who.organisation_id, provider)


def remove(parts: Parts, who: Who, identity_id: int) -> None:
    """Raises Missing for another person's."""
    with parts.database.writing(who.organisation_id) as memory:
        identities.forget(memory, who.person_id, identity_id)


def _the_one(memory: Memory, provider: str, granted: Granted) -> _Known:
    everywhere = [memory.inside(each.id) for each in organisations.all(memory)]
    found = _by_account(everywhere, provider, granted.subject) or _by_address(everywhere, granted)
    here = [each for each in found if each.person.leaving_at is None]
    if not here:
        raise NotLetIn(_unknown(granted))
    let_in = [each for each in here if _allows(each.memory, granted)]
    if not let_in:
        raise NotLetIn("your organisation does not let in this account’s domain; use your account at work, or a link")
    if len(let_in) > 1:
        raise NotLetIn("you are in more than one organisation here; ask for a link by mail, which comes from each")
    return let_in[0]


def _by_account(everywhere: list[Memory], provider: str, subject: str) -> list[_Known]:
    found = [(each, identities.whose(each, provider, subject)) for each in everywhere]
    return [_Known(each, people.get(each, person_id)) for each, person_id in found if person_id is not None]


def _by_address(everywhere: list[Memory], granted: Granted) -> list[_Known]:
    """Only by one that the provider vouches for: anybody may call themselves anything."""
    if not granted.verified or not granted.address:
        return []
    found = [(each, people.by_email(each, granted.address)) for each in everywhere]
    return [_Known(each, person) for each, person in found if person is not None]


def _allows(memory: Memory, granted: Granted) -> bool:
    domains = organisations.sign_in_domains(memory)
    return not domains or (granted.verified and domain_of(granted.address) in domains)


def _unknown(granted: Granted) -> str:
    if granted.verified and granted.address:
        return f"nobody here has the address {granted.address}; whoever runs Interlude where you work can add you"
    return "nobody can vouch that the account’s address is yours, so use your account at work, or a link by mail"
