"""Why nothing is suggested to somebody, and where they can do something about it."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from mentoring.availability import Unknown
from mentoring.people import Person, Role
from mentoring.policy import Policy
from store import needs, rounds, settled
from store.memory import Memory
from workflows.knowing import time_of
from workflows.recording import MISSES, SETTLED
from workflows.views import Absence, Mend

MOST_TOLD = 3


def absences(memory: Memory, person: Person, policy: Policy, now: datetime) -> tuple[Absence, ...]:
    """What the person can mend first, then what the last round found."""
    if not person.opted_in(Role.MENTEE):
        return (_not_taking_part(person),)
    found = [_paused(person, now), _unknown(memory, person, policy, now), _nothing_recurs(memory, person, policy)]
    return tuple(each for each in found if each) or _from_last_round(memory, person)


def _not_taking_part(person: Person) -> Absence:
    if person.stopped:
        return Absence("stopped", "You stopped everything, so nothing is suggested to you.", Mend.TAKING_PART)
    if person.opted_in(Role.MENTOR):
        words = "You take part as a mentor only: you are asked when a colleague could use your help."
    else:
        words = "You have not said yet that you would like to take part."
    return Absence("opted_in", words, Mend.TAKING_PART)


def _paused(person: Person, now: datetime) -> Absence | None:
    until = person.limits.paused_until
    if until is None or until <= now:
        return None
    there = until.astimezone(ZoneInfo(person.limits.zone))
    return Absence("paused", f"You have paused until {there.day} {there:%B}.", Mend.LIMITS)


def _unknown(memory: Memory, person: Person, policy: Policy, now: datetime) -> Absence | None:
    known = time_of(memory, (person,), policy, now).availability[person.id]
    if not isinstance(known, Unknown):
        return None
    where = f"{known.calendar}: " if known.calendar else ""
    return Absence("availability_known", f"Your free time is unknown. {where}{known.why}.", Mend.CALENDARS)


def _nothing_recurs(memory: Memory, person: Person, policy: Policy) -> Absence | None:
    mine, said = needs.of_person(memory, person.id), settled.of_person(memory, person.id)
    if any(not need.settled(said.get(need.theme_id)) for need in mine):
        return None
    if said:
        return Absence(SETTLED, MISSES[SETTLED], Mend.CHALLENGES)
    words = f"Nothing has come up on {policy.recurrence_days} or more different days yet."
    return Absence("recurs", words, Mend.CHALLENGES)


def _from_last_round(memory: Memory, person: Person) -> tuple[Absence, ...]:
    told = rounds.told(memory, person.id)
    if told is None:
        return (Absence("round", "The first round of suggestions has not run yet."),)
    return tuple(Absence(each["rule"], each["words"]) for each in told[:MOST_TOLD])
