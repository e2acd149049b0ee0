"""Why nothing is suggested to somebody, and where they can do something about it."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from mentoring.availability import Unknown
from mentoring.people import Person, Role
from mentoring.policy import Policy
from mentoring.proposals import BLOCKING, Party, Proposal, State
from store import needs, people, proposals, rounds, settled
from store.memory import Memory
from workflows import inviting
from workflows.knowing import time_of
from workflows.recording import MENTEE_FULL, MISSES, SETTLED
from workflows.views import Absence, Mend

MOST_TOLD = 3
ENDED = {
    State.EXPIRED: "The suggestion with {name} was not answered in time.",
    State.WITHDRAWN: "The suggestion with {name} was taken back: {because}.",
    State.MISSED: "Your meeting with {name} did not take place.",
}


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
        words = "You take part in no role at the moment."
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
    latest = _latest_for(memory, person)
    was_open = any(each["rule"] == MENTEE_FULL for each in told.misses)
    if latest and latest.state not in BLOCKING and (was_open or _is_newer(latest, told)):
        return _what_became_of(memory, latest)
    lasting = [each for each in told.misses if each["rule"] != MENTEE_FULL]
    return tuple(Absence(each["rule"], each["words"]) for each in lasting[:MOST_TOLD])


def _latest_for(memory: Memory, person: Person) -> Proposal | None:
    """The last that was made for them as a mentee."""
    made = [each for each in proposals.of_person(memory, person.id) if each.pair.mentee_id == person.id]
    return max(made, key=lambda each: each.id, default=None)


def _is_newer(proposal: Proposal, told: rounds.Told) -> bool:
    """Whether that round made it, or it ended after that round had looked: what was told then is of before."""
    return proposal.round_id == told.round_id or inviting.last_change(proposal) > told.started_at


def _what_became_of(memory: Memory, proposal: Proposal) -> tuple[Absence, ...]:
    mentor = people.get(memory, proposal.pair.mentor_id)
    words = ENDED.get(proposal.state, "").format(name=mentor.first_name, because=proposal.ended_because)
    if proposal.state is State.DECLINED:
        by_mentee = proposal.ended_because == f"declined_by_{Party.MENTEE}"
        words = f"You said no to {mentor.first_name}." if by_mentee else f"{mentor.first_name} could not this time."
    elif proposal.state is State.EXPIRED and not proposal.unanswered:
        words = f"The suggestion with {mentor.first_name} lapsed: {proposal.ended_because}."
    elif words and not proposal.asked(Party.MENTEE):
        words = "A suggestion for you was taken back before you were asked."
    return (Absence("latest", words),) if words else ()
