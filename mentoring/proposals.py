"""A proposal: a need, a pair, an opening, and the answers to it. Values only; each transition returns a new one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from mentoring.errors import Missing, WrongTransition
from mentoring.intervals import Interval
from mentoring.openings import Pair


class State(StrEnum):
    DRAFTED = "drafted"
    RESERVED = "reserved"
    ASKED_MENTEE = "asked_mentee"
    ASKED_MENTOR = "asked_mentor"
    CONFIRMED = "confirmed"
    MET = "met"
    REVIEWED = "reviewed"
    DECLINED = "declined"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    MISSED = "missed"


BLOCKING = frozenset({State.RESERVED, State.ASKED_MENTEE, State.ASKED_MENTOR, State.CONFIRMED})
"""The states in which both people's time is blocked for this proposal."""

OPEN = BLOCKING - {State.CONFIRMED}
"""Still waiting for somebody."""

ASKED = frozenset({State.ASKED_MENTEE, State.ASKED_MENTOR, State.CONFIRMED})
"""Somebody holds an invite for it."""

NEXT: dict[State, frozenset[State]] = {
    State.DRAFTED: frozenset({State.RESERVED, State.WITHDRAWN}),
    State.RESERVED: frozenset({State.ASKED_MENTEE, State.EXPIRED, State.WITHDRAWN}),
    State.ASKED_MENTEE: frozenset({State.ASKED_MENTOR, State.DECLINED, State.EXPIRED, State.WITHDRAWN}),
    State.ASKED_MENTOR: frozenset({State.CONFIRMED, State.DECLINED, State.EXPIRED, State.WITHDRAWN}),
    State.CONFIRMED: frozenset(
        {State.ASKED_MENTOR, State.MET, State.MISSED, State.DECLINED, State.WITHDRAWN, State.EXPIRED}
    ),
    State.MET: frozenset({State.REVIEWED, State.MISSED}),
}
"""What may follow what; a state left out is final. Confirmed goes back to asked_mentor only by a move."""

SAID_LATER = timedelta(days=14)
"""For how long after a meeting it can be said that it did not take place."""


class Party(StrEnum):
    """Which of the two."""

    MENTEE = "mentee"
    MENTOR = "mentor"

    @property
    def other(self) -> Party:
        return Party.MENTOR if self is Party.MENTEE else Party.MENTEE


class Partstat(StrEnum):
    """A person's answer, in iCalendar's words (RFC 5545 section 3.2.12)."""

    NEEDS_ACTION = "NEEDS-ACTION"
    ACCEPTED = "ACCEPTED"
    DECLINED = "DECLINED"
    TENTATIVE = "TENTATIVE"


class Door(StrEnum):
    """Where an answer came in."""

    PAGE = "page"
    CALENDAR = "calendar"
    MAIL = "mail"


@dataclass(frozen=True)
class Answer:
    """What one of the two said, when, through which door, and to which SEQUENCE."""

    partstat: Partstat = Partstat.NEEDS_ACTION
    at: datetime | None = None
    door: Door | None = None
    sequence: int = 0

    @property
    def given(self) -> bool:
        return self.partstat is not Partstat.NEEDS_ACTION


@dataclass(frozen=True)
class Reason:
    """Why this topic, person or time. name: the rule it comes from. about: topic, person, time or reading."""

    about: str
    name: str
    words: str
    points: float = 0.0


class Objection(StrEnum):
    """How whoever is given a reason can answer it."""

    WRONG = "wrong"
    NOT_NOW = "not_now"
    NEVER = "never"


NOT_SENT = "the invite could not be sent"
"""Why one expires that nobody could have answered."""


@dataclass(frozen=True)
class Proposal:
    """Twenty minutes for a need, offered to a pair. uid never changes once anybody was asked; sequence rises with each
    change of time.

    released_at: when an admin let it go out, where that is asked of them. organiser_…: who invites, as from the first
    invite on; no id: a mailbox, or, without an address either, nobody was asked yet.
    """

    id: int
    organisation_id: int
    uid: str
    pair: Pair
    theme_id: int
    topic: str
    interval: Interval
    reasons: tuple[Reason, ...] = ()
    state: State = State.DRAFTED
    sequence: int = 0
    mentee_answer: Answer = Answer()
    mentor_answer: Answer = Answer()
    created_at: datetime | None = None
    mentee_asked_at: datetime | None = None
    mentor_asked_at: datetime | None = None
    expires_at: datetime | None = None
    released_at: datetime | None = None
    ended_because: str = ""
    round_id: int | None = None
    version: int = 0
    organiser_id: int | None = None
    organiser_name: str = ""
    organiser_address: str = ""

    def person_id(self, party: Party) -> int:
        return self.pair.mentee_id if party is Party.MENTEE else self.pair.mentor_id

    def party(self, person_id: int) -> Party:
        """Which of the two that person is. Raises KeyError for somebody else."""
        for party in Party:
            if self.person_id(party) == person_id:
                return party
        raise Missing(person_id)

    def answer(self, party: Party) -> Answer:
        return self.mentee_answer if party is Party.MENTEE else self.mentor_answer

    def asked_at(self, party: Party) -> datetime | None:
        """When that one of the two was asked first; None while they have not been."""
        return self.mentee_asked_at if party is Party.MENTEE else self.mentor_asked_at

    def asked(self, party: Party) -> bool:
        return self.asked_at(party) is not None

    @property
    def unanswered(self) -> bool:
        """Whether it ended because somebody who was invited said nothing."""
        return self.state is State.EXPIRED and self.ended_because != NOT_SENT

    @property
    def blocking(self) -> bool:
        return self.state in BLOCKING


def _to(proposal: Proposal, state: State) -> Proposal:
    if state not in NEXT.get(proposal.state, frozenset()):
        raise WrongTransition(f"a proposal that is {proposal.state} cannot become {state}")
    return replace(proposal, state=state)


def _with_answer(proposal: Proposal, party: Party, answer: Answer) -> Proposal:
    if party is Party.MENTEE:
        return replace(proposal, mentee_answer=answer)
    return replace(proposal, mentor_answer=answer)


def reserve(proposal: Proposal) -> Proposal:
    """Its time is held for both people from now on."""
    return _to(proposal, State.RESERVED)


def ask_mentee(proposal: Proposal, now: datetime, expires_at: datetime) -> Proposal:
    """The mentee is being asked, and has until then to answer."""
    return replace(_to(proposal, State.ASKED_MENTEE), mentee_asked_at=now, expires_at=expires_at)


def ask_mentor(proposal: Proposal, now: datetime, expires_at: datetime) -> Proposal:
    """The mentor is being asked, which only an accepting mentee allows. Raises WrongTransition otherwise."""
    if proposal.mentee_answer.partstat is not Partstat.ACCEPTED:
        raise WrongTransition("the mentor is asked only after the mentee accepted")
    return replace(_to(proposal, State.ASKED_MENTOR), mentor_asked_at=now, expires_at=expires_at)


def expiry(interval: Interval, asked_at: datetime, expiry_hours: float, notice_hours: float) -> datetime:
    """When an unanswered invite lapses: min(expiry_hours after asking, start − notice), never before asking itself.

    notice_hours: the longer notice of the two people, since nobody should learn of a meeting later than they allow.
    """
    before_start = interval.start - timedelta(hours=notice_hours)
    return max(asked_at, min(asked_at + timedelta(hours=expiry_hours), before_start))


def counts(proposal: Proposal, party: Party, answer: Answer) -> bool:
    """Whether an answer changes anything: for the SEQUENCE in force, not older than the one known, and different."""
    known = proposal.answer(party)
    if proposal.state not in ASKED or not proposal.asked(party) or answer.sequence != proposal.sequence:
        return False
    if known.at is not None and answer.at is not None and answer.at < known.at:
        return False
    return answer.partstat is not known.partstat


def answered(proposal: Proposal, party: Party, answer: Answer, lapses_at: datetime) -> Proposal:
    """The proposal with that answer; declined ends it, both accepted confirms it, anything less un-confirms it.

    lapses_at: until when what is open anew waits: the mentor to be asked after the mentee's yes, or a yes to come back
    after a confirmed meeting lost one. The mentee's yes does not ask the mentor by itself: that needs both calendars
    read again (see workflows).
    """
    if not counts(proposal, party, answer):
        return proposal
    told = _with_answer(proposal, party, answer)
    if answer.partstat is Partstat.DECLINED:
        return replace(_to(told, State.DECLINED), ended_because=f"declined_by_{party}")
    both = all(told.answer(each).partstat is Partstat.ACCEPTED for each in Party)
    if both and told.state is State.ASKED_MENTOR:
        return _to(told, State.CONFIRMED)
    if not both and told.state is State.CONFIRMED:
        return replace(_to(told, State.ASKED_MENTOR), expires_at=lapses_at)
    if told.state is State.ASKED_MENTEE and answer.partstat is Partstat.ACCEPTED:
        return replace(told, expires_at=lapses_at)
    return told


def moved(proposal: Proposal, interval: Interval, by: Party, answer: Answer, expires_at: datetime) -> Proposal:
    """The same event at another time: SEQUENCE + 1, the mover has accepted it, the other is asked again.

    The reasons for its old time go with that time.
    """
    if proposal.state not in ASKED or not proposal.asked(by):
        raise WrongTransition(f"a proposal that is {proposal.state} cannot be moved by its {by}")
    sequence = proposal.sequence + 1
    reasons = tuple(each for each in proposal.reasons if each.about != "time")
    changed = replace(proposal, interval=interval, sequence=sequence, expires_at=expires_at, reasons=reasons)
    accepted = replace(answer, partstat=Partstat.ACCEPTED, sequence=sequence)
    changed = _with_answer(_with_answer(changed, by.other, Answer(sequence=sequence)), by, accepted)
    return _to(changed, State.ASKED_MENTOR) if changed.state is State.CONFIRMED else changed


def named(proposal: Proposal, topic: str) -> Proposal:
    """The topic in the mentee's own words, as long as the mentor has read no others. Raises WrongTransition after."""
    if proposal.state is not State.ASKED_MENTEE or proposal.asked(Party.MENTOR):
        raise WrongTransition("the topic line is the mentee's until the mentor is asked")
    return replace(proposal, topic=topic)


def expire(proposal: Proposal, because: str) -> Proposal:
    """Nobody answered in time; its time is free again."""
    return replace(_to(proposal, State.EXPIRED), ended_because=because)


def withdraw(proposal: Proposal, because: str) -> Proposal:
    """Interlude takes it back: a calendar changed, somebody paused, an admin stopped sending."""
    return replace(_to(proposal, State.WITHDRAWN), ended_because=because)


def held(proposal: Proposal) -> Proposal:
    """Its time has passed, both having accepted."""
    return _to(proposal, State.MET)


def reviewed(proposal: Proposal) -> Proposal:
    """One of the two has said how it was."""
    return _to(proposal, State.REVIEWED)


def can_be_reviewed(proposal: Proposal, now: datetime) -> bool:
    """Whether it may still be said how it was: from its end on, for a fortnight."""
    lately = timedelta() <= now - proposal.interval.end <= SAID_LATER
    return lately and proposal.state in {State.MET, State.REVIEWED}


def can_be_missed(proposal: Proposal, now: datetime) -> bool:
    """Whether one of the two may still say that it did not take place: from its end on, for a fortnight."""
    lately = timedelta() <= now - proposal.interval.end <= SAID_LATER
    return lately and State.MISSED in NEXT.get(proposal.state, frozenset())


def missed(proposal: Proposal, now: datetime) -> Proposal:
    """It was agreed, and somebody says that it did not take place. Raises WrongTransition where it is too late."""
    if not can_be_missed(proposal, now):
        raise WrongTransition(f"a proposal that is {proposal.state} cannot be missed now")
    return _to(proposal, State.MISSED)
