"""Everybody, and one person, for admins: who they are and how far they have come in, never what they wrote."""

from __future__ import annotations

import unicodedata
from datetime import datetime

from mentoring.availability import Availability, Unknown
from mentoring.people import Person
from mentoring.policy import Policy
from store import calendars, directory, identities, mailboxes, people, policies
from store.memory import Memory
from workflows import steering
from workflows.admin_views import PAGE_SIZE, CalendarLine, Part, PeoplePage, PersonLine, PersonPage
from workflows.bootstrap import Parts
from workflows.calendar_words import for_admins
from workflows.knowing import time_of
from workflows.pages.calendars import status
from workflows.peopling import to_invite
from workflows.views import PersonChoice, Who


def people_page(parts: Parts, who: Who, sought: str = "", number: int = 1) -> PeoplePage:
    """sought: part of a name or an address. number: which page. Raises NotAllowed for anybody but an admin."""
    now = parts.clock()
    with parts.database.reading(who.organisation_id) as memory:
        admin = steering.admin(memory, who)
        everybody = directory.everyone(memory)
        found = [each for each in everybody if matches(f"{each.name} {each.email}", sought)]
        part = Part(min(number, Part(total=len(found)).last), len(found))
        shown = [each.id for each in found[part.skipped : part.skipped + PAGE_SIZE]]
        persons = people.those(memory, shown)
        known = time_of(memory, tuple(persons.values()), policies.current(memory), now).availability
        has_mailbox = mailboxes.kept(memory) is not None
    return PeoplePage(
        zone=admin.limits.zone,
        people=tuple(_line(persons[each], known[each], now) for each in shown),
        sought=sought,
        part=part,
        to_invite=len(to_invite(everybody, who)),
        has_mailbox=has_mailbox,
    )


def matches(text: str, sought: str) -> bool:
    """Whether each word that is sought is in the text, in whatever case and with or without accents."""
    plain = _plain(text)
    return all(word in plain for word in _plain(sought).split())


def _plain(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(each for each in apart if not unicodedata.combining(each))


def _line(person: Person, known: Availability, now: datetime) -> PersonLine:
    paused = person.limits.paused_until
    return PersonLine(
        id=person.id,
        name=person.name,
        email=person.email,
        department=person.department,
        roles=tuple(sorted(person.roles)),
        invited_at=person.invited_at,
        joined_at=person.joined_at,
        unknown_why=known.why if isinstance(known, Unknown) else "",
        paused_until=paused if paused and paused > now else None,
        stopped=person.stopped,
        leaving=person.leaving_at is not None,
    )


def person_page(parts: Parts, who: Who, person_id: int) -> PersonPage:
    """Raises NotAllowed for anybody but an admin, Missing for nobody."""
    now = parts.clock()
    with parts.database.reading(who.organisation_id) as memory:
        admin = steering.admin(memory, who)
        person, policy = people.get(memory, person_id), policies.current(memory)
        known = time_of(memory, (person,), policy, now).availability[person.id]
        others = tuple(PersonChoice(each.id, each.name) for each in directory.everyone(memory) if each.id != person.id)
        lines = _calendars(memory, person, policy, now)
        has_mailbox = mailboxes.kept(memory) is not None
        accounts = len(identities.of_person(memory, person.id))
    return PersonPage(
        zone=admin.limits.zone,
        line=_line(person, known, now),
        their_zone=person.limits.zone,
        title=person.title,
        seniority=person.seniority,
        manager_id=person.manager_id,
        managers=others,
        expertise=tuple(each.text for each in person.expertise),
        calendars=lines,
        signed_out_at=person.signed_out_at,
        mine=person.id == admin.id,
        has_mailbox=has_mailbox,
        accounts=accounts,
    )


def _calendars(memory: Memory, person: Person, policy: Policy, now: datetime) -> tuple[CalendarLine, ...]:
    """Those that count as busy: whether the others can be read changes nothing."""
    connections = {each.id: each for each in calendars.connections(memory, person.id)}
    return tuple(
        CalendarLine(
            account=for_admins(connections[row.connection_id], person.email),
            status=status(row, policy, now),
            last_read_at=row.read_at,
            problem=row.problem,
        )
        for row in calendars.calendars(memory, person.id)
        if row.counts_as_busy
    )
