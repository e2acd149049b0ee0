"""Brings the sample into an installation: once, and on later starts only what is missing."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from urllib.parse import urlsplit

from integrations import sample_calendar_app
from integrations.guarded_http import GuardedHttp
from mentoring.errors import Refused
from mentoring.needs import Challenge
from mentoring.people import Person
from mentoring.policy import Sending
from store import calendars, challenges, mailboxes, organisations, people, policies
from store.memory import Memory
from workflows import connecting
from workflows.bootstrap import Parts
from workflows.sample.calendars import text_of
from workflows.sample.notes import Note, notes
from workflows.sample.people import COMPANY, HOME_ZONE, PEOPLE
from workflows.sample.person import SamplePerson
from workflows.sample.servers import Servers, break_feed, publish_feed
from workflows.views import Who

JOINED = timedelta(days=91)
"""How long ago all of them came in: before the first of their notes."""

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
    """People, notes, calendars on their servers, connected, and the mailbox. Raises Refused in somebody else's."""
    today = parts.clock().date()
    organisation_id = _organisation(parts)
    with parts.database.writing(organisation_id) as memory:
        ids, new_people = _people(parts, memory, organisation_id)
        new_notes = _notes(memory, ids, notes(today))
        mailboxes.save(memory, servers.mailbox, parts.clock())
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
        known[each.email] = people.add(memory, _person(organisation_id, each, now)).id
    ids = {each.name: known[each.email] for each in PEOPLE}
    for each in new:
        _relate(memory, each, ids)
    return ids, len(new)


def _person(organisation_id: int, sample: SamplePerson, now: datetime) -> Person:
    return Person(
        id=0,
        organisation_id=organisation_id,
        email=sample.email,
        name=sample.name,
        limits=sample.limits_on(now),
        roles=sample.roles,
        department=sample.department,
        title=sample.title,
        seniority=sample.seniority,
        expertise=sample.expertise,
        invited_at=now - JOINED,
        joined_at=now - JOINED,
    )


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
    with parts.database.writing(who.organisation_id) as memory:
        connected = calendars.connections(memory, who.person_id)
        mine = next((each for each in connected if _of_the_sample(each, servers, person)), None)
        if mine is not None:
            listens = servers.caldav_at if mine.provider == "caldav" else servers.feeds_at
            calendars.move(memory, mine.id, _server(mine.address), f"http://{listens}")
            return
    if person.via == "caldav":
        _fill(parts.http, servers, person, today)
        connecting.connect(parts, who, "caldav", servers.caldav_url, person.user, servers.password(person))
        return
    publish_feed(servers, person, today)
    connecting.connect(parts, who, "ics", servers.feed_url(person))
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
