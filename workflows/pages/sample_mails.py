"""The demo's mail program: what has come for the sample's people, and one mail opened."""

from __future__ import annotations

from integrations import sample_mailbox
from integrations.sample_mailbox import Line, mails_folder
from mentoring.errors import Missing, NotAllowed
from mentoring.people import Person
from store import organisations, people
from workflows.bootstrap import Parts
from workflows.views import SampleInvite, SampleMail, SampleMailbox, SampleMailLine

MOST = 30
"""Mails of one person in the list."""


def sample_mails(parts: Parts) -> tuple[SampleMailbox, ...]:
    """Everybody who has mail, whoever got some last first. Raises NotAllowed outside the demo."""
    folder = mails_folder(parts.settings.var)
    boxes = [_box(each, sample_mailbox.listed(folder, each.email, MOST)) for each in everybody(parts)]
    return tuple(sorted((each for each in boxes if each.mails), key=lambda each: each.mails[0].at, reverse=True))


def sample_mail(parts: Parts, address: str, key: str) -> SampleMail:
    """Raises Missing where that person, or that mail, is not there; NotAllowed outside the demo."""
    person = addressed(parts, address)
    opened = sample_mailbox.opened(mails_folder(parts.settings.var), person.email, key)
    found, sent = opened.invite, opened.calendar
    invite = SampleInvite(found.method, found.summary, found.interval, found.sequence, sent) if found else None
    return SampleMail(
        person_id=person.id,
        name=person.name,
        address=person.email,
        zone=person.limits.zone,
        line=_shown(opened.line),
        text=opened.text,
        html=opened.html,
        invite=invite,
    )


def addressed(parts: Parts, address: str) -> Person:
    """Who reads mail at that address. Raises Missing; NotAllowed outside the demo."""
    found = next((each for each in everybody(parts) if each.email == address), None)
    if found is None:
        raise Missing(address)
    return found


def everybody(parts: Parts) -> tuple[Person, ...]:
    """Of the sample organisation. Raises NotAllowed outside the demo."""
    if not parts.settings.demo:
        raise NotAllowed("other people's mail is shown in the demo only")
    with parts.database.reading_all() as memory:
        known = organisations.all(memory)
    if not known:
        return ()
    with parts.database.reading(known[0].id) as memory:
        return people.everyone(memory)


def _box(person: Person, lines: tuple[Line, ...]) -> SampleMailbox:
    return SampleMailbox(person.name, person.email, person.limits.zone, tuple(map(_shown, lines)))


def _shown(line: Line) -> SampleMailLine:
    return SampleMailLine(line.key, line.sender, line.to, line.subject, line.at)
