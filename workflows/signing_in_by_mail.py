"""A sign-in link by mail: the page treats every address alike, and a worker finds out whose it is."""

from __future__ import annotations

from datetime import timedelta

from mentoring.outbox import Letter, Transition
from mentoring.people import Person
from store import links, mailboxes, organisations, outbox, people, sign_in_requests
from store.memory import Memory
from store.sign_in_requests import Request
from workflows import outgoing
from workflows.bootstrap import Parts
from workflows.keeping_on import each_by_itself
from workflows.signing_in import SIGN_IN
from workflows.welcoming import mail_address

LASTS = timedelta(minutes=30)
"""From the moment it was asked for."""

MOST_PER_HOUR = 5
"""Unused links of one person that one browser asked for, so that whoever asks for somebody else keeps only themselves
from asking."""

MOST_OF_ALL = 20
"""The same from all browsers together, so that nobody's mailbox is filled by somebody else's asking."""

BATCH = 200


def ask(parts: Parts, typed: str, browser: str) -> None:
    """Keeps the address, and has a worker answer. The same for every address: how long it takes says nothing of whose
    it is. browser: the hash of the one that asks, the only one that the link will let in.

    Raises BadInput for what is no mail address.
    """
    address = mail_address(typed)
    with parts.database.writing_all() as memory:
        sign_in_requests.add_anywhere(memory, address, browser, parts.clock())
    parts.nudge("answer_sign_in_requests")


def answer_requests(parts: Parts) -> int:
    """Writes the letters that were asked for, of all organisations. Returns how many requests there were."""
    with parts.database.reading_all() as memory:
        waiting = sign_in_requests.waiting_anywhere(memory, BATCH)
    each_by_itself(waiting, lambda each: _answer(parts, each))
    return len(waiting)


def _answer(parts: Parts, request_id: int) -> None:
    """In one transaction, so that whoever dies half-way leaves the request where it was, with nothing written."""
    with parts.database.writing_all() as memory:
        request = sign_in_requests.take_anywhere(memory, request_id)
        if request is None:
            return
        everywhere = [memory.inside(each.id) for each in organisations.all(memory)]
        written = {inside.scope: _letters(parts, inside, request) for inside in everywhere}
    for organisation_id, message_ids in written.items():
        outgoing.nudge(parts, organisation_id, message_ids)


def _letters(parts: Parts, memory: Memory, request: Request) -> tuple[int, ...]:
    """The letter to whoever has that address in this organisation, if it can send any."""
    now, expires_at = parts.clock(), request.asked_at + LASTS
    person = people.by_email(memory, request.address)
    if person is None or expires_at <= now or mailboxes.organiser(memory) is None:
        return ()
    if person.leaving_at is not None or _too_many(parts, memory, person, request.browser):
        return ()
    new = links.create(memory, person.id, SIGN_IN, expires_at, now, request.browser)
    message_id = outbox.write_letter(memory, person.id, Letter.SIGN_IN, now, now, new.id)
    parts.observer(Transition.WRITTEN, message_id)
    return (message_id,)


def _too_many(parts: Parts, memory: Memory, person: Person, browser: str) -> bool:
    people.hold(memory, [person.id])
    lately = parts.clock() - timedelta(hours=1)
    theirs = links.unused_since(memory, person.id, SIGN_IN, lately, browser)
    return theirs >= MOST_PER_HOUR or links.unused_since(memory, person.id, SIGN_IN, lately) >= MOST_OF_ALL
