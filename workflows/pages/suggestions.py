"""One proposal, as one of its two may see it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from integrations.itip import stored
from mentoring.errors import Missing, Refused
from mentoring.openings import Opening
from mentoring.people import Person
from mentoring.proposals import ASKED, Answer, Partstat, Party, Proposal, State, can_be_missed
from scheduler.openings import Timetable
from store import calendars, challenges, copies, people, policies, proposals, themes
from store.memory import Memory
from workflows import answering, asking, inviting
from workflows.bootstrap import Parts
from workflows.knowing import frame_of, time_of
from workflows.views import Note, PersonCard, SuggestionView, Who

MOST_TIMES = 60


def suggestion(parts: Parts, who: Who, proposal_id: int) -> SuggestionView:
    """Raises KeyError where it is not theirs, or they have not been asked yet."""
    with parts.database.reading(who.organisation_id) as memory:
        proposal = proposals.get(memory, proposal_id)
        party = proposal.party(who.person_id)
        if not proposal.asked(party):
            raise Missing(proposal_id)
        pair = {each: people.get(memory, proposal.person_id(each)) for each in Party}
        shown = view(proposal, party, pair[party], pair[party.other], parts.clock(), _copy_in(memory, proposal, party))
        return _with_grounds(memory, shown, proposal) if party is Party.MENTEE else shown


def _with_grounds(memory: Memory, shown: SuggestionView, proposal: Proposal) -> SuggestionView:
    """What the mentee answered to its reasons, and their own notes that it rests on."""
    mentee_id = proposal.pair.mentee_id
    of_theme = {
        each
        for theme in themes.of_person(memory, mentee_id)
        if theme.id == proposal.theme_id
        for each in theme.challenge_ids
    }
    until = proposal.created_at
    notes = tuple(
        Note(each.at, each.text)
        for each in challenges.of_person(memory, mentee_id)
        if each.id in of_theme and (until is None or each.at <= until)
    )
    return replace(shown, objections=proposals.of_reasons(memory, proposal.id, mentee_id), evidence=notes)


def _copy_in(memory: Memory, proposal: Proposal, party: Party) -> str:
    copy = copies.get(memory, proposal.id, proposal.person_id(party))
    if copy is None or copy.removed:
        return ""
    owned = calendars.calendars(memory, copy.person_id)
    return next((each.name for each in owned if each.id == copy.calendar_id), "")


def view(
    proposal: Proposal, party: Party, reader: Person, other: Person, now: datetime, copy_in: str = ""
) -> SuggestionView:
    """A mentor sees the topic line that the mentee approved, and no reason: those speak of the mentee's notes."""
    can = answering.can_answer(proposal, party, now)
    return SuggestionView(
        id=proposal.id,
        mine_as=party,
        state=proposal.state,
        topic=proposal.topic,
        other=card(other),
        interval=proposal.interval,
        zone=reader.limits.zone,
        twelve_hour=reader.twelve_hour,
        reasons=proposal.reasons if party is Party.MENTEE else (),
        expires_at=proposal.expires_at if proposal.state in ASKED and proposal.state is not State.CONFIRMED else None,
        my_answer=proposal.answer(party).partstat,
        their_answer_words=_standing(proposal, party.other, other),
        can_answer=can,
        can_move=can,
        can_name=answering.may_name_topic(proposal, party, now),
        sequence=proposal.sequence,
        ended_words=inviting.ended(proposal, party, other),
        copy_in=copy_in,
        can_miss=can_be_missed(proposal, now),
    )


def card(person: Person) -> PersonCard:
    return PersonCard(person.name, person.first_name, person.department, person.title, person.limits.zone)


def _standing(proposal: Proposal, party: Party, person: Person) -> str:
    if not proposal.asked(party):
        return f"{person.first_name} is asked next, within their working hours."
    said: Answer = proposal.answer(party)
    words = {
        Partstat.ACCEPTED: "said yes.",
        Partstat.DECLINED: "said no.",
        Partstat.TENTATIVE: "might come, which is not a yes yet.",
        Partstat.NEEDS_ACTION: "has not answered yet.",
    }
    return f"{person.first_name} {words[said.partstat]}"


def other_times(parts: Parts, who: Who, proposal_id: int) -> tuple[Opening, ...]:
    """The best times at which both could meet instead, by what was read last. Raises KeyError for others."""
    found = asking.case(parts, who.organisation_id, proposal_id)
    found.proposal.party(who.person_id)
    now = parts.clock()
    key = parts.database.keyring.key_of(who.organisation_id)(found.proposal.uid)
    with parts.database.reading(who.organisation_id) as memory:
        policy = policies.current(memory)
        time = time_of(memory, (found.mentee, found.mentor), policy, now, excluding_key=key)
    pair = [time.participant(each, proposal_id) for each in (found.mentee, found.mentor)]
    known = [each for each in pair if each is not None]
    if len(known) < len(pair):
        return ()
    timetable = Timetable(known, frame_of(now, policy, int(found.proposal.interval.minutes)), now)
    openings = timetable.openings(found.mentee.id, found.mentor.id, MOST_TIMES + 1)
    return tuple(each for each in openings if each.interval != found.proposal.interval)[:MOST_TIMES]


def event_file(parts: Parts, who: Who, proposal_id: int) -> str:
    """The event as a file to add to a calendar by hand. Raises KeyError where it is not theirs.

    Raises Refused once it is over: nobody would take the event out of that calendar again.
    """
    found = asking.case(parts, who.organisation_id, proposal_id)
    party = found.proposal.party(who.person_id)
    if not found.proposal.asked(party):
        raise Missing(proposal_id)
    if not found.proposal.blocking:
        raise Refused("this suggestion is over, so there is nothing to add to a calendar")
    with parts.database.reading(who.organisation_id) as memory:
        organiser = inviting.organiser_of(memory, parts.settings, found.proposal)
    text = inviting.copy_text(found.proposal, party, found.mentee, found.mentor, organiser, parts.settings)
    return stored(text).decode()
