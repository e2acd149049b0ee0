"""Who somebody is: a one-time link, or, in the demo only, a sample person by choice."""

from __future__ import annotations

from datetime import timedelta

from mentoring.errors import Missing, NotAllowed
from mentoring.people import Person
from store import links, organisations, people
from workflows.bootstrap import Parts
from workflows.views import Who

SIGN_IN = "sign_in"
LINK_LASTS = timedelta(hours=24)


def link(parts: Parts, organisation_id: int, person_id: int) -> str:
    """A new one-time sign-in address for that person. Only its hash is kept."""
    now = parts.clock()
    with parts.database.writing(organisation_id) as memory:
        token = links.create(memory, person_id, SIGN_IN, now + LINK_LASTS, now)
    return f"{parts.settings.base_url}/sign-in/{token}"


def peek(parts: Parts, token: str) -> bool:
    """Whether the link would still let somebody in; looking uses nothing up."""
    with parts.database.reading_all() as memory:
        return links.peek(memory, token, SIGN_IN, parts.clock())


def by_link(parts: Parts, token: str) -> Who | None:
    """Uses the link up and says who it lets in, or nobody when it is unknown, used or too old."""
    with parts.database.writing_all() as memory:
        found = links.use(memory, token, SIGN_IN, parts.clock())
    return Who(*found) if found else None


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
    """Raises KeyError for somebody who is no longer there."""
    with parts.database.reading(who.organisation_id) as memory:
        return people.get(memory, who.person_id)
