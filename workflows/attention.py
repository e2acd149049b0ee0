"""The budget of attention: whether one more message may be sent to somebody this week, and who decides that at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from mentoring.attention import Asked, Attention, Kind, attention
from mentoring.hours import zone
from mentoring.outbox import Message
from mentoring.people import Person
from mentoring.policy import Policy
from scheduler.clocks import local_day, week_of
from store import attention as asked
from store import people, policies
from store.memory import Memory
from suggestions.limits import weekly_messages_left
from suggestions.rules import value_for
from workflows.bootstrap import Parts

REMEMBERED = timedelta(weeks=12)
"""What lies further back lowers nobody's allowance any more."""


def of_person(memory: Memory, person: Person, now: datetime) -> Attention:
    """What was asked of them, in either role and of every kind."""
    theirs = asked.of_people(memory, [person.id], now - REMEMBERED)
    return of(theirs.get(person.id, ()), person, now)


def kinds_this_week(messages: Iterable[Asked], person: Person, now: datetime) -> dict[Kind, int]:
    """How many of each kind the week has had, in the order of Kind; none is left out."""
    tz = zone(person.limits.zone)
    week = week_of(local_day(now, tz))
    counted = Counter(each.kind for each in messages if week_of(local_day(each.at, tz)) == week)
    return {kind: counted[kind] for kind in Kind if counted[kind]}


def of(messages: Iterable[Asked], person: Person, now: datetime) -> Attention:
    """The same over messages of theirs. A move of a meeting is none: it does not count again."""
    tz = zone(person.limits.zone)
    return attention(messages, now, lambda moment: week_of(local_day(moment, tz)))


def of_everybody(memory: Memory, everybody: Iterable[Person], now: datetime) -> Mapping[int, tuple[Asked, ...]]:
    """{person: messages of theirs that still count}, in one query; who got none is left out."""
    return asked.of_people(memory, (person.id for person in everybody), now - REMEMBERED)


def allows(memory: Memory, person: Person, policy: Policy, now: datetime) -> bool:
    """Whether one more message may be sent to them this week."""
    most = most_for(policy, person)
    return most is None or of_person(memory, person, now).allows(most)


def most_for(policy: Policy, person: Person) -> float | None:
    """How many messages a week the organisation allows for that person; None for any number."""
    return value_for(weekly_messages_left.__name__, policy, person)


def claim(parts: Parts, message: Message, kind: Kind) -> bool:
    """The same for a letter that is about to leave: once, however often it is tried."""
    about = message.link_id
    with parts.database.writing(message.organisation_id) as memory:
        people.hold(memory, [message.person_id])
        if asked.asked(memory, message.person_id, kind, about, since=message.written_at):
            return True
        person, policy = people.get(memory, message.person_id), policies.current(memory)
        return take(memory, person, policy, kind, parts.clock(), about)


def take(
    memory: Memory, person: Person, policy: Policy, kind: Kind, now: datetime, proposal_id: int | None = None
) -> bool:
    """Takes one message out of the person's allowance, right before it leaves. False where none is left.

    The person is held until the transaction ends: of two workers who want the last one, the second waits and finds it
    gone.
    """
    people.hold(memory, [person.id])
    if not allows(memory, person, policy, now):
        return False
    asked.add(memory, person.id, kind, now, proposal_id)
    return True
