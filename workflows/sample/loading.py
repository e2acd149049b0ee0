"""Brings the sample into an installation: once, and on later starts only what is missing."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import urlsplit

from integrations import sample_calendar_app
from integrations.guarded_http import GuardedHttp
from mentoring.errors import Refused
from mentoring.needs import Challenge
from mentoring.people import Person
from mentoring.policy import Sending
from store import calendars, challenges, organisations, people, policies
from store.memory import Memory
from workflows import connecting
from workflows.bootstrap import Parts
from workflows.sample.calendars import text_of
from workflows.sample.notes import Note, notes
from workflows.sample.people import COMPANY, HOME_ZONE, PEOPLE
from workflows.sample.person import SamplePerson
from workflows.sample.servers import Servers, break_feed, publish_feed
from workflows.views import Who

Told = Callable[[str], None]
"""Hears who has just been loaded."""


@dataclass(frozen=True)
class Loaded:
    """The sample in the database. ids: by name."""

    organisation_id: int
    ids: dict[str, int]
    new_people: int
    new_notes: int


def load(parts: Parts, servers: Servers, told: Told) -> Loaded:
    """People, notes, and calendars on their servers, connected. Raises Refused in an installation of somebody else."""
    today = parts.clock().date()
    organisation_id = _organisation(parts)
    with parts.database.writing(organisation_id) as memory:
        ids, new_people = _people(parts, memory, organisation_id)
        new_notes = _notes(memory, ids, notes(today))
    for person in PEOPLE:
        _calendar(parts, servers, Who(organisation_id, ids[person.name]), person, today)
        told(person.name)
    return Loaded(organisation_id, ids, new_people, new_notes)


def _organisation(parts: Parts) -> int:
    with parts.database.reading_all() as memory:
        known = organisations.all(memory)
    others = [each.name for each in known if each.name != COMPANY]
    if others:
        raise Refused(
            f"this database holds {', '.join(others)}: the demo wants one of its own, unset INTERLUDE_DATABASE_URL"
        )
    if known:
        return known[0].id
    with parts.database.writing_all() as memory:
        made = organisations.add(memory, COMPANY, HOME_ZONE)
    with parts.database.writing(made.id) as memory:
        reason = "In the demo invites leave by themselves"
        policy = replace(policies.current(memory), sending=Sending.ON, author="Demo", reason=reason, at=parts.clock())
        policies.publish(memory, policy)
    return made.id


def _people(parts: Parts, memory: Memory, organisation_id: int) -> tuple[dict[str, int], int]:
    known = {each.email: each.id for each in people.everyone(memory)}
    new = [each for each in PEOPLE if each.email not in known]
    now = parts.clock()
    for each in new:
        limits = each.limits_on(now)
        person = Person(0, organisation_id, each.email, each.name, limits, each.roles, each.department, each.title)
        added = people.add(memory, replace(person, seniority=each.seniority, expertise=each.expertise))
        known[each.email] = added.id
    ids = {each.name: known[each.email] for each in PEOPLE}
    for each in new:
        _relate(memory, each, ids)
    return ids, len(new)


def _relate(memory: Memory, person: SamplePerson, ids: dict[str, int]) -> None:
    """Their manager and whom they are never paired with, once everybody has an id."""
    if person.manager or person.never_with:
        manager_id = ids[person.manager] if person.manager else None
        never_with = frozenset(ids[name] for name in person.never_with)
        people.save(memory, replace(people.get(memory, ids[person.name]), manager_id=manager_id, never_with=never_with))


def _notes(memory: Memory, ids: dict[str, int], written: Collection[Note]) -> int:
    """Everybody's notes, for those who have written none: what was struck out stays away."""
    wrote = {each.person_id for each in challenges.everything(memory)}
    new = [Challenge(0, ids[note.person], note.text, note.at) for note in written if ids[note.person] not in wrote]
    challenges.add_many(memory, new)
    return len(new)


def _calendar(parts: Parts, servers: Servers, who: Who, person: SamplePerson, today: date) -> None:
    """On its server, and connected at the address where that listens today."""
    address = servers.caldav_url if person.via == "caldav" else servers.feed_url(person)
    with parts.database.writing(who.organisation_id) as memory:
        connected = calendars.connections(memory, who.person_id)
        mine = next((each for each in connected if _of_the_sample(each, servers, person)), None)
        if mine is not None:
            calendars.move(memory, mine.id, _server(mine.address), _server(address))
            return
    if person.via == "caldav":
        _fill(parts.http, servers, person, today)
        connecting.connect(parts, who, "caldav", address, person.user, servers.password(person))
        return
    publish_feed(servers, person, today)
    connecting.connect(parts, who, "ics", address)
    if person.via == "broken":
        break_feed(servers, person, today)


def _server(address: str) -> str:
    return urlsplit(address)._replace(path="").geturl()


def _of_the_sample(connection: calendars.Connection, servers: Servers, person: SamplePerson) -> bool:
    """And not one that a visitor connected."""
    return connection.username == person.user or connection.address.endswith(servers.feed_name(person))


def _fill(http: GuardedHttp, servers: Servers, person: SamplePerson, today: date) -> None:
    account, url = servers.account(person), servers.calendar_url(person)
    if not sample_calendar_app.exists(http, account, url):
        sample_calendar_app.publish(http, account, url, text_of(person, today))
