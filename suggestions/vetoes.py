"""Reasons not to propose somebody to somebody that hold or do not. Each returns the reason in words, or "" when it has
nothing against the pair.

Words never repeat a note, nor what somebody asked to be kept to themselves.
"""

from __future__ import annotations

from mentoring.availability import Availability, Unknown
from mentoring.hours import zone
from mentoring.people import Person, Role
from mentoring.proposals import Party
from suggestions.circumstances import PairContext, Wish
from suggestions.objections import OBJECTIONS, Objected, against_person, against_topic

NOT_POSSIBLE = "Not possible for this pair"


def mentee_opted_in(pair: PairContext) -> str:
    """Nobody is proposed as a mentee before opting in to it."""
    return _not_opted_in(pair.mentee, Role.MENTEE, "to be mentored")


def mentor_opted_in(pair: PairContext) -> str:
    """Nobody is proposed as a mentor before opting in to it."""
    return not_a_mentor(pair.mentor)


def not_a_mentor(person: Person) -> str:
    """What stands in the way of that person for any mentee."""
    return _not_opted_in(person, Role.MENTOR, "to mentor")


def _not_opted_in(person: Person, role: Role, what: str) -> str:
    if person.stopped:
        return f"{person.first_name} has stopped all suggestions"
    return "" if person.opted_in(role) else f"{person.first_name} has not opted in {what}"


def neither_paused(pair: PairContext) -> str:
    """Nothing is proposed to somebody who paused."""
    for person in (pair.mentee, pair.mentor):
        until = person.limits.paused_until
        if until is not None and until > pair.now:
            there = until.astimezone(zone(person.limits.zone))
            return f"{person.first_name} has paused suggestions until {there.day} {there:%B}"
    return ""


def mentee_time_known(pair: PairContext) -> str:
    """Unknown is never free: nothing is proposed until the mentee's calendars are read."""
    return _time_unknown(pair.mentee, pair.mentee_availability)


def mentor_time_known(pair: PairContext) -> str:
    """Unknown is never free: nobody is proposed until their calendars are read."""
    return _time_unknown(pair.mentor, pair.mentor_availability)


def _time_unknown(person: Person, availability: Availability) -> str:
    if isinstance(availability, Unknown):
        return f"When {person.first_name} is free is not known: {availability.why}"
    return ""


def pair_possible(pair: PairContext) -> str:
    """Some pairs are never proposed; why is between each person and Interlude."""
    if pair.mentor.id in pair.mentee.never_with or pair.mentee.id in pair.mentor.never_with:
        return NOT_POSSIBLE
    refused = any(each.wish is Wish.NOT_THIS_PERSON and each.both == pair.both for each in pair.said)
    return NOT_POSSIBLE if refused else ""


def forbidden_pair(pair: PairContext) -> str:
    """The organisation decided that these two are not proposed to one another."""
    return NOT_POSSIBLE if pair.both in pair.policy.forbidden_pairs else ""


def no_reporting_line(pair: PairContext) -> str:
    """A manager and somebody who reports to them are not proposed to one another."""
    if pair.mentor.id == pair.mentee.manager_id or pair.mentee.id == pair.mentor.manager_id:
        return "One of the two reports to the other"
    return ""


def topic_wanted(pair: PairContext) -> str:
    """A topic that one of the two said never to be asked about is not proposed to them."""
    for each in pair.said:
        if each.wish is Wish.NOT_THIS_TOPIC and each.theme_id == pair.need.theme_id and pair.in_that_role(each):
            return "The mentee does not want this topic" if each.as_party is Party.MENTEE else NOT_POSSIBLE
    return ""


def topic_as_answered(pair: PairContext) -> str:
    """A mentee’s answer to why a topic was chosen holds: wrong until they write of it again, not now, or never."""
    return _answered(pair, against_topic(pair.objected, pair.need.theme_id, pair.need.last_at, pair.now), "this topic")


def person_as_answered(pair: PairContext) -> str:
    """A mentee’s answer to what a mentor is said to know holds: wrong for that topic, not now, or never."""
    answered = against_person(pair.objected, pair.mentor.id, pair.need.theme_id, pair.now)
    return _answered(pair, answered, "this person’s help")


def _answered(pair: PairContext, answer: Objected | None, what: str) -> str:
    if answer is None:
        return ""
    there = answer.at.astimezone(zone(pair.mentee.limits.zone))
    return f"{pair.mentee.first_name} said {OBJECTIONS[answer.objection]} of {what} on {there.day} {there:%B}"


def monthly_caps_left(pair: PairContext) -> str:
    """Nobody is booked more often a month than they allow."""
    for person, load in ((pair.mentee, pair.mentee_load), (pair.mentor, pair.mentor_load)):
        if load.booked_this_month >= person.limits.per_month:
            return f"{person.first_name} has reached their limit of {person.limits.per_month} meetings this month"
    return ""


def common_language(pair: PairContext) -> str:
    """Two who have both said which languages they speak need one in common."""
    theirs, mine = pair.mentor.languages, pair.mentee.languages
    apart = theirs and mine and not set(theirs) & set(mine)
    return "The two share no language that they speak" if apart else ""


def shared_way(pair: PairContext) -> str:
    """Two who have both said how they like to meet need one way in common."""
    theirs, mine = pair.mentor.ways, pair.mentee.ways
    return "The two share no way in which they like to meet" if theirs and mine and not theirs & mine else ""
