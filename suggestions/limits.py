"""What is counted of a pair and held against a limit of the policy, and what is told where it does not keep to it.

Each rule counts once; days are days ago. Words never repeat a note, nor what somebody asked to be kept to themselves.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from mentoring.people import Person
from mentoring.policy import Policy
from mentoring.proposals import Party
from mentoring.recurrence_in_words import when_next
from suggestions.circumstances import Earlier, Ending, PairContext, Silence, Wish
from suggestions.kinds import Numbers

MOST_DOUBLED = 16
"""Beyond so many the wait is at its longest whatever the policy says."""

LONGEST_REST_DAYS = 365.0


def minimum_suitability(pair: PairContext) -> Numbers:
    """A mentor's expertise must come near enough to the topic."""
    return (pair.suitability.score,)


def too_far_from_topic(_pair: PairContext, _person: Person, counted: Numbers, least: float) -> str:
    return too_far(counted[0] or 0.0, least)


def too_far(suitability: float, least: float) -> str:
    return f"Suitability for this topic is {suitability:.2f}, below {least:.2f}"


def not_just_refused(pair: PairContext) -> Numbers:
    """Who said "not now" is left in peace for some time in that role."""
    said = [each for each in pair.said if each.wish is Wish.NOT_NOW and pair.in_that_role(each)]
    return tuple(_since([each.at for each in said if each.as_party is party], pair.now) for party in Party)


def said_not_now(pair: PairContext, person: Person, counted: Numbers, _days: float) -> str:
    return f"{person.first_name} said “not now” on {_day(counted, pair)}"


def not_yet(pair: PairContext) -> Numbers:
    """What is not expected to come up again for a good while waits until that is nearer."""
    first = pair.need.next_from
    return (None if first is None else max(0.0, (first - pair.now).total_seconds() / 86400),)


def is_far_off(pair: PairContext, _person: Person, _counted: Numbers, days: float) -> str:
    when = when_next(pair.need, pair.now, pair.mentee.limits.zone)
    return f"It is expected again {when or 'much later'}; it waits until that is {days:g} days away"


def is_near(numbers: Numbers, value: float, _policy: Policy) -> bool:
    """It may come up within so many days, or nobody knows when."""
    return numbers[0] is None or numbers[0] <= value


def pair_cooldown(pair: PairContext) -> Numbers:
    """After a meeting, the same two are not proposed again for some time."""
    return _since_last(pair, Ending.MET)


def met_lately(pair: PairContext, _person: Person, counted: Numbers, days: float) -> str:
    return f"The two met on {_day(counted, pair)}, less than {days:g} days ago"


def declined_cooldown(pair: PairContext) -> Numbers:
    """After a no, the same two are not proposed again for some time."""
    return _since_last(pair, Ending.DECLINED)


def declined_lately(pair: PairContext, _person: Person, counted: Numbers, days: float) -> str:
    return f"A suggestion for the two was declined on {_day(counted, pair)}, less than {days:g} days ago"


def ignored_cooldown(pair: PairContext) -> Numbers:
    """After a suggestion that was left unanswered, the same two are not proposed again for some time."""
    return _since_last(pair, Ending.IGNORED)


def ignored_lately(pair: PairContext, _person: Person, counted: Numbers, days: float) -> str:
    return f"A suggestion for the two was not answered on {_day(counted, pair)}, less than {days:g} days ago"


def left_in_peace(pair: PairContext) -> Numbers:
    """Who left a suggestion unanswered is left in peace for some time, longer after each further one."""
    return (
        *_silence(pair.mentee_load.silent_as_mentee, pair.now),
        *_silence(pair.mentor_load.silent_as_mentor, pair.now),
    )


def _silence(silence: Silence, now: datetime) -> Numbers:
    """(days since the last lapsed, how many in a row)."""
    return (None, None) if silence.last_at is None else (_days(now - silence.last_at), silence.times)


def waited(counted: Numbers, days: float, policy: Policy) -> bool:
    """Whether the wait after so many unanswered suggestions in a row is over."""
    since, times = counted
    return since is None or times is None or since >= wait_days(policy, int(times), days)


def wait_days(policy: Policy, times: int, days: float) -> float:
    """How long somebody is left in peace after so many in a row, if it is so many days after the first."""
    doubled = min(max(times - 1, 0), MOST_DOUBLED)
    return min(days * 2**doubled, policy.ignored_wait_most_days) if times else 0


def left_unanswered(pair: PairContext, person: Person, counted: Numbers, days: float) -> str:
    times = int(counted[1] or 0)
    what = "a suggestion" if times == 1 else f"{times} suggestions in a row"
    wait = wait_days(pair.policy, times, days)
    return f"{person.first_name} left {what} unanswered, up to {_day(counted, pair)}; the next waits {wait:g} days"


def withdrawn_cooldown(pair: PairContext) -> Numbers:
    """Two whose suggestions had to be taken back again and again are not proposed again for some time."""
    return tuple(sorted(_days(pair.now - each.at) for each in _of_both(pair, Ending.WITHDRAWN)))


def seldom_withdrawn(counted: Numbers, most: float, policy: Policy) -> bool:
    """Whether fewer than so many were taken back lately. counted: how many days ago each was."""
    return _lately(counted, policy) < most


def often_withdrawn(pair: PairContext, _person: Person, counted: Numbers, _most: float) -> str:
    times = _lately(counted, pair.policy)
    what = "A suggestion" if times == 1 else f"{times} suggestions"
    return f"{what} for the two had to be taken back in the last {pair.policy.tried_days} days"


def _lately(counted: Numbers, policy: Policy) -> int:
    return sum(each is not None and each < policy.tried_days for each in counted)


def topic_cooldown(pair: PairContext) -> Numbers:
    """After a meeting on a topic, it is given time to settle before the next, longer after each further one."""
    mine = [each for each in pair.earlier if each.mentee_id == pair.mentee.id and each.ending is Ending.MET]
    on_topic = [each.at for each in mine if each.theme_id == pair.need.theme_id]
    return (_since(on_topic, pair.now), len(on_topic)) if on_topic else (None,)


def has_settled(counted: Numbers, first_days: float, policy: Policy) -> bool:
    """Whether the wait after so many meetings on the topic is over. counted: days since the last, and how many."""
    return counted[0] is None or counted[0] >= repeat_days(policy, int(counted[-1] or 0), first_days)


def repeat_days(policy: Policy, times: int, first_days: float) -> float:
    """How long a topic rests after so many meetings on it: first_days × growth^(times − 1), a year at most."""
    grown = policy.repeat_growth ** min(max(times - 1, 0), MOST_DOUBLED)
    return min(first_days * grown, LONGEST_REST_DAYS)


def met_on_topic(pair: PairContext, person: Person, counted: Numbers, days: float) -> str:
    times = int(counted[-1] or 0)
    rest = repeat_days(pair.policy, times, days)
    had = "a meeting" if times == 1 else f"{times} meetings, the last"
    return f"{person.first_name} had {had} on this topic on {_day(counted, pair)}, less than {rest:.0f} days ago"


def mentor_has_room(pair: PairContext) -> Numbers:
    """A mentor has only so many open requests at once."""
    return (pair.mentor_load.open_as_mentor,)


def has_open_requests(_pair: PairContext, person: Person, counted: Numbers, _most: float) -> str:
    return f"{person.first_name} has {counted[0]:g} open {'request' if counted[0] == 1 else 'requests'} already"


def mentee_has_room(pair: PairContext) -> Numbers:
    """A mentee has only so many open suggestions at once."""
    return (pair.mentee_load.open_as_mentee,)


def has_an_open_suggestion(_pair: PairContext, person: Person, counted: Numbers, _most: float) -> str:
    what = "an open suggestion" if counted[0] == 1 else f"{counted[0]:g} open suggestions"
    return f"{person.first_name} has {what} already"


def weekly_messages_left(pair: PairContext) -> Numbers:
    """Nobody gets more messages a week than the organisation wants, and who left the last ones unanswered fewer."""
    return pair.mentee_load.attention.taken, pair.mentor_load.attention.taken


def asked_enough(pair: PairContext, person: Person, _counted: Numbers, most: float) -> str:
    asked = (pair.mentee_load if person.id == pair.mentee.id else pair.mentor_load).attention
    had = "1 message" if asked.used == 1 else f"{asked.used} messages"
    if not asked.unanswered:
        return f"{person.first_name} has had {had} this week, as many as the organisation wants"
    left = asked.allowance(int(most))
    still = f"{left} instead of {most:g} a week are theirs" if left else "one in two weeks is theirs"
    what = "the last message" if asked.unanswered == 1 else f"the last {asked.unanswered} messages"
    since = f"{person.first_name} left {what} unanswered, so {still} until they answer one"
    return f"{since}; this week they have had {had}"


def _of_both(pair: PairContext, ending: Ending) -> list[Earlier]:
    return [each for each in pair.earlier if each.ending is ending and each.both == pair.both]


def _since_last(pair: PairContext, ending: Ending) -> Numbers:
    return (_since([each.at for each in _of_both(pair, ending)], pair.now),)


def _since(moments: list[datetime], now: datetime) -> float | None:
    return _days(now - max(moments)) if moments else None


def _days(span: timedelta) -> float:
    return span / timedelta(days=1)


def _day(counted: Numbers, pair: PairContext) -> str:
    """Days are kept to some seconds, so the moment is the nearest minute's."""
    moment = pair.now - timedelta(days=counted[0] or 0.0) + timedelta(seconds=30)
    return f"{moment.day} {moment:%B}"
