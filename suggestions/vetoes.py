"""Reasons not to propose somebody to somebody. Each returns the reason in words, or "" when it has nothing against the
pair.

Words never repeat a note, nor what somebody asked to be kept to themselves.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from mentoring.availability import Availability, Unknown
from mentoring.hours import zone
from mentoring.people import Person, Role
from mentoring.policy import Policy
from mentoring.proposals import Party
from suggestions.circumstances import Earlier, Ending, PairContext, Said, Silence, Wish

NOT_NOW_DAYS = 14
"""How long "not now" lasts for the person who said it."""

MOST_DOUBLED = 16
"""Beyond so many the wait is at its longest whatever the policy says."""

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
            return f"{person.first_name} has paused suggestions until {_day(there)}"
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
    both = {pair.mentee.id, pair.mentor.id}
    refused = any(each.wish is Wish.NOT_THIS_PERSON and {each.mentee_id, each.mentor_id} == both for each in pair.said)
    return NOT_POSSIBLE if refused else ""


def no_reporting_line(pair: PairContext) -> str:
    """A manager and somebody who reports to them are not proposed to one another."""
    if pair.mentor.id == pair.mentee.manager_id or pair.mentee.id == pair.mentor.manager_id:
        return "One of the two reports to the other"
    return ""


def minimum_suitability(pair: PairContext) -> str:
    """A mentor's expertise must come near enough to the topic."""
    return too_far_from_topic(pair.suitability.score, pair.policy.minimum_suitability)


def too_far_from_topic(score: float, least: float) -> str:
    """The words for a suitability below the least, or ""."""
    return f"Suitability for this topic is {score:.2f}, below {least:.2f}" if score < least else ""


def topic_wanted(pair: PairContext) -> str:
    """A topic that one of the two said never to be asked about is not proposed to them."""
    for each in pair.said:
        if each.wish is Wish.NOT_THIS_TOPIC and each.theme_id == pair.need.theme_id and _same_role(each, pair):
            return "The mentee does not want this topic" if each.as_party is Party.MENTEE else NOT_POSSIBLE
    return ""


def not_just_refused(pair: PairContext) -> str:
    """Who said "not now" is left in peace for two weeks in that role."""
    for each in pair.said:
        if each.wish is Wish.NOT_NOW and _same_role(each, pair) and _within(each.at, pair, NOT_NOW_DAYS):
            person = pair.mentee if each.by == pair.mentee.id else pair.mentor
            return f"{person.first_name} said “not now” on {_day(each.at)}"
    return ""


def _same_role(said: Said, pair: PairContext) -> bool:
    return said.by == (pair.mentee.id if said.as_party is Party.MENTEE else pair.mentor.id)


def pair_cooldown(pair: PairContext) -> str:
    """After a meeting, the same two are not proposed again for some time."""
    return _cooling(pair, Ending.MET, pair.policy.cooldown_days, "The two met")


def declined_cooldown(pair: PairContext) -> str:
    """After a no, the same two are not proposed again for some time."""
    return _cooling(pair, Ending.DECLINED, pair.policy.declined_cooldown_days, "A suggestion for the two was declined")


def ignored_cooldown(pair: PairContext) -> str:
    """After a suggestion that was left unanswered the same two wait, and so does who was silent, longer each time."""
    return (
        _cooling(pair, Ending.IGNORED, pair.policy.ignored_cooldown_days, "A suggestion for the two was not answered")
        or _silent(pair, pair.mentee, pair.mentee_load.silent_as_mentee)
        or _silent(pair, pair.mentor, pair.mentor_load.silent_as_mentor)
    )


def _silent(pair: PairContext, person: Person, silence: Silence) -> str:
    if silence.last_at is None:
        return ""
    days = wait_days(pair.policy, silence.times)
    if not _within(silence.last_at, pair, days):
        return ""
    what = "a suggestion" if silence.times == 1 else f"{silence.times} suggestions in a row"
    return f"{person.first_name} left {what} unanswered, up to {_day(silence.last_at)}; the next waits {days} days"


def wait_days(policy: Policy, times: int) -> int:
    """How long somebody is left in peace after so many unanswered suggestions in a row."""
    doubled = min(max(times - 1, 0), MOST_DOUBLED)
    return min(policy.ignored_wait_days << doubled, policy.ignored_wait_most_days) if times else 0


def withdrawn_cooldown(pair: PairContext) -> str:
    """Two whose suggestions had to be taken back again and again are not proposed again for some time."""
    days = pair.policy.tried_days
    times = sum(_within(each.at, pair, days) for each in _of_both(pair, Ending.WITHDRAWN))
    if times < pair.policy.tried_withdrawals:
        return ""
    what = "A suggestion" if times == 1 else f"{times} suggestions"
    return f"{what} for the two had to be taken back in the last {days} days"


def _cooling(pair: PairContext, ending: Ending, days: int, what: str) -> str:
    for each in _of_both(pair, ending):
        if _within(each.at, pair, days):
            return f"{what} on {_day(each.at)}, less than {days} days ago"
    return ""


def _of_both(pair: PairContext, ending: Ending) -> list[Earlier]:
    both = {pair.mentee.id, pair.mentor.id}
    return [each for each in pair.earlier if each.ending is ending and {each.mentee_id, each.mentor_id} == both]


def topic_cooldown(pair: PairContext) -> str:
    """After a meeting on a topic, it is given time to settle before the next."""
    days = pair.policy.cooldown_days
    for each in pair.earlier:
        mine = each.mentee_id == pair.mentee.id and each.theme_id == pair.need.theme_id
        if mine and each.ending is Ending.MET and _within(each.at, pair, days):
            return f"{pair.mentee.first_name} had a meeting on this topic on {_day(each.at)}, less than {days} days ago"
    return ""


def mentor_has_room(pair: PairContext) -> str:
    """A mentor has only so many open requests at once."""
    open_asks = pair.mentor_load.open_as_mentor
    if open_asks >= pair.policy.mentor_open_asks:
        return f"{pair.mentor.first_name} has {open_asks} open {'request' if open_asks == 1 else 'requests'} already"
    return ""


def mentee_has_room(pair: PairContext) -> str:
    """A mentee has only so many open suggestions at once."""
    if pair.mentee_load.open_as_mentee >= pair.policy.mentee_open_asks:
        return f"{pair.mentee.first_name} has an open suggestion already"
    return ""


def monthly_caps_left(pair: PairContext) -> str:
    """Nobody is booked more often a month than they allow."""
    for person, load in ((pair.mentee, pair.mentee_load), (pair.mentor, pair.mentor_load)):
        if load.booked_this_month >= person.limits.per_month:
            return f"{person.first_name} has reached their limit of {person.limits.per_month} meetings this month"
    return ""


def weekly_messages_left(pair: PairContext) -> str:
    """Nobody is asked about more suggestions a week than the organisation wants."""
    for person, load in ((pair.mentee, pair.mentee_load), (pair.mentor, pair.mentor_load)):
        if load.asked_this_week >= pair.policy.weekly_messages:
            times = "once" if load.asked_this_week == 1 else f"{load.asked_this_week} times"
            return f"{person.first_name} has been asked {times} this week, as often as the organisation wants"
    return ""


def _within(moment: datetime, pair: PairContext, days: int) -> bool:
    return pair.now - moment < timedelta(days=days)


def _day(moment: datetime) -> str:
    return f"{moment.day} {moment:%B}"
