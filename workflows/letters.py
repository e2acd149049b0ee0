"""Letters: mail that is about no meeting. A sign-in link that somebody asked for, the one invitation to join, the word
that a calendar can no longer be read, that nobody can be invited, or that an account was added that signs somebody
in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from mentoring.mail import Block, Heading, Link, Mail, Points, Words
from mentoring.outbox import ASKING, Letter, Message
from mentoring.people import Person, Role
from store import calendars, links, organisations, organisers, people
from store.calendars import Connection
from store.memory import Memory
from store.organisers import Kept as Organiser
from workflows import asking_letters, bearers, letter_paper, signing_in
from workflows.bootstrap import Parts
from workflows.calendar_words import kind, place
from workflows.signing_in import INVITATION
from workflows.when import moment

INVITATION_LASTS = timedelta(days=14)

NOT_ASKED_FOR = "You did not ask for it? Then do nothing. Without this mail nobody gets in."
WHAT_IT_IS = (
    "Interlude notices which challenges keep coming back to you.",
    "It finds a colleague who knows them well, and twenty minutes that are free for you both.",
    "You get an ordinary calendar invite that says why, and answer yes or no.",
)
READS = (
    "The challenges that you write down. Only you see them; a mentor sees the topic, and no more",
    "When you are busy, in the calendars that you choose",
)
NEVER_READS = (
    "Your mail, your chats, your documents",
    "What your events are about: titles, places and guests are never kept, and nobody is shown your calendar",
)


def mail_for(parts: Parts, message: Message) -> Mail | None:
    """The letter, the same to the letter for each repeat. None where it is no longer called for: the link is used or
    too old, the person has joined already, the calendar works again, or they want no mail."""
    if message.letter is Letter.SIGN_IN:
        return _sign_in(parts, message)
    if message.letter is Letter.BROKEN:
        return _broken(parts, message)
    if message.letter is Letter.ACCOUNT:
        return _account(parts, message)
    if message.letter in ASKING:
        return asking_letters.mail_for(parts, message)
    if message.letter is Letter.ORGANISER:
        return _organiser_broken(parts, message)
    return _welcome(parts, message)


def _sign_in(parts: Parts, message: Message) -> Mail | None:
    with parts.database.reading(message.organisation_id) as memory:
        person = people.get(memory, message.person_id)
        link = links.usable(memory, message.link_id or 0, parts.clock())
        message_id = letter_paper.message_id(parts, memory, message)
    if link is None:
        return None
    subject = "Your sign-in link for Interlude"
    blocks = sign_in_blocks(person, signing_in.address(parts, link.token), link.expires_at)
    return letter_paper.to(person, message, message_id, subject, blocks)


def _welcome(parts: Parts, message: Message) -> Mail | None:
    with parts.database.writing(message.organisation_id) as memory:
        person = people.get(memory, message.person_id)
        if person.stopped or person.joined_at is not None or person.leaving_at is not None:
            return None
        link = _invitation(memory, message, parts.clock())
        organisation = organisations.get(memory)
        message_id = letter_paper.message_id(parts, memory, message)
    stop = bearers.stop_url(parts, person)
    subject = "Twenty minutes with the right colleague"
    blocks = welcome_blocks(person, organisation.name, signing_in.address(parts, link.token), link.expires_at, stop)
    return letter_paper.to(person, message, message_id, subject, blocks, stop)


def _broken(parts: Parts, message: Message) -> Mail | None:
    """About each account that broke since, and is still broken: it speaks of none that an earlier letter spoke of."""
    with parts.database.reading(message.organisation_id) as memory:
        person = people.get(memory, message.person_id)
        broken = [
            each
            for each in calendars.connections(memory, person.id)
            if each.state == "reconnect" and each.told_at is not None and each.told_at >= message.written_at
        ]
        message_id = letter_paper.message_id(parts, memory, message)
    if person.stopped or person.leaving_at is not None or not broken:
        return None
    stop = bearers.stop_url(parts, person)
    subject = "Interlude can no longer read your calendar"
    blocks = broken_blocks(person, broken, f"{parts.settings.base_url}/calendars", stop)
    return letter_paper.to(person, message, message_id, subject, blocks, stop)


def _organiser_broken(parts: Parts, message: Message) -> Mail | None:
    """To an admin, about each account that invites and does not work now."""
    with parts.database.reading(message.organisation_id) as memory:
        person = people.get(memory, message.person_id)
        broken = [each for each in organisers.all(memory) if each.failing_since is not None]
        message_id = letter_paper.message_id(parts, memory, message)
    if Role.ADMIN not in person.roles or person.stopped or person.leaving_at is not None or not broken:
        return None
    stop = bearers.stop_url(parts, person)
    subject = "Interlude can no longer invite anybody"
    blocks = organiser_blocks(person, broken, f"{parts.settings.base_url}/admin/invites", stop)
    return letter_paper.to(person, message, message_id, subject, blocks, stop)


def _account(parts: Parts, message: Message) -> Mail | None:
    """Whoever wants no other mail gets it too, and though the account is gone again: it may not have been them."""
    with parts.database.reading(message.organisation_id) as memory:
        person = people.get(memory, message.person_id)
        message_id = letter_paper.message_id(parts, memory, message)
    if person.leaving_at is not None:
        return None
    subject = "A new way to sign in to Interlude as you"
    blocks = account_blocks(person, message.written_at, f"{parts.settings.base_url}/taking-part")
    return letter_paper.to(person, message, message_id, subject, blocks)


def _invitation(memory: Memory, message: Message, now: datetime) -> links.Link:
    """The link that an earlier attempt at this letter has made, else a new one."""
    people.hold(memory, [message.person_id])
    made = links.usable_since(memory, message.person_id, INVITATION, message.written_at, now)
    return made or links.create(memory, message.person_id, INVITATION, now + INVITATION_LASTS, now)


def sign_in_blocks(person: Person, url: str, until: datetime) -> tuple[Block, ...]:
    """What the letter with a sign-in link says."""
    where = "It works once, in the browser in which you asked for it,"
    return (
        Heading("Here is your sign-in link"),
        Words(f"Hello {person.first_name}, press the button, and then “Sign in” on the page."),
        Link("Sign in to Interlude", url),
        Words(f"{where} until {moment(until, person)}."),
        Words(NOT_ASKED_FOR, quiet=True),
    )


def account_blocks(person: Person, at: datetime, page: str) -> tuple[Block, ...]:
    """What the letter about an account that was added says: what to do if it was somebody else."""
    return (
        Heading("An account signs you in now"),
        Words(
            f"Hello {person.first_name}, {moment(at, person)} an account was added that signs you in to Interlude, at"
            " Google or Microsoft."
        ),
        Words("It was you? Then there is nothing to do."),
        Words("It was not? Press “Sign out everywhere” there: it removes the account too. Then tell your admin."),
        Link("See how you sign in", page),
    )


def broken_blocks(person: Person, broken: Sequence[Connection], page: str, stop: str) -> tuple[Block, ...]:
    """What the letter about a calendar that its owner alone can mend says: which one, why, and where to mend it."""
    return (
        Heading("We can no longer read your calendar"),
        Words(f"Hello {person.first_name}, this no longer tells us when you are busy:"),
        Points(tuple(f"{kind(each.provider)}, {place(each)}: {each.problem}" for each in broken)),
        Words(
            "We never guess, so nothing is suggested to you until it can be read again. What you have agreed to stays."
        ),
        Link("Mend it", page),
        Words("It takes a minute, and only you can do it. You hear of this once.", quiet=True),
        Words("You would rather not hear from us? One press, and we do not write again.", quiet=True),
        Link("Do not write to me again", stop, main=False),
    )


def organiser_blocks(person: Person, broken: Sequence[Organiser], page: str, stop: str) -> tuple[Block, ...]:
    """What the letter about an account that invites says: why it does not work, and where an admin mends it."""
    return (
        Heading("We can no longer invite anybody"),
        Words(f"Hello {person.first_name}, invites do not leave from here, and no answer comes back:"),
        Points(tuple(f"{kind(each.provider)}, {each.address}: {each.problem}" for each in broken)),
        Words(
            "What both have agreed to stays. What was to be asked or told waits, and lapses where it waits too long."
        ),
        Link("Mend it", page),
        Words("Each admin hears of this once.", quiet=True),
        Words("You would rather not hear from us? One press, and we do not write again.", quiet=True),
        Link("Do not write to me again", stop, main=False),
    )


def welcome_blocks(person: Person, organisation: str, url: str, until: datetime, stop: str) -> tuple[Block, ...]:
    """What the invitation to join says. Nothing is asked but to look: nothing happens before they say yes."""
    return (
        Heading("Twenty minutes with the right colleague"),
        Words(f"Hello {person.first_name}, {organisation} invites you to Interlude."),
        Words(" ".join(WHAT_IT_IS)),
        Heading("What it reads"),
        Points(READS),
        Heading("What it never reads"),
        Points(NEVER_READS),
        Words("It starts only if you say so. If you do nothing, nothing happens."),
        Link("See it, and decide", url),
        Words(f"The link is yours alone, signs you in once, and works until {moment(until, person)}.", quiet=True),
        Words("Not for you? One press, and we do not write again.", quiet=True),
        Link("Do not write to me again", stop, main=False),
    )
