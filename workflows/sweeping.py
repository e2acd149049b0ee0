"""The sweep: each minute and oftener, it finds what a lost nudge or a dead worker left behind, and does it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from mentoring import proposals as words
from mentoring.errors import ChangedMeanwhile
from mentoring.proposals import Partstat, Party, Proposal, State
from store import (
    api_keys,
    attention,
    calendars,
    links,
    note_changes,
    organisations,
    outbox,
    policies,
    proposals,
    replies,
    rounds,
)
from store import trials as kept_trials
from store.memory import Memory
from workflows import asking, leaving, organisers, outgoing, receiving, reminding, signing_in_by_mail, trials
from workflows.api import REQUESTS_KEPT
from workflows.bootstrap import Parts
from workflows.keeping_on import each_by_itself

BATCH = 200
PATIENCE = timedelta(seconds=30)
ATTENTION_KEPT = timedelta(weeks=26)
"""Longer than anything lowers an allowance."""

LETTERS_KEPT = timedelta(days=35)
"""Long enough for an admin to see why somebody got none."""


def sweep(parts: Parts) -> dict[str, int]:
    """Writes the sign-in letters that were asked for, counts answers that came in, expires what lapsed, closes what
    took place, deletes whom nobody has to hear of any more, goes on with drafts that are being tried, and has
    workers sort new notes, ask and deliver all that is due. Returns counts."""
    signing_in = signing_in_by_mail.answer_requests(parts)
    with parts.database.reading_all() as memory:
        everywhere = [each.id for each in organisations.all(memory)]
        due = outbox.due_anywhere(memory, parts.clock(), BATCH)
        answers = replies.due_anywhere(memory, parts.clock(), BATCH)
    each_by_itself(answers, lambda each: receiving.count(parts, *each))
    expired = expire_due(parts, everywhere)
    met = close_past(parts, everywhere)
    reminding.remind_due(parts, everywhere)
    gone = leaving.finish_everywhere(parts)
    owed = _owed(parts, everywhere)
    for organisation_id, round_id in owed:
        parts.nudge("run_owed", organisation_id, round_id)
    tried = [(each, trial) for each in everywhere for trial in trials.left_behind(parts, each)]
    for organisation_id, trial_id in tried:
        parts.nudge("run_trial", organisation_id, trial_id)
    waiting = asking.everything_to_ask(parts)
    for organisation_id, proposal_id in waiting:
        parts.nudge("ask", organisation_id, proposal_id)
    for organisation_id, message_id in due:
        parts.nudge("deliver", organisation_id, message_id)
    with parts.database.reading_all() as memory:
        unsorted = note_changes.waiting_anywhere(memory, BATCH)
    for organisation_id, person_id in unsorted:
        parts.nudge("sort_notes", organisation_id, person_id)
    counts = {
        "sorting": len(unsorted),
        "expired": expired,
        "met": met,
        "owed": len(owed),
        "asking": len(waiting),
        "delivering": len(due),
    }
    return counts | {"answers": len(answers), "signing_in": signing_in, "leaving": gone, "trying": len(tried)}


def _owed(parts: Parts, organisation_ids: Iterable[int]) -> list[tuple[int, int]]:
    """Rounds that somebody began, or owed, and has not finished for a while."""
    now, found = parts.clock(), []
    for organisation_id in organisation_ids:
        with parts.database.reading(organisation_id) as memory:
            left = [each for each in rounds.owed(memory, now) if each.started_at < now - PATIENCE]
        found += [(organisation_id, each.id) for each in left]
    return found


def close_past(parts: Parts, organisation_ids: Iterable[int]) -> int:
    """A confirmed meeting whose end has passed is taken to have been held, until somebody says otherwise."""
    now, closed = parts.clock(), 0
    for organisation_id in organisation_ids:
        with parts.database.reading(organisation_id) as memory:
            over = proposals.confirmed_before(memory, now)
        closed += sum(_close(parts, proposal) for proposal in over)
    return closed


def _close(parts: Parts, proposal: Proposal) -> int:
    try:
        with parts.database.writing(proposal.organisation_id) as memory:
            proposals.save(memory, words.held(proposal))
            questions = reminding.ask_how_it_was(memory, proposal, parts.clock())
    except ChangedMeanwhile:
        return 0
    outgoing.nudge(parts, proposal.organisation_id, questions)
    return 1


def housekeeping(parts: Parts) -> None:
    """Forgets what need not be kept: busy times a week past, rounds and mails older than the policy keeps them, old
    trials of drafts, letters and links to sign in that have ended, accounts that invited and have nothing left to
    do."""
    now = parts.clock()
    with parts.database.reading_all() as memory:
        everywhere = [each.id for each in organisations.all(memory)]
    for organisation_id in everywhere:
        with parts.database.writing(organisation_id) as memory:
            calendars.purge_past(memory, now)
            before = now - timedelta(days=policies.current(memory).round_keep_days)
            rounds.purge(memory, before)
            kept_trials.purge(memory, now - trials.KEPT)
            replies.purge(memory, before)
            outbox.purge_letters(memory, now - LETTERS_KEPT)
            links.purge(memory, now)
            api_keys.purge(memory, now - REQUESTS_KEPT)
            attention.purge(memory, now - ATTENTION_KEPT)
            reminding.lapse(memory, now)
        reminding.survey_due(parts, organisation_id)
    organisers.finish_everywhere(parts)


def expire_due(parts: Parts, organisation_ids: Iterable[int]) -> int:
    """Ends what nobody answered in time: its time is free again, copies go, and after a silent mentor the next best is
    offered."""
    now, ended = parts.clock(), 0
    for organisation_id in organisation_ids:
        with parts.database.reading(organisation_id) as memory:
            open_now = proposals.open_proposals(memory)
        for proposal in open_now:
            if _lapsed(proposal, now):
                ended += _expire(parts, proposal, now)
    return ended


def _lapsed(proposal: Proposal, now: datetime) -> bool:
    if proposal.state in words.OPEN:
        return proposal.interval.start <= now or (proposal.expires_at is not None and proposal.expires_at <= now)
    return False


def _expire(parts: Parts, proposal: Proposal, now: datetime) -> int:
    try:
        with parts.database.writing(proposal.organisation_id) as memory:
            because = words.NOT_SENT if _never_invited(memory, proposal) else _because(proposal)
            after = proposals.save(memory, words.expire(proposal, because))
            messages = outgoing.take_back(parts, memory, after, now)
            if after.unanswered:
                _note_silence(memory, after, now)
            if _mentee_waited(after):
                rounds.owe(memory, after.id, now.date(), now)
    except ChangedMeanwhile:
        return 0
    outgoing.nudge(parts, proposal.organisation_id, messages)
    if _mentee_waited(after):
        parts.nudge("next_best", proposal.organisation_id, proposal.id)
    return 1


def _note_silence(memory: Memory, lapsed: Proposal, now: datetime) -> None:
    for party in Party:
        if lapsed.asked(party) and not lapsed.answer(party).given:
            attention.ignored(memory, lapsed.person_id(party), now, proposal_id=lapsed.id)


def _because(lapsing: Proposal) -> str:
    if lapsing.state is State.RESERVED:
        return "it could not be asked in time"
    if not _mentee_waited(lapsing):
        return "the mentee did not answer"
    return "the mentor did not answer" if lapsing.asked(Party.MENTOR) else "the mentor could not be asked in time"


def _never_invited(memory: Memory, lapsing: Proposal) -> bool:
    """Whether the one who would have had to answer was never reached: it is not they who let it lapse."""
    party = Party.MENTOR if _mentee_waited(lapsing) else Party.MENTEE
    return lapsing.asked(party) and outbox.never_left(memory, lapsing.id, lapsing.person_id(party))


def _mentee_waited(lapsing: Proposal) -> bool:
    """The mentee said yes and the mentor did not: the mentee is offered the next best."""
    yes = Partstat.ACCEPTED
    return lapsing.mentee_answer.partstat is yes and lapsing.mentor_answer.partstat is not yes
