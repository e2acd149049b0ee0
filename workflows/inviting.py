"""What an invite says, to each of the two."""

from __future__ import annotations

from datetime import UTC, datetime

from mentoring.people import Person
from mentoring.ports import Attendee, CopyText
from mentoring.proposals import Partstat, Party, Proposal, State
from mentoring.settings import Settings

COUNTS = {10: "Ten", 15: "Fifteen", 20: "Twenty", 25: "Twenty-five", 30: "Thirty", 45: "Forty-five", 60: "Sixty"}
HEADINGS = (
    ("topic", "Why this topic"),
    ("person", "Why this person"),
    ("time", "Why then"),
    ("reading", "What was read"),
)
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


def title(proposal: Proposal, mentee: Person, mentor: Person) -> str:
    """ "Twenty minutes: A and B"; it says nothing of the topic, since titles are what others see of a calendar."""
    minutes = int(proposal.interval.minutes)
    return f"{COUNTS.get(minutes, str(minutes))} minutes: {mentee.name} and {mentor.name}"


def suggestion_url(settings: Settings, proposal: Proposal) -> str:
    """The page about it, which needs sign-in: whoever sees the event gains nothing by its link."""
    return f"{settings.base_url}/suggestions/{proposal.id}"


def last_change(proposal: Proposal) -> datetime:
    """When what the event says last changed: its DTSTAMP, the same however often it is sent."""
    moments = (proposal.created_at, proposal.mentee_asked_at, proposal.mentor_asked_at)
    answers = (proposal.mentee_answer.at, proposal.mentor_answer.at)
    return max((each for each in moments + answers if each), default=LONG_AGO)


def copy_text(proposal: Proposal, party: Party, mentee: Person, mentor: Person, settings: Settings) -> CopyText:
    """The copy of that one of the two."""
    people = {Party.MENTEE: mentee, Party.MENTOR: mentor}
    attendees = tuple(Attendee(people[each].name, people[each].email, proposal.answer(each).partstat) for each in Party)
    url = suggestion_url(settings, proposal)
    return CopyText(
        uid=proposal.uid,
        sequence=proposal.sequence,
        interval=proposal.interval,
        summary=title(proposal, mentee, mentor),
        description="\n\n".join([*_paragraphs(proposal, party, mentee, mentor), _how_to_answer(url)]),
        url=url,
        organiser_name=settings.organiser_name,
        organiser_address=settings.organiser_address,
        attendees=attendees,
        stamp=last_change(proposal),
        owner=people[party].email,
    )


def _paragraphs(proposal: Proposal, party: Party, mentee: Person, mentor: Person) -> list[str]:
    if party is Party.MENTOR:
        return [
            f"{mentee.name}{_from(mentee)} would like twenty minutes of your experience with: {proposal.topic}.",
            _standing(proposal, Party.MENTEE, mentee),
        ]
    told = [f"{mentor.name}{_from(mentor)} could help with: {proposal.topic}.", _mentor_standing(proposal, mentor)]
    for about, heading in HEADINGS:
        lines = [f"- {reason.words}" for reason in proposal.reasons if reason.about == about]
        if lines:
            told.append("\n".join([heading, *lines]))
    return told


def _from(person: Person) -> str:
    return f" ({person.department})" if person.department else ""


def _standing(proposal: Proposal, party: Party, person: Person) -> str:
    words = {
        Partstat.ACCEPTED: "has accepted",
        Partstat.TENTATIVE: "might come",
        Partstat.DECLINED: "cannot come",
        Partstat.NEEDS_ACTION: "has been asked",
    }
    return f"{person.first_name} {words[proposal.answer(party).partstat]}."


def _mentor_standing(proposal: Proposal, mentor: Person) -> str:
    if proposal.state is State.CONFIRMED:
        return f"{mentor.first_name} has accepted: it takes place."
    if proposal.asked(Party.MENTOR):
        return _standing(proposal, Party.MENTOR, mentor)
    return f"{mentor.first_name} is asked once you accept, and sees only the line above."


def _how_to_answer(url: str) -> str:
    return (
        "Accept or decline in this calendar, move the event to offer another time, or answer here:\n"
        f"{url}\nDeleting it counts as declining."
    )
