"""How a person takes part, what that means, and how to leave."""

from __future__ import annotations

from collections import Counter

from mentoring.people import Role
from mentoring.proposals import OPEN, Party, State
from store import calendars, directory, identities, organisations, people, policies, proposals
from suggestions.rules import value_for
from workflows import attention, giving_back
from workflows.bootstrap import Parts
from workflows.member_views import SignInAccount, TakingPartPage
from workflows.views import Who


def taking_part_page(parts: Parts, who: Who) -> TakingPartPage:
    now = parts.clock()
    with parts.database.reading(who.organisation_id) as memory:
        person = people.get(memory, who.person_id)
        policy = policies.current(memory)
        ahead = proposals.of_person(memory, person.id, now)
        accounts = identities.of_person(memory, person.id)
        connections = calendars.connections(memory, person.id)
        domains = organisations.sign_in_domains(memory)
        asked = attention.of_everybody(memory, [person], now).get(person.id, ())
        admins = {each.id for each in directory.everyone(memory) if Role.ADMIN in each.roles}
    open_as = Counter(each.party(person.id) for each in ahead if each.state in OPEN)
    paused = person.limits.paused_until
    return TakingPartPage(
        zone=person.limits.zone,
        mentee=Role.MENTEE in person.roles,
        mentor=Role.MENTOR in person.roles,
        stopped=person.stopped,
        paused_until=paused if paused and paused > now else None,
        meetings=sum(each.state is State.CONFIRMED for each in ahead),
        open_as_mentee=open_as[Party.MENTEE],
        open_as_mentor=open_as[Party.MENTOR],
        session_minutes=policy.session_minutes,
        mentee_asks=int(value_for("mentee_has_room", policy, person) or 0),
        mentor_asks=int(value_for("mentor_has_room", policy, person) or 0),
        weekly_messages=int(value_for("weekly_messages_left", policy, person) or 0),
        per_week=person.limits.per_week,
        per_month=person.limits.per_month,
        expertise=len(person.expertise),
        only_admin=admins == {person.id},
        address=person.email,
        accounts=tuple(SignInAccount(each.id, each.provider, each.created_at) for each in accounts),
        domains=domains,
        attention=attention.of(asked, person, now),
        kinds=tuple(attention.kinds_this_week(asked, person, now).items()),
        stands_at=giving_back.stands_at(parts, connections),
    )
