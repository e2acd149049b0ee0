"""What the two say, and all that follows from it, whichever door it came through."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime, timedelta

from tenacity import retry, retry_if_exception_type, stop_after_attempt

from mentoring import proposals as words
from mentoring.errors import BadInput, ChangedMeanwhile, DoubleBooking, Missing, Refused, TryLater
from mentoring.intervals import Interval
from mentoring.outbox import Act
from mentoring.proposals import Answer, Door, Partstat, Party, Proposal, State
from scheduler.refusals import Cause, Refusal
from store import attention, policies, proposals, rounds
from store.memory import Memory
from workflows import asking, outgoing, syncing
from workflows.bootstrap import Parts
from workflows.days_off import working_time
from workflows.views import Who

log = logging.getLogger("interlude.answering")

NO_YES = frozenset({Partstat.DECLINED, Partstat.TENTATIVE})
"""What an answer that offers another time may say of the one in force, and means where the other does not fit, or while
nobody can tell."""

STALE_AT_ACCEPT = frozenset({Cause.NOTICE})
"""What is not asked again when somebody accepts: the invite's own expiry has kept the notice already."""

LONGEST_TOPIC = 80

YOURS = {
    Cause.HOURS: "it is outside your hours",
    Cause.HOLIDAY: "it is a public holiday where you are",
    Cause.QUIET: "it is one of your quiet days",
    Cause.UNKNOWN: "your calendar is not known then",
    Cause.PAUSED: "you have paused",
    Cause.NOTICE: "it is sooner than the notice you want",
    Cause.BUSY: "you are busy",
    Cause.BUFFERS: "it is too close to something else",
    Cause.CAPS: "you have as many meetings as you want",
}
"""Each cause for the one whose time it is about."""

again_if_changed = retry(retry=retry_if_exception_type(ChangedMeanwhile), stop=stop_after_attempt(5), reraise=True)


def answer(
    parts: Parts, who: Who, proposal_id: int, partstat: Partstat, feedback: str = "", sequence: int | None = None
) -> Proposal:
    """An answer from the web page. feedback: about what a no is, as the pages' Feedback names it. sequence: of what
    the person saw; None for what is in force.

    Raises KeyError where the proposal is not theirs, Refused where it can no longer be answered, ChangedMeanwhile where
    its time is another by now than the one that was answered.
    """
    proposal, party = _theirs(parts, who, proposal_id)
    if not can_answer(proposal, party, parts.clock()):
        raise Refused("this suggestion can no longer be answered")
    _check_seen(proposal, sequence)
    said = Answer(partstat, parts.clock(), Door.PAGE, proposal.sequence)
    after = record(parts, who.organisation_id, proposal_id, party, said, feedback)
    if partstat is Partstat.ACCEPTED and after.state is State.WITHDRAWN:
        raise Refused("that time is no longer free for both of you, so it was taken back; the next best is on its way")
    return after


def _check_seen(proposal: Proposal, sequence: int | None) -> None:
    if sequence is not None and sequence != proposal.sequence:
        raise ChangedMeanwhile("its time was changed meanwhile; here is the new one")


def can_answer(proposal: Proposal, party: Party, now: datetime) -> bool:
    """Whether that one of the two holds an invite that is still open to an answer."""
    expired = proposal.state in words.OPEN and proposal.expires_at is not None and proposal.expires_at <= now
    return proposal.state in words.ASKED and proposal.asked(party) and not expired and now < proposal.interval.start


def _theirs(parts: Parts, who: Who, proposal_id: int) -> tuple[Proposal, Party]:
    with parts.database.reading(who.organisation_id) as memory:
        proposal = proposals.get(memory, proposal_id)
    party = proposal.party(who.person_id)
    if not proposal.asked(party):
        raise Missing(proposal_id)
    return proposal, party


@again_if_changed
def record(
    parts: Parts, organisation_id: int, proposal_id: int, party: Party, said: Answer, feedback: str = ""
) -> Proposal:
    """Takes an answer in, with all that follows from it, and returns the proposal as it then is."""
    found = asking.case(parts, organisation_id, proposal_id)
    proposal = found.proposal
    if not words.counts(proposal, party, said):
        return proposal
    if said.partstat is Partstat.ACCEPTED and _no_longer_fits(parts, found):
        asking.withdraw(parts, proposal, asking.TAKEN, offer_next=True)
        return asking.case(parts, organisation_id, proposal_id).proposal
    now = parts.clock()
    with parts.database.writing(organisation_id) as memory:
        after = proposals.save(memory, words.answered(proposal, party, said, _lapses_at(found, now)))
        proposals.log_answer(memory, proposal_id, party, said)
        if said.given:
            attention.answered(memory, proposal.person_id(party), now, proposal_id=proposal_id)
        if feedback:
            proposals.save_feedback(memory, proposal_id, proposal.person_id(party), feedback, "", now)
        messages = _told(parts, memory, proposal, after, party, said, now)
        if _mentee_is_owed(after, party):
            rounds.owe(memory, after.id, now.date(), now)
    outgoing.nudge(parts, organisation_id, messages)
    _follow(parts, after, party)
    return after


def _lapses_at(found: asking.Case, now: datetime) -> datetime:
    """While their notice lasts; after that, until it begins."""
    return found.latest_answer if found.latest_answer > now else found.proposal.interval.start


def _no_longer_fits(parts: Parts, found: asking.Case) -> bool:
    """Hours, caps, buffers and other meetings, judged again at accept. A time that is unknown by now is not refused:
    the person themselves has just said that it suits them."""
    try:
        obstacles = asking.in_the_way(parts, found, parts.clock())
    except TryLater:
        return False
    return any(each.cause not in STALE_AT_ACCEPT for each in obstacles)


def _told(
    parts: Parts, memory: Memory, before: Proposal, after: Proposal, by: Party, said: Answer, now: datetime
) -> tuple[int, ...]:
    """Who must hear of it: everybody once it is confirmed or over, else only the answerer's own copy."""
    if after.state is State.DECLINED:
        return outgoing.take_back(parts, memory, after, now, by, said.door)
    news = State.CONFIRMED in (before.state, after.state)
    told = [party for party in Party if after.asked(party) and (news or party is by)]
    return tuple(
        each
        for party in told
        for each in outgoing.write(
            parts, memory, after, party, Act.UPDATE, now, said_by=said.door if party is by else None
        )
    )


def _follow(parts: Parts, after: Proposal, by: Party) -> None:
    if _mentee_is_owed(after, by):
        parts.nudge("next_best", after.organisation_id, after.id)
    elif asking.whose_turn(after) is Party.MENTOR:
        parts.nudge("ask", after.organisation_id, after.id)


def _mentee_is_owed(after: Proposal, by: Party) -> bool:
    """A mentor's no is not the mentee's: they are offered the next best."""
    return after.state is State.DECLINED and by is Party.MENTOR


def move(parts: Parts, who: Who, proposal_id: int, start: datetime, sequence: int | None = None) -> Proposal:
    """Another time, from the web page: both calendars are read again, and the other is asked anew.

    Raises BadInput naming what stands in the way of that time; KeyError, Refused and ChangedMeanwhile as `answer` does.
    """
    proposal, party = _theirs(parts, who, proposal_id)
    if not can_answer(proposal, party, parts.clock()):
        raise Refused("this suggestion can no longer be moved")
    _check_seen(proposal, sequence)
    interval = Interval.lasting(start, proposal.interval.minutes)
    if interval == proposal.interval:
        return proposal
    if not asking.case(parts, who.organisation_id, proposal_id).may_be_asked(party.other, parts.clock()):
        raise Refused(
            "something has changed for one of you two, so no other time can be asked about; it stays as it is"
        )
    obstacles = read_and_judge(parts, proposal, interval)
    if obstacles:
        raise BadInput.of("start", _unsuitable(obstacles, who.person_id))
    return move_to(parts, proposal, party, interval, Door.PAGE)


def _unsuitable(obstacles: tuple[Refusal, ...], reader_id: int) -> str:
    """To the reader their own obstacles by name; of the other only that it does not suit them."""
    mine = [YOURS[cause] for cause in Cause if any(each == Refusal(reader_id, cause) for each in obstacles)]
    if mine:
        return f"that time does not work for you: {'; '.join(mine)}"
    return "that time does not suit the other person"


def name_topic(parts: Parts, who: Who, proposal_id: int, text: str) -> Proposal:
    """The mentee says what the mentor will read. Raises BadInput; KeyError where it is not theirs as a mentee; Refused
    once the mentor has been asked."""
    proposal, party = _theirs(parts, who, proposal_id)
    topic = _topic(text)
    if not may_name_topic(proposal, party, parts.clock()):
        raise Refused("the line cannot be changed any more: it has been read already, or this is over")
    now = parts.clock()
    with parts.database.writing(who.organisation_id) as memory:
        after = proposals.save(memory, words.named(proposal, topic))
        messages = outgoing.write(parts, memory, after, party, Act.UPDATE, now, said_by=Door.PAGE)
    outgoing.nudge(parts, who.organisation_id, messages)
    return after


def may_name_topic(proposal: Proposal, party: Party, now: datetime) -> bool:
    """Until the mentor is asked, the line that they will read is the mentee's to word."""
    unread = proposal.state is State.ASKED_MENTEE and not proposal.asked(Party.MENTOR)
    return unread and party is Party.MENTEE and can_answer(proposal, party, now)


def _topic(text: str) -> str:
    topic = " ".join(text.split())
    if not topic:
        raise BadInput.of("topic", "write a few words")
    if len(topic) > LONGEST_TOPIC or not topic.isprintable():
        raise BadInput.of("topic", f"write it in one line of at most {LONGEST_TOPIC} characters")
    return topic


def check_start(parts: Parts, organisation_id: int, start: datetime) -> None:
    """Raises BadInput for a start, in UTC, that is offered to nobody: off the policy's step, or beyond its horizon."""
    with parts.database.reading(organisation_id) as memory:
        policy = policies.current(memory)
    now, in_day = parts.clock(), timedelta(hours=start.hour, minutes=start.minute, seconds=start.second)
    off_step = in_day % timedelta(minutes=policy.step_minutes) or start.microsecond
    if off_step or not now < start <= now + timedelta(days=policy.horizon_days):
        raise BadInput.of("start", "choose one of the times")


def stops_a_move(parts: Parts, proposal: Proposal, by: Party, interval: Interval) -> bool:
    """Whether anything forbids that one of the two to put that time to the other. Raises TryLater as below."""
    try:
        check_start(parts, proposal.organisation_id, interval.start)
    except BadInput:
        return True
    found = asking.case(parts, proposal.organisation_id, proposal.id)
    return not found.may_be_asked(by.other, parts.clock()) or bool(read_and_judge(parts, proposal, interval))


def read_and_judge(parts: Parts, proposal: Proposal, interval: Interval) -> tuple[Refusal, ...]:
    """Reads both calendars again and says what stands in the way of that time. Raises TryLater where one is unknown."""
    pair = (proposal.pair.mentee_id, proposal.pair.mentor_id)
    syncing.read_again(parts, proposal.organisation_id, pair)
    found = asking.case(parts, proposal.organisation_id, proposal.id)
    return asking.in_the_way(parts, found, parts.clock(), interval)


def put_to_the_other(parts: Parts, proposal: Proposal, by: Party, interval: Interval, door: Door) -> bool:
    """Another time that one of the two offers: put to the other where it fits. Returns whether it did.

    Raises TryLater while one of the two calendars is unknown, and ChangedMeanwhile.
    """
    as_long = interval.minutes == proposal.interval.minutes
    if not as_long or stops_a_move(parts, proposal, by, interval):
        return False
    try:
        move_to(parts, proposal, by, interval, door)
    except DoubleBooking as problem:
        log.info("proposal %s could not be moved: %s", proposal.id, type(problem).__name__)
        return False
    return True


def move_to(parts: Parts, proposal: Proposal, by: Party, interval: Interval, door: Door) -> Proposal:
    """Moves it there, which must have been judged possible, and asks the other anew."""
    now = parts.clock()
    found = asking.case(parts, proposal.organisation_id, proposal.id)
    asks_mentor = by is Party.MENTEE and proposal.asked(Party.MENTOR)
    moving = replace(found, proposal=replace(proposal, interval=interval))
    expires_at = (
        asking.mentor_expiry(moving, now)
        if asks_mentor
        else words.expiry(interval, now, found.policy.expiry_hours, found.notice_hours)
    )
    said = Answer(Partstat.ACCEPTED, now, door, proposal.sequence)
    with parts.database.writing(proposal.organisation_id) as memory:
        after = proposals.save(memory, words.moved(proposal, interval, by, said, expires_at))
        proposals.log_answer(memory, proposal.id, by, after.answer(by))
        attention.answered(memory, proposal.person_id(by), now, proposal_id=proposal.id)
        messages = _asked_anew(parts, memory, found, after, by, now)
    outgoing.nudge(parts, proposal.organisation_id, messages)
    _follow(parts, after, by)
    return after


def _asked_anew(
    parts: Parts, memory: Memory, found: asking.Case, after: Proposal, by: Party, now: datetime
) -> tuple[int, ...]:
    """The mover's own copy at once; the other's within their working hours, since it asks something of them."""
    mine = outgoing.write(parts, memory, after, by, Act.UPDATE, now)
    if not after.asked(by.other):
        return mine
    their_morning = working_time(found.person(by.other).limits, now).next_open(now) or now
    theirs = outgoing.write(parts, memory, after, by.other, Act.UPDATE, now, not_before=their_morning)
    return mine + (theirs if their_morning <= now else ())
