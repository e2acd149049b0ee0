"""Asking the mentee, then the mentor: both calendars are read again right before each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from mentoring import proposals as words
from mentoring.attention import Kind
from mentoring.availability import Unknown
from mentoring.errors import ChangedMeanwhile, TryLater
from mentoring.intervals import Interval
from mentoring.outbox import Act
from mentoring.people import Person, Role
from mentoring.policy import Policy, Sending
from mentoring.proposals import Partstat, Party, Proposal, State
from scheduler.refusals import Refusal, stands_in_the_way
from store import organisations, people, policies, proposals, rounds
from workflows import attention, inviting, outgoing, syncing
from workflows.bootstrap import Parts
from workflows.days_off import working_time
from workflows.knowing import time_of

UNKNOWN_AGAIN = timedelta(minutes=2)
TAKEN = "its time was no longer free for both"
ENOUGH = "has had enough messages this week"
NOT_WANTED = "something has changed for one of you two"


@dataclass(frozen=True)
class Case:
    """A proposal with its two people and the policy in force."""

    proposal: Proposal
    mentee: Person
    mentor: Person
    policy: Policy
    stopped: bool

    def person(self, party: Party) -> Person:
        return self.mentee if party is Party.MENTEE else self.mentor

    @property
    def notice_hours(self) -> int:
        return max(self.mentee.limits.notice_hours, self.mentor.limits.notice_hours)

    def still_wanted(self, now: datetime) -> bool:
        """Whether both still take part: opted in, nothing stopped or paused, and nothing keeps the two apart."""
        both = (self.mentee, self.mentor)
        paused = any(each.limits.paused_until and each.limits.paused_until > now for each in both)
        opted_in = self.mentee.opted_in(Role.MENTEE) and self.mentor.opted_in(Role.MENTOR)
        return opted_in and not paused and not self.kept_apart

    def may_be_asked(self, party: Party, now: datetime) -> bool:
        """Whether that one still takes part, and nothing keeps the two apart."""
        person, role = (self.mentee, Role.MENTEE) if party is Party.MENTEE else (self.mentor, Role.MENTOR)
        paused = person.limits.paused_until is not None and person.limits.paused_until > now
        return person.opted_in(role) and not paused and not self.kept_apart

    @property
    def kept_apart(self) -> bool:
        """Whether one of the two refuses the other, or the organisation decided that they are not to meet by us: a
        round may have suggested them before."""
        refused = self.mentor.id in self.mentee.never_with or self.mentee.id in self.mentor.never_with
        return refused or frozenset((self.mentee.id, self.mentor.id)) in self.policy.forbidden_pairs

    @property
    def latest_answer(self) -> datetime:
        """After this, one of them would have less notice than they want."""
        return self.proposal.interval.start - timedelta(hours=self.notice_hours)

    @property
    def may_send(self) -> bool:
        """In review nothing leaves by itself: what a round reserved waits until an admin lets it go out."""
        return lets_out(self.policy.sending, self.proposal) and not self.stopped


def lets_out(sending: Sending, proposal: Proposal) -> bool:
    """Whether that way of sending lets anything about this proposal be asked of anybody. What has begun goes on."""
    let_go = proposal.released_at is not None or proposal.asked(Party.MENTEE)
    return sending is Sending.ON or (sending is Sending.REVIEW and let_go)


def case(parts: Parts, organisation_id: int, proposal_id: int) -> Case:
    """Everything that deciding about one proposal takes."""
    with parts.database.reading(organisation_id) as memory:
        proposal = proposals.get(memory, proposal_id)
        return Case(
            proposal=proposal,
            mentee=people.get(memory, proposal.pair.mentee_id),
            mentor=people.get(memory, proposal.pair.mentor_id),
            policy=policies.current(memory),
            stopped=organisations.get(memory).stopped,
        )


def whose_turn(proposal: Proposal) -> Party | None:
    """Who is to be asked next, or nobody: the mentor only after the mentee accepted."""
    if proposal.state is State.RESERVED:
        return Party.MENTEE
    accepted = proposal.mentee_answer.partstat is Partstat.ACCEPTED
    if proposal.state is State.ASKED_MENTEE and accepted:
        return Party.MENTOR
    return None


def ask(parts: Parts, organisation_id: int, proposal_id: int) -> str:
    """Asks whoever is next, if it is their working time and the time is still free for both. Says what became of it."""
    now = parts.clock()
    found = case(parts, organisation_id, proposal_id)
    party = whose_turn(found.proposal)
    if party is None:
        return "nobody is to be asked"
    if not found.may_send:
        return "sending is not on"
    if not working_time(found.person(party).limits, now).open_at(now):
        return "waits for their working hours"
    if _asked_often_enough(parts, found, party, now):
        return ENOUGH
    try:
        if not found.still_wanted(now):
            withdraw(parts, found.proposal, NOT_WANTED, offer_next=True)
            return "somebody is not taking part any more, so it was withdrawn"
        if not still_fits(parts, found.proposal):
            return "its time is taken, so it was withdrawn"
        return _ask(parts, found, party)
    except TryLater as problem:
        return f"waits: {problem}"
    except ChangedMeanwhile:
        return "changed meanwhile"


def _asked_often_enough(parts: Parts, found: Case, party: Party, now: datetime) -> bool:
    with parts.database.reading(found.proposal.organisation_id) as memory:
        return not attention.allows(memory, found.person(party), found.policy, now)


def _ask(parts: Parts, found: Case, party: Party) -> str:
    now = parts.clock()
    if party is Party.MENTEE:
        expires_at = words.expiry(found.proposal.interval, now, found.policy.expiry_hours, found.notice_hours)
        asked = words.ask_mentee(found.proposal, now, expires_at)
    else:
        asked = words.ask_mentor(found.proposal, now, mentor_expiry(found, now))
    with parts.database.writing(asked.organisation_id) as memory:
        if not attention.take(memory, found.person(party), found.policy, Kind.SUGGESTION, now, asked.id):
            return ENOUGH
        saved = proposals.save(memory, inviting.begun(parts, memory, asked))
        messages = outgoing.write(parts, memory, saved, party, Act.PLACE, now)
    outgoing.nudge(parts, saved.organisation_id, messages)
    return f"asked the {party}"


def mentor_expiry(found: Case, now: datetime) -> datetime:
    """The mentor has so many of their own working hours, which no holiday and no quiet day of theirs has any of, and
    never less notice than both allow."""
    silence = working_time(found.mentor.limits, now).hours_later(now, found.policy.mentor_silence_hours)
    return max(now, min(silence, found.latest_answer))


def still_fits(parts: Parts, proposal: Proposal) -> bool:
    """Reads both people's calendars now and withdraws the proposal where its time is no longer free for both.

    Raises TryLater while somebody's time is unknown: unknown is not free, and not taken either.
    """
    syncing.read_again(parts, proposal.organisation_id, (proposal.pair.mentee_id, proposal.pair.mentor_id))
    found = case(parts, proposal.organisation_id, proposal.id)
    obstacles = in_the_way(parts, found, parts.clock())
    if not obstacles:
        return True
    withdraw(parts, found.proposal, TAKEN, offer_next=True)
    return False


def in_the_way(parts: Parts, found: Case, now: datetime, interval: Interval | None = None) -> tuple[Refusal, ...]:
    """What forbids the proposal's time, or that interval, by what the store knows. Raises TryLater if unknown."""
    proposal = found.proposal
    key = parts.database.keyring.key_of(proposal.organisation_id)(proposal.uid)
    with parts.database.reading(proposal.organisation_id) as memory:
        time = time_of(memory, (found.mentee, found.mentor), found.policy, now, excluding_key=key)
    for person in (found.mentee, found.mentor):
        known = time.availability[person.id]
        if isinstance(known, Unknown):
            raise TryLater(f"{person.name}: {known.why}", UNKNOWN_AGAIN)
    mentee, mentor = (time.participant(each, proposal.id) for each in (found.mentee, found.mentor))
    assert mentee is not None
    assert mentor is not None
    return stands_in_the_way(mentee, mentor, interval or proposal.interval, now)


def withdraw(parts: Parts, proposal: Proposal, because: str, offer_next: bool = False) -> None:
    """Takes a proposal back: its time is free again, copies are removed. offer_next: the mentee gets the next best.

    Raises ChangedMeanwhile when it is not as it was read.
    """
    now = parts.clock()
    if State.WITHDRAWN not in words.NEXT.get(proposal.state, frozenset()):
        return
    with parts.database.writing(proposal.organisation_id) as memory:
        saved = proposals.save(memory, words.withdraw(proposal, because))
        messages = outgoing.take_back(parts, memory, saved, now)
        if offer_next:
            rounds.owe(memory, saved.id, now.date(), now)
    outgoing.nudge(parts, saved.organisation_id, messages)
    if offer_next:
        parts.nudge("next_best", saved.organisation_id, saved.id)


def everything_to_ask(parts: Parts) -> list[tuple[int, int]]:
    """(organisation, proposal) of every proposal in which somebody is next and at work now."""
    now, waiting = parts.clock(), []
    with parts.database.reading_all() as memory:
        known = organisations.all(memory)
    for organisation in known:
        with parts.database.reading(organisation.id) as memory:
            sending = policies.current(memory).sending
            if organisation.stopped or sending is Sending.OFF:
                continue
            everyone = {person.id: person for person in people.everyone(memory)}
            for proposal in proposals.open_proposals(memory):
                party = whose_turn(proposal) if lets_out(sending, proposal) else None
                if party and working_time(everyone[proposal.person_id(party)].limits, now).open_at(now):
                    waiting.append((organisation.id, proposal.id))
    return waiting
