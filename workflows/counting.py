"""What Interlude has asked of each person so far, and how each earlier proposal ended, as the rules count it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from mentoring.attention import Asked
from mentoring.openings import Engagement
from mentoring.people import Person, Role
from mentoring.proposals import BLOCKING, Partstat, Party, Proposal, State
from suggestions.circumstances import Earlier, Ending, Load, Silence
from workflows import attention

LATELY_DAYS = 28
LONG_DAYS = 90
"""Exposure is looked at over both: who was offered a lot lately waits, and who never was is not forgotten."""

ENDINGS = {
    State.MET: Ending.MET,
    State.REVIEWED: Ending.MET,
    State.DECLINED: Ending.DECLINED,
    State.EXPIRED: Ending.IGNORED,
    State.WITHDRAWN: Ending.WITHDRAWN,
    **dict.fromkeys(BLOCKING, Ending.OPEN),
}
YES_OR_NO = frozenset({Partstat.ACCEPTED, Partstat.DECLINED})
MEETINGS = frozenset({State.CONFIRMED, State.MET, State.REVIEWED})


def earlier(proposal: Proposal) -> Earlier:
    pair, ending = proposal.pair, ending_of(proposal)
    return Earlier(pair.mentee_id, pair.mentor_id, proposal.theme_id, ending, ended_at(proposal, ending))


def ending_of(proposal: Proposal) -> Ending:
    ending = ENDINGS.get(proposal.state, Ending.OTHER)
    unasked = not proposal.asked(Party.MENTEE) or (ending is Ending.IGNORED and not proposal.unanswered)
    return Ending.OTHER if unasked and ending in (Ending.IGNORED, Ending.WITHDRAWN) else ending


def ended_at(proposal: Proposal, ending: Ending) -> datetime:
    if ending is Ending.MET:
        return proposal.interval.end
    if ending is Ending.IGNORED and proposal.expires_at:
        return proposal.expires_at
    asked = (proposal.mentee_asked_at, proposal.mentor_asked_at) if ending is Ending.WITHDRAWN else ()
    moments = [each for each in (proposal.mentee_answer.at, proposal.mentor_answer.at, *asked) if each]
    return max(moments, default=proposal.created_at or proposal.interval.start)


def silences(history: Sequence[Proposal]) -> dict[tuple[Party, int], Silence]:
    """How many in a row each left without a yes or a no, by role; either starts the count anew."""
    found: dict[tuple[Party, int], Silence] = {}
    for each in sorted(history, key=lambda proposal: proposal.id):
        for party in Party:
            key = party, each.person_id(party)
            if each.answer(party).partstat in YES_OR_NO:
                found.pop(key, None)
            elif each.unanswered and each.asked(party):
                found[key] = Silence(found.get(key, Silence()).times + 1, each.expires_at)
    return found


@dataclass
class _Counts:
    """Of one person. offered: in each role, within the short and the long time."""

    open_as: Counter[Party] = field(default_factory=Counter)
    asked_lately: int = 0
    ignored_lately: int = 0
    mentored_lately: int = 0
    offered: Counter[tuple[Party, int]] = field(default_factory=Counter)

    def add(self, proposal: Proposal, party: Party, now: datetime) -> None:
        self.open_as[party] += proposal.blocking
        asked_at = proposal.asked_at(party)
        lately = asked_at is not None and asked_at >= now - timedelta(days=LATELY_DAYS)
        self.asked_lately += lately
        self.ignored_lately += lately and proposal.unanswered and not proposal.answer(party).given
        met = party is Party.MENTOR and proposal.state in MEETINGS
        self.mentored_lately += met and proposal.interval.start >= now - timedelta(days=LATELY_DAYS)
        for days in (LATELY_DAYS, LONG_DAYS):
            self.offered[party, days] += asked_at is not None and asked_at >= now - timedelta(days=days)


def loads(
    history: Sequence[Proposal],
    people: Sequence[Person],
    booked: Mapping[int, Sequence[Engagement]],
    now: datetime,
    asked: Mapping[int, Sequence[Asked]],
) -> dict[int, Load]:
    """{person: what Interlude asks of them}. booked: everything that it booked for each; asked: what it wrote to them
    lately, who is left out got nothing."""
    counts: dict[int, _Counts] = defaultdict(_Counts)
    for each in history:
        for party in Party:
            counts[each.person_id(party)].add(each, party, now)
    silent, refusals = silences(history), _refused_in_a_row(history)
    shares = _shares(people, counts)
    return {
        person.id: Load(
            open_as_mentee=counts[person.id].open_as[Party.MENTEE],
            open_as_mentor=counts[person.id].open_as[Party.MENTOR],
            booked_this_month=_booked_this_month(person, booked[person.id], now),
            asked_lately=counts[person.id].asked_lately,
            ignored_lately=counts[person.id].ignored_lately,
            attention=attention.of(asked.get(person.id, ()), person, now),
            silent_as_mentee=silent.get((Party.MENTEE, person.id), Silence()),
            silent_as_mentor=silent.get((Party.MENTOR, person.id), Silence()),
            mentored_lately=counts[person.id].mentored_lately,
            refused_in_a_row=refusals.get(person.id, 0),
            share_as_mentee=shares.get((Party.MENTEE, person.id)),
            share_as_mentor=shares.get((Party.MENTOR, person.id)),
        )
        for person in people
    }


def _refused_in_a_row(history: Sequence[Proposal]) -> dict[int, int]:
    """Of each mentor, since they last said yes."""
    found: Counter[int] = Counter()
    for each in sorted(history, key=lambda proposal: proposal.id):
        mentor_id, answer = each.pair.mentor_id, each.mentor_answer.partstat
        if answer is Partstat.ACCEPTED:
            found[mentor_id] = 0
        elif each.asked(Party.MENTOR):
            found[mentor_id] += answer is Partstat.DECLINED or each.unanswered
    return dict(found)


def _shares(people: Sequence[Person], counts: Mapping[int, _Counts]) -> dict[tuple[Party, int], float]:
    """What each was offered in a role against what people in it are on average, both times counting half each."""
    found: dict[tuple[Party, int], float] = {}
    for party, role in ((Party.MENTEE, Role.MENTEE), (Party.MENTOR, Role.MENTOR)):
        theirs = [person.id for person in people if person.opted_in(role)]
        for days in (LATELY_DAYS, LONG_DAYS):
            total = sum(counts[each].offered[party, days] for each in theirs)
            for each in theirs if total else ():
                share = counts[each].offered[party, days] * len(theirs) / total
                found[party, each] = found.get((party, each), share) / 2 + share / 2
    return found


def _booked_this_month(person: Person, booked: Sequence[Engagement], now: datetime) -> int:
    tz = ZoneInfo(person.limits.zone)
    month = now.astimezone(tz).strftime("%Y-%m")
    return sum(each.interval.start.astimezone(tz).strftime("%Y-%m") == month for each in booked)
