"""Saying what one can help with, a sentence each."""

from __future__ import annotations

from dataclasses import replace

from mentoring.errors import BadInput, Missing
from mentoring.people import Expertise, Person
from store import people
from store.memory import Memory
from workflows.bootstrap import Parts
from workflows.views import Who

LONGEST = 300
MOST = 12


def add(parts: Parts, who: Who, text: str) -> None:
    """One more. Raises BadInput where it is empty, too long, said already, or one too many."""
    with parts.database.writing(who.organisation_id) as memory:
        person = _held(memory, who)
        if len(person.expertise) >= MOST:
            raise BadInput.of("text", f"{MOST} are enough; remove one first")
        words = _checked(text, person.expertise)
        people.save(memory, replace(person, expertise=(*person.expertise, Expertise(words))))


def change(parts: Parts, who: Who, expertise_id: int, text: str) -> None:
    """In other words. Raises as `add` does, and Missing for one that is not theirs."""
    with parts.database.writing(who.organisation_id) as memory:
        person = _held(memory, who)
        others = _without(person, expertise_id)
        changed = Expertise(_checked(text, others), expertise_id)
        mine = tuple(changed if each.id == expertise_id else each for each in person.expertise)
        people.save(memory, replace(person, expertise=mine))


def remove(parts: Parts, who: Who, expertise_id: int) -> None:
    """Raises Missing for one that is not theirs."""
    with parts.database.writing(who.organisation_id) as memory:
        person = _held(memory, who)
        people.save(memory, replace(person, expertise=_without(person, expertise_id)))


def _held(memory: Memory, who: Who) -> Person:
    """The person, whom nobody else changes meanwhile."""
    people.hold(memory, [who.person_id])
    return people.get(memory, who.person_id)


def _without(person: Person, expertise_id: int) -> tuple[Expertise, ...]:
    others = tuple(each for each in person.expertise if each.id != expertise_id)
    if len(others) == len(person.expertise):
        raise Missing(expertise_id)
    return others


def _checked(text: str, others: tuple[Expertise, ...]) -> str:
    words = " ".join(text.split())
    if not words:
        raise BadInput.of("text", "write a few words about what you can help with")
    if len(words) > LONGEST:
        raise BadInput.of("text", f"keep it under {LONGEST} characters, this has {len(words)}")
    if not words.isprintable():
        raise BadInput.of("text", "it holds a character that is not text")
    if words.casefold() in {each.text.casefold() for each in others}:
        raise BadInput.of("text", "you have said that already")
    return words
