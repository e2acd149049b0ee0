"""Who somebody is: a one-time link, or, in the demo only, a sample person by choice."""

from __future__ import annotations

from datetime import datetime, timedelta
from hmac import compare_digest

from mentoring.errors import Missing, NotAllowed
from mentoring.people import Person
from store import api_keys, identities, links, organisations, people
from store.memory import Memory
from workflows.bootstrap import Parts
from workflows.door_views import CameIn, LinkState
from workflows.views import Who

SIGN_IN, INVITATION = "sign_in", "invitation"
"""What a link is for: to come in, or to come in and look at what Interlude is."""

LINK_LASTS = timedelta(hours=24)


def link(parts: Parts, organisation_id: int, person_id: int) -> str:
    """A new one-time sign-in address for that person. Only its hash is kept."""
    now = parts.clock()
    with parts.database.writing(organisation_id) as memory:
        new = links.create(memory, person_id, SIGN_IN, now + LINK_LASTS, now)
    return address(parts, new.token)


def address(parts: Parts, token: str) -> str:
    """Where the link with that token leads."""
    return f"{parts.settings.base_url}/sign-in/{token}"


def peek(parts: Parts, token: str, browser: str = "") -> LinkState:
    """Whether the link would let that browser in; looking uses nothing up. browser: its hash."""
    with parts.database.reading_all() as memory:
        purpose, asked_by = _found(memory, token, parts.clock())
    if not purpose:
        return LinkState.GONE
    return LinkState.WORKS if not asked_by or compare_digest(asked_by, browser) else LinkState.ELSEWHERE


def _found(memory: Memory, token: str, now: datetime) -> tuple[str, str]:
    """(purpose, the browser that it is bound to) of a link that can be used, else two empty words."""
    for purpose in (SIGN_IN, INVITATION):
        browser = links.asked_by(memory, token, purpose, now)
        if browser is not None:
            return purpose, browser
    return "", ""


def by_link(parts: Parts, token: str, browser: str = "") -> CameIn | None:
    """Uses the link up and says who it lets in; nobody when it is unknown, used, too old or another browser's."""
    now = parts.clock()
    with parts.database.writing_all() as memory:
        purpose, _ = _found(memory, token, now)
        found = links.use(memory, token, purpose, now, browser)
        if found is None:
            return None
        who = Who(*found)
        came_in(memory.inside(who.organisation_id), who.person_id, now)
    return CameIn(who, invited=purpose == INVITATION)


def came_in(memory: Memory, person_id: int, now: datetime) -> None:
    """Whoever is in needs none of the other links that they have been sent."""
    links.void(memory, person_id)
    if people.get(memory, person_id).joined_at is None:
        people.note(memory, person_id, joined_at=now)


def shut_out(memory: Memory, person_id: int, now: datetime) -> None:
    """Nothing that lay about lets anybody in as them: no link made before, no key, and no account added before, whoever
    added it. An account whose address is vouched for is theirs again once they come in with it."""
    links.void(memory, person_id)
    identities.forget_all(memory, person_id)
    api_keys.revoke(memory, person_id, now)


def sample_person(parts: Parts, person_id: int) -> Who:
    """One of the sample organisation. Raises NotAllowed outside the demo, KeyError for nobody."""
    if not parts.settings.demo:
        raise NotAllowed("signing in by choosing a person works in the demo only")
    with parts.database.reading_all() as memory:
        known = organisations.all(memory)
    for organisation in known:
        with parts.database.reading(organisation.id) as memory:
            if any(person.id == person_id for person in people.everyone(memory)):
                return Who(organisation.id, person_id)
    raise Missing(person_id)


def person(parts: Parts, who: Who) -> Person:
    """Raises Missing for somebody who is no longer there, or has asked to be deleted."""
    with parts.database.reading(who.organisation_id) as memory:
        found = people.get(memory, who.person_id)
    if found.leaving_at is not None:
        raise Missing(who.person_id)
    return found
